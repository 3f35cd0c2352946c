"""What the writer remembers of each channel, so that a new batch needs no look at the disk.

Nothing here is the truth: it is read from the file at the start and after every failed commit.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, field

from edge import checksum
from edge.journal.chunks import Chunk
from telemetry.model import Instant

UPDATE_CHANNEL = "UPDATE channels SET unit = ?, first = ?, last = ?, n = ?, last_value = ?, crc32 = ? WHERE id = ?"
"""Takes `KnownChannel.row`."""

UPDATE_GATEWAY = "UPDATE gateway SET alive = ?, offset = ?, readings = ?, records = ?, rejected = ?, crc32 = ?"
"""Takes `Known.row`."""

EVER = 2**64
"""Later than any instant."""


@dataclass(slots=True)
class KnownChannel:
    """A row of `channels`, and a span of time, both ends outside, in which nothing is kept yet."""

    id: int
    equipment: str
    channel: str
    unit: str
    first: Instant
    last: Instant
    n: int
    last_value: float
    free_from: Instant = -EVER
    free_until: Instant = EVER

    def row(self) -> tuple[str | float, ...]:
        """The values of `UPDATE_CHANNEL`, with their checksum."""
        said = (self.unit, self.first, self.last, self.n, self.last_value)
        return (*said, checksum.of(self.id, self.equipment, self.channel, *said), self.id)

    def is_free(self, first: Instant, last: Instant) -> bool:
        """Whether nothing is kept in [first, last] for certain."""
        return self.free_from < first and last < self.free_until

    def grown(self, chunk: Chunk, last_value: float) -> None:
        """Count a chunk that was just written."""
        if self.n == 0 or chunk.last > self.last:
            self.last, self.last_value = chunk.last, last_value + 0.0  # -0.0 would come back as 0.0
        self.first = chunk.first if self.n == 0 else min(self.first, chunk.first)
        self.n += chunk.n


@dataclass(slots=True)
class Known:
    """The row of `gateway`, the channels, and the hours and days that await compaction."""

    instance: str
    alive: Instant | None
    offset: int
    readings: int
    records: int
    rejected: int
    channels: dict[tuple[str, str], KnownChannel] = field(default_factory=dict)
    unjoined: set[tuple[int, int]] = field(default_factory=set)
    """(channel, first ns of the hour)."""
    unpacked: set[tuple[str, int]] = field(default_factory=set)
    """(equipment, day since 1970) of changes that are not packed."""
    noted: int = 0
    """Bytes of all notes ever kept."""

    def row(self) -> tuple[int | None, ...]:
        """The values of `UPDATE_GATEWAY`, with their checksum."""
        said = (self.alive, self.offset, self.readings, self.records, self.rejected)
        return (*said, checksum.of(1, self.instance, *said))

    def next_offset(self) -> int:
        """Give out an offset; taken back where the commit fails, because all of this is read anew then."""
        self.offset += 1
        return self.offset


def load(connection: sqlite3.Connection) -> Known:
    """What the file says; reads no chunk."""
    row = connection.execute("SELECT instance, alive, offset, readings, records, rejected FROM gateway").fetchone()
    known = Known(*row)
    for words in connection.execute("SELECT id, equipment, channel, unit, first, last, n, last_value FROM channels"):
        channel = KnownChannel(*words)
        channel.free_from = channel.last
        known.channels[channel.equipment, channel.channel] = channel
    known.unjoined.update(connection.execute("SELECT channel_id, hour FROM unjoined"))
    known.unpacked.update(connection.execute("SELECT equipment, day FROM unpacked_days"))
    (known.noted,) = connection.execute("SELECT coalesce(max(reach), 0) FROM notes").fetchone()
    return known
