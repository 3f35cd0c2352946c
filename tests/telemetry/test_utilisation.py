"""Utilisation against a twin that looks at every single nanosecond, and the properties that numbers must have."""

from __future__ import annotations

import random
from dataclasses import fields, replace
from itertools import pairwise
from typing import NamedTuple, TypeVar

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telemetry.bases import Bases, bases, lesson_spans
from telemetry.columns import Buckets, Changes, Int64s, Intervals, Inventory, Lessons, Utilisation
from telemetry.intervals import intervals_of
from telemetry.lesson_hours import lesson_hours
from telemetry.model import EquipmentId, Source, State
from telemetry.ratios import RATIOS, busy_outside_timetable, coverage, known_ns
from telemetry.rules import FIRST_RULES
from telemetry.spans import Spans
from telemetry.timetable import LessonStatus
from telemetry.utilisation import Keys, grouped, keyed, lesson_utilisation, utilisation

IDS = tuple(EquipmentId(name) for name in ("laser", "mill", "printer"))
INVENTORY = Inventory(IDS, ("shop", "shop", "lab"), ("a", "b", "b"), ("k",) * 3, np.array([1, 2, 5], np.int32))
LENGTH = 40
GROUPS = ("g1", "g2", "g3")

Row = tuple[int, int, int]
"""equipment, start, end"""


T = TypeVar("T")


class Lab(NamedTuple):
    """What happened and what was meant, in a window of `LENGTH` ns."""

    changes: list[tuple[int, int, int, int]]  # equipment, at, state, valid_ns
    lessons: list[tuple[list[int], int, int, int, int]]  # equipment, start, end, group, status
    maintenance: list[Row]
    opening: list[tuple[int, int]]
    edges: list[int]


some_spans = st.tuples(st.integers(-5, LENGTH + 5), st.integers(0, 20)).map(lambda pair: (pair[0], pair[0] + pair[1]))
equipment_codes = st.integers(0, len(IDS) - 1)
some_changes = st.lists(
    st.tuples(
        equipment_codes, st.integers(-5, LENGTH + 5), st.sampled_from(State).map(int), st.sampled_from((0, 0, 4))
    ),
    max_size=14,
)
some_lessons = st.lists(
    st.tuples(
        st.sets(equipment_codes).map(sorted), some_spans, st.integers(-1, 2), st.sampled_from(LessonStatus).map(int)
    ).map(lambda parts: (parts[0], *parts[1], *parts[2:])),
    max_size=5,
)
labs = st.builds(
    Lab,
    some_changes,
    some_lessons,
    st.lists(st.tuples(equipment_codes, some_spans).map(lambda parts: (parts[0], *parts[1])), max_size=3),
    st.lists(some_spans, max_size=3),
    st.sets(st.integers(1, LENGTH - 1), max_size=4).map(lambda cuts: [0, *sorted(cuts), LENGTH]),
)


def changes_from(lab: Lab) -> Changes:
    columns = np.array(lab.changes, np.int64).reshape(-1, 4).T
    source = np.full(len(lab.changes), Source.DEVICE, np.int8)
    return Changes(IDS, columns[0].astype(np.int32), columns[1], columns[2].astype(np.int8), source, columns[3])


def intervals_from(lab: Lab) -> Intervals:
    return intervals_of(changes_from(lab), 0, LENGTH)


def spans_from(rows: list[Row]) -> Spans:
    columns = np.array(rows, np.int64).reshape(-1, 3).T
    return Spans(columns[0].astype(np.int32), columns[1], columns[2])


def buckets_from(edges: list[int]) -> Buckets:
    return Buckets(np.array(edges[:-1], np.int64), np.array(edges[1:], np.int64), tuple(map(str, edges[:-1])))


