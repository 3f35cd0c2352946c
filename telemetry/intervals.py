"""Who was in which state when: changes of state as half-open intervals, and their totals.

Nothing here rounds or leaves a hole: whatever the changes, the states of an equipment add up to the window to the
nanosecond. Kernels take bare equal-length arrays and an int32 group code for the equipment; the named layer stands
at the end, the arithmetic of spans in `telemetry.spans`.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from telemetry.columns import Changes, Float64s, Int8s, Int32s, Int64s, Intervals
from telemetry.model import Instant, Source, State
from telemetry.spans import Spans, durations

_LAST = np.iinfo(np.int64).max


class Stated(NamedTuple):
    """Spans that each have a state and a source."""

    spans: Spans
    state: Int8s
    source: Int8s

    def kept(self, where: npt.NDArray[np.bool_]) -> Stated:
        """The spans where `where`, bool[n], holds."""
        return Stated(self.spans.kept(where), self.state[where], self.source[where])


class _Bounds(NamedTuple):
    """One group: from `at` on, rising, it is in `state`, until the next bound."""

    at: Int64s
    state: Int8s
    source: Int8s

    def taken(self, rows: npt.NDArray[np.intp] | npt.NDArray[np.bool_] | slice) -> _Bounds:
        return _Bounds(self.at[rows], self.state[rows], self.source[rows])

    def put_in(self, before: npt.NDArray[np.intp], unknown_at: Int64s, source: Source) -> _Bounds:
        """With bounds to unknown, each before the row that `before` says."""
        put = np.zeros(len(self.at) + len(before), np.bool_)
        put[before + np.arange(len(before))] = True
        at = np.empty(len(put), np.int64)
        at[put], at[~put] = unknown_at, self.at
        state, said_by = np.full(len(put), State.UNKNOWN, np.int8), np.full(len(put), source, np.int8)
        state[~put], said_by[~put] = self.state, self.source
        return _Bounds(at, state, said_by)


def from_changes(
    group: Int32s,
    at: Int64s,
    state: Int8s,
    source: Int8s,
    valid_ns: Int64s,
    *,
    window: tuple[Instant, Instant],
    n_groups: int,
) -> Stated:
    """The state at every nanosecond of a window, by group then start, without holes or overlaps.

    Args:
        group: int32[n] in 0 to `n_groups` - 1.
        at: int64[n], when each state began, ns UTC, any order; before the window it carries in, after it is ignored.
        state: int8[n], codes of `State`.
        source: int8[n], codes of `Source`.
        valid_ns: int64[n], after which the state is unknown again; 0 holds until the next change.
        window: [start, end), ns UTC.
        n_groups: every group gets the whole window, also without a single change.

    Of several changes of a group at one instant the greater source counts, then the greater state, then the longest
    validity. The answer depends on the set of changes alone, not on their order or how often they come. Equal
    neighbours are one span. Raises `ValueError` for a window that runs backwards and a group out of range.
    """
    start, end = window
    if end < start or (len(group) and not 0 <= group.min() <= group.max() < n_groups):
        message = f"the window [{start}, {end}) runs backwards or a group is not in 0 to {n_groups - 1}"
        raise ValueError(message)
    if np.any(group[1:] < group[:-1]):
        # Of the narrowest kind, for 16 bits or fewer are sorted in one go.
        order = np.argsort(group.astype(np.min_scalar_type(n_groups)), kind="stable")
        group, at, valid_ns = group[order], at[order], valid_ns[order]
        state, source = state[order], source[order]
    cuts = np.searchsorted(group, np.arange(n_groups + 1)).tolist()
    # One group after the other: its rows fit the processor's cache.
    tiles = [
        _tiles(*_in_order(_Bounds(at[rows], state[rows], source[rows]), valid_ns[rows]), start, end)
        for rows in map(slice, cuts[:-1], cuts[1:])
    ]
    return _joined(tiles, end)


def _in_order(changes: _Bounds, valid_ns: Int64s) -> tuple[_Bounds, Int64s]:
    """The changes of one group by time, one an instant: as they come where they rise already, and else sorted."""
    if np.all(changes.at[1:] > changes.at[:-1]):
        return changes, valid_ns
    order = np.argsort(changes.at, kind="stable")
    at = changes.at[order]
    if np.any(at[1:] == at[:-1]):
        lasting = np.where(valid_ns > 0, valid_ns, _LAST)
        order = np.lexsort((lasting, changes.state, changes.source, changes.at))
        order = order[np.append(at[1:] != at[:-1], [True])]
    return changes.taken(order), valid_ns[order]


def _tiles(changes: _Bounds, valid_ns: Int64s, start: Instant, end: Instant) -> _Bounds:
    """The states of one group from the start of the window on; equal neighbours are one."""
    if start == end:
        return changes.taken(slice(0, 0))
    last = np.searchsorted(changes.at, end)
    # What was said before the change that carries into the window is over.
    first = max(int(np.searchsorted(changes.at, start, side="right")) - 1, 0)
    bounds = _with_expiries(changes.taken(slice(first, last)), valid_ns[first:last], end)
    carried = int(np.searchsorted(bounds.at, start, side="right")) - 1
    if carried < 0:
        bounds = bounds.put_in(np.zeros(1, np.intp), np.array([start], np.int64), Source.NO_DATA)
    else:
        bounds = bounds.taken(slice(carried, None))
    differs = np.ones(len(bounds.at), np.bool_)
    differs[1:] = (bounds.state[1:] != bounds.state[:-1]) | (bounds.source[1:] != bounds.source[:-1])
    bounds = bounds.taken(differs)
    bounds.at[0] = start
    return bounds


def _with_expiries(changes: _Bounds, valid_ns: Int64s, end: Instant) -> _Bounds:
    """The changes, and a bound to unknown after each whose validity runs out before the next."""
    # at + valid_ns may overflow; the time until the next change is positive and fits uint64 exactly.
    room = np.append(changes.at[1:], np.array([end], np.int64)).view(np.uint64) - changes.at.view(np.uint64)
    out = np.flatnonzero((valid_ns > 0) & (valid_ns.view(np.uint64) < room))
    if not len(out):
        return changes
    return changes.put_in(out + 1, changes.at[out] + valid_ns[out], Source.EXPIRED)


def _joined(tiles: list[_Bounds], end: Instant) -> Stated:
    """The tiles of each group, end to end; each ends where the next of its group starts, the last at `end`."""
    counts = np.array([len(bounds.at) for bounds in tiles], np.intp)
    group = np.repeat(np.arange(len(tiles), dtype=np.int32), counts)
    starts = np.concatenate([np.empty(0, np.int64), *(bounds.at for bounds in tiles)])
    state = np.concatenate([np.empty(0, np.int8), *(bounds.state for bounds in tiles)])
    source = np.concatenate([np.empty(0, np.int8), *(bounds.source for bounds in tiles)])
    ends = np.empty_like(starts)
    ends[:-1] = starts[1:]
    ends[np.cumsum(counts)[counts > 0] - 1] = end
    return Stated(Spans(group, starts, ends), state, source)


def totals(spans: Spans, state: Int8s, *, n_groups: int) -> Int64s:
    """Nanoseconds in each state, int64[n_groups, len(State)]; added up as integers, so nothing is lost."""
    sums = np.zeros(n_groups * len(State), np.int64)
    np.add.at(sums, spans.group.astype(np.intp) * len(State) + state, durations(spans))
    return sums.reshape(n_groups, len(State))


def coverage(state_totals: Int64s) -> Float64s:
    """Known time over all time, float64[n_groups], of `totals`; NaN where there is no time at all."""
    all_ns = state_totals.sum(axis=1)
    known_ns = all_ns - state_totals[:, State.UNKNOWN]
    return np.where(all_ns > 0, known_ns / np.where(all_ns > 0, all_ns, 1), np.nan)


def intervals_of(changes: Changes, start: Instant, end: Instant) -> Intervals:
    """The state of every equipment of `changes.ids` at every nanosecond of [start, end): see `from_changes`."""
    (group, starts, ends), state, source = from_changes(
        changes.equipment,
        changes.at,
        changes.state,
        changes.source,
        changes.valid_ns,
        window=(start, end),
        n_groups=len(changes.ids),
    )
    return Intervals(changes.ids, group, starts, ends, state, source)


def clipped(intervals: Intervals, start: Instant, end: Instant) -> Intervals:
    """The part of `intervals` in [start, end)."""
    cut = Spans(intervals.equipment, np.maximum(intervals.start, start), np.minimum(intervals.end, end))
    (group, starts, ends), state, source = Stated(cut, intervals.state, intervals.source).kept(cut.start < cut.end)
    return Intervals(intervals.ids, group, starts, ends, state, source)


def spans_of(intervals: Intervals, *states: State) -> Spans:
    """The bare spans of `intervals`, of the given states only where some are given."""
    spans = Spans(intervals.equipment, intervals.start, intervals.end)
    return spans.kept(np.isin(intervals.state, states)) if states else spans


def totals_of(intervals: Intervals) -> Int64s:
    """Nanoseconds of each equipment in each state, int64[len(ids), len(State)]; a row adds up to the window."""
    return totals(spans_of(intervals), intervals.state, n_groups=len(intervals.ids))
