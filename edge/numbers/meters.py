"""Hour-meters and job counters of the equipment, over its life and since its last service.

Nothing here is counted before the first word that an equipment ever said.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from edge.clock import Clock
from edge.numbers.entered import Desk, Entered
from edge.numbers.figures import minute_of
from edge.numbers.observed import Observations, Span
from edge.numbers.practice import job_columns
from edge.store.contract import Offset, Store
from telemetry.columns import Int64s, Intervals, Life
from telemetry.life import life_of
from telemetry.model import EquipmentId, Instant, State


@dataclass(frozen=True, slots=True, eq=False)
class Readout:
    """The life of each equipment, `life`, and the part of it `since_service`; both by the inventory's order."""

    life: Life
    since_service: Life
    offset: Offset
    entered: Entered
    until: Instant


class Meters:
    """Reads all hour-meters; any thread may ask. The minute that runs is not counted yet."""

    def __init__(self, desk: Desk, observations: Observations, store: Store, clock: Clock) -> None:
        self._desk = desk
        self._observations = observations
        self._store = store
        self._clock = clock
        self._lock = threading.Lock()
        self._last: tuple[Mapping[EquipmentId, int], Readout] | None = None

    def readout(self) -> Readout:
        """The meters now; the same object for as long as nothing that they read has changed."""
        entered = self._desk.entered()
        until = minute_of(self._clock)
        seen = self._observations.seen(entered.inventory.ids, Span(0, until, until))
        with self._lock:
            if self._last is None or self._last[0] is not seen.revisions or self._last[1].entered is not entered:
                jobs = job_columns(entered.inventory.ids, self._store.jobs(entered.inventory.ids, 0, until))
                begins = _first_known(seen.intervals, until)
                serviced = np.array([entered.services.get(one, 0) for one in entered.inventory.ids], np.int64)
                window = (0, until)
                self._last = (
                    seen.revisions,
                    Readout(
                        life_of(seen.intervals, jobs, window=window, since=begins),
                        life_of(seen.intervals, jobs, window=window, since=np.maximum(begins, serviced)),
                        seen.offset,
                        entered,
                        until,
                    ),
                )
            return self._last[1]


def _first_known(intervals: Intervals, until: Instant) -> Int64s:
    """When each equipment was first heard of, int64[n] ns UTC; `until` for those that never were."""
    first = np.full(len(intervals.ids), until, np.int64)
    known = intervals.state != State.UNKNOWN
    np.minimum.at(first, intervals.equipment[known], intervals.start[known])
    return first
