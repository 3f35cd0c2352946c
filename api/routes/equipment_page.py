"""The page of one equipment: how it is now, and what it did over a window.

The tables are complete without JavaScript; scripts draw the charts and change the window in place.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from api.deps import EquipmentIn, Parts, PartsIn, Window, checked_window
from api.history import intervals_until
from api.instants import InstantIn
from api.pages.equipment import MAX_ROWS, History, chart_words, job_rows, link_rows, profile_of, totals_of_page
from api.pages.language import language_of, other, page
from api.pages.texts import Texts
from api.pages.windows import DEFAULT, PRESETS, span_of
from edge.picture import Picture
from telemetry.intervals import totals_of
from telemetry.model import EquipmentId, Instant

router = APIRouter(include_in_schema=False)


def shown_window(
    parts: PartsIn,
    window: Annotated[str, Query(max_length=8)] = "",
    start: Annotated[InstantIn | None, Query()] = None,
    end: Annotated[InstantIn | None, Query()] = None,
) -> tuple[Window, str]:
    """The window asked for, and the preset's name where it is one that ends now."""
    if start is not None and end is not None:
        return checked_window(start, end), ""
    preset = window if window in PRESETS else DEFAULT
    now = parts.clock.now()
    return Window(now - PRESETS[preset], now), preset


ShownIn = Annotated[tuple[Window, str], Depends(shown_window)]


@router.get("/equipment/{equipment}")
def get_page(request: Request, parts: PartsIn, equipment: EquipmentIn, shown: ShownIn) -> Response:
    """The whole page."""
    language = language_of(request, parts.settings.centre.language)
    texts, now = parts.pages.texts(language), parts.clock.now()
    centre = parts.settings.centre
    profile = profile_of(equipment, parts.store.channels(equipment.id), centre=centre, texts=texts, now=now)
    text = parts.pages.render(
        "equipment.html",
        language,
        profile=profile,
        history=_history(parts, equipment, shown, texts, now),
        chart_words=chart_words(texts),
        kiosk=False,
        other=other(language),
        now_ms=now // 1_000_000,
        clock=texts.time(now),
    )
    return page(request, text, language)


@router.get("/equipment/{equipment}/history")
def get_history(request: Request, parts: PartsIn, equipment: EquipmentIn, shown: ShownIn) -> Response:
    """The part of the page that depends on the window."""
    language = language_of(request, parts.settings.centre.language)
    texts, now = parts.pages.texts(language), parts.clock.now()
    history = _history(parts, equipment, shown, texts, now)
    card = profile_of(equipment, (), centre=parts.settings.centre, texts=texts, now=now).card
    return page(request, parts.pages.render("fragment.html", language, history=history, card=card), language)


@router.get("/equipment/{equipment}/head")
def get_head(request: Request, parts: PartsIn, equipment: EquipmentIn) -> Response:
    """The part of the page that says how the equipment is now."""
    language = language_of(request, parts.settings.centre.language)
    texts, now = parts.pages.texts(language), parts.clock.now()
    profile = profile_of(equipment, (), centre=parts.settings.centre, texts=texts, now=now)
    return page(request, parts.pages.render("profile.html", language, profile=profile), language)


def _history(parts: Parts, equipment: Picture, shown: tuple[Window, str], texts: Texts, now: Instant) -> History:
    window, preset = shown
    ident = EquipmentId(equipment.id)
    intervals = intervals_until(parts.store, ident, window, now=now)
    jobs = parts.store.jobs((ident,), window.start, window.end)
    links = parts.store.link_history(ident, window.start, window.end, limit=MAX_ROWS)
    return History(
        span=span_of(window.start, window.end, preset=preset, texts=texts, now=now),
        totals=totals_of_page(totals_of(intervals)[0].tolist(), texts),
        total=texts.exact(window.end - window.start),
        jobs=job_rows(jobs, texts, now),
        more_jobs=max(len(jobs) - MAX_ROWS, 0),
        links=link_rows(links, texts, now),
    )