def lessons_from(lab: Lab) -> Lessons:
    n = len(lab.lessons)
    none, zero = np.full(n, -1, np.int32), np.zeros(n, np.int8)
    return Lessons(
        ids=IDS, rooms=(), groups=GROUPS, programs=(), teachers=(), partners=(),
        id=tuple(map(str, range(n))),
        start=np.array([lesson[1] for lesson in lab.lessons], np.int64),
        end=np.array([lesson[2] for lesson in lab.lessons], np.int64),
        room=none, program=none, teacher=none, partner=none,
        group=np.array([lesson[3] for lesson in lab.lessons], np.int32),
        form=zero, kind=zero,
        status=np.array([lesson[4] for lesson in lab.lessons], np.int8),
        learners=np.full(n, 10, np.int32),
        equipment_start=np.cumsum([0, *(len(lesson[0]) for lesson in lab.lessons)]).astype(np.int64),
        equipment=np.array([code for lesson in lab.lessons for code in lesson[0]], np.int32),
    )  # fmt: skip


def computed(lab: Lab) -> Utilisation:
    opened = np.array(lab.opening, np.int64).reshape(-1, 2).T
    base = bases(INVENTORY, lessons_from(lab), spans_from(lab.maintenance), (opened[0], opened[1]))
    return utilisation(intervals_from(lab), INVENTORY, buckets_from(lab.edges), base)


def by_group(lab: Lab) -> Utilisation:
    lessons = lessons_from(lab)
    keys = Keys(lessons.groups, lessons.group)
    intervals, maintenance = intervals_from(lab), spans_from(lab.maintenance)
    return lesson_utilisation(intervals, INVENTORY, buckets_from(lab.edges), lessons, maintenance, keys)


def state_at(lab: Lab, code: int, ns: int) -> State:
    said = [change for change in lab.changes if change[0] == code and change[1] <= ns]
    if not said:
        return State.UNKNOWN
    _, at, state, valid_ns = max(said, key=lambda change: (change[1], change[2], change[3] or LENGTH * 9))
    return State.UNKNOWN if valid_ns and ns >= at + valid_ns else State(state)


def taught(lab: Lab, code: int, ns: int, group: int | None = None) -> bool:
    meant = any(
        code in bound and start <= ns < end and status == LessonStatus.PLANNED and group in {None, of_group}
        for bound, start, end, of_group, status in lab.lessons
    )
    return meant and not any(row[0] == code and row[1] <= ns < row[2] for row in lab.maintenance)


def watched(lab: Lab, group: int | None = None) -> dict[str, dict[tuple[int, int], int]]:
    """The slow, obvious twin: every nanosecond of every equipment counts in each column it belongs to."""
    names = [field.name for field in fields(Utilisation) if field.name.endswith("_ns")]
    rows = [(code, bucket) for code in range(len(IDS)) for bucket in range(len(lab.edges) - 1)]
    sums = {name: dict.fromkeys(rows, 0) for name in (*names, *(state.word for state in State))}
    for code, bucket in rows:
        for ns in range(lab.edges[bucket], lab.edges[bucket + 1]):
            state, lesson = state_at(lab, code, ns), taught(lab, code, ns, group)
            open_ = any(start <= ns < end for start, end in lab.opening)
            busy, unknown = state is State.BUSY, state is State.UNKNOWN
            stations = int(INVENTORY.stations[code])
            for name, count in (
                (state.word, group is None or lesson),
                ("calendar_ns", 1),
                ("scheduled_ns", open_),
                ("busy_in_scheduled_ns", open_ and busy),
                ("unknown_in_scheduled_ns", open_ and unknown),
                ("maintenance_in_scheduled_ns", open_ and state is State.MAINTENANCE),
                ("fault_in_scheduled_ns", open_ and state is State.FAULT),
                ("timetabled_ns", lesson),
                ("busy_in_timetable_ns", lesson and busy),
                ("unknown_in_timetable_ns", lesson and unknown),
                ("station_timetabled_ns", lesson * stations),
                ("station_busy_ns", (lesson and busy) * stations),
                ("station_unknown_ns", (lesson and unknown) * stations),
            ):
                sums[name][code, bucket] += int(count)
    return sums


