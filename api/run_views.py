"""The JSON shapes of runs (experiments) of lab computers, on the way in and out.

Nobody is named in any of them: a run is a group's, not a person's.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from api.instants import InstantIn, format_instant
from api.record_views import ReadingsRecord
from api.views import ComputedFrom
from edge.runs import Planned
from edge.store.contract import Offset, Run
from telemetry.model import Channel, EquipmentId, Instant
from telemetry.runs import PERIOD_LIMIT_NS

MAX_EQUIPMENT = 64
"""Equipment of one run: more than a class has lab computers."""

MAX_CHANNELS = 256
"""Channels of one run: as many as the board keeps of an equipment."""

RunName = Annotated[
    str,
    StringConstraints(pattern=r"^[^./\x00-\x1f\x7f][^/\x00-\x1f\x7f]{0,63}$"),
    Field(description="What its readings give as `run`; one is made where none is given"),
]
_Words = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]*$", max_length=120)]
_Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,64}$")]
_Channel = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]{1,64}$")]


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


class _Said(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class RunIn(_Said):
    """A run that starts: on one equipment or on several, with some of its channels or all.

    `group` is a group of the timetable. Give no person's name anywhere.
    """

    id: RunName | None = None
    equipment: Annotated[list[_Id], BeforeValidator(_listed), Field(min_length=1, max_length=MAX_EQUIPMENT)]
    channels: Annotated[list[_Channel], Field(max_length=MAX_CHANNELS, description="None given means all")] = []
    title: _Words = ""
    lab_work: _Words = ""
    group: Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{0,64}$")] = ""
    period_ns: Annotated[int, Field(ge=0, le=PERIOD_LIMIT_NS, description="Planned time between two readings")] = 0
    started: Annotated[InstantIn | None, Field(description="Now where it is not given")] = None
    room: Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{0,64}$")] = ""

    def planned(self, name: str) -> Planned:
        """It by its name, in the gateway's words."""
        return Planned(
            run=name,
            equipment=tuple(EquipmentId(one) for one in dict.fromkeys(self.equipment)),
            channels=tuple(Channel(one) for one in sorted(set(self.channels))),
            title=self.title,
            lab_work=self.lab_work,
            group=self.group,
            period_ns=self.period_ns,
            at=self.started,
            room=self.room,
        )


class StopIn(_Said):
    """When a run was stopped: now where it is not given."""

    stopped: InstantIn | None = None


@dataclass(frozen=True, slots=True)
class RunView:
    """One run; `ended` and `closed_by` are null while it goes on.

    `closed_by` is `silence` where nobody stopped it and its readings ended: longer ago than a minute and than three of
    the planned periods `period_ns` (0 where none was planned). `channels` is empty where all belong to it.
    """

    id: str
    title: str
    lab_work: str
    group: str
    equipment: list[EquipmentId]
    channels: list[Channel]
    period_ns: int
    started: str
    ended: str | None
    live: bool
    closed_by: Literal["stop", "silence"] | None


@dataclass(frozen=True, slots=True)
class RunAnswer(RunView):
    """One run, and what the answer was computed from."""

    computed_from: ComputedFrom


@dataclass(frozen=True, slots=True)
class RunList:
    """A page of runs by start; `next` is what to give as `after`, null on the last page."""

    items: list[RunView]
    next: str | None
    computed_from: ComputedFrom


@dataclass(frozen=True, slots=True)
class RunDataView:
    """A page of a run's readings in order of commit; `next` is what to give as `after`, null where they end for now.

    `offset` is as far as was looked: go on from it later, while the run is `live` or for what comes late. Another
    `instance` means that numbering began anew.
    """

    items: list[ReadingsRecord]
    next: Offset | None
    offset: Offset
    instance: str
    live: bool


COLUMNS = tuple(field.name for field in fields(RunView))


def run_view(run: Run, now: Instant) -> RunView:
    """A run as it is at `now`."""
    ended = run.ended(now)
    return RunView(
        id=run.run,
        title=run.title,
        lab_work=run.lab_work,
        group=run.group,
        equipment=list(run.equipment),
        channels=list(run.channels),
        period_ns=run.period_ns,
        started=format_instant(run.started),
        ended=None if ended is None else format_instant(ended),
        live=ended is None,
        closed_by=None if ended is None else "stop" if run.stopped else "silence",
    )
