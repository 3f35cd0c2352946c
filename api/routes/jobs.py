"""Jobs of an equipment: prints, cuts, runs, with their outcome.

It starts and stops none: the gateway only reads machines.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from api.answers import answer
from api.deps import EquipmentIn, LimitIn, PartsIn, WindowIn
from api.exports.asked import SheetIn, tabled
from api.exports.rows import rows_of
from api.exports.shapes import JOBS
from api.exports.words import table_of
from api.views import JobList, computed_from, job_view
from edge.store.contract import Job

router = APIRouter(tags=["jobs"])

_SHAPE = {name: kind for name, kind in JOBS.items() if name != "equipment"}


@router.get("/equipment/{equipment}/jobs", response_model=JobList)
def list_jobs(
    request: Request,
    parts: PartsIn,
    equipment: EquipmentIn,
    window: WindowIn,
    sheet: SheetIn,
    after: Annotated[str, Query(max_length=200, description="The `next` of the page before")] = "",
    limit: LimitIn = 100,
) -> Response:
    """Jobs that overlap a window, by start."""
    offset = parts.store.offset()
    jobs = sorted(parts.store.jobs((equipment.id,), window.start, window.end), key=_place)
    rest = [job for job in jobs if _place(job) > after]
    page = rest[:limit]
    views = [job_view(job) for job in page]
    if not sheet.is_json:
        table = table_of("jobs", _SHAPE, rows_of(views, _SHAPE), sheet.texts)
        return tabled(request, parts, sheet, table, file=f"jobs-{equipment.id}")
    following = _place(page[-1]) if len(rest) > limit else None
    return answer(JobList(views, following, computed_from(offset)))


def _place(job: Job) -> str:
    """A job's place in the list, as an opaque word that sorts: start, then name."""
    return f"{job.started:020d}.{job.job}"
