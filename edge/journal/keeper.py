"""Writes one group of records inside the caller's transaction, leaving out what the journal already has.

Never commits and never handles SQLite's errors: after one, the caller rolls back and calls `forget`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import TypeAlias

import numpy as np

from edge.errors import Damaged
from edge.journal import chunks, packing, stretches, words
from edge.journal.chunks import HOUR_NS, Chunk, Origin
from edge.journal.contract import NOTES_BYTES, Committed, Offset
from edge.journal.known import EVER, UPDATE_CHANNEL, UPDATE_GATEWAY, Known, KnownChannel, load
from edge.journal.series import Series, check_batch, check_reading, gather
from telemetry.columns import Float64s, Int64s
from telemetry.model import (
    Instant,
    JobPhase,
    JobSeen,
    Reading,
    ReadingBatch,
    Record,
    Rejected,
    RunPhase,
    RunSeen,
    StateSeen,
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A sparse record with its row, made ready on the thread that appended it."""

    record: words.Sparse
    row: words.LogRow


Prepared: TypeAlias = Reading | ReadingBatch | Entry


def prepared(record: Record) -> Prepared:
    """A record that cannot fail any more for what it says; raises `ValueError` where it would."""
    if isinstance(record, Reading):
        check_reading(record)
    elif isinstance(record, ReadingBatch):
        check_batch(record)
    else:
        return Entry(record, words.to_row(record))
    for word in (record.equipment, record.channel, record.unit, record.run):
        if not word.isascii():
            word.encode()
    return record


INSERT_CHUNK = f"INSERT INTO chunks (offset, {chunks.COLUMNS}) VALUES ({', '.join('?' * 14)})"  # noqa: S608 fixed words
_INSERT_LOG = (
    f"INSERT INTO log (offset, {words.COLUMNS}) VALUES ({', '.join('?' * 10)}) "  # noqa: S608 fixed words
    "ON CONFLICT (equipment, kind, at, mark) DO NOTHING"
)
_INSERT_JOB = """
    INSERT INTO jobs VALUES (?1, ?2, ?3, ?3, ?4) ON CONFLICT (equipment, job) DO UPDATE SET
    first = min(first, excluded.first), last = max(last, excluded.last),
    ended = max(coalesce(ended, excluded.ended), coalesce(excluded.ended, ended))
"""
_INSERT_RUN = """
    INSERT INTO runs VALUES (?1, ?2, ?3, ?3, ?4) ON CONFLICT (run, equipment) DO UPDATE SET
    first = min(first, excluded.first), last = max(last, excluded.last),
    stopped = min(coalesce(stopped, excluded.stopped), coalesce(excluded.stopped, stopped))
"""
_INSERT_CHANNEL = (
    "INSERT INTO channels (equipment, channel, unit, first, last, n, last_value) VALUES (?, ?, '', 0, 0, 0, 0)"
)
_OVERLAPPING = (
    f"SELECT {chunks.COLUMNS} FROM chunks "  # noqa: S608 fixed words
    "WHERE channel_id = ? AND first >= ? AND first <= ? AND last >= ?"
)
_NEXT_FIRST = "SELECT first FROM chunks WHERE channel_id = ? AND first >= ? AND last > ? ORDER BY first LIMIT 1"
_INSERT_NOTE = "INSERT INTO notes VALUES (?1, ?2, crc32_of(?1, ?2))"


