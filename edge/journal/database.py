"""The journal's file: opened, locked against a second gateway, brought to the newest schema.

Nothing here writes a record; every fault of SQLite that a person can mend leaves as a sentence.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
import uuid
from pathlib import Path

from edge import checksum
from edge.errors import Damaged, GiveUp

SCHEMAS = tuple(sorted((Path(__file__).parent / "schema").glob("[0-9]*.sql")))
"""Numbered files, each run once, in order."""

PAGE_BYTES = 8192
"""A fresh row of a thousand readings fits; smaller pages chain, greater ones make lone records dear to commit."""

WAL_PAGES = 8000
"""64 MiB of log before the writer itself moves it into the file, where `edge.journal.checkpoint` did not keep up."""

WAL_KEPT_BYTES = 16 * 2**20
"""What is kept of a log that grew: writing over it is quicker than growing it anew."""

EARLIER = "(SELECT earlier.crc32 FROM earlier WHERE earlier.offset = own.offset)"
"""What `is_sound` of a row of `own` asks for."""

_BUSY_S = 10.0


def connect(path: Path, *, mode: str = "rw") -> sqlite3.Connection:
    """A connection in explicit transactions, usable from any one thread at a time; `mode` as in SQLite's URIs."""
    uri = f"{path.absolute().as_uri()}?mode={mode}"
    connection = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False, timeout=_BUSY_S)
    checksum.teach(connection)
    return connection


def connect_reading(path: Path) -> sqlite3.Connection:
    """A connection that cannot write; raises `GiveUp` where there is no journal."""
    if not path.exists():
        raise GiveUp(f"There is no journal at {path}.", fix="Start the gateway once, or give the right data folder.")
    connection = connect(path)
    connection.execute("PRAGMA query_only = ON")
    return connection


def open_writing(path: Path) -> sqlite3.Connection:
    """The writer's connection, the file created or its schema brought up to date.

    Raises `GiveUp` where the file cannot be opened or is newer than this program, `Damaged` where it is no journal.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = connect(path, mode="rwc")
    except (sqlite3.OperationalError, OSError) as error:
        raise GiveUp(f"The journal {path} cannot be opened: {error}.", fix=f"Make {path.parent} writable.") from error
    try:
        prepare(connection)
        _migrate(connection, path)
    except sqlite3.OperationalError as error:
        connection.close()
        raise GiveUp(f"The journal {path} cannot be opened: {error}.", fix=_fix_of(error, path)) from error
    except sqlite3.DatabaseError as error:
        connection.close()
        raise Damaged(f"{path} is no journal, or damaged: {error}.", fix="Restore a backup.") from error
    except GiveUp:
        connection.close()
        raise
    return connection


def prepare(connection: sqlite3.Connection) -> None:
    """Set what SQLite keeps per connection, and what has to come before the first table."""
    for pragma in (
        f"page_size = {PAGE_BYTES}",
        "auto_vacuum = INCREMENTAL",
        "journal_mode = WAL",
        "synchronous = FULL",
        f"wal_autocheckpoint = {WAL_PAGES}",
        f"journal_size_limit = {WAL_KEPT_BYTES}",
        "cache_size = -8000",
        "temp_store = MEMORY",
    ):
        connection.execute(f"PRAGMA {pragma}")


def schema_version(connection: sqlite3.Connection) -> int:
    """The number of the last schema file that was run; 0 in an empty file."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    return int(version)


def lock(path: Path) -> int:
    """Hold the journal for this process until the descriptor returned is closed; raises `GiveUp` where another does."""
    beside = path.with_name(path.name + ".lock")
    try:
        beside.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(beside, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise GiveUp(f"The journal {path} cannot be locked: {error}.", fix=f"Make {path.parent} writable.") from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(descriptor)
        raise GiveUp(
            f"Another gateway is writing the journal {path}.",
            fix="Stop the other gateway, or give this one a data folder of its own.",
        ) from error
    return descriptor


def bytes_on_disk(path: Path) -> int:
    """The size of the journal with its write-ahead log."""
    return path.stat().st_size + wal_bytes(path)


def wal_bytes(path: Path) -> int:
    """The size of the write-ahead log, 0 where there is none."""
    log = path.with_name(path.name + "-wal")
    try:
        return log.stat().st_size
    except FileNotFoundError:
        return 0


def _migrate(connection: sqlite3.Connection, path: Path) -> None:
    version = schema_version(connection)
    if version > len(SCHEMAS):
        raise GiveUp(
            f"The journal {path} was written by a newer labedge (schema {version}; this one knows {len(SCHEMAS)}).",
            fix="Install that version again, or give another data folder.",
        )
    for number, schema in enumerate(SCHEMAS[version:], version + 1):
        connection.executescript(f"BEGIN IMMEDIATE; {schema.read_text()}; PRAGMA user_version = {number}; COMMIT;")
    new = (1, str(uuid.uuid4()), None, 0, 0, 0, 0)
    connection.execute("INSERT OR IGNORE INTO gateway VALUES (?, ?, ?, ?, ?, ?, ?, ?)", (*new, checksum.of(*new)))


def _fix_of(error: sqlite3.OperationalError, path: Path) -> str:
    if error.sqlite_errorname.startswith("SQLITE_FULL"):
        return "Free space on the disk."
    return f"Make {path} and {path.parent} writable for the gateway's user, on a local disk."
