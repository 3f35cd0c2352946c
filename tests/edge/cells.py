"""One cell of a database changed by hand: every column of every table, so that what nobody checks is found out.

Never knows what a table is for; which columns need no check is said by who uses it, with the reason.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

Cell: TypeAlias = int | float | str | bytes | None

ROWS = 3
"""Rows of each table that are tried: the first, the last and one between."""


@dataclass(frozen=True, slots=True)
class Place:
    """A column of a table."""

    table: str
    column: str


def places(connection: sqlite3.Connection) -> Iterator[Place]:
    """Every column of every table that is not SQLite's own."""
    query = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
    for (table,) in connection.execute(query).fetchall():
        for row in connection.execute(f"PRAGMA table_info({table})").fetchall():
            yield Place(table, row[1])


def unnoticed(
    path: Path, *, exempt: Collection[Place], faults: Callable[[Path], Collection[object]]
) -> Mapping[str, list[str]]:
    """Changes that `faults` did not tell, by column; and columns of tables without a row, which prove nothing."""
    sound, beside = path.read_bytes(), path.with_name("harmed.sqlite")
    missed: dict[str, list[str]] = {}
    with closing(sqlite3.connect(path)) as connection:
        for place in places(connection):
            if place in exempt:
                continue
            values = _some(connection, place)
            for key, value in values:
                beside.write_bytes(sound)
                told = next(told for told in _others(value) if _put(beside, place, key, told))
                if not faults(beside):
                    missed.setdefault(f"{place.table}.{place.column}", []).append(f"{value!r} -> {told!r}")
            if not values:
                missed[f"{place.table}.{place.column}"] = ["the table is empty"]
    return missed


def _some(connection: sqlite3.Connection, place: Place) -> list[tuple[tuple[Cell, ...], Cell]]:
    keys = _keys(connection, place.table)
    query = f"SELECT {', '.join(keys)}, {place.column} FROM {place.table}"  # noqa: S608 names of the schema
    rows = connection.execute(query).fetchall()
    chosen = sorted({0, len(rows) // 2, len(rows) - 1})[:ROWS] if rows else []
    return [(tuple(rows[number][:-1]), rows[number][-1]) for number in chosen]


def _keys(connection: sqlite3.Connection, table: str) -> list[str]:
    columns = connection.execute(f"PRAGMA table_info({table})").fetchall()
    primary = [row[1] for row in columns if row[5]]
    return primary or ["rowid"]


def _put(path: Path, place: Place, key: tuple[Cell, ...], value: Cell) -> bool:
    """Whether it could be put there: another row may have it."""
    where = " AND ".join(f"{name} IS ?" for name in _keys_of(path, place.table))
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        statement = f"UPDATE {place.table} SET {place.column} = ? WHERE {where}"  # noqa: S608 names of the schema
        try:
            assert connection.execute(statement, (value, *key)).rowcount == 1
        except sqlite3.IntegrityError:
            return False
        connection.commit()
    return True


def _keys_of(path: Path, table: str) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return _keys(connection, table)


def _others(value: Cell) -> Iterator[Cell]:
    """Other values of the same type."""
    if value is None:
        yield 1
        yield "x"
        yield b"\0"
    elif isinstance(value, str):
        yield f"{value[:-1]}{'y' if value.endswith('x') else 'x'}"
        yield f"{value}z"
    elif isinstance(value, bytes):
        yield value[:-1] + bytes([value[-1] ^ 1]) if value else b"\0"
    else:
        yield value + 1
        yield value + 1_000_003
