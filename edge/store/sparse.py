"""Queries of the log, inside the caller's snapshot: changes, links, sightings.

Never opens a connection and never reads a chunk.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from itertools import chain
from operator import add

import numpy as np

from edge.journal import packing, words
from edge.journal.packing import DAY_NS, Pieces, piece_of
from edge.journal.words import GREATEST, LEAST, Kind, LogRow
from telemetry.columns import Changes, Int64s
from telemetry.model import EquipmentId, Instant

_CHANGES = """
    SELECT at, mark, valid_ns FROM log WHERE equipment = ?1 AND kind = 0 AND at < ?3 AND at >= coalesce(
    (SELECT max(at) FROM log WHERE equipment = ?1 AND kind = 0 AND at < ?2), ?2) ORDER BY at, mark
"""
_BEFORE = """
    SELECT at, mark, valid_ns FROM log WHERE equipment = ?1 AND kind = 0 AND at = (
    SELECT max(at) FROM log WHERE equipment = ?1 AND kind = 0 AND at < ?2) ORDER BY mark
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
    """Changes in [start, end) and those of the last instant before, by equipment, time, source and state."""
    named = tuple(dict.fromkeys(ids))
    return columns_of(named, [_pieces(connection, one, fit(start), fit(end)) for one in named])


def columns_of(ids: tuple[EquipmentId, ...], found: Sequence[Pieces]) -> Changes:
    """The changes of each equipment as those of all of them; a mark is 256 x source + state."""
    counts = [sum(map(len, pieces.times)) // 8 for pieces in found]
    every = (list(chain.from_iterable(pieces[place] for pieces in found)) for place in range(3))
    at, mark, valid_ns = Pieces(*every).columns()
    return Changes(
        ids,
        np.repeat(np.arange(len(ids), dtype=np.int32), counts),
        at,
        (mark & 0xFF).astype(np.int8),
        (mark >> 8).astype(np.int8),
        valid_ns,
    )


def _pieces(connection: sqlite3.Connection, one: EquipmentId, start: Instant, end: Instant) -> Pieces:
    """A short window from the log; of one with a whole day in it the days as they stand, and what holds before them."""
    if -(-start // DAY_NS) >= end // DAY_NS:
        return piece_of(_rows(connection.execute(_CHANGES, (one, start, end))))
    before = piece_of(_rows(connection.execute(_BEFORE, (one, start))))
    return Pieces(*map(add, before, packing.between(connection, one, start, end)))


def _rows(rows: sqlite3.Cursor) -> Int64s:
    return np.array(rows.fetchall(), np.int64).reshape(-1, 3)


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
