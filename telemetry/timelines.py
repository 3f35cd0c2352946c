"""Which spans of a group meet given ones, and for how long, with one search per question.

Nothing here knows what the spans are, and no time is ever a float.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from telemetry.columns import Int32s, Int64s, Intervals
from telemetry.model import Instant, State
from telemetry.spans import Spans


class Timeline(NamedTuple):
    """Spans by group then start that neither overlap nor are empty, ready for questions.

    Those of group g are rows `bounds[g]` to `bounds[g + 1]`. Of all rows before row i, int64[n + 1] each, `before` is
    the time and `reach` the end of the last one, 0 where there is none.
    """

    bounds: Int64s
    start: Int64s
    reach: Int64s
    before: Int64s


class Meetings(NamedTuple):
    """What each question, in its order, meets: rows `first` to `last` (behind the last), and `ns` in common."""

    first: Int64s
    last: Int64s
    ns: Int64s


def bounds_of(group: Int32s, n_groups: int) -> Int64s:
    """Where each group begins, int64[n_groups + 1], in a column that does not fall."""
    return np.searchsorted(group, np.arange(n_groups + 1, dtype=np.int32)).astype(np.int64)


def by_group(group: Int32s) -> Int64s:
    """The rows by group, those of a group in their order, int64[n]."""
    # Sixteen bits are sorted by radix, several times faster.
    few = group.max(initial=0) < np.iinfo(np.int16).max
    return np.argsort(group.astype(np.int16) if few else group, kind="stable").astype(np.int64)


class Picked(NamedTuple):
    """Some intervals: their rows, int64[k], and their spans."""

    rows: Int64s
    spans: Spans


def in_state(intervals: Intervals, state: State, until: Instant) -> Picked:
    """The intervals of a state that begin before `until`, as far as they lie before it."""
    rows = np.flatnonzero((intervals.state == state) & (intervals.start < until))
    end = intervals.end[rows]
    return Picked(rows, Spans(intervals.equipment[rows], intervals.start[rows], np.minimum(end, until, out=end)))


def timeline(spans: Spans, *, n_groups: int) -> Timeline:
    """The spans as a timeline; they must be by group then start, disjoint, and of groups 0 to `n_groups` - 1."""
    reach, before = np.zeros((2, len(spans.start) + 1), np.int64)
    reach[1:] = spans.end
    np.cumsum(spans.end - spans.start, out=before[1:])
    return Timeline(bounds_of(spans.group, n_groups), spans.start, reach, before)


def meet(line: Timeline, questions: Spans) -> Meetings:
    """What of the timeline each question [start, end) meets; questions by group, none backward."""
    at = np.stack((questions.start, questions.end))
    rows = _begun(line, questions.group, at)
    # How long the last row that began before each instant still lasts, where it is of the group.
    over = np.subtract(line.reach[rows], at, out=at)
    np.maximum(over, 0, out=over)
    over *= rows > line.bounds[questions.group]
    spent = line.before[rows]
    spent -= over
    first, last = rows
    first -= (over[0] > 0) & (questions.start < questions.end)
    return Meetings(first, last, spent[1] - spent[0])


def _begun(line: Timeline, group: Int32s, at: Int64s) -> Int64s:
    """The row behind the last span of the group that began before each of its instants, int64[2, n]."""
    asked = bounds_of(group, len(line.bounds) - 1)
    rows = np.empty_like(at)
    for code in np.flatnonzero(np.diff(asked)).tolist():
        low, high = line.bounds[code : code + 2].tolist()
        mine = slice(asked[code], asked[code + 1])
        rows[:, mine] = line.start[low:high].searchsorted(at[:, mine]) + low
    return rows


def meet_overlapping(spans: Spans, questions: Spans, *, n_groups: int) -> tuple[Int64s, Int64s]:
    """Which spans meet which questions, as rows of both; spans by group then start, and they may overlap.

    An empty span meets the question that it lies in. By question, then by span.
    """
    bounds, asked = bounds_of(spans.group, n_groups), bounds_of(questions.group, n_groups)
    first, last = np.zeros(len(questions.start), np.int64), np.zeros(len(questions.start), np.int64)
    for group in np.flatnonzero(np.diff(asked)).tolist():
        low, high = bounds[group], bounds[group + 1]
        mine = slice(asked[group], asked[group + 1])
        reach = np.maximum.accumulate(spans.end[low:high])
        first[mine] = np.searchsorted(reach, questions.start[mine], side="right") + low
        last[mine] = np.searchsorted(spans.start[low:high], questions.end[mine]) + low
    question, row = listed(first, last)
    meets = spans.end[row] > questions.start[question]
    return question[meets], row[meets]


def listed(first: Int64s, last: Int64s) -> tuple[Int64s, Int64s]:
    """The rows `first` to `last` of each question one by one: the question's number and the row, int64[k] each."""
    count = np.maximum(last - first, 0)
    question = np.repeat(np.arange(len(count), dtype=np.int64), count)
    skipped = first - (np.cumsum(count) - count)
    return question, np.arange(len(question), dtype=np.int64) + skipped[question]


