"""Jobs of an equipment: prints, cuts, runs, with their outcome.

It starts and stops none: the gateway only reads machines.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from api.answers import Format, answer, csv_answer
from api.deps import EquipmentIn, FormIn, LimitIn, PartsIn, WindowIn
from api.views import JobList, computed_from, job_view
from edge.store.contract import Job

router = APIRouter(tags=["jobs"])

_COLUMNS = ("job", "name", "started", "ended", "outcome", "progress", "paused", "reason")


@router.get("/equipment/{equipment}/jobs", response_model=JobList)
def list_jobs(
    parts: PartsIn,
    equipment: EquipmentIn,
    window: WindowIn,
    form: FormIn,
    after: Annotated[str, Query(max_length=200, description="The `next` of the page before")] = "",
    limit: LimitIn = 100,
) -> Response:
    """Jobs that overlap a window, by start."""
    offset = parts.store.offset()
    jobs = sorted(parts.store.jobs((equipment.id,), window.start, window.end), key=_place)
    rest = [job for job in jobs if _place(job) > after]
    page = rest[:limit]
    if form is Format.CSV:
        rows = [[getattr(view, name) for name in _COLUMNS] for view in map(job_view, page)]
        return csv_answer(f"jobs-{equipment.id}", _COLUMNS, rows)
    following = _place(page[-1]) if len(rest) > limit else None
    return answer(JobList([job_view(job) for job in page], following, computed_from(offset)))


def _place(job: Job) -> str:
    """A job's place in the list, as an opaque word that sorts: start, then name."""
    return f"{job.started:020d}.{job.job}"
