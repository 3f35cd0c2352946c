"""The read side of the journal on this machine's disk.

Never writes and never waits for the writer; reads blobs only of the chunks that an answer needs.
"""

from __future__ import annotations

import heapq
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

from edge.errors import Damaged
from edge.journal import chunks, words
from edge.journal.chunks import Chunk
from edge.journal.contract import Offset
from edge.journal.database import bytes_on_disk
from edge.journal.words import GREATEST, Kind, LogRow
from edge.store import dense, job_log, run_log, sparse
from edge.store.connections import Connections
from edge.store.contract import ChannelInfo, Counts, Job, Run, RunData
from edge.store.jobs import overlapping
from edge.store.past import JournalPast
from edge.store.runs import meeting, within
from telemetry.columns import Changes, Envelope, Readings
from telemetry.model import (
    Channel,
    EquipmentId,
    EquipmentSeen,
    Instant,
    LinkChanged,
    Reading,
    ReadingBatch,
    Record,
    StateSeen,
)

ANSWER_READINGS = 500_000
"""Readings in one answer of `records`: 8 MB, whatever `limit` says."""

_Row: TypeAlias = tuple[Offset, LogRow | Chunk]

_LOG_AFTER = f"SELECT offset, {words.COLUMNS} FROM log WHERE offset > ? ORDER BY offset LIMIT ?"  # noqa: S608 fixed words
_CHUNKS_AFTER = f"""
    SELECT offset, {chunks.COLUMNS} FROM chunks WHERE offset > ? ORDER BY offset LIMIT ?
"""  # noqa: S608 fixed words
_TOUCHED = "SELECT equipment, min(at) FROM log NOT INDEXED WHERE offset > ? AND kind IN (?, ?, ?) GROUP BY equipment"
_NAMES = "SELECT id, equipment, channel, unit FROM channels"
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
        with self._connections.snapshot() as connection:
            return sparse.changes(connection, equipment, start, end)

    def readings(self, equipment: EquipmentId, channel: Channel, start: Instant, end: Instant) -> Readings:
        """See the contract."""
        with self._connections.snapshot() as connection:
            return dense.readings(connection, (equipment, channel), start, end)

    def envelope(
        self, equipment: EquipmentId, channel: Channel, start: Instant, end: Instant, *, points: int
    ) -> Envelope:
        """See the contract; raises `ValueError` for a window or a number of points that cannot be cut."""
        with self._connections.snapshot() as connection:
            return dense.envelope(connection, (equipment, channel), (start, end), points=points)

    def channels(self, equipment: EquipmentId | None = None) -> tuple[ChannelInfo, ...]:
        """See the contract."""
        where, values = ("", ()) if equipment is None else (" WHERE equipment = ?", (equipment,))
        with self._connections.snapshot() as connection:
            rows = connection.execute(f"{_CHANNELS}{where} ORDER BY equipment, channel", values)
            return tuple(ChannelInfo(*row) for row in rows)

    def jobs(self, equipment: Sequence[EquipmentId], start: Instant, end: Instant) -> tuple[Job, ...]:
        """See the contract."""
        with self._connections.snapshot() as connection:
            found = [job for one in dict.fromkeys(equipment) for job in job_log.met(connection, one, start, end)]
        return overlapping(found, start, end)

    def runs(self, equipment: Sequence[EquipmentId] | None, start: Instant, end: Instant) -> tuple[Run, ...]:
        """See the contract."""
        with self._connections.snapshot() as connection:
            return meeting(run_log.met(connection, equipment, start, end), equipment, start, end)

    def run(self, run: str) -> Run | None:
        """See the contract."""
        with self._connections.snapshot() as connection:
            return run_log.one(connection, run)

    def run_data(self, run: str, after: Offset, limit: int) -> RunData:
        """See the contract; fewer than `limit` where they hold more than half a million readings."""
        found: list[tuple[Offset, Reading | ReadingBatch]] = []
        readings = 0
        with self._connections.snapshot() as connection:
            (reached,) = connection.execute("SELECT offset FROM gateway").fetchone()
            names = {row[0]: row[1:] for row in connection.execute(_NAMES)}
            for offset, row, known in run_log.chunks_after(connection, run, min(after, GREATEST)):
                part = within(known, _reading(row, names))
                if part is None:
                    continue
                if len(found) >= limit or readings >= ANSWER_READINGS:
                    return RunData(tuple(found), found[-1][0] if found else after, more=True)
                found.append((offset, part))
                readings += row.n
        return RunData(tuple(found), max(reached, after), more=False)

    def links(self) -> tuple[LinkChanged, ...]:
        """See the contract."""
        return tuple(one for one in self._latest(Kind.LINK) if isinstance(one, LinkChanged))

    def link_history(
        self, equipment: EquipmentId, start: Instant, end: Instant, *, limit: int
    ) -> tuple[LinkChanged, ...]:
        """See the contract."""
        with self._connections.snapshot() as connection:
            found = sparse.between(connection, equipment, Kind.LINK, (start, end), limit=limit)
        return tuple(one for one in found if isinstance(one, LinkChanged))

    def states(self) -> tuple[StateSeen, ...]:
        """See the contract."""
        return tuple(one for one in self._latest(Kind.STATE) if isinstance(one, StateSeen))

    def discovered(self) -> tuple[EquipmentSeen, ...]:
        """See the contract."""
        return tuple(one for one in self._latest(Kind.EQUIPMENT) if isinstance(one, EquipmentSeen))

    def records(self, after: Offset, limit: int) -> tuple[tuple[Offset, Record], ...]:
        """See the contract; fewer than `limit` where they hold more than half a million readings."""
        wanted = (min(after, GREATEST), max(0, limit))
        answer: list[tuple[Offset, Record]] = []
        readings = 0
        with self._connections.snapshot() as connection:
            names = {row[0]: row[1:] for row in connection.execute(_NAMES)}
            for offset, row in _after(connection, wanted):
                answer.append((offset, _record(row, names)))
                readings += row.n if isinstance(row, Chunk) else 0
                if len(answer) >= limit or readings >= ANSWER_READINGS:
                    break
        return tuple(answer)

    def touched_since(self, after: Offset) -> Mapping[EquipmentId, Instant]:
        """See the contract."""
        with self._connections.snapshot() as connection:
            rows = connection.execute(_TOUCHED, (after, Kind.STATE, Kind.JOB, Kind.RUN))
            return {EquipmentId(one): at for one, at in rows}

    def as_of(self, offset: Offset) -> JournalPast:
        """See the contract."""
        return JournalPast(self._connections, self.instance(), offset)

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

    def _latest(self, kind: Kind) -> tuple[words.Sparse, ...]:
        with self._connections.snapshot() as connection:
            return sparse.latest(connection, kind)


