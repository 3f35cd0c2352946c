"""The school's calendar as people enter it: bells, terms, holidays, opening hours.

Says nothing of lessons, and turns no local time into an instant.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import Field, model_validator

from edge.register.entry import (
    ClosingTime,
    Day,
    Entry,
    LessonNumber,
    Part,
    Title,
    WallTime,
    Weekday,
    lesson_length,
    rising,
)

Weekdays = Annotated[tuple[Weekday, ...], Field(min_length=1, max_length=7)]


class Week(StrEnum):
    """Which of two alternating weeks, or both of them."""

    A = "A"
    B = "B"
    BOTH = "both"


class WeekRule(StrEnum):
    """From where a term counts its weeks A and B."""

    TERM = "term"
    ISO = "iso"


class Bell(Part):
    """One lesson of a day."""

    lesson: LessonNumber
    start: WallTime
    end: WallTime

    @model_validator(mode="after")
    def _has_length(self) -> Bell:
        lesson_length(self.start, self.end, f"lesson {self.lesson}")
        return self


class BellSchedule(Entry):
    """When lessons begin and end on some weekdays, from `first_day` to `last_day` inclusive where given."""

    kind: ClassVar[str] = "bell_schedule"

    name: Title
    weekdays: Weekdays = (1, 2, 3, 4, 5, 6, 7)
    bells: Annotated[tuple[Bell, ...], Field(min_length=1, max_length=21)]
    first_day: Day | None = None
    last_day: Day | None = None

    @model_validator(mode="after")
    def _is_orderly(self) -> BellSchedule:
        rising(self.first_day, self.last_day, "the bell schedule")
        numbers = [bell.lesson for bell in self.bells]
        if len(set(numbers)) < len(numbers):
            message = "a lesson's number stands twice"
            raise ValueError(message)
        return self


class Term(Entry):
    """A quarter, trimester or half-year, from `first_day` to `last_day` inclusive.

    With the week rule `term` the week of `first_day` is `first_week`, and they alternate every Monday; with `iso` the
    odd ISO weeks are. Terms do not overlap.
    """

    kind: ClassVar[str] = "term"

    name: Title
    first_day: Day
    last_day: Day
    week_rule: WeekRule = WeekRule.TERM
    first_week: Week = Week.A

    @model_validator(mode="after")
    def _is_orderly(self) -> Term:
        rising(self.first_day, self.last_day, "the term")
        if self.first_week is Week.BOTH:
            message = "the first week of a term is A or B"
            raise ValueError(message)
        return self


class Holiday(Entry):
    """Days without slots, both ends inclusive; a vacation may keep the centre itself open."""

    kind: ClassVar[str] = "holiday"

    name: Title
    first_day: Day
    last_day: Day
    closed: bool = True

    @model_validator(mode="after")
    def _is_orderly(self) -> Holiday:
        rising(self.first_day, self.last_day, "the holiday")
        return self


class MovedDay(Entry):
    """On `day` the slots and opening hours of another weekday hold: a Saturday worked for a Monday."""

    kind: ClassVar[str] = "moved_day"

    day: Day
    weekday: Weekday


class OpeningHours(Entry):
    """When the centre is open on some weekdays, to `24:00` or into the night; several may hold on one day."""

    kind: ClassVar[str] = "opening_hours"

    weekdays: Weekdays
    start: WallTime
    end: ClosingTime
    first_day: Day | None = None
    last_day: Day | None = None

    @model_validator(mode="after")
    def _is_orderly(self) -> OpeningHours:
        rising(self.first_day, self.last_day, "the opening hours")
        return self