def columns(table: Utilisation) -> dict[str, Int64s]:
    named = {field.name: getattr(table, field.name) for field in fields(Utilisation) if field.name.endswith("_ns")}
    return {**named, **{state.word: table.state_ns[:, state] for state in State}, "state_ns": table.state_ns[:, 0] * 0}


def raw(table: Utilisation) -> bytes:
    sums = [column.tobytes() for column in (*columns(table).values(), table.state_ns)]
    return b"|".join((*sums, table.key.tobytes(), table.bucket.tobytes()))


@settings(deadline=None)
@given(labs)
def test_every_nanosecond_counts_where_the_twin_counts_it(lab: Lab) -> None:
    expected = watched(lab)
    assert {name: column.tolist() for name, column in columns(computed(lab)).items()} == {
        name: list(expected[name].values()) for name in columns(computed(lab))
    }


@settings(deadline=None)
@given(labs)
def test_time_in_the_lessons_of_a_group_is_that_of_the_twin(lab: Lab) -> None:
    table, n_buckets = by_group(lab), len(lab.edges) - 1
    for group in range(len(GROUPS)):
        expected = watched(lab, group)
        for name, column in columns(table).items():
            told = column.reshape(len(GROUPS), n_buckets)[group].tolist()
            sums = [sum(expected[name][code, bucket] for code in range(len(IDS))) for bucket in range(n_buckets)]
            calendar = name == "calendar_ns" or "scheduled" in name
            assert told == ([0] * n_buckets if calendar else sums), name
    assert (table.state_ns.sum(axis=1) == table.timetabled_ns).all()


@settings(deadline=None)
@given(labs)
def test_changes_count_as_their_intervals(lab: Lab) -> None:
    opened = np.array(lab.opening, np.int64).reshape(-1, 2).T
    lessons, buckets, planned = lessons_from(lab), buckets_from(lab.edges), spans_from(lab.maintenance)
    base = bases(INVENTORY, lessons, planned, (opened[0], opened[1]))
    assert raw(utilisation(changes_from(lab), INVENTORY, buckets, base)) == raw(computed(lab))
    keys = Keys(lessons.groups, lessons.group)
    assert raw(lesson_utilisation(changes_from(lab), INVENTORY, buckets, lessons, planned, keys)) == raw(by_group(lab))


@settings(deadline=None)
@given(labs)
def test_states_add_up_to_the_bucket_exactly_and_bases_fit_into_it(lab: Lab) -> None:
    table = computed(lab)
    assert table.calendar_ns.tolist() == [b - a for a, b in pairwise(lab.edges)] * len(IDS)
    assert (table.state_ns.sum(axis=1) == table.calendar_ns).all()
    assert (np.minimum(table.scheduled_ns, table.timetabled_ns) >= 0).all()
    assert (np.maximum(table.scheduled_ns, table.timetabled_ns) <= table.calendar_ns).all()


@settings(deadline=None)
@given(labs)
def test_sums_over_any_partition_equal_the_whole(lab: Lab) -> None:
    whole = lab._replace(edges=[0, LENGTH])
    for table_of, n_keys in ((computed, len(IDS)), (by_group, len(GROUPS))):
        parts, one = columns(table_of(lab)), columns(table_of(whole))
        assert {n: c.reshape(n_keys, -1).sum(axis=1).tolist() for n, c in parts.items()} == {
            n: c.tolist() for n, c in one.items()
        }


def _mixed(entries: list[T], rng: random.Random) -> list[T]:
    more = entries + rng.sample(entries, rng.randint(0, len(entries)))
    return rng.sample(more, len(more))


