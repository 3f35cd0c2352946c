"""The read side of the journal on this machine's disk.

Never writes and never waits for the writer; reads blobs only of the chunks that an answer needs.
"""

from __future__ import annotations

import heapq
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from edge.errors import Damaged
from edge.journal import chunks, words
from edge.journal.chunks import HOUR_NS, Chunk
from edge.journal.contract import Offset
from edge.journal.database import bytes_on_disk
from edge.journal.words import GREATEST, LEAST, Kind, LogRow
from edge.store.connections import Connections
from edge.store.contract import ChannelInfo, Counts, Job
from edge.store.jobs import by_job, overlapping
from telemetry import resample
from telemetry.columns import Changes, Envelope, Float64s, Int64s, Readings
from telemetry.model import (
    Channel,
    EquipmentId,
    EquipmentSeen,
    Instant,
    JobSeen,
    LinkChanged,
    Reading,
    ReadingBatch,
    Record,
    StateSeen,
)

ANSWER_READINGS = 500_000
"""Readings in one answer of `records`: 8 MB, whatever `limit` says."""

_Head: TypeAlias = tuple[int, Instant, Instant, int, float, float, float]

_Row: TypeAlias = tuple[Offset, LogRow | Chunk]

_WINDOW = "WHERE channel_id = ? AND first >= ? AND first < ? AND last >= ? ORDER BY first"
_HEADS = f"SELECT offset, first, last, n, least, greatest, total FROM chunks {_WINDOW}"  # noqa: S608 fixed words
_CHUNKS = f"SELECT {chunks.COLUMNS} FROM chunks {_WINDOW}"  # noqa: S608 fixed words
_CHUNK = f"SELECT {chunks.COLUMNS} FROM chunks WHERE offset = ?"  # noqa: S608 fixed words
_CHANGES = """
    SELECT at, mark, valid_ns FROM log WHERE equipment = ?1 AND kind = 0 AND at < ?3 AND at >= coalesce(
    (SELECT max(at) FROM log WHERE equipment = ?1 AND kind = 0 AND at < ?2), ?2) ORDER BY at, mark
"""
_PHASES = f"""
    SELECT {words.COLUMNS} FROM log WHERE equipment = ?1 AND kind = 1 AND at >= ?2 AND at <= ?3
"""  # noqa: S608 fixed words
_JOBS = """
    SELECT job, first, last FROM jobs WHERE equipment = ?1 AND first < ?3
    AND (ended IS NULL OR last > ended OR ended >= ?2)
"""
_LATEST = f"""
    WITH RECURSIVE ids (id) AS (
        SELECT min(equipment) FROM log
        UNION ALL SELECT (SELECT min(equipment) FROM log WHERE equipment > id) FROM ids WHERE id IS NOT NULL
    )
    SELECT {words.COLUMNS} FROM ids JOIN log ON offset = (
        SELECT offset FROM log WHERE equipment = id AND kind = ? ORDER BY at DESC, received_at DESC, offset DESC LIMIT 1
    )
"""  # noqa: S608 fixed words
_LINKS_BETWEEN = f"""
    SELECT {words.COLUMNS} FROM log WHERE equipment = ? AND kind = ? AND at >= ? AND at < ?
    ORDER BY at DESC, received_at DESC, offset DESC LIMIT ?
"""  # noqa: S608 fixed words
_LOG_AFTER = f"SELECT offset, {words.COLUMNS} FROM log WHERE offset > ? ORDER BY offset LIMIT ?"  # noqa: S608 fixed words
_CHUNKS_AFTER = f"""
    SELECT offset, {chunks.COLUMNS} FROM chunks WHERE offset > ? ORDER BY offset LIMIT ?
"""  # noqa: S608 fixed words
_CHANNELS = "SELECT equipment, channel, unit, first, last, n, last_value FROM channels"


