"""What every entry of the register has in common: its field types and their limits.

An entry is checked once, when it is made; nothing here knows where it is kept.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from functools import lru_cache, reduce
from typing import Annotated, ClassVar

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    NaiveDatetime,
    StringConstraints,
    ValidationInfo,
)

from edge.register.wording import KEPT, lines, no_learner, one_line
from edge.settings import ID_PATTERN, Id
from telemetry.model import Instant

DAY_S = 86_400
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FIRST_YEAR, LAST_YEAR = 1990, 2099
"""The years that a time zone is kept for."""
LONGEST_LESSON_S = 14 * 3600
"""A hackathon's day; what is longer has its ends mixed up."""

_DIGIT = re.compile("[0-9]")


def _within_years(day: date) -> date:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        message = f"the year {day.year} is not between {FIRST_YEAR} and {LAST_YEAR}"
        raise ValueError(message)
    return day


def _moment_within_years(at: datetime) -> datetime:
    _within_years(at.date())
    return at


def _to_utc(at: datetime) -> datetime:
    _within_years(at.date())
    return at.astimezone(UTC)


def _no_name(learner: str) -> str:
    if not _DIGIT.search(learner):
        message = "it may be a name: a pseudonym has at least one digit"
        raise ValueError(message)
    return learner


def _typed(*rules: Callable[[str, ValidationInfo], str]) -> AfterValidator:
    """Rules of `edge.register.wording` as one, so that what is kept, which all of them let pass, passes once."""

    def judged(text: str, info: ValidationInfo) -> str:
        if info.context == KEPT:
            return text
        return reduce(lambda so_far, rule: rule(so_far, info), rules, text)

    return AfterValidator(judged)


Code = Id
"""The id of a room, an equipment, a group …: `a-z 0-9 -`."""

CodeOrNone = Annotated[str, StringConstraints(pattern=rf"^(?:{ID_PATTERN})?$")]
"""A code, or nothing where it is empty."""

_TITLE = StringConstraints(strip_whitespace=True, min_length=1, max_length=200)
Title = Annotated[str, _TITLE, AfterValidator(one_line)]
Name = Annotated[str, _TITLE, _typed(one_line, no_learner)]
"""What something is called that learners take part in; never who they are."""

_TEXT = StringConstraints(strip_whitespace=True, max_length=1000)
Text = Annotated[str, _TEXT, AfterValidator(lines)]
NameOrNone = Annotated[str, _TEXT, _typed(lines, one_line, no_learner)]
"""A name, or nothing where it is empty."""

Document = Annotated[str, _TEXT, _typed(lines, no_learner)]
"""What proves an entry: an order, a diploma, a list and its place."""

Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500), AfterValidator(lines)]
Person = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120), AfterValidator(one_line)
]
"""An adult's display name or user name; learners are never named."""

SessionId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9:._-]{0,199}$")]
"""A practical session: `<slot>:<local date>`, or the id of a one-off or of a detected one."""

SessionIdOrNone = Annotated[str, StringConstraints(pattern=r"^(?:[a-z0-9][a-z0-9:._-]{0,199})?$")]
"""A practical session, or none where it is empty."""

LearnerId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{1,39}$"), AfterValidator(_no_name)]
"""A pseudonym: Latin letters, digits, `-` and `_`, with at least one digit, so that no name passes for one."""

Day = Annotated[date, AfterValidator(_within_years)]
"""A day of the centre's own calendar."""

WallTime = Annotated[str, StringConstraints(pattern=r"^(?:[01]\d|2[0-3]):[0-5]\d$")]
"""A time on the centre's own clock, `09:25`; an end at or before its start is on the next day."""

ClosingTime = Annotated[str, StringConstraints(pattern=r"^(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)$")]
"""A `WallTime`, or `24:00`: the midnight that ends the day, as doors say it."""

LocalMoment = Annotated[NaiveDatetime, AfterValidator(_moment_within_years)]
"""A day and time on the centre's own clock, without an offset."""

At = Annotated[AwareDatetime, AfterValidator(_to_utc)]
"""A point in time, kept in UTC."""

Weekday = Annotated[int, Field(ge=1, le=7)]
"""1 is Monday, as in ISO 8601."""

LessonNumber = Annotated[int, Field(ge=0, le=20)]
"""A number of the bell schedule; some schools have a lesson 0."""

Headcount = Annotated[int, Field(ge=0, le=2000)]
"""More than a school's greatest event."""

Codes = Annotated[tuple[Code, ...], Field(max_length=200)]
"""More equipment than a centre has."""


@lru_cache(DAY_S // 60 + 1)
def seconds_of(wall: str) -> int:
    """Seconds since local midnight of a `WallTime` or `ClosingTime`."""
    hour, minute = wall.split(":")
    return int(hour) * 3600 + int(minute) * 60


def instant_of(at: datetime) -> Instant:
    """An aware time as ns UTC, exact to the microsecond."""
    passed = at - _EPOCH
    return ((passed.days * DAY_S + passed.seconds) * 1_000_000 + passed.microseconds) * 1_000


def time_of(at: Instant) -> datetime:
    """An instant as an aware UTC time, cut to the microsecond."""
    seconds, rest = divmod(at, 1_000_000_000)
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=rest // 1000)


class Part(BaseModel):
    """A part of an entry."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Entry(Part):
    """One thing that a person enters; `kind` is its name in files and addresses.

    `refers` names the fields that hold the id of another entry, with that entry's kind. No two living entries of a kind
    may be the same in all fields of `natural`, where it names any.
    """

    kind: ClassVar[str]
    refers: ClassVar[Mapping[str, str]] = {}
    natural: ClassVar[tuple[str, ...]] = ()

    def mentions(self) -> Iterator[tuple[str, str, str]]:
        """Field, kind and id of every other entry that this one names."""
        for field, kind in self.refers.items():
            named = getattr(self, field)
            if named:
                yield field, kind, named

    def natural_key(self) -> tuple[str, ...]:
        """The fields of `natural` as they are compared: without case, doubled spaces, and dots of ё."""
        return tuple(_compared(getattr(self, field)) for field in self.natural)


def _compared(value: object) -> str:
    return " ".join(str(value).casefold().replace("ё", "е").split())


def lesson_length(start: str, end: str, what: str) -> None:
    """Raise `ValueError` where a lesson takes no time or longer than any does: a typing error, not a night."""
    length_s = (seconds_of(end) - seconds_of(start) - 1) % DAY_S + 1
    if length_s > LONGEST_LESSON_S:
        message = f"{what} would take {length_s // 3600} hours from {start} to {end}"
        raise ValueError(message)


def rising(first: date | None, last: date | None, what: str) -> None:
    """Raise `ValueError` where both are given and `last` is before `first`."""
    if first is not None and last is not None and last < first:
        message = f"{what} ends ({last}) before it begins ({first})"
        raise ValueError(message)
