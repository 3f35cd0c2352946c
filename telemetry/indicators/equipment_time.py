"""Days of equipment as facts: the three ratios of its use, how much of each is known, and which was used at all.

Nothing here averages: a ratio of several is the sum of what was used over the sum of what there was.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from telemetry.civil import Day, texts
from telemetry.columns import Int64s
from telemetry.indicators.build import DayFacts, day_facts_of, some_of
from telemetry.indicators.definition import Dimension, How
from telemetry.indicators.facts import Facts
from telemetry.indicators.lists import labels_of
from telemetry.indicators.world import EquipmentDays, World


def equipment_used(world: World) -> Facts:
    """An equipment counts once where it was busy at all; its amount is the busy time of the day, in ns."""
    days = world.days
    return _facts(world, days.busy_ns, np.zeros(len(days.day), np.int64), rows=days.busy_ns > 0)


def utilisation_timetable(world: World) -> Facts:
    """Busy in lessons over timetabled time without the unknown, in ns of each equipment and day."""
    return _ratio(world, world.days.timetable_numerator_ns, world.days.timetable_denominator_ns)


def utilisation_scheduled(world: World) -> Facts:
    """Busy in opening hours over those without maintenance and the unknown, in ns of each equipment and day."""
    return _ratio(world, world.days.scheduled_numerator_ns, world.days.scheduled_denominator_ns)


def utilisation_calendar(world: World) -> Facts:
    """Busy over all time, in ns of each equipment and day."""
    return _ratio(world, world.days.busy_ns, world.days.calendar_ns)


def coverage_timetable(world: World) -> Facts:
    """Known over timetabled time, in ns of each equipment and day."""
    return _covered(world, world.days.timetable_denominator_ns, world.days.timetabled_ns)


def coverage_scheduled(world: World) -> Facts:
    """Known over all opening hours, in ns of each equipment and day."""
    return _covered(world, world.days.scheduled_known_ns, world.days.scheduled_ns)


def coverage_calendar(world: World) -> Facts:
    """Known over all time, in ns of each equipment and day."""
    return _covered(world, world.days.known_ns, world.days.calendar_ns)


def _covered(world: World, known: Int64s, whole: Int64s) -> Facts:
    return _facts(world, known, whole, rows=whole != 0)


def _ratio(world: World, numerator: Int64s, denominator: Int64s) -> Facts:
    """A day that adds nothing to either is no evidence."""
    return _facts(world, numerator, denominator, rows=(numerator != 0) | (denominator != 0))


def _facts(world: World, amount: Int64s, base: Int64s, *, rows: npt.NDArray[np.bool_]) -> Facts:
    whole = _whole(world.days, world.today)
    kept = np.flatnonzero(rows[whole.row])
    row = whole.row[kept]
    return some_of(whole.facts, kept, amount=amount[row], base=base[row])


class _Whole(NamedTuple):
    """Every day of each equipment as a fact, and the row of each among the days."""

    facts: Facts
    row: Int64s


@lru_cache(maxsize=1)
def _whole(days: EquipmentDays, today: Day) -> _Whole:
    """Those of the last world are remembered, for four indicators are made of them."""
    rows = _in_order(days, today)
    columns = {
        Dimension.EQUIPMENT: days.equipment,
        Dimension.KIND: days.kind,
        Dimension.TRACK: days.track,
        Dimension.ROOM: days.room,
    }
    labels = {by: labels_of(column.taken(rows)) for by, column in columns.items()}
    different, place = np.unique(days.day[rows], return_inverse=True)
    written, names, n = texts(different), days.equipment.taken(rows), len(rows)
    facts = day_facts_of(
        DayFacts(
            kind="equipment_day",
            id=tuple([f"{one}/{written[at]}" for one, at in zip(names, place.tolist(), strict=True)]),
            day=days.day[rows],
            amount=np.zeros(n, np.int64),
            base=np.zeros(n, np.int64),
            how=np.full(n, How.TELEMETRY, np.int8),
            members=labels[Dimension.EQUIPMENT],
            labels=labels,
        )
    )
    return _Whole(facts, rows)


def _in_order(days: EquipmentDays, today: Day) -> Int64s:
    """The rows by day and id, which need not be written for that: no equipment has a slash in its own."""
    names = days.equipment.keys
    rank = np.empty(len(names), np.int64)
    rank[sorted(range(len(names)), key=lambda code: f"{names[code]}/")] = np.arange(len(names))
    order = np.lexsort((rank[days.equipment.code], days.day))
    return order[days.day[order] <= today]
