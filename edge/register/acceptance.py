"""A detected session that a person accepts: the changes that make it a lesson of its own, for good.

That it was detected stays with it: the correction names what it was accepted from.
Writes nothing and decides nothing; all its changes belong into one change set.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Any

import numpy as np
from pydantic import Field

from edge.register.contract import Change, Put, Remove, Row
from edge.register.entry import CodeOrNone, Codes, Headcount, Part, Text, time_of
from edge.register.evidence import Attendance, SessionCorrection, Verdict
from edge.register.lessons import Form, Happening, OneOff
from telemetry.model import Instant
from telemetry.rules import NS_PER_MIN
from telemetry.zones import NS_PER_DAY, Zone, wall_at

_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A detected session: its id, its room, and [start, end) ns UTC as it was when somebody looked at it."""

    id: str
    room: str
    start: Instant
    end: Instant


@dataclass(frozen=True, slots=True)
class Word:
    """Who accepts it, why and when."""

    author: str
    reason: str
    at: Instant


class LessonWords(Part):
    """Whose lesson it was, as far as the person knows; without equipment, that of the room is meant."""

    happening: Happening = Happening.LESSON
    name: Text = ""
    equipment: Codes = ()
    group: CodeOrNone = ""
    program: CodeOrNone = ""
    teacher: CodeOrNone = ""
    partner: CodeOrNone = ""
    form: Form = Form.IN_PERSON
    learners: Annotated[Headcount | None, Field(description="Default: as many as were counted")] = None


def lesson_words(proposal: Proposal, words: LessonWords, zone: Zone, *, counted: int) -> dict[str, Any]:
    """The fields of its `OneOff`, not checked yet: whole minutes of the local clock around what was detected."""
    first = proposal.start // NS_PER_MIN * NS_PER_MIN
    last = -(-proposal.end // NS_PER_MIN) * NS_PER_MIN
    start, end = wall_at(zone, np.array([first, last], np.int64)).tolist()
    day = _EPOCH + timedelta(days=start // NS_PER_DAY)
    learners = counted if words.learners is None else words.learners
    told = words.model_dump() | {"learners": learners, "room": proposal.room, "day": day}
    return told | {"start": _clock(start), "end": _clock(end)}


def acceptance(
    proposal: Proposal,
    lesson: OneOff,
    word: Word,
    *,
    taken: Collection[str],
    attendance: Row[Attendance] | None,
) -> tuple[str, tuple[Change, ...]]:
    """The id of the lesson, and all that has to be entered for it.

    `taken` are the ids of one-offs that there are or were; `attendance` is what was counted under the old id, with its
    learners, and goes with the session.
    """
    name = _free(f"accepted-{lesson.day:%Y%m%d}-{lesson.start.replace(':', '')}-{proposal.room[:30]}".strip("-"), taken)
    correction = SessionCorrection(
        session=name,
        status=Verdict.CONFIRMED,
        author=word.author,
        at=time_of(word.at),
        reason=word.reason,
        accepted_from=proposal.id,
    )
    changes: list[Change] = [Put(name, lesson), Put(f"{name}:1", correction)]
    if attendance is not None:
        changes.append(Remove(Attendance.kind, attendance.id, attendance.version))
        changes.append(Put(name, attendance.value.model_copy(update={"session": name})))
    return name, tuple(changes)


def accepted_as(session: str, corrections: Collection[Row[SessionCorrection]]) -> tuple[str, ...]:
    """The lessons that a detected session was accepted as, the last one first."""
    found = [row.value for row in corrections if row.value.accepted_from == session]
    return tuple(value.session for value in sorted(found, key=lambda value: value.at, reverse=True))


def _clock(wall: int) -> str:
    minutes = wall % NS_PER_DAY // NS_PER_MIN
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _free(name: str, taken: Collection[str]) -> str:
    candidates = (name, *(f"{name}-{number}" for number in range(2, len(taken) + 3)))
    return next(one for one in candidates if one not in taken)
