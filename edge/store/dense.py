"""Queries of the chunks, inside the caller's snapshot: readings and their envelope.

Never opens a connection, and decodes only the chunks that an answer needs.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from edge.journal import chunks
from edge.journal.chunks import HOUR_NS, Chunk
from edge.store.sparse import fit
from telemetry import resample
from telemetry.columns import Envelope, Float64s, Int64s, Readings
from telemetry.model import Channel, EquipmentId, Instant

_Head: TypeAlias = tuple[int, Instant, Instant, int, float, float, float]
_Window: TypeAlias = tuple[int, Instant, Instant, Instant]

_ID = "SELECT id FROM channels WHERE equipment = ? AND channel = ?"
_WITHIN = "WHERE channel_id = ? AND first >= ? AND first < ? AND last >= ? ORDER BY first"
_HEADS = f"SELECT offset, first, last, n, least, greatest, total FROM chunks {_WITHIN}"  # noqa: S608 fixed words
_CHUNKS = f"SELECT {chunks.COLUMNS} FROM chunks {_WITHIN}"  # noqa: S608 fixed words
_CHUNK = f"SELECT {chunks.COLUMNS} FROM chunks WHERE offset = ?"  # noqa: S608 fixed words


def readings(
    connection: sqlite3.Connection, names: tuple[EquipmentId, Channel], start: Instant, end: Instant
) -> Readings:
    """Readings in [start, end), by time."""
    window = _window(connection, names, start, end)
    found = [] if window is None else [Chunk(*row) for row in connection.execute(_CHUNKS, window)]
    t, v = _decoded(found)
    begin, stop = np.searchsorted(t, [fit(start), fit(end)])
    return Readings(t[begin:stop], v[begin:stop])


def envelope(
    connection: sqlite3.Connection, names: tuple[EquipmentId, Channel], span: tuple[Instant, Instant], *, points: int
) -> Envelope:
    """Least, greatest and mean per pixel: from statistics, and from readings where a chunk straddles a pixel's edge."""
    start, end = span
    window = _window(connection, names, start, end)
    heads: list[_Head] = [] if window is None else connection.execute(_HEADS, window).fetchall()
    offsets, stored = _stored(heads)
    enough = resample.in_one_pixel(stored.first, stored.last, start=start, end=end, points=points)
    cut = [Chunk(*connection.execute(_CHUNK, (int(at),)).fetchone()) for at in offsets[~enough]]
    t, v = _decoded(cut)
    return resample.combine(_only(stored, enough), t, v, start=start, end=end, points=points)


def _window(
    connection: sqlite3.Connection, names: tuple[EquipmentId, Channel], start: Instant, end: Instant
) -> _Window | None:
    """The parameters of `_WITHIN`, None for a channel that is not known; no chunk begins earlier than its hour."""
    row = connection.execute(_ID, names).fetchone()
    return None if row is None else (row[0], fit(start // HOUR_NS * HOUR_NS), fit(end), fit(start))


def _decoded(found: Sequence[Chunk]) -> tuple[Int64s, Float64s]:
    """All readings of chunks, by time."""
    if not found:
        return np.zeros(0, np.int64), np.zeros(0, np.float64)
    if len(found) == 1:
        return chunks.times_of(found[0]), chunks.values_of(found[0])
    t = np.concatenate([chunks.times_of(chunk) for chunk in found])
    v = np.concatenate([chunks.values_of(chunk) for chunk in found])
    if not (t[1:] > t[:-1]).all():
        order = np.argsort(t, kind="stable")
        t, v = t[order], v[order]
    return t, v


def _stored(heads: Sequence[_Head]) -> tuple[Int64s, resample.Chunks]:
    columns = list(zip(*heads, strict=True)) or [()] * 7
    offset, first, last, count = (np.array(column, np.int64) for column in columns[:4])
    least, greatest, total = (np.array(column, np.float64) for column in columns[4:])
    return offset, resample.Chunks(first, last, count, least, greatest, total)


def _only(stored: resample.Chunks, which: npt.NDArray[np.bool_]) -> resample.Chunks:
    return resample.Chunks(
        stored.first[which],
        stored.last[which],
        stored.count[which],
        stored.minimum[which],
        stored.maximum[which],
        stored.total[which],
    )
