"""The arithmetic of half-open spans by group: merge, union, intersection, difference, complement, clip, split.

Nothing here knows a state or rounds: all is int64 nanoseconds, and what is cut up adds up to the whole again.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from telemetry.columns import Int32s, Int64s
from telemetry.model import Instant

_FIRST = np.iinfo(np.int64).min
_LAST = np.iinfo(np.int64).max


class Spans(NamedTuple):
    """Spans [start, end) by group, any order unless said otherwise; an empty or backward one holds no time."""

    group: Int32s
    start: Int64s
    end: Int64s

    def kept(self, where: npt.NDArray[np.bool_]) -> Spans:
        """The spans where `where`, bool[n], holds."""
        # Rows are taken several times faster than a mask is.
        return self.taken(np.flatnonzero(where))

    def taken(self, rows: npt.NDArray[np.integer]) -> Spans:
        """The spans at `rows`, int[k], in that order."""
        return Spans(self.group[rows], self.start[rows], self.end[rows])


def _swept(opens: Spans, closes: Spans, *, at_least: int) -> Spans:
    """Where `opens` cover a group at least `at_least` times more than `closes`, by group then start.

    Each span raises the depth at one instant and lowers it at another; it is 0 before and after each group. At one
    instant what raises the depth goes first, so neighbours that touch become one.
    """
    opens, closes = (spans.kept(spans.start < spans.end) for spans in (opens, closes))
    raised, lowered = np.concatenate((opens.start, closes.end)), np.concatenate((opens.end, closes.start))
    group = np.concatenate((opens.group, closes.group))
    if np.any(group[1:] < group[:-1]):
        order = np.argsort(group, kind="stable")
        group, raised, lowered = group[order], raised[order], lowered[order]
    deep_after, deep_before = np.zeros((2, len(group)), np.bool_)
    cuts = [0, *(np.flatnonzero(group[1:] != group[:-1]) + 1).tolist(), len(group)]
    for rows in map(slice, cuts[:-1], cuts[1:]):
        ups, downs, after, before = raised[rows], lowered[rows], deep_after[rows], deep_before[rows]
        # A stable sort merges spans that rise already.
        ups.sort(kind="stable")
        downs.sort(kind="stable")
        # The n-th rise lasts until the fall that is `at_least` - 1 places before, if that comes no sooner; what of this
        # meets the next is one with it.
        ups, downs = ups[at_least - 1 :], downs[: max(len(downs) - at_least + 1, 0)]
        after[at_least - 1 :] = before[: len(ups)] = ups <= downs
        apart = downs[:-1] < ups[1:]
        after[at_least:] &= apart
        before[: len(apart)] &= apart
    begins, finishes = np.flatnonzero(deep_after), np.flatnonzero(deep_before)
    swept = Spans(group[begins], raised[begins], lowered[finishes])
    return swept.kept(swept.start < swept.end)


def _nothing() -> Spans:
    return Spans(np.empty(0, np.int32), np.empty(0, np.int64), np.empty(0, np.int64))


def merged(spans: Spans) -> Spans:
    """Overlapping and touching spans of a group as one, by group then start."""
    return _swept(spans, _nothing(), at_least=1)


def covered(spans: Spans, *, at_least: int) -> Spans:
    """Where at least so many spans of a group lie over one another, by group then start; `at_least` 1 or more."""
    return _swept(spans, _nothing(), at_least=at_least)


def union(a: Spans, b: Spans) -> Spans:
    """Where a group is in `a` or in `b`."""
    return merged(_joined(a, b))


def intersection(a: Spans, b: Spans) -> Spans:
    """Where a group is in `a` and in `b`."""
    return _swept(_joined(merged(a), merged(b)), _nothing(), at_least=2)


def difference(a: Spans, b: Spans) -> Spans:
    """Where a group is in `a` and not in `b`."""
    return _swept(merged(a), intersection(a, b), at_least=1)


def complement(spans: Spans, start: Instant, end: Instant, *, n_groups: int) -> Spans:
    """Where a group is in the window [start, end) and in none of its spans; every group, also without a span."""
    group = np.arange(n_groups, dtype=np.int32)
    return difference(Spans(group, np.full(n_groups, start, np.int64), np.full(n_groups, end, np.int64)), spans)


def _joined(a: Spans, b: Spans) -> Spans:
    return Spans(np.concatenate((a.group, b.group)), np.concatenate((a.start, b.start)), np.concatenate((a.end, b.end)))


def clip(spans: Spans, start: Instant, end: Instant) -> Spans:
    """What of each span lies in [start, end), in their order; spans outside are gone."""
    cut = Spans(spans.group, np.maximum(spans.start, start), np.minimum(spans.end, end))
    return cut.kept(cut.start < cut.end)


def durations(spans: Spans) -> Int64s:
    """The length of each span in ns, int64[n]; exact for spans under 292 years."""
    return spans.end - spans.start


def split_at(spans: Spans, edges: Int64s) -> tuple[Spans, npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Every span cut at `edges`, int64[m] rising.

    Returns the pieces in the order of their spans, the row of each piece's span, and its bucket: i for
    [edges[i], edges[i + 1]), -1 before the first edge, m - 1 from the last on.
    """
    first = np.searchsorted(edges, spans.start, side="right")
    pieces = np.maximum(np.searchsorted(edges, spans.end, side="left") - first, 0) + 1
    row = np.repeat(np.arange(len(pieces)), pieces)
    nth = np.arange(len(row)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    upper = first[row] + nth
    bounds = np.concatenate(([_FIRST], edges, [_LAST]))
    start, end = np.maximum(spans.start[row], bounds[upper]), np.minimum(spans.end[row], bounds[upper + 1])
    return Spans(spans.group[row], start, end), row, upper - 1


def runs(t: Int64s, gap_ns: int) -> tuple[Int64s, Int64s]:
    """First and last, int64[k] each, of the runs in `t`, int64[n] not falling, that pauses over `gap_ns` divide."""
    if not len(t):
        return t, t
    # A difference of two int64 fits uint64 where it is not negative, and two's complement makes it exact.
    pause = (t[1:].view(np.uint64) - t[:-1].view(np.uint64)) > np.uint64(gap_ns)
    divides = np.flatnonzero(pause)
    return t[np.concatenate(([0], divides + 1))], t[np.concatenate((divides, [len(t) - 1]))]
