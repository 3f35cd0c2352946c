"""Lessons of a timetable: single rules in the open, and all together against a walk through days with datetime."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.zones import zone_of
from telemetry.civil import day_of, text_of
from telemetry.columns import Inventory, Lessons
from telemetry.lessons import lessons, lessons_of, maintenance, opening
from telemetry.model import NS_PER_S, EquipmentId
from telemetry.plan import lesson_id, planned
from telemetry.timetable import (
    BellSchedule,
    Binding,
    Cancellation,
    Form,
    Holiday,
    LessonKind,
    LessonNumber,
    LessonStatus,
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

MINUTE = 60 * NS_PER_S
HOUR = 60 * MINUTE
DAY = 24 * HOUR
IDS = tuple(EquipmentId(name) for name in ("laser", "mill", "printer", "spare"))
INVENTORY = Inventory(IDS, ("shop", "shop", "lab", ""), ("t",) * 4, ("k",) * 4, np.ones(4, np.int32))
SHOP = Binding(room="shop", group="g1", program="robots", learners=12)
MORNING = Times(9 * HOUR, 9 * HOUR + 45 * MINUTE)
YEAR = Term(name="year", first_day=day_of("2026-09-01"), last_day=day_of("2027-05-31"))
MONDAYS = Slot(id="mon", weekday=0, when=MORNING, binding=SHOP)


def local_ns(text: str, name: str = "Europe/Moscow") -> int:
    """The first of the instants that the wall shows so, by datetime."""
    at = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(name)).astimezone(UTC)
    return (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1) * 1000


def held(timetable: Timetable, first: str, until: str, name: str = "Europe/Moscow") -> Lessons:
    return lessons(timetable, INVENTORY, zone_of(name), (local_ns(first, name), local_ns(until, name)))


def dates(found: Lessons) -> list[str]:
    return [lesson.rsplit(":")[-1] for lesson in found.id]


def equipment(found: Lessons, row: int) -> list[str]:
    return [found.ids[code] for code in found.equipment[found.equipment_start[row] : found.equipment_start[row + 1]]]


def raw(found: Lessons) -> list[object]:
    columns = (getattr(found, name) for name in Lessons.__dataclass_fields__)
    return [column.tobytes() if isinstance(column, np.ndarray) else column for column in columns]


def test_a_slot_is_held_every_week_of_its_term_at_its_wall_time() -> None:
    found = held(Timetable(terms=(YEAR,), slots=(MONDAYS,)), "2026-11-20", "2026-12-05")
    assert found.id == ("mon:2026-11-23", "mon:2026-11-30")
    assert found.start.tolist() == [local_ns("2026-11-23T09:00"), local_ns("2026-11-30T09:00")]
    assert (found.end - found.start).tolist() == [45 * MINUTE] * 2
    assert (found.rooms, found.groups, found.programs, found.teachers) == (("shop",), ("g1",), ("robots",), ())
    assert (found.room[0], found.teacher[0], found.partner[0], found.learners[0]) == (0, -1, -1, 12)
    assert equipment(found, 0) == ["laser", "mill"]


def test_without_a_term_there_is_no_lesson() -> None:
    assert len(held(Timetable(slots=(MONDAYS,)), "2026-11-20", "2026-12-05")) == 0
    assert len(held(Timetable(), "2026-11-20", "2026-12-05")) == 0


@pytest.mark.parametrize(
    ("rule", "first_week", "expected"),
    [
        # Weeks from Monday 2026-08-31 (A): 12-14 is the 16th (B), 12-21 A, 12-28 B, 01-04 A, 01-11 B.
        (WeekRule.TERM, Parity.A, ["2026-12-21", "2027-01-04"]),
        (WeekRule.TERM, Parity.B, ["2026-12-14", "2026-12-28", "2027-01-11"]),
        # 2026 has 53 ISO weeks: 12-14 is W51, 12-21 W52, 12-28 W53, 01-04 W01, 01-11 W02.
        (WeekRule.ISO, Parity.A, ["2026-12-14", "2026-12-28", "2027-01-04"]),
        (WeekRule.ISO, Parity.B, ["2026-12-21", "2027-01-11"]),
    ],
)
def test_weeks_a_and_b_over_new_year_go_by_the_rule_of_the_term(
    rule: WeekRule, first_week: Parity, expected: list[str]
) -> None:
    term = replace(YEAR, week_rule=rule, first_week=first_week)
    in_a, in_b = (
        dates(held(Timetable(terms=(term,), slots=(replace(MONDAYS, parity=p),)), "2026-12-14", "2027-01-16"))
        for p in (Parity.A, Parity.B)
    )
    assert in_a == expected
    assert sorted(in_a + in_b) == ["2026-12-14", "2026-12-21", "2026-12-28", "2027-01-04", "2027-01-11"]


def test_the_wall_time_stays_when_the_clock_is_set() -> None:
    berlin = "Europe/Berlin"
    found = held(Timetable(terms=(YEAR,), slots=(replace(MONDAYS, weekday=6),)), "2026-10-18", "2026-11-02", berlin)
    assert found.start.tolist() == [
        local_ns(f"{day}T09:00", berlin) for day in ("2026-10-18", "2026-10-25", "2026-11-01")
    ]
    assert np.diff(found.start).tolist() == [7 * DAY + HOUR, 7 * DAY]


def test_a_lesson_through_a_fold_takes_an_hour_more_and_a_gap_swallows_one() -> None:
    night = replace(MONDAYS, weekday=6, when=Times(2 * HOUR, 3 * HOUR))
    timetable = Timetable(terms=(YEAR,), slots=(night,))
    assert (
        held(timetable, "2026-10-25", "2026-10-26", "Europe/Berlin").end[0]
        - local_ns("2026-10-25T02:00", "Europe/Berlin")
    ) == 2 * HOUR
    assert len(held(timetable, "2027-03-28", "2027-03-29", "Europe/Berlin")) == 0


def test_a_lesson_over_midnight_belongs_to_its_first_day_and_meets_both() -> None:
    late = replace(MONDAYS, when=Times(23 * HOUR, 25 * HOUR))
    timetable = Timetable(terms=(YEAR,), slots=(late,))
    for first, until in (("2026-11-23", "2026-11-24"), ("2026-11-24", "2026-11-25")):
        found = held(timetable, first, until)
        assert found.id == ("mon:2026-11-23",)
        assert found.end.tolist() == [local_ns("2026-11-24T01:00")]


@pytest.mark.parametrize(
    ("first", "until", "count"),
    [
        ("2026-11-23T08:00", "2026-11-23T09:00", 0),
        ("2026-11-23T08:00", "2026-11-23T09:01", 1),
        ("2026-11-23T09:44", "2026-11-23T10:00", 1),
        ("2026-11-23T09:45", "2026-11-23T10:00", 0),
    ],
)
def test_a_window_is_half_open(first: str, until: str, count: int) -> None:
    assert len(held(Timetable(terms=(YEAR,), slots=(MONDAYS,)), first, until)) == count


def test_holidays_have_no_slots_but_one_offs() -> None:
    fair = OneOff(id="fair", day=day_of("2026-11-30"), times=MORNING, binding=SHOP, kind=LessonKind.EVENT)
    holiday = Holiday(name="", first_day=day_of("2026-11-24"), last_day=day_of("2026-11-30"))
    timetable = Timetable(terms=(YEAR,), slots=(MONDAYS,), holidays=(holiday,), one_offs=(fair,))
    found = held(timetable, "2026-11-20", "2026-12-12")
    assert found.id == ("mon:2026-11-23", "fair", "mon:2026-12-07")
    assert found.kind.tolist() == [LessonKind.LESSON, LessonKind.EVENT, LessonKind.LESSON]


def test_a_moved_day_has_the_lessons_of_another() -> None:
    moved = MovedDay(day=day_of("2026-11-28"), weekday=0)
    timetable = Timetable(terms=(YEAR,), slots=(MONDAYS, replace(MONDAYS, id="sat", weekday=5)), moved_days=(moved,))
    assert held(timetable, "2026-11-27", "2026-11-29").id == ("mon:2026-11-28",)


def test_a_slot_is_held_within_its_validity_only() -> None:
    brief = replace(MONDAYS, first_day=day_of("2026-11-23"), last_day=day_of("2026-11-30"))
    assert dates(held(Timetable(terms=(YEAR,), slots=(brief,)), "2026-11-01", "2027-01-01")) == [
        "2026-11-23",
        "2026-11-30",
    ]


def test_a_cancelled_lesson_stays_visible() -> None:
    cancelled = Cancellation(lesson=lesson_id("mon", day_of("2026-11-23")))
    found = held(Timetable(terms=(YEAR,), slots=(MONDAYS,), cancellations=(cancelled,)), "2026-11-20", "2026-12-05")
    assert found.status.tolist() == [LessonStatus.CANCELLED, LessonStatus.PLANNED]


def test_a_substitution_changes_one_day_and_keeps_the_id() -> None:
    network = Binding(room="lab", teacher="t2", partner="school-7", form=Form.NETWORK, equipment=frozenset({IDS[3]}))
    day = day_of("2026-11-30")
    instead = Substitution(slot="mon", day=day, when=Times(10 * HOUR, 11 * HOUR), binding=network)
    stray = (replace(instead, day=day + 1), replace(instead, slot="nobody"))
    found = held(
        Timetable(terms=(YEAR,), slots=(MONDAYS,), substitutions=(instead, *stray)), "2026-11-20", "2026-12-12"
    )
    assert dates(found) == ["2026-11-23", "2026-11-30", "2026-12-07"]
    assert found.start[1] == local_ns("2026-11-30T10:00")
    assert [found.teacher[row] for row in range(3)] == [-1, found.teachers.index("t2"), -1]
    assert (found.form[1], found.partners[found.partner[1]]) == (Form.NETWORK, "school-7")
    assert [equipment(found, row) for row in range(3)] == [["laser", "mill"], ["spare"], ["laser", "mill"]]


def bells(name: str, *rings: tuple[int, int], first: str = "2026-01-01", last: str = "2027-12-31") -> BellSchedule:
    return BellSchedule(
        name=name,
        weekdays=frozenset(range(5)),
        bells=tuple((number, Times(hour * HOUR, hour * HOUR + 40 * MINUTE)) for number, hour in rings),
        first_day=day_of(first),
        last_day=day_of(last),
    )


def test_numbers_ring_by_the_most_special_schedule_of_the_day() -> None:
    slots = tuple(replace(MONDAYS, id=f"n{number}", when=LessonNumber(number)) for number in (1, 2, 9))
    year, short = bells("year", (1, 9), (2, 10)), bells("short", (1, 8), first="2026-11-30", last="2026-11-30")
    timetable = Timetable(terms=(YEAR,), slots=slots, bell_schedules=(short, year))
    found = held(timetable, "2026-11-23", "2026-12-01")
    assert found.id == ("n1:2026-11-23", "n2:2026-11-23", "n1:2026-11-30")
    assert found.start[2] == local_ns("2026-11-30T08:00")
    weekend = replace(slots[0], weekday=6)
    assert (
        len(held(Timetable(terms=(YEAR,), slots=(weekend,), bell_schedules=(year,)), "2026-11-23", "2026-12-01")) == 0
    )


def test_two_groups_in_one_room_are_two_lessons_and_the_names_are_in_order() -> None:
    other = replace(MONDAYS, id="b", binding=replace(SHOP, group="a0"))
    found = held(Timetable(terms=(YEAR,), slots=(MONDAYS, other)), "2026-11-23", "2026-11-24")
    assert (found.id, found.groups, found.group.tolist()) == (("b:2026-11-23", "mon:2026-11-23"), ("a0", "g1"), [0, 1])


def test_equipment_that_the_inventory_does_not_know_is_left_out() -> None:
    gone = replace(MONDAYS, binding=replace(SHOP, equipment=frozenset({EquipmentId("sold")})))
    nowhere = replace(MONDAYS, id="z", binding=Binding())
    found = held(Timetable(terms=(YEAR,), slots=(gone, nowhere)), "2026-11-23", "2026-11-24")
    assert [equipment(found, row) for row in range(2)] == [[], []]


def test_entries_of_one_id_that_differ_are_an_error() -> None:
    twice = Timetable(terms=(YEAR,), slots=(MONDAYS, replace(MONDAYS, weekday=1)))
    with pytest.raises(ValueError, match="differ: mon"):
        held(twice, "2026-11-23", "2026-11-24")


@pytest.mark.parametrize("times", [(-1, 5), (DAY, DAY + 1), (5, 5), (0, DAY + 1)])
def test_times_of_no_sense_are_errors(times: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="times want"):
        Times(*times)


def test_opening_hours_leave_out_days_on_which_the_centre_is_closed() -> None:
    hours = OpeningHours(weekdays=frozenset({0, 1, 2, 5}), times=Times(8 * HOUR, 20 * HOUR))
    more = OpeningHours(weekdays=frozenset({0}), times=Times(19 * HOUR, 21 * HOUR))
    free = Holiday(name="vacation", first_day=day_of("2026-11-23"), last_day=day_of("2026-11-24"), closed=False)
    shut = Holiday(name="shut", first_day=day_of("2026-11-24"), last_day=day_of("2026-11-24"))
    timetable = Timetable(opening_hours=(hours, more, hours), holidays=(free, shut))
    window = (local_ns("2026-11-23"), local_ns("2026-11-26"))
    start, end = opening(timetable, zone_of("Europe/Moscow"), *window)
    inside = (start < window[1]) & (end > window[0])
    assert start[inside].tolist() == [local_ns("2026-11-23T08:00"), local_ns("2026-11-25T08:00")]
    assert end[inside].tolist() == [local_ns("2026-11-23T21:00"), local_ns("2026-11-25T20:00")]


def test_planned_maintenance_is_that_of_its_equipment_or_room() -> None:
    start, end = day_of("2026-11-23") * DAY, day_of("2026-11-24") * DAY
    room = PlannedMaintenance(start=start, end=end, room="shop")
    one = PlannedMaintenance(start=start, end=end + HOUR, equipment=frozenset({IDS[2]}))
    spans = maintenance(Timetable(maintenance=(one, room, one)), INVENTORY, zone_of("Europe/Moscow"))
    assert spans.group.tolist() == [0, 1, 2]
    assert spans.start.tolist() == [local_ns("2026-11-23")] * 3
    assert spans.end.tolist() == [local_ns("2026-11-24")] * 2 + [local_ns("2026-11-24T01:00")]
    assert len(maintenance(Timetable(), INVENTORY, zone_of("UTC")).group) == 0


FIRST = day_of("2026-12-01")
some_days = st.integers(FIRST - 10, FIRST + 50)
validities = st.tuples(some_days, some_days).map(sorted).map(lambda pair: {"first_day": pair[0], "last_day": pair[1]})
some_times = st.tuples(st.integers(0, 95), st.integers(1, 96)).map(
    lambda pair: Times(pair[0] * 15 * MINUTE, (pair[0] + pair[1]) * 15 * MINUTE)
)
bindings = st.builds(
    Binding,
    room=st.sampled_from(("", "shop", "lab")),
    group=st.sampled_from(("", "g1", "g2")),
    equipment=st.frozensets(st.sampled_from(IDS), max_size=2),
)
weekdays = st.integers(0, 6)
whens = some_times | st.integers(1, 3).map(LessonNumber)


@st.composite
def timetables(draw: st.DrawFn) -> Timetable:
    terms, last = [], FIRST - 20
    for name in draw(st.sampled_from(("", "1", "12"))):
        first = last + draw(st.integers(1, 30))
        last = first + draw(st.integers(0, 40))
        rule, week = draw(st.sampled_from(WeekRule)), draw(st.sampled_from((Parity.A, Parity.B)))
        terms.append(Term(name=name, first_day=first, last_day=last, week_rule=rule, first_week=week))
    slots = [
        Slot(
            id=f"s{code}",
            weekday=draw(weekdays),
            when=draw(whens),
            binding=draw(bindings),
            parity=draw(st.sampled_from(Parity)),
            **draw(validities),
        )
        for code in range(draw(st.integers(0, 5)))
    ]
    swaps = {(draw(st.integers(0, 5)), draw(some_days)) for _ in range(draw(st.integers(0, 4)))}
    return Timetable(
        terms=tuple(terms),
        slots=tuple(slots),
        substitutions=tuple(
            Substitution(slot=f"s{code}", day=day, when=draw(whens), binding=draw(bindings))
            for code, day in sorted(swaps)
        ),
        holidays=tuple(Holiday(name="", closed=True, **draw(validities)) for _ in range(draw(st.integers(0, 2)))),
        moved_days=tuple(
            MovedDay(day=day, weekday=draw(weekdays)) for day in sorted(draw(st.sets(some_days, max_size=2)))
        ),
        one_offs=tuple(
            OneOff(id=f"o{code}", day=draw(some_days), times=draw(some_times), binding=draw(bindings))
            for code in range(draw(st.integers(0, 2)))
        ),
        bell_schedules=tuple(
            BellSchedule(
                name=f"b{code}",
                weekdays=draw(st.frozensets(weekdays)),
                bells=tuple((number, draw(some_times)) for number in sorted(draw(st.sets(st.integers(1, 3))))),
                **draw(validities),
            )
            for code in range(draw(st.integers(0, 3)))
        ),
    )


def walked(timetable: Timetable, name: str, window: tuple[int, int]) -> dict[str, tuple[int, int, str, list[str]]]:
    """The slow, obvious twin: every day, every slot."""
    found = {}
    for day in range(FIRST - 40, FIRST + 90):
        for lesson, when, binding in _meant(timetable, day):
            times = when if isinstance(when, Times) else _rung(timetable, day, when.number)
            if times is None:
                continue
            start, end = (_instant(day, at, name) for at in (times.start_ns, times.end_ns))
            if start < end and start < window[1] and end > window[0]:
                bound = [i for i in IDS if i in binding.equipment] or [
                    i for i, room in zip(IDS, INVENTORY.room, strict=True) if room and room == binding.room
                ]
                found[lesson] = (start, end, binding.group, [str(i) for i in bound])
    return found


def _weekday(timetable: Timetable, day: int) -> int:
    moved = [moved.weekday for moved in timetable.moved_days if moved.day == day]
    return moved[-1] if moved else date.fromisoformat(text_of(day)).weekday()


def _meant(timetable: Timetable, day: int) -> list[tuple[str, Times | LessonNumber, Binding]]:
    meant: list[tuple[str, Times | LessonNumber, Binding]] = [
        (o.id, o.times, o.binding) for o in timetable.one_offs if o.day == day
    ]
    real = date.fromisoformat(text_of(day))
    for term in timetable.terms:
        if not term.first_day <= day <= term.last_day:
            continue
        if any(h.first_day <= day <= h.last_day for h in timetable.holidays):
            continue
        begin = date.fromisoformat(text_of(term.first_day))
        weeks = ((real - timedelta(days=real.weekday())) - (begin - timedelta(days=begin.weekday()))).days // 7
        first = weeks % 2 == 0 if term.week_rule is WeekRule.TERM else real.isocalendar().week % 2 == 1
        parity = term.first_week if first else Parity(3 - term.first_week)
        for slot in timetable.slots:
            valid = slot.first_day <= day <= slot.last_day
            if valid and slot.weekday == _weekday(timetable, day) and slot.parity in {Parity.BOTH, parity}:
                other = [s for s in timetable.substitutions if (s.slot, s.day) == (slot.id, day)]
                entry = other[0] if other else slot
                meant.append((f"{slot.id}:{text_of(day)}", entry.when, entry.binding))
    return meant


def _rung(timetable: Timetable, day: int, number: int) -> Times | None:
    held_today = [
        schedule
        for schedule in timetable.bell_schedules
        if schedule.first_day <= day <= schedule.last_day and _weekday(timetable, day) in schedule.weekdays
    ]
    if not held_today:
        return None
    best = max(held_today, key=lambda s: (s.first_day - s.last_day, s.first_day, s.name))
    return dict(best.bells).get(number)


def _instant(day: int, after_midnight_ns: int, name: str) -> int:
    """The first instant that shows this wall time or later; all times and changes here are at full minutes."""
    wall = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=day, microseconds=after_midnight_ns // 1000)
    at = int(wall.timestamp()) - 15 * 3600
    shown = wall.replace(tzinfo=None)
    while datetime.fromtimestamp(at, ZoneInfo(name)).replace(tzinfo=None) < shown:
        step = shown - datetime.fromtimestamp(at, ZoneInfo(name)).replace(tzinfo=None)
        at += 3600 if step > timedelta(hours=4) else 60
    return at * NS_PER_S


@settings(deadline=None)
@given(
    timetables(),
    st.sampled_from(("Europe/Moscow", "America/New_York", "Asia/Kamchatka")),
    some_days,
    st.integers(0, 25),
)
def test_lessons_are_those_of_a_walk_through_days(timetable: Timetable, name: str, first: int, length: int) -> None:
    window = (first * DAY, (first + length) * DAY)
    found = lessons(timetable, INVENTORY, zone_of(name), window)
    groups = (*found.groups, "")
    told = {
        lesson: (int(found.start[row]), int(found.end[row]), groups[found.group[row]], equipment(found, row))
        for row, lesson in enumerate(found.id)
    }
    assert told == walked(timetable, name, window)
    order = list(zip(found.start.tolist(), found.end.tolist(), found.id, strict=True))
    assert order == sorted(order)


@settings(deadline=None)
@given(timetables(), st.sampled_from(("Europe/Moscow", "America/New_York")), some_days, st.integers(0, 25))
def test_lessons_of_a_window_are_those_of_a_longer_one_that_meet_it(
    timetable: Timetable, name: str, first: int, length: int
) -> None:
    plan, zone, (start, end) = planned(timetable, INVENTORY), zone_of(name), (first * DAY, (first + length) * DAY)
    longer, found = (lessons_of(plan, zone, window) for window in ((start - 9 * DAY, end + 9 * DAY), (start, end)))
    rows = np.flatnonzero((longer.start < end) & (longer.end > start)).tolist()
    assert found.id == tuple(longer.id[row] for row in rows)
    assert [equipment(found, row) for row in range(len(found))] == [equipment(longer, row) for row in rows]
    for column in ("start", "end", "room", "group", "program", "teacher", "partner", "form", "status", "learners"):
        assert getattr(found, column).tolist() == getattr(longer, column)[rows].tolist()


@settings(deadline=None)
@given(timetables(), st.randoms(use_true_random=False))
def test_order_and_repetition_of_entries_leave_every_byte_alike(timetable: Timetable, rng: random.Random) -> None:
    window = (FIRST * DAY, (FIRST + 40) * DAY)
    mixed = {}
    for field in ("slots", "substitutions", "holidays", "moved_days", "one_offs", "bell_schedules", "terms"):
        entries = list(getattr(timetable, field)) * 2
        rng.shuffle(entries)
        mixed[field] = tuple(entries)
    found = lessons(replace(timetable, **mixed), INVENTORY, zone_of("Europe/Berlin"), window)
    assert raw(found) == raw(lessons(timetable, INVENTORY, zone_of("Europe/Berlin"), window))


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        (Form.IN_PERSON.word, "in_person"),
        (LessonStatus.CANCELLED.word, "cancelled"),
        (LessonKind.EVENT.word, "event"),
        (Parity.BOTH.word, "both"),
        (WeekRule.ISO.word, "iso"),
    ],
)
def test_words_are_written_in_lower_case(word: str, expected: str) -> None:
    assert word == expected


def test_a_lesson_binds_what_is_in_service_for_all_of_it() -> None:
    ever, never = local_ns("2000-01-01T00:00"), local_ns("2200-01-01T00:00")
    bought, sold = local_ns("2026-09-14T09:30"), local_ns("2026-09-21T09:45")
    inventory = replace(
        INVENTORY, since=np.array([ever, bought, ever, ever]), until=np.array([sold, never, never, never])
    )
    timetable = Timetable(terms=(YEAR,), slots=(MONDAYS,))
    window = local_ns("2026-09-07T00:00"), local_ns("2026-09-29T00:00")
    found = lessons(timetable, inventory, zone_of("Europe/Moscow"), window)
    bound = [equipment(found, row) for row in range(len(found))]
    assert dates(found) == ["2026-09-07", "2026-09-14", "2026-09-21", "2026-09-28"]
    assert bound == [["laser"], ["laser"], ["laser", "mill"], ["mill"]]
