"""The words of the lab: what a driver says, the journal keeps and the core computes with.

Nothing here computes, reads a clock or knows a device; the field's standard words and their units live here alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import NewType, TypeAlias

import numpy as np
import numpy.typing as npt

Instant: TypeAlias = int
"""A point in time: whole nanoseconds since 1970-01-01T00:00:00Z, leap seconds ignored as in POSIX."""

EquipmentId = NewType("EquipmentId", str)
"""One piece of equipment, `a-z 0-9 -`; for example `mill-1`."""

Channel = NewType("Channel", str)
"""One measured quantity of one equipment; for example `bed_temperature`."""

NS_PER_S = 1_000_000_000
NS_PER_MS = 1_000_000

RAW_LIMIT = 1024
"""Bytes of a rejected unit that are kept: enough to recognise it, too few to fill a disk with noise."""


class State(IntEnum):
    """The state of an equipment, after OPC 40001-1 (item state × operation mode); the number is the column's code.

    The numbers also settle ties: of two states said for one instant by one source, the greater holds.
    """

    UNKNOWN = 0
    OFFLINE = 1
    IDLE = 2
    SETUP = 3
    PAUSED = 4
    BUSY = 5
    MAINTENANCE = 6
    FAULT = 7

    @property
    def word(self) -> str:
        """The state as it is written in files, topics and answers: `busy`."""
        return self.name.lower()


class Source(IntEnum):
    """How a state came to be known; the number is the column's code and settles ties between sources.

    `NO_DATA` and `EXPIRED` are never recorded: the interval kernels give them to time before the first
    change and after a validity that ran out.
    """

    NO_DATA = 0
    EXPIRED = 1
    GATEWAY = 2
    LINK = 3
    ACTIVITY_INFERRED = 4
    POWER_INFERRED = 5
    DEVICE = 6
    MANUAL = 7

    @property
    def word(self) -> str:
        """The source as it is written in files and answers: `power_inferred`."""
        return self.name.lower()


class JobPhase(IntEnum):
    """What happened to a job."""

    STARTED = 0
    PROGRESSED = 1
    PAUSED = 2
    RESUMED = 3
    ENDED = 4

    @property
    def word(self) -> str:
        """The phase as it is written in files and answers."""
        return self.name.lower()


class JobOutcome(IntEnum):
    """How a job ended; `NONE` while it has not."""

    NONE = 0
    COMPLETED = 1
    CANCELLED = 2
    FAILED = 3
    UNKNOWN = 4

    @property
    def word(self) -> str:
        """The outcome as it is written in files and answers."""
        return self.name.lower()


class RunPhase(IntEnum):
    """What happened to a run."""

    STARTED = 0
    STOPPED = 1

    @property
    def word(self) -> str:
        """The phase as it is written in files and answers."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class StateSeen:
    """An equipment is in `state` from `at` on, until the next one or until its validity runs out.

    `at` is the device's own time where it tells one, else it equals `received_at`, the gateway's time.
    `valid_ns` of 0 means that the state holds until the next one. `word` is the device's own word
    (`Hold:0`), `reason` its explanation (`ALARM:1 hard limit`), both as said, bounded by the driver.
    """

    equipment: EquipmentId
    at: Instant
    received_at: Instant
    state: State
    source: Source = Source.DEVICE
    valid_ns: int = 0
    word: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """One measured value of one channel, in `unit` as the device names it (`°C`); `value` is finite."""

    equipment: EquipmentId
    channel: Channel
    at: Instant
    received_at: Instant
    value: float
    unit: str = ""
    run: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class ReadingBatch:
    """Many readings of one channel: `t` int64[n] ns UTC, `v` float64[n], n ≥ 1, any order, every value finite."""

    equipment: EquipmentId
    channel: Channel
    t: npt.NDArray[np.int64]
    v: npt.NDArray[np.float64]
    received_at: Instant
    unit: str = ""
    run: str = ""

    def __eq__(self, other: object) -> bool:
        """Two batches are equal when every word and every array element is."""
        if not isinstance(other, ReadingBatch):
            return NotImplemented
        return self._words() == other._words() and np.array_equal(self.t, other.t) and np.array_equal(self.v, other.v)

    def __hash__(self) -> int:
        """Equal batches hash alike; the arrays' bytes are left out because hashing them costs more than comparing."""
        return hash(self._words())

    def _words(self) -> tuple[str, str, int, str, str, int]:
        return (self.equipment, self.channel, self.received_at, self.unit, self.run, len(self.t))


@dataclass(frozen=True, slots=True)
class JobSeen:
    """Something happened to a job (a print, a cut): `job` is the same through all its phases and unique per equipment.

    `progress` is 0 to 1 where the device tells it.
    """

    equipment: EquipmentId
    at: Instant
    received_at: Instant
    job: str
    phase: JobPhase
    name: str = ""
    progress: float | None = None
    outcome: JobOutcome = JobOutcome.NONE
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RunSeen:
    """A run (an experiment) was started or stopped on one of its equipment; `run` is the same on all of them.

    Readings name the same `run`. `channels` are those that belong to it, none means all; `period_ns` is the planned
    time between two readings, 0 where nobody planned one. The words tell what is done and for which group of the
    timetable, never a person's name.
    """

    equipment: EquipmentId
    at: Instant
    received_at: Instant
    run: str
    phase: RunPhase
    channels: tuple[Channel, ...] = ()
    title: str = ""
    lab_work: str = ""
    group: str = ""
    period_ns: int = 0


@dataclass(frozen=True, slots=True)
class LinkChanged:
    """The way to an equipment came up or went down, and why."""

    equipment: EquipmentId
    at: Instant
    received_at: Instant
    up: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Rejected:
    """Bytes that are no reading and no state: the first `RAW_LIMIT` of them, their full length, and why.

    `equipment` is empty where nothing tells whose they are; `origin` is the topic, port or path they came by.
    """

    equipment: EquipmentId
    at: Instant
    received_at: Instant
    reason: str
    raw: bytes
    size: int
    origin: str = ""


@dataclass(frozen=True, slots=True)
class EquipmentSeen:
    """An equipment that nobody configured spoke for the first time, or moved to another room."""

    equipment: EquipmentId
    at: Instant
    received_at: Instant
    room: str
    driver: str


@dataclass(frozen=True, slots=True)
class ClockJumped:
    """The gateway's clock was set: `by_ns` is how far it moved against the monotonic clock, at `at` of the new time."""

    at: Instant
    received_at: Instant
    by_ns: int


Record: TypeAlias = (
    StateSeen | Reading | ReadingBatch | JobSeen | RunSeen | LinkChanged | Rejected | EquipmentSeen | ClockJumped
)


def rejected(raw: bytes, reason: str, *, equipment: EquipmentId, at: Instant, origin: str = "") -> Rejected:
    """`raw` as a bounded `Rejected` record."""
    return Rejected(equipment, at, at, reason, bytes(raw[:RAW_LIMIT]), len(raw), origin)
