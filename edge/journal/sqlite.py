"""The journal on disk: one writer thread, group commit, and confirmation only after the disk has it.

Nothing that was confirmed is ever lost, nothing is kept twice, and a full disk only makes it wait.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

from edge.clock import Clock
from edge.errors import Damaged, Full, GiveUp
from edge.health import Health
from edge.journal import database
from edge.journal.contract import Committed, Offset
from edge.journal.housekeeping import ROOM_S, Housekeeping
from edge.journal.keeper import Keeper, prepared
from edge.journal.queue import Done, Queue
from edge.journal.writer import Writer
from edge.metrics import Metrics
from edge.settings import Journal as Settings
from telemetry.model import Instant, Record

HOUSEKEEPING_S = 60.0
"""An hour's rows are joined within minutes of its end, and a busy channel's small rows within one."""


def _nobody(_committed: Committed) -> None:
    """No subscriber."""


class SqliteJournal:
    """See `edge.journal.contract.Journal`.

    `previous_alive` is when the gateway last lived before this start, None in a new journal; `instance` names this
    numbering of offsets. `on_commit` runs on the writer's thread after every `done` of its commit.
    """

    previous_alive: Instant | None
    instance: str

    def __init__(  # noqa: PLR0913 - each part by its name
        self,
        path: Path,
        *,
        clock: Clock,
        settings: Settings,
        health: Health,
        metrics: Metrics,
        on_commit: Callable[[Committed], None] = _nobody,
        housekeeping_s: float = HOUSEKEEPING_S,
        room_s: float = ROOM_S,
    ) -> None:
        """Open or create; raises `GiveUp` or `Damaged` with a sentence."""
        self._path = path
        self._lock = database.lock(path)
        try:
            keeper = Keeper(database.open_writing(path))
        except sqlite3.DatabaseError as error:
            os.close(self._lock)
            raise Damaged(f"The journal {path} is damaged: {error}.", fix="Restore a backup.") from error
        except (GiveUp, Damaged):
            os.close(self._lock)
            raise
        self._closed = False
        self._closing = threading.Lock()
        self._queue = Queue(clock, interval_ms=settings.commit_interval_ms, group_records=settings.commit_records)
        self._writer = Writer(
            path, keeper, queue=self._queue, clock=clock, health=health, metrics=metrics, on_commit=on_commit
        )
        self.previous_alive, self.instance = keeper.known.alive, keeper.known.instance
        self._housekeeping = Housekeeping(
            path,
            clock=clock,
            health=health,
            metrics=metrics,
            max_bytes=int(settings.max_disk_gib * 2**30),
            call=self._queue.call,
            keeper=keeper,
        )
        self._writer.start()
        self._housekeeping.start(period_s=housekeeping_s, room_s=room_s)

    def append(
        self,
        records: Sequence[Record],
        done: Done | None = None,
        *,
        timeout_s: float | None = None,
        note: bytes = b"",
    ) -> None:
        """See the contract; raises `ValueError` where a record cannot be kept as it is (a value that is not finite)."""
        self._queue.put([prepared(record) for record in records], done, timeout_s=timeout_s, note=note)

    def commit(self, records: Sequence[Record], *, timeout_s: float | None = None, note: bytes = b"") -> Offset:
        """See the contract."""
        if self._writer.is_me():
            raise RuntimeError("commit() was called on the writer's own thread, which would wait for itself")
        ready = threading.Event()
        reached: list[Offset] = []

        def done(offset: Offset) -> None:
            reached.append(offset)
            ready.set()

        self.append(records, done, timeout_s=timeout_s, note=note)
        self.hurry()
        while not ready.wait(timeout_s if timeout_s is not None else 1.0):
            if timeout_s is not None:
                raise Full(f"The journal did not commit within {timeout_s} s.", fix="See /ready for the disk.")
            if not self._writer.runs() and not reached:
                raise GiveUp("The journal was closed before this was committed.", fix="Start the gateway again.")
        return reached[0]

    def notes(self) -> tuple[bytes, ...]:
        """See the contract."""
        with closing(database.connect_reading(self._path)) as reading:
            return tuple(note for (note,) in reading.execute("SELECT note FROM notes ORDER BY reach"))

    def hurry(self) -> None:
        """See the contract."""
        self._queue.hurry()

    def housekeep_now(self) -> None:
        """Do a whole round of housekeeping on this thread, down to the last free page; for tests and benchmarks."""
        self._housekeeping.round(thorough=True)

    def close(self) -> None:
        """See the contract; while the disk fails it tries once more, then leaves what was never confirmed."""
        with self._closing:
            if self._closed:
                return
            self._closed = True
            self._housekeeping.stop()
            self._queue.close()
            self._writer.join()
            self._housekeeping.join()
            os.close(self._lock)
