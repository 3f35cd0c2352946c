"""Whether a register still says what was written: structure, every history's chain, every entry against its history.

Never writes and never stops at the first fault; usable while the gateway runs.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

from edge.errors import Damaged
from edge.register import editions, rows
from edge.register.contract import Fault
from edge.register.database import SCHEMAS, connect_reading, schema_version

FAULTS_LIMIT = 1000
"""Told of one register: who has more restores a backup."""


def verify(path: Path) -> tuple[Fault, ...]:
    """Every fault of the register at `path`; raises `GiveUp` where there is none."""
    connection = connect_reading(path)
    try:
        return faults_of(connection, str(path))
    finally:
        connection.close()


def faults_of(connection: sqlite3.Connection, place: str) -> tuple[Fault, ...]:
    """Every fault found in one read transaction, at most `FAULTS_LIMIT`."""
    faults: list[Fault] = []
    try:
        connection.execute("BEGIN")
        for name, check in _CHECKS:
            faults.extend(_guarded(name, check(connection)))
    except sqlite3.DatabaseError as error:
        faults.append(Fault(place, f"it cannot be read as a register: {error}", _FIX))
    finally:
        if connection.in_transaction:
            connection.rollback()
    return tuple(faults[:FAULTS_LIMIT])


_FIX = "Restore a backup."
_LIVING = "SELECT kind, id, words FROM entries WHERE words IS NOT NULL"


def of_history(connection: sqlite3.Connection) -> Iterator[Fault]:
    """What is wrong with the versions of entries, or with who made them; in the caller's transaction."""
    yield from _guarded("history", _chains(connection))
    yield from _guarded("changes and audit", _stamps(connection))


def _guarded(place: str, faults: Iterator[Fault]) -> Iterator[Fault]:
    """A check whose table cannot be read to its end is a fault, and the next check goes on."""
    try:
        yield from faults
    except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
        yield Fault(place, f"it cannot be read to its end: {error}", _FIX)


def _structure(connection: sqlite3.Connection) -> Iterator[Fault]:
    version = schema_version(connection)
    if version != len(SCHEMAS):
        yield Fault("file", f"its schema is {version}; this labedge writes {len(SCHEMAS)}", _FIX)
    for (message,) in connection.execute(f"PRAGMA integrity_check({FAULTS_LIMIT})"):
        if message != "ok":
            yield Fault("file", str(message), _FIX)
    for table, _rowid, parent, _number in connection.execute("PRAGMA foreign_key_check"):
        yield Fault(f"table {table}", f"it names a row of {parent} that is not there", _FIX)


def _chains(connection: sqlite3.Connection) -> Iterator[Fault]:
    query = "SELECT kind, id, version, changed, words, crc32 FROM history ORDER BY kind, id, version"
    last: tuple[str, str] | None = None
    expected, changed_before = 1, 0
    for kind, entry, version, changed, words, crc in connection.execute(query):
        if (kind, entry) != last:
            last, expected, changed_before = (kind, entry), 1, 0
        place = f"history of {kind} {entry}, version {version}"
        if version != expected:
            yield Fault(place, f"version {expected} is missing", _FIX)
        if changed <= changed_before:
            yield Fault(place, "it was changed before the version before it", _FIX)
        if crc != rows.crc_of(kind, entry, version, changed, words):
            yield Fault(place, "its checksum does not fit", _FIX)
        expected, changed_before = version + 1, changed


def _current(connection: sqlite3.Connection) -> Iterator[Fault]:
    query = """
        SELECT e.kind, e.id FROM entries e LEFT JOIN history h USING (kind, id, version)
        WHERE h.kind IS NULL OR h.changed != e.changed OR h.words IS NOT e.words
        OR e.version != (SELECT max(version) FROM history l WHERE l.kind = e.kind AND l.id = e.id)
        UNION SELECT h.kind, h.id FROM history h LEFT JOIN entries e USING (kind, id) WHERE e.kind IS NULL
    """
    for kind, entry in connection.execute(query):
        yield Fault(f"{kind} {entry}", "it is not what its history ends with", _FIX)
    for kind, entry, words in connection.execute(_LIVING):
        try:
            rows.value_of(kind, words, place=f"{kind} {entry}")
        except Damaged as error:
            yield Fault(f"{kind} {entry}", str(error), _FIX)


def _mentions(connection: sqlite3.Connection) -> Iterator[Fault]:
    """What is named is there, and the table of who names whom is what the entries say."""
    query = """
        SELECT m.kind, m.id, m.to_kind, m.to_id FROM mentions m
        LEFT JOIN entries e ON e.kind = m.to_kind AND e.id = m.to_id WHERE e.words IS NULL
    """
    for kind, entry, to_kind, to in connection.execute(query):
        yield Fault(f"{kind} {entry}", f"it names the {to_kind} {to}, which is not there", _FIX)
    kept = set(connection.execute("SELECT kind, id, to_kind, to_id FROM mentions"))
    for kind, entry, to_kind, to in sorted(kept ^ set(_named(connection))):
        yield Fault(f"{kind} {entry}", f"who names whom is not what it says of the {to_kind} {to}", _FIX)


def _named(connection: sqlite3.Connection) -> Iterator[tuple[str, str, str, str]]:
    for kind, entry, words in connection.execute(_LIVING):
        try:
            value = rows.value_of(kind, words, place=f"{kind} {entry}")
        except Damaged:  # told among the entries
            continue
        for _field, to_kind, to in value.mentions():
            yield kind, entry, to_kind, to


def _register(connection: sqlite3.Connection) -> Iterator[Fault]:
    if [fits for (fits,) in connection.execute("SELECT crc32 IS crc32_of(one, instance) FROM register")] != [1]:
        yield Fault("register", "its checksum does not fit", _FIX)


_STAMPS = {
    "changes": "SELECT version, crc32 IS crc32_of(version, at, author, reason) FROM changes ORDER BY version",
    "audit": "SELECT n, crc32 IS crc32_of(n, at, who, action, subject, reason) FROM audit ORDER BY n",
}


def _stamps(connection: sqlite3.Connection) -> Iterator[Fault]:
    """Who changed what and who read what; none of them is ever removed, so that no number is left out."""
    for table, query in _STAMPS.items():
        expected = 1
        for number, fits in connection.execute(query):
            if number != expected:
                yield Fault(f"{table} {expected}", "it is missing", _FIX)
            if not fits:
                yield Fault(f"{table} {number}", "its checksum does not fit", _FIX)
            expected = number + 1
        given = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = ?", (table,)).fetchone() or (0,)
        if given != (expected - 1,):
            yield Fault(f"{table} {expected}", f"it is missing, or the count of {given[0]} given out is wrong", _FIX)


_CHECKS: tuple[tuple[str, Callable[[sqlite3.Connection], Iterator[Fault]]], ...] = (
    ("file", _structure),
    ("register", _register),
    ("history", _chains),
    ("entries", _current),
    ("mentions", _mentions),
    ("changes and audit", _stamps),
    ("editions", editions.faults),
)
