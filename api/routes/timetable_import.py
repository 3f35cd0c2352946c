"""A file of a timetable over HTTP: what it would change, and, where that is said, the change.

Reads no more of a body than a school's greatest file has.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api import uploads
from api.answers import dumped
from api.deps import PartsIn
from api.import_views import PlanView
from api.importing import answered
from api.routes.register import IfMatch
from api.routes.timetable import options_of
from api.views import ProblemView
from edge.errors import GiveUp
from edge.register.imports.options import Options
from edge.register.imports.plan import Scope
from edge.register.mappings import Subject

router = APIRouter(tags=["timetable"])

BODY = {"requestBody": {"required": True, "content": {"application/octet-stream": {}}}}


def import_options(
    parts: PartsIn,
    scope: Annotated[Scope, Query(description="replacing: what the file has not is removed")] = Scope.ADDING,
    term: Annotated[
        str,
        Query(max_length=200, description="The term of week numbers and new slots; default: the last"),
    ] = "",
    since: Annotated[
        date | None, Query(alias="from", description="The first day that the file holds for; default: today if held")
    ] = None,
    answer: Annotated[
        list[str] | None, Query(max_length=100, description="COLUMN=MEANING of an unknown header")
    ] = None,
) -> Options:
    """What a person says of the file; 422 for an answer that is none."""
    try:
        answers = answered(answer or (), Subject.TIMETABLE)
    except GiveUp as error:
        raise uploads.unreadable(error) from error
    return replace(options_of(parts), answers=answers, scope=scope, term=term, since=since)


def importer(
    apply: Annotated[bool, Query(description="Do it; otherwise it is only told")] = False,  # noqa: FBT002 - FastAPI's way to write a flag
    author: Annotated[str, Query(max_length=120, description="Who enters it; needed to apply")] = "",
    reason: Annotated[str, Query(max_length=500, description="Why; needed to apply")] = "",
) -> uploads.Who | None:
    """Who does it, and why; None where it is only to be told."""
    return uploads.named(author, reason) if apply else None


ImporterIn = Annotated[uploads.Who | None, Depends(importer)]


@router.post(
    "/timetable/import",
    response_model=PlanView,
    openapi_extra=BODY,
    responses={code: {"model": ProblemView} for code in (409, 412, 413, 422)},
)
async def import_timetable(
    request: Request,
    parts: PartsIn,
    options: Annotated[Options, Depends(import_options)],
    who: ImporterIn,
    if_match: IfMatch = None,
) -> Response:
    """The body is the file: .xlsx, .xls, CSV or iCalendar; all of it is applied, or nothing."""
    data = await uploads.content(request)
    view = await run_in_threadpool(uploads.timetable, parts, data, options, who=who, if_match=if_match)
    return Response(dumped(view), headers={"ETag": f'"{view.register_version}"'}, media_type="application/json")
