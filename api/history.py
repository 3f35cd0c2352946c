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
from telemetry.columns import Intervals
from telemetry.intervals import intervals_of, totals_of
from telemetry.model import EquipmentId, Instant, Source, State

MAX_INTERVALS = 200_000
"""Intervals of one answer: a machine that changes every ten seconds for three weeks; about 20 MB of JSON."""


def intervals_until(store: Store, equipment: EquipmentId, window: Window, *, now: Instant) -> Intervals:
    """The states over the window; raises `Problem` where there are too many to answer."""
    known_until = min(max(now, window.start), window.end)
    changes = store.changes((equipment,), window.start, known_until)
    intervals = _with_future(intervals_of(changes, window.start, known_until), equipment, window.end)
    if len(intervals) > MAX_INTERVALS:
        raise Problem(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            f"the window holds {len(intervals)} changes of state; an answer has at most {MAX_INTERVALS}",
            fix="Ask for a shorter window.",
        )
    return intervals


def _with_future(known: Intervals, equipment: EquipmentId, end: Instant) -> Intervals:
    """`known` (which starts at its window's start and has no holes) and unknown time up to `end`."""
    until = int(known.end[-1]) if len(known) else None
    if until is None or until >= end:
        return known
    return Intervals(
        ids=known.ids or (equipment,),
        equipment=np.append(known.equipment, np.int32(0)),
        start=np.append(known.start, np.int64(until)),
        end=np.append(known.end, np.int64(end)),
        state=np.append(known.state, np.int8(State.UNKNOWN)),
        source=np.append(known.source, np.int8(Source.NO_DATA)),
    )


def totals_view(intervals: Intervals) -> TotalsView:
    """Nanoseconds in each state of the one equipment in `intervals`; they add up to the window."""
    sums = totals_of(intervals)[0].tolist()
    return TotalsView(**{state.word: sums[state] for state in State})
