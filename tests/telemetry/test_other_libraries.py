"""The interval algebra against `portion` and `intervaltree`, the roll-ups against `oee`: three strangers."""

from __future__ import annotations

from functools import reduce
from typing import Any, TypeAlias

import numpy as np
import oee
import portion
import pytest
from hypothesis import given
from hypothesis import strategies as st
from intervaltree import Interval, IntervalTree

from telemetry import ratios
from telemetry.bases import Bases
from telemetry.columns import Buckets, Intervals, Inventory
from telemetry.intervals import clipped, totals_of
from telemetry.model import EquipmentId, State
from telemetry.spans import Spans, clip, complement, covered, difference, intersection, merged, union
from telemetry.timelines import meet, outside, timeline
from telemetry.utilisation import Keys, grouped, utilisation

Row: TypeAlias = tuple[int, int, int]

N = 3
FIRST, LAST = 0, 60
rows = st.lists(
    st.tuples(st.integers(0, N - 1), st.integers(0, 50), st.integers(1, 12)).map(lambda r: (r[0], r[1], r[1] + r[2])),
    max_size=14,
)


def spans_of(listed: list[Row]) -> Spans:
    table = np.array(sorted(listed), np.int64).reshape(-1, 3)
    return Spans(table[:, 0].astype(np.int32), table[:, 1], table[:, 2])


def rows_of(spans: Spans) -> list[Row]:
    return list(zip(*(column.tolist() for column in spans), strict=True))


def by_portion(listed: list[Row], group: int) -> Any:
    parts = (portion.closedopen(start, end) for code, start, end in listed if code == group)
    return reduce(lambda whole, part: whole | part, parts, portion.empty())


def from_portion(of_group: list[Any]) -> list[Row]:
    return [(group, part.lower, part.upper) for group, found in enumerate(of_group) for part in found if not part.empty]


def by_tree(listed: list[Row], group: int) -> IntervalTree:
    tree = IntervalTree(Interval(start, end) for code, start, end in listed if code == group)
    tree.merge_overlaps(strict=False)
    return tree


def from_trees(trees: list[IntervalTree]) -> list[Row]:
    return [(group, part.begin, part.end) for group, tree in enumerate(trees) for part in sorted(tree)]


def chopped(tree: IntervalTree, by: IntervalTree) -> IntervalTree:
    for part in by:
        tree.chop(part.begin, part.end)
    return tree


@given(rows, rows)
def test_the_algebra_is_that_of_portion(a: list[Row], b: list[Row]) -> None:
    spans, others = spans_of(a), spans_of(b)
    pairs = [(by_portion(a, group), by_portion(b, group)) for group in range(N)]
    whole = portion.closedopen(FIRST, LAST)
    assert rows_of(merged(spans)) == from_portion([x for x, _ in pairs])
    assert rows_of(union(spans, others)) == from_portion([x | y for x, y in pairs])
    assert rows_of(intersection(spans, others)) == from_portion([x & y for x, y in pairs])
    assert rows_of(difference(spans, others)) == from_portion([x - y for x, y in pairs])
    assert rows_of(outside(merged(spans), others)) == from_portion([x - y for x, y in pairs])
    assert rows_of(complement(spans, FIRST, LAST, n_groups=N)) == from_portion([whole - x for x, _ in pairs])
    inner = portion.closedopen(20, 40)
    assert rows_of(clip(merged(spans), 20, 40)) == from_portion([x & inner for x, _ in pairs])


@given(rows, rows)
def test_the_algebra_is_that_of_intervaltree(a: list[Row], b: list[Row]) -> None:
    spans, others = spans_of(a), spans_of(b)
    assert rows_of(merged(spans)) == from_trees([by_tree(a, group) for group in range(N)])
    assert rows_of(union(spans, others)) == from_trees([by_tree(a + b, group) for group in range(N)])
    rest = from_trees([chopped(by_tree(a, group), by_tree(b, group)) for group in range(N)])
    assert rows_of(difference(spans, others)) == rest
    assert rows_of(outside(merged(spans), others)) == rest
    free = [chopped(IntervalTree([Interval(FIRST, LAST)]), by_tree(a, group)) for group in range(N)]
    assert rows_of(complement(spans, FIRST, LAST, n_groups=N)) == from_trees(free)


@given(rows, st.integers(1, 4))
def test_the_depth_is_that_of_intervaltree(a: list[Row], depth: int) -> None:
    trees = [IntervalTree(Interval(s, e, n) for n, (code, s, e) in enumerate(a) if code == g) for g in range(N)]
    deep = [(g, ns) for g, tree in enumerate(trees) for ns in range(FIRST, LAST + 3) if len(tree[ns]) >= depth]
    found = rows_of(covered(spans_of(a), at_least=depth))
    assert [(g, ns) for g, start, end in found for ns in range(start, end)] == deep