@settings(deadline=None)
@given(labs, st.randoms(use_true_random=False))
def test_order_repetition_and_batching_leave_every_byte_alike(lab: Lab, rng: random.Random) -> None:
    shuffled = lab._replace(
        changes=_mixed(lab.changes, rng),
        lessons=_mixed(lab.lessons, rng),
        maintenance=_mixed(lab.maintenance, rng),
        opening=_mixed(lab.opening, rng),
    )
    assert raw(computed(shuffled)) == raw(computed(lab))
    assert raw(by_group(shuffled)) == raw(by_group(lab))


@settings(deadline=None)
@given(labs, st.lists(st.tuples(equipment_codes, st.integers(0, LENGTH - 1)), max_size=6))
def test_a_state_said_again_changes_nothing(lab: Lab, when: list[tuple[int, int]]) -> None:
    holding = lab._replace(changes=[(*change[:3], 0) for change in lab.changes])
    again = [(code, ns, int(state_at(holding, code, ns)), 0) for code, ns in when]
    repeated = holding._replace(changes=holding.changes + again)
    assert raw(computed(repeated)) == raw(computed(holding))


@settings(deadline=None)
@given(labs)
def test_intervals_cut_anywhere_change_nothing(lab: Lab) -> None:
    whole = intervals_from(lab)
    parts = [(r, ns) for r in range(len(whole)) for ns in range(int(whole.start[r]), int(whole.end[r]))]
    row, ns = np.array(parts, np.int64).reshape(-1, 2).T
    cut = Intervals(IDS, whole.equipment[row], ns, ns + 1, whole.state[row], whole.source[row])
    base = Bases(lesson_spans(lessons_from(lab))[0], spans_from(lab.maintenance), spans_from([]))
    tables = [utilisation(i, INVENTORY, buckets_from(lab.edges), base) for i in (whole, cut)]
    assert raw(tables[0]) == raw(tables[1])


@settings(deadline=None)
@given(labs)
def test_rates_lie_in_0_to_1_and_are_null_exactly_on_a_zero_base(lab: Lab) -> None:
    table = computed(lab)
    for each in (table, grouped(table, keyed(INVENTORY.room)), by_group(lab)):
        for name, ratio_of in RATIOS.items():
            ratio = ratio_of(each)
            assert (np.isnan(ratio.value) == (ratio.denominator == 0)).all(), name
            for rate in (ratio.value, ratio.coverage, coverage(each)):
                there = rate[~np.isnan(rate)]
                assert ((there >= 0) & (there <= 1)).all(), name
        assert (busy_outside_timetable(each) >= 0).all()


def _lost(lab: Lab, code: int, span: tuple[int, int], *, only_busy: bool) -> Lab:
    """The same without data of one equipment in a span."""
    told = [(code, ns, int(state_at(lab, code, ns)), 0) for ns in range(LENGTH)]
    lost = [
        (c, ns, int(State.UNKNOWN) if span[0] <= ns < span[1] and (state == State.BUSY or not only_busy) else state, 0)
        for c, ns, state, _ in told
    ]
    return lab._replace(changes=[change for change in lab.changes if change[0] != code] + lost)


@settings(deadline=None)
@given(labs, equipment_codes, some_spans)
def test_busy_time_that_is_lost_never_raises_a_ratio(lab: Lab, code: int, span: tuple[int, int]) -> None:
    before, after = computed(lab), computed(_lost(lab, code, span, only_busy=True))
    for name, ratio_of in RATIOS.items():
        was, now = ratio_of(before).value, ratio_of(after).value
        both = ~np.isnan(was) & ~np.isnan(now)
        assert (now[both] <= was[both]).all(), name
        assert not (np.isnan(was) & ~np.isnan(now)).any(), name


@settings(deadline=None)
@given(labs, equipment_codes, some_spans)
def test_data_that_is_lost_never_raises_busy_time_nor_coverage(lab: Lab, code: int, span: tuple[int, int]) -> None:
    before, after = computed(lab), computed(_lost(lab, code, span, only_busy=False))
    assert (known_ns(after) <= known_ns(before)).all()
    for name, ratio_of in RATIOS.items():
        was, now = ratio_of(before), ratio_of(after)
        assert (now.numerator <= was.numerator).all(), name
        assert (np.nan_to_num(now.coverage) <= np.nan_to_num(was.coverage)).all(), name


