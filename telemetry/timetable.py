"""The words of a timetable: bells, terms, holidays, slots, and what changes them on single days.

Nothing here computes lessons (that is `telemetry.lessons`) or knows UTC: a timetable is written in days and in times of
the wall clock, and stays right when a zone changes its rules.

* A slot is held on its weekday in every week of its parity, on days of a term, within its validity, and on no holiday.
  Without a term there is no lesson.
* Weeks A and B: with `WeekRule.TERM` the week of the term's first day (Monday to Sunday) is `first_week`, and weeks
  alternate from there without regard to holidays or New Year. With `WeekRule.ISO` odd ISO weeks are `first_week`; after
  a year of 53 weeks two odd weeks follow one another, as on printed calendars of week numbers.
* A slot says a lesson's number or its times. Numbers are looked up in the bell schedule of the day: of those whose
  weekdays and validity hold the day, the one with the shortest validity (a shortened day goes before the year's rule),
  then the one that begins last, then the greatest name. A number that does not ring that day is no lesson.
* What ends at or before the time at which it begins ends on the next day.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TypeAlias

from telemetry.civil import FIRST_DAY, LAST_DAY, Day
from telemetry.model import EquipmentId
from telemetry.zones import NS_PER_DAY, Wall


class Form(IntEnum):
    """How a lesson is held; the number is the column's code."""

    IN_PERSON = 0
    NETWORK = 1
    REMOTE = 2

    @property
    def word(self) -> str:
        """The form as it is written in files and answers: `in_person`."""
        return self.name.lower()


class LessonStatus(IntEnum):
    """Whether the timetable still means a lesson; the number is the column's code."""

    PLANNED = 0
    CANCELLED = 1

    @property
    def word(self) -> str:
        """The status as it is written in files and answers."""
        return self.name.lower()


class LessonKind(IntEnum):
    """A lesson of a group, or an event (a master class, an excursion); the number is the column's code."""

    LESSON = 0
    EVENT = 1

    @property
    def word(self) -> str:
        """The kind as it is written in files and answers."""
        return self.name.lower()


class Parity(IntEnum):
    """The weeks of a slot."""

    BOTH = 0
    A = 1
    B = 2

    @property
    def word(self) -> str:
        """The parity as it is written in files and answers: `a`."""
        return self.name.lower()


class WeekRule(IntEnum):
    """From where a term counts its weeks A and B."""

    TERM = 0
    ISO = 1

    @property
    def word(self) -> str:
        """The rule as it is written in files and answers."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Times:
    """From `start_ns` to `end_ns` after local midnight; an end behind 24 h is on the next day."""

    start_ns: int
    end_ns: int

    def __post_init__(self) -> None:
        """Raise `ValueError` where it does not start within the day, is empty, or is longer than a day."""
        if not 0 <= self.start_ns < NS_PER_DAY or not self.start_ns < self.end_ns <= self.start_ns + NS_PER_DAY:
            raise ValueError("times want a start within the day, and an end behind it by at most 24 hours")


@dataclass(frozen=True, slots=True)
class LessonNumber:
    """The lesson of that number, at the times that the day's bell schedule gives it."""

    number: int


When: TypeAlias = Times | LessonNumber


@dataclass(frozen=True, slots=True, kw_only=True)
class Validity:
    """From `first_day` to `last_day`, both included."""

    first_day: Day = FIRST_DAY
    last_day: Day = LAST_DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class BellSchedule(Validity):
    """When the lessons of some weekdays (0 is Monday) begin and end: the number of each and its times."""

    name: str
    weekdays: frozenset[int]
    bells: tuple[tuple[int, Times], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Term(Validity):
    """Days of teaching (a school quarter, a half-year), and how its weeks are counted; terms do not overlap."""

    name: str
    week_rule: WeekRule = WeekRule.TERM
    first_week: Parity = Parity.A


@dataclass(frozen=True, slots=True, kw_only=True)
class Holiday(Validity):
    """Days without slots; `closed` where the centre has no opening hours either (a vacation may keep it open)."""

    name: str
    closed: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedDay:
    """On `day` the slots and opening hours of another weekday hold: a Saturday worked for a Monday."""

    day: Day
    weekday: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """Who and what a lesson takes; an empty word says nothing, no equipment means all of the room."""

    room: str = ""
    equipment: frozenset[EquipmentId] = frozenset()
    group: str = ""
    program: str = ""
    teacher: str = ""
    partner: str = ""
    form: Form = Form.IN_PERSON
    learners: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot(Validity):
    """A lesson of every week, or of every other one; `weekday` 0 is Monday."""

    id: str
    weekday: int
    when: When
    binding: Binding
    parity: Parity = Parity.BOTH


@dataclass(frozen=True, slots=True, kw_only=True)
class Substitution:
    """On `day` the lesson of `slot` is held with another binding or at other times of that day; its id stays."""

    slot: str
    day: Day
    when: When
    binding: Binding


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancellation:
    """The lesson of that id, `<slot>:<local date>` or of a one-off, is not held; it stays visible as cancelled."""

    lesson: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OneOff:
    """A lesson or an event outside the weekly slots, on any day, holidays too."""

    id: str
    day: Day
    times: Times
    binding: Binding
    kind: LessonKind = LessonKind.LESSON


@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningHours(Validity):
    """When the centre is open on some weekdays (0 is Monday); several may hold on one day."""

    weekdays: frozenset[int]
    times: Times


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedMaintenance:
    """The equipment, or all of a room, is meant to be serviced from `start` to `end` of the wall clock."""

    start: Wall
    end: Wall
    equipment: frozenset[EquipmentId] = frozenset()
    room: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timetable:
    """All that is entered, in any order; what is entered twice alike counts once."""

    bell_schedules: tuple[BellSchedule, ...] = ()
    terms: tuple[Term, ...] = ()
    holidays: tuple[Holiday, ...] = ()
    moved_days: tuple[MovedDay, ...] = ()
    slots: tuple[Slot, ...] = ()
    substitutions: tuple[Substitution, ...] = ()
    cancellations: tuple[Cancellation, ...] = ()
    one_offs: tuple[OneOff, ...] = ()
    opening_hours: tuple[OpeningHours, ...] = ()
    maintenance: tuple[PlannedMaintenance, ...] = ()
