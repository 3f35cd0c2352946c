"""From which day on a file of lessons holds: what was held before that day stays as it was entered.

A slot that changes ends the day before, and another one begins, as on the page of a lesson. Writes nothing.
"""

from __future__ import annotations

import bisect
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from edge.errors import GiveUp
from edge.register.calendar import Term, Week
from edge.register.contract import Row
from edge.register.entry import FIRST_YEAR, LAST_YEAR, time_of
from edge.register.imports.matching import Planned
from edge.register.imports.options import Options
from edge.register.imports.weeks import lesson_days
from edge.register.lessons import OneOff, Slot
from telemetry.model import Instant

_DAY = timedelta(days=1)
_DAYS = frozenset({"first_day", "last_day"})
_OPEN = frozenset(
    {"room", "equipment", "group", "program", "teacher", "partner", "form", "learners", "happening", "name", *_DAYS}
)
"""Fields that stay as they are where a file says nothing of them; the others say which lesson it is."""


@dataclass(frozen=True, slots=True)
class Changed:
    """A slot as it stays, and the one that begins where it ends, if any; `cut` where not all could be taken over."""

    stays: Slot
    begins: Slot | None = None
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Since:
    """The first day that a file holds for, None where nothing was ever held; `asked` where a person named it."""

    day: date | None
    asked: bool
    terms: tuple[Term, ...]
    term: Term | None

    def begun(self, slot: Slot) -> bool:
        """Whether a slot has lessons before the day."""
        if self.day is None:
            return False
        days = _days_of(self.terms, slot.weekday, slot.week)
        end = min(slot.last_day or date.max, self.day - _DAY)
        next_one = bisect.bisect_left(days, slot.first_day or date.min)
        return next_one < len(days) and days[next_one] <= end

    def ended(self, slot: Slot) -> Slot:
        """A slot without its lessons from the day on."""
        last = (self.day or date.max) - _DAY
        return slot.model_copy(update={"last_day": min(slot.last_day or last, last)})

    def changed(self, before: Slot, after: Slot) -> Changed:
        """What becomes of a slot that has to be another from the day on."""
        if self.day is None:
            return Changed(after)
        if not self.begun(before):
            first = after.first_day or date.min
            earliest = min(before.first_day or date.min, self.day)
            return Changed(_from(after, max(first, earliest)) if first < self.day else after)
        if _body(before) != _body(after):
            return Changed(self.ended(before), self.rest(after))
        if before.last_day is not None and before.last_day < self.day - _DAY:
            goes_on = after.last_day is None or after.last_day >= self.day
            return Changed(before, self.rest(after) if goes_on else None, cut=not goes_on and before != after)
        last = after.last_day and max(after.last_day, self.day - _DAY)
        stays = before.model_copy(update={"last_day": last})
        return Changed(stays, cut=stays != after)

    def rest(self, slot: Slot) -> Slot | None:
        """A slot with only its lessons from the day on; None where it has none."""
        if self.day is None or (slot.first_day or date.min) >= self.day:
            return slot
        return None if slot.last_day is not None and slot.last_day < self.day else _from(slot, self.day)

    def new(self, value: Planned, told: frozenset[str]) -> Planned | None:
        """A lesson that is new: in the term that was named, and not before the day that was; None for none of it."""
        if isinstance(value, OneOff):
            return None if self.asked and self.day and value.day < self.day else value
        if self.term is not None:
            own = {"first_day": self.term.first_day, "last_day": self.term.last_day}
            value = value.model_copy(update={name: day for name, day in own.items() if name not in told})
        return self.rest(value) if self.asked else value

    def running(self, value: Planned) -> bool:
        """Whether a slot, or a one-off, is not over before the day."""
        last = value.day if isinstance(value, OneOff) else value.last_day
        return self.day is None or last is None or last >= self.day


def since_of(terms: Iterable[Row[Term]], options: Options) -> Since:
    """The day that was asked for, else today, or the first day of the term that was named; raises `GiveUp`."""
    rows = tuple(terms)
    term = next((row.value for row in rows if row.id == options.term), None)
    if options.term and rows and term is None:
        known = ", ".join(row.id for row in rows)
        raise GiveUp(f"There is no term {options.term!r}.", fix=f"Take one of: {known}.")
    day = options.today
    if day is not None and term is not None:
        day = max(day, term.first_day)
    if options.since is not None and not FIRST_YEAR <= options.since.year <= LAST_YEAR:
        message = f"The first day {options.since} is not between the years {FIRST_YEAR} and {LAST_YEAR}."
        raise GiveUp(message, fix="Give the day from which the timetable holds.")
    return Since(options.since or day, options.since is not None, tuple(row.value for row in rows), term)


def local_day(at: Instant, timezone: str) -> date:
    """The day of the centre's own calendar that an instant is on."""
    return time_of(at).astimezone(ZoneInfo(timezone)).date()


def kept(before: Planned, after: Planned, told: frozenset[str]) -> Planned:
    """`after` with the fields of `before` that the file says nothing of; raises `ValidationError`."""
    same = {name: getattr(before, name) for name in type(after).model_fields if name in _OPEN - told}
    return type(after).model_validate({**_fields(after), **same})


@lru_cache(maxsize=64)
def _days_of(terms: tuple[Term, ...], weekday: int, week: Week) -> tuple[date, ...]:
    return tuple(sorted(lesson_days(terms, weekday, week)))


def _fields(value: Planned) -> dict[str, object]:
    return {name: getattr(value, name) for name in type(value).model_fields}


def _body(slot: Slot) -> dict[str, object]:
    """Everything but its first and last day."""
    return {name: told for name, told in _fields(slot).items() if name not in _DAYS}


def _from(slot: Slot, first: date) -> Slot:
    return slot.model_copy(update={"first_day": None if first == date.min else first})