@settings(deadline=None)
@given(labs, equipment_codes, some_spans)
def test_a_ratio_that_lost_data_raise_says_that_less_is_known(lab: Lab, code: int, span: tuple[int, int]) -> None:
    before, after = computed(lab), computed(_lost(lab, code, span, only_busy=False))
    for name, ratio_of in RATIOS.items():
        was, now = ratio_of(before), ratio_of(after)
        risen = (now.value > was.value) | (np.isnan(was.value) & ~np.isnan(now.value))
        assert (now.coverage[risen] < was.coverage[risen]).all(), name


@settings(deadline=None)
@given(labs, equipment_codes, some_spans)
def test_what_was_lost_lies_between_all_idle_and_all_busy(lab: Lab, code: int, span: tuple[int, int]) -> None:
    before, after = computed(lab), computed(_lost(lab, code, span, only_busy=False))
    for part, unknown in (
        ("busy_in_timetable_ns", "unknown_in_timetable_ns"),
        ("busy_in_scheduled_ns", "unknown_in_scheduled_ns"),
        ("station_busy_ns", "station_unknown_ns"),
    ):
        least = getattr(after, part)
        lost = getattr(after, unknown) - getattr(before, unknown)
        assert (least <= getattr(before, part)).all(), part
        assert (getattr(before, part) <= least + lost).all(), part


def test_idle_time_that_is_lost_makes_the_rest_look_busier_and_is_insufficient() -> None:
    lesson = Spans(np.zeros(1, np.int32), np.array([0]), np.array([60]))
    nothing = Spans(np.zeros(0, np.int32), np.zeros(0, np.int64), np.zeros(0, np.int64))
    inventory = Inventory(IDS[:1], ("",), ("",), ("",), np.ones(1, np.int32))
    values = []
    for first in (State.IDLE, State.UNKNOWN):
        told = Intervals(
            IDS[:1],
            np.zeros(2, np.int32),
            np.array([0, 30]),
            np.array([30, 60]),
            np.array([first, State.BUSY], np.int8),
            np.zeros(2, np.int8),
        )
        table = utilisation(told, inventory, buckets_from([0, 60]), Bases(lesson, nothing, nothing))
        ratio = RATIOS["utilisation_timetable"](table)
        values.append((float(ratio.value[0]), float(ratio.coverage[0])))
    assert values == [(0.5, 1.0), (1.0, 0.5)]
    assert values[1][1] < FIRST_RULES.coverage_min


@settings(deadline=None)
@given(labs)
def test_time_without_data_that_is_added_never_raises_a_ratio(lab: Lab) -> None:
    kept = [change for change in lab.changes if change[1] < LENGTH]
    silent = lab._replace(changes=[*kept, *((code, LENGTH, int(State.UNKNOWN), 0) for code in range(len(IDS)))])
    opened = np.array(lab.opening, np.int64).reshape(-1, 2).T
    base = bases(INVENTORY, lessons_from(lab), spans_from(lab.maintenance), (opened[0], opened[1]))
    tables = [
        utilisation(intervals_from(silent), INVENTORY, buckets_from([0, end]), base) for end in (LENGTH, 2 * LENGTH)
    ]
    for name, ratio_of in RATIOS.items():
        was, now = ratio_of(tables[0]).value, ratio_of(tables[1]).value
        assert not (now > was).any(), name
        assert not (np.isnan(was) & (np.nan_to_num(now) > 0)).any(), name


