"""What the equipment of each claim did in its time: busy, and known at all.

Nothing here decides whether that makes a session; that is `telemetry.sessions`.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from telemetry.claims import Claims
from telemetry.columns import Float64s, Int64s, Intervals
from telemetry.model import Instant, State
from telemetry.spans import Spans
from telemetry.timelines import Meetings, Picked, bounds_of, by_group, greatest, in_state, meet, sums, timeline


class Amounts(NamedTuple):
    """The use of each claim: columns of the same names of `Sessions`, and how many `devices` were busy at all."""

    busy_ns: Int64s
    most_busy_ns: Int64s
    known_ns: Int64s
    base_ns: Int64s
    devices: Int64s

    @property
    def coverage(self) -> Float64s:
        """Known time over all time, float64[n]; 0 where there is none."""
        return np.where(self.base_ns > 0, self.known_ns / np.maximum(self.base_ns, 1), 0.0)


class Use(NamedTuple):
    """What the equipment did, by claim and equipment in the order of `Claims.equipment`.

    `busy` are the rows of `busy_rows` that it met in the window, and for how long; `known_ns` is known time in
    [start, end).
    """

    busy_rows: Int64s
    busy: Meetings
    known_ns: Int64s


def use_of(intervals: Intervals, busy: Picked, claims: Claims, now: Instant) -> Use:
    """How much of each claim's time its equipment was busy and known, as far as there is data and until `now`.

    `busy` are the intervals of that state, until `now`.
    """
    n_groups = len(intervals.ids) + 1
    order = by_group(claims.equipment)
    group, claim = claims.equipment[order], claims.each(np.arange(len(claims.start)))[order]
    window = Spans(group, claims.window_start[claim], claims.window_end[claim])
    met = meet(timeline(busy.spans, n_groups=n_groups), window)
    asked = Spans(group, claims.start[claim], np.clip(now, claims.start, claims.end)[claim])
    back = np.empty(len(order), np.int64)
    back[order] = np.arange(len(order))
    known_ns = _known_ns(intervals, asked, now, n_groups)
    return Use(busy.rows, Meetings(*(column[back] for column in met)), known_ns[back])


def _known_ns(intervals: Intervals, asked: Spans, now: Instant, n_groups: int) -> Int64s:
    """Time of each question, until `now`, that is in intervals and not unknown: beyond them nothing is known."""
    unknown = meet(timeline(in_state(intervals, State.UNKNOWN, now).spans, n_groups=n_groups), asked)
    first, last = _hulls(intervals, n_groups)
    told = np.minimum(asked.end, last[asked.group]) - np.maximum(asked.start, first[asked.group])
    known: Int64s = np.maximum(told, 0) - unknown.ns
    return known


def _hulls(intervals: Intervals, n_groups: int) -> tuple[Int64s, Int64s]:
    """From when and until when there are intervals of each equipment, which have no holes; 0 to 0 where none are."""
    bounds = bounds_of(intervals.equipment, n_groups)
    some = np.flatnonzero(np.diff(bounds))
    hulls = np.zeros((2, n_groups), np.int64)
    hulls[:, some] = intervals.start[bounds[some]], intervals.end[bounds[some + 1] - 1]
    return hulls[0], hulls[1]


def amounts_of(claims: Claims, use: Use, now: Instant) -> Amounts:
    """The use of each claim, all its equipment together."""
    starts, busy_ns = claims.equipment_start, use.busy.ns
    return Amounts(
        busy_ns=sums(starts, busy_ns),
        most_busy_ns=greatest(starts, busy_ns),
        known_ns=sums(starts, use.known_ns),
        base_ns=(np.clip(now, claims.start, claims.end) - claims.start) * np.diff(starts),
        devices=sums(starts, (busy_ns > 0).astype(np.int64)),
    )
