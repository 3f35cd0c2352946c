"""A year of a whole centre: 25 equipment in 6 rooms, 6,000 lessons, and as many changes of state as are asked for.

The same scale always gives the same arrays. Times are random to the nanosecond, so no kernel gains from round ones.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from edge.zones import zone_of
from telemetry import civil
from telemetry.bases import Bases, bases
from telemetry.calendar import Unit, buckets, term_buckets
from telemetry.columns import Buckets, Changes, Int64s, Inventory, Jobs, Lessons
from telemetry.intervals import intervals_of
from telemetry.lessons import lessons, maintenance, opening
from telemetry.model import NS_PER_S, EquipmentId, JobOutcome, Source, State
from telemetry.sessions import Observed
from telemetry.timetable import (
    Binding,
    Holiday,
    OneOff,
    OpeningHours,
    PlannedMaintenance,
    Slot,
    Term,
    Times,
    Timetable,
)
from telemetry.zones import NS_PER_DAY, NS_PER_HOUR, earliest

EQUIPMENT = 25
ROOMS = 6
CHANGES = 1_500_000
LESSONS = 6000
JOBS, RUNS = 10_000, 2_000

_MIN = 60 * NS_PER_S
_ZONE = zone_of("Europe/Moscow")
_FIRST_DAY, _AFTER_DAY = civil.day_of("2025-09-01"), civil.day_of("2026-09-01")
_STATES = {
    State.UNKNOWN: 0.02,
    State.OFFLINE: 0.08,
    State.IDLE: 0.35,
    State.SETUP: 0.08,
    State.BUSY: 0.35,
    State.PAUSED: 0.07,
    State.FAULT: 0.03,
    State.MAINTENANCE: 0.02,
}
_IN_HOURS = 0.8
"""This part of all changes comes between eight and twenty o'clock; the rest at any time."""

_EXPIRES = 0.1
"""This part of all changes holds for ten minutes at most, as with a device that reports itself regularly."""

_TERMS = (
    ("I", "2025-09-01", "2025-10-26"),
    ("II", "2025-11-03", "2025-12-28"),
    ("III", "2026-01-12", "2026-03-22"),
    ("IV", "2026-03-30", "2026-05-31"),
)


@dataclass(frozen=True, slots=True, eq=False)
class Centre:
    """All that is known of a year before anything is computed."""

    window: tuple[int, int]
    changes: Changes
    inventory: Inventory
    lessons: Lessons
    bases: Bases
    jobs: Jobs
    runs: Jobs

    def observed(self) -> Observed:
        """What the devices told, as intervals."""
        return Observed(intervals_of(self.changes, *self.window), self.runs, self.jobs)


