"""Refuses a format that an address does not choose by, so that nobody takes its JSON for the file that was asked for.

It serves nothing: an address that has files takes `format` itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus

from fastapi.dependencies.models import Dependant
from fastapi.requests import HTTPConnection
from fastapi.routing import APIRoute

from api.problem import Problem

_JSON = "json"


def one_format(request: HTTPConnection) -> None:
    """406 for a `format` that the address knows nothing of; `json` is what it answers anyway, and a feed has none."""
    asked = request.query_params.get("format", _JSON)
    route = request.scope.get("route")
    if asked == _JSON or not isinstance(route, APIRoute) or request.scope["method"] != "GET":
        return
    if "format" not in set(_queries(route.dependant)):
        only = "json alone" if route.response_model is not None else "one file of its own kind"
        raise Problem(
            HTTPStatus.NOT_ACCEPTABLE,
            f"{request.url.path} is not served as {asked}, but as {only}",
            fix="Ask without format; GET /api/v1/exports lists what is had as a file, and in which formats.",
        )


def _queries(dependant: Dependant) -> Iterator[str]:
    """What a route and all that it depends on take from the query."""
    yield from (one.alias for one in dependant.query_params)
    for inner in dependant.dependencies:
        yield from _queries(inner)