def _after(connection: sqlite3.Connection, wanted: tuple[Offset, int]) -> Iterator[_Row]:
    """Rows of both tables, by offset, read as they are asked for."""
    log: Iterator[_Row] = ((row[0], LogRow(*row[1:])) for row in connection.execute(_LOG_AFTER, wanted))
    dense: Iterator[_Row] = ((row[0], Chunk(*row[1:])) for row in connection.execute(_CHUNKS_AFTER, wanted))
    return heapq.merge(log, dense, key=lambda one: one[0])


def _record(row: LogRow | Chunk, names: dict[int, tuple[EquipmentId, Channel, str]]) -> Record:
    return words.to_record(row) if isinstance(row, LogRow) else _reading(row, names)


def _reading(row: Chunk, names: dict[int, tuple[EquipmentId, Channel, str]]) -> Reading | ReadingBatch:
    if row.channel_id not in names:
        raise Damaged(f"a chunk belongs to channel {row.channel_id}, which is not known", fix="Run `labedge verify`.")
    equipment, channel, unit = names[row.channel_id]
    if row.n == 1:
        return Reading(equipment, channel, row.first, row.received_at, row.least, unit, row.run)
    t, v = chunks.times_of(row), chunks.values_of(row)
    return ReadingBatch(equipment, channel, t, v, row.received_at, unit, row.run)
