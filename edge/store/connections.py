"""Read connections to the journal's file, lent to one thread at a time.

Never writes, and never lends a connection in the middle of a transaction.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from edge.errors import Damaged, GiveUp, Retry
from edge.journal.database import connect_reading

KEPT = 8
"""Idle connections kept, 2 MiB of cache each: more threads than that seldom read at once."""


class Connections:
    """Opens when none is idle, closes when enough are."""

    def __init__(self, path: Path) -> None:
        """Open the first; raises `GiveUp` where there is no journal."""
        self._path = path
        self._lock = threading.Lock()
        self._idle = [connect_reading(path)]
        self._closed = False

    @contextmanager
    def snapshot(self) -> Iterator[sqlite3.Connection]:
        """A connection in a read transaction: every answer in it is of one commit.

        Raises `Damaged` or `Retry` for what SQLite says, `GiveUp` after `close`.
        """
        connection = self._take()
        try:
            connection.execute("BEGIN")
            yield connection
            connection.execute("COMMIT")
        except sqlite3.OperationalError as error:
            raise Retry(f"The journal {self._path} cannot be read now: {error}.", fix="Check its disk.") from error
        except sqlite3.DatabaseError as error:
            raise Damaged(f"The journal {self._path} is damaged: {error}.", fix="Run `labedge verify`.") from error
        finally:
            self._give_back(connection)

    def close(self) -> None:
        """Close what is idle; what is lent is closed when it comes back."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    def _take(self) -> sqlite3.Connection:
        with self._lock:
            if self._closed:
                raise GiveUp("The store is closed.", fix="Start the gateway again.")
            if self._idle:
                return self._idle.pop()
        return connect_reading(self._path)

    def _give_back(self, connection: sqlite3.Connection) -> None:
        if connection.in_transaction:
            connection.rollback()
        with self._lock:
            if not self._closed and len(self._idle) < KEPT:
                self._idle.append(connection)
                return
        connection.close()
