"""What lessons prove about a program, a group or a partner: which equipment it used in some days, and how we know.

Nothing here counts anything. What is proven is told quarter by quarter, so that a lesson of a later quarter never
changes what an earlier one said.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from telemetry.civil import Day
from telemetry.indicators.definition import How
from telemetry.indicators.periods import Window, quarter_of, quarter_window
from telemetry.indicators.world import Codes, Meetings
from telemetry.rules import SessionStatus

_NO_LESSON = frozenset({SessionStatus.CANCELLED.word, SessionStatus.DETECTED.word})


class Lesson(NamedTuple):
    """One lesson that stands in the timetable; equipment that it used counts where it was held."""

    day: Day
    held: bool
    how: How
    equipment: Codes


class Proof(NamedTuple):
    """What the lessons of some days prove."""

    how: How
    held: bool
    equipment: Codes


class _Lessons(NamedTuple):
    """Lessons by day, and their days."""

    days: tuple[Day, ...]
    lessons: tuple[Lesson, ...]

    def on(self, first: Day, last: Day) -> tuple[Lesson, ...]:
        return self.lessons[bisect_left(self.days, first) : bisect_right(self.days, last)]


_NONE = _Lessons((), ())


@dataclass(frozen=True, slots=True)
class Proofs:
    """The lessons of each program, group or partner; what was proven once is remembered, for many ask the same."""

    lessons: Mapping[str, _Lessons]
    _known: dict[tuple[str, Window], Proof] = field(default_factory=dict)

    def of(self, key: str, days: Window) -> Proof:
        """What the lessons of `key` on these days prove.

        `how` is telemetry where a held one was confirmed by telemetry, timetable where any stands, else register.
        """
        known = self._known.get((key, days))
        if known is None:
            known = self._known[key, days] = _proof(self.lessons.get(key, _NONE).on(*days))
        return known

    def by_quarter(self, key: str, days: Window) -> Iterator[tuple[Window, Proof]]:
        """The days in pieces, the quarters that have lessons each for itself, with what is proven in each."""
        for piece in _pieces(days, self.lessons.get(key, _NONE).on(*days)):
            yield piece, self.of(key, piece)


def _pieces(days: Window, lessons: Sequence[Lesson]) -> Iterator[Window]:
    """The quarters from that of the first lesson to that of the last, what is before them, and what is after."""
    first, last = days
    if lessons:
        begins, ends = quarter_window(*quarter_of(lessons[0].day))[0], quarter_window(*quarter_of(lessons[-1].day))[1]
        if first < begins:
            yield first, begins - 1
            first = begins
        while first <= min(last, ends):
            until = min(last, quarter_window(*quarter_of(first))[1])
            yield first, until
            first = until + 1
    if first <= last:
        yield first, last


def _proof(lessons: Sequence[Lesson]) -> Proof:
    used = {one for lesson in lessons if lesson.held for one in lesson.equipment}
    how = min((lesson.how for lesson in lessons), default=How.REGISTER)
    return Proof(how, any(lesson.held for lesson in lessons), tuple(sorted(used)))


def proofs_by(keys: Codes, meetings: Meetings) -> Proofs:
    """The lessons by a column of `meetings`, such as `meetings.group`; those without a key prove nothing."""
    found: dict[str, list[Lesson]] = {}
    for key, lesson in zip(keys, _lessons(meetings), strict=True):
        if key and lesson is not None:
            found.setdefault(key, []).append(lesson)
    ordered = {key: tuple(sorted(lessons)) for key, lessons in found.items()}
    return Proofs({key: _Lessons(tuple(one.day for one in lessons), lessons) for key, lessons in ordered.items()})


@lru_cache(maxsize=1)
def _lessons(meetings: Meetings) -> tuple[Lesson | None, ...]:
    """Each meeting as a lesson; None where none stands: it was cancelled, or nobody has accepted it yet.

    Those of the last world are remembered, for all indicators of a report ask about the same.
    """
    return tuple(_each(meetings))


def _each(meetings: Meetings) -> Iterator[Lesson | None]:
    columns = (meetings.day.tolist(), meetings.status, meetings.held.tolist(), meetings.by_telemetry.tolist())
    for day, status, held, by_telemetry, equipment in zip(*columns, used_in(meetings), strict=True):
        if held:
            yield Lesson(day, held=True, how=How.TELEMETRY if by_telemetry else How.TIMETABLE, equipment=equipment)
        else:
            yield None if status in _NO_LESSON else Lesson(day, held=False, how=How.TIMETABLE, equipment=equipment)


@lru_cache(maxsize=1)
def used_in(meetings: Meetings) -> tuple[Codes, ...]:
    """The equipment that each meeting used; that of the last world is remembered."""
    used = [meetings.equipment[at] for at in meetings.used.tolist()]
    return tuple(tuple(used[start:end]) for start, end in pairwise(meetings.used_start.tolist()))
