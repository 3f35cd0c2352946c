"""Days since 1970-01-01 as dates of the Gregorian calendar and back, in whole-number arithmetic on arrays.

Nothing here knows a zone or a time of day; days before 1970 are negative and just as good.

After Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms": years begin in March, so that the leap day is their
last, and 400 years are one era of 146,097 days. Weeks are those of ISO 8601: they begin on Monday, and the first of a
year holds its first Thursday.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import starmap
from typing import TypeAlias, TypeVar

import numpy as np

from telemetry.columns import Int64s

Day: TypeAlias = int
"""A date: whole days since 1970-01-01 on the wall calendar."""

_Days = TypeVar("_Days", Day, Int64s)

FIRST_DAY: Day = -100_000
LAST_DAY: Day = 100_000
"""From 1696 to 2243: all days whose every nanosecond is an int64; they also stand for "since ever" and "for good"."""

_KEPT = 8_192
"""Days whose text is remembered, 1 MB: thousands of rows of evidence are of the same few hundred days."""

_DAYS_OF_ERA = 146_097
_TO_1970 = 719_468
"""Days from 0000-03-01, where the first era begins, to 1970-01-01."""


def days(year: Int64s, month: Int64s, day: Int64s) -> Int64s:
    """Days since 1970-01-01, int64[n], of dates that exist; `month` 1 to 12, `day` from 1."""
    march_year = year - (month <= 2)
    era, year_of_era = np.divmod(march_year, 400)
    day_of_year = (153 * ((month - 3) % 12) + 2) // 5 + day - 1
    day_of_era: Int64s = year_of_era * 365 + year_of_era // 4 - year_of_era // 100 + day_of_year
    return era * _DAYS_OF_ERA + day_of_era - _TO_1970


def dates(day: _Days) -> tuple[_Days, _Days, _Days]:
    """Year, month 1 to 12 and day of the month from 1, int64[n] each; of one day a whole number each."""
    era, day_of_era = divmod(day + _TO_1970, _DAYS_OF_ERA)
    year_of_era = (day_of_era - day_of_era // 1460 + day_of_era // 36_524 - day_of_era // 146_096) // 365
    day_of_year = day_of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    march_month = (5 * day_of_year + 2) // 153
    month = (march_month + 2) % 12 + 1
    return era * 400 + year_of_era + (month <= 2), month, day_of_year - (153 * march_month + 2) // 5 + 1


def weekdays(day: Int64s) -> Int64s:
    """0 for Monday to 6 for Sunday, int64[n]."""
    return (day + 3) % 7


def iso_weeks(day: Int64s) -> tuple[Int64s, Int64s]:
    """The year that the ISO week belongs to and its number from 1, int64[n] each."""
    thursday = day - weekdays(day) + 3
    year, _, _ = dates(thursday)
    one = np.ones_like(year)
    return year, (thursday - days(year, one, one)) // 7 + 1


def day_of(text: str) -> Day:
    """The day that ISO 8601 writes as `text` (`2026-11-22`); raises `ValueError` where there is no such day."""
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
        day = int(days(*(np.array([int(part)], np.int64) for part in text.split("-")))[0])
        if FIRST_DAY <= day <= LAST_DAY and text_of(day) == text:
            return day
    message = f"{text!r} is no date between {text_of(FIRST_DAY)} and {text_of(LAST_DAY)}; write 2026-11-22"
    raise ValueError(message)


@lru_cache(_KEPT)
def text_of(day: Day) -> str:
    """The day as ISO 8601 writes it: `2026-11-22`."""
    return _text(*dates(day))


def texts(day: Int64s) -> tuple[str, ...]:
    """The days as ISO 8601 writes them; of years 1 to 9999."""
    year, month, day_of_month = dates(day)
    listed = zip(year.tolist(), month.tolist(), day_of_month.tolist(), strict=True)
    return tuple(starmap(_text, listed))


def _text(year: int, month: int, day_of_month: int) -> str:
    return f"{year:04}-{month:02}-{day_of_month:02}"
