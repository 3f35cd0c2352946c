"""Numbers of weeks in a lesson's cell («1,3,5 н.», «кр. 1 н.», «чёт.»), and the days of a term that they mean.

Weeks are counted from the Monday of the term's first day, as on printed timetables.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from edge.register.calendar import Term, Week, WeekRule
from edge.register.imports.cells import week_of

WEEKS_LIMIT = 60
"""Longer than a school year."""

_NUMBERS = re.compile(
    r"^(?P<but>кр(?:оме)?\.?\s*)?(?P<weeks>\d{1,2}(?:\s*[-–,;]\s*\d{1,2})*)\s*(?:нед(?:ел[а-я]+)?|н)\.?(?=[\s:]|$)[\s:]*",
    re.IGNORECASE,
)
_PARITY = re.compile(
    r"^(?P<week>н/ч|нечет[а-я]*|нечёт[а-я]*|чет(?:н[а-я]*)?|чёт(?:н[а-я]*)?|числ[а-я]*|знам[а-я]*|I{1,2}(?=\s*н))"
    r"(?=[\s.:])[.:]?\s*(?:нед(?:ел[а-я]+)?\.?|н\.)?[\s:]*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Weeks:
    """Only the weeks of these numbers, or every week but them."""

    numbers: frozenset[int]
    but: bool

    def holds(self, number: int) -> bool:
        """Whether the lesson is held in a week."""
        return (number in self.numbers) != self.but


@dataclass(frozen=True, slots=True)
class Marked:
    """A cell's text without its mark of weeks, and what the mark says."""

    text: str
    week: Week | None = None
    weeks: Weeks | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """When a lesson with week numbers is held: the parity of its slot, and the days on which it is not."""

    week: Week
    cancelled: tuple[date, ...]


def marked(text: str) -> Marked:
    """Take the mark of weeks from the beginning of a text."""
    if found := _NUMBERS.match(text):
        weeks = Weeks(frozenset(_numbers(found["weeks"])), found["but"] is not None)
        return Marked(text[found.end() :], weeks=weeks)
    if found := _PARITY.match(text):
        return Marked(text[found.end() :], week=week_of(found["week"]))
    return Marked(text)


def held(term: Term, weekday: int, weeks: Weeks, *, within: Week) -> Held:
    """The slot that a lesson of these weeks is in the whole term, where only weeks `within` are meant at all."""
    days = tuple(day for day in _days(term, weekday) if within in (day[2], Week.BOTH))
    meant = {week for number, _day, week in days if weeks.holds(number)}
    week = meant.pop() if len(meant) == 1 else Week.BOTH
    left = [day for number, day, of in days if week in (of, Week.BOTH) and not weeks.holds(number)]
    return Held(week, tuple(left))


def week_on(term: Term, day: date) -> Week:
    """Whether the week of a day is A or B."""
    if term.week_rule is WeekRule.ISO:
        odd = day.isocalendar().week % 2 == 1
    else:
        odd = (_monday(day) - _monday(term.first_day)).days // 7 % 2 == 0
    other = Week.B if term.first_week is Week.A else Week.A
    return term.first_week if odd else other


def _days(term: Term, weekday: int) -> Iterator[tuple[int, date, Week]]:
    day = _monday(term.first_day) + timedelta(days=weekday - 1)
    for number in range(1, WEEKS_LIMIT + 1):
        if term.first_day <= day <= term.last_day:
            yield number, day, week_on(term, day)
        day += timedelta(days=7)


def _monday(day: date) -> date:
    return day - timedelta(days=day.isoweekday() - 1)


def _numbers(text: str) -> Iterator[int]:
    for part in re.split(r"\s*[,;]\s*", text):
        first, *last = map(int, re.split(r"\s*[-–]\s*", part))
        yield from range(first, (last[0] if last else first) + 1)
