"""What was said of a slot's lessons goes with them to the slot that stands in its place from a day on.

Changes nothing of what was said: the same entries speak of the same days, under the other slot's name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from edge.register.contract import Change, Put, Row, Snapshot
from edge.register.evidence import Attendance, SessionCorrection
from edge.register.lessons import Cancellation, Substitution


def carried(
    register: Snapshot, attendance: Iterable[Row[Attendance]], *, before: str, after: str, day: date
) -> Iterator[Change]:
    """The changes that let everything said of the lessons of the slot `before`, from `day` on, speak of `after`'s.

    `attendance` is to be read with its learners, which go along.
    """
    for substitution in register.rows(Substitution):
        if substitution.value.slot == before and substitution.value.day >= day:
            yield Put(substitution.id, substitution.value.model_copy(update={"slot": after}), substitution.version)
    for cancellation in register.rows(Cancellation):
        if lesson := _renamed(cancellation.value.lesson, before, after, day):
            yield Put(cancellation.id, cancellation.value.model_copy(update={"lesson": lesson}), cancellation.version)
    said: tuple[Row[SessionCorrection | Attendance], ...] = (*register.rows(SessionCorrection), *attendance)
    for row in said:
        if session := _renamed(row.value.session, before, after, day):
            yield Put(row.id, row.value.model_copy(update={"session": session}), row.version)


def is_counted(register: Snapshot, slot: str, day: date) -> bool:
    """Whether somebody was counted at a lesson of a slot from a day on."""
    return any(_renamed(row.value.session, slot, slot, day) for row in register.rows(Attendance))


def _renamed(session: str, before: str, after: str, day: date) -> str:
    """The id of the same day's lesson of the slot `after`; empty for another slot's, and for a day before `day`."""
    slot, _, text = session.rpartition(":")
    if slot != before:
        return ""
    try:
        held = date.fromisoformat(text)
    except ValueError:
        return ""
    return f"{after}:{text}" if held >= day else ""
