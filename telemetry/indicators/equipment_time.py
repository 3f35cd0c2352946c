"""Days of equipment as facts: the three ratios of its use, each by its own denominator, and which was used at all.

Nothing here averages: a ratio of several is the sum of what was used over the sum of what there was.
"""

from __future__ import annotations

import numpy as np

from telemetry.civil import texts
from telemetry.columns import Int64s
from telemetry.indicators.build import DayFacts, day_facts_of
from telemetry.indicators.definition import Dimension, How
from telemetry.indicators.facts import Facts
from telemetry.indicators.lists import one_word_of
from telemetry.indicators.world import World


def equipment_used(world: World) -> Facts:
    """An equipment counts once where it was busy at all; its amount is the busy time of the day, in ns."""
    days = world.days
    return _facts(world, days.busy_ns, np.zeros(len(days.day), np.int64), rows=np.flatnonzero(days.busy_ns > 0))


def utilisation_timetable(world: World) -> Facts:
    """Busy in lessons over timetabled time without the unknown, in ns of each equipment and day."""
    return _ratio(world, world.days.timetable_numerator_ns, world.days.timetable_denominator_ns)


def utilisation_scheduled(world: World) -> Facts:
    """Busy in opening hours over those without maintenance and the unknown, in ns of each equipment and day."""
    return _ratio(world, world.days.scheduled_numerator_ns, world.days.scheduled_denominator_ns)


def utilisation_calendar(world: World) -> Facts:
    """Busy over all time, in ns of each equipment and day."""
    return _ratio(world, world.days.busy_ns, world.days.calendar_ns)


def _ratio(world: World, numerator: Int64s, denominator: Int64s) -> Facts:
    """A day that adds nothing to either is no evidence."""
    return _facts(world, numerator, denominator, rows=np.flatnonzero((numerator != 0) | (denominator != 0)))


def _facts(world: World, amount: Int64s, base: Int64s, *, rows: Int64s) -> Facts:
    days, listed = world.days, rows.tolist()
    columns = {
        Dimension.EQUIPMENT: days.equipment,
        Dimension.KIND: days.kind,
        Dimension.TRACK: days.track,
        Dimension.ROOM: days.room,
    }
    labels = {by: one_word_of([column[row] for row in listed]) for by, column in columns.items()}
    different, place = np.unique(days.day[rows], return_inverse=True)
    written = texts(different)
    return day_facts_of(
        DayFacts(
            kind="equipment_day",
            id=tuple(f"{days.equipment[row]}/{written[at]}" for row, at in zip(listed, place.tolist(), strict=True)),
            day=days.day[rows],
            amount=amount[rows],
            base=base[rows],
            how=np.full(len(rows), How.TELEMETRY, np.int8),
            members=labels[Dimension.EQUIPMENT],
            labels=labels,
        ),
        today=world.today,
    )
