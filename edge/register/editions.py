"""Closed periods as rows of the register's file: added, read, and checked against their hashes.

A row is never changed or removed, and what is in a body is nobody's concern here.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from dataclasses import replace

import orjson

from edge.register.contract import Closed, Fault

_COLUMNS = "year, quarter, number, body, sha256, previous, chain, register_version, at, author, reason"
_ADD = f"INSERT INTO editions ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608 fixed words
_ALL = f"SELECT n, {_COLUMNS} FROM editions ORDER BY n"  # noqa: S608 fixed words
_OF_PERIOD = f"SELECT {_COLUMNS} FROM editions WHERE year = ? AND quarter = ? ORDER BY n"  # noqa: S608 fixed words
_FIX = "Restore a backup; the hashes that were printed with the report tell which copy is whole."


def sealed(closing: Closed, previous: str) -> Closed:
    """The row with its hashes, behind the row whose chain is `previous`."""
    hashed = replace(closing, sha256=hashlib.sha256(closing.body).hexdigest(), previous=previous)
    return replace(hashed, chain=chain_of(hashed))


def chain_of(row: Closed) -> str:
    """What `chain` has to be."""
    words = [
        row.previous, row.year, row.quarter, row.number, row.author, row.reason, row.at, row.register_version,
        row.sha256,
    ]  # fmt: skip
    return hashlib.sha256(orjson.dumps(words)).hexdigest()


def add(connection: sqlite3.Connection, closing: Closed) -> Closed:
    """Add a row at the end of the chain, its number the next of its period; returns it as it was written."""
    previous = connection.execute("SELECT chain FROM editions ORDER BY n DESC LIMIT 1").fetchone()
    query = "SELECT coalesce(max(number), 0) + 1 FROM editions WHERE year = ? AND quarter = ?"
    (number,) = connection.execute(query, (closing.year, closing.quarter)).fetchone()
    row = sealed(replace(closing, number=int(number)), previous[0] if previous else "")
    connection.execute(
        _ADD,
        (
            row.year, row.quarter, row.number, row.body, row.sha256, row.previous, row.chain, row.register_version,
            row.at, row.author, row.reason,
        ),
    )  # fmt: skip
    return row


def every(connection: sqlite3.Connection) -> Iterator[Closed]:
    """Every row in the order of closing, its hashes unchecked."""
    return (Closed(*row[1:]) for row in connection.execute(_ALL))


def of_period(connection: sqlite3.Connection, year: int, quarter: int) -> Iterator[Closed]:
    """The editions of one period in their order, their hashes unchecked."""
    return (Closed(*row) for row in connection.execute(_OF_PERIOD, (year, quarter)))


def faults(connection: sqlite3.Connection) -> Iterator[Fault]:
    """Every row that is not as it was written, or not behind the row that it names."""
    chain, expected = "", 1
    closed = {subject for (subject,) in connection.execute("SELECT subject FROM audit WHERE action = 'close'")}
    numbers: dict[tuple[int, int], int] = {}
    for n, *columns in connection.execute(_ALL):
        row = Closed(*columns)
        if n != expected:
            yield Fault(row.place, f"row {expected} before it is missing", _FIX)
        number = numbers[row.year, row.quarter] = numbers.get((row.year, row.quarter), 0) + 1
        if row.number != number:
            yield Fault(row.place, f"edition {number} of its period is missing", _FIX)
        if row.sha256 != hashlib.sha256(row.body).hexdigest():
            yield Fault(row.place, "its body is not what its SHA-256 says", _FIX)
        if row.chain != chain_of(row):
            yield Fault(row.place, "its period, author, reason, time or hashes are not what was closed", _FIX)
        if row.previous != chain:
            yield Fault(row.place, "it does not follow the edition before it", _FIX)
        closed.discard(row.subject)
        chain, expected = row.chain, n + 1
    for subject in sorted(closed):
        yield Fault("editions", f"what the audit calls {subject} is missing, or not as it was closed", _FIX)
