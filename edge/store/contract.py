"""What a store is: the read side of what the journal keeps, as columns.

Nothing here writes; one store may be read by many threads at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from edge.journal.contract import Offset as Offset  # noqa: PLC0414 told on to those who may not see the journal
from telemetry.columns import Changes, Envelope, Readings
from telemetry.model import Channel, EquipmentId, EquipmentSeen, Instant, JobOutcome, LinkChanged, Record, StateSeen


@dataclass(frozen=True, slots=True)
class ChannelInfo:
    """One channel as the journal knows it: unit, first and last time, number of readings, last value."""

    equipment: EquipmentId
    channel: Channel
    unit: str
    first: Instant
    last: Instant
    count: int
    last_value: float


@dataclass(frozen=True, slots=True)
class Job:
    """A job put together from its phases; `ended` is None while it runs."""

    equipment: EquipmentId
    job: str
    name: str
    started: Instant
    ended: Instant | None
    outcome: JobOutcome
    progress: float | None
    paused: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Counts:
    """What the journal holds and what it had to drop, and its size on disk in bytes."""

    readings: int
    records: int
    rejected: int
    dropped_readings: int
    bytes_on_disk: int


class Store(Protocol):
    """Reads what was committed; an answer never holds half a commit."""

    def instance(self) -> str:
        """The journal's own name; another one means that offsets began anew."""

    def offset(self) -> Offset:
        """The last committed offset."""

    def changes(self, equipment: Sequence[EquipmentId], start: Instant, end: Instant) -> Changes:
        """Changes of state in [start, end), and for each equipment all changes of the last instant before `start`."""

    def readings(self, equipment: EquipmentId, channel: Channel, start: Instant, end: Instant) -> Readings:
        """Readings of a channel in [start, end), by time, each time once."""

    def envelope(
        self, equipment: EquipmentId, channel: Channel, start: Instant, end: Instant, *, points: int
    ) -> Envelope:
        """Least, greatest and mean per pixel over [start, end) in `points` equal parts; reads blobs where needed."""

    def channels(self, equipment: EquipmentId | None = None) -> tuple[ChannelInfo, ...]:
        """Every channel (of one equipment), by name."""

    def jobs(self, equipment: Sequence[EquipmentId], start: Instant, end: Instant) -> tuple[Job, ...]:
        """Jobs that overlap [start, end), by start; a job without an end is open."""

    def links(self) -> tuple[LinkChanged, ...]:
        """The latest change of each equipment's link."""

    def link_history(
        self, equipment: EquipmentId, start: Instant, end: Instant, *, limit: int
    ) -> tuple[LinkChanged, ...]:
        """Changes of an equipment's link in [start, end), by time; the latest `limit` of them."""

    def states(self) -> tuple[StateSeen, ...]:
        """The latest state of each equipment, with the device's own word and reason."""

    def discovered(self) -> tuple[EquipmentSeen, ...]:
        """The latest sighting of each equipment that announced itself."""

    def records(self, after: Offset, limit: int) -> tuple[tuple[Offset, Record], ...]:
        """At most `limit` committed records with an offset above `after`, in order.

        A batch of readings that compaction has joined comes once, under its last offset: a follower may see a
        reading again, and never misses one.
        """

    def touched_since(self, after: Offset) -> Mapping[EquipmentId, Instant]:
        """Whose states and jobs were committed with an offset above `after`, each with the earliest time of them."""

    def last_alive(self) -> Instant | None:
        """When the gateway last wrote that it lives; None in a new journal."""

    def counts(self) -> Counts:
        """Totals for metrics and health."""

    def close(self) -> None:
        """Close every connection; idempotent."""