class Keeper:
    """The writer's hands: one connection and what is known of the file."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        self.known: Known = load(connection)
        self._stale = False
        self._rows: list[tuple[object, ...]] = []
        self._touched: dict[int, KnownChannel] = {}
        self._new: list[tuple[Offset, Record]] = []

    def forget(self) -> None:
        """Drop what was remembered: the file is read again before the next group."""
        self._stale = True

    def use(self, connection: sqlite3.Connection) -> None:
        """Write through another connection from now on."""
        self.connection = connection
        self.forget()

    def current(self) -> Known:
        """What is known, read again first where it was forgotten."""
        if self._stale:
            self.known, self._stale = load(self.connection), False
        return self.known

    def keep(self, group: Iterable[Prepared], *, alive: Instant, notes: Sequence[bytes] = ()) -> Committed:
        """Write what is new of `group`, the `notes`, and that the gateway lives."""
        self.current()
        self._rows, self._touched, self._new = [], {}, []
        series: dict[tuple[str, str, str], Series] = {}
        for item in group:
            if isinstance(item, Entry):
                self._log(item)
            else:
                gather(series, item)
        for one in series.values():
            self._readings(one)
        stretches.keep(self.connection, series.values())
        if notes:
            self._note(notes)
        self._finish(alive)
        return Committed(self.known.offset, tuple(self._new))

    def _log(self, entry: Entry) -> None:
        record, known = entry.record, self.known
        if self.connection.execute(_INSERT_LOG, entry.row.row(known.offset + 1)).rowcount != 1:
            return
        self._new.append((known.next_offset(), record))
        known.records += 1
        known.rejected += isinstance(record, Rejected)
        if isinstance(record, StateSeen):
            packing.unpack(self.connection, known, record.equipment, record.at)
        elif isinstance(record, JobSeen):
            ended = record.at if record.phase == JobPhase.ENDED else None
            job = words.job_key(record.job)
            self.connection.execute(_INSERT_JOB, (record.equipment, job, int(record.at), ended))
        elif isinstance(record, RunSeen):
            stopped = int(record.at) if record.phase == RunPhase.STOPPED else None
            self.connection.execute(_INSERT_RUN, (record.run, record.equipment, int(record.at), stopped))

    def _readings(self, series: Series) -> None:
        channel = self._channel(series)
        if series.unit and series.unit != channel.unit:
            channel.unit = series.unit
            self._touched[channel.id] = channel
        origin = Origin(channel.id, int(series.received_at), series.run)
        one = series.one()
        if one is not None and channel.is_free(one[0], one[0]):
            record = Reading(
                series.equipment, series.channel, one[0], origin.received_at, one[1], series.unit, series.run
            )
            self._add(channel, chunks.single(origin, *one), record)
            channel.free_from = one[0]
            return
        for t, v in series.pieces():
            self._piece(channel, series, (origin, t, v))

    def _piece(self, channel: KnownChannel, series: Series, piece: tuple[Origin, Int64s, Float64s]) -> None:
        origin, t, v = piece
        first, last = int(t[0]), int(t[-1])
        if channel.is_free(first, last):
            channel.free_from = last
        else:
            t, v = self._unknown(channel, t, v)
            if not len(t):
                return
        self._add(channel, chunks.fresh(origin, t, v), series.record(t, v))

    def _unknown(self, channel: KnownChannel, t: Int64s, v: Float64s) -> tuple[Int64s, Float64s]:
        """Only the readings whose time is not kept yet; leaves the free span behind them."""
        self._flush()
        first, last = int(t[0]), int(t[-1])
        hour = first // HOUR_NS * HOUR_NS
        kept = [Chunk(*row) for row in self.connection.execute(_OVERLAPPING, (channel.id, hour, last, first))]
        if kept:
            new = ~np.isin(t, np.concatenate([_times(chunk) for chunk in kept]))
            t, v = t[new], v[new]
        channel.free_from = max([last, *(chunk.last for chunk in kept)])
        hour = channel.free_from // HOUR_NS * HOUR_NS
        following = self.connection.execute(_NEXT_FIRST, (channel.id, hour, channel.free_from)).fetchone()
        channel.free_until = following[0] if following else EVER
        return t, v

    def _add(self, channel: KnownChannel, chunk: Chunk, record: Reading | ReadingBatch) -> None:
        offset = self.known.next_offset()
        self._rows.append(chunk.row(offset))
        channel.grown(chunk, record.value if isinstance(record, Reading) else float(record.v[-1]))
        self._touched[channel.id] = channel
        self.known.readings += chunk.n
        hour = (channel.id, chunk.first // HOUR_NS * HOUR_NS)
        if hour not in self.known.unjoined:
            self.connection.execute("INSERT OR IGNORE INTO unjoined VALUES (?, ?)", hour)
            self.known.unjoined.add(hour)
        self._new.append((offset, record))

    def _note(self, notes: Sequence[bytes]) -> None:
        """Append, and let go what reaches no further than `NOTES_BYTES` before the end."""
        reaches = list(accumulate((len(note) for note in notes), initial=self.known.noted))
        self.connection.executemany(_INSERT_NOTE, zip(reaches[1:], notes, strict=True))
        self.connection.execute("DELETE FROM notes WHERE reach <= ?", (reaches[-1] - NOTES_BYTES,))
        self.known.noted = reaches[-1]

    def _channel(self, series: Series) -> KnownChannel:
        key = (series.equipment, series.channel)
        channel = self.known.channels.get(key)
        if channel is None:
            row = self.connection.execute(_INSERT_CHANNEL, key)
            channel = KnownChannel(int(row.lastrowid or 0), *key, "", 0, 0, 0, 0.0)
            self.known.channels[key] = self._touched[channel.id] = channel
        return channel

    def _flush(self) -> None:
        self.connection.executemany(INSERT_CHUNK, self._rows)
        self._rows = []

    def _finish(self, alive: Instant) -> None:
        self._flush()
        self.connection.executemany(UPDATE_CHANNEL, [channel.row() for channel in self._touched.values()])
        self.known.alive = int(alive)
        self.connection.execute(UPDATE_GATEWAY, self.known.row())


def _times(chunk: Chunk) -> Int64s:
    """None of a damaged chunk: what nobody can read is no reason to refuse what comes; verify names the chunk."""
    try:
        return chunks.times_of(chunk)
    except Damaged:
        return np.zeros(0, np.int64)
