"""Time in each state between instants: the one kernel under every utilisation.

Nothing here knows a lesson or a bucket, rounds, or sums ns as floats; it takes one equipment at a time, whose rows then
fit the processor's cache.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from telemetry.columns import Int64s
from telemetry.model import State
from telemetry.scratch import Scratch
from telemetry.spans import Spans
from telemetry.stretches import Told, stretches

N_STATES = len(State)


def rising(*instants: Int64s, within: tuple[int, int]) -> Int64s:
    """All instants inside `within`, both its ends included, each once."""
    # A stable sort merges columns that rise already.
    every = np.concatenate(instants)
    np.clip(every, *within, out=every)
    every.sort(kind="stable")
    first = np.ones(len(every), np.bool_)
    np.not_equal(every[1:], every[:-1], out=first[1:])
    return every[np.flatnonzero(first)]


def cell_states(told: Told, edges: Int64s, scratch: Scratch, *, more: int = 0) -> Int64s:
    """Nanoseconds in each state in each cell [edges[i], edges[i + 1]), int64[len(State) + more, m - 1].

    Args:
        told: the states of one equipment.
        edges: int64[m], rising.
        scratch: where the answer lies too, until the next one.
        more: rows behind those of the states, for the caller to fill.

    What was not told is unknown, so that every cell adds up to its length.
    """
    # A row more on both sides: for what begins before the first edge, and from the last one on.
    sums = scratch.int64s("sums", len(edges) + 1, N_STATES)
    sums.fill(0)
    begun = told.start.searchsorted(edges, side="right")
    # What begins before the last row under the first edge is over by then.
    for rows in stretches(max(int(begun[0]) - 1, 0), int(begun[-1])):
        _add(sums.reshape(-1), told, rows, begun, edges, scratch)
    cells = scratch.int64s("cells", N_STATES + more, len(edges) - 1)
    np.copyto(cells[1:N_STATES], sums[1:-1, 1:].T)
    np.subtract(edges[1:], edges[:-1], out=cells[State.UNKNOWN])
    cells[State.UNKNOWN] -= np.add.reduce(cells[1:N_STATES], axis=0)
    return cells


def _add(sums: Int64s, told: Told, rows: slice, begun: npt.NDArray[np.intp], edges: Int64s, scratch: Scratch) -> None:
    """Add what begins in a stretch of rows to the cell it begins in, and move what lasts longer over each edge."""
    low, high = (int(place) for place in begun.searchsorted((rows.start, rows.stop), side="right"))
    state, ns = told.state[rows], told.lasting(rows, int(edges[-1]), scratch)
    first = np.arange(low * N_STATES, (high + 1) * N_STATES, N_STATES)
    ends = begun[low:high] - rows.start
    # Each row is one cell further for every edge up to it.
    place = scratch.int64s("place", len(ns) + 1)
    place.fill(0)
    place[0] = first[0]
    np.add.at(place, ends, N_STATES)
    place = np.cumsum(place, out=place)[:-1]
    place += state
    np.add.at(sums, place, ns)
    under = ends - 1
    over_ns = np.maximum(told.start[rows].take(under) + ns.take(under) - edges[low:high], 0)
    cell = first[:-1] + state.take(under)
    np.subtract.at(sums, cell, over_ns)
    np.add.at(sums, cell + N_STATES, over_ns)


def inside(spans: Spans, edges: Int64s) -> npt.NDArray[np.bool_]:
    """Which cells, bool[m - 1], lie in any of the spans; their ends that are inside the edges must be edges."""
    # A place more, for what is behind the last edge.
    depth = np.bincount(edges.searchsorted(spans.start), minlength=len(edges) + 1)
    depth -= np.bincount(edges.searchsorted(spans.end), minlength=len(edges) + 1)
    within: npt.NDArray[np.bool_] = np.cumsum(depth[:-2]) > 0
    return within