@settings(deadline=None)
@given(labs)
def test_rows_of_a_group_are_sums_and_its_ratios_are_of_sums(lab: Lab) -> None:
    table = computed(lab)
    by_room = grouped(table, keyed(INVENTORY.room))
    assert by_room.keys == ("lab", "shop")
    n_buckets = len(lab.edges) - 1
    for name, column in columns(table).items():
        each = column.reshape(len(IDS), n_buckets)
        assert columns(by_room)[name].reshape(2, n_buckets).tolist() == [each[2].tolist(), (each[0] + each[1]).tolist()]
    centre = Keys(("centre",), np.zeros(2, np.int32))
    direct = Keys(("centre",), np.zeros(3, np.int32))
    assert raw(grouped(by_room, centre)) == raw(grouped(table, direct))


def test_a_key_left_out_and_a_key_of_nobody_count_nothing() -> None:
    lab = Lab([(0, 0, State.BUSY, 0), (2, 0, State.BUSY, 0)], [], [], [], [0, LENGTH])
    table = grouped(computed(lab), Keys(("nobody", "some"), np.array([1, -1, 1], np.int32)))
    assert table.calendar_ns.tolist() == [0, 2 * LENGTH]
    nothing = grouped(computed(lab), Keys(("nobody",), np.full(3, -1, np.int32)))
    assert nothing.calendar_ns.tolist() == [0]


def test_overlapping_lessons_of_one_equipment_count_once_and_two_groups_each_have_theirs() -> None:
    lab = Lab([(0, 0, State.BUSY, 0)], [([0], 5, 15, 0, 0), ([0], 10, 20, 1, 0)], [], [], [0, LENGTH])
    assert computed(lab).timetabled_ns.tolist() == [15, 0, 0]
    assert by_group(lab).timetabled_ns.tolist() == [10, 10, 0]


def test_a_print_at_night_shows_in_calendar_time_alone() -> None:
    lab = Lab([(0, 0, State.IDLE, 0), (0, 30, State.BUSY, 0)], [([0], 5, 10, 0, 0)], [], [(0, 20)], [0, LENGTH])
    values = {name: ratio_of(computed(lab)).value[0] for name, ratio_of in RATIOS.items()}
    assert values == {
        "utilisation_timetable": 0.0,
        "utilisation_scheduled": 0.0,
        "utilisation_calendar": 0.25,
        "availability": 1.0,
        "station_utilisation": 0.0,
    }
    assert busy_outside_timetable(computed(lab))[0] == 10


def spans_of(lessons: Lessons) -> Spans:
    """By group."""
    return Spans(lessons.group, lessons.start, lessons.end)


def test_no_bucket_no_row() -> None:
    empty = Buckets(np.empty(0, np.int64), np.empty(0, np.int64), ())
    lab = Lab([], [([0], 0, 5, 0, 0)], [], [], [0, LENGTH])
    lessons, nothing = lessons_from(lab), spans_from([])
    table = utilisation(intervals_from(lab), INVENTORY, empty, Bases(lesson_spans(lessons)[0], nothing, nothing))
    keys = Keys(lessons.groups, lessons.group)
    of_groups = lesson_utilisation(intervals_from(lab), INVENTORY, empty, lessons, nothing, keys)
    assert len(table) == len(of_groups) == len(grouped(table, keyed(INVENTORY.room))) == 0
    assert lesson_hours(spans_of(lessons), empty, np.ones(1, np.int64), n_keys=3).shape == (3, 0)


@pytest.mark.parametrize(
    ("equipment", "start", "end", "message"),
    [
        ([1, 0], [0, 0], [5, 5], "not by equipment"),
        ([0, 0], [0, 4], [5, 9], "overlap"),
        ([0, 0], [5, 0], [9, 5], "not by start"),
        ([0], [5], [0], "overlap"),
    ],
)
def test_intervals_out_of_order_are_an_error(
    equipment: list[int], start: list[int], end: list[int], message: str
) -> None:
    codes = np.zeros(len(start), np.int8)
    broken = Intervals(IDS, np.array(equipment, np.int32), np.array(start), np.array(end), codes, codes)
    nothing = spans_from([])
    with pytest.raises(ValueError, match=message):
        utilisation(broken, INVENTORY, buckets_from([0, 9]), Bases(nothing, nothing, nothing))


