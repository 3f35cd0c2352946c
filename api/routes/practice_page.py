"""The page of practical sessions: a period of them, what is behind each, and a person's word on it.

It works without a script; with one, what is behind a session opens in its place.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from http import HTTPStatus
from typing import Annotated
from urllib.parse import quote

import numpy as np
from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from api.deps import Parts, PartsIn
from api.frame import framed
from api.lesson_entry import names_for
from api.pages.language import language_of
from api.pages.lesson_forms import Known
from api.pages.lessons import conflict_told
from api.pages.periods import LENGTHS, Length, Period, period_of
from api.pages.practice import Naming, Wanted, practice_of
from api.pages.session import session_detail
from api.posted import Posted, PostedIn, known_author, own_path, remembered
from api.problem import Problem
from api.verdicts import Found, Spoken, attend, correct, gone_to
from edge.register.acceptance import LessonWords
from edge.register.contract import Conflict, Refused
from edge.register.entry import FIRST_YEAR, LAST_YEAR
from edge.register.evidence import Verdict
from edge.register.timetable import day_of
from telemetry.model import EquipmentId
from telemetry.rules import SessionStatus
from telemetry.zones import NS_PER_DAY, earliest

router = APIRouter(include_in_schema=False)

SESSIONS = "/practical-sessions"


def naming_of(request: Request, parts: PartsIn) -> Naming:
    """What things are called on this reader's page."""
    texts = parts.pages.texts(language_of(request, parts.pages.default))
    names = {EquipmentId(one.id): one.name for one in parts.numbers.desk.equipment()}
    return Naming(parts.settings.centre, names, texts)


NamingIn = Annotated[Naming, Depends(naming_of)]


def shown_period(
    parts: PartsIn,
    naming: NamingIn,
    period: Annotated[str, Query(max_length=8)] = "week",
    on: Annotated[str, Query(max_length=10)] = "",
) -> Period:
    """The period that is asked for; without a day, the one that holds today."""
    length: Length = next((one for one in LENGTHS if one == period), "week")
    try:
        day = date.fromisoformat(on) if on else naming.texts.local(parts.clock.now()).date()
    except ValueError as error:
        raise Problem(HTTPStatus.NOT_FOUND, f"{on!r} is no day", fix="Write it as 2026-09-21.") from error
    if not FIRST_YEAR < day.year < LAST_YEAR:
        raise Problem(HTTPStatus.NOT_FOUND, f"{on} is out of the calendar", fix="Take a year from 1991 to 2098.")
    return period_of(length, day, naming.texts)


@dataclass(frozen=True, slots=True)
class Form:
    """What the forms of a session hold beside it: the list to go back to, who was here before, what was typed."""

    back: str
    author: str
    typed: Mapping[str, str] = field(default_factory=dict)
    faults: tuple[str, ...] = ()


@router.get(SESSIONS)
def list_page(
    request: Request,
    parts: PartsIn,
    naming: NamingIn,
    period: Annotated[Period, Depends(shown_period)],
    status: Annotated[str, Query(max_length=32)] = "",
    unfolded: Annotated[str, Query(alias="open", max_length=10, description="A day to unfold, or `all`")] = "",
) -> Response:
    """The practical sessions of a period, by day; many are folded but for today's and those of the day named."""
    asked = status if status in {one.word for one in SessionStatus} else ""
    zone = parts.numbers.desk.entered().zone
    edges = earliest(zone, np.array([day_of(period.first), day_of(period.last) + 1], np.int64) * NS_PER_DAY)
    meetings = parts.numbers.practice.meetings(int(edges[0]), int(edges[1]))
    today = naming.texts.local(parts.clock.now()).date()
    days = frozenset({today, *_day(unfolded)})
    practice = practice_of(meetings, Wanted(asked, period.query, days, is_unfolded=unfolded == "all"), naming)
    back = f"{SESSIONS}?{period.query}" + (f"&status={asked}" if asked else "")
    return framed(request, parts, "practice.html", practice=practice, period=period, back=back)


def _day(text: str) -> tuple[date, ...]:
    """A day that an address names; none where it is none."""
    try:
        return (date.fromisoformat(text),)
    except ValueError:
        return ()


SessionPath = Annotated[str, Path(max_length=200)]
BackIn = Annotated[str, Query(max_length=300, description="The list that it was opened from")]


