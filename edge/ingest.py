"""Batches that lab computers post, into the journal, answered only after the commit.

It understands no body itself: `drivers.labedge.body` does. Nothing that it acknowledged may be lost, and nobody's
thread may wait for the disk: a class of computers that post to a full one would leave none for the pages.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from functools import partial
from typing import Self

from drivers.labedge.body import ORIGIN, Body, read
from edge.clock import Clock
from edge.errors import Full
from edge.journal.contract import Journal, Offset
from edge.live import Live
from edge.metrics import Metrics
from edge.noise import Noise
from telemetry.model import (
    ClockJumped,
    EquipmentId,
    EquipmentSeen,
    Instant,
    ReadingBatch,
    Record,
    Rejected,
    StateSeen,
    rejected,
)

COMMIT_TIMEOUT_S = 10.0
"""A full disk is told to the sender after this long; a lab computer keeps its batch and tries again."""

ROOM_WAIT_S = 0.2
"""A full queue empties in this time where the disk works; where it does not, nobody's thread is to wait for it."""

HELD_LIMIT = 32 * 1024 * 1024
"""Bytes of bodies that are being read and understood: four of the largest; parsed, each takes several times that."""

MAX_REASONS = 20
"""Different faults told back for one batch: enough to mend a program, too few to fill a page."""

DRIVER = "labedge"


@dataclass(frozen=True, slots=True)
class Posted:
    """What became of a batch: it is on disk up to `offset`; `reasons` say what `rejected` parts lacked."""

    offset: Offset
    accepted: int
    rejected: int
    reasons: tuple[str, ...]


class Hold:
    """The bytes of one body, from its first until it is understood; freed at the end of the block."""

    __slots__ = ("_ingest", "_size")

    def __init__(self, ingest: Ingest) -> None:
        self._ingest, self._size = ingest, 0

    def take(self, size: int) -> None:
        """Make room for `size` more; raises `Full` where others hold too much."""
        self._ingest.held(size)
        self._size += size

    def __enter__(self) -> Self:
        """Hold nothing yet."""
        return self

    def __exit__(self, *_: object) -> None:
        """Free all of it."""
        self._ingest.held(-self._size)


class Ingest:
    """Takes bodies from any thread."""

    def __init__(self, journal: Journal, clock: Clock, *, live: Live, metrics: Metrics) -> None:
        self._journal = journal
        self._clock = clock
        self._live = live
        self._received = metrics.messages_received.labels(link="http")
        self._rejected = metrics.rejected
        self._noise = Noise()
        self._held = 0
        self._lock = threading.Lock()

    def hold(self) -> Hold:
        """Room for one body."""
        return Hold(self)

    def held(self, size: int) -> None:
        """`size` bytes more (or fewer) are held; raises `Full` above `HELD_LIMIT`, and then they are not."""
        with self._lock:
            if size > 0 and self._held + size > HELD_LIMIT:
                raise Full("Too many batches are being sent at once.", fix="Keep the batch and send it again.")
            self._held += size

    def post(self, body: bytes, *, content_type: str) -> Future[Posted]:
        """Queue what `body` holds; the future tells what became of it once that is on disk, which may be never.

        Raises `Full` where the queue has no room, and then, as without an answer, the sender must keep it.
        """
        at = self._clock.now()
        return self._queued(read(body, content_type=content_type, at=at), at)

    def keep(self, records: Sequence[Record], rooms: Mapping[EquipmentId, str]) -> Future[Offset]:
        """Queue `records` of lab computers; the future tells their offset once they are on disk. Raises as `post`."""
        promise: Future[Offset] = Future()
        promise.set_running_or_notify_cancel()  # as in `_queued`
        told = (*self._newcomers(records, rooms, self._clock.now()), *records)
        self._journal.append(told, promise.set_result, timeout_s=ROOM_WAIT_S)
        self._journal.hurry()
        return promise

    def refuse(self, start: bytes, *, size: int, reason: str) -> Future[Posted]:
        """Queue the record of a body of `size` bytes (as far as that is known) that is not read beyond `start`."""
        at = self._clock.now()
        record = rejected(start, reason, equipment=EquipmentId(""), at=at, origin=ORIGIN)
        return self._queued(Body((replace(record, size=max(size, record.size)),), {}), at)

    def _queued(self, told: Body, at: Instant) -> Future[Posted]:
        self._received.inc()
        kept = self._thinned(told.records)
        records = (*self._newcomers(kept, told.rooms, at), *map(self._with_validity, kept))
        promise: Future[Posted] = Future()
        promise.set_running_or_notify_cancel()  # who stops waiting for it must not disturb the journal's writer
        self._journal.append(records, partial(self._committed, promise, told.records), timeout_s=ROOM_WAIT_S)
        self._journal.hurry()
        return promise

    def _committed(self, promise: Future[Posted], told: Sequence[Record], offset: Offset) -> None:
        faults = [record for record in told if isinstance(record, Rejected)]
        for equipment, count in Counter(fault.equipment for fault in faults).items():
            self._rejected.labels(equipment=equipment).inc(count)
        reasons = tuple(dict.fromkeys(fault.reason for fault in faults))[:MAX_REASONS]
        promise.set_result(Posted(offset, sum(map(_values, told)), len(faults), reasons))

    def _thinned(self, records: Sequence[Record]) -> Sequence[Record]:
        """`records` without what is rejected beyond the allowance: posted nonsense must not fill a disk."""
        with self._lock:
            return self._noise.thinned(records, self._clock.monotonic())

    def _newcomers(
        self, records: Sequence[Record], rooms: Mapping[EquipmentId, str], at: Instant
    ) -> tuple[EquipmentSeen, ...]:
        """Those that nobody configured and that speak for the first time, or from another room than before."""
        senders = dict.fromkeys(_sender(record) for record in records)
        new = []
        for equipment in filter(None, senders):
            known = self._live.picture(equipment, at)
            room = rooms.get(equipment, "" if known is None else known.room)
            if known is None or (not known.configured and known.room != room):
                new.append(EquipmentSeen(equipment, at, at, room, DRIVER))
        return tuple(new)

    def _with_validity(self, record: Record) -> Record:
        """A posted state holds as long as its equipment's settings say."""
        if isinstance(record, StateSeen) and not record.valid_ns:
            return replace(record, valid_ns=self._live.validity_ns(record.equipment))
        return record


def _sender(record: Record) -> EquipmentId:
    """Whose data a record is; nobody's where it holds none."""
    return EquipmentId("") if isinstance(record, Rejected | ClockJumped) else record.equipment


def _values(record: Record) -> int:
    """Readings and states that a record holds."""
    if isinstance(record, Rejected):
        return 0
    return len(record.t) if isinstance(record, ReadingBatch) else 1
