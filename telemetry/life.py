"""What an equipment did in its life: hour-meter, faults and repairs, jobs and how they ended.

Nothing here takes silence for a repair: a fault lasts until something other than fault is seen.

* The hour-meter counts busy time.
* A fault is a stretch of `State.FAULT`; unknown and offline time within it neither ends it nor counts as its time, so a
  link that flaps makes no second fault. It counts where it began in the time counted; one that the intervals begin with
  began before, and counts nowhere. It is repaired when another state is seen.
* Mean time between faults is the mean operating time between failures of IEC 60050-192 (192-05-13): hour-meter divided
  by faults. Mean time to repair (192-07-23) is the time in fault of repaired faults divided by their number.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from telemetry.claims import codes_of
from telemetry.columns import Float64s, Int32s, Int64s, Intervals, Jobs, Life
from telemetry.intervals import totals
from telemetry.model import Instant, JobOutcome, State
from telemetry.spans import Spans

Bools = npt.NDArray[np.bool_]

_TELLS_NOTHING = (State.UNKNOWN, State.OFFLINE)


class _Faults(NamedTuple):
    """Faults of equipment `group`: when they began, and when another state was seen, -1 for not yet."""

    group: Int32s
    began: Int64s
    over: Int64s
    fault_ns: Int64s


def life_of(intervals: Intervals, jobs: Jobs, *, window: tuple[Instant, Instant], since: Int64s) -> Life:
    """What each equipment of `intervals` did in the window from `since` on.

    Args:
        intervals: of the window at least; one that began earlier tells a fault that went on from one that began.
        jobs: any order; those of other equipment are left out.
        window: [start, end), ns UTC.
        since: int64[len(intervals.ids)] ns UTC, such as the last service; earlier than the window counts as its start.
    """
    start, end = window
    n = len(intervals.ids)
    counts_from = np.minimum(np.maximum(since, start), end)
    cut = _cut(Spans(intervals.equipment, intervals.start, intervals.end), counts_from, end)
    in_state = totals(cut, intervals.state, n_groups=n)
    faults = _faults(intervals, cut)
    began = (faults.began >= counts_from[faults.group]) & (faults.began < end)
    repaired = began & (faults.over >= 0) & (faults.over < end)
    n_faults, n_repairs = _count(faults.group[began], n), _count(faults.group[repaired], n)
    repair_ns = np.zeros(n, np.int64)
    np.add.at(repair_ns, faults.group[repaired], faults.fault_ns[repaired])
    return Life(
        ids=intervals.ids,
        since=counts_from,
        base_ns=end - counts_from,
        known_ns=in_state.sum(axis=1) - in_state[:, State.UNKNOWN],
        busy_ns=in_state[:, State.BUSY],
        faults=n_faults,
        repairs=n_repairs,
        fault_ns=in_state[:, State.FAULT],
        repair_ns=repair_ns,
        mean_time_between_faults_ns=_mean(in_state[:, State.BUSY], n_faults),
        mean_time_to_repair_ns=_mean(repair_ns, n_repairs),
        **_job_counts(jobs, intervals, counts_from, end),
    )


def _cut(spans: Spans, counts_from: Int64s, end: Instant) -> Spans:
    """Every span in its place, what lies outside the time counted cut off; what lies wholly outside is empty."""
    start = np.minimum(np.maximum(spans.start, counts_from[spans.group]), end)
    return Spans(spans.group, start, np.maximum(np.minimum(spans.end, end), start))


def _faults(intervals: Intervals, cut: Spans) -> _Faults:
    """All faults that the intervals see begin; `fault_ns` is their time in `cut`."""
    telling = np.flatnonzero(~np.isin(intervals.state, _TELLS_NOTHING))
    group, fault = intervals.equipment[telling], intervals.state[telling] == State.FAULT
    other = np.ones(len(telling) + 1, np.bool_)
    other[1:-1] = (group[1:] != group[:-1]) | (fault[1:] != fault[:-1])
    first, last = np.flatnonzero(fault & other[:-1]), np.flatnonzero(fault & other[1:])
    before = np.zeros(len(telling) + 1, np.int64)
    np.cumsum(np.where(fault, cut.end[telling] - cut.start[telling], 0), out=before[1:])
    seen = _has_row_before(intervals.equipment, telling[first])
    over = np.full(len(first), -1, np.int64)
    follows = np.append(group[1:] == group[:-1], np.zeros(min(len(group), 1), np.bool_))[last]
    over[follows] = intervals.start[telling[last[follows] + 1]]
    fault_ns = before[last + 1] - before[first]
    return _Faults(group[first][seen], intervals.start[telling[first]][seen], over[seen], fault_ns[seen])


def _has_row_before(group: Int32s, row: npt.NDArray[np.intp]) -> Bools:
    has: Bools = (row > 0) & (group[np.maximum(row - 1, 0)] == group[row])
    return has


def _job_counts(jobs: Jobs, intervals: Intervals, counts_from: Int64s, end: Instant) -> dict[str, Int64s]:
    """How many jobs started, ended by outcome, and still run, by the column's name."""
    n = len(intervals.ids)
    code = codes_of(jobs.ids, intervals.ids)[jobs.equipment]
    begins = np.append(counts_from, end)[code]
    ended = (jobs.end >= begins) & (jobs.end < end)
    unknown = np.isin(jobs.outcome, (JobOutcome.NONE, JobOutcome.UNKNOWN))
    where = {
        "started": (jobs.start >= begins) & (jobs.start < end),
        "completed": ended & (jobs.outcome == JobOutcome.COMPLETED),
        "cancelled": ended & (jobs.outcome == JobOutcome.CANCELLED),
        "failed": ended & (jobs.outcome == JobOutcome.FAILED),
        "ended_unknown": ended & unknown,
        "running": (jobs.start < end) & (jobs.end >= end),
    }
    return {name: _count(code[rows & (code < n)], n) for name, rows in where.items()}


def _count(group: Int32s, n_groups: int) -> Int64s:
    return np.bincount(group, minlength=n_groups).astype(np.int64)


def _mean(total: Int64s, count: Int64s) -> Float64s:
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)
