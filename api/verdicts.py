"""What people say of practical sessions; a detected one that is accepted becomes a lesson, and is found where it went.

Nothing is entered but in one change set with who and why.
"""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from api.deps import Parts
from api.problem import Problem
from edge.numbers.practice import Meetings
from edge.register.acceptance import LessonWords, Proposal, Word, acceptance, accepted_as, lesson_words
from edge.register.contract import Put, Row
from edge.register.entry import time_of
from edge.register.evidence import Attendance, SessionCorrection, Verdict
from edge.register.lessons import OneOff
from telemetry.corrections import meant

Found = tuple[Meetings, int]
"""The sessions of a day, and the row of the one that is meant."""


def is_detected(found: Found) -> bool:
    """Whether no lesson announced the session."""
    return int(found[0].sessions.lesson[found[1]]) < 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """What a person says of a session, and why; `lesson` tells whose it was, where a detected one is accepted."""

    status: Verdict
    author: str
    reason: str
    lesson: LessonWords | None = None


def correct(parts: Parts, found: Found, spoken: Spoken) -> str:
    """Enter a word on a session; returns the id under which the session goes from now on.

    Raises `Problem` where it cannot be said of this session, `Refused` where it names what is not there.
    """
    meetings, row = found
    if spoken.status is Verdict.CONFIRMED and int(meetings.sessions.start[row]) > parts.clock.now():
        raise Problem(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            "the practical session has not been held yet",
            fix="Confirm it once it has begun; one that will not be held is cancelled.",
        )
    if is_detected(found) and spoken.status is Verdict.CONFIRMED:
        return _accept(parts, found, spoken)
    if spoken.lesson is not None:
        raise Problem(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            "lesson is told of a detected session that is confirmed, of no other",
            fix="Leave lesson out; a lesson of the timetable is changed there.",
        )
    name, register, at = meetings.sessions.id[row], parts.numbers.register, parts.clock.now()
    number = 1 + sum(one.value.session == name for one in register.rows(SessionCorrection).value)
    value = SessionCorrection(
        session=name, status=spoken.status, author=spoken.author, at=time_of(at), reason=spoken.reason
    )
    change = Put(f"{name[:190]}:{number}", value)
    register.apply((change,), author=spoken.author, reason=spoken.reason, at=at)
    return name


def _accept(parts: Parts, found: Found, spoken: Spoken) -> str:
    """Make a detected session a lesson of its own, which counts; returns the lesson's id."""
    (meetings, row), register = found, parts.numbers.register
    sessions = meetings.sessions
    room = sessions.rooms[sessions.room[row]]
    proposal = Proposal(sessions.id[row], room, int(sessions.start[row]), int(sessions.end[row]))
    words = spoken.lesson or LessonWords()
    told = lesson_words(proposal, words, meetings.entered.zone, counted=int(sessions.learners[row]))
    word = Word(spoken.author, spoken.reason, parts.clock.now())
    taken = {one.id for one in register.rows(OneOff).value}
    taken |= {one.value.session for one in register.rows(SessionCorrection).value}
    counted = _attendance(parts, proposal.id, word)
    name, changes = acceptance(proposal, _lesson(told), word, taken=taken, attendance=counted)
    register.apply(changes, author=word.author, reason=word.reason, at=word.at)
    return name


def gone_to(parts: Parts, session: str) -> str | None:
    """Where a detected session is now: the lesson that it was accepted as, or its id since late data moved its start.

    None where there is nothing of it.
    """
    practice = parts.numbers.practice
    for lesson in accepted_as(session, parts.numbers.register.rows(SessionCorrection).value):
        if practice.meeting(lesson) is not None:
            return lesson
    meetings = practice.around(session)
    now = session if meetings is None else str(meant((session,), meetings.sessions)[0])
    return None if now == session or practice.meeting(now) is None else now


def _lesson(told: dict[str, object]) -> OneOff:
    try:
        return OneOff.model_validate(told)
    except ValidationError as error:
        faults = error.errors(include_input=False, include_url=False, include_context=False)
        raise RequestValidationError(
            [fault | {"loc": ("body", "lesson", *fault["loc"])} for fault in faults]
        ) from error


def attend(parts: Parts, found: Found, count: int, *, author: str, reason: str) -> str:
    """Say how many learners were there; the count before stays in the history. Returns the session's id.

    Raises `Problem` where more are listed by pseudonym, `ValidationError` for a count that cannot be.
    """
    name, register, at = found[0].sessions.id[found[1]], parts.numbers.register, parts.clock.now()
    known = _attendance(parts, name, Word(author, reason, at))
    listed = known.value.learners if known else ()
    if len(listed) > count:
        raise Problem(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            f"{len(listed)} learners are listed by pseudonym, more than {count}",
            fix="Take learners off the list first.",
        )
    value = Attendance(session=name, count=count, learners=listed)
    register.apply((Put(name, value, known.version if known else 0),), author=author, reason=reason, at=at)
    return name


def _attendance(parts: Parts, session: str, word: Word) -> Row[Attendance] | None:
    """What was counted of the session, with its learners; that they are read is in the audit."""
    register = parts.numbers.register
    if register.row(Attendance, session).value is None:
        return None
    everybody = register.learners(Attendance, reader=word.author, reason=word.reason, at=word.at).value
    return next(row for row in everybody if row.id == session)


def redirect(session: str, address: str) -> Problem:
    """An answer that says where a session has gone."""
    return Problem(
        HTTPStatus.TEMPORARY_REDIRECT,
        f"the practical session is {session!r} now",
        fix=f"Ask for {address}.",
        headers={"Location": address},
    )
