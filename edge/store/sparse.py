"""Queries of the log, inside the caller's snapshot: changes, links, sightings.

Never opens a connection and never reads a chunk.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from itertools import chain

import numpy as np

from edge.journal import packing, words
from edge.journal.pieces import DAY_NS, Columns, columns_of
from edge.journal.words import GREATEST, LEAST, Kind, LogRow
from telemetry.columns import Changes
from telemetry.model import EquipmentId, Instant

_CHANGES = """
    SELECT at, mark, valid_ns FROM log WHERE equipment = ?1 AND kind = 0 AND at < ?3 AND at >= coalesce(
    (SELECT max(at) FROM log WHERE equipment = ?1 AND kind = 0 AND at < ?2), ?2) ORDER BY at, mark
"""
# A loose scan of the index: one look for each equipment, however many rows it has.
_LATEST = f"""
    WITH RECURSIVE ids (id) AS (
        SELECT min(equipment) FROM log
        UNION ALL SELECT (SELECT min(equipment) FROM log WHERE equipment > id) FROM ids WHERE id IS NOT NULL
    )
    SELECT {words.COLUMNS} FROM ids JOIN log ON offset = (
        SELECT offset FROM log WHERE equipment = id AND kind = ? ORDER BY at DESC, %s LIMIT 1
    ) ORDER BY equipment
"""  # noqa: S608 fixed words
_LATEST_STATE = _LATEST % "mark DESC"
_LATEST_OTHER = _LATEST % "received_at DESC, offset DESC"
_BETWEEN = f"""
    SELECT {words.COLUMNS} FROM log WHERE equipment = ? AND kind = ? AND at >= ? AND at < ?
    ORDER BY at DESC, received_at DESC, offset DESC LIMIT ?
"""  # noqa: S608 fixed words


def fit(instant: Instant) -> Instant:
    """The nearest instant that a column can hold."""
    return min(max(int(instant), LEAST), GREATEST)


def changes(connection: sqlite3.Connection, ids: Sequence[EquipmentId], start: Instant, end: Instant) -> Changes:
    """Changes in [start, end) and those of the last instant before, by equipment, time, source and state.

    A short window is read from the log; one with a whole day in it by days as they are packed.
    """
    named, start, end = tuple(dict.fromkeys(ids)), fit(start), fit(end)
    if -(-start // DAY_NS) >= end // DAY_NS:
        return of_rows(named, [connection.execute(_CHANGES, (one, start, end)).fetchall() for one in named])
    days = [packing.between(connection, one, start, end) for one in named]
    return _of_columns(
        named, [sum(piece.n for piece in found) for found in days], columns_of(list(chain.from_iterable(days)))
    )


def of_rows(ids: tuple[EquipmentId, ...], rows: Sequence[Sequence[tuple[Instant, int, int]]]) -> Changes:
    """Time, mark and validity of the changes of each equipment as those of all of them."""
    at, mark, valid_ns = np.array(list(chain.from_iterable(rows)), np.int64).reshape(-1, 3).T.copy()
    columns = Columns(at, (mark & 0xFF).astype(np.int8), (mark >> 8).astype(np.int8), valid_ns)
    return _of_columns(ids, list(map(len, rows)), columns)


def _of_columns(ids: tuple[EquipmentId, ...], counts: Sequence[int], columns: Columns) -> Changes:
    return Changes(ids, np.repeat(np.arange(len(ids), dtype=np.int32), counts), *columns)


def latest(connection: sqlite3.Connection, kind: Kind) -> tuple[words.Sparse, ...]:
    """The latest record of a kind of each equipment, by equipment; of one instant that which holds."""
    query = _LATEST_STATE if kind == Kind.STATE else _LATEST_OTHER
    return tuple(_records(connection.execute(query, (kind,))))


def between(
    connection: sqlite3.Connection, one: EquipmentId, kind: Kind, span: tuple[Instant, Instant], *, limit: int
) -> tuple[words.Sparse, ...]:
    """The last `limit` records of a kind in `span`, by time."""
    rows = connection.execute(_BETWEEN, (one, kind, fit(span[0]), fit(span[1]), max(0, limit))).fetchall()
    return tuple(_records(reversed(rows)))


def _records(rows: sqlite3.Cursor | Iterator[tuple[object, ...]]) -> Iterator[words.Sparse]:
    return (words.to_record(LogRow(*row)) for row in rows)
