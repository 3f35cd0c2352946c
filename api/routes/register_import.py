"""A file of entries of one kind over HTTP: what it would change, and, where that is said, the change.

Reads no more of a body than a school's greatest file has, and tells no learner.
"""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api import uploads
from api.answers import dumped
from api.deps import PartsIn
from api.import_views import PlanView
from api.importing import answered
from api.problem import Problem
from api.routes.register import IfMatch, KindIn
from api.routes.timetable_import import BODY, ImporterIn
from api.views import ProblemView
from edge.errors import GiveUp
from edge.register.entry import Entry
from edge.register.imports.columns import COLUMNS
from edge.register.imports.options import Options, options_for
from edge.register.mappings import Subject

router = APIRouter(tags=["register"])


def filed_kind(kind: KindIn) -> type[Entry]:
    """The kind that a path names; 404 where no file holds it."""
    if kind.kind not in COLUMNS:
        raise Problem(
            HTTPStatus.NOT_FOUND,
            f"there is no file of {kind.kind}",
            fix=f"Take one of {', '.join(COLUMNS)}; a timetable goes to /api/v1/timetable/import.",
        )
    return kind


FiledKindIn = Annotated[type[Entry], Depends(filed_kind)]


def entry_options(
    parts: PartsIn,
    kind: FiledKindIn,
    answer: Annotated[
        list[str] | None, Query(max_length=100, description="COLUMN=MEANING of an unknown header")
    ] = None,
) -> Options:
    """What a person says of the file, and the names that the configuration knows; 422 for an answer that is none."""
    try:
        answers = answered(answer or (), Subject(kind.kind))
    except GiveUp as error:
        raise uploads.unreadable(error) from error
    options = options_for(parts.settings.centre, parts.numbers.desk.equipment())
    return replace(options, answers=answers)


@router.post(
    "/register/{kind}/import",
    response_model=PlanView,
    openapi_extra=BODY,
    responses={code: {"model": ProblemView} for code in (404, 409, 412, 413, 422)},
)
async def import_entries(
    request: Request,
    parts: PartsIn,
    kind: FiledKindIn,
    options: Annotated[Options, Depends(entry_options)],
    who: ImporterIn,
    if_match: IfMatch = None,
) -> Response:
    """The body is the file: .xlsx, .xls or CSV; all of it is applied, or nothing."""
    data = await uploads.content(request)
    view = await run_in_threadpool(uploads.entries, parts, data, kind, options, who=who, if_match=if_match)
    return Response(dumped(view), headers={"ETag": f'"{view.register_version}"'}, media_type="application/json")
