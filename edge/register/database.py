"""The register's file: opened, brought to the newest schema, its failures told as sentences.

Writes no entry.
"""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from edge import checksum
from edge.errors import Damaged, Full, GiveUp, LabedgeError, Retry

SCHEMAS = tuple(sorted((Path(__file__).parent / "schema").glob("[0-9]*.sql")))
"""Numbered files, each run once, in order."""

MEMORY = ":memory:"

PAGE_BYTES = 8192
"""Some twenty entries; a register is read whole, from a cold disk with half as many reads as SQLite's own 4096 take."""

_BUSY_S = 10.0
"""An import of the greatest file takes less."""

_FIXES = {
    "SQLITE_BUSY": "Wait until the other program has written, and try again.",
    "SQLITE_READONLY": "Make the file and its folder writable for the gateway's user.",
    "SQLITE_CANTOPEN": "Make the folder writable for the gateway's user, on a local disk.",
    "SQLITE_IOERR": "Check the disk and its cable.",
}


def connect(path: Path | str, *, mode: str = "rw") -> sqlite3.Connection:
    """A connection in explicit transactions, usable from any one thread at a time; `mode` as in SQLite's URIs."""
    uri = "file::memory:" if path == MEMORY else f"{Path(path).absolute().as_uri()}?mode={mode}"
    connection = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False, timeout=_BUSY_S)
    connection.execute("PRAGMA foreign_keys = ON")
    checksum.teach(connection)
    return connection


def connect_reading(path: Path) -> sqlite3.Connection:
    """A connection that cannot write; raises `GiveUp` where there is no register."""
    if not path.exists():
        raise GiveUp(f"There is no register at {path}.", fix="Start the gateway once, or give the right data folder.")
    connection = connect(path)
    connection.execute("PRAGMA query_only = ON")
    return connection


def open_writing(path: Path | str) -> sqlite3.Connection:
    """The writer's connection, the file created or its schema brought up to date.

    Raises `GiveUp` where the file cannot be opened or is newer than this program, `Damaged` where it is no register.
    """
    try:
        if path != MEMORY:
            Path(path).parent.mkdir(parents=True, exist_ok=True)
        connection = connect(path, mode="rwc")
    except (sqlite3.OperationalError, OSError) as error:
        raise GiveUp(f"The register {path} cannot be opened: {error}.", fix="Make its folder writable.") from error
    try:
        _prepare(connection)
        _migrate(connection, path)
    except sqlite3.OperationalError as error:
        connection.close()
        fix = _FIXES.get(_name_of(error), "Free space on the disk.")
        raise GiveUp(f"The register {path} cannot be opened: {error}.", fix=fix) from error
    except sqlite3.DatabaseError as error:
        connection.close()
        raise Damaged(f"{path} is no register, or damaged: {error}.", fix="Restore a backup.") from error
    except GiveUp:
        connection.close()
        raise
    return connection


def schema_version(connection: sqlite3.Connection) -> int:
    """The number of the last schema file that was run; 0 in an empty file."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    return int(version)


@contextmanager
def transaction(connection: sqlite3.Connection, path: Path | str, *, begin: str) -> Iterator[None]:
    """All of the block or nothing of it; SQLite's failures leave as `Full`, `Retry` or `Damaged`."""
    try:
        connection.execute(begin)
        yield
        connection.execute("COMMIT")
    except sqlite3.DatabaseError as error:
        raise _told(error, path) from error
    finally:
        if connection.in_transaction:
            connection.rollback()


def _told(error: sqlite3.DatabaseError, path: Path | str) -> LabedgeError:
    name = _name_of(error)
    if name == "SQLITE_FULL":
        return Full(f"The register {path} has no room: {error}.", fix="Free space on the disk, and enter it again.")
    if isinstance(error, sqlite3.OperationalError):
        return Retry(f"The register {path} cannot be used now: {error}.", fix=_FIXES.get(name, "Try again."))
    return Damaged(f"The register {path} is damaged: {error}.", fix="Run `labedge verify`, and restore a backup.")


def _name_of(error: sqlite3.Error) -> str:
    name = str(getattr(error, "sqlite_errorname", "") or "SQLITE_ERROR")
    return "_".join(name.split("_")[:2])


def _prepare(connection: sqlite3.Connection) -> None:
    # What is forgotten must be gone from the file, not only from its tables.
    for pragma in (
        f"page_size = {PAGE_BYTES}",
        "journal_mode = WAL",
        "synchronous = FULL",
        "secure_delete = ON",
        "temp_store = MEMORY",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _migrate(connection: sqlite3.Connection, path: Path | str) -> None:
    version = schema_version(connection)
    if version > len(SCHEMAS):
        raise GiveUp(
            f"The register {path} was written by a newer labedge (schema {version}; this one knows {len(SCHEMAS)}).",
            fix="Install that version again, or give another data folder.",
        )
    for number, schema in enumerate(SCHEMAS[version:], version + 1):
        connection.executescript(f"BEGIN IMMEDIATE; {schema.read_text()}; PRAGMA user_version = {number}; COMMIT;")
    new = (1, str(uuid.uuid4()))
    connection.execute("INSERT OR IGNORE INTO register VALUES (?, ?, ?)", (*new, checksum.of(*new)))
