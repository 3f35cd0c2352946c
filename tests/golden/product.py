"""The product's own answers to a golden world, in the words of the reference."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction

import numpy as np

from edge.zones import zone_of
from telemetry import ratios as product_ratios
from telemetry.bases import bases
from telemetry.calendar import Unit, buckets
from telemetry.columns import Attendance, Changes, Corrections, Intervals, Inventory, Lessons, Sessions
from telemetry.intervals import intervals_of, totals_of
from telemetry.lessons import lessons, maintenance, opening
from telemetry.model import EquipmentId, Source, State
from telemetry.rules import RuleSet, SessionStatus
from telemetry.sessions import Observed, Told, counted, practical_sessions
from telemetry.timetable import (
    BellSchedule,
    Binding,
    Cancellation,
    Holiday,
    LessonKind,
    LessonNumber,
    MovedDay,
    OneOff,
    OpeningHours,
    Parity,
    PlannedMaintenance,
    Slot,
    Substitution,
    Term,
    Times,
    Timetable,
    WeekRule,
)
from telemetry.utilisation import Keys, grouped, utilisation
from telemetry.zones import wall_at
from tests.golden.reference import Ratio, Session
from tests.golden.world import Bound, Change, Days, World

NS_PER_MIN = 60_000_000_000


def day_number(day: date) -> int:
    return day.toordinal() - date(1970, 1, 1).toordinal()


def validity(days: Days) -> dict[str, int]:
    return {"first_day": day_number(days.first), "last_day": day_number(days.last)}


def times(minutes: tuple[int, int]) -> Times:
    return Times(minutes[0] * NS_PER_MIN, minutes[1] * NS_PER_MIN)


def binding(bound: Bound) -> Binding:
    return Binding(
        room=bound.room,
        equipment=frozenset(EquipmentId(name) for name in bound.equipment),
        group=bound.group,
        learners=bound.learners,
    )


def when(bound: Bound) -> Times | LessonNumber:
    return times(bound.times) if bound.times else LessonNumber(bound.number)


def substitution(name: str, bound: Bound) -> Substitution:
    slot, _, day = name.rpartition(":")
    return Substitution(slot=slot, day=day_number(date.fromisoformat(day)), when=when(bound), binding=binding(bound))


def one_off(name: str, day: date, bound: Bound) -> OneOff:
    assert bound.times
    kind = LessonKind[bound.kind.upper()]
    return OneOff(id=name, day=day_number(day), times=times(bound.times), binding=binding(bound), kind=kind)


def timetable_of(world: World) -> Timetable:
    zone = zone_of(world.zone)
    served = [(name, *wall_at(zone, np.array([a, b], np.int64)).tolist()) for name, a, b in world.maintenance]
    return Timetable(
        bell_schedules=tuple(
            BellSchedule(
                name=f"bells-{n}",
                weekdays=b.weekdays,
                bells=tuple((number, times(minutes)) for number, minutes in b.times.items()),
                **validity(b.days),
            )
            for n, b in enumerate(world.bells)
        ),
        terms=tuple(
            Term(
                name=t.name, week_rule=WeekRule[t.weeks.upper()], first_week=Parity[t.first.upper()], **validity(t.days)
            )
            for t in world.terms
        ),
        holidays=tuple(Holiday(name=str(h.days), closed=h.closed, **validity(h.days)) for h in world.holidays),
        moved_days=tuple(MovedDay(day=day_number(day), weekday=weekday) for day, weekday in world.moved.items()),
        slots=tuple(
            Slot(
                id=s.id,
                weekday=s.weekday,
                when=when(s.bound),
                binding=binding(s.bound),
                parity=Parity[s.weeks.upper()],
                **validity(s.days),
            )
            for s in world.slots
        ),
        substitutions=tuple(substitution(name, bound) for name, bound in world.substitutions.items()),
        cancellations=tuple(Cancellation(lesson=name) for name in sorted(world.cancelled)),
        one_offs=tuple(one_off(name, day, bound) for name, (day, bound) in world.one_offs.items()),
        opening_hours=tuple(OpeningHours(weekdays=d, times=times(minutes)) for d, minutes in world.opening),
        maintenance=tuple(
            PlannedMaintenance(start=a, end=b, equipment=frozenset({EquipmentId(name)})) for name, a, b in served
        ),
    )


def inventory_of(world: World) -> Inventory:
    words = ("",) * len(world.devices)
    ids = tuple(EquipmentId(d.id) for d in world.devices)
    stations = np.array([d.stations for d in world.devices], np.int32)
    return Inventory(ids, tuple(d.room for d in world.devices), words, words, stations)


def intervals(world: World, told: Sequence[Change]) -> Intervals:
    place = {d.id: code for code, d in enumerate(world.devices)}
    changes = Changes(
        inventory_of(world).ids,
        np.array([place[c.equipment] for c in told], np.int32),
        np.array([c.at for c in told], np.int64),
        np.array([State[c.state.upper()] for c in told], np.int8),
        np.array([Source[c.source.upper()] for c in told], np.int8),
        np.array([c.valid_ns for c in told], np.int64),
    )
    return intervals_of(changes, *world.window)


def lessons_of(world: World) -> Lessons:
    return lessons(timetable_of(world), inventory_of(world), zone_of(world.zone), world.window)


def states(world: World, told: Sequence[Change]) -> dict[str, dict[str, int]]:
    """Time in each state, by equipment."""
    sums = totals_of(intervals(world, told)).tolist()
    return {d.id: {s.word: row[s] for s in State} for d, row in zip(world.devices, sums, strict=True)}


def ratios(world: World, told: Sequence[Change]) -> dict[str, dict[str, Ratio]]:
    """Every ratio by equipment, by room and of the centre."""
    inventory, zone, timetable = inventory_of(world), zone_of(world.zone), timetable_of(world)
    whole = buckets(Unit.NONE, zone, *world.window)
    against = bases(
        inventory, lessons_of(world), maintenance(timetable, inventory, zone), opening(timetable, zone, *world.window)
    )
    table = utilisation(intervals(world, told), inventory, whole, against)
    rooms = sorted({d.room for d in world.devices})
    in_rooms = Keys(tuple(f"room:{r}" for r in rooms), np.array([rooms.index(d.room) for d in world.devices], np.int32))
    in_centre = Keys(("centre",), np.zeros(len(world.devices), np.int32))
    found: dict[str, dict[str, Ratio]] = {}
    for rows in (table, grouped(table, in_rooms), grouped(table, in_centre)):
        for row, key in enumerate(rows.keys):
            found[key] = {}
            for name, ratio in product_ratios.RATIOS.items():
                part = ratio(rows)
                found[key][name] = exact(
                    int(part.numerator[row]), int(part.denominator[row]), part.value[row], part.coverage[row]
                )
    return found


def exact(numerator: int, denominator: int, value: float, coverage: float) -> Ratio:
    """The ratio, its floats brought back to the fractions that they must be."""
    assert np.isnan(value) if denominator == 0 else value == numerator / denominator
    known = Fraction(0) if np.isnan(coverage) else Fraction(float(coverage)).limit_denominator(10**12)
    return Ratio(numerator, denominator, known.numerator, 0 if np.isnan(coverage) else known.denominator)


def rule_sets(world: World) -> tuple[RuleSet, ...]:
    return tuple(
        RuleSet(
            version=r.version,
            effective_from=r.effective_from,
            busy_min_ns=r.busy_min_ns,
            busy_part=float(r.busy_part),
            before_ns=r.before_ns,
            after_ns=r.after_ns,
            coverage_min=float(r.coverage_min),
            detect_devices=r.detect_devices,
            detect_gap_ns=r.detect_gap_ns,
            detect_min_ns=r.detect_min_ns,
            detect_max_ns=r.detect_max_ns,
        )
        for r in world.rules
    )


def told_of(world: World) -> Told:
    said = world.corrections
    corrections = Corrections(
        tuple(c.session for c in said),
        np.array([c.at for c in said], np.int64),
        np.array([SessionStatus[c.status.upper()] for c in said], np.int8),
        tuple(c.author for c in said),
        tuple(c.reason for c in said),
    )
    counts = np.array(list(world.attendance.values()), np.int32)
    return Told(corrections, Attendance(tuple(world.attendance), counts))


def columns(world: World, told: Sequence[Change]) -> Sessions:
    return practical_sessions(
        Observed(intervals(world, told)),
        lessons_of(world),
        inventory_of(world),
        rules=rule_sets(world),
        told=told_of(world),
        now=world.now,
    )


def sessions(world: World, told: Sequence[Change]) -> list[Session]:
    """The product's sessions in the reference's words."""
    rows, observed = columns(world, told), intervals(world, told)
    counts = counted(rows)
    return [session(rows, observed, row, bool(counts[row])) for row in range(len(rows))]


def session(rows: Sessions, observed: Intervals, row: int, counts: bool) -> Session:  # noqa: FBT001 - a column's value
    start, end = int(rows.window_start[row]), int(rows.window_end[row])
    kept = rows.interval[rows.interval_start[row] : rows.interval_start[row + 1]].tolist()
    evidence: list[tuple[str, int, int]] = []
    for i in kept:
        name = rows.ids[observed.equipment[i]]
        a, b = max(int(observed.start[i]), start), min(int(observed.end[i]), end)
        if evidence and evidence[-1][0] == name and evidence[-1][2] == a:
            evidence[-1] = name, evidence[-1][1], b
        else:
            evidence.append((name, a, b))
    used = rows.used[rows.used_start[row] : rows.used_start[row + 1]].tolist()
    return Session(
        id=rows.id[row],
        start=int(rows.start[row]),
        end=int(rows.end[row]),
        status=SessionStatus(int(rows.status[row])).word,
        original=SessionStatus(int(rows.original[row])).word,
        rule=rows.rules[rows.rule[row]],
        busy_ns=int(rows.busy_ns[row]),
        known_ns=int(rows.known_ns[row]),
        base_ns=int(rows.base_ns[row]),
        confidence=Fraction(float(rows.confidence[row])).limit_denominator(10**9),
        used=frozenset(rows.ids[code] for code in used),
        evidence=frozenset(evidence),
        learners=int(rows.learners[row]),
        stations=int(rows.stations[row]),
        used_stations=int(rows.used_stations[row]),
        counts=counts,
    )
