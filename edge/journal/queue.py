"""What waits for the writer: appended records, bounded in number and bytes, and small jobs of housekeeping.

Nothing here touches a disk; the one lock is never held while anything else is done.
"""

from __future__ import annotations

import sqlite3
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from edge.clock import Clock
from edge.errors import Full, GiveUp
from edge.journal.contract import Offset
from edge.journal.keeper import Entry, Prepared
from telemetry.model import NS_PER_MS, NS_PER_S, Reading, ReadingBatch

RECORDS_LIMIT = 100_000
"""Two seconds of the fastest broker: longer a disk never stands still while it is well."""

BYTES_LIMIT = 32 * 2**20
"""Of 150 MiB that the gateway may take."""

GROUP_BYTES = 4 * 2**20
"""One commit of this size takes some 30 ms; a greater one would keep the next waiting."""

ALIVE_NS = 5 * NS_PER_S
"""How often an idle writer says that it lives."""

_ROW_BYTES = 300
_CLOSED = GiveUp("The journal is closed.", fix="Start the gateway again.")

Done: TypeAlias = Callable[[Offset], None]
Task: TypeAlias = Callable[[sqlite3.Connection], None]


@dataclass(frozen=True, slots=True)
class Item:
    """One `append`."""

    records: Sequence[Prepared]
    done: Done | None
    size: int
    queued_at: int
    note: bytes = b""


@dataclass(slots=True)
class Ticket:
    """A job for the writer; `done` is set when it ran or never will, `failure` tells why it did not."""

    task: Task
    done: threading.Event = field(default_factory=threading.Event)
    failure: Exception | None = None

    def finish(self, failure: Exception | None = None) -> None:
        """Let go whoever waits."""
        self.failure = failure
        self.done.set()


@dataclass(frozen=True, slots=True)
class Work:
    """What the writer does next: a group to commit, which may be empty, then jobs."""

    items: tuple[Item, ...]
    tickets: tuple[Ticket, ...]


class Queue:
    """Many threads put, one takes."""

    def __init__(self, clock: Clock, *, interval_ms: int, group_records: int) -> None:
        self._clock = clock
        self._interval_ns = interval_ms * NS_PER_MS
        self._group_records = group_records
        self._lock = threading.Lock()
        self._work = threading.Condition(self._lock)
        self._room = threading.Condition(self._lock)
        self._items: deque[Item] = deque()
        self._tickets: list[Ticket] = []
        self._records = self._bytes = 0
        self._hurried = self._closed = self._taker_waits = False
        self._taker = 0

    def put(
        self, records: Sequence[Prepared], done: Done | None, *, timeout_s: float | None, note: bytes = b""
    ) -> None:
        """Queue, waiting for room; raises `Full` when there is none in time, `GiveUp` after `close`."""
        size = sum(_size(record) for record in records) + len(note)
        with self._lock:
            if not self._fits(len(records), size):
                if threading.get_ident() == self._taker:
                    timeout_s = 0.0  # the writer would wait for itself
                self._room.wait_for(lambda: self._closed or self._fits(len(records), size), timeout_s)
            if self._closed:
                raise _CLOSED
            if not self._fits(len(records), size):
                raise Full("The journal's queue is full: the disk does not keep up.", fix="See /ready for the disk.")
            self._items.append(Item(records, done, size, self._clock.monotonic(), note))
            self._records += len(records)
            self._bytes += size
            if self._taker_waits and (len(self._items) == 1 or self._due()):
                self._work.notify()

    def call(self, task: Task) -> Ticket:
        """Queue a job for the writer's connection, to run in a transaction of its own."""
        ticket = Ticket(task)
        with self._lock:
            if self._closed:
                raise _CLOSED
            self._tickets.append(ticket)
            self._work.notify()
        return ticket

    def hurry(self) -> None:
        """Let the group that is waiting be taken now."""
        with self._lock:
            self._hurried = True
            self._work.notify()

    def close(self) -> None:
        """Let nothing more in."""
        with self._lock:
            self._closed = True
            self._work.notify_all()
            self._room.notify_all()

    def take(self) -> Work | None:
        """The next work, None at the end; waits for a group to be due, or for the time to say that the writer lives."""
        with self._lock:
            self._taker = threading.get_ident()
            self._taker_waits = True
            if not self._items:
                self._work.wait_for(lambda: self._items or self._due(), ALIVE_NS / NS_PER_S)
            if self._items and not self._due():
                waited_ns = self._clock.monotonic() - self._items[0].queued_at
                self._work.wait_for(self._due, max(0, self._interval_ns - waited_ns) / NS_PER_S)
            self._taker_waits = False
            if self._closed and not self._items and not self._tickets:
                return None
            return self._taken()

    def pause(self, seconds: float) -> bool:
        """Wait after a failure; False at once when the queue is closed."""
        with self._lock:
            return not self._work.wait_for(lambda: self._closed, seconds)

    def cancel(self) -> tuple[Item, ...]:
        """At the writer's end: let every job go unfinished; returns what was never committed."""
        with self._lock:
            self._closed = True
            left, self._items = tuple(self._items), deque()
            tickets, self._tickets = self._tickets, []
            self._room.notify_all()
        for ticket in tickets:
            ticket.finish(_CLOSED)
        return left

    def _due(self) -> bool:
        return (
            self._hurried
            or self._closed
            or bool(self._tickets)
            or self._records >= self._group_records
            or self._bytes >= GROUP_BYTES
        )

    def _fits(self, records: int, size: int) -> bool:
        """Whether there is room; what could never fit is let in alone."""
        return not self._items or (self._records + records <= RECORDS_LIMIT and self._bytes + size <= BYTES_LIMIT)

    def _taken(self) -> Work:
        items: list[Item] = []
        records = size = 0
        while self._items and records < self._group_records and size < GROUP_BYTES:
            item = self._items.popleft()
            items.append(item)
            records += len(item.records)
            size += item.size
        self._records -= records
        self._bytes -= size
        tickets, self._tickets = tuple(self._tickets), []
        self._hurried = self._hurried and bool(self._items)
        self._room.notify_all()
        return Work(tuple(items), tickets)


def _size(record: Prepared) -> int:
    if isinstance(record, Reading):
        return _ROW_BYTES
    if isinstance(record, ReadingBatch):
        return record.t.nbytes + record.v.nbytes + _ROW_BYTES
    return _size_of_entry(record)


def _size_of_entry(entry: Entry) -> int:
    return len(entry.row.words) + len(entry.row.raw) + _ROW_BYTES
