"""What becomes of utilisation: each ratio with its numerator, its denominator and how much of its base is known.

Nothing here averages: a ratio of a group is that of its summed rows, and a zero denominator gives NaN, outward null.

Time without data leaves the denominators of the first, second and fourth ratio, so that silence is never counted as
idle: a stretch of silence that is added to a bucket cannot raise any ratio, and neither can one that hides busy time.
One that hides idle time makes the known rest look busier; that is why each value comes with its coverage, which then
falls, and why one of low coverage is shown as insufficient data: docs/decisions tells it in full.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np

from telemetry.columns import Float64s, Int64s, Ratio, Utilisation
from telemetry.model import State


def utilisation_timetable(table: Utilisation) -> Ratio:
    """Busy inside lessons / (timetabled - unknown): the headline for a teacher."""
    known = table.timetabled_ns - table.unknown_in_timetable_ns
    return _ratio(table.busy_in_timetable_ns, known, known=known, base=table.timetabled_ns)


def utilisation_scheduled(table: Utilisation) -> Ratio:
    """Busy / (scheduled - maintenance - unknown), all inside scheduled time: for the head."""
    known = table.scheduled_ns - table.unknown_in_scheduled_ns
    usable = known - table.maintenance_in_scheduled_ns
    return _ratio(table.busy_in_scheduled_ns, usable, known=known, base=table.scheduled_ns)


def utilisation_calendar(table: Utilisation) -> Ratio:
    """Busy / calendar: for purchase decisions."""
    calendar = table.calendar_ns
    # Rows of programs have no calendar time, and then their busy time is no numerator either.
    busy = np.where(calendar > 0, table.state_ns[:, State.BUSY], 0)
    return _ratio(busy, calendar, known=np.where(calendar > 0, known_ns(table), 0), base=calendar)


def availability(table: Utilisation) -> Ratio:
    """(Scheduled - fault - maintenance - unknown) / (scheduled - unknown)."""
    known = table.scheduled_ns - table.unknown_in_scheduled_ns
    able = known - table.fault_in_scheduled_ns - table.maintenance_in_scheduled_ns
    return _ratio(able, known, known=known, base=table.scheduled_ns)


def station_utilisation(table: Utilisation) -> Ratio:
    """Used station-hours / (stations x lesson hours): the one meaning of station use, of equipment and of a session.

    Used is what was busy in the lesson, to the nanosecond; no threshold makes a whole lesson of five minutes.
    """
    base = table.station_timetabled_ns
    return _ratio(table.station_busy_ns, base, known=base - table.station_unknown_ns, base=base)


RATIOS: Mapping[str, Callable[[Utilisation], Ratio]] = MappingProxyType(
    {
        ratio.__name__: ratio
        for ratio in (
            utilisation_timetable,
            utilisation_scheduled,
            utilisation_calendar,
            availability,
            station_utilisation,
        )
    }
)
"""Every ratio by the name that answers and pages show."""


def known_ns(table: Utilisation) -> Int64s:
    """Time with data, int64[n] ns."""
    known: Int64s = table.state_ns.sum(axis=1) - table.state_ns[:, State.UNKNOWN]
    return known


def coverage(table: Utilisation) -> Float64s:
    """Known time / all time of the row, float64[n]; NaN where there is none."""
    return _divided(known_ns(table), table.state_ns.sum(axis=1))


def busy_outside_timetable(table: Utilisation) -> Int64s:
    """Busy time outside lessons, int64[n] ns; inside planned maintenance is outside lessons."""
    outside: Int64s = table.state_ns[:, State.BUSY] - table.busy_in_timetable_ns
    return outside


def _ratio(numerator: Int64s, denominator: Int64s, *, known: Int64s, base: Int64s) -> Ratio:
    return Ratio(numerator, denominator, _divided(numerator, denominator), _divided(known, base))


def _divided(part: Int64s, whole: Int64s) -> Float64s:
    values = np.full(len(whole), np.nan)
    np.divide(part, whole, out=values, where=whole > 0)
    return values
