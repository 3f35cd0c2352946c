"""Queries of the log, inside the caller's snapshot: changes, links, sightings.

Never opens a connection and never reads a chunk.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence

import numpy as np

from edge.journal import packing, words
from edge.journal.packing import DAY_NS
from edge.journal.words import GREATEST, LEAST, Kind, LogRow
from telemetry.columns import Changes, Int64s
from telemetry.model import EquipmentId, Instant

_CHANGES = """
    SELECT at, mark, valid_ns FROM log WHERE equipment = ?1 AND kind = 0 AND at < ?3 AND at >= coalesce(
    (SELECT max(at) FROM log WHERE equipment = ?1 AND kind = 0 AND at < ?2), ?2) ORDER BY at, mark
"""
_FROM = """
    SELECT at, mark, valid_ns FROM log WHERE equipment = ? AND kind = 0 AND at >= ? AND at < ? ORDER BY at, mark
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
    return columns_of(named, [_rows(connection, one, fit(start), fit(end)) for one in named])


def columns_of(ids: tuple[EquipmentId, ...], found: Sequence[Int64s]) -> Changes:
    """Changes from the rows of each equipment, int64[n, 3]: the time, 256 x source + state, and the validity in ns."""
    at, mark, valid_ns = _behind_one_another([np.zeros((0, 3), np.int64), *found]).T
    return Changes(
        ids,
        np.repeat(np.arange(len(ids), dtype=np.int32), [len(rows) for rows in found]),
        at,
        (mark & 0xFF).astype(np.int8),
        (mark >> 8).astype(np.int8),
        valid_ns,
    )


def _behind_one_another(parts: Sequence[Int64s]) -> Int64s:
    """Rows of three columns as one array that holds column after column, as whoever takes them wants them."""
    return np.concatenate([part.T for part in parts], axis=1).T


def _rows(connection: sqlite3.Connection, one: EquipmentId, start: Instant, end: Instant) -> Int64s:
    """What is before the first whole day and behind the last one from the log, and the days between as they stand."""
    first, last = -(-start // DAY_NS), end // DAY_NS
    if first >= last:
        return _columns(connection.execute(_CHANGES, (one, start, end)))
    before = connection.execute(_CHANGES, (one, start, first * DAY_NS))
    behind = connection.execute(_FROM, (one, last * DAY_NS, end))
    return _behind_one_another([_columns(before), packing.between(connection, one, first, last), _columns(behind)])


def _columns(rows: sqlite3.Cursor) -> Int64s:
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
