"""Worlds to count in: an empty one, parts of one by name, and arbitrary small ones."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from itertools import pairwise
from typing import Any, TypeVar

import numpy as np
from hypothesis import strategies as st

from telemetry.civil import LAST_DAY, Day, day_of
from telemetry.columns import Int64s
from telemetry.indicators.definition import Aggregation, Dimension, How
from telemetry.indicators.measures import amount, components, how_of, rows_of
from telemetry.indicators.table import INDICATORS
from telemetry.indicators.words import Words, worded
from telemetry.indicators.world import (
    Achievement,
    Agreement,
    Codes,
    Enrolment,
    EquipmentDays,
    Event,
    Group,
    InformationChannel,
    Meetings,
    MentoringModel,
    MentoringPair,
    Participation,
    PlannedWork,
    Program,
    Project,
    Publication,
    Survey,
    Volunteering,
    Work,
    World,
)

HOUR_NS = 3_600_000_000_000
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Meeting:
    """One row of `Meetings`."""

    id: str
    day: Day
    status: str = "confirmed_by_telemetry"
    held: bool = True
    by_telemetry: bool = True
    kind: str = "lesson"
    track: str = "it"
    room: str = "r1"
    group: str = "g1"
    program: str = "p1"
    partner: str = ""
    form: str = "local"
    level: str = "start"
    learners: int = 10
    learner_ns: int = 10 * HOUR_NS
    used: Codes = ()


@dataclass(frozen=True, slots=True)
class EquipmentDay:
    """One row of `EquipmentDays`; the ratios' columns as numerator and denominator."""

    equipment: str
    day: Day
    busy_ns: int = HOUR_NS
    calendar_ns: int = 24 * HOUR_NS
    scheduled: tuple[int, int] = (HOUR_NS, 10 * HOUR_NS)
    timetable: tuple[int, int] = (HOUR_NS, 4 * HOUR_NS)
    known_ns: int = 20 * HOUR_NS
    scheduled_known: tuple[int, int] = (10 * HOUR_NS, 12 * HOUR_NS)
    timetabled_ns: int = 5 * HOUR_NS
    kind: str = "mill"
    track: str = "it"
    room: str = "r1"


def meetings(*rows: Meeting) -> Meetings:
    """In the order given, with equipment in the order in which it comes up: nothing may rely on another."""
    equipment = tuple(dict.fromkeys(one for row in rows for one in row.used))
    return Meetings(
        id=tuple(row.id for row in rows),
        day=int64s([row.day for row in rows]),
        status=worded([row.status for row in rows]),
        held=np.array([row.held for row in rows], np.int8),
        by_telemetry=np.array([row.by_telemetry for row in rows], np.int8),
        kind=worded([row.kind for row in rows]),
        track=worded([row.track for row in rows]),
        room=worded([row.room for row in rows]),
        group=worded([row.group for row in rows]),
        program=worded([row.program for row in rows]),
        partner=worded([row.partner for row in rows]),
        form=worded([row.form for row in rows]),
        level=worded([row.level for row in rows]),
        learners=int64s([row.learners for row in rows]),
        learner_ns=int64s([row.learner_ns for row in rows]),
        equipment=equipment,
        used_start=np.concatenate(([0], np.cumsum([len(row.used) for row in rows]))).astype(np.int64),
        used=np.array([equipment.index(one) for row in rows for one in row.used], np.int32),
    )


def equipment_days(*rows: EquipmentDay) -> EquipmentDays:
    return EquipmentDays(
        equipment=worded([row.equipment for row in rows]),
        kind=worded([row.kind for row in rows]),
        track=worded([row.track for row in rows]),
        room=worded([row.room for row in rows]),
        day=int64s([row.day for row in rows]),
        busy_ns=int64s([row.busy_ns for row in rows]),
        calendar_ns=int64s([row.calendar_ns for row in rows]),
        scheduled_numerator_ns=int64s([row.scheduled[0] for row in rows]),
        scheduled_denominator_ns=int64s([row.scheduled[1] for row in rows]),
        timetable_numerator_ns=int64s([row.timetable[0] for row in rows]),
        timetable_denominator_ns=int64s([row.timetable[1] for row in rows]),
        known_ns=int64s([row.known_ns for row in rows]),
        scheduled_ns=int64s([row.scheduled_known[1] for row in rows]),
        scheduled_known_ns=int64s([row.scheduled_known[0] for row in rows]),
        timetabled_ns=int64s([row.timetabled_ns for row in rows]),
    )


def int64s(values: Sequence[int]) -> Int64s:
    return np.array(values, np.int64)


