"""Calendar periods that a page shows: a day, a week, a month, a quarter around a day, and the ways to its neighbours.

It only does sums on the calendar; instants are the route's.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, TypeAlias

from api.pages.texts import Texts
from api.pages.windows import Choice

Length: TypeAlias = Literal["day", "week", "month", "quarter"]
LENGTHS: tuple[Length, ...] = ("day", "week", "month", "quarter")


@dataclass(frozen=True, slots=True)
class Period:
    """From `first` to `last`, both included; queries of the same period, others, and the ones beside it."""

    first: date
    last: date
    text: str
    query: str
    choices: tuple[Choice, ...]
    earlier: str
    later: str


def days_of(length: Length, on: date) -> tuple[date, date]:
    """The first and the last day of the period that holds a day."""
    if length == "day":
        return on, on
    if length == "week":
        monday = on - timedelta(days=on.weekday())
        return monday, monday + timedelta(days=6)
    months = 1 if length == "month" else 3
    month = (on.month - 1) // months * months
    return date(on.year, month + 1, 1), _month(on.year, month + months) - timedelta(days=1)


def period_of(length: Length, on: date, texts: Texts) -> Period:
    """The period that holds a day."""
    first, last = days_of(length, on)
    return Period(
        first=first,
        last=last,
        text=texts.weekday_and_day(first) if first == last else texts.days(first, last),
        query=_query(length, on),
        choices=tuple(Choice(texts(f"period.{one}"), _query(one, on), one == length) for one in LENGTHS),
        earlier=_query(length, first - timedelta(days=1)),
        later=_query(length, last + timedelta(days=1)),
    )


def _month(year: int, month: int) -> date:
    """The first day of a month counted from January 0 of `year`."""
    return date(year + month // 12, month % 12 + 1, 1)


def _query(length: Length, on: date) -> str:
    return f"period={length}&on={on.isoformat()}"
