"""The checksum of a row of a file: the same over its columns in Python and in SQL.

It finds what a disk or a hand changed, and never hides who knows how to make one: editions have hashes for that.
"""

from __future__ import annotations

import sqlite3
import zlib
from typing import TypeAlias

Column: TypeAlias = int | float | str | bytes | None


def of(*columns: Column) -> int:
    """CRC-32 of columns as SQLite gives them; a number and its text have different ones."""
    return zlib.crc32(repr(columns).encode(errors="surrogatepass"))


def placed(offset: int, crc: int) -> int:
    """CRC-32 of a row at an offset, from that of its other columns: by the offset is told what was known when."""
    return zlib.crc32(offset.to_bytes(8, "little", signed=True), crc)


def teach(connection: sqlite3.Connection) -> None:
    """Let a connection's statements say `crc32_of(column, …)`."""
    connection.create_function("crc32_of", -1, of, deterministic=True)
