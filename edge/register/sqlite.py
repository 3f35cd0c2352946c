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

from edge.errors import GiveUp
from edge.register import changeset, database, rows, verify
from edge.register.contract import Answer, Audited, Change, E, Fault, Past, Put, RegisterVersion, Row
from edge.register.entry import Entry
from edge.register.evidence import Attendance
from edge.register.kinds import KINDS
from telemetry.model import Instant

FORGOTTEN = "a learner is forgotten"


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

    def __init__(self, path: Path | str) -> None:
        """Open or create; raises `GiveUp` or `Damaged` with a sentence."""
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
            return changeset.apply(connection, changes, author=author, reason=reason, at=at)

    def learners(self, *, reader: str, reason: str, at: Instant) -> Answer[tuple[Row[Attendance], ...]]:
        """See the contract."""
        with self._write() as connection:
            found = cast("Iterator[Row[Attendance]]", rows.living(connection, Attendance.kind, learners=True))
            answer = Answer(rows.register_version(connection), tuple(found))
            _note(connection, Audited(at, reader, "read", f"{len(answer.value)} attendances with learners", reason))
        return answer

    def forget_learner(self, learner: str, *, author: str, reason: str, at: Instant) -> RegisterVersion:
        """See the contract; also takes the id out of the file's free pages and its write-ahead log."""
        with self._write() as connection:
            linked = tuple(_linked(connection, learner))
            kept = [past for past in linked if past == rows.now(connection, past.kind, past.id)]
            changes = [Put(past.id, _without(past.value, learner), past.version) for past in kept]
            version = rows.register_version(connection)
            if changes:
                version = changeset.apply(connection, changes, author=author, reason=FORGOTTEN, at=at)
            for past in linked:
                changeset.rewrite(connection, past, rows.words_of(_without(past.value, learner)))
            _note(connection, Audited(at, author, "forget", f"{len(linked)} versions of attendances", reason))
        with self._writing, self._reading:
            self._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return version

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
    connection.execute(
        "INSERT INTO audit (at, who, action, subject, reason) VALUES (?, ?, ?, ?, ?)",
        (line.at, line.who, line.action, line.subject, line.reason),
    )


def _linked(connection: sqlite3.Connection, learner: str) -> Iterator[Past[Entry]]:
    """Every version of every attendance that names a learner, with its learners."""
    for past in tuple(rows.versions(connection, Attendance.kind)):
        if isinstance(past.value, Attendance) and learner in past.value.learners:
            yield past


def _without(value: Entry | None, learner: str) -> Entry:
    kept = cast("Attendance", value)
    return kept.model_copy(update={"learners": tuple(one for one in kept.learners if one != learner)})
