"""Hour-meters: how long each equipment has worked, how often it failed, what became of its jobs.

They cannot be set: a service is entered in the register, and counting since then begins anew.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from http import HTTPStatus

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.answers import answer, dumped
from api.deps import PartsIn
from api.exports.asked import SheetIn, kept
from api.exports.rows import rows_of
from api.exports.shapes import METERS
from api.exports.words import table_of
from api.instants import format_instant
from api.problem import Problem
from api.rendered import respond
from api.views import ComputedFrom
from edge.numbers.meters import Readout
from telemetry.columns import Float64s, Life
from telemetry.model import EquipmentId

router = APIRouter(tags=["hour-meters"])


@dataclass(frozen=True, slots=True)
class LifeView:
    """What was counted from `since` on; a mean time is null where nothing is to be divided by."""

    since: str
    hour_meter_ns: int
    base_ns: int
    known_ns: int
    faults: int
    repairs: int
    fault_ns: int
    repair_ns: int
    mean_time_between_faults_ns: int | None
    mean_time_to_repair_ns: int | None
    jobs_started: int
    jobs_completed: int
    jobs_cancelled: int
    jobs_failed: int
    jobs_ended_unknown: int
    jobs_running: int


@dataclass(frozen=True, slots=True)
class MeterView:
    """The meter of one equipment, over its life and since its last service."""

    equipment: EquipmentId
    until: str
    life: LifeView
    since_service: LifeView | None


@dataclass(frozen=True, slots=True)
class MeterAnswer(MeterView):
    """One meter, and what the answer was computed from."""

    computed_from: ComputedFrom


@dataclass(frozen=True, slots=True)
class MeterList:
    """Every meter, by equipment."""

    items: list[MeterView]
    next: str | None
    computed_from: ComputedFrom


@router.get("/hour-meters", response_model=MeterList)
def list_meters(request: Request, parts: PartsIn, sheet: SheetIn) -> Response:
    """The meter of every configured equipment; the minute that runs is not counted yet."""
    readout = parts.numbers.meters.readout()
    if not sheet.is_json:
        return kept(
            *(request, parts, sheet),
            code="hour-meters",
            question=(),
            made_of=readout,
            table=lambda: table_of("hour-meters", METERS, rows_of(_views(readout), METERS, _cell), sheet.texts),
        )
    body = parts.rendered.body(
        ("hour-meters",), readout, lambda: dumped(MeterList(_views(readout), None, _computed_from(readout)))
    )
    return respond(request, body)


@router.get("/equipment/{equipment}/hour-meter", response_model=MeterAnswer)
def get_meter(parts: PartsIn, equipment: str) -> Response:
    """The meter of one equipment."""
    readout = parts.numbers.meters.readout()
    found = next((view for view in _views(readout) if view.equipment == equipment), None)
    if found is None:
        raise Problem(
            HTTPStatus.NOT_FOUND,
            f"{equipment!r} is not configured, so that nothing is counted",
            fix="GET /api/v1/hour-meters lists every equipment that has a meter.",
        )
    words = {name: getattr(found, name) for name in MeterView.__slots__}
    return answer(MeterAnswer(**words, computed_from=_computed_from(readout)))


def _computed_from(readout: Readout) -> ComputedFrom:
    return ComputedFrom(readout.offset, readout.entered.register_version, None)


def _views(readout: Readout) -> list[MeterView]:
    services = readout.entered.services
    return [
        MeterView(
            one,
            format_instant(readout.until),
            _life(readout.life, row),
            _life(readout.since_service, row) if one in services else None,
        )
        for row, one in enumerate(readout.life.ids)
    ]


def _life(life: Life, row: int) -> LifeView:
    def count(name: str) -> int:
        return int(getattr(life, name)[row])

    return LifeView(
        since=format_instant(count("since")),
        hour_meter_ns=count("busy_ns"),
        base_ns=count("base_ns"),
        known_ns=count("known_ns"),
        faults=count("faults"),
        repairs=count("repairs"),
        fault_ns=count("fault_ns"),
        repair_ns=count("repair_ns"),
        mean_time_between_faults_ns=_mean(life.mean_time_between_faults_ns, row),
        mean_time_to_repair_ns=_mean(life.mean_time_to_repair_ns, row),
        jobs_started=count("started"),
        jobs_completed=count("completed"),
        jobs_cancelled=count("cancelled"),
        jobs_failed=count("failed"),
        jobs_ended_unknown=count("ended_unknown"),
        jobs_running=count("running"),
    )


def _mean(values: Float64s, row: int) -> int | None:
    value = float(values[row])
    return None if math.isnan(value) else round(value)


def _cell(view: MeterView, column: str) -> object:
    if column == "equipment":
        return view.equipment
    life = view.since_service if column.startswith("service_") else view.life
    return None if life is None else getattr(life, column.removeprefix("service_"))
