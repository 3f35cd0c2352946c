"""A window cut into the hours, days, weeks, months, quarters, years and terms of a wall calendar.

Nothing here loses or doubles a nanosecond: the parts tile the window whatever the clock on the wall does.

A day begins when the wall clock first shows its midnight or later, once begun it goes on, and so for all that is made
of days; a day that the zone skips is no part. An hour ends at the full hour and whenever the clock is set, so that an
hour that comes twice is two parts, told apart by the offset in their labels. The academic year begins on 1 September.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import IntEnum
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from telemetry import civil
from telemetry.columns import Buckets, Int64s
from telemetry.model import Instant
from telemetry.timetable import Term
from telemetry.zones import NS_PER_DAY, NS_PER_HOUR, Zone, earliest, wall_at

BUCKETS_LIMIT = 100_000
"""Parts of one window: eleven years of hours; more only costs memory, for nobody reads them."""

_NS_PER_MINUTE = 60_000_000_000


class Unit(IntEnum):
    """How a window is cut; `NONE` leaves it whole."""

    NONE = 0
    HOUR = 1
    DAY = 2
    WEEK = 3
    MONTH = 4
    QUARTER = 5
    YEAR = 6
    ACADEMIC_YEAR = 7

    @property
    def word(self) -> str:
        """The unit as it is written in questions and answers: `academic_year`."""
        return self.name.lower()


class _Months(NamedTuple):
    """A unit of `length` whole months, one of which begins in `first`, 0 for January."""

    length: int
    first: int
    label: str


_MONTHS = {
    Unit.MONTH: _Months(1, 0, "{year:04}-{month:02}"),
    Unit.QUARTER: _Months(3, 0, "{year:04}-Q{quarter}"),
    Unit.YEAR: _Months(12, 0, "{year:04}"),
    Unit.ACADEMIC_YEAR: _Months(12, 8, "{year:04}/{next:04}"),
}


def buckets(unit: Unit, zone: Zone, start: Instant, end: Instant) -> Buckets:
    """The parts of [start, end), ns UTC; those at its edges are clipped and keep their label.

    Raises `ValueError` where the window runs backwards or has more than `BUCKETS_LIMIT` parts.
    """
    if end < start or (end - start) // _SHORTEST_NS[unit] > BUCKETS_LIMIT:
        message = f"[{start}, {end}) runs backwards or has more than {BUCKETS_LIMIT} parts of one {unit.word}"
        raise ValueError(message)
    if unit is Unit.NONE:
        return _tiles(np.array([start], np.int64), ("total",), start, end)
    if unit is Unit.HOUR:
        edges = _hours(zone, start, end)
        return _tiles(edges, _hour_labels(zone, edges), start, end)
    shown = wall_at(zone, np.array([start, end], np.int64)) // NS_PER_DAY
    # A day more on both sides, for the clock may be set back over midnight.
    days, labels = _days(unit, int(shown[0]) - 1, int(shown[1]) + 1)
    return _tiles(earliest(zone, days * NS_PER_DAY), labels, start, end)


_SHORTEST_NS = {
    Unit.NONE: np.iinfo(np.int64).max,
    Unit.HOUR: NS_PER_HOUR,
    Unit.DAY: NS_PER_DAY,
    Unit.WEEK: 7 * NS_PER_DAY,
    **{unit: 28 * months.length * NS_PER_DAY for unit, months in _MONTHS.items()},
}


def term_buckets(terms: Iterable[Term], zone: Zone, start: Instant, end: Instant) -> Buckets:
    """The parts of [start, end), ns UTC, that the terms make; what lies in none is a part with an empty label.

    Raises `ValueError` where terms overlap or the window runs backwards.
    """
    ordered = in_order(terms)
    if end < start:
        message = f"[{start}, {end}) runs backwards"
        raise ValueError(message)
    days = np.array([day for term in ordered for day in (term.first_day, term.last_day + 1)], np.int64)
    labels = ("", *(label for term in ordered for label in (term.name, "")))
    return _tiles(np.concatenate(([start], earliest(zone, days * NS_PER_DAY))), labels, start, end)


def in_order(terms: Iterable[Term]) -> tuple[Term, ...]:
    """The terms by their first day, each once; raises `ValueError` where two have a day in common or one has none."""
    ordered = sorted(set(terms), key=lambda term: (term.first_day, term.last_day, term.name))
    for term, following in pairwise(ordered):
        if following.first_day <= term.last_day:
            message = f"the terms {term.name!r} and {following.name!r} overlap"
            raise ValueError(message)
    for term in ordered:
        if term.last_day < term.first_day:
            message = f"the term {term.name!r} ends before it begins"
            raise ValueError(message)
    return tuple(ordered)


def _tiles(edges: Int64s, labels: Sequence[str], start: Instant, end: Instant) -> Buckets:
    """Part i is [edges[i], edges[i + 1]) inside the window; the last runs to its end, and empty ones are gone."""
    starts = np.clip(edges, start, end)
    ends = np.append(starts[1:], end)
    kept = np.flatnonzero(starts < ends)
    return Buckets(starts[kept], ends[kept], tuple(labels[i] for i in kept.tolist()))


def _days(unit: Unit, first: civil.Day, last: civil.Day) -> tuple[Int64s, tuple[str, ...]]:
    """The first day of each part from the one that holds `first` to the one that holds `last`, and their labels."""
    if unit in _MONTHS:
        return _month_days(_MONTHS[unit], first, last)
    if unit is Unit.DAY:
        days = np.arange(first, last + 1, dtype=np.int64)
        return days, civil.texts(days)
    monday = first - (first + 3) % 7
    days = np.arange(monday, last + 1, 7, dtype=np.int64)
    years, weeks = civil.iso_weeks(days)
    return days, tuple(f"{y:04}-W{w:02}" for y, w in zip(years.tolist(), weeks.tolist(), strict=True))


def _month_days(months: _Months, first: civil.Day, last: civil.Day) -> tuple[Int64s, tuple[str, ...]]:
    year, month, _ = civil.dates(np.array([first, last], np.int64))
    part = (year * 12 + month - 1 - months.first) // months.length
    count = np.arange(part[0], part[1] + 1, dtype=np.int64) * months.length + months.first
    years, month0 = np.divmod(count, 12)
    labels = tuple(
        months.label.format(year=y, month=m + 1, quarter=m // 3 + 1, next=y + 1)
        for y, m in zip(years.tolist(), month0.tolist(), strict=True)
    )
    return civil.days(years, month0 + 1, np.ones_like(years)), labels


def _hours(zone: Zone, start: Instant, end: Instant) -> Int64s:
    """Every full hour of the wall and every setting of the clock in the window, and the one before it."""
    first = max(int(np.searchsorted(zone.since, start, side="right")) - 1, 0)
    last = max(int(np.searchsorted(zone.since, end, side="left")), first + 1)
    edges = []
    for stretch in range(first, last):
        offset = int(zone.offset_ns[stretch])
        begins = start if stretch == first else int(zone.since[stretch])
        until = end if stretch == last - 1 else int(zone.since[stretch + 1])
        hours = np.arange((begins + offset) // NS_PER_HOUR * NS_PER_HOUR - offset, until, NS_PER_HOUR, dtype=np.int64)
        # The hour before may have begun with another offset; it ended when the clock was set.
        since = int(zone.since[stretch]) if stretch else begins - NS_PER_HOUR
        edges.append(np.maximum(hours, since))
    return np.concatenate(edges)


def _hour_labels(zone: Zone, edges: Int64s) -> tuple[str, ...]:
    wall = wall_at(zone, edges)
    minute = (wall % NS_PER_DAY // _NS_PER_MINUTE).tolist()
    offset = ((wall - edges) // _NS_PER_MINUTE).tolist()
    listed = zip(civil.texts(wall // NS_PER_DAY), minute, offset, strict=True)
    return tuple(f"{day}T{m // 60:02}:{m % 60:02}:00{_offset_text(o)}" for day, m, o in listed)


def _offset_text(minutes: int) -> str:
    hours, rest = divmod(abs(minutes), 60)
    return f"{'-' if minutes < 0 else '+'}{hours:02}:{rest:02}"
