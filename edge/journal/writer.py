"""The one thread that writes: takes groups from the queue, commits them, tries again while the disk refuses.

Never confirms what is not on disk, and never ends for a fault of the disk or of a callback.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path

from edge.clock import Clock
from edge.health import Health, Part
from edge.journal import database
from edge.journal.checkpoint import Checkpoints
from edge.journal.contract import Committed
from edge.journal.faults import Border, name_of, part_of
from edge.journal.keeper import Keeper
from edge.journal.queue import ALIVE_NS, Item, Queue, Ticket, Work
from edge.metrics import Metrics
from telemetry.model import NS_PER_S, Reading, ReadingBatch

_LOG = logging.getLogger(__name__)

FIRST_RETRY_S = 0.2
LAST_RETRY_S = 5.0
"""Soon enough that a person who freed the disk sees it recover."""

_CONNECTION_HOLDS = frozenset({"SQLITE_FULL", "SQLITE_BUSY"})
"""Failures after which the same connection may be tried again; after any other the file is opened anew."""

_COMMIT_PAGES, _ROW_PAGES, _TASK_PAGES = 3, 2, 100
"""Pages that a commit, a row of it, a job of housekeeping write, roughly: only to know when a checkpoint is due."""

_LEFT = "%d appends were never committed and never confirmed"


class Writer:
    """Owns the connection that writes."""

    def __init__(
        self,
        path: Path,
        keeper: Keeper,
        *,
        queue: Queue,
        clock: Clock,
        health: Health,
        metrics: Metrics,
        on_commit: Callable[[Committed], None],
    ) -> None:
        self._checkpoints = Checkpoints(path)
        self.keeper = keeper
        self._path, self._connection, self._queue = path, keeper.connection, queue
        self._clock, self._health, self._metrics, self._on_commit = clock, health, metrics, on_commit
        self._reached = self.keeper.known.offset
        self._alive_at: int | None = None
        self._failing = self._lost = False
        self._thread = threading.Thread(target=self._run, name="journal", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._health.report(Part("journal", ok=True))
        self._thread.start()
        self._checkpoints.start()

    def runs(self) -> bool:
        """Whether the thread has not ended."""
        return self._thread.is_alive()

    def is_me(self) -> bool:
        """Whether the caller is on the writer's thread."""
        return threading.current_thread() is self._thread

    def join(self) -> None:
        """Wait for the thread's end, then close the file."""
        self._thread.join()
        self._checkpoints.stop()
        self._connection.close()

    def _run(self) -> None:
        ended = False
        try:
            while (work := self._queue.take()) is not None:
                self._do(work)
            ended = True
        finally:
            if left := self._queue.cancel():
                _LOG.error(_LEFT, len(left))
            if not ended:
                fault = "The journal's writer ended by a fault of labedge."
                self._health.report(Part("journal", ok=False, message=fault, fix="Restart it, and send us the log."))

    def _do(self, work: Work) -> None:
        if work.items or self._alive_is_due():
            self._keep(work.items)
        for ticket in work.tickets:
            self._run_task(ticket)

    def _alive_is_due(self) -> bool:
        return self._alive_at is None or self._clock.monotonic() - self._alive_at >= ALIVE_NS

    def _keep(self, items: tuple[Item, ...]) -> None:
        delay_s, closing = FIRST_RETRY_S, False
        while (committed := self._committed(items)) is None:
            if closing:
                _LOG.error(_LEFT, len(items))
                return
            closing = not self._queue.pause(delay_s)
            delay_s = min(2 * delay_s, LAST_RETRY_S)
        size = sum(item.size for item in items)
        self._checkpoints.wrote(_COMMIT_PAGES + _ROW_PAGES * len(committed.records) + size // database.PAGE_BYTES)
        self._confirm(items, committed)

    def _committed(self, items: tuple[Item, ...]) -> Committed | None:
        """Try once; None where the disk refused."""
        try:
            if self._lost:
                self._reconnect()
            self._connection.execute("BEGIN IMMEDIATE")
            group = (record for item in items for record in item.records)
            notes = [item.note for item in items if item.note]
            committed = self.keeper.keep(group, alive=self._clock.now(), notes=notes)
            self._connection.execute("COMMIT")
        except sqlite3.Error as error:
            self._failed(error, sum(len(item.records) for item in items))
            return None
        self._reached, self._alive_at = committed.offset, self._clock.monotonic()
        if self._failing:
            self._failing = False
            self._health.report(Part("journal", ok=True))
            _LOG.info("The journal %s is written again.", self._path)
        return committed

    def _failed(self, error: sqlite3.Error, waiting: int) -> None:
        part = part_of(error, self._path, waiting=waiting)
        if not self._failing:
            _LOG.error("%s %s", part.message, part.fix)
        self._failing = True
        self._lost = name_of(error) not in _CONNECTION_HOLDS
        self._health.report(part)
        self._roll_back()

    def _roll_back(self) -> None:
        self.keeper.forget()
        try:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
        except sqlite3.Error as error:
            self._lost = True
            _LOG.warning("The journal %s could not roll back: %s", self._path, error)

    def _reconnect(self) -> None:
        """Open the file again, as after a disk that was unplugged; raises `sqlite3.Error` while it is not there."""
        connection = database.connect(self._path)
        try:
            database.prepare(connection)
            row = connection.execute("SELECT instance, offset FROM gateway").fetchone()
            if row is None or row[0] != self.keeper.known.instance or row[1] < self._reached:
                raise sqlite3.DatabaseError("another file, or an older copy, is in its place")
        except sqlite3.Error:
            connection.close()
            raise
        self._connection.close()
        self._connection, self._lost = connection, False
        self.keeper.use(connection)

    def _confirm(self, items: tuple[Item, ...], committed: Committed) -> None:
        self._count(committed)
        if items:
            waited_ns = self._clock.monotonic() - items[0].queued_at
            self._metrics.commit_seconds.observe(waited_ns / NS_PER_S)
        for item in items:
            if item.done is not None:
                with Border("a confirmation"):
                    item.done(committed.offset)
        if committed.records:
            with Border("a subscriber"):
                self._on_commit(committed)

    def _count(self, committed: Committed) -> None:
        readings = others = 0
        for _offset, record in committed.records:
            if isinstance(record, ReadingBatch):
                readings += len(record.t)
            elif isinstance(record, Reading):
                readings += 1
            else:
                others += 1
        self._metrics.readings_committed.inc(readings)
        self._metrics.records_committed.inc(others)

    def _run_task(self, ticket: Ticket) -> None:
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            ticket.task(self._connection)
            self._connection.execute("COMMIT")
        except sqlite3.Error as error:
            self._roll_back()
            ticket.finish(error)
        else:
            self._checkpoints.wrote(_TASK_PAGES)
            ticket.finish()
