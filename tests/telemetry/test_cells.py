"""The kernel of cells against a count of every single nanosecond."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from telemetry.cells import cell_states, inside, rising
from telemetry.model import State
from telemetry.scratch import Scratch
from telemetry.spans import Spans
from telemetry.stretches import Shown

LENGTH = 30
lengths = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 6), st.sampled_from(State)), max_size=8)
some_edges = st.sets(st.integers(-5, LENGTH), min_size=2, max_size=9).map(sorted)


@settings(deadline=None)
@given(lengths, some_edges)
def test_each_nanosecond_is_in_one_state_and_a_hole_is_unknown(
    told: list[tuple[int, int, State]], edges: list[int]
) -> None:
    rows, at = [], 0
    for pause, length, state in told:
        rows.append((at + pause, at + pause + length, int(state)))
        at += pause + length
    start, end, state_codes = np.array(rows, np.int64).reshape(-1, 3).T
    expected = np.zeros((len(State), len(edges) - 1), np.int64)
    for cell in range(len(edges) - 1):
        for ns in range(edges[cell], edges[cell + 1]):
            said = [code for first, until, code in rows if first <= ns < until]
            expected[said[0] if said else State.UNKNOWN, cell] += 1
    cells = cell_states(Shown(start, end, state_codes.astype(np.int8)), np.array(edges, np.int64), Scratch())
    assert cells.tolist() == expected.tolist()


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(-9, 40), st.integers(0, 20)), max_size=6), some_edges)
def test_a_cell_is_inside_where_any_span_is(listed: list[tuple[int, int]], some: list[int]) -> None:
    start, length = np.array(listed, np.int64).reshape(-1, 2).T
    spans = Spans(np.zeros(len(start), np.int32), start, start + length)
    edges = rising(np.array(some, np.int64), spans.start, spans.end, within=(some[0], some[-1]))
    assert edges.tolist() == sorted({min(max(at, some[0]), some[-1]) for at in [*some, *start, *(start + length)]})
    held = inside(spans, edges)
    for cell, within in enumerate(held.tolist()):
        for ns in range(edges[cell], edges[cell + 1]):
            assert within == any(a <= ns < a + n for a, n in listed)
