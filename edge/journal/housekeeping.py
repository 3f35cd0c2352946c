"""One quiet thread that joins small rows, keeps the disk's limit and gives free pages back.

Never writes by itself: every change is a short job on the writer's thread, so that no commit waits long.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from edge.clock import Clock
from edge.errors import Damaged, Full, GiveUp
from edge.health import Health, Part
from edge.journal import compaction, database, packing, retention
from edge.journal.compaction import GRACE_NS, Swap
from edge.journal.keeper import Keeper
from edge.journal.packing import Packed
from edge.journal.queue import Task, Ticket
from edge.metrics import Metrics
from telemetry.model import NS_PER_S

SWAP_BYTES = 512 * 2**10
"""Of new rows in one transaction: with their deletions, under 20 ms of the writer's time."""

REST = 9
LONGEST_REST_S = 2.0
"""For each second of joining, nine of rest: at most a tenth of a core, and still a hundred channels at 1 kHz."""

ROOM_S = 5.0
"""How often the limit is looked at between rounds: at 2 MB a second, a flood, 10 MB may come meanwhile."""

CHECKPOINT_TRIES = 50
CHECKPOINT_PAUSE_S = 0.02
"""A second in all: the quiet checkpoints beside the writer hold SQLite's lock for some milliseconds each."""

FREE_PAGES = 2048
"""16 MiB: the next hour's fresh rows will need them."""

VACUUM_PAGES = 32
"""256 KiB a step, a few ms of the writer's time."""


