"""More rows than one stretch holds, against plain loops; and what is no column of one equipment after the other."""

from __future__ import annotations

from itertools import groupby, pairwise

import numpy as np
import pytest

from telemetry.cells import cell_states
from telemetry.columns import Changes, Intervals
from telemetry.intervals import intervals_of
from telemetry.model import EquipmentId, Source, State
from telemetry.scratch import Scratch
from telemetry.stretches import ROWS, stretches, told_of_each

IDS = (EquipmentId("mill"), EquipmentId("printer"))
LENGTH = 20 * ROWS


def many_changes() -> Changes:
    """More than two stretches of one equipment, a few of the other, from before the window to behind it."""
    rng = np.random.default_rng(5)
    n = 2 * ROWS + 1000
    at = np.append(np.sort(rng.choice(np.arange(-50, LENGTH + 50), n, replace=False)), [3, LENGTH // 2])
    state = rng.choice(np.array([State.UNKNOWN, State.IDLE, State.BUSY], np.int8), n + 2)
    source = rng.choice(np.array([Source.EXPIRED, Source.DEVICE], np.int8), n + 2)
    valid_ns = rng.choice(np.array([0, 0, 5, 1000]), n + 2)
    return Changes(IDS, np.append(np.zeros(n, np.int32), [1, 1]).astype(np.int32), at, state, source, valid_ns)


def told(changes: Changes) -> list[tuple[int, int, int, int, int]]:
    """The twin: equipment, start, end, state, source of every span, by one step after the other."""
    spans: list[tuple[int, int, int, int, int]] = []
    columns = (changes.equipment, changes.at, changes.state, changes.source, changes.valid_ns)
    rows = zip(*(column.tolist() for column in columns), strict=True)
    for code, of_one in groupby(rows, key=lambda row: row[0]):
        bounds = [(-(10**18), int(State.UNKNOWN), int(Source.NO_DATA))]
        for (_, at, state, source, valid_ns), (_, following, *_) in pairwise([*of_one, (code, LENGTH, 0, 0, 0)]):
            bounds.append((at, state, source))
            if valid_ns and at + valid_ns < following:
                bounds.append((at + valid_ns, State.UNKNOWN, Source.EXPIRED))
        inside = [
            (max(at, 0), min(until, LENGTH), state, source)
            for (at, state, source), (until, *_) in pairwise([*bounds, (LENGTH, 0, 0)])
            if max(at, 0) < min(until, LENGTH)
        ]
        for (state, source), alike in groupby(inside, key=lambda span: span[2:]):
            parts = list(alike)
            spans.append((code, parts[0][0], parts[-1][1], state, source))
    return spans


def test_intervals_run_on_over_the_edges_of_stretches() -> None:
    found = intervals_of(many_changes(), 0, LENGTH)
    columns = (found.equipment, found.start, found.end, found.state, found.source)
    assert list(zip(*(column.tolist() for column in columns), strict=True)) == told(many_changes())


def test_time_in_states_runs_on_over_the_edges_of_stretches() -> None:
    edges = np.array([0, 1, 7, LENGTH // 3, LENGTH // 3 + 1, LENGTH - 9, LENGTH])
    expected = np.zeros((len(IDS), len(State), len(edges) - 1), np.int64)
    for code, start, end, state, _ in told(many_changes()):
        for cell, (first, until) in enumerate(pairwise(edges.tolist())):
            expected[code, state, cell] += max(min(end, until) - max(start, first), 0)
    for source in (many_changes(), intervals_of(many_changes(), 0, LENGTH)):
        found = [cell_states(one, edges, Scratch()).copy() for one in told_of_each(source)]
        assert np.array_equal(found, expected)


def test_stretches_take_every_row_once() -> None:
    assert [row for rows in stretches(3, 2 * ROWS) for row in range(rows.start, rows.stop)] == list(range(3, 2 * ROWS))
    assert list(stretches(5, 5)) == []


def test_a_fault_far_behind_is_found() -> None:
    start = np.arange(ROWS + 10)
    start[-1] = 0
    codes = np.zeros(len(start), np.int8)
    broken = Intervals(IDS, codes.astype(np.int32), start, start + 1, codes, codes)
    with pytest.raises(ValueError, match="overlap or are not by start"):
        list(told_of_each(broken))
