"""Time in each state between instants: the one kernel under every utilisation.

Nothing here knows a lesson or a bucket, rounds, or sums ns as floats; it takes one equipment at a time, whose rows then
fit the processor's cache.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from telemetry.columns import Int8s, Int64s
from telemetry.model import State
from telemetry.spans import Spans

N_STATES = len(State)


def rising(*instants: Int64s, within: tuple[int, int]) -> Int64s:
    """All instants inside `within`, both its ends included, each once."""
    every = np.sort(np.clip(np.concatenate(instants), *within))
    first = np.ones(len(every), np.bool_)
    np.not_equal(every[1:], every[:-1], out=first[1:])
    return every[first]


def cell_states(start: Int64s, end: Int64s, state: Int8s, edges: Int64s) -> Int64s:
    """Nanoseconds in each state in each cell [edges[i], edges[i + 1]), int64[m - 1, len(State)].

    Args:
        start: int64[n] ns, rising: the intervals of one equipment, which may not overlap.
        end: int64[n] ns.
        state: int8[n], codes of `State`.
        edges: int64[m], rising.

    What no interval tells is unknown, so that every cell adds up to its length.
    """
    before = _before(start, end, state, edges)
    cells = np.diff(before, axis=0)
    cells[:, State.UNKNOWN] = 0
    np.subtract(np.diff(edges), cells.sum(axis=1), out=cells[:, State.UNKNOWN])
    return cells


def _before(start: Int64s, end: Int64s, state: Int8s, edges: Int64s) -> Int64s:
    """Nanoseconds in each state before each edge, from an arbitrary zero, int64[m, len(State)]."""
    begun = np.searchsorted(start, edges, side="right")
    # Rows over before the first edge would only shift the zero.
    skipped = max(int(begun[0]) - 1, 0)
    rows = slice(skipped, int(begun[-1]))
    cell = np.repeat(np.arange(0, len(edges) * N_STATES, N_STATES), np.diff(begun, prepend=skipped))
    before = np.zeros((len(edges), N_STATES), np.int64)
    np.add.at(before.reshape(-1), cell + state[rows], end[rows] - start[rows])
    np.cumsum(before, axis=0, out=before)
    # The last row begun may reach beyond the edge; that part is not before it.
    under_way = np.flatnonzero(begun > 0)
    row = begun[under_way] - 1
    before[under_way, state[row]] -= np.maximum(end[row] - edges[under_way], 0)
    return before


def inside(spans: Spans, edges: Int64s) -> npt.NDArray[np.bool_]:
    """Which cells, bool[m - 1], lie in any of the spans; their ends that are inside the edges must be edges."""
    opened = np.bincount(np.searchsorted(edges, spans.start), minlength=len(edges))
    closed = np.bincount(np.searchsorted(edges, spans.end), minlength=len(edges))
    depth = np.cumsum(opened[: len(edges)] - closed[: len(edges)])
    within: npt.NDArray[np.bool_] = depth[:-1] > 0
    return within
