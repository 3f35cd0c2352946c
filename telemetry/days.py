"""What each day of a window is in a timetable: its weekday, its week A or B, whether it teaches, whether it opens.

Nothing here knows a slot; days are those of the wall calendar, one row each.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from telemetry import civil
from telemetry.calendar import in_order
from telemetry.columns import Int8s, Int64s
from telemetry.model import Instant
from telemetry.spans import Spans, merged
from telemetry.timetable import BellSchedule, OpeningHours, Parity, Term, Timetable, Validity, WeekRule
from telemetry.zones import NS_PER_DAY, Zone, earliest, wall_at

Bools = npt.NDArray[np.bool_]

_DAYS_BEFORE = 3
"""Times begin within their day and last a day at most; one more for a clock that is set back over midnight."""


@dataclass(frozen=True, slots=True, eq=False)
class Days:
    """Consecutive days: `day`, `weekday` as the timetable means it (moved days too), `parity` 0 outside terms."""

    day: Int64s
    weekday: Int64s
    parity: Int8s
    teaches: Bools
    opens: Bools


def days_of(timetable: Timetable, zone: Zone, start: Instant, end: Instant) -> Days:
    """Every day on which something may begin that meets [start, end), ns UTC."""
    first, last = (wall_at(zone, np.array([start, end], np.int64)) // NS_PER_DAY).tolist()
    day = np.arange(first - _DAYS_BEFORE, last + 2, dtype=np.int64)
    weekday = civil.weekdays(day)
    for moved in sorted(timetable.moved_days, key=lambda moved: (moved.day, moved.weekday)):
        weekday[day == moved.day] = moved.weekday
    parity = _parities(timetable.terms, day)
    free, closed = np.zeros(len(day), np.bool_), np.zeros(len(day), np.bool_)
    for holiday in timetable.holidays:
        free |= within(holiday, day)
        closed |= within(holiday, day) & holiday.closed
    return Days(day, weekday, parity, (parity > 0) & ~free, ~closed)


def within(validity: Validity, day: Int64s) -> Bools:
    """Which days, bool[n], the validity holds."""
    held: Bools = (day >= validity.first_day) & (day <= validity.last_day)
    return held


def _parities(terms: Iterable[Term], day: Int64s) -> Int8s:
    parity = np.zeros(len(day), np.int8)
    for term in in_order(terms):
        held = within(term, day)
        if term.week_rule is WeekRule.ISO:
            even = civil.iso_weeks(day[held])[1] % 2 == 0
        else:
            monday = term.first_day - (term.first_day + 3) % 7
            even = (day[held] - monday) // 7 % 2 == 1
        second_week = Parity.A if term.first_week is Parity.B else Parity.B
        parity[held] = np.where(even, second_week, term.first_week)
    return parity


def bell_times(schedules: Iterable[BellSchedule], days: Days, number: Int64s, row: npt.NDArray[np.intp]) -> Int64s:
    """When lesson `number`, int64[n], of the day `days.day[row]`, begins and ends, int64[2, n] ns after midnight.

    A number that does not ring that day begins and ends at 0.
    """
    ordered = sorted(set(schedules), key=_precedence)
    rung = sorted({ring for schedule in ordered for ring, _ in schedule.bells})
    # Schedule 0 and number 0 of the table ring for nobody.
    table = np.zeros((2, len(ordered) + 1, len(rung) + 1), np.int64)
    schedule_of_day = np.zeros(len(days.day), np.intp)
    for code, schedule in enumerate(ordered, start=1):
        schedule_of_day[within(schedule, days.day) & np.isin(days.weekday, sorted(schedule.weekdays))] = code
        for ring, times in schedule.bells:
            table[:, code, rung.index(ring) + 1] = times.start_ns, times.end_ns
    known = np.array(rung, np.int64)
    column = np.where(np.isin(number, known), np.searchsorted(known, number) + 1, 0)
    return table[:, schedule_of_day[row], column]


def _precedence(schedule: BellSchedule) -> tuple[object, ...]:
    """Later ones go before earlier ones; all fields count, so that the order of entry does not."""
    bells = sorted((number, times.start_ns, times.end_ns) for number, times in schedule.bells)
    length = schedule.last_day - schedule.first_day
    return -length, schedule.first_day, schedule.name, sorted(schedule.weekdays), bells


def opening_spans(hours: Iterable[OpeningHours], days: Days, zone: Zone) -> tuple[Int64s, Int64s]:
    """Start and end, int64[n] ns UTC each, of the times in which the centre is open, rising and apart."""
    starts, ends = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    for rule in hours:
        held = days.opens & within(rule, days.day) & np.isin(days.weekday, sorted(rule.weekdays))
        midnight = days.day[held] * NS_PER_DAY
        starts.append(earliest(zone, midnight + rule.times.start_ns))
        ends.append(earliest(zone, midnight + rule.times.end_ns))
    start, end = np.concatenate(starts), np.concatenate(ends)
    _, start, end = merged(Spans(np.zeros(len(start), np.int32), start, end))
    return start, end
