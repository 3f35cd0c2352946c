"""A seeded school quarter in real zones, over a change of the clock, against loops over plain Python numbers."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import TypeAlias
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from edge.zones import zone_of
from telemetry.bases import bases
from telemetry.calendar import Unit, buckets
from telemetry.civil import day_of
from telemetry.columns import Changes, Inventory
from telemetry.intervals import intervals_of
from telemetry.lessons import lessons, maintenance, opening
from telemetry.model import NS_PER_S, EquipmentId, State
from telemetry.timetable import Binding, Holiday, OpeningHours, Slot, Term, Times, Timetable
from telemetry.utilisation import utilisation

HOUR = 3600 * NS_PER_S
IDS = tuple(EquipmentId(f"printer-{code}") for code in range(4))
ROOMS = ("lab", "lab", "shop", "shop")
INVENTORY = Inventory(IDS, ROOMS, ("",) * 4, ("",) * 4, np.full(4, 2, np.int32))

Pieces: TypeAlias = list[tuple[int, int]]


def instant(moment: datetime) -> int:
    return (moment.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(seconds=1) * NS_PER_S


def overlap(pieces: Pieces, start: int, end: int) -> int:
    return sum(max(0, min(b, end) - max(a, start)) for a, b in pieces)


def common(left: Pieces, right: Pieces) -> Pieces:
    return [(max(a, c), min(b, d)) for a, b in left for c, d in right if max(a, c) < min(b, d)]


@pytest.mark.parametrize(
    ("name", "first", "n_days"),
    [
        ("Europe/Berlin", datetime(2026, 10, 5), 50),  # noqa: DTZ001 - a wall time, its zone is the case's
        ("America/New_York", datetime(2026, 2, 16), 50),  # noqa: DTZ001 - a wall time
        ("Europe/Kaliningrad", datetime(2014, 10, 13), 30),  # noqa: DTZ001 - a wall time
        ("Asia/Kamchatka", datetime(2011, 3, 14), 30),  # noqa: DTZ001 - a wall time
    ],
)
def test_a_quarter_by_day_is_that_of_plain_loops(name: str, first: datetime, n_days: int) -> None:
    rng, zone = random.Random(name), ZoneInfo(name)
    days = [first + timedelta(days=n) for n in range(n_days + 1)]
    midnights = [instant(day.replace(tzinfo=zone)) for day in days]
    start, end = midnights[0] + 5 * HOUR + 1, midnights[-1] - 7 * HOUR - 1
    said = {
        code: sorted({rng.randrange(start - 9 * HOUR, end): rng.choice(list(State)) for _ in range(500)}.items())
        for code in range(4)
    }
    flat = np.array([(code, at, state) for code in said for at, state in said[code]], np.int64).T
    source, held = np.full(len(flat[0]), 6, np.int8), np.zeros(len(flat[0]), np.int64)
    changes = Changes(IDS, flat[0].astype(np.int32), flat[1], flat[2].astype(np.int8), source, held)
    taught = [(room, weekday, at) for room in ("lab", "shop") for weekday in (0, 2, 6) for at in (1, 2, 9, 10)]
    epoch_day = day_of(first.date().isoformat())
    free = {epoch_day + 9, epoch_day + 10}
    timetable = Timetable(
        terms=(Term(name="term", first_day=epoch_day, last_day=epoch_day + n_days),),
        slots=tuple(
            Slot(
                id=f"{room}{day}{at}",
                weekday=day,
                when=Times(at * HOUR, at * HOUR + HOUR * 3 // 2),
                binding=Binding(room=room),
            )
            for room, day, at in taught
        ),
        holidays=(Holiday(name="free", first_day=min(free), last_day=max(free)),),
        opening_hours=(OpeningHours(weekdays=frozenset(range(6)), times=Times(8 * HOUR, 20 * HOUR)),),
    )

    def wall(day: datetime, hours: float) -> int:
        return instant((day + timedelta(hours=hours)).replace(tzinfo=zone))

    teaching = [day for n, day in enumerate(days) if epoch_day + n not in free]
    open_ = [(wall(day, 8), wall(day, 20)) for day in teaching if day.weekday() < 6]
    expected = []
    for code, room in enumerate(ROOMS):
        ends = [at for at, _ in said[code][1:]] + [end]
        pieces = {state: [(a, b) for (a, s), b in zip(said[code], ends, strict=True) if s is state] for state in State}
        pieces[State.UNKNOWN] = [*pieces[State.UNKNOWN], (start, said[code][0][0])]
        slots = sorted(
            (wall(day, at), wall(day, at + 1.5))
            for day in teaching
            for r, w, at in taught
            if (r, w) == (room, day.weekday())
        )
        union: Pieces = []
        for a, b in slots:
            union = (
                [*union[:-1], (union[-1][0], max(b, union[-1][1]))] if union and a <= union[-1][1] else [*union, (a, b)]
            )
        for a, b in pairwise([start, *midnights[1:-1], end]):
            states = [overlap(pieces[state], a, b) for state in State]
            lesson_busy, lesson_unknown = (common(pieces[s], union) for s in (State.BUSY, State.UNKNOWN))
            in_lessons = [overlap(p, a, b) for p in (union, lesson_busy, lesson_unknown)]
            in_open = [overlap(p, a, b) for p in (open_, common(pieces[State.FAULT], open_))]
            expected.append([*states, *in_lessons, *in_open])
    lab = zone_of(name)
    base = bases(
        INVENTORY,
        lessons(timetable, INVENTORY, lab, (start, end)),
        maintenance(timetable, INVENTORY, lab),
        opening(timetable, lab, start, end),
    )
    table = utilisation(intervals_of(changes, start, end), INVENTORY, buckets(Unit.DAY, lab, start, end), base)
    told = (table.timetabled_ns, table.busy_in_timetable_ns, table.unknown_in_timetable_ns, table.scheduled_ns)
    assert np.column_stack((table.state_ns, *told, table.fault_in_scheduled_ns)).tolist() == expected