EMPTY = World(
    programs=(),
    groups=(),
    enrolments=(),
    surveys=(),
    agreements=(),
    events=(),
    participations=(),
    projects=(),
    achievements=(),
    models=(),
    pairs=(),
    volunteering=(),
    channels=(),
    publications=(),
    plan=(),
    meetings=meetings(),
    days=equipment_days(),
    jobs=(),
    runs=(),
    tracks={},
)


def day(text: str) -> Day:
    return day_of(text)


def program(name: str = "p1", **changed: object) -> Program:
    known = Program(name, "it", "start", "", "local", day("2025-09-01"), LAST_DAY)
    return replace(known, **changed)  # type: ignore[arg-type]  # a test names fields and their values


def enrolment(name: str, first: str, last: str, **changed: object) -> Enrolment:
    known = Enrolment(name, "g1", "learner", (), 0, left_early=False, first=day(first), last=day(last))
    return replace(known, **changed)  # type: ignore[arg-type]  # as above


def event(name: str, first: str, last: str, **changed: object) -> Event:
    known = Event(name, "quest", "joint_events", "municipal", "it", "", "local", (), (), False, day(first), day(last))
    return replace(known, **changed)  # type: ignore[arg-type]  # as above


def project(name: str, on: str, **changed: object) -> Project:
    known = Project(
        name, "project", "it", "start", "p1", "", "learner", ("a",), 0, (), (), (), (), False, False, day(on)
    )
    return replace(known, **changed)  # type: ignore[arg-type]  # as above


def value(
    name: str, world: World, first: str, last: str, *, by: Dimension | None = None, key: str = ""
) -> int | tuple[int, int | None]:
    """What an indicator says of a window in the aggregation that it is made for; a share as numerator and base."""
    facts, window = INDICATORS[name](world), (day(first), day(last))
    found = amount(facts, AGGREGATIONS[name], window, rows=rows_of(facts, window, by=by, key=key))
    return found.numerator if found.denominator is None else (found.numerator, found.denominator)


def parts(name: str, world: World, first: str, last: str, by: Dimension) -> dict[str, int | tuple[int, int]]:
    """What it says under each key."""
    found = components(INDICATORS[name](world), AGGREGATIONS[name], (day(first), day(last)), by)
    return {
        key: one.numerator if one.denominator is None else (one.numerator, one.denominator) for key, one, _ in found
    }


def how(name: str, world: World, first: str, last: str) -> How:
    facts = INDICATORS[name](world)
    return how_of(facts, rows_of(facts, (day(first), day(last))))


UNIONS = {
    "learners",
    "network_participants",
    "event_participants",
    "mentoring_participants",
    "volunteers",
    "equipment_used",
}
SUMS = {"achievements", "publications", "learner_hours"}
SHARES = {
    "retention",
    "satisfaction",
    "agreements_at_work",
    "practical_events",
    "projects_with_outcome",
    "completed_pairs",
    "utilisation_timetable",
    "utilisation_scheduled",
    "utilisation_calendar",
}
AGGREGATIONS = (
    dict.fromkeys(INDICATORS, Aggregation.COUNT)
    | dict.fromkeys(UNIONS, Aggregation.UNIQUE)
    | dict.fromkeys(SUMS, Aggregation.SUM)
    | dict.fromkeys(SHARES, Aggregation.SHARE)
)

EARLIEST, LATEST = day("2025-10-01"), day("2027-01-31")

days_of_worlds = st.integers(EARLIEST, LATEST)
lasts = st.one_of(days_of_worlds, st.just(LAST_DAY))
codes = st.sampled_from(("", "x", "y", "z"))
used = st.lists(st.sampled_from(("laser", "mill", "printer")), max_size=3).map(tuple)
people = st.lists(st.sampled_from("abcdef"), max_size=4, unique=True).map(tuple)
few = st.integers(0, 3)
nanoseconds = st.integers(0, 10) | st.integers(0, 24 * HOUR_NS)
statuses = st.sampled_from(("cancelled", "no_data", "unconfirmed", "detected", "confirmed_manually"))
ratios = st.tuples(nanoseconds, nanoseconds)

_BY_FIELD: dict[str, st.SearchStrategy[object]] = {
    "first": days_of_worlds,
    "last": lasts,
    "day": days_of_worlds,
    "planned": days_of_worlds,
    "done": st.none() | days_of_worlds,
    "learners": people,
    "unlisted": few,
    "count": few,
    "asked": few,
    "content": few,
    "equipment": used,
    "software": used,
    "runs": used,
    "jobs": used,
    "left_early": st.booleans(),
    "practical": st.booleans(),
    "shown_outside": st.booleans(),
    "completed": st.booleans(),
    "held": st.booleans(),
    "by_telemetry": st.booleans(),
    "status": statuses,
    "kind": st.sampled_from(("lesson", "event")),
    "learner_ns": nanoseconds,
    "used": used,
    "busy_ns": nanoseconds,
    "calendar_ns": nanoseconds,
    "scheduled": ratios,
    "timetable": ratios,
    "known_ns": nanoseconds,
    "scheduled_known": ratios,
    "timetabled_ns": nanoseconds,
}


