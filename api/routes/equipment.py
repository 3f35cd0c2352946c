"""Equipment as it is now, and the states it was in.

It changes nothing: equipment is configured in files.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from api.answers import answer
from api.deps import EquipmentIn, LimitIn, PartsIn, WindowIn
from api.exports.asked import SheetIn, tabled
from api.exports.rows import rows_of
from api.exports.shapes import EQUIPMENT, INTERVALS
from api.exports.words import table_of
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


@router.get("/equipment", response_model=EquipmentList)
def list_equipment(
    request: Request,
    parts: PartsIn,
    sheet: SheetIn,
    after: Annotated[str, Query(max_length=64, description="The `next` of the page before")] = "",
    limit: LimitIn = 100,
) -> Response:
    """All equipment that is configured or was discovered, by id, as it is now."""
    snapshot = parts.live.snapshot(parts.clock.now())
    rest = [one for one in snapshot.equipment if one.id > after]
    page = [equipment_view(one) for one in rest[:limit]]
    if not sheet.is_json:
        table = table_of("equipment", EQUIPMENT, rows_of(page, EQUIPMENT, equipment_cell), sheet.texts)
        return tabled(request, parts, sheet, table)
    following = page[-1].id if len(rest) > limit else None
    return answer(EquipmentList(page, following, computed_from(snapshot.offset)))


def equipment_cell(view: EquipmentView, column: str) -> object:
    """A cell of the table of equipment."""
    if column == "job":
        return None if view.job is None else view.job.name
    return view.link.up if column == "link_up" else getattr(view, column)


@router.get("/equipment/{equipment}", response_model=EquipmentAnswer)
def get_equipment(parts: PartsIn, equipment: EquipmentIn) -> Response:
    """One equipment as it is now."""
    return answer(equipment_answer(equipment, parts.live.offset()))


@router.get("/equipment/{equipment}/intervals", response_model=IntervalsView)
def get_intervals(
    request: Request, parts: PartsIn, equipment: EquipmentIn, window: WindowIn, sheet: SheetIn
) -> Response:
    """The states of one equipment over a window, without holes, and their totals; time to come is `unknown`."""
    offset = parts.store.offset()
    ident = EquipmentId(equipment.id)
    intervals = intervals_until(parts.store, ident, window, now=parts.clock.now())
    views = interval_views(intervals)
    if not sheet.is_json:
        table = table_of("intervals", INTERVALS, rows_of(views, INTERVALS), sheet.texts)
        return tabled(request, parts, sheet, table, file=f"intervals-{ident}")
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
