"""A journal in memory that keeps every promise of the contract but the disk's: for tests and trials.

Never waits and is never full; what it held is gone with it.
"""

from __future__ import annotations

import threading
import uuid
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from edge.clock import Clock
from edge.errors import GiveUp
from edge.journal import stretches
from edge.journal.contract import NOTES_BYTES, Committed, Offset
from edge.journal.faults import Border
from edge.journal.keeper import Entry, prepared
from edge.journal.series import Series, gather
from telemetry.columns import Float64s, Int64s
from telemetry.model import Channel, EquipmentId, Instant, Record


def _nobody(_committed: Committed) -> None:
    """No subscriber."""


@dataclass(slots=True)
class MemoryChannel:
    """All readings of one channel, by time."""

    unit: str = ""
    t: Int64s = field(default_factory=lambda: np.zeros(0, np.int64))
    v: Float64s = field(default_factory=lambda: np.zeros(0, np.float64))


class MemoryJournal:
    """See `edge.journal.contract.Journal`; commits at once, on the thread that appends.

    `lock` guards what is kept, for `edge.store.memory`; `named` are the times of readings by the run that they name.
    """

    def __init__(self, *, clock: Clock, on_commit: Callable[[Committed], None] = _nobody) -> None:
        self.instance = str(uuid.uuid4())
        self.previous_alive: Instant | None = None
        self.alive: Instant | None = None
        self.offset: Offset = 0
        self.records: list[tuple[Offset, Record]] = []
        self.channels: dict[tuple[EquipmentId, Channel], MemoryChannel] = {}
        self.named: dict[tuple[str, EquipmentId], Int64s] = {}
        self.lock = threading.RLock()
        self._keys: set[object] = set()
        self._notes: deque[bytes] = deque()
        self._noted = 0
        self._clock = clock
        self._on_commit = on_commit
        self._closed = False

    def append(
        self,
        records: Sequence[Record],
        done: Callable[[Offset], None] | None = None,
        *,
        timeout_s: float | None = None,
        note: bytes = b"",
    ) -> None:
        """See the contract; raises `ValueError` where a record cannot be kept as it is."""
        del timeout_s  # it never waits
        ready = [prepared(record) for record in records]
        with self.lock:
            if self._closed:
                raise GiveUp("The journal is closed.", fix="Start the gateway again.")
            before = len(self.records)
            series: dict[tuple[str, str, str], Series] = {}
            for item in ready:
                if isinstance(item, Entry):
                    self._log(item)
                else:
                    gather(series, item)
            for one in series.values():
                self._readings(one)
            for key, times in stretches.named(series.values()).items():
                self.named[key] = np.append(self.named.get(key, times), times)
            self._note(note)
            self.alive = self._clock.now()
            committed = Committed(self.offset, tuple(self.records[before:]))
            self._confirm(committed, done)

    def commit(self, records: Sequence[Record], *, timeout_s: float | None = None, note: bytes = b"") -> Offset:
        """See the contract."""
        self.append(records, timeout_s=timeout_s, note=note)
        return self.offset

    def notes(self) -> tuple[bytes, ...]:
        """See the contract."""
        with self.lock:
            return tuple(self._notes)

    def hurry(self) -> None:
        """See the contract: nothing ever waits here."""

    def close(self) -> None:
        """See the contract."""
        with self.lock:
            self._closed = True

    def _confirm(self, committed: Committed, done: Callable[[Offset], None] | None) -> None:
        if done is not None:
            with Border("a confirmation"):
                done(committed.offset)
        if committed.records:
            with Border("a subscriber"):
                self._on_commit(committed)

    def _log(self, entry: Entry) -> None:
        key = entry.row.key()
        if key not in self._keys:
            self._keys.add(key)
            self._add(entry.record)

    def _note(self, note: bytes) -> None:
        if note:
            self._notes.append(note)
            self._noted += len(note)
        while self._notes and self._noted - len(self._notes[0]) >= NOTES_BYTES:
            self._noted -= len(self._notes.popleft())

    def _readings(self, series: Series) -> None:
        channel = self.channels.setdefault((series.equipment, series.channel), MemoryChannel())
        channel.unit = series.unit or channel.unit
        for t, v in series.pieces():
            new = ~np.isin(t, channel.t)
            if new.any():
                self._add(series.record(t[new], v[new]))
                all_t, all_v = np.concatenate((channel.t, t[new])), np.concatenate((channel.v, v[new]))
                order = np.argsort(all_t)
                channel.t, channel.v = all_t[order], all_v[order]

    def _add(self, record: Record) -> None:
        self.offset += 1
        self.records.append((self.offset, record))
