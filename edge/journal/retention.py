"""Keeps the journal within its disk: the oldest readings go first, counted; states, jobs and sightings never.

With the last readings of its time goes a run that only readings name; one that was started or stopped never.

Nothing here decides when: see `edge.journal.housekeeping`.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from edge.journal.chunks import HOUR_NS
from edge.journal.keeper import Keeper
from edge.journal.known import UPDATE_CHANNEL, UPDATE_GATEWAY, KnownChannel
from telemetry.model import Instant

ENOUGH = 0.95
"""Of the limit: once it is met, room is made for a while and not for one commit."""

STEP_ROWS = 500
"""Rows that one step deletes: some 5 ms of the writer's time."""


@dataclass(frozen=True, slots=True)
class Dropped:
    """Readings of one channel that had to go."""

    equipment: str
    channel: str
    n: int
    first: Instant
    last: Instant


_ROWS = """
    SELECT offset, n, first, last FROM chunks WHERE channel_id = ? AND first >= ? AND first < ? ORDER BY first LIMIT ?
"""
_COUNT = """
    INSERT INTO dropped (channel_id, n, first, last) VALUES (?, ?, ?, ?) ON CONFLICT (channel_id) DO UPDATE SET
    n = n + excluded.n, first = min(first, excluded.first), last = max(last, excluded.last)
"""
_SEAL = "UPDATE dropped SET crc32 = crc32_of(channel_id, n, first, last) WHERE channel_id = ?"
_FORGET = """
    DELETE FROM run_stretches WHERE equipment = ?1 AND first < ?2 AND last < ?2
    AND NOT EXISTS (SELECT 1 FROM runs WHERE runs.run = run_stretches.run)
"""


def bytes_used(reading: sqlite3.Connection) -> int:
    """What the journal's file needs: its pages without the free ones."""
    (pages,) = reading.execute("PRAGMA page_count").fetchone()
    (free,) = reading.execute("PRAGMA freelist_count").fetchone()
    (page,) = reading.execute("PRAGMA page_size").fetchone()
    return int((pages - free) * page)


def drop_oldest(connection: sqlite3.Connection, keeper: Keeper) -> Dropped | None:
    """On the writer's thread, in a transaction: delete the oldest hour of a channel; None when no readings are left."""
    known = keeper.current()
    kept = [channel for channel in known.channels.values() if channel.n]
    if not kept:
        return None
    channel = min(kept, key=lambda one: (one.first, one.id))
    hour = channel.first // HOUR_NS * HOUR_NS
    rows = connection.execute(_ROWS, (channel.id, hour, hour + HOUR_NS, STEP_ROWS)).fetchall()
    connection.executemany("DELETE FROM chunks WHERE offset = ?", [(row[0],) for row in rows])
    gone = Dropped(
        channel.equipment,
        channel.channel,
        sum(row[1] for row in rows),
        min((row[2] for row in rows), default=channel.first),
        max((row[3] for row in rows), default=channel.first),
    )
    _count(connection, channel, gone)
    left = (one.first for one in kept if one.equipment == channel.equipment and one.n)
    connection.execute(_FORGET, (channel.equipment, min(left, default=gone.last + 1)))
    known.readings -= gone.n
    connection.execute(UPDATE_GATEWAY, known.row())
    return gone


def dropped(reading: sqlite3.Connection) -> tuple[Dropped, ...]:
    """What ever had to go, by channel."""
    rows = reading.execute(
        "SELECT equipment, channel, d.n, d.first, d.last FROM dropped AS d JOIN channels ON id = channel_id "
        "ORDER BY equipment, channel"
    )
    return tuple(Dropped(*row) for row in rows)


def _count(connection: sqlite3.Connection, channel: KnownChannel, gone: Dropped) -> None:
    query = "SELECT first FROM chunks WHERE channel_id = ? ORDER BY first LIMIT 1"
    row = connection.execute(query, (channel.id,)).fetchone()
    channel.n = channel.n - gone.n if row else 0
    channel.first = row[0] if row else channel.last
    connection.execute(UPDATE_CHANNEL, channel.row())
    connection.execute(_COUNT, (channel.id, gone.n, gone.first, gone.last))
    connection.execute(_SEAL, (channel.id,))
