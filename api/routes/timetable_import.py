"""A file of a timetable over HTTP: what it would change, and, where that is said, the change.

Reads no more of a body than a school's greatest file has.
"""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.answers import dumped
from api.deps import Parts, PartsIn
from api.import_views import PlanView, plan_view
from api.importing import answered
from api.problem import Problem
from api.routes.register import IfMatch, changed_problem, version_named
from api.routes.timetable import options_of
from api.views import ProblemView
from edge.errors import GiveUp
from edge.register.imports.importing import plan_timetable
from edge.register.imports.options import Options
from edge.register.imports.plan import Plan, Scope, apply_plan
from edge.register.imports.sheets import FILE_LIMIT
from edge.register.mappings import Subject

router = APIRouter(tags=["timetable"])

_BODY = {"requestBody": {"required": True, "content": {"application/octet-stream": {}}}}


def import_options(
    parts: PartsIn,
    scope: Annotated[Scope, Query(description="replacing: what the file has not is removed")] = Scope.ADDING,
    term: Annotated[str, Query(max_length=200, description="The term of week numbers; default: the last one")] = "",
    answer: Annotated[
        list[str] | None, Query(max_length=100, description="COLUMN=MEANING of an unknown header")
    ] = None,
) -> Options:
    """What a person says of the file; 422 for an answer that is none."""
    try:
        answers = answered(answer or (), Subject.TIMETABLE)
    except GiveUp as error:
        raise _unreadable(error) from error
    return replace(options_of(parts), answers=answers, scope=scope, term=term)


@router.post(
    "/timetable/import",
    response_model=PlanView,
    openapi_extra=_BODY,
    responses={code: {"model": ProblemView} for code in (409, 412, 413, 422)},
)
async def import_timetable(
    request: Request,
    parts: PartsIn,
    options: Annotated[Options, Depends(import_options)],
    apply: Annotated[bool, Query(description="Do it; otherwise it is only told")] = False,  # noqa: FBT002 - FastAPI's way to write a flag
    author: Annotated[str, Query(max_length=120, description="Who enters it; needed to apply")] = "",
    reason: Annotated[str, Query(max_length=500, description="Why; needed to apply")] = "",
    if_match: IfMatch = None,
) -> Response:
    """The body is the file: .xlsx, .xls, CSV or iCalendar; all of it is applied, or nothing."""
    if apply and not (author.strip() and reason.strip()):
        raise Problem(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            "the register keeps who enters what, and why",
            fix="Give author and reason in the query.",
        )
    data = await _file(request)
    plan = await run_in_threadpool(_plan, parts, data, options, if_match)
    applied = await run_in_threadpool(_apply, parts, plan, author, reason) if apply else None
    view = plan_view(plan, applied=applied)
    return Response(dumped(view), headers={"ETag": f'"{view.register_version}"'}, media_type="application/json")


def _plan(parts: Parts, data: bytes, options: Options, if_match: str | None) -> Plan:
    register = parts.numbers.register
    before = register.snapshot()
    if if_match is not None and (seen := version_named(if_match, "the timetable")) != before.register_version:
        since = register.changed_since(seen).value
        raise changed_problem("the register", since[-1].stamp if since else None)
    try:
        return plan_timetable(data, before, options)
    except GiveUp as error:
        raise _unreadable(error) from error


def _apply(parts: Parts, plan: Plan, author: str, reason: str) -> int:
    """The version after it; raises `Refused` with every fault and question, `Conflict`."""
    if plan.ready and not plan.changes:
        return plan.register_version
    return apply_plan(parts.numbers.register, plan, author=author, reason=reason, at=parts.clock.now())


async def _file(request: Request) -> bytes:
    """The body; 413 as soon as it is larger than any school's file."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > FILE_LIMIT:
            raise Problem(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                f"the file is larger than {FILE_LIMIT} bytes",
                fix="Save only the sheet that is meant.",
                headers={"Connection": "close"},
            )
    return bytes(body)


def _unreadable(error: GiveUp) -> Problem:
    """The file is at fault, not the gateway."""
    return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, str(error), fix=error.fix)
