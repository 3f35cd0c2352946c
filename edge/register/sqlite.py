"""The register in one SQLite file: one writer, readers beside it, nothing told before the disk has it.

Reads no clock, and gives no learner away without a line in the audit.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import cast

from edge.errors import Damaged, GiveUp
from edge.register import changeset, database, editions, forgetting, rows, verify
from edge.register.contract import (
    Answer,
    Audited,
    Change,
    Closed,
    E,
    Fault,
    Judge,
    L,
    Past,
    RegisterVersion,
    Row,
    contented,
)
from edge.register.entry import Entry
from edge.register.kinds import KINDS
from edge.register.people import Linked
from telemetry.model import Instant


class SqliteSnapshot:
    """See `edge.register.contract.Snapshot`."""

    def __init__(self, version: RegisterVersion, kinds: dict[str, tuple[Row[Entry], ...]]) -> None:
        """Hold what was read in one transaction."""
        self.register_version = version
        self._kinds = kinds

    def rows(self, kind: type[E]) -> tuple[Row[E], ...]:
        """Every living entry of a kind, by id."""
        return cast("tuple[Row[E], ...]", self._kinds[kind.kind])


class SqliteRegister:
    """See `edge.register.contract.Register`; a path of `:memory:` is gone when it is closed."""

    def __init__(self, path: Path | str, *, judge: Judge = contented) -> None:
        """Open or create; raises `GiveUp` or `Damaged` with a sentence. What `judge` finds fault with is refused."""
        self._judge = judge
        self._path = path
        self._writer = database.open_writing(path)
        self._reader = self._writer if path == database.MEMORY else database.connect_reading(Path(path))
        self._writing = threading.RLock()
        self._reading = self._writing if path == database.MEMORY else threading.RLock()
        self._closed = False
        self._known: dict[str, tuple[RegisterVersion, tuple[Row[Entry], ...]]] = {}

    def version(self) -> RegisterVersion:
        """See the contract."""
        with self._read() as connection:
            return rows.register_version(connection)

    def snapshot(self) -> SqliteSnapshot:
        """See the contract; kinds that did not change are not read again."""
        with self._read() as connection:
            kinds = {kind: self._living(connection, kind) for kind in KINDS}
            return SqliteSnapshot(rows.register_version(connection), kinds)

    def register_as_of(self, version: RegisterVersion) -> SqliteSnapshot:
        """See the contract; kinds that did not change since are not read again."""
        with self._read() as connection:
            return self._at(connection, version, learners=False)

    def rows(self, kind: type[E]) -> Answer[tuple[Row[E], ...]]:
        """See the contract."""
        with self._read() as connection:
            found = cast("tuple[Row[E], ...]", self._living(connection, kind.kind))
            return Answer(rows.register_version(connection), found)

    def row(self, kind: type[E], entry: str) -> Answer[Row[E] | None]:
        """See the contract."""
        with self._read() as connection:
            past = rows.now(connection, kind.kind, entry)
            value = rows.without_learners(past.value) if past else None
            found = Row(past.id, past.version, cast("E", value), past.stamp) if past and value else None
            return Answer(rows.register_version(connection), found)

    def history(self, kind: type[E], entry: str) -> Answer[tuple[Past[E], ...]]:
        """See the contract."""
        with self._read() as connection:
            found = tuple(cast("Iterator[Past[E]]", rows.history(connection, kind.kind, entry)))
            return Answer(rows.register_version(connection), found)

    def changed_since(self, version: RegisterVersion) -> Answer[tuple[Past[Entry], ...]]:
        """See the contract."""
        with self._read() as connection:
            return Answer(rows.register_version(connection), tuple(rows.changed_since(connection, version)))

    def apply(self, changes: Sequence[Change], *, author: str, reason: str, at: Instant) -> RegisterVersion:
        """See the contract."""
        with self._write() as connection:
            return changeset.apply(connection, changes, author=author, reason=reason, at=at, judge=self._judge)

    def judged(self, changes: Sequence[Change]) -> tuple[Fault, ...]:
        """See the contract."""
        return tuple(fault for change in changes for fault in self._judge(change))

    def learners(self, kind: type[L], *, reader: str, reason: str, at: Instant) -> Answer[tuple[Row[L], ...]]:
        """See the contract."""
        with self._write() as connection:
            found = tuple(cast("Iterator[Row[L]]", rows.living(connection, kind.kind, learners=True)))
            answer = Answer(rows.register_version(connection), found)
            _note(connection, Audited(at, reader, "read", f"{len(found)} of {kind.kind} with learners", reason))
        return answer

    def with_learners(self, version: RegisterVersion, *, reader: str, reason: str, at: Instant) -> SqliteSnapshot:
        """See the contract."""
        with self._write() as connection:
            found = self._at(connection, version, learners=True)
            _note(connection, Audited(at, reader, "read", f"all learners as of version {version}", reason))
        return found

    def proven_as_of(self, version: RegisterVersion, *, reader: str, reason: str, at: Instant) -> SqliteSnapshot:
        """See the contract."""
        with self._write() as connection:
            self._reached(connection, version)
            for fault in verify.of_history(connection):
                raise Damaged(f"{fault.place}: {fault.message}.", fix=fault.fix)
            kinds = {
                kind: tuple(rows.living_at(connection, kind, version, learners=issubclass(model, Linked)))
                for kind, model in KINDS.items()
            }
            _note(connection, Audited(at, reader, "read", f"all learners as of version {version}", reason))
        return SqliteSnapshot(version, kinds)

    def forget_learner(self, learner: str, *, author: str, reason: str, at: Instant) -> RegisterVersion:
        """See the contract; also takes the id out of the file's free pages and its write-ahead log."""
        with self._write() as connection:
            version, versions = forgetting.forget(connection, learner, author=author, at=at)
            _note(connection, Audited(at, author, "forget", f"{versions} versions of entries", reason))
        with self._writing, self._reading:
            self._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return version

    def close_period(self, closing: Closed) -> Closed:
        """See the contract."""
        with self._write() as connection:
            row = editions.add(connection, closing)
            _note(connection, Audited(row.at, row.author, "close", row.subject, row.reason))
        return row

    def closed_periods(self, period: tuple[int, int] | None = None) -> tuple[Closed, ...]:
        """See the contract."""
        with self._read() as connection:
            return tuple(editions.every(connection) if period is None else editions.of_period(connection, *period))

    def audit(self, *, after: int, limit: int) -> tuple[tuple[int, Audited], ...]:
        """See the contract."""
        query = "SELECT n, at, who, action, subject, reason FROM audit WHERE n > ? ORDER BY n LIMIT ?"
        with self._read() as connection:
            return tuple((n, Audited(*line)) for n, *line in connection.execute(query, (after, limit)))

    def verify(self) -> tuple[Fault, ...]:
        """See the contract."""
        with self._reading:
            self._alive()
            return verify.faults_of(self._reader, str(self._path))

    def close(self) -> None:
        """See the contract."""
        with self._writing, self._reading:
            if not self._closed:
                self._closed = True
                self._reader.close()
                self._writer.close()

    def _living(self, connection: sqlite3.Connection, kind: str) -> tuple[Row[Entry], ...]:
        changed = rows.last_change(connection, kind)
        known = self._known.get(kind)
        if known is None or known[0] != changed:
            known = self._known[kind] = (changed, tuple(rows.living(connection, kind)))
        return known[1]

    def _at(self, connection: sqlite3.Connection, version: RegisterVersion, *, learners: bool) -> SqliteSnapshot:
        self._reached(connection, version)
        kinds = {}
        for kind, model in KINDS.items():
            linked = learners and issubclass(model, Linked)
            if rows.last_change(connection, kind) > version:
                kinds[kind] = tuple(rows.living_at(connection, kind, version, learners=linked))
            elif linked:
                kinds[kind] = tuple(rows.living(connection, kind, learners=True))
            else:
                kinds[kind] = self._living(connection, kind)
        return SqliteSnapshot(version, kinds)

    @staticmethod
    def _reached(connection: sqlite3.Connection, version: RegisterVersion) -> None:
        if not 0 <= version <= rows.register_version(connection):
            raise GiveUp(f"The register has no version {version} yet.", fix="Take one that it has had.")

    def _alive(self) -> None:
        if self._closed:
            raise GiveUp("The register is closed.", fix="Start the gateway again.")

    @contextmanager
    def _read(self) -> Iterator[sqlite3.Connection]:
        with self._reading:
            self._alive()
            with database.transaction(self._reader, self._path, begin="BEGIN"):
                yield self._reader

    @contextmanager
    def _write(self) -> Iterator[sqlite3.Connection]:
        with self._writing:
            self._alive()
            with database.transaction(self._writer, self._path, begin="BEGIN IMMEDIATE"):
                yield self._writer


def _note(connection: sqlite3.Connection, line: Audited) -> None:
    number = connection.execute(
        "INSERT INTO audit (at, who, action, subject, reason) VALUES (?, ?, ?, ?, ?)",
        (line.at, line.who, line.action, line.subject, line.reason),
    ).lastrowid
    connection.execute("UPDATE audit SET crc32 = crc32_of(n, at, who, action, subject, reason) WHERE n = ?", (number,))
