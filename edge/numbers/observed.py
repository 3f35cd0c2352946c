"""What devices told, window by window, kept for as long as nothing in it has changed.

It never reads again what late data have not touched, and never keeps more than a set number of rows.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from edge.store.contract import Offset, Store, Told
from telemetry.columns import Changes, Intervals
from telemetry.intervals import intervals_of
from telemetry.model import EquipmentId, Instant, Source, State

ROWS_LIMIT = 2_000_000
"""Intervals that are kept: 50 MB; a year of 25 equipment has 1.5 million."""


@dataclass(frozen=True, slots=True, eq=False)
class Span:
    """[start, end) ns UTC; what is at `until` or later has not happened and is unknown."""

    start: Instant
    end: Instant
    until: Instant


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """The intervals of a span by equipment; another `revision` of one equipment means that something changed."""

    offset: Offset
    intervals: Intervals
    revisions: Mapping[EquipmentId, int]


@dataclass(slots=True)
class _Kept:
    """The intervals of each equipment, `revisions` when each was read, as of `offset`."""

    offset: Offset
    parts: dict[EquipmentId, Intervals]
    revisions: dict[EquipmentId, int]
    seen: Seen | None = None

    def rows(self) -> int:
        return sum(len(part) for part in self.parts.values())


class Observations:
    """The intervals of any window from a store; any thread may ask."""

    def __init__(self, store: Store, *, rows_limit: int = ROWS_LIMIT) -> None:
        self._store = store
        self._limit = rows_limit
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[Instant, Instant, Instant], _Kept] = OrderedDict()
        self._instance = ""
        self._offset: Offset = 0
        self._reads = 0

    def seen(self, ids: Sequence[EquipmentId], span: Span) -> Seen:
        """The states of `ids` over a span, without holes."""
        with self._lock:
            self._catch_up()
            key = (span.start, span.end, span.until)
            kept = self._kept.setdefault(key, _Kept(self._offset, {}, {}))
            self._kept.move_to_end(key)
            missing = [one for one in ids if one not in kept.parts]
            if missing or kept.seen is None or kept.seen.intervals.ids != tuple(ids):
                self._read(kept, missing, span)
                parts = joined([kept.parts[one] for one in ids])
                kept.seen = Seen(kept.offset, parts, {one: kept.revisions[one] for one in ids})
            self._shrink()
            return kept.seen

    def _catch_up(self) -> None:
        """Forget what was touched since the last question; a journal of another name makes all of it foreign."""
        instance, offset = self._store.instance(), self._store.offset()
        if instance != self._instance:
            self._kept.clear()
        elif offset != self._offset:
            touched = self._store.touched_since(self._offset)
            for (_start, _end, until), kept in self._kept.items():
                for one in [one for one in kept.parts if touched.get(one, until) < until]:
                    del kept.parts[one]
        self._instance, self._offset = instance, offset

    def _read(self, kept: _Kept, missing: Sequence[EquipmentId], span: Span) -> None:
        kept.offset = self._offset
        self._reads += 1
        for one in missing:
            kept.parts[one] = _states(self._store, one, span)
            kept.revisions[one] = self._reads

    def _shrink(self) -> None:
        while len(self._kept) > 1 and sum(kept.rows() for kept in self._kept.values()) > self._limit:
            self._kept.popitem(last=False)


def read(told: Told, ids: Sequence[EquipmentId], span: Span) -> Intervals:
    """The states of `ids` over a span, without holes, of which nothing is kept."""
    return joined([_states(told, one, span) for one in ids])


def _states(told: Told, one: EquipmentId, span: Span) -> Intervals:
    changes = told.changes((one,), span.start, span.until)
    return intervals_of(_unknown_from(span.until, changes) if span.until < span.end else changes, span.start, span.end)


def _unknown_from(at: Instant, changes: Changes) -> Changes:
    """`changes` of one equipment, all before `at`, and from `at` on nothing."""
    return Changes(
        ids=changes.ids,
        equipment=np.append(changes.equipment, np.int32(0)),
        at=np.append(changes.at, np.int64(at)),
        state=np.append(changes.state, np.int8(State.UNKNOWN)),
        source=np.append(changes.source, np.int8(Source.NO_DATA)),
        valid_ns=np.append(changes.valid_ns, np.int64(0)),
    )


def joined(parts: Iterable[Intervals]) -> Intervals:
    """The intervals of one equipment each, as those of all of them."""
    listed = list(parts)
    counts = [len(part) for part in listed]

    def column(name: str) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        return np.concatenate([np.empty(0, np.int64), *(getattr(part, name) for part in listed)])

    return Intervals(
        ids=tuple(one for part in listed for one in part.ids),
        equipment=np.repeat(np.arange(len(listed), dtype=np.int32), counts),
        start=column("start"),
        end=column("end"),
        state=column("state").astype(np.int8),
        source=column("source").astype(np.int8),
    )
