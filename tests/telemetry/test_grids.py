"""The cells that time is cut into, against what each instant is in."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from telemetry.bases import Bases
from telemetry.columns import Buckets
from telemetry.grids import grids
from telemetry.spans import Spans

N_EQUIPMENT = 3
LENGTH = 40

one_span = st.tuples(st.integers(0, N_EQUIPMENT - 1), st.integers(-5, LENGTH + 5), st.integers(-2, 12))
some_spans = st.lists(one_span, max_size=8)
cuts = st.sets(st.integers(1, LENGTH - 1), max_size=4).map(sorted)


def spans_of(rows: list[tuple[int, int, int]]) -> Spans:
    group, start, length = np.array(rows, np.int64).reshape(-1, 3).T
    return Spans(group.astype(np.int32), start, start + length)


def buckets_of(inner: list[int]) -> Buckets:
    edges = np.array([0, *inner, LENGTH], np.int64)
    return Buckets(edges[:-1], edges[1:], tuple(str(nth) for nth in range(len(edges) - 1)))


def holds(rows: list[tuple[int, int, int]], code: int, ns: int) -> bool:
    return any(group == code and start <= ns < start + length for group, start, length in rows)


@settings(deadline=None)
@given(cuts, some_spans, some_spans, some_spans, st.booleans())
def test_a_cell_is_in_one_bucket_and_counts_where_its_first_instant_does(
    inner: list[int],
    timetabled: list[tuple[int, int, int]],
    maintenance: list[tuple[int, int, int]],
    scheduled: list[tuple[int, int, int]],
    together: bool,  # noqa: FBT001 drawn
) -> None:
    if together:  # as in one room, where equipment has the same lessons and hours, each its own maintenance
        everyone = range(N_EQUIPMENT)
        timetabled, scheduled = (
            [(code, start, length) for _, start, length in rows for code in everyone]
            for rows in (timetabled, scheduled)
        )
    buckets = buckets_of(inner)
    bases = Bases(spans_of(timetabled), spans_of(maintenance), spans_of(scheduled))
    for code, grid in enumerate(grids(buckets, bases, N_EQUIPMENT)):
        assert np.all(np.diff(grid.edges) > 0)
        assert grid.edges[grid.ends].tolist() == buckets.end.tolist()
        for ns in range(LENGTH):
            cell = int(np.searchsorted(grid.edges, ns, side="right")) - 1
            free = holds(timetabled, code, ns) and not holds(maintenance, code, ns)
            assert grid.timetabled[cell] == (-1 if free else 0)
            assert grid.scheduled[cell] == (-1 if holds(scheduled, code, ns) else 0)


def test_equipment_with_the_same_lessons_and_hours_is_cut_once() -> None:
    lesson = [(0, 3, 9), (1, 3, 9), (2, 4, 9)]
    bases = Bases(spans_of(lesson), spans_of([(1, 5, 2)]), spans_of([(0, 0, 30), (1, 0, 30), (2, 0, 30)]))
    first, second, other = grids(buckets_of([]), bases, N_EQUIPMENT)
    assert first.edges is second.edges
    assert first.edges.tolist() == [0, 3, 5, 7, 12, 30, LENGTH]
    assert other.edges.tolist() == [0, 4, 13, 30, LENGTH]