@given(rows, rows)
def test_time_in_common_is_that_of_portion(a: list[Row], b: list[Row]) -> None:
    questions = spans_of(b)
    met = meet(timeline(merged(spans_of(a)), n_groups=N), questions)
    common = [by_portion(a, group) & portion.closedopen(start, end) for group, start, end in rows_of(questions)]
    assert met.ns.tolist() == [sum(part.upper - part.lower for part in one if not part.empty) for one in common]


# --- states and roll-ups

IDS = (EquipmentId("a"), EquipmentId("b"), EquipmentId("c"))
states = st.lists(st.tuples(st.sampled_from(State), st.integers(1, 20)), min_size=1, max_size=12)
known_states = st.lists(
    st.tuples(st.sampled_from([s for s in State if s != State.UNKNOWN]), st.integers(1, 20)), min_size=1, max_size=12
)


def intervals_from(of_each: list[list[tuple[State, int]]]) -> Intervals:
    """One after the other from 0, the last state until 300."""
    table = []
    for code, parts in enumerate(of_each):
        at = 0
        for number, (state, length) in enumerate(parts):
            until = 300 if number == len(parts) - 1 else at + length
            table.append((code, at, until, state))
            at = until
    columns = np.array(table, np.int64)
    start, end, source = columns[:, 1], columns[:, 2], np.full(len(table), 6, np.int8)
    return Intervals(IDS, columns[:, 0].astype(np.int32), start, end, columns[:, 3].astype(np.int8), source)


@given(st.lists(states, min_size=3, max_size=3), st.integers(0, 150), st.integers(1, 150))
def test_time_in_states_is_that_of_a_map_of_portion(of_each: list[list[tuple[State, int]]], at: int, ns: int) -> None:
    intervals = intervals_from(of_each)
    window = portion.closedopen(at, at + ns)
    expected = np.zeros((3, len(State)), np.int64)
    for code in range(3):
        held = portion.IntervalDict()
        for row in np.flatnonzero(intervals.equipment == code).tolist():
            held[portion.closedopen(int(intervals.start[row]), int(intervals.end[row]))] = int(intervals.state[row])
        for found, state in held[window].items():
            expected[code, state] = sum(part.upper - part.lower for part in found)
    assert totals_of(clipped(intervals, at, at + ns)).tolist() == expected.tolist()


@given(st.lists(known_states, min_size=3, max_size=3), st.integers(1, 299), st.integers(1, 150))
def test_roll_ups_are_those_of_oee_where_all_is_known(
    of_each: list[list[tuple[State, int]]], planned: int, at: int
) -> None:
    """Its availability is run time / planned production time: our busy in lessons / timetabled, with nothing unknown.

    Its utilization, planned / all time, is our timetabled / calendar. Performance and quality need counts of pieces
    that a lab does not have, so they are 1 here: every piece good and as quick as can be.
    """
    at = min(at, 300 - planned)
    intervals = intervals_from(of_each)
    inventory = Inventory(IDS, ("shop",) * 3, ("",) * 3, ("",) * 3, np.ones(3, np.int32))
    whole = Buckets(np.array([0]), np.array([300]), ("total",))
    code = np.arange(3, dtype=np.int32)
    lessons = Spans(code, np.full(3, at, np.int64), np.full(3, at + planned, np.int64))
    none = spans_of([])
    each = utilisation(intervals, inventory, whole, Bases(lessons, none, none))
    room = grouped(each, Keys(("shop",), np.zeros(3, np.int32)))
    parts = [
        oee.oee(planned, run_time=ns, ideal_cycle_time=max(ns, 1), total_count=1, reject_count=0, all_time=300)
        for ns in each.busy_in_timetable_ns.tolist()
    ]
    together = oee.aggregate(parts)
    ours = ratios.utilisation_timetable(each).value.tolist()
    assert ours == pytest.approx([part.availability for part in parts])
    assert ratios.utilisation_timetable(room).value[0] == pytest.approx(together.availability)
    assert room.timetabled_ns[0] / room.calendar_ns[0] == pytest.approx(together.utilization)


@given(st.lists(known_states, min_size=3, max_size=3))
def test_availability_is_that_of_oee_where_faults_and_maintenance_are_its_downtime(
    of_each: list[list[tuple[State, int]]],
) -> None:
    intervals = intervals_from(of_each)
    inventory = Inventory(IDS, ("shop",) * 3, ("",) * 3, ("",) * 3, np.ones(3, np.int32))
    code = np.arange(3, dtype=np.int32)
    hours = Spans(code, np.zeros(3, np.int64), np.full(3, 300, np.int64))
    none = spans_of([])
    each = utilisation(intervals, inventory, Buckets(np.array([0]), np.array([300]), ("",)), Bases(none, none, hours))
    room = grouped(each, Keys(("shop",), np.zeros(3, np.int32)))
    down = totals_of(intervals)[:, [State.FAULT, State.MAINTENANCE]].sum(axis=1).tolist()
    parts = [oee.oee(300, downtime=ns, ideal_cycle_time=300, total_count=1, reject_count=0) for ns in down]
    assert ratios.availability(each).value.tolist() == pytest.approx([part.availability for part in parts])
    assert ratios.availability(room).value[0] == pytest.approx(oee.aggregate(parts).availability)
