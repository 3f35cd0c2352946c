"""The JSON shapes of the journal's records, for the log and the live feed.

A shape is told by its `kind`; nothing here reads the journal.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Literal, TypeAlias

from api.instants import format_instant, format_instants
from api.views import EquipmentView, StateWord, state_word
from edge.store.contract import Offset
from telemetry.model import (
    ClockJumped,
    EquipmentSeen,
    JobSeen,
    LinkChanged,
    Reading,
    ReadingBatch,
    Record,
    Rejected,
    RunSeen,
    StateSeen,
)


@dataclass(frozen=True, slots=True)
class StateRecord:
    """A state was seen; `valid_ns` of 0 holds until the next."""

    offset: Offset
    kind: Literal["state"]
    equipment: str
    at: str
    received_at: str
    state: StateWord
    source: str
    valid_ns: int
    word: str
    reason: str


@dataclass(frozen=True, slots=True)
class ReadingsRecord:
    """One or more readings of a channel; the time of `v[i]` is `t[i]`."""

    offset: Offset
    kind: Literal["readings"]
    equipment: str
    channel: str
    received_at: str
    unit: str
    run: str
    t: list[str]
    v: list[float]


@dataclass(frozen=True, slots=True)
class JobRecord:
    """Something happened to a job."""

    offset: Offset
    kind: Literal["job"]
    equipment: str
    at: str
    received_at: str
    job: str
    phase: str
    name: str
    progress: float | None
    outcome: str
    reason: str


@dataclass(frozen=True, slots=True)
class RunRecord:
    """A run was started or stopped on one of its equipment; `period_ns` is 0 where none was planned."""

    offset: Offset
    kind: Literal["run"]
    equipment: str
    at: str
    received_at: str
    run: str
    phase: str
    channels: list[str]
    title: str
    lab_work: str
    group: str
    period_ns: int


@dataclass(frozen=True, slots=True)
class LinkRecord:
    """A link came up or went down."""

    offset: Offset
    kind: Literal["link"]
    equipment: str
    at: str
    received_at: str
    up: bool
    reason: str


@dataclass(frozen=True, slots=True)
class RejectedRecord:
    """Bytes that nobody understood: their beginning in base64, and their full size."""

    offset: Offset
    kind: Literal["rejected"]
    equipment: str
    at: str
    received_at: str
    reason: str
    raw_base64: str
    size: int
    origin: str


@dataclass(frozen=True, slots=True)
class SeenRecord:
    """An equipment that nobody configured spoke."""

    offset: Offset
    kind: Literal["equipment_seen"]
    equipment: str
    at: str
    received_at: str
    room: str
    driver: str


@dataclass(frozen=True, slots=True)
class ClockRecord:
    """The gateway's clock was set by `by_ns`."""

    offset: Offset
    kind: Literal["clock_jumped"]
    at: str
    received_at: str
    by_ns: int


RecordView: TypeAlias = (
    StateRecord | ReadingsRecord | JobRecord | RunRecord | LinkRecord | RejectedRecord | SeenRecord | ClockRecord
)


@dataclass(frozen=True, slots=True)
class RecordList:
    """A page of the log; `next` is what to give as `after`, null where the log ends for now.

    `offset` is the last one of the page (or `after`): go on from it later. Another `instance` means that
    numbering began anew.
    """

    items: list[RecordView]
    next: Offset | None
    offset: Offset
    instance: str


@dataclass(frozen=True, slots=True)
class LiveSnapshot:
    """The first message of the live feed, and again after a miss."""

    type: Literal["snapshot"]
    instance: str
    offset: Offset
    equipment: list[EquipmentView]


@dataclass(frozen=True, slots=True)
class LiveChanges:
    """Records committed since; `equipment` are the ones they touched, as they are now."""

    type: Literal["changes"]
    offset: Offset
    items: list[RecordView]
    equipment: list[EquipmentView]


@dataclass(frozen=True, slots=True)
class LiveMissed:
    """This reader was too slow: `missed` commits went by; a snapshot follows, the records are in the log."""

    type: Literal["missed"]
    missed: int
    offset: Offset


def record_view(offset: Offset, record: Record) -> RecordView:
    """One committed record."""
    match record:
        case StateSeen():
            return _state(offset, record)
        case Reading() | ReadingBatch():
            return readings_record(offset, record)
        case JobSeen():
            return _job(offset, record)
        case _:
            return _rare(offset, record)


def _rare(
    offset: Offset, record: RunSeen | Rejected | LinkChanged | EquipmentSeen | ClockJumped
) -> RunRecord | RejectedRecord | LinkRecord | SeenRecord | ClockRecord:
    at, received_at = format_instant(record.at), format_instant(record.received_at)
    match record:
        case RunSeen():
            return _run(offset, record)
        case Rejected():
            return _rejected(offset, record)
        case LinkChanged():
            return LinkRecord(offset, "link", record.equipment, at, received_at, record.up, record.reason)
        case EquipmentSeen():
            return SeenRecord(offset, "equipment_seen", record.equipment, at, received_at, record.room, record.driver)
        case ClockJumped():
            return ClockRecord(offset, "clock_jumped", at, received_at, record.by_ns)


def _state(offset: Offset, record: StateSeen) -> StateRecord:
    return StateRecord(
        offset=offset,
        kind="state",
        equipment=record.equipment,
        at=format_instant(record.at),
        received_at=format_instant(record.received_at),
        state=state_word(record.state),
        source=record.source.word,
        valid_ns=record.valid_ns,
        word=record.word,
        reason=record.reason,
    )


def readings_record(offset: Offset, record: Reading | ReadingBatch) -> ReadingsRecord:
    """Committed readings of one channel."""
    if isinstance(record, Reading):
        t, v = [format_instant(record.at)], [record.value]
    else:
        t, v = format_instants(record.t), record.v.tolist()
    return ReadingsRecord(
        offset=offset,
        kind="readings",
        equipment=record.equipment,
        channel=record.channel,
        received_at=format_instant(record.received_at),
        unit=record.unit,
        run=record.run,
        t=t,
        v=v,
    )


def _job(offset: Offset, record: JobSeen) -> JobRecord:
    return JobRecord(
        offset=offset,
        kind="job",
        equipment=record.equipment,
        at=format_instant(record.at),
        received_at=format_instant(record.received_at),
        job=record.job,
        phase=record.phase.word,
        name=record.name,
        progress=record.progress,
        outcome=record.outcome.word,
        reason=record.reason,
    )


def _run(offset: Offset, record: RunSeen) -> RunRecord:
    return RunRecord(
        offset=offset,
        kind="run",
        equipment=record.equipment,
        at=format_instant(record.at),
        received_at=format_instant(record.received_at),
        run=record.run,
        phase=record.phase.word,
        channels=list(record.channels),
        title=record.title,
        lab_work=record.lab_work,
        group=record.group,
        period_ns=record.period_ns,
    )


def _rejected(offset: Offset, record: Rejected) -> RejectedRecord:
    return RejectedRecord(
        offset=offset,
        kind="rejected",
        equipment=record.equipment,
        at=format_instant(record.at),
        received_at=format_instant(record.received_at),
        reason=record.reason,
        raw_base64=base64.b64encode(record.raw).decode("ascii"),
        size=record.size,
        origin=record.origin,
    )