class Housekeeping:
    """Rounds of compaction, retention and vacuum, each `period_s`, or when told."""

    def __init__(
        self,
        path: Path,
        *,
        clock: Clock,
        health: Health,
        metrics: Metrics,
        max_bytes: int,
        call: Callable[[Task], Ticket],
        keeper: Keeper,
    ) -> None:
        self._path, self._clock, self._health, self._metrics = path, clock, health, metrics
        self._max_bytes, self._call, self._keeper = max_bytes, call, keeper
        self._stop = threading.Event()
        self._pause = threading.Event()  # never set: a thorough round goes on while the gateway stops
        self._one_round = threading.Lock()
        self._dropped = 0
        self._rested_at = 0
        self._thread = threading.Thread(target=self._run, name="journal-housekeeping", daemon=True)
        self._period_s = self._room_s = 0.0

    def start(self, *, period_s: float, room_s: float = ROOM_S) -> None:
        """Begin; the first round comes after one period. The limit is looked at each `room_s`, and kept."""
        self._period_s, self._room_s = period_s, min(room_s, period_s)
        self._thread.start()

    def stop(self) -> None:
        """Ask the thread to end after the step at hand."""
        self._stop.set()

    def join(self) -> None:
        """Wait for the thread's end."""
        self._thread.join()

    def round(self, *, thorough: bool) -> None:
        """One round; a `thorough` one takes no rest, and leaves no free page and no write-ahead log behind."""

        def work(reading: sqlite3.Connection) -> None:
            faults = self._compact(reading, thorough=thorough) or self._pack(reading, thorough=thorough)
            self._make_room(reading, thorough=thorough)
            self._report(faults)

        self._with_reading(work)

    def _with_reading(self, work: Callable[[sqlite3.Connection], None]) -> None:
        with self._one_round:
            try:
                reading = database.connect_reading(self._path)
            except (sqlite3.Error, GiveUp) as error:
                self._report(f"The journal cannot be read for housekeeping: {error}.")
                return
            try:
                work(reading)
            except sqlite3.Error as error:
                self._report(f"Housekeeping of the journal waits for the disk: {error}.")
            finally:
                reading.close()

    def _make_room(self, reading: sqlite3.Connection, *, thorough: bool = False) -> None:
        self._retain(reading)
        self._vacuum(reading, thorough=thorough)

    def _run(self) -> None:
        waited_s = 0.0
        while not self._stop.wait(self._room_s):
            waited_s += self._room_s
            try:
                if waited_s >= self._period_s:
                    waited_s = 0.0
                    self.round(thorough=False)
                elif database.bytes_on_disk(self._path) > self._max_bytes:
                    self._with_reading(self._make_room)
            except (GiveUp, Full):
                return  # the writer is gone, and so is the gateway

    def _report(self, fault: str) -> None:
        fix = "Run `labedge verify`; recording goes on meanwhile." if fault else ""
        self._health.report(Part("journal housekeeping", ok=not fault, message=fault, fix=fix, vital=False))

    def _compact(self, reading: sqlite3.Connection, *, thorough: bool) -> str:
        fault, swaps = "", list[Swap]()
        self._rested_at = self._clock.monotonic()
        for hour in compaction.unjoined_hours(reading, now=self._clock.now()):
            again = True
            while again and not (self._stop.is_set() and not thorough):
                again = False
                try:
                    for swap in compaction.swaps_of(reading, hour):
                        swaps.append(swap)
                        again |= not swap.whole
                        swaps = self._swapped_when_full(swaps, thorough=thorough)
                except Damaged as error:
                    fault = f"An hour of readings cannot be joined: {error}."
                    again = False
                if again:
                    swaps = self._swapped(swaps, thorough=thorough)
        self._swapped(swaps, thorough=thorough)
        return fault

    def _swapped_when_full(self, swaps: list[Swap], *, thorough: bool) -> list[Swap]:
        rows = sum(1 + len(swap.old) for swap in swaps)
        if rows < compaction.GROUP_ROWS and sum(swap.size() for swap in swaps) < SWAP_BYTES:
            return swaps
        return self._swapped(swaps, thorough=thorough)

    def _swapped(self, swaps: list[Swap], *, thorough: bool) -> list[Swap]:
        if swaps:
            self._wait(lambda connection: compaction.swap(connection, self._keeper, swaps))
            self._rest(thorough=thorough)
        return []

    def _rest(self, *, thorough: bool) -> None:
        if not thorough:
            worked_ns = self._clock.monotonic() - self._rested_at
            self._stop.wait(min(LONGEST_REST_S, REST * worked_ns / NS_PER_S))
            self._rested_at = self._clock.monotonic()

    def _pack(self, reading: sqlite3.Connection, *, thorough: bool) -> str:
        fault, self._rested_at = "", self._clock.monotonic()
        for days in packing.closed_days(reading, before=self._clock.now() - GRACE_NS):
            if self._stop.is_set() and not thorough:
                break
            packed = list[Packed]()
            for day in days:
                try:
                    packed.append(packing.packed(reading, day))
                except Damaged as error:
                    fault = f"A day of states cannot be packed: {error}."
            self._wait(partial(self._swap_days, packed=packed))
            self._rest(thorough=thorough)
        return fault

    def _swap_days(self, connection: sqlite3.Connection, *, packed: Sequence[Packed]) -> None:
        packing.swap(connection, self._keeper.current(), packed)

    def _retain(self, reading: sqlite3.Connection) -> None:
        if retention.bytes_used(reading) + database.wal_bytes(self._path) <= self._max_bytes:
            return
        self._checkpoint()
        while retention.bytes_used(reading) > retention.ENOUGH * self._max_bytes:
            dropped = self._drop_oldest()
            if dropped is None:
                break
            self._dropped += dropped.n
            self._metrics.dropped.labels(reason="retention").inc(dropped.n)
        if self._dropped:
            self._tell_dropped()

    def _drop_oldest(self) -> retention.Dropped | None:
        answer: list[retention.Dropped | None] = []
        self._wait(lambda connection: answer.append(retention.drop_oldest(connection, self._keeper)))
        return answer[0]

    def _tell_dropped(self) -> None:
        limit = self._max_bytes / 2**30
        self._health.report(
            Part(
                "journal retention",
                ok=False,
                message=f"The journal reached its {limit:g} GiB: {self._dropped} of the oldest readings had to go.",
                fix="Raise [journal] max_disk_gib, or keep fewer readings.",
                vital=False,
            )
        )

    def _vacuum(self, reading: sqlite3.Connection, *, thorough: bool) -> None:
        (pages,) = reading.execute("PRAGMA page_count").fetchone()
        too_large = database.bytes_on_disk(self._path) > self._max_bytes
        keep = 0 if thorough or too_large else max(FREE_PAGES, pages // 4)
        while _free_pages(reading) > keep and (thorough or not self._stop.is_set()):
            self._wait(partial(_give_back, pages=64 * VACUUM_PAGES if thorough else VACUUM_PAGES))
        if thorough:
            self._checkpoint()

    def _checkpoint(self) -> None:
        connection = database.connect(self._path)
        try:
            for _ in range(CHECKPOINT_TRIES):
                busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
                if not busy:
                    break
                self._pause.wait(CHECKPOINT_PAUSE_S)
        finally:
            connection.close()

    def _wait(self, task: Task) -> None:
        ticket = self._call(task)
        ticket.done.wait()
        if ticket.failure is not None:
            raise ticket.failure


def _free_pages(reading: sqlite3.Connection) -> int:
    (free,) = reading.execute("PRAGMA freelist_count").fetchone()
    return int(free)


def _give_back(connection: sqlite3.Connection, *, pages: int) -> None:
    for _ in range(pages):  # a greater argument would not help: Python's sqlite3 takes only the first step of it
        connection.execute("PRAGMA incremental_vacuum(1)")
