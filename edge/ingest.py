"""Batches that lab computers post, into the journal, answered only after the commit.

It understands no body itself: `drivers.labedge.body` does. Nothing that it acknowledged may be lost.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from drivers.labedge.body import read
from edge.clock import Clock
from edge.journal.contract import Journal, Offset
from edge.live import Live
from edge.metrics import Metrics
from telemetry.model import ClockJumped, EquipmentId, EquipmentSeen, Instant, ReadingBatch, Record, Rejected, StateSeen

COMMIT_TIMEOUT_S = 10.0
"""A full disk or queue is told to the sender after this long; a lab computer keeps its batch and tries again."""

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


class Ingest:
    """Takes bodies from any thread."""

    def __init__(self, journal: Journal, clock: Clock, *, live: Live, metrics: Metrics) -> None:
        self._journal = journal
        self._clock = clock
        self._live = live
        self._received = metrics.messages_received.labels(link="http")
        self._rejected = metrics.rejected

    def post(self, body: bytes, *, content_type: str) -> Posted:
        """Commit what `body` holds; raises `Full` where there is no room, and then the sender must keep it."""
        self._received.inc()
        at = self._clock.now()
        told = read(body, content_type=content_type, at=at)
        records = (*self._newcomers(told.records, told.rooms, at), *map(self._with_validity, told.records))
        faults = [record for record in told.records if isinstance(record, Rejected)]
        offset = self._journal.commit(records, timeout_s=COMMIT_TIMEOUT_S)
        for fault in faults:
            self._rejected.labels(equipment=fault.equipment).inc()
        reasons = tuple(dict.fromkeys(fault.reason for fault in faults))[:MAX_REASONS]
        return Posted(offset, sum(map(_values, told.records)), len(faults), reasons)

    def _newcomers(
        self, records: tuple[Record, ...], rooms: Mapping[EquipmentId, str], at: Instant
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
