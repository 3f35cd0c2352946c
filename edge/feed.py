"""One device's way into the journal, with a bounded share of its queue.

It loses nothing while the gateway runs: whoever feeds too fast waits.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from functools import partial

from edge.errors import Full, GiveUp
from edge.journal.contract import Journal, Offset
from edge.metrics import Metrics
from telemetry.model import Record

WINDOW_RECORDS = 2_000
"""Records of one device that may wait for the disk: a flood fills its own share of the journal's queue, no other's."""

ROOM_WAIT_S = 1.0
"""How long room in the journal is waited for before it counts and health says so."""


class Feed:
    """One device's way into the journal, with a bounded share of its queue."""

    def __init__(self, equipment: str, journal: Journal, metrics: Metrics, stopping: threading.Event) -> None:
        """Begin with nothing on its way to the disk."""
        self._journal = journal
        self._waits = metrics.journal_waits.labels(equipment)
        self._lost = metrics.dropped.labels("queue")
        self._stopping = stopping
        self._room = threading.Condition()
        self._pending = 0

    def keep(self, records: Sequence[Record], *, waiting: Callable[[], None]) -> None:
        """Queue `records`, however long it takes; calls `waiting` once a second meanwhile.

        Only a stop in the midst of the waiting loses them, counted. A closed journal stops the pump.
        """
        while records and not self._offer(records):
            self._waits.inc()
            if self._stopping.is_set():
                self._lost.inc(len(records))
                return
            waiting()

    def _offer(self, records: Sequence[Record]) -> bool:
        with self._room:
            if not self._room.wait_for(lambda: self._pending < WINDOW_RECORDS, ROOM_WAIT_S):
                return False
            self._pending += len(records)
        taken = False
        try:
            self._journal.append(records, partial(self._committed, len(records)), timeout_s=ROOM_WAIT_S)
            taken = True
        except Full:
            pass  # whoever called waits on
        except GiveUp:
            self._stopping.set()
        finally:
            if not taken:
                self._committed(len(records), 0)
        return taken

    def _committed(self, count: int, _offset: Offset) -> None:
        with self._room:
            self._pending -= count
            self._room.notify_all()
