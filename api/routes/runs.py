"""Runs (experiments) of lab computers: started, followed and stopped.

A start or a stop is acknowledged only after the journal has it on disk; repeating it is harmless.
"""

from __future__ import annotations

import uuid
from concurrent.futures import Future
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Path, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.answers import answer
from api.committed import on_disk
from api.deps import LimitIn, Parts, PartsIn, Window, checked_window
from api.exports.asked import SheetIn, tabled
from api.exports.rows import rows_of
from api.exports.shapes import RUN_DATA, RUNS
from api.exports.words import table_of
from api.instants import FIRST, InstantIn, parse_instant
from api.problem import Problem
from api.record_views import readings_record
from api.run_views import COLUMNS, RunAnswer, RunDataView, RunIn, RunList, StopIn, run_view
from api.views import ProblemView, computed_from
from edge.store.contract import Offset, Run
from telemetry.model import NS_PER_S, EquipmentId

router = APIRouter(tags=["runs"])

RECENT_NS = 31 * 24 * 3600 * NS_PER_S
"""The window where none is given: what a teacher looks for was done this month."""

_AHEAD_NS = 24 * 3600 * NS_PER_S
"""A lab computer's clock may be so far ahead and is believed."""

RunPath = Annotated[str, Path(max_length=64, description="The run's id, which its readings give as `run`")]
_REFUSALS: dict[int | str, dict[str, Any]] = {code: {"model": ProblemView} for code in (404, 409, 422, 503)}


def known_run(run: RunPath, parts: PartsIn) -> Run:
    """The run that a path names; 404 where there is none."""
    found = parts.store.run(run)
    if found is None:
        raise Problem(HTTPStatus.NOT_FOUND, f"there is no run {run!r}", fix="GET /api/v1/runs lists those of a window.")
    return found


RunFound = Annotated[Run, Depends(known_run)]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which runs of a window are listed; None means all."""

    equipment: Annotated[str | None, Query(max_length=64, description="Only of this equipment")] = None
    live: Annotated[bool | None, Query(description="Only those that go on, or that do not")] = None


def recent_window(
    parts: PartsIn,
    start: Annotated[InstantIn | None, Query(description="First instant; a month before the end if not given")] = None,
    end: Annotated[InstantIn | None, Query(description="First instant after; all until now if not given")] = None,
) -> Window:
    """The window that a request asks for."""
    end = parts.clock.now() + _AHEAD_NS if end is None else end
    return checked_window(max(end - RECENT_NS, FIRST) if start is None else start, end)


@router.get("/runs", response_model=RunList)
def list_runs(
    request: Request,
    parts: PartsIn,
    window: Annotated[Window, Depends(recent_window)],
    sheet: SheetIn,
    wanted: Annotated[Wanted, Depends()],
    after: Annotated[str, Query(max_length=200, description="The `next` of the page before")] = "",
    limit: LimitIn = 100,
) -> Response:
    """Runs that overlap a window, by start."""
    offset, now = parts.store.offset(), parts.clock.now()
    ids = None if wanted.equipment is None else (EquipmentId(wanted.equipment),)
    found = parts.store.runs(ids, window.start, window.end)
    rest = [run for run in found if _place(run) > after and wanted.live in (None, run.ended(now) is None)]
    views = [run_view(run, now) for run in rest[:limit]]
    if not sheet.is_json:
        return tabled(request, parts, sheet, table_of("runs", RUNS, rows_of(views, RUNS), sheet.texts))
    following = _place(rest[limit - 1]) if len(rest) > limit else None
    return answer(RunList(views, following, computed_from(offset)))


@router.post("/runs", response_model=RunAnswer, status_code=201, responses={200: {"model": RunAnswer}, **_REFUSALS})
async def post_run(parts: PartsIn, body: RunIn) -> Response:
    """Start a run; one of the same id and words that was started before is answered as it is, with 200."""
    name = body.id or f"run-{uuid.uuid4().hex[:12]}"
    promise = await run_in_threadpool(parts.runs.start, body.planned(name))
    return await _settled(parts, name, promise, status=HTTPStatus.CREATED)


@router.get("/runs/{run}", response_model=RunAnswer, responses=_REFUSALS)
def get_run(parts: PartsIn, run: RunFound) -> Response:
    """One run."""
    return _answer(parts, run)


@router.post("/runs/{run}/stop", response_model=RunAnswer, responses=_REFUSALS)
async def stop_run(parts: PartsIn, run: RunFound, body: Annotated[StopIn | None, Body()] = None) -> Response:
    """Stop a run; one that was stopped before stays as it is."""
    promise = await run_in_threadpool(parts.runs.stop, run, None if body is None else body.stopped)
    return await _settled(parts, run.run, promise, status=HTTPStatus.OK)


@router.get("/runs/{run}/data", response_model=RunDataView, responses=_REFUSALS)
def get_run_data(
    request: Request,
    parts: PartsIn,
    run: RunFound,
    sheet: SheetIn,
    after: Annotated[int, Query(ge=0, le=2**62, description="The last offset that the follower has")] = 0,
    limit: LimitIn = 100,
) -> Response:
    """Readings of a run that were committed after an offset, in order: for whoever follows it live, or has it later."""
    instance = parts.store.instance()
    page = parts.store.run_data(run.run, after, limit)
    items = [readings_record(offset, record) for offset, record in page.records]
    if not sheet.is_json:
        rows = [
            (item.offset, item.equipment, item.channel, item.unit, parse_instant(t), v)
            for item in items
            for t, v in zip(item.t, item.v, strict=True)
        ]
        return tabled(request, parts, sheet, table_of("run", RUN_DATA, rows, sheet.texts))
    live = run.ended(parts.clock.now()) is None
    return answer(RunDataView(items, page.reached if page.more else None, page.reached, instance, live))


async def _settled(parts: Parts, name: str, promise: Future[Offset] | None, *, status: HTTPStatus) -> Response:
    """The run once the disk has what was said of it; 200 where nothing new was."""
    if promise is not None:
        await on_disk(promise)
    run = await run_in_threadpool(known_run, name, parts)
    return _answer(parts, run, status=HTTPStatus.OK if promise is None else status)


def _answer(parts: Parts, run: Run, *, status: HTTPStatus = HTTPStatus.OK) -> Response:
    view = run_view(run, parts.clock.now())
    words = {name: getattr(view, name) for name in COLUMNS}
    return answer(RunAnswer(**words, computed_from=computed_from(parts.store.offset())), status=status)


def _place(run: Run) -> str:
    """A run's place in the list, as an opaque word that sorts: start, then id."""
    return f"{run.started:020d}.{run.run}"
