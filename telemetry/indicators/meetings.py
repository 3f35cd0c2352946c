"""What lessons prove about a program, a group or a partner: which equipment it used in some days, and how we know.

Nothing here counts anything. What is proven is told quarter by quarter, so that a lesson of a later quarter never
changes what an earlier one said.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Proofs:
    """The lessons of each program, group or partner, by day."""

    lessons: Mapping[str, tuple[Lesson, ...]]

    def of(self, key: str, days: Window) -> Proof:
        """What the lessons of `key` on these days prove.

        `how` is telemetry where a held one was confirmed by telemetry, timetable where any stands, else register.
        """
        lessons = self._on(key, days)
        held = [lesson for lesson in lessons if lesson.held]
        used = sorted({one for lesson in held for one in lesson.equipment})
        return Proof(min((lesson.how for lesson in lessons), default=How.REGISTER), bool(held), tuple(used))

    def by_quarter(self, key: str, days: Window) -> Iterator[tuple[Window, Proof]]:
        """The days in pieces, the quarters that have lessons each for itself, with what is proven in each."""
        lessons = self._on(key, days)
        first, last = days
        if lessons:
            first_quarter, last_quarter = (quarter_window(*quarter_of(lessons[at].day)) for at in (0, -1))
            if first < first_quarter[0]:
                yield from self._piece(key, (first, first_quarter[0] - 1))
                first = first_quarter[0]
            while first <= min(last, last_quarter[1]):
                ends = min(last, quarter_window(*quarter_of(first))[1])
                yield from self._piece(key, (first, ends))
                first = ends + 1
        if first <= last:
            yield from self._piece(key, (first, last))

    def _piece(self, key: str, days: Window) -> Iterator[tuple[Window, Proof]]:
        yield days, self.of(key, days)

    def _on(self, key: str, days: Window) -> tuple[Lesson, ...]:
        lessons = self.lessons.get(key, ())
        begins = bisect_left(lessons, days[0], key=_day)
        return lessons[begins : bisect_right(lessons, days[1], key=_day)]


def _day(lesson: Lesson) -> Day:
    return lesson.day


def proofs_by(keys: Codes, meetings: Meetings) -> Proofs:
    """The lessons by a column of `meetings`, such as `meetings.group`; those without a key prove nothing."""
    found: dict[str, list[Lesson]] = {}
    for key, lesson in zip(keys, _lessons(meetings), strict=True):
        if key and lesson is not None:
            found.setdefault(key, []).append(lesson)
    return Proofs({key: tuple(sorted(lessons)) for key, lessons in found.items()})


def _lessons(meetings: Meetings) -> Iterator[Lesson | None]:
    """Each meeting as a lesson; None where none stands: it was cancelled, or nobody has accepted it yet."""
    columns = (meetings.day.tolist(), meetings.status, meetings.held.tolist(), meetings.by_telemetry.tolist())
    for day, status, held, by_telemetry, equipment in zip(*columns, used_in(meetings), strict=True):
        if held:
            yield Lesson(day, held=True, how=How.TELEMETRY if by_telemetry else How.TIMETABLE, equipment=equipment)
        else:
            yield None if status in _NO_LESSON else Lesson(day, held=False, how=How.TIMETABLE, equipment=equipment)


def used_in(meetings: Meetings) -> list[Codes]:
    """The equipment that each meeting used."""
    used = [meetings.equipment[at] for at in meetings.used.tolist()]
    return [tuple(used[start:end]) for start, end in pairwise(meetings.used_start.tolist())]
