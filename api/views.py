"""The only JSON shapes that leave the gateway, and how our words become them.

No route builds JSON by hand. Times are RFC 3339 in UTC, durations whole nanoseconds in names that end in `_ns`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from api.instants import format_instant, format_instants
from edge.health import Part
from edge.picture import CurrentJob, LinkState, Picture
from edge.store.contract import Job, Offset
from telemetry.columns import Envelope, Intervals, Readings
from telemetry.model import Channel, EquipmentId, Instant, Source, State

StateWord: TypeAlias = Literal["unknown", "offline", "idle", "setup", "paused", "busy", "maintenance", "fault"]


@dataclass(frozen=True, slots=True)
class FieldFault:
    """One field of a request, or one cell of a file, what is wrong with it and, where that is known, how to mend it."""

    field: str
    message: str
    fix: str = ""


@dataclass(frozen=True, slots=True)
class ProblemView:
    """An error after RFC 9457; `fix` says what to do."""

    type: str
    title: str
    status: int
    detail: str
    fix: str
    errors: list[FieldFault]


@dataclass(frozen=True, slots=True)
class ComputedFrom:
    """What an answer was computed from: the journal up to `offset`, the register's version, the rule set's name.

    `configuration` tells one set of equipment from another: where it stands and how it is counted.
    """

    offset: Offset
    register_version: int
    rules: str | None
    configuration: str | None = None


def computed_from(offset: Offset) -> ComputedFrom:
    """The register and the rules do not take part yet: version 0 and null."""
    return ComputedFrom(offset, 0, None)


@dataclass(frozen=True, slots=True)
class HealthView:
    """The process lives."""

    status: Literal["ok"]
    version: str
    centre: str


@dataclass(frozen=True, slots=True)
class PartView:
    """A part of the gateway that is not well; one that is not `vital` leaves the gateway ready."""

    name: str
    message: str
    fix: str
    vital: bool


@dataclass(frozen=True, slots=True)
class ReadyView:
    """Whether the gateway does its work."""

    ready: bool
    failed: list[PartView]


@dataclass(frozen=True, slots=True)
class NotReadyView:
    """A problem that also says which parts failed."""

    type: str
    title: str
    status: int
    detail: str
    fix: str
    ready: bool
    failed: list[PartView]


def part_views(parts: Sequence[Part]) -> list[PartView]:
    """The parts that are not well."""
    return [PartView(part.name, part.message, part.fix, part.vital) for part in parts if not part.ok]


@dataclass(frozen=True, slots=True)
class LinkView:
    """The way to an equipment; `up` is null before the first word about it."""

    up: bool | None
    since: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class ChannelView:
    """A channel's newest value."""

    channel: Channel
    unit: str
    t: str
    v: float


@dataclass(frozen=True, slots=True)
class CurrentJobView:
    """The job that runs or is paused; `progress` is 0 to 1, null where the device does not tell."""

    job: str
    name: str
    progress: float | None
    started: str
    paused: bool


@dataclass(frozen=True, slots=True)
class EquipmentView:
    """One equipment now; `since` is null before its first state."""

    id: EquipmentId
    name: str
    kind: str
    track: str
    room: str
    driver: str
    inventory_number: str
    configured: bool
    state: StateWord
    since: str | None
    source: str
    word: str
    reason: str
    link: LinkView
    last_seen_at: str | None
    channels: list[ChannelView]
    job: CurrentJobView | None


@dataclass(frozen=True, slots=True)
class EquipmentAnswer(EquipmentView):
    """One equipment now, and what the answer was computed from."""

    computed_from: ComputedFrom


def optional_instant(instant: Instant | None) -> str | None:
    """A time that may be missing."""
    return None if instant is None else format_instant(instant)


def equipment_view(picture: Picture) -> EquipmentView:
    """One equipment now."""
    return EquipmentView(
        id=picture.id,
        name=picture.name,
        kind=picture.kind.value,
        track=picture.track,
        room=picture.room,
        driver=picture.driver,
        inventory_number=picture.inventory_number,
        configured=picture.configured,
        state=state_word(picture.state),
        since=optional_instant(picture.since),
        source=picture.source.word,
        word=picture.word,
        reason=picture.reason,
        link=_link_view(picture.link),
        last_seen_at=optional_instant(picture.last_seen_at),
        channels=[ChannelView(one.channel, one.unit, format_instant(one.t), one.v) for one in picture.channels],
        job=_current_job_view(picture.job),
    )


def equipment_answer(picture: Picture, offset: Offset) -> EquipmentAnswer:
    """One equipment now, as the answer to a request for it."""
    view = equipment_view(picture)
    words = {name: getattr(view, name) for name in EquipmentView.__slots__}
    return EquipmentAnswer(**words, computed_from=computed_from(offset))


def state_word(state: State) -> StateWord:
    """The state's word; a table because the word's type is closed."""
    return _STATE_WORDS[state]


