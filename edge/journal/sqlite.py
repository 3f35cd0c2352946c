"""The journal on disk: one writer thread, group commit, and confirmation only after the disk has it.

Nothing that was confirmed is ever lost, nothing is kept twice, and a full disk only makes it wait.
"""

from __future__ import annotations

import logging
import os
import sqlite3
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from edge.clock import Clock
from edge.errors import Damaged, Full, GiveUp
from edge.health import Health, Part
from edge.journal import database
from edge.journal.contract import Committed, Offset
from edge.journal.faults import Border, name_of, part_of
from edge.journal.housekeeping import Housekeeping
from edge.journal.keeper import Keeper, prepared
from edge.journal.queue import ALIVE_NS, Done, Item, Queue, Ticket, Work
from edge.metrics import Metrics
from edge.settings import Journal as Settings
from telemetry.model import NS_PER_S, Instant, Reading, ReadingBatch, Record

_LOG = logging.getLogger(__name__)

FIRST_RETRY_S = 0.2
LAST_RETRY_S = 5.0
"""Soon enough that a person who freed the disk sees it recover."""

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

    def __init__(
        self,
        path: Path,
        *,
        clock: Clock,
        settings: Settings,
        health: Health,
        metrics: Metrics,
        on_commit: Callable[[Committed], None] = _nobody,
        housekeeping_s: float = HOUSEKEEPING_S,
    ) -> None:
        """Open or create; raises `GiveUp` or `Damaged` with a sentence."""
        self._path, self._clock, self._health, self._metrics = path, clock, health, metrics
        self._on_commit = on_commit
        self._lock = database.lock(path)
        try:
            self._connection = database.open_writing(path)
        except (GiveUp, Damaged):
            os.close(self._lock)
            raise
        self._keeper = Keeper(self._connection)
        self.previous_alive, self.instance = self._keeper.known.alive, self._keeper.known.instance
        self._alive_at: int | None = None
        self._failing = self._closed = False
        self._closing = threading.Lock()
        self._queue = Queue(clock, interval_ms=settings.commit_interval_ms, group_records=settings.commit_records)
        self._writer = threading.Thread(target=self._run, name="journal", daemon=True)
        self._housekeeping = Housekeeping(
            path,
            clock=clock,
            health=health,
            metrics=metrics,
            max_bytes=int(settings.max_disk_gib * 2**30),
            call=self._queue.call,
            keeper=self._keeper,
        )
        health.report(Part("journal", ok=True))
        self._writer.start()
        self._housekeeping.start(period_s=housekeeping_s)

    def append(self, records: Sequence[Record], done: Done | None = None, *, timeout_s: float | None = None) -> None:
        """See the contract; raises `ValueError` where a record cannot be kept as it is (a value that is not finite)."""
        self._queue.put([prepared(record) for record in records], done, timeout_s=timeout_s)

    def commit(self, records: Sequence[Record], *, timeout_s: float | None = None) -> Offset:
        """See the contract."""
        if threading.current_thread() is self._writer:
            raise RuntimeError("commit() was called on the writer's own thread, which would wait for itself")
        ready = threading.Event()
        reached: list[Offset] = []

        def done(offset: Offset) -> None:
            reached.append(offset)
            ready.set()

        self.append(records, done, timeout_s=timeout_s)
        self.hurry()
        while not ready.wait(timeout_s if timeout_s is not None else 1.0):
            if timeout_s is not None:
                raise Full(f"The journal did not commit within {timeout_s} s.", fix="See /ready for the disk.")
            if not self._writer.is_alive() and not reached:
                raise GiveUp("The journal was closed before this was committed.", fix="Start the gateway again.")
        return reached[0]

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
            self._connection.close()
            os.close(self._lock)

    def _run(self) -> None:
        ended = False
        try:
            while (work := self._queue.take()) is not None:
                self._do(work)
            ended = True
        finally:
            left = self._queue.cancel()
            if not ended:
                self._health.report(
                    Part("journal", ok=False, message="The journal's writer ended by a fault.", fix="Restart labedge.")
                )
            if left:
                _LOG.error("%d appends were never committed and never confirmed", len(left))

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
                _LOG.error("%d appends were never committed and never confirmed", len(items))
                return
            closing = not self._queue.pause(delay_s)
            delay_s = min(2 * delay_s, LAST_RETRY_S)
        self._confirm(items, committed)

    def _committed(self, items: tuple[Item, ...]) -> Committed | None:
        """Try once; None where the disk refused."""
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            group = (record for item in items for record in item.records)
            committed = self._keeper.keep(group, alive=self._clock.now())
            self._connection.execute("COMMIT")
        except sqlite3.Error as error:
            self._failed(error, sum(len(item.records) for item in items))
            return None
        self._alive_at = self._clock.monotonic()
        if self._failing:
            self._failing = False
            self._health.report(Part("journal", ok=True))
            _LOG.info("The journal is written again.")
        return committed

    def _failed(self, error: sqlite3.Error, waiting: int) -> None:
        part = part_of(error, self._path, waiting=waiting)
        if not self._failing:
            _LOG.error("%s %s", part.message, part.fix)
        self._failing = True
        self._health.report(part)
        self._keeper.forget()
        self._roll_back()

    def _roll_back(self) -> None:
        try:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
        except sqlite3.Error as error:
            _LOG.warning("The journal could not roll back: %s (%s)", error, name_of(error))

    def _confirm(self, items: tuple[Item, ...], committed: Committed) -> None:
        self._count(items, committed)
        for item in items:
            if item.done is not None:
                with Border("a confirmation"):
                    item.done(committed.offset)
        if committed.records:
            with Border("a subscriber"):
                self._on_commit(committed)

    def _count(self, items: tuple[Item, ...], committed: Committed) -> None:
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
        if items:
            self._metrics.commit_seconds.observe((self._clock.monotonic() - items[0].queued_at) / NS_PER_S)

    def _run_task(self, ticket: Ticket) -> None:
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            ticket.task(self._connection)
            self._connection.execute("COMMIT")
        except sqlite3.Error as error:
            self._roll_back()
            self._keeper.forget()
            ticket.finish(error)
        else:
            ticket.finish()