@router.get("/practical-sessions/{session}")
def get_page(request: Request, parts: PartsIn, session: SessionPath, back: BackIn = "") -> Response:
    """What is behind one session; a part of a page where a page's script asks."""
    found = parts.numbers.practice.meeting(session)
    if found is None:
        return RedirectResponse(f"{SESSIONS}/{quote(_moved(parts, session))}", HTTPStatus.SEE_OTHER)
    return _shown(request, parts, found, Form(back, known_author(request)))


@router.post("/practical-sessions/{session}")
async def post_word(
    request: Request, parts: PartsIn, naming: NamingIn, session: SessionPath, posted: PostedIn
) -> Response:
    """A person's word on a session; the session again, with what is wrong, where it cannot be said."""
    found = await run_in_threadpool(parts.numbers.practice.meeting, session)
    back = own_path(posted.one("back"), SESSIONS)
    if found is None:
        return RedirectResponse(f"{SESSIONS}/{quote(_moved(parts, session))}", HTTPStatus.SEE_OTHER)
    missing = [name for name in ("author", "reason") if not posted.one(name)]
    faults = tuple(naming.texts(f"session.no_{name}") for name in missing)
    if not faults:
        name, faults = await run_in_threadpool(_said, parts, found, posted, naming)
        if not faults:
            return remembered(RedirectResponse(f"{back}#s-{name}", HTTPStatus.SEE_OTHER), posted.one("author"))
    form = Form(back, posted.one("author"), {name: posted.one(name) for name in posted.fields}, faults)
    return await run_in_threadpool(_shown, request, parts, found, form)


def _said(parts: Parts, found: Found, posted: Posted, naming: Naming) -> tuple[str, tuple[str, ...]]:
    """The session's id from now on, or what is wrong with what was said."""
    try:
        return _entered(parts, found, posted), ()
    except Conflict as error:
        told = [(conflict_told(error, naming.texts), "")]
    except Refused as error:
        told = [(fault.message, fault.fix) for fault in error.faults]
    except (ValidationError, RequestValidationError) as error:
        told = [(str(one["msg"]).removeprefix("Value error, "), "") for one in error.errors()]
    except Problem as error:
        told = [(error.detail, error.fix)]
    return "", tuple(" ".join(map(naming.texts.said, filter(None, one))) for one in told)


def _entered(parts: Parts, found: Found, posted: Posted) -> str:
    author, reason = posted.one("author")[:120], posted.one("reason")[:500]
    if posted.one("say") == "learners":
        return attend(parts, found, int(posted.one("learners") or "0"), author=author, reason=reason)
    status = next((one for one in Verdict if one.value == posted.one("say")), Verdict.UNCONFIRMED)
    lesson = None
    if status is Verdict.CONFIRMED and int(found[0].sessions.lesson[found[1]]) < 0:
        _listed, names = names_for(parts, parts.numbers.register.snapshot())
        told = {kind: names[kind].code(posted.one(kind)) for kind in ("group", "program", "teacher", "partner")}
        count = posted.one("learners")
        lesson = LessonWords.model_validate({**told, "name": posted.one("name"), "learners": count or None})
    return correct(parts, found, Spoken(status=status, author=author, reason=reason, lesson=lesson))


def _shown(request: Request, parts: Parts, found: Found, form: Form) -> Response:
    naming = naming_of(request, parts)
    known = Known(*names_for(parts, parts.numbers.register.snapshot()), naming.texts)
    part = request.headers.get("hx-request") == "true"
    return framed(
        request,
        parts,
        "session.html" if part else "session_page.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if form.faults else HTTPStatus.OK,
        session=session_detail(*found, naming, parts.clock.now()),
        choices={kind: known.choices(kind) for kind in ("group", "program", "teacher", "partner")},
        back=own_path(form.back, SESSIONS),
        author=form.author,
        typed=form.typed,
        faults=form.faults,
    )


def _moved(parts: Parts, session: str) -> str:
    """Where a session has gone; 404 where there is nothing of it."""
    name = gone_to(parts, session)
    if name is None:
        raise Problem(HTTPStatus.NOT_FOUND, f"there is no practical session {session!r}", fix=f"See {SESSIONS}.")
    return name