_STATE_WORDS: dict[State, StateWord] = {
    State.UNKNOWN: "unknown",
    State.OFFLINE: "offline",
    State.IDLE: "idle",
    State.SETUP: "setup",
    State.PAUSED: "paused",
    State.BUSY: "busy",
    State.MAINTENANCE: "maintenance",
    State.FAULT: "fault",
}


def _link_view(link: LinkState | None) -> LinkView:
    return LinkView(None, None, "") if link is None else LinkView(link.up, format_instant(link.since), link.reason)


def _current_job_view(job: CurrentJob | None) -> CurrentJobView | None:
    if job is None:
        return None
    return CurrentJobView(job.job, job.name, job.progress, format_instant(job.started), job.paused)


@dataclass(frozen=True, slots=True)
class EquipmentList:
    """A page of equipment, by id; `next` is what to give as `after`, null on the last page."""

    items: list[EquipmentView]
    next: EquipmentId | None
    computed_from: ComputedFrom


@dataclass(frozen=True, slots=True)
class IntervalView:
    """One state from `start` to just before `end`."""

    start: str
    end: str
    state: StateWord
    source: str


@dataclass(frozen=True, slots=True)
class TotalsView:
    """Nanoseconds in each state; they add up to the window exactly."""

    busy: int
    setup: int
    paused: int
    idle: int
    fault: int
    maintenance: int
    offline: int
    unknown: int


@dataclass(frozen=True, slots=True)
class IntervalsView:
    """The states of one equipment over [start, end), without holes or overlaps."""

    equipment: EquipmentId
    start: str
    end: str
    intervals: list[IntervalView]
    totals_ns: TotalsView
    computed_from: ComputedFrom


def interval_views(intervals: Intervals) -> list[IntervalView]:
    """The intervals of one equipment."""
    states = [state_word(State(code)) for code in intervals.state.tolist()]
    sources = [Source(code).word for code in intervals.source.tolist()]
    starts = [format_instant(one) for one in intervals.start.tolist()]
    ends = [format_instant(one) for one in intervals.end.tolist()]
    return [IntervalView(*row) for row in zip(starts, ends, states, sources, strict=True)]


@dataclass(frozen=True, slots=True)
class JobView:
    """One job; `ended` is null and `outcome` is `none` while it runs."""

    job: str
    name: str
    started: str
    ended: str | None
    outcome: str
    progress: float | None
    paused: bool
    reason: str


def job_view(job: Job) -> JobView:
    """One job of the store."""
    return JobView(
        job=job.job,
        name=job.name,
        started=format_instant(job.started),
        ended=optional_instant(job.ended),
        outcome=job.outcome.word,
        progress=job.progress,
        paused=job.paused,
        reason=job.reason,
    )


@dataclass(frozen=True, slots=True)
class JobList:
    """A page of jobs by start; `next` is what to give as `after`, null on the last page."""

    items: list[JobView]
    next: str | None
    computed_from: ComputedFrom


@dataclass(frozen=True, slots=True)
class ReadingsView:
    """Readings of a channel, `v` in `unit`; the time of `v[i]` is `t[i]`."""

    equipment: EquipmentId
    channel: Channel
    unit: str
    start: str
    end: str
    t: list[str]
    v: list[float]
    computed_from: ComputedFrom


@dataclass(frozen=True, slots=True)
class EnvelopeView:
    """Readings per pixel; pixels without any are left out. `t` is a pixel's start, `v` its mean."""

    equipment: EquipmentId
    channel: Channel
    unit: str
    start: str
    end: str
    points: int
    t: list[str]
    v: list[float]
    min: list[float]
    max: list[float]
    count: list[int]
    computed_from: ComputedFrom


@dataclass(frozen=True, slots=True)
class Asked:
    """The channel and the window that a question about readings names, with the channel's unit."""

    equipment: EquipmentId
    channel: Channel
    unit: str
    start: Instant
    end: Instant


def readings_view(asked: Asked, readings: Readings, offset: Offset) -> ReadingsView:
    """Raw readings."""
    start, end = format_instant(asked.start), format_instant(asked.end)
    times, values = format_instants(readings.t), readings.v.tolist()
    return ReadingsView(asked.equipment, asked.channel, asked.unit, start, end, times, values, computed_from(offset))


def envelope_view(asked: Asked, envelope: Envelope, offset: Offset) -> EnvelopeView:
    """Readings per pixel."""
    held = np.flatnonzero(envelope.count)
    return EnvelopeView(
        equipment=asked.equipment,
        channel=asked.channel,
        unit=asked.unit,
        start=format_instant(asked.start),
        end=format_instant(asked.end),
        points=len(envelope),
        t=format_instants(envelope.start[held]),
        v=envelope.mean[held].tolist(),
        min=envelope.minimum[held].tolist(),
        max=envelope.maximum[held].tolist(),
        count=envelope.count[held].tolist(),
        computed_from=computed_from(offset),
    )


@dataclass(frozen=True, slots=True)
class PostedView:
    """What became of a batch: it is on disk up to `offset`; `rejected` of its parts were no readings, and why."""

    offset: Offset
    accepted: int
    rejected: int
    reasons: list[str]
