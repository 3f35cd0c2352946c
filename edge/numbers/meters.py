"""Hour-meters and job counters of the equipment, over its life and since its last service.

Nothing here is counted before the first word that an equipment ever said.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from edge.clock import Clock
from edge.numbers.entered import Desk, Entered
from edge.numbers.observed import Observations, Span, minute_of
from edge.numbers.practice import job_columns
from edge.store.contract import Offset, Store
from telemetry.columns import Int64s, Intervals, Life
from telemetry.life import life_of
from telemetry.model import EquipmentId, Instant, State
from telemetry.zones import NS_PER_DAY


@dataclass(frozen=True, slots=True, eq=False)
class Readout:
    """The life of each equipment, `life`, and the part of it `since_service`; both by the inventory's order."""

    life: Life
    since_service: Life
    offset: Offset
    entered: Entered
    until: Instant


_MadeOf: TypeAlias = tuple[Mapping[EquipmentId, int], Mapping[EquipmentId, int]]
"""The revisions of the days that are over, and of today."""


class Meters:
    """Reads all hour-meters; any thread may ask. The minute that runs is not counted yet."""

    def __init__(self, desk: Desk, observations: Observations, store: Store, clock: Clock) -> None:
        self._desk = desk
        self._observations = observations
        self._store = store
        self._clock = clock
        self._lock = threading.Lock()
        self._last: tuple[_MadeOf, Readout] | None = None

    def readout(self) -> Readout:
        """The meters now; the same object for as long as nothing that they read has changed.

        Whole days that are over stay as they were read; only what came since is read every minute.
        """
        entered = self._desk.entered()
        until = minute_of(self._clock)
        today = until // NS_PER_DAY * NS_PER_DAY
        ids = entered.inventory.ids
        before = self._observations.seen(ids, Span(0, today, today))
        since = self._observations.seen(ids, Span(today, until, until)) if until > today else before
        made_of = (before.revisions, since.revisions)
        with self._lock:
            known = self._last
            if known is None or known[1].entered is not entered or not _are_same(known[0], made_of):
                told = before.intervals if since is before else _one_after_the_other(before.intervals, since.intervals)
                known = self._last = made_of, self._made(entered, told, since.offset, until)
            return known[1]

    def _made(self, entered: Entered, told: Intervals, offset: Offset, until: Instant) -> Readout:
        ids, window = entered.inventory.ids, (0, until)
        jobs = job_columns(ids, self._store.jobs(ids, 0, until))
        begins = _first_known(told, until)
        serviced = np.array([entered.services.get(one, 0) for one in ids], np.int64)
        return Readout(
            life_of(told, jobs, window=window, since=begins),
            life_of(told, jobs, window=window, since=np.maximum(begins, serviced)),
            offset,
            entered,
            until,
        )


def _are_same(one: _MadeOf, other: _MadeOf) -> bool:
    return one[0] is other[0] and one[1] is other[1]


def _one_after_the_other(before: Intervals, since: Intervals) -> Intervals:
    """The intervals of two windows that touch, of the same equipment; one that reaches over stays in two parts."""
    equipment = np.concatenate((before.equipment, since.equipment))
    order = np.argsort(equipment, kind="stable")  # two runs in order: no more than a merge
    columns = {
        name: np.concatenate((getattr(before, name), getattr(since, name)))[order]
        for name in ("start", "end", "state", "source")
    }
    return Intervals(ids=before.ids, equipment=equipment[order], **columns)


def _first_known(intervals: Intervals, until: Instant) -> Int64s:
    """When each equipment was first heard of, int64[n] ns UTC; `until` for those that never were."""
    first = np.full(len(intervals.ids), until, np.int64)
    known = intervals.state != State.UNKNOWN
    np.minimum.at(first, intervals.equipment[known], intervals.start[known])
    return first
