"""A list of equipment over HTTP: what it would add, and, where that is said, the drop-in file of the configuration.

Nothing that is configured already is changed, and no file is overwritten.
"""

from __future__ import annotations

from dataclasses import fields
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api import uploads
from api.answers import dumped
from api.deps import PartsIn
from api.import_views import EquipmentPlanView, PlanView
from api.importing import answered
from api.routes.register import IfMatch
from api.routes.timetable_import import BODY, ImporterIn
from api.views import ProblemView
from edge.errors import GiveUp
from edge.register.mappings import Subject

router = APIRouter(tags=["equipment"])


def header_answers(
    answer: Annotated[
        list[str] | None, Query(max_length=100, description="COLUMN=MEANING of an unknown header")
    ] = None,
) -> dict[str, str]:
    """What a person says of the headers; 422 for an answer that is none."""
    try:
        return answered(answer or (), Subject.EQUIPMENT)
    except GiveUp as error:
        raise uploads.unreadable(error) from error


@router.post(
    "/equipment/import",
    response_model=EquipmentPlanView,
    openapi_extra=BODY,
    responses={code: {"model": ProblemView} for code in (409, 412, 413, 422)},
)
async def import_equipment(
    request: Request,
    parts: PartsIn,
    answers: Annotated[dict[str, str], Depends(header_answers)],
    who: ImporterIn,
    name: Annotated[str, Query(max_length=200, description="Names the drop-in file; default: imported")] = "",
    if_match: IfMatch = None,
) -> Response:
    """The body is the list: .xlsx, .xls or CSV. What is new goes to a new file in `equipment.d`, all of it or nothing.

    The gateway reads that file within seconds.
    """
    data = await uploads.content(request)
    made, view = await run_in_threadpool(
        uploads.equipment, parts, data, stem=name, answers=answers, who=who, if_match=if_match
    )
    words = {field.name: getattr(view, field.name) for field in fields(PlanView)}
    told = EquipmentPlanView(**words, file=made.target.name if made.target else "", drop_in=made.text)
    return Response(dumped(told), headers={"ETag": uploads.tag_of(made)}, media_type="application/json")
