"""Errors as a person and a program can use them: RFC 9457 problems with a `fix`.

No stack trace, path or secret of the gateway ever leaves in one.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from api.answers import dumped
from api.views import FieldFault, ProblemView
from edge.errors import Damaged, Full, GiveUp, LabedgeError, Retry
from edge.monitoring.contract import UnknownIndicator, UnknownPart
from edge.register.contract import Conflict, Refused
from edge.runs import Contradicted

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_S = 2

_LOG = logging.getLogger(__name__)
_STATUS: dict[type[LabedgeError], HTTPStatus] = {
    Full: HTTPStatus.SERVICE_UNAVAILABLE,
    Retry: HTTPStatus.SERVICE_UNAVAILABLE,
    GiveUp: HTTPStatus.SERVICE_UNAVAILABLE,
    Conflict: HTTPStatus.CONFLICT,
    Contradicted: HTTPStatus.CONFLICT,
    Damaged: HTTPStatus.INTERNAL_SERVER_ERROR,
    UnknownIndicator: HTTPStatus.NOT_FOUND,
    UnknownPart: HTTPStatus.UNPROCESSABLE_ENTITY,
}
_FIX = {
    404: "Check the address; every path is listed in /openapi.json.",
    405: "Use one of the methods named in the Allow header.",
    422: "Correct the fields named in errors; /openapi.json describes each of them.",
    500: "Try again; if it stays, look into the gateway's log and report what you find there.",
}


class Problem(Exception):
    """A request that cannot be served: what is wrong and what to do."""

    def __init__(self, status: HTTPStatus, detail: str, *, fix: str, headers: Mapping[str, str] | None = None) -> None:
        """Keep all of it."""
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.fix = fix
        self.headers = dict(headers or {})


def problem_response(
    status: int,
    detail: str,
    *,
    fix: str,
    errors: list[FieldFault] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """The problem as a response."""
    view = ProblemView("about:blank", HTTPStatus(status).phrase, status, detail, fix, errors or [])
    return Response(dumped(view), status, dict(headers or {}), MEDIA_TYPE)


ErrorPage = Callable[[Request, int], Response]


def install(app: FastAPI, page: ErrorPage, *, damaged: Callable[[Damaged], None]) -> None:
    """Answer every error of `app` as a problem; a browser that asks for a page gets one, made by `page`.

    `damaged` is told what a request found damaged on disk: whoever looks after the gateway must hear of it too.
    """
    app.state.error_page = page
    app.state.damaged = damaged
    app.add_exception_handler(Problem, _known)
    app.add_exception_handler(Refused, _refused)
    app.add_exception_handler(LabedgeError, _labedge)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unforeseen)


def _wants_page(request: Request) -> bool:
    return "text/html" in request.headers.get("accept", "") and not request.url.path.startswith("/api/")


def _page(request: Request, status: int) -> Response:
    page: ErrorPage = request.app.state.error_page
    return page(request, status)


async def _known(request: Request, error: Exception) -> Response:
    if not isinstance(error, Problem):
        raise error
    if _wants_page(request):
        return _page(request, error.status)
    return problem_response(error.status, error.detail, fix=error.fix, headers=error.headers)


async def _refused(_: Request, error: Exception) -> Response:
    if not isinstance(error, Refused):
        raise error
    faults = [
        FieldFault(".".join(filter(None, (fault.place, fault.field))), fault.message, fault.fix)
        for fault in error.faults
    ]
    return problem_response(HTTPStatus.UNPROCESSABLE_ENTITY, str(error), fix=error.fix or _FIX[422], errors=faults)


async def _labedge(request: Request, error: Exception) -> Response:
    if not isinstance(error, LabedgeError):
        raise error
    if isinstance(error, Damaged):
        _LOG.error("%s %s: %s", request.method, request.url.path, error)
        request.app.state.damaged(error)
    status = _status_of(error, request)
    if _wants_page(request):
        return _page(request, status)
    headers = {"Retry-After": str(RETRY_AFTER_S)} if status is HTTPStatus.SERVICE_UNAVAILABLE else {}
    return problem_response(status, str(error), fix=error.fix or _FIX[500], headers=headers)


def _status_of(error: LabedgeError, request: Request) -> HTTPStatus:
    # Whoever said from which version the change was made had a precondition, however late it was found out.
    if isinstance(error, Conflict) and "if-match" in request.headers:
        return HTTPStatus.PRECONDITION_FAILED
    return _STATUS.get(type(error), HTTPStatus.INTERNAL_SERVER_ERROR)


async def _invalid(request: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise error
    if _wants_page(request):
        return _page(request, HTTPStatus.UNPROCESSABLE_ENTITY)
    faults = [_fault(one) for one in error.errors()]
    detail = "; ".join(f"{fault.field}: {fault.message}" for fault in faults)
    return problem_response(HTTPStatus.UNPROCESSABLE_ENTITY, detail, fix=_FIX[422], errors=faults)


def _fault(error: Mapping[str, Any]) -> FieldFault:
    place = [str(part) for part in error["loc"]]
    return FieldFault(".".join(place[1:]) or place[0], str(error["msg"]).removeprefix("Value error, "))


async def _http(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    if _wants_page(request):
        return _page(request, error.status_code)
    detail = f"{request.method} {request.url.path}: {error.detail}"
    return problem_response(
        error.status_code, detail, fix=_FIX.get(error.status_code, _FIX[404]), headers=error.headers
    )


async def _unforeseen(request: Request, error: Exception) -> Response:
    _LOG.error("%s %s failed", request.method, request.url.path, exc_info=error)
    if _wants_page(request):
        return _page(request, HTTPStatus.INTERNAL_SERVER_ERROR)
    return problem_response(HTTPStatus.INTERNAL_SERVER_ERROR, "The gateway failed on this request.", fix=_FIX[500])
