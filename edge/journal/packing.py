"""Changes of state of a day that is over, packed into columns beside the log, so that a quarter is read in one go.

Never the only place of anything: the log keeps every change, and a day that gets one more is unpacked at once.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from edge.errors import Damaged
from edge.journal.chunks import HOUR_NS
from edge.journal.known import Known
from edge.journal.words import GREATEST, LEAST
from telemetry.columns import Int64s
from telemetry.model import Instant

DAY_NS = 24 * HOUR_NS

DAYS_A_SWAP = 64
"""Days that one job of the writer's thread takes in, a few ms: about 100 changes each."""

_DAY = f"iif(at < 0, (at + 1) / {DAY_NS} - 1, at / {DAY_NS})"
_KINDS = ("<i8", "<i2", "<i8")
_UNPACKED = "SELECT equipment, day FROM unpacked_days WHERE day < ? ORDER BY day, equipment"
_ROWS = """
    SELECT at, mark, valid_ns FROM log WHERE equipment = ? AND kind = 0 AND at BETWEEN ? AND ? ORDER BY at, mark
"""
_COUNT = "SELECT count(*) FROM log WHERE equipment = ? AND kind = 0 AND at BETWEEN ? AND ?"
_INSERT = "INSERT OR REPLACE INTO state_days VALUES (?, ?, ?, ?, ?, ?)"
_PACKED = "SELECT n, times_blob, marks_blob, valid_blob FROM state_days"
_BETWEEN = f"{_PACKED} WHERE equipment = ? AND day >= ? AND day < ? ORDER BY day"


@dataclass(frozen=True, slots=True)
class Day:
    """One UTC day of one equipment."""

    equipment: str
    number: int

    def key(self) -> tuple[str, int]:
        """Its row of `unpacked_days`."""
        return (self.equipment, self.number)

    def span(self) -> tuple[str, Instant, Instant]:
        """The parameters of a query for its rows; both instants are inside."""
        first, last = (min(max(at, LEAST), GREATEST) for at in (self.number * DAY_NS, (self.number + 1) * DAY_NS - 1))
        return (self.equipment, first, last)


@dataclass(frozen=True, slots=True)
class Packed:
    """A row of `state_days`: times int64, marks int16, validities int64 (none where all are 0), little-endian."""

    day: Day
    n: int
    times: bytes
    marks: bytes
    valid: bytes

    def row(self) -> tuple[str, int, int, bytes, bytes, bytes]:
        """As it is inserted."""
        return (*self.day.key(), self.n, self.times, self.marks, self.valid)


def packed(reading: sqlite3.Connection, day: Day) -> Packed:
    """What the log says of a day; raises `Damaged` where that is no column of changes."""
    rows = reading.execute(_ROWS, day.span()).fetchall()
    try:
        times, marks, valid = (np.array([row[place] for row in rows], kind) for place, kind in enumerate(_KINDS))
    except (TypeError, ValueError, OverflowError) as error:
        message = f"the changes of {day.equipment} on day {day.number} since 1970: {error}"
        raise Damaged(message, fix="Run `labedge verify`.") from error
    return Packed(day, len(rows), times.tobytes(), marks.tobytes(), valid.tobytes() if valid.any() else b"")


