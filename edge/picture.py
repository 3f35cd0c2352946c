"""What is known now of one equipment, made from its records in whatever order they come.

It keeps no history and reads no clock: an older record never replaces a newer one, and a state whose validity
ran out is told as unknown by whoever asks with a later `now`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from edge.settings import Equipment, Kind
from edge.store.contract import ChannelInfo, Job
from telemetry.model import (
    Channel,
    EquipmentId,
    EquipmentSeen,
    Instant,
    JobPhase,
    JobSeen,
    LinkChanged,
    Reading,
    ReadingBatch,
    Record,
    Source,
    State,
    StateSeen,
)

MAX_CHANNELS = 256
"""Channels kept per equipment: a rack of sensors has tens; a device that invents names must not eat the memory."""

_FROM_DEVICE = frozenset({Source.DEVICE, Source.ACTIVITY_INFERRED, Source.POWER_INFERRED})


@dataclass(frozen=True, slots=True)
class LastValue:
    """The newest value of a channel, `v` in `unit` at `t`."""

    channel: Channel
    unit: str
    t: Instant
    v: float


@dataclass(frozen=True, slots=True)
class CurrentJob:
    """The job that runs or is paused; `progress` is 0 to 1 where the device tells it."""

    job: str
    name: str
    progress: float | None
    started: Instant
    paused: bool


@dataclass(frozen=True, slots=True)
class LinkState:
    """Whether the way to the equipment is up, since when, and why not."""

    up: bool
    since: Instant
    reason: str


@dataclass(frozen=True, slots=True)
class Picture:
    """One equipment as it is now; `since` is None before its first state, `expires_at` where the state just holds."""

    id: EquipmentId
    name: str
    kind: Kind
    track: str
    room: str
    driver: str
    inventory_number: str
    configured: bool
    state: State
    since: Instant | None
    source: Source
    word: str
    reason: str
    expires_at: Instant | None
    link: LinkState | None
    last_seen_at: Instant | None
    channels: tuple[LastValue, ...]
    job: CurrentJob | None

    @property
    def expired(self) -> bool:
        """Whether the state is unknown because the last one ran out."""
        return self.source is Source.EXPIRED


@dataclass(slots=True)
class Sketch:
    """The picture in the making; one writer at a time, `Live` holds the lock."""

    id: EquipmentId
    configured: Equipment | None = None
    seen: EquipmentSeen | None = None
    state: StateSeen | None = None
    since: Instant = 0
    link: LinkChanged | None = None
    job: CurrentJob | None = None
    job_key: tuple[Instant, JobPhase] = (0, JobPhase.STARTED)
    last_seen_at: Instant = 0
    channels: dict[Channel, LastValue] = field(default_factory=dict)

    def shown(self) -> bool:
        """Whether it belongs on the board: configured, or discovered and not yet named."""
        return self.configured is not None or self.seen is not None

    def note(self, record: Record) -> None:
        """Take in one record of this equipment."""
        match record:
            case Reading():
                self._value(record, t=record.at, v=record.value)
            case ReadingBatch():
                newest = int(record.t.argmax())
                self._value(record, t=int(record.t[newest]), v=float(record.v[newest]))
            case StateSeen():
                self._state(record)
            case JobSeen():
                self._job(record)
            case LinkChanged():
                self._link(record)
            case EquipmentSeen():
                self.seen = record if self.seen is None or record.at >= self.seen.at else self.seen
            case _:  # noise proves that something sends, and not that this equipment works
                pass

    def clock_set(self, now: Instant) -> None:
        """The gateway's clock was set to `now`: what it had dated later happened at the latest now."""
        if self.state is not None:
            self.state = replace(self.state, at=min(self.state.at, now))
        if self.link is not None:
            self.link = replace(self.link, at=min(self.link.at, now))
        self.since = min(self.since, now)
        self.last_seen_at = min(self.last_seen_at, now)
        self.job_key = (min(self.job_key[0], now), self.job_key[1])
        self.channels = {name: replace(last, t=min(last.t, now)) for name, last in self.channels.items()}

    def _heard(self, at: Instant) -> None:
        self.last_seen_at = max(self.last_seen_at, at)

    def _value(self, record: Reading | ReadingBatch, *, t: Instant, v: float) -> None:
        self._heard(record.received_at)
        t = min(t, record.received_at)
        known = self.channels.get(record.channel)
        if known is None and len(self.channels) >= MAX_CHANNELS:
            return
        if known is None or t >= known.t:
            unit = record.unit or ("" if known is None else known.unit)
            self.channels[record.channel] = LastValue(record.channel, unit, t, v)

    def _state(self, record: StateSeen) -> None:
        """A time ahead of the gateway's own counts as the gateway's: a device set to 2100 must not freeze the board."""
        if record.source in _FROM_DEVICE:
            self._heard(record.received_at)
        new = replace(record, at=min(record.at, record.received_at))
        old = self.state
        if old is None:
            self.state, self.since = new, new.at
        elif (new.at, new.source, new.state) >= (old.at, old.source, old.state):
            goes_on = new.state == old.state and not (old.valid_ns and old.at + old.valid_ns < new.at)
            self.state, self.since = new, self.since if goes_on else new.at

    def _link(self, record: LinkChanged) -> None:
        if record.up:
            self._heard(record.received_at)
        if self.link is None or record.at >= self.link.at:
            self.link = record

    def _job(self, record: JobSeen) -> None:
        self._heard(record.received_at)
        key = (record.at, record.phase)
        if key < self.job_key:
            return
        running = self.job if self.job is not None and self.job.job == record.job else None
        if record.phase is JobPhase.ENDED:
            if running is not None or self.job is None:
                self.job, self.job_key = None, key
            return
        self.job_key = key
        self.job = CurrentJob(
            job=record.job,
            name=record.name or ("" if running is None else running.name),
            progress=record.progress if record.progress is not None or running is None else running.progress,
            started=record.at if running is None else running.started,
            paused=_paused(record.phase, before=running is not None and running.paused),
        )

    def restore_channel(self, info: ChannelInfo) -> None:
        """Take the last value of a channel from what the store knows."""
        if len(self.channels) < MAX_CHANNELS:
            self.channels[info.channel] = LastValue(info.channel, info.unit, info.last, info.last_value)
            self._heard(info.last)

    def restore_job(self, job: Job) -> None:
        """Take a job that was open when the gateway stopped."""
        if self.job is None or job.started >= self.job.started:
            self.job = CurrentJob(job.job, job.name, job.progress, job.started, job.paused)
            self.job_key = (job.started, JobPhase.STARTED)

    def picture(self, now: Instant) -> Picture:
        """The equipment at `now`; the channels by name."""
        known = self.configured
        state, since, expires_at = self._state_at(now)
        return Picture(
            id=self.id,
            name=known.name if known else self.id,
            kind=known.kind if known else Kind.OTHER,
            track=known.track if known else "",
            room=known.room if known else (self.seen.room if self.seen else ""),
            driver=known.driver if known else (self.seen.driver if self.seen else ""),
            inventory_number=known.inventory_number if known else "",
            configured=known is not None,
            state=state.state,
            since=since,
            source=state.source,
            word=state.word,
            reason=state.reason,
            expires_at=expires_at,
            link=LinkState(self.link.up, self.link.at, self.link.reason) if self.link else None,
            last_seen_at=self.last_seen_at or None,
            channels=tuple(self.channels[name] for name in sorted(self.channels)),
            job=self.job,
        )

    def _state_at(self, now: Instant) -> tuple[StateSeen, Instant | None, Instant | None]:
        """The state at `now`, since when, and when it runs out by itself."""
        if self.state is None:
            return StateSeen(self.id, 0, 0, State.UNKNOWN, Source.NO_DATA), None, None
        if not self.state.valid_ns:
            return self.state, self.since, None
        runs_out = self.state.at + self.state.valid_ns
        if now < runs_out:
            return self.state, self.since, runs_out
        return StateSeen(self.id, runs_out, runs_out, State.UNKNOWN, Source.EXPIRED), runs_out, None


def _paused(phase: JobPhase, *, before: bool) -> bool:
    """Whether a job is paused after `phase`, having been so or not before."""
    return {JobPhase.PAUSED: True, JobPhase.RESUMED: False, JobPhase.STARTED: False}.get(phase, before)
