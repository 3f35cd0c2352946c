"""The intervals, runs and jobs that opened, kept and closed each practical session.

Nothing here is copied: evidence are rows of the columns that a session was judged from.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from telemetry.claims import Claims, codes_of
from telemetry.columns import Int64s, Intervals, Jobs
from telemetry.spans import Spans
from telemetry.timelines import by_group, first_greatest, listed, meet_overlapping, starts_of
from telemetry.use import Use


class Evidence(NamedTuple):
    """Lists by claim, each with where it begins; `opened` and `closed` are rows of the intervals, -1 for none."""

    interval_start: Int64s
    interval: Int64s
    run_start: Int64s
    run: Int64s
    job_start: Int64s
    job: Int64s
    opened: Int64s
    closed: Int64s


def evidence_of(intervals: Intervals, claims: Claims, use: Use, good: Int64s, *, runs: Jobs, jobs: Jobs) -> Evidence:
    """The rows of intervals, runs and jobs behind the claims `good`, int64[k] rising; the lists of others are empty."""
    n = len(claims.start)
    nth, pairs = listed(claims.equipment_start[good], claims.equipment_start[good + 1])
    of_pair = good[nth]
    asked, busy_row = listed(use.busy.first[pairs], use.busy.last[pairs])
    owner, interval = of_pair[asked], use.busy_rows[busy_row]
    interval_start = starts_of(owner, n)
    begun = np.maximum(intervals.start[interval], claims.window_start[owner])
    ended = np.minimum(intervals.end[interval], claims.window_end[owner])
    questions = claims.spans(claims.window_start, claims.window_end).taken(pairs)
    return Evidence(
        interval_start,
        interval,
        *_works(runs, intervals, questions, of_pair, n),
        *_works(jobs, intervals, questions, of_pair, n),
        _row_of(interval, first_greatest(interval_start, -begun)),
        _row_of(interval, first_greatest(interval_start, ended)),
    )


def no_evidence(n: int) -> Evidence:
    """Of n claims not a row."""
    starts, nothing, none = np.zeros(n + 1, np.int64), np.empty(0, np.int64), np.full(n, -1, np.int64)
    return Evidence(starts, nothing, starts, nothing, starts, nothing, none, none)


def _row_of(interval: Int64s, place: Int64s) -> Int64s:
    rows = np.full(len(place), -1, np.int64)
    rows[place >= 0] = interval[place[place >= 0]]
    return rows


def _works(works: Jobs, intervals: Intervals, questions: Spans, owner: Int64s, n: int) -> tuple[Int64s, Int64s]:
    """The jobs that meet the questions, rising within each owner, and where the list of each of `n` owners begins."""
    n_groups = len(intervals.ids) + 1
    codes = codes_of(works.ids, intervals.ids)[works.equipment]
    # The caller's jobs may count equipment in another order than the intervals.
    rows = np.lexsort((works.start, codes))
    order = by_group(questions.group)
    spans = Spans(codes[rows], works.start[rows], works.end[rows])
    asked, met = meet_overlapping(spans, questions.taken(order), n_groups=n_groups)
    whose, job = owner[order[asked]], rows[met]
    by_owner = np.lexsort((job, whose))
    return starts_of(whose[by_owner], n), job[by_owner]
