"""What an indicator is: its number, names and unit, which facts feed it, and how they become one value.

A definition computes nothing, and it never says where it was read from.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum

from telemetry.civil import Day


class Aggregation(StrEnum):
    """How the facts of a window become one value."""

    COUNT = "count"
    UNIQUE = "unique"
    SUM = "sum"
    LAST = "last"
    SHARE = "share"


class Part(StrEnum):
    """Where an indicator stands; analytics are never shown as official."""

    QUANTITATIVE = "quantitative"
    QUALITATIVE = "qualitative"
    ANALYTICS = "analytics"


class How(IntEnum):
    """How a fact came, the best proof first."""

    TELEMETRY = 0
    TIMETABLE = 1
    REGISTER = 2
    MANUAL = 3

    @property
    def word(self) -> str:
        """In answers and files."""
        return self.name.lower()


class Dimension(StrEnum):
    """What a value may be broken down by."""

    TRACK = "track"
    CATEGORY = "category"
    EQUIPMENT = "equipment"
    SOFTWARE = "software"
    LEVEL = "level"
    RESULT = "result"
    PARTNER = "partner"
    FORM = "form"
    PROGRAM = "program"
    GROUP = "group"
    ROOM = "room"
    KIND = "kind"
    DIRECTION = "direction"
    STATUS = "status"


class Unit(StrEnum):
    """What a value counts; hours are kept as ns, shares as numerator and denominator."""

    ITEMS = "items"
    LEARNERS = "learners"
    PEOPLE = "people"
    SHARE = "share"
    HOURS = "hours"
    LEARNER_HOURS = "learner_hours"


@dataclass(frozen=True, slots=True)
class Indicator:
    """One line of a set: `facts` names a line of `INDICATORS`; `minimum` and `target` are per calendar year.

    `minimum` and `target` are whole numbers of the unit (percent for shares), None where the document sets none.
    """

    number: str
    name_ru: str
    name_en: str
    part: Part
    unit: Unit
    facts: str
    aggregation: Aggregation
    breakdowns: tuple[Dimension, ...]
    how: tuple[How, ...]
    minimum: int | None
    target: int | None
    verified: bool


@dataclass(frozen=True, slots=True)
class IndicatorSet:
    """One version of one document's indicators, in force from `effective_from` to `effective_to` inclusive."""

    id: str
    version: str
    name_ru: str
    name_en: str
    centre_kind: str
    source: str
    effective_from: Day
    effective_to: Day
    official: bool
    indicators: tuple[Indicator, ...]

    @property
    def verified(self) -> bool:
        """Whether every wording was checked against the document."""
        return all(one.verified for one in self.indicators)