def rows(of: Callable[..., T], **own: st.SearchStrategy[object]) -> st.SearchStrategy[tuple[T, ...]]:
    """Up to four rows with ids x, y, z and so on, so that they refer to one another by chance."""
    names = [field.name for field in fields(of)]  # type: ignore[arg-type]  # all of them are dataclasses
    drawn = {name: own.get(name, _BY_FIELD.get(name, codes)) for name in names if name != "id"}
    one = st.builds(lambda **values: values, **drawn)

    def numbered(listed: list[dict[str, object]]) -> tuple[T, ...]:
        ids = [{"id": name} if "id" in names else {} for name in ("x", "y", "z", "u")]
        return tuple(of(**values, **who) for values, who in zip(listed, ids, strict=False))

    return st.lists(one, max_size=4).map(numbered)


work = rows(Work, equipment=used.filter(bool))
machine_days = rows(EquipmentDay, equipment=st.sampled_from(("laser", "mill"))).map(
    lambda listed: tuple({(row.equipment, row.day): row for row in listed}.values())
)

worlds = st.builds(
    World,
    programs=rows(Program),
    groups=rows(Group),
    enrolments=rows(Enrolment),
    surveys=rows(Survey),
    agreements=rows(Agreement),
    events=rows(Event),
    participations=rows(Participation),
    projects=rows(Project),
    achievements=rows(Achievement),
    models=rows(MentoringModel),
    pairs=rows(MentoringPair),
    volunteering=rows(Volunteering),
    channels=rows(InformationChannel),
    publications=rows(Publication),
    plan=rows(PlannedWork),
    meetings=rows(Meeting, learners=few).map(lambda listed: meetings(*listed)),
    days=machine_days.map(lambda listed: equipment_days(*listed)),
    jobs=work,
    runs=work,
    tracks=st.dictionaries(st.sampled_from(("laser", "mill", "printer")), codes),
    today=st.just(LAST_DAY) | days_of_worlds,
)


def shuffled(world: World, seed: int) -> World:
    """The same world, told in another order."""
    dice = random.Random(seed)
    told = {one.name: getattr(world, one.name) for one in fields(world)}
    mixed = {name: tuple(dice.sample(rows, len(rows))) for name, rows in told.items() if isinstance(rows, tuple)}
    met, seen = _meeting_rows(world.meetings), _day_rows(world.days)
    dice.shuffle(met)
    dice.shuffle(seen)
    return World(**{**told, **mixed, "meetings": meetings(*met), "days": equipment_days(*seen)})


def _meeting_rows(columns: Meetings) -> list[Meeting]:
    plain = [one.name for one in fields(Meeting) if one.name != "used"]
    listed = zip(*(_plain(getattr(columns, name)) for name in plain), strict=True)
    used = [columns.equipment[at] for at in columns.used.tolist()]
    used_by = [tuple(used[start:end]) for start, end in pairwise(columns.used_start.tolist())]
    return [
        Meeting(**{**dict(zip(plain, values, strict=True)), "used": one})
        for values, one in zip(listed, used_by, strict=True)
    ]


def _day_rows(columns: EquipmentDays) -> list[EquipmentDay]:
    ratio = [
        _pairs(columns.scheduled_numerator_ns, columns.scheduled_denominator_ns),
        _pairs(columns.timetable_numerator_ns, columns.timetable_denominator_ns),
    ]
    plain = [_plain(getattr(columns, name)) for name in ("equipment", "day", "busy_ns", "calendar_ns")]
    places = (columns.kind, columns.track, columns.room)
    known = (_plain(columns.known_ns), _pairs(columns.scheduled_known_ns, columns.scheduled_ns))
    timetabled = _plain(columns.timetabled_ns)
    return [EquipmentDay(*values) for values in zip(*plain, *ratio, *known, timetabled, *places, strict=True)]


def _pairs(above: Int64s, below: Int64s) -> list[tuple[int, int]]:
    return list(zip(above.tolist(), below.tolist(), strict=True))


def _plain(column: Int64s | Words | Codes) -> list[Any]:
    return column.tolist() if isinstance(column, np.ndarray) else list(column)
