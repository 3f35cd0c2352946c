"""Lessons as people enter them: slots, substitutions, cancellations, one-offs, and who they are for.

A learner never appears here, only how many are planned.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import ClassVar

from pydantic import model_validator

from edge.register.calendar import Week
from edge.register.entry import (
    Code,
    CodeOrNone,
    Codes,
    Day,
    Entry,
    Headcount,
    LessonNumber,
    Name,
    NameOrNone,
    Person,
    SessionId,
    Text,
    Title,
    WallTime,
    Weekday,
    lesson_length,
    rising,
)

_BOUND: Mapping[str, str] = {"group": "group", "program": "program", "teacher": "teacher", "partner": "partner"}


class Form(StrEnum):
    """How a lesson is held."""

    IN_PERSON = "in_person"
    NETWORK = "network"
    REMOTE = "remote"


class Level(StrEnum):
    """The level of a program."""

    NONE = ""
    START = "start"
    BASE = "base"
    ADVANCED = "advanced"


class Happening(StrEnum):
    """What a one-off is."""

    LESSON = "lesson"
    EVENT = "event"


def _one_way_to_tell_time(lesson: int | None, start: str | None, end: str | None) -> None:
    if (lesson is None) == (start is None and end is None) or (start is None) != (end is None):
        message = "give either the lesson's number or both start and end"
        raise ValueError(message)
    if start is not None and end is not None:
        lesson_length(start, end, "the lesson")


class Slot(Entry):
    """A lesson that repeats on a weekday of term, from `first_day` to `last_day` inclusive where given.

    It is at the bells of `lesson`, or from `start` to `end`. Where no equipment is named, the room's is meant. A
    program that is not named is the group's; a partner that is not named, and a form that is in person, are those of
    the group or the program.
    """

    kind: ClassVar[str] = "slot"
    refers: ClassVar[Mapping[str, str]] = _BOUND

    weekday: Weekday
    week: Week = Week.BOTH
    lesson: LessonNumber | None = None
    start: WallTime | None = None
    end: WallTime | None = None
    room: CodeOrNone = ""
    equipment: Codes = ()
    group: CodeOrNone = ""
    program: CodeOrNone = ""
    teacher: CodeOrNone = ""
    partner: CodeOrNone = ""
    form: Form = Form.IN_PERSON
    learners: Headcount = 0
    first_day: Day | None = None
    last_day: Day | None = None

    @model_validator(mode="after")
    def _is_orderly(self) -> Slot:
        _one_way_to_tell_time(self.lesson, self.start, self.end)
        rising(self.first_day, self.last_day, "the slot")
        return self


class Substitution(Entry):
    """What is different about a slot's lesson of one day; a field that is None stays as the slot has it.

    `lesson`, or `start` and `end`, move it to another time of that day; to another day it goes by a cancellation and a
    one-off.
    """

    kind: ClassVar[str] = "substitution"
    refers: ClassVar[Mapping[str, str]] = {"slot": "slot", **_BOUND}

    slot: Code
    day: Day
    lesson: LessonNumber | None = None
    start: WallTime | None = None
    end: WallTime | None = None
    room: Code | None = None
    equipment: Codes | None = None
    group: CodeOrNone | None = None
    program: CodeOrNone | None = None
    teacher: CodeOrNone | None = None
    partner: CodeOrNone | None = None
    form: Form | None = None
    learners: Headcount | None = None
    reason: Text = ""

    @model_validator(mode="after")
    def _is_orderly(self) -> Substitution:
        if (self.lesson, self.start, self.end) != (None, None, None):
            _one_way_to_tell_time(self.lesson, self.start, self.end)
        return self


class Cancellation(Entry):
    """A lesson, `<slot>:<local date>` or a one-off's id, is not held; it stays visible as cancelled."""

    kind: ClassVar[str] = "cancellation"

    lesson: SessionId
    reason: Text = ""


class OneOff(Entry):
    """A lesson or event outside the weekly slots, on any day."""

    kind: ClassVar[str] = "one_off"
    refers: ClassVar[Mapping[str, str]] = _BOUND

    happening: Happening = Happening.LESSON
    name: NameOrNone = ""
    day: Day
    start: WallTime
    end: WallTime
    room: CodeOrNone = ""
    equipment: Codes = ()
    group: CodeOrNone = ""
    program: CodeOrNone = ""
    teacher: CodeOrNone = ""
    partner: CodeOrNone = ""
    form: Form = Form.IN_PERSON
    learners: Headcount = 0

    @model_validator(mode="after")
    def _is_orderly(self) -> OneOff:
        lesson_length(self.start, self.end, "it")
        return self


class Group(Entry):
    """A group of learners; how many, never who."""

    kind: ClassVar[str] = "group"
    refers: ClassVar[Mapping[str, str]] = {"program": "program", "partner": "partner"}

    name: Name
    program: CodeOrNone = ""
    partner: CodeOrNone = ""
    learners: Headcount = 0


class Program(Entry):
    """A program of a track at a level, perhaps held with a partner, offered from `first_day` to `last_day` if given."""

    kind: ClassVar[str] = "program"
    refers: ClassVar[Mapping[str, str]] = {"partner": "partner"}

    name: Title
    track: CodeOrNone = ""
    level: Level = Level.NONE
    partner: CodeOrNone = ""
    form: Form = Form.IN_PERSON
    first_day: Day | None = None
    last_day: Day | None = None

    @model_validator(mode="after")
    def _is_orderly(self) -> Program:
        rising(self.first_day, self.last_day, "the program")
        return self


class Partner(Entry):
    """A partner organisation, with its network agreement where there is one."""

    kind: ClassVar[str] = "partner"

    name: Title
    agreement: Text = ""


class Teacher(Entry):
    """A teacher's display name."""

    kind: ClassVar[str] = "teacher"

    name: Person
