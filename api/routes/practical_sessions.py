"""Practical sessions, what they were judged from, and what people say of them.

A correction never overwrites: the original stays beside it.
"""

from __future__ import annotations

import uuid
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import Field
from starlette.responses import Response

from api.answers import answer, dumped
from api.deps import LimitIn, Parts, PartsIn, WindowIn
from api.exports.asked import SheetIn, kept, tabled
from api.exports.numbers import sessions_table
from api.exports.rows import rows_of
from api.exports.shapes import CORRECTIONS, WORKED
from api.exports.words import table_of
from api.problem import Problem
from api.rendered import respond
from api.session_views import (
    COLUMNS,
    CorrectionList,
    SessionAnswer,
    SessionEvidence,
    SessionList,
    SessionView,
    StatusWord,
    computed_from,
    correction_list,
    evidence_view,
    session_views,
)
from api.verdicts import Found, Spoken, attend, correct, gone_to, redirect
from api.views import ProblemView
from edge.register.acceptance import LessonWords
from edge.register.contract import Put
from edge.register.entry import Headcount, Part, Person, Reason
from edge.register.evidence import Verdict
from edge.register.lessons import OneOff
from edge.settings import ID_PATTERN

router = APIRouter(tags=["practical sessions"])

SessionPath = Annotated[str, Path(max_length=200, description="The session's id: `<slot>:<local date>`")]
_REFUSALS: dict[int | str, dict[str, Any]] = {code: {"model": ProblemView} for code in (404, 409, 422)}


class Said(Part):
    """A word of a person; the author is given here until the gateway has users."""

    author: Person
    reason: Reason


class CorrectionIn(Said):
    """What a person says of a session; `lesson` tells whose it was, where a detected one is accepted."""

    status: Verdict
    lesson: LessonWords | None = None


class LearnersIn(Said):
    """How many learners were there."""

    learners: Headcount


class SessionIn(OneOff):
    """A lesson or event outside the timetable; an id is made where none is given."""

    id: Annotated[str | None, Field(pattern=rf"^{ID_PATTERN}$")] = None
    author: Person
    reason: Reason


def found_session(session: SessionPath, parts: PartsIn, request: Request) -> Found:
    """The session that a path names; 307 where it has gone elsewhere, 404 where there is none."""
    found = parts.numbers.practice.meeting(session)
    if found is not None:
        return found
    name = gone_to(parts, session)
    if name is not None:
        raise redirect(name, request.app.url_path_for(request.scope["endpoint"].__name__, session=name))
    raise Problem(
        HTTPStatus.NOT_FOUND,
        f"there is no practical session {session!r}",
        fix="GET /api/v1/practical-sessions lists those of a window.",
    )


FoundIn = Annotated[Found, Depends(found_session)]


def _matches(view: SessionView, wanted: dict[str, str]) -> bool:
    return all(getattr(view, name) == word for name, word in wanted.items())


def wanted_of(
    status: Annotated[StatusWord | None, Query(description="Only of this status")] = None,
    room: Annotated[str | None, Query(max_length=64)] = None,
    group: Annotated[str | None, Query(max_length=64)] = None,
) -> dict[str, str]:
    """The words that listed sessions have to have."""
    asked = {"status": status, "room": room, "group": group}
    return {name: word for name, word in asked.items() if word is not None}


@router.get("/practical-sessions", response_model=SessionList)
def list_sessions(
    request: Request,
    parts: PartsIn,
    window: WindowIn,
    sheet: SheetIn,
    wanted: Annotated[dict[str, str], Depends(wanted_of)],
    after: Annotated[int, Query(ge=0, le=2**31, description="The `next` of the page before")] = 0,
    limit: LimitIn = 100,
) -> Response:
    """Sessions that start in a window; a table has all of them."""
    meetings = parts.numbers.practice.meetings(window.start, window.end)
    question = ("sessions", window, *sorted(wanted.items()))

    def views() -> list[SessionView]:
        return [view for view in session_views(meetings, meetings.rows.tolist()) if _matches(view, wanted)]

    if not sheet.is_json:
        return kept(
            *(request, parts, sheet),
            code="practical-sessions",
            question=question,
            made_of=meetings,
            table=lambda: sessions_table(meetings, views(), sheet.texts),
        )

    def page() -> bytes:
        listed = views()
        following = str(after + limit) if after + limit < len(listed) else None
        return dumped(SessionList(listed[after : after + limit], following, computed_from(meetings)))

    return respond(request, parts.rendered.body((*question, after, limit), meetings, page))