def starts_of(owner: Int64s, n_owners: int) -> Int64s:
    """Where the list of each owner begins, int64[n_owners + 1]; `owner`, int64[k], does not fall."""
    starts = np.zeros(n_owners + 1, np.int64)
    np.cumsum(np.bincount(owner, minlength=n_owners), out=starts[1:])
    return starts


def sums(starts: Int64s, values: Int64s) -> Int64s:
    """The sum of each list, int64[n]; `starts` int64[n + 1] as in a list per row."""
    before = np.zeros(len(values) + 1, np.int64)
    np.cumsum(values, out=before[1:])
    return np.diff(before[starts])


def greatest(starts: Int64s, values: Int64s) -> Int64s:
    """The greatest of each list, int64[n]; 0 for an empty one."""
    most = np.zeros(len(starts) - 1, np.int64)
    filled = np.flatnonzero(np.diff(starts))
    if len(filled):
        most[filled] = np.maximum.reduceat(values, starts[filled])
    return most


def first_greatest(starts: Int64s, values: Int64s) -> Int64s:
    """Where in `values` the greatest of each list first stands, int64[n]; -1 for an empty one."""
    owner = np.repeat(np.arange(len(starts) - 1, dtype=np.int64), np.diff(starts))
    places = np.flatnonzero(values == greatest(starts, values)[owner])
    whose = owner[places]
    first = np.flatnonzero(np.diff(whose, prepend=-1))
    found = np.full(len(starts) - 1, -1, np.int64)
    found[whose[first]] = places[first]
    return found


def joined(spans: Spans, gap_ns: int) -> Spans:
    """Spans of a group with a pause of at most `gap_ns` between them as one; by group then start, none overlapping."""
    apart = np.ones(len(spans.start) + 1, np.bool_)
    apart[1:-1] = (spans.group[1:] != spans.group[:-1]) | (spans.start[1:] - spans.end[:-1] > gap_ns)
    first, last = np.flatnonzero(apart[:-1]), np.flatnonzero(apart[1:])
    return Spans(spans.group[first], spans.start[first], spans.end[last])


def outside(spans: Spans, others: Spans) -> Spans:
    """What of `spans` lies in none of `others`; both by group then start, and only `others` may overlap.

    As `telemetry.spans.difference`, but without a sort.
    """
    if not len(spans.start):
        return spans
    first_ns, last_ns = spans.start.min(), spans.end.max()
    n_groups = int(max(spans.group.max(), others.group.max(initial=0))) + 1
    taken = _merged(others.kept(others.start < others.end), n_groups)
    # Around and between what is taken, group by group: each group begins and ends with a free span.
    begins, edges = bounds_of(taken.group, n_groups)[:-1], bounds_of(taken.group, n_groups)[1:]
    group = np.insert(taken.group, edges, np.arange(n_groups, dtype=np.int32))
    free = Spans(group, np.insert(taken.end, begins, first_ns), np.insert(taken.start, edges, last_ns))
    return _pieces(spans, free.kept(free.start < free.end), n_groups)


def _merged(spans: Spans, n_groups: int) -> Spans:
    reach = spans.end.copy()
    bounds = bounds_of(spans.group, n_groups)
    for group in np.flatnonzero(np.diff(bounds)).tolist():
        mine = slice(bounds[group], bounds[group + 1])
        np.maximum.accumulate(reach[mine], out=reach[mine])
    return joined(Spans(spans.group, spans.start, reach), 0)


def _pieces(spans: Spans, free: Spans, n_groups: int) -> Spans:
    # What is free is long, so that few questions find all pieces; both are disjoint, so those come in order.
    met = meet(timeline(spans, n_groups=n_groups), free)
    piece, row = listed(met.first, met.last)
    start, end = np.maximum(spans.start[row], free.start[piece]), np.minimum(spans.end[row], free.end[piece])
    return Spans(spans.group[row], start, end)
