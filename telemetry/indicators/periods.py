"""Quarters, years to date and academic years as windows of local days, inclusive at both ends.

Nothing here knows what is counted, or what day it is today.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import TypeAlias

import numpy as np

from telemetry.civil import Day, dates, days

Window: TypeAlias = tuple[Day, Day]
"""The first and the last local day, both inside."""

_QUARTERS, _DAYS = 400, 40_000
"""What is remembered: a century of quarters and of days, 8 MB, because thousands of facts ask for the same ones."""


def merged(windows: Iterable[Window]) -> tuple[Window, ...]:
    """Windows in their order; those that overlap or touch are one stretch, and one without a day is none."""
    stretches: list[Window] = []
    for first, last in sorted(window for window in windows if window[0] <= window[1]):
        if stretches and first <= stretches[-1][1] + 1:
            stretches[-1] = (stretches[-1][0], max(stretches[-1][1], last))
        else:
            stretches.append((first, last))
    return tuple(stretches)


def shared(days: Window, stretches: Sequence[Window]) -> Iterator[Window]:
    """What each stretch has in common with some days, where that is anything."""
    for first, last in stretches:
        both = max(first, days[0]), min(last, days[1])
        if both[0] <= both[1]:
            yield both


def day_in(year: int, month: int, day: int) -> Day:
    """The day of a date that exists."""
    return int(days(*(np.array([part], np.int64) for part in (year, month, day)))[0])


@lru_cache(_QUARTERS)
def quarter_window(year: int, quarter: int) -> Window:
    """The days of a quarter; raises `ValueError` for one that is not 1 to 4."""
    if quarter not in (1, 2, 3, 4):
        message = f"{quarter} is no quarter of {year}; there are 1 to 4"
        raise ValueError(message)
    next_year, next_month = (year, 3 * quarter + 1) if quarter < 4 else (year + 1, 1)
    return day_in(year, 3 * quarter - 2, 1), day_in(next_year, next_month, 1) - 1


@lru_cache(_QUARTERS)
def year_to_date_window(year: int, quarter: int) -> Window:
    """From 1 January to the last day of the quarter; that of the fourth is the calendar year."""
    return day_in(year, 1, 1), quarter_window(year, quarter)[1]


@lru_cache(_DAYS)
def quarter_of(day: Day) -> tuple[int, int]:
    """The year and the quarter, 1 to 4, that a day belongs to."""
    year, month, _ = dates(np.array([day], np.int64))
    return int(year[0]), (int(month[0]) + 2) // 3
