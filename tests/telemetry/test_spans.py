"""The arithmetic of spans against sets of single nanoseconds."""

from __future__ import annotations

import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from telemetry.spans import (
    Spans,
    clip,
    complement,
    difference,
    durations,
    intersection,
    merged,
    runs,
    split_at,
    union,
)

N_GROUPS = 3
LATE = 2**63 - 1
EARLY = -(2**63)

rows = st.lists(st.tuples(st.integers(0, N_GROUPS - 1), st.integers(-5, 25), st.integers(-5, 25)), max_size=12)
instants = st.integers(-8, 28)


def spans_from(listed: list[tuple[int, int, int]]) -> Spans:
    columns = np.array(listed, np.int64).reshape(-1, 3)
    return Spans(columns[:, 0].astype(np.int32), columns[:, 1], columns[:, 2])


def held(spans: Spans) -> set[tuple[int, int]]:
    """The slow, obvious twin: every nanosecond by itself."""
    listed = zip(spans.group.tolist(), spans.start.tolist(), spans.end.tolist(), strict=True)
    return {(group, ns) for group, start, end in listed for ns in range(start, end)}


def is_tidy(spans: Spans) -> bool:
    """By group then start, none empty, none touching the next."""
    listed = list(zip(spans.group.tolist(), spans.start.tolist(), spans.end.tolist(), strict=True))
    apart = all(a[0] < b[0] or a[2] < b[1] for a, b in itertools.pairwise(listed))
    return apart and all(start < end for _, start, end in listed)


@given(rows)
def test_merged_spans_hold_the_same_time_tidily(listed: list[tuple[int, int, int]]) -> None:
    result = merged(spans_from(listed))
    assert held(result) == held(spans_from(listed))
    assert is_tidy(result)


@given(rows, rows)
def test_set_operations_equal_those_of_sets(
    left: list[tuple[int, int, int]], right: list[tuple[int, int, int]]
) -> None:
    a, b = spans_from(left), spans_from(right)
    for operation, expected in (
        (union, held(a) | held(b)),
        (intersection, held(a) & held(b)),
        (difference, held(a) - held(b)),
    ):
        result = operation(a, b)
        assert (held(result), is_tidy(result)) == (expected, True)


@given(rows, instants, instants)
def test_complement_fills_every_group_of_the_window(listed: list[tuple[int, int, int]], start: int, end: int) -> None:
    result = complement(spans_from(listed), start, end, n_groups=N_GROUPS)
    window = {(group, ns) for group in range(N_GROUPS) for ns in range(start, end)}
    assert held(result) == window - held(spans_from(listed))
    assert is_tidy(result)


@given(rows, instants, instants)
def test_clipped_spans_keep_what_lies_inside(listed: list[tuple[int, int, int]], start: int, end: int) -> None:
    spans = spans_from(listed)
    result = clip(spans, start, end)
    assert held(result) == {(group, ns) for group, ns in held(spans) if start <= ns < end}
    assert (durations(result) > 0).all()


@given(rows, st.sets(st.integers(-3, 22), max_size=6))
def test_pieces_between_edges_add_up_to_their_span(listed: list[tuple[int, int, int]], cuts: set[int]) -> None:
    spans = spans_from([(group, min(a, b), max(a, b)) for group, a, b in listed])
    edges = np.array(sorted(cuts), np.int64)
    pieces, row, bucket = split_at(spans, edges)
    assert np.bincount(row, durations(pieces), len(listed)).tolist() == durations(spans).tolist()
    assert ((durations(pieces) > 0) | (durations(spans)[row] == 0)).all()
    bounds = [EARLY, *sorted(cuts), LATE]
    expected = [
        (group, max(start, bounds[i]), min(end, bounds[i + 1]), i - 1)
        for group, start, end in zip(*(column.tolist() for column in spans), strict=True)
        for i in range(len(bounds) - 1)
        if max(start, bounds[i]) < min(end, bounds[i + 1])
    ]
    assert [
        piece for piece in zip(*(c.tolist() for c in (*pieces, bucket)), strict=True) if piece[1] < piece[2]
    ] == expected


def test_spans_at_the_limits_of_int64_do_not_overflow() -> None:
    whole = spans_from([(0, EARLY, LATE)])
    inner = spans_from([(0, -1, 1)])
    assert difference(whole, inner).start.tolist() == [EARLY, 1]
    assert difference(whole, inner).end.tolist() == [-1, LATE]
    assert complement(inner, EARLY, LATE, n_groups=1).end.tolist() == [-1, LATE]


@given(st.lists(st.integers(-50, 50), max_size=20), st.integers(0, 10))
def test_runs_divide_at_pauses_longer_than_the_gap(listed: list[int], gap_ns: int) -> None:
    expected: list[list[int]] = []
    for t in sorted(listed):
        if expected and t - expected[-1][1] <= gap_ns:
            expected[-1][1] = t
        else:
            expected.append([t, t])
    first, last = runs(np.array(sorted(listed), np.int64), gap_ns)
    assert [list(pair) for pair in zip(first.tolist(), last.tolist(), strict=True)] == expected


def test_a_pause_of_all_time_divides_runs() -> None:
    first, _ = runs(np.array([EARLY, LATE], np.int64), LATE)
    assert first.tolist() == [EARLY, LATE]
