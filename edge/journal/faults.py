"""SQLite's failures as sentences for a person, and a border around other people's callbacks.

Nothing here decides whether to try again.
"""

from __future__ import annotations

import logging
import sqlite3
from pathlib import Path
from types import TracebackType

from edge.health import Part

_LOG = logging.getLogger(__name__)

_FIXES = {
    "SQLITE_FULL": "Free space on this disk; nothing that was acknowledged is lost, and recording goes on by itself.",
    "SQLITE_IOERR": "Check the disk and its cable, and the quota of the gateway's user; recording goes on by itself.",
    "SQLITE_READONLY": "Make the file and its folder writable for the gateway's user (is the disk mounted read-only?).",
    "SQLITE_CANTOPEN": "Bring the disk back, or make the folder writable; recording goes on by itself.",
    "SQLITE_BUSY": "Close the other program that is writing this file.",
    "SQLITE_CORRUPT": "Stop the gateway, run `labedge verify`, and restore a backup.",
}


def name_of(error: sqlite3.Error) -> str:
    """SQLite's word for the failure, without its sub-kind: `SQLITE_IOERR`."""
    name = str(getattr(error, "sqlite_errorname", "") or "SQLITE_ERROR")
    return "_".join(name.split("_")[:2])


def part_of(error: sqlite3.Error, path: Path, *, waiting: int) -> Part:
    """What `/ready` says of a journal that cannot commit."""
    return Part(
        "journal",
        ok=False,
        message=f"The journal {path} cannot be written: {error} ({name_of(error)}). {waiting} records wait in memory.",
        fix=_FIXES.get(name_of(error), "Stop the gateway, run `labedge verify`, and look at the log."),
    )


class Border:
    """Around a callback that must not raise: its exception is logged and goes no further, so that the writer lives.

    The exception is a fault of the callback's owner; the writer, on which all others depend, is not to die of it.
    """

    def __init__(self, what: str) -> None:
        self._what = what

    def __enter__(self) -> None:
        """Nothing to prepare."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        """Log an `Exception` and end it here."""
        if kind is None or not issubclass(kind, Exception):
            return False
        _LOG.error("%s raised after a commit; the records are kept", self._what, exc_info=error)
        return True