def closed_days(reading: sqlite3.Connection, *, before: Instant) -> Iterator[tuple[Day, ...]]:
    """Unpacked days that were over at `before`, oldest first, as many at a time as one swap takes."""
    rows = reading.execute(_UNPACKED, (before // DAY_NS,)).fetchall()
    days = tuple(Day(*row) for row in rows)
    return (days[first : first + DAYS_A_SWAP] for first in range(0, len(days), DAYS_A_SWAP))


def swap(connection: sqlite3.Connection, known: Known, days: Iterable[Packed]) -> None:
    """On the writer's thread, in a transaction: take in what the log has not outgrown; raises `sqlite3.Error`."""
    for one in days:
        (n,) = connection.execute(_COUNT, one.day.span()).fetchone()
        # The log only ever grows, so the same number are the same changes.
        if n == one.n:
            connection.execute(_INSERT, one.row())
            connection.execute("DELETE FROM unpacked_days WHERE equipment = ? AND day = ?", one.day.key())
            known.unpacked.discard(one.day.key())


def unpack(connection: sqlite3.Connection, known: Known, equipment: str, at: Instant) -> None:
    """In the transaction of a new change: its day is to be packed (again)."""
    key = (equipment, int(at) // DAY_NS)
    if key not in known.unpacked:
        connection.execute("DELETE FROM state_days WHERE equipment = ? AND day = ?", key)
        connection.execute("INSERT OR IGNORE INTO unpacked_days VALUES (?, ?)", key)
        known.unpacked.add(key)


class Pieces(NamedTuple):
    """Changes of one equipment by time, piece after piece, as the columns of `Packed`, validities always told."""

    times: list[bytes]
    marks: list[bytes]
    valid: list[bytes]

    def columns(self) -> tuple[Int64s, npt.NDArray[np.int16], Int64s]:
        """Times, marks and validities, each as one column."""
        times, marks, valid = (_column(blobs, kind) for blobs, kind in zip(self, _KINDS, strict=True))
        return (
            times.astype(np.int64, copy=False),
            marks.astype(np.int16, copy=False),
            valid.astype(np.int64, copy=False),
        )


def _column(blobs: list[bytes], kind: str) -> npt.NDArray[np.integer]:
    # Of a byte array, so that whoever gets the column may write to it.
    return np.frombuffer(bytearray().join(blobs), kind)


def piece_of(rows: Int64s) -> Pieces:
    """Rows of time, mark and validity, int64[n, 3], by time as one piece; of a mark its lower 16 bits."""
    times, marks, valid = (rows[:, place].astype(kind).tobytes() for place, kind in enumerate(_KINDS))
    return Pieces([times], [marks], [valid])


def between(connection: sqlite3.Connection, equipment: str, start: Instant, end: Instant) -> Pieces:
    """The changes in [start, end), packed or not; days that are not packed are read from the log as a whole.

    Raises `Damaged` where a row does not hold what it says.
    """
    first, last = start // DAY_NS, -(-end // DAY_NS)
    found = _unpacked(connection.execute(_BETWEEN, (equipment, first, last)))
    query = "SELECT equipment, day FROM unpacked_days WHERE equipment = ? AND day >= ? AND day < ?"
    days = [Day(*row) for row in connection.execute(query, (equipment, first, last))]
    if days:
        told = [connection.execute(_ROWS, day.span()).fetchall() for day in days]
        rows = np.stack([column.astype(np.int64) for column in found.columns()], axis=1)
        rows = np.concatenate([rows, *(np.array(one, np.int64).reshape(-1, 3) for one in told)])
        found = piece_of(rows[np.lexsort((rows[:, 1], rows[:, 0]))])
    if found.times:
        _drop_outside(found, start, end)
    return found


def _unpacked(rows: Iterable[tuple[int, bytes, bytes, bytes]]) -> Pieces:
    found = Pieces([], [], [])
    for n, times, marks, stored in rows:
        valid = stored or bytes(8 * n)
        if (len(times), len(marks), len(valid)) != (8 * n, 2 * n, 8 * n):
            raise Damaged("a packed day does not hold what it says", fix="Run `labedge verify`.")
        found.times.append(times)
        found.marks.append(marks)
        found.valid.append(valid)
    return found


def _drop_outside(found: Pieces, start: Instant, end: Instant) -> None:
    """Take what is before `start` from the first piece, and what is not before `end` from the last one."""
    kept = int(np.frombuffer(found.times[-1], _KINDS[0]).searchsorted(end))
    skipped = int(np.frombuffer(found.times[0], _KINDS[0]).searchsorted(start))
    for blobs, kind in zip(found, _KINDS, strict=True):
        size = np.dtype(kind).itemsize
        blobs[-1] = blobs[-1][: kept * size]
        blobs[0] = blobs[0][skipped * size :]


def faults(connection: sqlite3.Connection) -> Iterator[tuple[Day, str]]:
    """Days whose columns are not what the log says, and days that nobody would find."""
    for equipment, day, *stored in connection.execute(f"SELECT equipment, day, {_PACKED.removeprefix('SELECT ')}"):
        # A flipped bit of a row's head makes something else of a number.
        one = Day(equipment, day if isinstance(day, int) else 0)
        try:
            sound = isinstance(day, int) and tuple(stored) == packed(connection, one).row()[2:]
        except Damaged:
            sound = False
        if not sound:
            yield one, "the packed day is not what the log says"
    query = f"""
        SELECT DISTINCT equipment, {_DAY} FROM log WHERE kind = 0
        EXCEPT SELECT equipment, day FROM state_days EXCEPT SELECT equipment, day FROM unpacked_days
    """  # noqa: S608 fixed words
    for row in connection.execute(query):
        yield Day(*row), "it is neither packed nor to be packed"
