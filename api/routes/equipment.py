"""Equipment as it is now, and the states it was in.

It changes nothing: equipment is configured in files.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from api.answers import Format, answer, csv_answer
from api.deps import EquipmentIn, FormIn, LimitIn, PartsIn, WindowIn
from api.history import intervals_until, totals_view
from api.instants import format_instant
from api.views import (
    EquipmentAnswer,
    EquipmentList,
    EquipmentView,
    IntervalsView,
    computed_from,
    equipment_answer,
    equipment_view,
    interval_views,
)
from telemetry.model import EquipmentId

router = APIRouter(tags=["equipment"])

_COLUMNS = (
    "id",
    "name",
    "kind",
    "track",
    "room",
    "driver",
    "state",
    "since",
    "source",
    "link_up",
    "last_seen_at",
    "job",
)


@router.get("/equipment", response_model=EquipmentList)
def list_equipment(
    parts: PartsIn,
    form: FormIn,
    after: Annotated[str, Query(max_length=64, description="The `next` of the page before")] = "",
    limit: LimitIn = 100,
) -> Response:
    """All equipment that is configured or was discovered, by id, as it is now."""
    snapshot = parts.live.snapshot(parts.clock.now())
    rest = [one for one in snapshot.equipment if one.id > after]
    page = [equipment_view(one) for one in rest[:limit]]
    if form is Format.CSV:
        return csv_answer("equipment", _COLUMNS, map(_row, page))
    following = page[-1].id if len(rest) > limit else None
    return answer(EquipmentList(page, following, computed_from(snapshot.offset)))


def _row(view: EquipmentView) -> tuple[str | bool | None, ...]:
    job = None if view.job is None else view.job.name
    return (
        *(view.id, view.name, view.kind, view.track, view.room, view.driver, view.state, view.since, view.source),
        *(view.link.up, view.last_seen_at, job),
    )


@router.get("/equipment/{equipment}", response_model=EquipmentAnswer)
def get_equipment(parts: PartsIn, equipment: EquipmentIn) -> Response:
    """One equipment as it is now."""
    return answer(equipment_answer(equipment, parts.live.offset()))


@router.get("/equipment/{equipment}/intervals", response_model=IntervalsView)
def get_intervals(parts: PartsIn, equipment: EquipmentIn, window: WindowIn, form: FormIn) -> Response:
    """The states of one equipment over a window, without holes, and their totals; time to come is `unknown`."""
    offset = parts.store.offset()
    ident = EquipmentId(equipment.id)
    intervals = intervals_until(parts.store, ident, window, now=parts.clock.now())
    views = interval_views(intervals)
    if form is Format.CSV:
        rows = ((one.start, one.end, one.state, one.source) for one in views)
        return csv_answer(f"intervals-{ident}", ("start", "end", "state", "source"), rows)
    return answer(
        IntervalsView(
            equipment=ident,
            start=format_instant(window.start),
            end=format_instant(window.end),
            intervals=views,
            totals_ns=totals_view(intervals),
            computed_from=computed_from(offset),
        )
    )
