"""The pages of closed quarters: closing one, the list of editions, and what has changed since each of them.

A period is closed only by a person who says that the values were looked at; nothing closed ever changes.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import RedirectResponse, Response

from api import entering
from api.deps import MonitoringIn, Parts, PartsIn
from api.downloads import downloads_of
from api.entering import period_now
from api.pages.editions import difference_lines, edition_line, href_of
from api.pages.faulty import NONE, Faults
from api.pages.monitoring_words import quarter_name
from api.pages.quarter import quarter_page
from api.pages.texts import Texts
from api.posted import Posted, PostedIn, known_author, remembered
from api.routes.monitoring_page import Asked, AskedIn, edition_called
from api.routes.register_page import shown, texts_of
from edge.monitoring.contract import Monitoring, Period
from edge.register.contract import Refused

router = APIRouter(include_in_schema=False)

LabelPath = Annotated[str, Path(pattern=r"^20\d\d-Q[1-4]$")]


@router.get("/monitoring/close")
def get_close(request: Request, parts: PartsIn, monitoring: MonitoringIn, wanted: AskedIn) -> Response:
    """What closing would freeze, and who does it."""
    return _close_page(request, parts, monitoring, wanted, NONE, (known_author(request), ""))


@router.post("/monitoring/close")
def post_close(
    request: Request, parts: PartsIn, monitoring: MonitoringIn, wanted: AskedIn, posted: PostedIn
) -> Response:
    """Close the quarter, or say what hinders it."""
    texts = texts_of(request, parts)
    author, reason = entering.author_of(posted), posted.one("by_reason")
    faults = _unsigned(posted, texts)
    if not faults:
        try:
            edition = monitoring.close_period(wanted.period, author=author, reason=reason, at=parts.clock.now())
        except Refused as error:
            faults = Faults(
                {}, tuple(f"{texts.said(one.message)} {texts.said(one.fix)}".strip() for one in error.faults)
            )
        else:
            href = f"{href_of(edition.period, edition.number)}?done=closed"
            return remembered(RedirectResponse(href, HTTPStatus.SEE_OTHER), author)
    return _close_page(request, parts, monitoring, wanted, faults, (author, reason))


def _unsigned(posted: Posted, texts: Texts) -> Faults:
    needed = [name for name in ("by_author", "by_reason", "by_checked") if not posted.one(name)]
    return Faults({name: (texts("fault.missing"),) for name in needed})


def _close_page(
    request: Request, parts: Parts, monitoring: Monitoring, wanted: Asked, faults: Faults, signed: tuple[str, str]
) -> Response:
    texts, now = texts_of(request, parts), parts.clock.now()
    report = monitoring.report(wanted.period)
    last = monitoring.edition(wanted.period)
    model = quarter_page(report, changed=frozenset(), texts=texts, now=now)
    found = monitoring.differences(last) if last else ()
    return shown(
        request,
        parts,
        "close.html",
        texts,
        status=HTTPStatus.UNPROCESSABLE_ENTITY if faults else HTTPStatus.OK,
        heading=quarter_name(wanted.period, texts),
        query=wanted.query,
        model=model,
        number=1 if last is None else last.number + 1,
        last=edition_line(last, texts, now) if last else None,
        lines=difference_lines(found, monitoring.closed_report(last), report, texts) if last else [],
        ended=wanted.period < period_now(parts, texts),
        faults=faults,
        signed=signed,
    )


@router.get("/monitoring/editions")
def get_editions(request: Request, parts: PartsIn, monitoring: MonitoringIn) -> Response:
    """Every edition, the newest first."""
    texts, now = texts_of(request, parts), parts.clock.now()
    lines = [edition_line(one, texts, now) for one in reversed(monitoring.editions())]
    return shown(request, parts, "editions.html", texts, lines=lines)


@router.get("/monitoring/editions/{label}/{number}")
def get_edition(
    request: Request,
    parts: PartsIn,
    monitoring: MonitoringIn,
    label: LabelPath,
    number: Annotated[int, Path(ge=1, le=10_000)],
    done: Annotated[str, Query(max_length=16)] = "",
) -> Response:
    """One edition, and what has changed since it was closed."""
    texts, now = texts_of(request, parts), parts.clock.now()
    period = Period(int(label[:4]), int(label[-1]))
    edition = edition_called(monitoring, period, number)
    last = monitoring.edition(period)
    found = monitoring.differences(edition)
    query = urlencode({"year": period.year, "quarter": period.quarter})
    return shown(
        request,
        parts,
        "edition.html",
        texts,
        edition=edition_line(edition, texts, now),
        lines=difference_lines(found, monitoring.closed_report(edition), monitoring.report(period), texts),
        is_last=last is not None and last.number == number,
        last=last.number if last else number,
        last_href=href_of(period, last.number) if last else "",
        query=query,
        downloads=downloads_of(parts, f"{query}&edition={number}", texts),
        done=done,
    )