class LocalStore:
    """See `edge.store.contract.Store`; `path` is the journal's file, which has to be there."""

    def __init__(self, path: Path) -> None:
        """Raises `GiveUp` where there is no journal."""
        self._path = path
        self._connections = Connections(path)

    def instance(self) -> str:
        """See the contract."""
        return str(self._one("SELECT instance FROM gateway"))

    def offset(self) -> Offset:
        """See the contract."""
        return int(self._one("SELECT offset FROM gateway") or 0)

    def last_alive(self) -> Instant | None:
        """See the contract."""
        alive = self._one("SELECT alive FROM gateway")
        return None if alive is None else int(alive)

    def changes(self, equipment: Sequence[EquipmentId], start: Instant, end: Instant) -> Changes:
        """See the contract."""
        ids = tuple(dict.fromkeys(equipment))
        rows: list[tuple[int, Instant, int, int]] = []
        with self._connections.snapshot() as connection:
            for number, one in enumerate(ids):
                found = connection.execute(_CHANGES, (one, _fit(start), _fit(end)))
                rows.extend((number, *row) for row in found)
        columns = np.array(rows, np.int64).reshape(-1, 4).T
        return Changes(
            ids,
            columns[0].astype(np.int32),
            columns[1].copy(),
            (columns[2] % 256).astype(np.int8),
            (columns[2] // 256).astype(np.int8),
            columns[3].copy(),
        )

    def readings(self, equipment: EquipmentId, channel: Channel, start: Instant, end: Instant) -> Readings:
        """See the contract."""
        with self._connections.snapshot() as connection:
            window = _window(connection, (equipment, channel), start, end)
            found = [] if window is None else [Chunk(*row) for row in connection.execute(_CHUNKS, window)]
        t, v = _decoded(found)
        begin, stop = np.searchsorted(t, [_fit(start), _fit(end)])
        return Readings(t[begin:stop], v[begin:stop])

    def envelope(
        self, equipment: EquipmentId, channel: Channel, start: Instant, end: Instant, *, points: int
    ) -> Envelope:
        """See the contract; raises `ValueError` for a window or a number of points that cannot be cut."""
        with self._connections.snapshot() as connection:
            window = _window(connection, (equipment, channel), start, end)
            heads: list[_Head] = [] if window is None else connection.execute(_HEADS, window).fetchall()
            offsets, stored = _chunks(heads)
            enough = resample.in_one_pixel(stored.first, stored.last, start=start, end=end, points=points)
            cut = [Chunk(*connection.execute(_CHUNK, (int(at),)).fetchone()) for at in offsets[~enough]]
        t, v = _decoded(cut)
        return resample.combine(_only(stored, enough), t, v, start=start, end=end, points=points)

    def channels(self, equipment: EquipmentId | None = None) -> tuple[ChannelInfo, ...]:
        """See the contract."""
        where, values = ("", ()) if equipment is None else (" WHERE equipment = ?", (equipment,))
        with self._connections.snapshot() as connection:
            rows = connection.execute(f"{_CHANNELS}{where} ORDER BY equipment, channel", values)
            return tuple(ChannelInfo(*row) for row in rows)

    def jobs(self, equipment: Sequence[EquipmentId], start: Instant, end: Instant) -> tuple[Job, ...]:
        """See the contract."""
        found: list[JobSeen] = []
        with self._connections.snapshot() as connection:
            for one in dict.fromkeys(equipment):
                found.extend(_phases(connection, one, _fit(start), _fit(end)))
        return overlapping(by_job(found), start, end)

    def links(self) -> tuple[LinkChanged, ...]:
        """See the contract."""
        return tuple(record for record in self._latest(Kind.LINK) if isinstance(record, LinkChanged))

    def link_history(
        self, equipment: EquipmentId, start: Instant, end: Instant, *, limit: int
    ) -> tuple[LinkChanged, ...]:
        """See the contract."""
        where = (equipment, Kind.LINK, _fit(start), _fit(end), limit)
        with self._connections.snapshot() as connection:
            rows = connection.execute(_LINKS_BETWEEN, where).fetchall()
        records = (words.to_record(LogRow(*row)) for row in reversed(rows))
        return tuple(record for record in records if isinstance(record, LinkChanged))

    def states(self) -> tuple[StateSeen, ...]:
        """See the contract."""
        return tuple(record for record in self._latest(Kind.STATE) if isinstance(record, StateSeen))

    def discovered(self) -> tuple[EquipmentSeen, ...]:
        """See the contract."""
        return tuple(record for record in self._latest(Kind.EQUIPMENT) if isinstance(record, EquipmentSeen))

    def records(self, after: Offset, limit: int) -> tuple[tuple[Offset, Record], ...]:
        """See the contract; fewer than `limit` where they hold more than half a million readings."""
        with self._connections.snapshot() as connection:
            names = {row[0]: row[1:] for row in connection.execute("SELECT id, equipment, channel, unit FROM channels")}
            sparse: Iterator[_Row] = (
                (row[0], LogRow(*row[1:])) for row in connection.execute(_LOG_AFTER, (after, limit))
            )
            dense: Iterator[_Row] = (
                (row[0], Chunk(*row[1:])) for row in connection.execute(_CHUNKS_AFTER, (after, limit))
            )
            answer: list[tuple[Offset, Record]] = []
            readings = 0
            for offset, row in heapq.merge(sparse, dense, key=lambda one: one[0]):
                answer.append((offset, _record(row, names)))
                readings += row.n if isinstance(row, Chunk) else 0
                if len(answer) >= limit or readings >= ANSWER_READINGS:
                    break
        return tuple(answer)

    def counts(self) -> Counts:
        """See the contract."""
        with self._connections.snapshot() as connection:
            readings, records, rejected = connection.execute(
                "SELECT readings, records, rejected FROM gateway"
            ).fetchone()
            (dropped,) = connection.execute("SELECT coalesce(sum(n), 0) FROM dropped").fetchone()
        return Counts(readings, records, rejected, dropped, bytes_on_disk(self._path))

    def close(self) -> None:
        """See the contract."""
        self._connections.close()

    def _one(self, query: str) -> int | str | None:
        with self._connections.snapshot() as connection:
            (value,) = connection.execute(query).fetchone()
        return value  # type: ignore[no-any-return]  # sqlite3 gives what the schema's STRICT column holds

    def _latest(self, kind: Kind) -> Iterator[words.Sparse]:
        with self._connections.snapshot() as connection:
            rows = connection.execute(_LATEST, (kind,)).fetchall()
        return (words.to_record(LogRow(*row)) for row in rows)


def _fit(instant: Instant) -> Instant:
    """The nearest instant that a column can hold."""
    return min(max(int(instant), LEAST), GREATEST)


def _window(
    connection: sqlite3.Connection, names: tuple[EquipmentId, Channel], start: Instant, end: Instant
) -> tuple[int, Instant, Instant, Instant] | None:
    """The parameters of `_WINDOW`, None for a channel that is not known; no chunk begins earlier than its hour."""
    row = connection.execute("SELECT id FROM channels WHERE equipment = ? AND channel = ?", names).fetchone()
    return None if row is None else (row[0], _fit(start // HOUR_NS * HOUR_NS), _fit(end), _fit(start))


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


def _chunks(heads: Sequence[_Head]) -> tuple[Int64s, resample.Chunks]:
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


def _phases(connection: sqlite3.Connection, one: EquipmentId, start: Instant, end: Instant) -> Iterator[JobSeen]:
    """Every phase of the jobs that may overlap the window, and of others in the same time."""
    spans = connection.execute(_JOBS, (one, start, end)).fetchall()
    if not spans:
        return
    wanted = {bytes(job) for job, _first, _last in spans}
    within = (one, min(span[1] for span in spans), max(span[2] for span in spans))
    for row in connection.execute(_PHASES, within):
        record = words.to_record(LogRow(*row))
        if isinstance(record, JobSeen) and words.job_key(record.job) in wanted:
            yield record


def _record(row: LogRow | Chunk, names: dict[int, tuple[EquipmentId, Channel, str]]) -> Record:
    if isinstance(row, LogRow):
        return words.to_record(row)
    if row.channel_id not in names:
        raise Damaged(f"a chunk belongs to channel {row.channel_id}, which is not known", fix="Run `labedge verify`.")
    equipment, channel, unit = names[row.channel_id]
    if row.n == 1:
        return Reading(equipment, channel, row.first, row.received_at, row.least, unit, row.run)
    t, v = chunks.times_of(row), chunks.values_of(row)
    return ReadingBatch(equipment, channel, t, v, row.received_at, unit, row.run)
