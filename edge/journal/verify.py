"""Whether a journal on disk still says what was written, row by row; usable while the gateway runs.

Never writes and never stops at the first fault; memory is one chunk, however large the journal.
"""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from edge.errors import Damaged
from edge.journal import chunks, packing, tallies, words
from edge.journal.chunks import HOUR_NS, Chunk
from edge.journal.database import EARLIER, SCHEMAS, connect_reading, schema_version
from edge.journal.tallies import UNFIT, Fault
from edge.journal.words import LogRow
from telemetry.columns import Float64s, Int64s

FAULTS_LIMIT = 1000
"""Told of one journal: who has more restores a backup."""


def verify(path: Path) -> tuple[Fault, ...]:
    """Every fault found, at most `FAULTS_LIMIT`; none means that all is as written.

    Raises `GiveUp` where there is no journal at `path`.
    """
    connection = connect_reading(path)
    faults: list[Fault] = []
    try:
        connection.execute("BEGIN")
        for place, check in _CHECKS:
            faults.extend(_guarded(place, check(connection)))
    except sqlite3.DatabaseError as error:
        faults.append(Fault(str(path), f"it cannot be read as a journal: {error}"))
    finally:
        connection.close()
    return tuple(faults[:FAULTS_LIMIT])


def _guarded(place: str, faults: Iterator[Fault]) -> Iterator[Fault]:
    """A check whose table cannot be read to its end is a fault, and the next check goes on."""
    try:
        yield from faults
    except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
        yield Fault(place, f"it cannot be read to its end: {error}")


def _schema(connection: sqlite3.Connection) -> Iterator[Fault]:
    version = schema_version(connection)
    if version != len(SCHEMAS):
        yield Fault("file", f"its schema is {version}; this labedge writes {len(SCHEMAS)}")


def _structure(connection: sqlite3.Connection) -> Iterator[Fault]:
    for (message,) in connection.execute(f"PRAGMA integrity_check({FAULTS_LIMIT})"):
        if message != "ok":
            yield Fault("file", str(message))
    for table, rowid, parent, _number in connection.execute("PRAGMA foreign_key_check"):
        yield Fault(f"{table} {rowid}", f"it names a row of {parent} that is not there")


def _chunks(connection: sqlite3.Connection) -> Iterator[Fault]:
    names = {row[0]: f"{row[1]}/{row[2]}" for row in connection.execute("SELECT id, equipment, channel FROM channels")}
    rows = connection.execute(
        f"SELECT offset, {EARLIER}, {chunks.COLUMNS} FROM chunks AS own ORDER BY channel_id, first"  # noqa: S608 fixed words
    )
    channel_id, reach, previous = 0, 0, np.zeros(0, np.int64)
    for offset, earlier, *row in rows:
        chunk = Chunk(*row)
        place = f"chunk {offset} of {names.get(chunk.channel_id, 'an unknown channel')}"
        if chunk.channel_id != channel_id:
            channel_id, reach, previous = chunk.channel_id, chunk.first - 1, np.zeros(0, np.int64)
        try:
            t = chunks.times_of(chunk)
            if not chunks.is_sound(chunk, offset, earlier):
                yield Fault(place, UNFIT)
            yield from (Fault(place, message) for message in _faults_of(chunk, t, chunks.values_of(chunk)))
        except Damaged as error:
            yield Fault(place, str(error))
            continue
        if chunk.first <= reach and np.isin(t, previous).any():
            yield Fault(place, "it repeats times of the chunks before it")
        previous = t if chunk.first > reach else np.union1d(previous[previous >= chunk.first], t)
        reach = max(reach, chunk.last)


def _faults_of(chunk: Chunk, t: Int64s, v: Float64s) -> Iterator[str]:
    if not (t[1:] > t[:-1]).all():
        yield "its times do not rise"
    if not np.isfinite(v).all():
        yield "it holds values that are not finite"
        return
    if (int(t[0]), int(t[-1])) != (chunk.first, chunk.last) or chunk.first // HOUR_NS != chunk.last // HOUR_NS:
        yield "its first and last time are not those of its readings, or not of one hour"
    least, greatest, total = chunks.statistics(v)
    # Processors differ in how they add, so the sum is compared within what rounding can do.
    if (least, greatest) != (chunk.least, chunk.greatest) or not math.isclose(
        total, chunk.total, rel_tol=1e-9, abs_tol=1e-9 * float(np.abs(v).max()) * len(v)
    ):
        yield "its least, greatest or sum are not those of its readings"


def _log(connection: sqlite3.Connection) -> Iterator[Fault]:
    query = f"SELECT offset, {EARLIER}, {words.COLUMNS} FROM log AS own ORDER BY offset"  # noqa: S608 fixed words
    for offset, earlier, *row in connection.execute(query):
        entry = LogRow(*row)
        # A flipped bit of a row's head makes a number of a blob.
        if not isinstance(entry.raw, bytes) or not words.is_sound(entry, offset, earlier):
            yield Fault(f"log {offset} of {entry.equipment or 'the gateway'}", UNFIT)


def _days(connection: sqlite3.Connection) -> Iterator[Fault]:
    for day, message in packing.faults(connection):
        yield Fault(f"day {day.number} of {day.equipment}", message)


def _runs(connection: sqlite3.Connection) -> Iterator[Fault]:
    """Readings that name a run lie in its stretches; a chunk may reach over several."""
    within = "EXISTS (SELECT 1 FROM run_stretches AS s WHERE s.run = c.run AND s.equipment = n.equipment AND"
    query = f"""
        SELECT c.offset, n.equipment, c.run FROM chunks AS c JOIN channels AS n ON n.id = c.channel_id
        WHERE c.run != '' AND NOT ({within} s.first <= c.first AND s.last >= c.first)
        AND {within} s.first <= c.last AND s.last >= c.last))
    """  # noqa: S608 fixed words
    for offset, equipment, run in connection.execute(query):
        yield Fault(f"chunk {offset} of {equipment}", f"the stretches of run {run!r} do not hold it")


_CHECKS: tuple[tuple[str, Callable[[sqlite3.Connection], Iterator[Fault]]], ...] = (
    ("file", _schema),
    ("file", _structure),
    ("table chunks", _chunks),
    ("table log", _log),
    ("table state_days", _days),
    ("table run_stretches", _runs),
    *tallies.CHECKS,
)
