"""Which states an equipment was in over a window that may reach into the future.

Time that has not come yet is `unknown`; nothing here guesses.
"""

from __future__ import annotations

from http import HTTPStatus

import numpy as np

from api.deps import Window
from api.problem import Problem
from api.views import TotalsView
from edge.store.contract import Store
from telemetry.columns import Changes, Intervals
from telemetry.intervals import intervals_of, totals_of
from telemetry.model import EquipmentId, Instant, Source, State

MAX_INTERVALS = 200_000
"""Intervals of one answer: a machine that changes every ten seconds for three weeks; about 20 MB of JSON."""


def intervals_until(store: Store, equipment: EquipmentId, window: Window, *, now: Instant) -> Intervals:
    """The states over the window; raises `Problem` where there are too many to answer."""
    known_until = min(max(now, window.start), window.end)
    changes = store.changes((equipment,), window.start, known_until)
    if known_until < window.end:
        changes = _nothing_known_from(known_until, changes)
    intervals = intervals_of(changes, window.start, window.end)
    if len(intervals) > MAX_INTERVALS:
        raise Problem(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            f"the window holds {len(intervals)} changes of state; an answer has at most {MAX_INTERVALS}",
            fix="Ask for a shorter window.",
        )
    return intervals


def _nothing_known_from(at: Instant, changes: Changes) -> Changes:
    """`changes` of one equipment, all before `at`, and from `at` on nothing."""
    return Changes(
        ids=changes.ids,
        equipment=np.append(changes.equipment, np.int32(0)),
        at=np.append(changes.at, np.int64(at)),
        state=np.append(changes.state, np.int8(State.UNKNOWN)),
        source=np.append(changes.source, np.int8(Source.NO_DATA)),
        valid_ns=np.append(changes.valid_ns, np.int64(0)),
    )


def totals_view(intervals: Intervals) -> TotalsView:
    """Nanoseconds in each state of the one equipment in `intervals`; they add up to the window."""
    sums = totals_of(intervals)[0].tolist()
    return TotalsView(**{state.word: sums[state] for state in State})
