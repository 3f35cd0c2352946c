"""Small rows of an hour joined into large ones, compressed off the writer's thread, swapped in by the writer.

Never changes what is kept: the same readings, under the offset of the last row joined.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from edge.errors import Damaged
from edge.journal import chunks, database
from edge.journal.chunks import CHUNK_READINGS, HOUR_NS, Chunk, Origin, TimeCode, ValueCode
from edge.journal.keeper import INSERT_CHUNK, Keeper
from edge.journal.series import rising
from telemetry.model import NS_PER_S, Instant

GRACE_NS = 120 * NS_PER_S
"""An hour is closed this long after its end: stragglers need no second compaction."""

GROUP_ROWS = 256
GROUP_BYTES = 2**20
"""Rows and bytes that one swap deletes, a few ms of the writer's time; what is left is joined in the next."""

SMALL_READINGS = 1024
OPEN_ROWS = 256
"""In the hour that still runs, rows under 1024 readings are joined once there are 256 of them: else a channel with
one reading a commit would make 180,000 rows before its hour ends."""

WORTH_PACKING = 64
"""Readings below which pcodec's header is more than it saves."""


@dataclass(frozen=True, slots=True)
class Hour:
    """One hour of one channel; `closed` when nothing more is awaited."""

    channel_id: int
    begin: Instant
    closed: bool

    def key(self) -> tuple[int, Instant]:
        """Its row of `unjoined`."""
        return (self.channel_id, self.begin)

    def span(self) -> tuple[int, Instant, Instant]:
        """The parameters of a query for its rows."""
        return (self.channel_id, self.begin, self.begin + HOUR_NS)


@dataclass(frozen=True, slots=True)
class RowHead:
    """What planning needs of a row."""

    offset: int
    first: Instant
    last: Instant
    n: int
    run: str
    encoding: int

    def size(self) -> int:
        """Its bytes on disk, roughly."""
        return 100 + self.n * (1 if _packed(self.encoding) else 12)


@dataclass(frozen=True, slots=True)
class Group:
    """Rows that become one; not `whole` where a swap's limits cut it short, so that more is to be joined to it."""

    heads: tuple[RowHead, ...]
    whole: bool

    def worth_joining(self) -> bool:
        """Whether anything is gained."""
        (head, *more) = self.heads
        return bool(more) or (head.n >= WORTH_PACKING and not _packed(head.encoding))


@dataclass(frozen=True, slots=True)
class Swap:
    """Rows to delete and the one that stands for them; without one, `hour` is struck off."""

    hour: Hour
    old: tuple[int, ...]
    new: Chunk | None
    whole: bool

    def size(self) -> int:
        """Bytes to be written, roughly."""
        return 0 if self.new is None else len(self.new.times or b"") + len(self.new.values or b"") + 100


_HEADS = (
    "SELECT offset, first, last, n, run, encoding FROM chunks "
    "WHERE channel_id = ? AND first >= ? AND first < ? ORDER BY first, offset"
)
_CHUNK = f"SELECT {database.EARLIER}, {chunks.COLUMNS} FROM chunks AS own WHERE offset = ?"  # noqa: S608 fixed words


def unjoined_hours(reading: sqlite3.Connection, *, now: Instant) -> tuple[Hour, ...]:
    """Hours with rows that nothing has joined yet, oldest first."""
    rows = reading.execute("SELECT channel_id, hour FROM unjoined ORDER BY hour, channel_id")
    return tuple(Hour(channel_id, begin, begin + HOUR_NS + GRACE_NS <= now) for channel_id, begin in rows)


def swaps_of(reading: sqlite3.Connection, hour: Hour) -> Iterator[Swap]:
    """What compaction would do to an hour now; the last swap strikes a closed hour off where no group was cut short.

    Raises `Damaged` where a row does not hold what it says: such an hour stays as it is.
    """
    heads = [RowHead(*row) for row in reading.execute(_HEADS, hour.span())]
    groups = [group for group in plan(heads, closed=hour.closed) if group.worth_joining()]
    for group in groups:
        offsets = tuple(head.offset for head in group.heads)
        yield Swap(hour, offsets, _joined(reading, group.heads), whole=group.whole)
    if hour.closed and all(group.whole for group in groups):
        yield Swap(hour, (), None, whole=True)


def plan(heads: Sequence[RowHead], *, closed: bool) -> list[Group]:
    """Rows, by time, cut into groups that each become one row; a group of one row may be left as it is."""
    groups: list[Group] = []
    for run in dict.fromkeys(head.run for head in heads):
        mine = [head for head in heads if head.run == run]
        if not closed:
            mine = [head for head in mine if head.n < SMALL_READINGS]
            if len(mine) < OPEN_ROWS:
                continue
        groups.extend(_grouped(mine))
    return groups


def swap(connection: sqlite3.Connection, keeper: Keeper, swaps: Iterable[Swap]) -> None:
    """On the writer's thread, in a transaction: delete and insert; raises `sqlite3.Error`."""
    for one in swaps:
        if one.new is not None:
            connection.executemany("DELETE FROM chunks WHERE offset = ?", [(offset,) for offset in one.old])
            connection.execute(INSERT_CHUNK, one.new.row(max(one.old)))
        elif not _grew(connection, one.hour):
            connection.execute("DELETE FROM unjoined WHERE channel_id = ? AND hour = ?", one.hour.key())
            keeper.current().unjoined.discard(one.hour.key())


def _grew(connection: sqlite3.Connection, hour: Hour) -> bool:
    """Whether rows came after the plan: then some group is worth joining again."""
    heads = [RowHead(*row) for row in connection.execute(_HEADS, hour.span())]
    return any(group.worth_joining() for group in plan(heads, closed=True))


def _grouped(heads: Sequence[RowHead]) -> Iterator[Group]:
    group: list[RowHead] = []
    readings = size = reach = 0
    for head in heads:
        full = readings + head.n > CHUNK_READINGS and head.first > reach
        short = len(group) >= GROUP_ROWS or (len(group) > 1 and size >= GROUP_BYTES)
        if group and (full or short):
            yield Group(tuple(group), whole=full)
            group, readings, size = [], 0, 0
        reach = max(reach, head.last) if group else head.last
        group.append(head)
        readings += head.n
        size += head.size()
    if group:
        yield Group(tuple(group), whole=True)


def _packed(encoding: int) -> bool:
    times, values = divmod(encoding, 16)
    return times in (TimeCode.EVEN, TimeCode.PCODEC) and values in (ValueCode.SAME, ValueCode.PCODEC)


def _joined(reading: sqlite3.Connection, group: Sequence[RowHead]) -> Chunk:
    parts = [_sound(reading, head) for head in group]
    t = np.concatenate([chunks.times_of(part) for part in parts])
    v = np.concatenate([chunks.values_of(part) for part in parts])
    t, v = rising(t, v)
    if len(t) != sum(part.n for part in parts):
        raise Damaged(f"chunks {group[0].offset} to {group[-1].offset} share times")
    origin = Origin(parts[0].channel_id, max(part.received_at for part in parts), parts[0].run)
    encode = chunks.joined if len(t) >= WORTH_PACKING else chunks.fresh
    return encode(origin, t, v)


def _sound(reading: sqlite3.Connection, head: RowHead) -> Chunk:
    row = reading.execute(_CHUNK, (head.offset,)).fetchone()
    if row is None:
        raise Damaged(f"chunk {head.offset} is in the index and not in the table")
    earlier, *columns = row
    chunk = Chunk(*columns)
    if not chunks.is_sound(chunk, head.offset, earlier):
        raise Damaged(f"chunk {head.offset} is not what was written")
    return chunk
