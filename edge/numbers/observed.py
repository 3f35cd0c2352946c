"""What devices told, window by window, kept for as long as nothing in it has changed.

It never reads again what late data have not touched, and never keeps more than a set number of rows.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from edge.clock import Clock
from edge.store.contract import Offset, Store, Told
from telemetry.columns import Changes, Intervals
from telemetry.intervals import intervals_of
from telemetry.model import EquipmentId, Instant, Source, State
from telemetry.rules import NS_PER_MIN

ROWS_LIMIT = 2_000_000
"""Changes that are kept: 50 MB, and as much again for the intervals of those who ask for them; a year of 25 equipment
has 1.5 million."""


@dataclass(frozen=True, slots=True, eq=False)
class Span:
    """[start, end) ns UTC; what is at `until` or later has not happened and is unknown."""

    start: Instant
    end: Instant
    until: Instant


def minute_of(clock: Clock) -> Instant:
    """The minute that runs: an answer about the present stays the same for as long."""
    return clock.now() // NS_PER_MIN * NS_PER_MIN


@dataclass(frozen=True, eq=False)  # without slots: it keeps what was made of it
class Seen:
    """What was told over a span, by equipment; another `revision` of one equipment means that something changed."""

    offset: Offset
    span: Span
    changes: Changes
    revisions: Mapping[EquipmentId, int]

    @cached_property
    def intervals(self) -> Intervals:
        """The states over the span, without holes; two threads that ask at once may both make them."""
        return intervals_of(self.changes, self.span.start, self.span.end)


@dataclass(slots=True)
class _Kept:
    """The changes of each equipment, `revisions` when each was read, as of `offset`."""

    offset: Offset
    parts: dict[EquipmentId, Changes]
    revisions: dict[EquipmentId, int]
    seen: Seen | None = None

    def rows(self) -> int:
        return sum(len(part) for part in self.parts.values())


class Observations:
    """What devices told in any window, from a store; any thread may ask."""

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
            if missing or kept.seen is None or kept.seen.changes.ids != tuple(ids):
                self._read(kept, missing, span)
                changes = joined([kept.parts[one] for one in ids])
                kept.seen = Seen(kept.offset, span, changes, {one: kept.revisions[one] for one in ids})
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
            kept.parts[one] = _changes(self._store, one, span)
            kept.revisions[one] = self._reads

    def _shrink(self) -> None:
        while len(self._kept) > 1 and sum(kept.rows() for kept in self._kept.values()) > self._limit:
            self._kept.popitem(last=False)


def read(told: Told, ids: Sequence[EquipmentId], span: Span) -> Intervals:
    """The states of `ids` over a span, without holes, of which nothing is kept."""
    if span.until >= span.end:
        return intervals_of(told.changes(ids, span.start, span.until), span.start, span.end)
    return intervals_of(joined([_changes(told, one, span) for one in ids]), span.start, span.end)


def _changes(told: Told, one: EquipmentId, span: Span) -> Changes:
    changes = told.changes((one,), span.start, span.until)
    return _unknown_from(span.until, changes) if span.until < span.end else changes


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


def joined(parts: Iterable[Changes]) -> Changes:
    """The changes of one equipment each, as those of all of them."""
    listed = list(parts)
    nothing = np.empty(0, np.int64)
    return Changes(
        ids=tuple(one for part in listed for one in part.ids),
        equipment=np.repeat(np.arange(len(listed), dtype=np.int32), [len(part) for part in listed]),
        at=np.concatenate([nothing, *(part.at for part in listed)]),
        state=np.concatenate([nothing.astype(np.int8), *(part.state for part in listed)]),
        source=np.concatenate([nothing.astype(np.int8), *(part.source for part in listed)]),
        valid_ns=np.concatenate([nothing, *(part.valid_ns for part in listed)]),
    )
