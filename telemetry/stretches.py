"""What was told of one equipment after the other, some thousand rows at a time, so that they stay in a near cache.

Nothing here knows a bucket or a window; rows are only put in order, never merged or cut.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from telemetry.columns import Changes, Int8s, Int32s, Int64s, Intervals
from telemetry.model import Instant
from telemetry.scratch import Scratch

ROWS = 65_536
"""Rows of a stretch: a column of eight bytes is half a megabyte, so that a few of them stay in a near cache."""

_LAST = np.iinfo(np.int64).max
_ONE = np.uint64(1)


class Told(Protocol):
    """One equipment: from `start[i]` on, int64[n] not falling, it was in `state[i]`, int8[n], and for how long."""

    @property
    def start(self) -> Int64s:
        """When each state began, ns UTC."""

    @property
    def state(self) -> Int8s:
        """Codes of `State`."""

    def lasting(self, rows: slice, until: Instant, scratch: Scratch) -> Int64s:
        """How long each of `rows` lasted, int64[k] ns; no row behind the last one begins before `until`.

        The answer lies in the scratch, until the next one.
        """


class Shown(NamedTuple):
    """Intervals of one equipment that do not overlap."""

    start: Int64s
    end: Int64s
    state: Int8s

    def lasting(self, rows: slice, until: Instant, scratch: Scratch) -> Int64s:  # noqa: ARG002 it knows its end
        """See `Told`."""
        return np.subtract(self.end[rows], self.start[rows], out=scratch.int64s("lasting", rows.stop - rows.start))


class Said(NamedTuple):
    """Changes of one equipment by time, one an instant; those with `valid_ns` 0 hold until the next."""

    start: Int64s
    state: Int8s
    source: Int8s
    valid_ns: Int64s

    def rows(self, rows: slice | npt.NDArray[np.intp]) -> Said:
        """Some of them."""
        return Said(self.start[rows], self.state[rows], self.source[rows], self.valid_ns[rows])

    def lasting(self, rows: slice, until: Instant, scratch: Scratch) -> Int64s:
        """See `Told`."""
        # As uint64 a difference of two int64 that rise is exact, and 0 - 1, a validity without end, is the greatest.
        n = rows.stop - rows.start
        ns = self.until_next(rows, until, scratch.int64s("lasting", n)).view(np.uint64)
        ns -= _ONE
        valid_ns = np.subtract(
            self.valid_ns[rows].view(np.uint64), _ONE, out=scratch.int64s("valid", n).view(np.uint64)
        )
        np.minimum(ns, valid_ns, out=ns)
        ns += _ONE
        return ns.view(np.int64)

    def until_next(self, rows: slice, until: Instant, ns: Int64s) -> Int64s:
        """`ns`, int64[k], from each of `rows` to the next, from the last of all to `until`; it may wrap around."""
        start = self.start[rows]
        np.subtract(start[1:], start[:-1], out=ns[:-1])
        following = self.start[rows.stop : rows.stop + 1] if rows.stop < len(self.start) else np.array([until])
        np.subtract(following, start[-1:], out=ns[-1:])
        return ns

    def run_out(self, rows: slice, until: Instant) -> npt.NDArray[np.intp]:
        """Which of `rows`, intp[k] from 0 on, are valid for less than until the next."""
        ns = self.until_next(rows, until, np.empty(rows.stop - rows.start, np.int64)).view(np.uint64)
        # As in `lasting`; the last of all begins before `until`.
        ns -= _ONE
        return np.flatnonzero(self.valid_ns[rows].view(np.uint64) - _ONE < ns)


def stretches(first: int, last: int) -> Iterator[slice]:
    """The rows `first` to `last` (behind the last) in their order."""
    return (slice(low, min(low + ROWS, last)) for low in range(first, last, ROWS))


def everywhere(compare: np.ufunc, a: npt.NDArray[np.generic], b: npt.NDArray[np.generic]) -> bool:
    """Whether a comparison holds of every row of two columns of one length."""
    return all(bool(compare(a[rows], b[rows]).all()) for rows in stretches(0, len(a)))


def said(group: Int32s, at: Int64s, state: Int8s, source: Int8s, valid_ns: Int64s, *, n_groups: int) -> Iterator[Said]:
    """The changes of each group in turn; what each array holds says `telemetry.intervals.from_changes`.

    Raises `ValueError` for a group that is not in 0 to `n_groups` - 1.
    """
    every = Said(at, state, source, valid_ns)
    if not everywhere(np.less_equal, group[:-1], group[1:]):
        # Of the narrowest kind, for 16 bits or fewer are sorted in one go.
        order = np.argsort(group.astype(np.min_scalar_type(n_groups)), kind="stable")
        group, every = group[order], every.rows(order)
    if len(group) and not 0 <= group[0] <= group[-1] < n_groups:
        message = f"a group is not in 0 to {n_groups - 1}"
        raise ValueError(message)
    cuts = np.searchsorted(group, np.arange(n_groups + 1, dtype=group.dtype)).tolist()
    return (_in_order(every.rows(slice(*cut))) for cut in pairwise(cuts))


def _in_order(changes: Said) -> Said:
    """By time, one an instant: as they come where they rise already, and else sorted."""
    if everywhere(np.less, changes.start[:-1], changes.start[1:]):
        return changes
    order = np.argsort(changes.start, kind="stable")
    at = changes.start[order]
    if np.any(at[1:] == at[:-1]):
        lasting = np.where(changes.valid_ns > 0, changes.valid_ns, _LAST)
        order = np.lexsort((lasting, changes.state, changes.source, changes.start))
        order = order[np.append(at[1:] != at[:-1], [True])]
    return changes.rows(order)


def _shown(intervals: Intervals) -> Iterator[Shown]:
    """The intervals of each equipment in turn."""
    if not everywhere(np.less_equal, intervals.equipment[:-1], intervals.equipment[1:]):
        raise ValueError("intervals are not by equipment")
    cuts = np.searchsorted(intervals.equipment, np.arange(len(intervals.ids) + 1, dtype=np.int32)).tolist()
    for cut in pairwise(cuts):
        rows = slice(*cut)
        shown = Shown(intervals.start[rows], intervals.end[rows], intervals.state[rows])
        one_after_the_other = everywhere(np.less_equal, shown.end[:-1], shown.start[1:])
        if not one_after_the_other or not everywhere(np.less_equal, shown.start, shown.end):
            raise ValueError("intervals of one equipment overlap or are not by start")
        yield shown


def told_of_each(told: Intervals | Changes) -> Iterator[Told]:
    """What was told of each equipment of `told.ids` in turn.

    Raises `ValueError` where intervals overlap or are not by equipment, then start; changes come in any order.
    """
    if isinstance(told, Intervals):
        return _shown(told)
    return said(told.equipment, told.at, told.state, told.source, told.valid_ns, n_groups=len(told.ids))