@router.post("/practical-sessions", response_model=SessionAnswer, status_code=201, responses=_REFUSALS)
def post_session(parts: PartsIn, body: SessionIn) -> Response:
    """Enter a lesson or an event outside the timetable; the equipment's own word then judges it like any other."""
    name = body.id or f"extra-{uuid.uuid4().hex[:12]}"
    words = body.model_dump(exclude={"id", "author", "reason"})
    _enter(parts, Put(name, OneOff.model_validate(words)), body.author, body.reason)
    return _answer(_found(parts, name), status=HTTPStatus.CREATED)


@router.get("/practical-sessions/{session}", response_model=SessionAnswer, responses=_REFUSALS)
def get_session(session: FoundIn) -> Response:
    """One session."""
    return _answer(session)


@router.patch("/practical-sessions/{session}", response_model=SessionAnswer, responses=_REFUSALS)
def patch_session(parts: PartsIn, session: FoundIn, body: LearnersIn) -> Response:
    """Say how many learners were there; the count before stays in the history."""
    name = attend(parts, session, body.learners, author=body.author, reason=body.reason)
    return _answer(_found(parts, name))


@router.get("/practical-sessions/{session}/evidence", response_model=SessionEvidence, responses=_REFUSALS)
def get_session_evidence(request: Request, parts: PartsIn, session: FoundIn, sheet: SheetIn) -> Response:
    """What opened, kept and closed a session; as a table, its intervals."""
    found = evidence_view(*session, computed_from(session[0]))
    if not sheet.is_json:
        table = table_of("session-evidence", WORKED, rows_of(found.intervals, WORKED), sheet.texts)
        return tabled(request, parts, sheet, table)
    return answer(found)


@router.get("/practical-sessions/{session}/corrections", response_model=CorrectionList, responses=_REFUSALS)
def list_corrections(request: Request, parts: PartsIn, session: FoundIn, sheet: SheetIn) -> Response:
    """What telemetry says of a session, and what people said since."""
    listed = correction_list(*session, computed_from(session[0]))
    if not sheet.is_json:
        table = table_of("corrections", CORRECTIONS, rows_of(listed.items, CORRECTIONS), sheet.texts)
        return tabled(request, parts, sheet, table)
    return answer(listed)


@router.post(
    "/practical-sessions/{session}/corrections", response_model=CorrectionList, status_code=201, responses=_REFUSALS
)
def post_correction(parts: PartsIn, session: FoundIn, body: CorrectionIn) -> Response:
    """Add a word on a session; the last one holds, and all stay readable.

    To confirm a detected session makes it a lesson of its own, a one-off, which `session` and `Location` name.
    """
    spoken = Spoken(status=body.status, author=body.author, reason=body.reason, lesson=body.lesson)
    name = correct(parts, session, spoken)
    meetings, row = _found(parts, name)
    view = correction_list(meetings, row, computed_from(meetings))
    headers = {"Location": f"/api/v1/practical-sessions/{name}"}
    return Response(dumped(view), HTTPStatus.CREATED, headers, "application/json")


def _found(parts: Parts, name: str) -> Found:
    """A session that was just entered or corrected."""
    found = parts.numbers.practice.meeting(name)
    if found is None:
        raise Problem(
            HTTPStatus.CONFLICT,
            f"the practical session {name!r} has moved meanwhile",
            fix="GET /api/v1/practical-sessions lists those of a window; what was said is kept.",
        )
    return found


def _enter(parts: Parts, change: Put, author: str, reason: str) -> None:
    parts.numbers.register.apply((change,), author=author, reason=reason, at=parts.clock.now())


def _answer(found: Found, *, status: HTTPStatus = HTTPStatus.OK) -> Response:
    meetings, row = found
    view = session_views(meetings, [row])[0]
    words = {name: getattr(view, name) for name in COLUMNS}
    return answer(SessionAnswer(**words, computed_from=computed_from(meetings)), status=status)
