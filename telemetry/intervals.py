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

_FIRST = np.iinfo(np.int64).min
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
    """From `at` on, `group` is in `state`, until its next bound."""

    group: Int32s
    at: Int64s
    state: Int8s
    source: Int8s

    def taken(self, rows: npt.NDArray[np.intp] | npt.NDArray[np.bool_]) -> _Bounds:
        return _Bounds(self.group[rows], self.at[rows], self.state[rows], self.source[rows])


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
    if end < start or np.any((group < 0) | (group >= n_groups)):
        message = f"the window [{start}, {end}) runs backwards or a group is not in 0 to {n_groups - 1}"
        raise ValueError(message)
    order = np.lexsort((np.where(valid_ns > 0, valid_ns, _LAST), state, source, at, group))
    order = order[_last_of_run(group[order], at[order]) & (at[order] < end)]
    changes = _Bounds(group, at, state, source).taken(order)
    every = (_no_data(n_groups), changes, _expiries(changes, valid_ns[order], end))
    bounds = _Bounds(*(np.concatenate([getattr(part, name) for part in every]) for name in _Bounds._fields))
    # Stable: the bound of no data goes before a change at the very first instant, and then holds no time.
    bounds = bounds.taken(np.lexsort((bounds.at, bounds.group)))
    until = _next_in_group(bounds.group, bounds.at, end)
    spans = Spans(bounds.group, np.maximum(bounds.at, start), np.maximum(until, start))
    return _equal_neighbours_joined(Stated(spans, bounds.state, bounds.source).kept(spans.start < spans.end))


def _last_of_run(*columns: npt.NDArray[np.generic]) -> npt.NDArray[np.bool_]:
    """Where the next row differs in any column; the last row always counts."""
    last = np.ones(len(columns[0]), np.bool_)
    last[:-1] = np.any([column[1:] != column[:-1] for column in columns], axis=0)
    return last


def _next_in_group(group: Int32s, at: Int64s, end: Instant) -> Int64s:
    following = np.full(len(at), end, np.int64)
    following[:-1] = np.where(group[1:] == group[:-1], at[1:], end)
    return following


def _no_data(n_groups: int) -> _Bounds:
    return _Bounds(
        np.arange(n_groups, dtype=np.int32),
        np.full(n_groups, _FIRST, np.int64),
        np.full(n_groups, State.UNKNOWN, np.int8),
        np.full(n_groups, Source.NO_DATA, np.int8),
    )


def _expiries(changes: _Bounds, valid_ns: Int64s, end: Instant) -> _Bounds:
    """Where a validity runs out before the next change."""
    until = _next_in_group(changes.group, changes.at, end)
    # at + valid_ns may overflow; the time until the next change is positive and fits uint64 exactly.
    room = until.view(np.uint64) - changes.at.view(np.uint64)
    out = (valid_ns > 0) & (valid_ns.astype(np.uint64) < room)
    count = int(np.count_nonzero(out))
    return _Bounds(
        changes.group[out],
        changes.at[out] + valid_ns[out],
        np.full(count, State.UNKNOWN, np.int8),
        np.full(count, Source.EXPIRED, np.int8),
    )


def _equal_neighbours_joined(stated: Stated) -> Stated:
    (group, start, end), state, source = stated
    last = _last_of_run(group, state, source)
    first = np.roll(last, 1)
    return Stated(Spans(group[last], start[first], end[last]), state[last], source[last])


def totals(spans: Spans, state: Int8s, *, n_groups: int) -> Int64s:
    """Nanoseconds in each state, int64[n_groups, len(State)]; added up as integers, so nothing is lost."""
    sums = np.zeros((n_groups, len(State)), np.int64)
    np.add.at(sums, (spans.group, state), durations(spans))
    return sums


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
