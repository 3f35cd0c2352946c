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
from telemetry.sheet import Sheet
from telemetry.spans import Spans, durations
from telemetry.stretches import Said, said, stretches


class Stated(NamedTuple):
    """Spans that each have a state and a source."""

    spans: Spans
    state: Int8s
    source: Int8s

    def kept(self, where: npt.NDArray[np.bool_]) -> Stated:
        """The spans where `where`, bool[n], holds."""
        rows = np.flatnonzero(where)
        return Stated(self.spans.taken(rows), self.state[rows], self.source[rows])


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
    if end < start:
        message = f"the window [{start}, {end}) runs backwards"
        raise ValueError(message)
    sheet = Sheet(len(at) + int(np.count_nonzero(valid_ns)) + 2 * n_groups)
    for code, changes in enumerate(said(group, at, state, source, valid_ns, n_groups=n_groups)):
        if start < end:
            _write(sheet, changes, start, end)
            sheet.close(code, end)
    return Stated(*sheet.columns())


def _write(sheet: Sheet, changes: Said, start: Instant, end: Instant) -> None:
    """The states of one group from the start of the window on."""
    # What was said before the change that carries into the window is over, and what is said after it is ignored.
    first, last = int(changes.start.searchsorted(start, side="right")), int(changes.start.searchsorted(end))
    changes = changes.rows(slice(max(first - 1, 0), last))
    if first == 0:
        sheet.write(start, State.UNKNOWN, Source.NO_DATA)
    else:
        at, state, source, valid_ns = (int(column[0]) for column in changes)
        until = at + valid_ns if valid_ns > 0 else end
        if until > start:
            sheet.write(start, state, source)
        if until < (int(changes.start[1]) if len(changes.start) > 1 else end):
            sheet.write(max(until, start), State.UNKNOWN, Source.EXPIRED)
    for rows in stretches(min(first, 1), len(changes.start)):
        sheet.write_all(changes, rows, end)


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
