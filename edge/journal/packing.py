"""Changes of state of a day that is over, packed into columns beside the log, so that a quarter is read in one go.

Never the only place of anything: the log keeps every change, and a day that gets one more is unpacked at once.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from edge.errors import Damaged
from edge.journal.known import Known
from edge.journal.pieces import DAY_NS, Piece, piece_of
from edge.journal.words import GREATEST, LEAST
from telemetry.model import Instant

DAYS_A_SWAP = 64
"""Days that one job of the writer's thread takes in, a few ms: about 100 changes each."""

_DAY = f"iif(at < 0, (at + 1) / {DAY_NS} - 1, at / {DAY_NS})"
_UNPACKED = "SELECT equipment, day FROM unpacked_days WHERE day < ? ORDER BY day, equipment"
_ROWS = """
    SELECT at, mark, valid_ns FROM log WHERE equipment = ? AND kind = 0 AND at BETWEEN ? AND ? ORDER BY at, mark
"""
_COUNT = "SELECT count(*) FROM log WHERE equipment = ? AND kind = 0 AND at BETWEEN ? AND ?"
_INSERT = "INSERT OR REPLACE INTO state_days VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
_PACKED = "SELECT day, n, low_blob, high_blob, words_blob, marks_blob, valid_blob FROM state_days"
_BETWEEN = f"{_PACKED} WHERE equipment = ? AND day >= ? AND day < ? ORDER BY day"
_UNPACKED_BETWEEN = "SELECT day FROM unpacked_days WHERE equipment = ? AND day >= ? AND day < ?"
_LAST = """
    SELECT max(day) FROM state_days WHERE equipment = ?1 AND day < ?2
    UNION ALL SELECT max(day) FROM unpacked_days WHERE equipment = ?1 AND day < ?2
"""

_NEVER = np.empty(0, np.int64)


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
    """A row of `state_days`."""

    day: Day
    piece: Piece

    def row(self) -> tuple[str | int | bytes, ...]:
        """As it is inserted."""
        return (self.day.equipment, *self.piece)


def packed(reading: sqlite3.Connection, day: Day) -> Packed:
    """What the log says of a day; raises `Damaged` where that is no column of changes."""
    try:
        return Packed(day, piece_of(day.number, reading.execute(_ROWS, day.span()).fetchall()))
    except (TypeError, ValueError, OverflowError) as error:
        message = f"the changes of {day.equipment} on day {day.number} since 1970: {error}"
        raise Damaged(message, fix="Run `labedge verify`.") from error


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
        if n == one.piece.n:
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


def between(connection: sqlite3.Connection, equipment: str, start: Instant, end: Instant) -> list[Piece]:
    """The changes in [start, end) and those of the last instant before, by day, from the log where it is not packed.

    Raises `Damaged` where a row does not hold what it says; most rows show that only in their columns.
    """
    first, last = start // DAY_NS, -(-end // DAY_NS)
    found = _days(connection, equipment, first, last)
    if found and found[-1].day == last - 1:
        found[-1] = found[-1].part(0, int(found[-1].times().searchsorted(end)))
    times = found[0].times() if found and found[0].day == first else _NEVER
    begins = int(times.searchsorted(start))
    if begins:
        found[0] = found[0].part(int(times.searchsorted(times[begins - 1])), found[0].n)
    else:
        found[:0] = _before(connection, equipment, first)
    return [piece for piece in found if piece.n]


def _days(connection: sqlite3.Connection, equipment: str, first: int, last: int) -> list[Piece]:
    """The days `first` to `last`, which is behind the last, that have changes."""
    found = list(map(Piece._make, connection.execute(_BETWEEN, (equipment, first, last))))
    unpacked = connection.execute(_UNPACKED_BETWEEN, (equipment, first, last)).fetchall()
    if unpacked:
        found += (packed(connection, Day(equipment, day)).piece for (day,) in unpacked)
        found = sorted(piece for piece in found if piece.n)
    return found


def _before(connection: sqlite3.Connection, equipment: str, day: int) -> list[Piece]:
    """The changes of the last instant before a day, if any."""
    known = [number for (number,) in connection.execute(_LAST, (equipment, day)) if number is not None]
    if not known:
        return []
    found = _days(connection, equipment, max(known), day)
    if not found:
        return _before(connection, equipment, max(known))
    times = found[-1].times()
    return [found[-1].part(int(times.searchsorted(times[-1])), found[-1].n)]


def faults(connection: sqlite3.Connection) -> Iterator[tuple[Day, str]]:
    """Days whose columns are not what the log says, and days that nobody would find."""
    for equipment, day, *stored in connection.execute(f"SELECT equipment, {_PACKED.removeprefix('SELECT ')}"):
        # A flipped bit of a row's head makes something else of a number.
        one = Day(equipment, day if isinstance(day, int) else 0)
        try:
            sound = isinstance(day, int) and tuple(stored) == packed(connection, one).piece[1:]
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
