"""What a store is: the read side of what the journal keeps, as columns.

Nothing here writes; one store may be read by many threads at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from edge.journal.contract import Offset as Offset  # noqa: PLC0414 told on to those who may not see the journal
from telemetry.columns import Changes, Envelope, Readings
from telemetry.model import (
    Channel,
    EquipmentId,
    EquipmentSeen,
    Instant,
    JobOutcome,
    LinkChanged,
    Reading,
    ReadingBatch,
    Record,
    StateSeen,
)
from telemetry.runs import RunPart


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


class Job(NamedTuple):
    """A job put together from its phases; `ended` is None while it runs. Light, for a year has thousands."""

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
class Run:
    """A run (an experiment) put together from what was said of it and from the readings that name it.

    `parts` are by start, then equipment, at least one. `channels` are those that belong to it, none means all;
    `period_ns` is the planned time between two readings, 0 where nobody planned one. `declared` tells whether it was
    started or stopped in so many words: else only readings name it, and those alone belong to it.
    """

    run: str
    title: str
    lab_work: str
    group: str
    channels: tuple[Channel, ...]
    period_ns: int
    declared: bool
    parts: tuple[RunPart, ...]

    @property
    def equipment(self) -> tuple[EquipmentId, ...]:
        """Whose run it is, by id."""
        return tuple(sorted({part.equipment for part in self.parts}))

    @property
    def started(self) -> Instant:
        """When its first part began."""
        return self.parts[0].start

    @property
    def stopped(self) -> bool:
        """Whether somebody stopped all of it."""
        return all(part.stopped is not None for part in self.parts)

    def ended(self, now: Instant) -> Instant | None:
        """When the last of it ended; None while any of it goes on."""
        ends = [part.ended(now, period_ns=self.period_ns) for part in self.parts]
        return None if None in ends else max(end for end in ends if end is not None)


@dataclass(frozen=True, slots=True)
class RunData:
    """Readings of a run in order of commit; all of them up to the offset `reached` were looked at, `more` may follow.

    A record that lies only partly in the run is cut to that part.
    """

    records: tuple[tuple[Offset, Reading | ReadingBatch], ...]
    reached: Offset
    more: bool


@dataclass(frozen=True, slots=True)
class Counts:
    """What the journal holds and what it had to drop, and its size on disk in bytes."""

    readings: int
    records: int
    rejected: int
    dropped_readings: int
    bytes_on_disk: int


class Told(Protocol):
    """What devices told of their states and jobs: all that practical sessions and utilisation are made of."""

    def instance(self) -> str:
        """The journal's own name; another one means that offsets began anew."""

    def offset(self) -> Offset:
        """The last committed offset."""

    def changes(self, equipment: Sequence[EquipmentId], start: Instant, end: Instant) -> Changes:
        """Changes of state in [start, end), and for each equipment all changes of the last instant before `start`."""

    def jobs(self, equipment: Sequence[EquipmentId], start: Instant, end: Instant) -> tuple[Job, ...]:
        """Jobs that overlap [start, end), by start; a job without an end is open."""

    def touched_since(self, after: Offset) -> Mapping[EquipmentId, Instant]:
        """Whose states, jobs and runs were committed with an offset above `after`, and the earliest time of them."""


class Store(Told, Protocol):
    """Reads what was committed; an answer never holds half a commit."""

    def as_of(self, offset: Offset) -> Told:
        """What was told up to an offset, as if nothing had been committed after it."""

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

    def runs(self, equipment: Sequence[EquipmentId] | None, start: Instant, end: Instant) -> tuple[Run, ...]:
        """Whole runs of which a part of the equipment (None: of any) meets [start, end), by start, then name.

        A part that nobody stopped reaches to the end of the silence after its last reading.
        """

    def run(self, run: str) -> Run | None:
        """The run of that name, None where nothing was ever said of it."""

    def run_data(self, run: str, after: Offset, limit: int) -> RunData:
        """At most `limit` records of readings of the run of that name with an offset above `after`, in order of commit.

        They are the readings of its equipment and channels that name it, at any time, and those that name none while
        a part of it that was declared went on. As of `records`, a follower may see a reading again and misses none.
        """

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
        """Whose states, jobs and runs were committed with an offset above `after`, and the earliest time of them."""

    def last_alive(self) -> Instant | None:
        """When the gateway last wrote that it lives; None in a new journal."""

    def counts(self) -> Counts:
        """Totals for metrics and health."""

    def close(self) -> None:
        """Close every connection; idempotent."""