def centre(scale: int = 1) -> Centre:
    """The year with `scale` times 1.5 million changes; all else stays as it is."""
    edges = earliest(_ZONE, np.array([_FIRST_DAY, _AFTER_DAY], np.int64) * NS_PER_DAY)
    window = (int(edges[0]), int(edges[1]))
    ids = tuple(EquipmentId(f"machine-{number:02}") for number in range(EQUIPMENT))
    rooms = tuple(f"room-{number % ROOMS}" for number in range(EQUIPMENT))
    stations = np.arange(EQUIPMENT, dtype=np.int32) % 12 + 1
    inventory = Inventory(ids, rooms, ("",) * EQUIPMENT, ("machine",) * EQUIPMENT, stations)
    planned = timetable()
    held = lessons(planned, inventory, _ZONE, window)
    return Centre(
        window,
        _changes(ids, window, CHANGES * scale // EQUIPMENT),
        inventory,
        held,
        bases(inventory, held, maintenance(planned, inventory, _ZONE), opening(planned, _ZONE, *window)),
        _jobs(ids, window, JOBS, "job"),
        _jobs(ids, window, RUNS, "run"),
    )


def cut(of: Centre, unit: Unit | None) -> Buckets:
    """The year by a unit of the calendar; by school quarters where none is named."""
    return term_buckets(_terms(), _ZONE, *of.window) if unit is None else buckets(unit, _ZONE, *of.window)


def _changes(ids: tuple[EquipmentId, ...], window: tuple[int, int], each: int) -> Changes:
    """By equipment, then time, as the journal gives them; `each` of every equipment, no two at one instant."""
    n = each * len(ids)
    at, state = np.empty(n, np.int64), np.empty(n, np.int8)
    valid_ns = np.zeros(n, np.int64)
    codes, shares = np.array(list(_STATES), np.int8), np.array(list(_STATES.values()))
    for number in range(len(ids)):
        rng, rows = np.random.default_rng(number), slice(number * each, (number + 1) * each)
        at[rows] = _instants(rng, window, each)
        state[rows] = rng.choice(codes, each, p=shares)
        valid_ns[rows][rng.random(each) < _EXPIRES] = 10 * _MIN
    equipment = np.repeat(np.arange(len(ids), dtype=np.int32), each)
    return Changes(ids, equipment, at, state, np.full(n, Source.DEVICE, np.int8), valid_ns)


def _instants(rng: np.random.Generator, window: tuple[int, int], n: int) -> Int64s:
    """Of one equipment, rising; two that meet by chance are moved apart by nanoseconds."""
    in_hours = round(n * _IN_HOURS)
    opens = window[0] + rng.integers(0, _AFTER_DAY - _FIRST_DAY, in_hours) * NS_PER_DAY + 8 * NS_PER_HOUR
    at = np.concatenate(
        (opens + rng.integers(0, 12 * NS_PER_HOUR, in_hours), rng.integers(*window, n - in_hours, dtype=np.int64))
    )
    nth = np.arange(n)
    return np.maximum.accumulate(np.sort(at) - nth) + nth


def _terms() -> tuple[Term, ...]:
    return tuple(
        Term(name=name, first_day=civil.day_of(first), last_day=civil.day_of(last)) for name, first, last in _TERMS
    )


def timetable() -> Timetable:
    """Weekly slots of every room, holidays, and as many single lessons (some over others) as make 6,000 in all."""
    slots = tuple(_slot(room, weekday, number) for room in range(ROOMS) for weekday in range(6) for number in range(4))
    holidays = (Holiday(name="Unity Day", first_day=civil.day_of("2025-11-04"), last_day=civil.day_of("2025-11-04")),)
    weekly = sum(_held(slot.weekday, holidays[0].first_day) for slot in slots)
    rng = np.random.default_rng(4)
    return Timetable(
        terms=_terms(),
        holidays=holidays,
        slots=slots,
        one_offs=tuple(_one_off(rng, number) for number in range(LESSONS - weekly)),
        opening_hours=(
            OpeningHours(weekdays=frozenset(range(6)), times=Times(8 * NS_PER_HOUR, 20 * NS_PER_HOUR)),
        ),
        maintenance=tuple(_maintenance(rng) for _ in range(40)),
    )  # fmt: skip


def _held(weekday: int, holiday: int) -> int:
    days = [day for term in _terms() for day in range(term.first_day, term.last_day + 1) if day != holiday]
    return sum((day + 3) % 7 == weekday for day in days)


def _slot(room: int, weekday: int, number: int) -> Slot:
    begins = (9 * 60 + 120 * number + 15 * (room % 3)) * _MIN
    binding = Binding(room=f"room-{room}", group=f"group-{(room + weekday + number) % 20}", learners=12)
    return Slot(
        id=f"{room}-{weekday}-{number}", weekday=weekday, when=Times(begins, begins + 90 * _MIN), binding=binding
    )


def _one_off(rng: np.random.Generator, number: int) -> OneOff:
    begins = int(rng.integers(8 * 60, 19 * 60)) * _MIN
    binding = Binding(room=f"room-{rng.integers(ROOMS)}", group=f"group-{number % 20}", learners=8)
    day = int(rng.integers(_FIRST_DAY, _AFTER_DAY))
    return OneOff(id=f"single-{number}", day=day, times=Times(begins, begins + 60 * _MIN), binding=binding)


def _maintenance(rng: np.random.Generator) -> PlannedMaintenance:
    begins = int(rng.integers(_FIRST_DAY * 24 + 24, _AFTER_DAY * 24 - 24)) * NS_PER_HOUR
    machine = EquipmentId(f"machine-{rng.integers(EQUIPMENT):02}")
    return PlannedMaintenance(start=begins, end=begins + 3 * NS_PER_HOUR, equipment=frozenset({machine}))


def _jobs(ids: tuple[EquipmentId, ...], window: tuple[int, int], n: int, word: str) -> Jobs:
    """Jobs or runs of up to three hours, by equipment then start."""
    rng = np.random.default_rng(n)
    equipment, start = rng.integers(0, len(ids), n, dtype=np.int32), rng.integers(*window, n, dtype=np.int64)
    order = np.lexsort((start, equipment))
    end = start + rng.integers(_MIN, 180 * _MIN, n)
    names = tuple(f"{word}-{number}" for number in range(n))
    outcome = np.full(n, JobOutcome.COMPLETED, np.int8)
    return Jobs(ids, names, equipment[order], start[order], end[order], outcome)