def test_intervals_of_other_equipment_are_an_error() -> None:
    lab, nothing = Lab([], [], [], [], [0, LENGTH]), spans_from([])
    other = replace(INVENTORY, ids=IDS[::-1])
    with pytest.raises(ValueError, match="not of the same equipment"):
        utilisation(intervals_from(lab), other, buckets_from([0, 9]), Bases(nothing, nothing, nothing))


def test_sums_that_would_wrap_are_an_error() -> None:
    century = 100 * 366 * 86_400 * 10**9
    codes, instants = np.zeros(0, np.int8), np.zeros(0, np.int64)
    silence = intervals_of(Changes(IDS, np.zeros(0, np.int32), instants, codes, codes, instants), 0, century)
    nothing, always = spans_from([]), spans_from([(0, 0, century)])
    buckets = buckets_from([0, century])
    table = utilisation(silence, INVENTORY, buckets, Bases(nothing, nothing, nothing))
    with pytest.raises(OverflowError, match="292 years"):
        grouped(table, Keys(("centre",), np.zeros(3, np.int32)))
    assert grouped(table, Keys(("a", "b"), np.array([0, 0, 1], np.int32))).calendar_ns.tolist() == [
        2 * century,
        century,
    ]
    many = replace(INVENTORY, stations=np.full(3, 3, np.int32))
    with pytest.raises(OverflowError, match="292 years"):
        utilisation(silence, many, buckets, Bases(always, nothing, nothing))
    lesson = lessons_from(Lab([], [([0], 0, century, 0, 0)], [], [], []))
    with pytest.raises(OverflowError, match="292 years"):
        lesson_utilisation(silence, many, buckets, lesson, nothing, Keys(GROUPS, lesson.group))
    with pytest.raises(OverflowError, match="292 years"):
        lesson_hours(spans_of(lesson), buckets, np.array([3]), n_keys=len(GROUPS))


@settings(deadline=None)
@given(labs, st.lists(st.integers(0, 30), min_size=5, max_size=5))
def test_learner_hours_are_those_of_every_nanosecond(lab: Lab, learners: list[int]) -> None:
    lessons = lessons_from(lab)
    weight = np.array(learners[: len(lessons)], np.int64)
    told = lesson_hours(spans_of(lessons), buckets_from(lab.edges), weight, n_keys=len(GROUPS))
    expected = [
        [
            sum(
                count * (first <= ns < until)
                for (_, start, end, of_group, _), count in zip(lab.lessons, learners, strict=False)
                if of_group == group
                for ns in range(start, end)
            )
            for first, until in pairwise(lab.edges)
        ]
        for group in range(len(GROUPS))
    ]
    assert told.tolist() == expected


def test_lists_of_lessons_fit_their_rows() -> None:
    lessons = lessons_from(Lab([], [([0], 0, 5, 0, 0)], [], [], []))
    for starts in ([0], [0, 2], [1, 1]):
        with pytest.raises(ValueError, match="do not fit 1 lists"):
            replace(lessons, equipment_start=np.array(starts, np.int64))


def test_equipment_is_open_while_it_is_in_service_and_the_window_stays_its_calendar_time() -> None:
    silent = Lab([], [], [], [], [0, LENGTH])
    inventory = replace(INVENTORY, since=np.array([-5, 12, 36]), until=np.array([99, 30, 38]))
    base = bases(inventory, lessons_from(silent), spans_from([]), (np.array([4, 25]), np.array([16, 37])))
    table = utilisation(intervals_from(silent), inventory, buckets_from(silent.edges), base)
    assert table.scheduled_ns.tolist() == [12 + 12, 4 + 5, 1]
    assert table.calendar_ns.tolist() == [LENGTH] * 3
