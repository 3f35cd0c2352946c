"""What a form of a page sends: short fields by name.

Reads no more of a body than the longest form has; a file never comes this way.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated
from urllib.parse import parse_qs, quote, unquote

from fastapi import Depends, Request
from starlette.responses import Response

from api.problem import Problem

MAX_BODY = 512 * 1024
"""Bytes: the longest text of a quarter, 20,000 Cyrillic letters of six bytes each, and 2,000 pseudonyms."""

MAX_FIELDS = 600
"""The equipment of the largest centre, box by box, and what stands around it."""

MAX_LENGTH = 100_000
"""Characters of one field."""

AUTHOR = "author"
YEAR_S = 365 * 24 * 3600
_FORM = "application/x-www-form-urlencoded"
_OURS = re.compile(r"/(?![/\\])[^\s\\]{0,500}")


@dataclass(frozen=True, slots=True)
class Posted:
    """The fields of a form; those that are empty too."""

    fields: Mapping[str, tuple[str, ...]]

    def __contains__(self, name: str) -> bool:
        return name in self.fields

    def one(self, name: str) -> str:
        """The field's only or last value without spaces around it; empty where it was not sent."""
        return self.fields.get(name, ("",))[-1].strip()

    def all(self, name: str) -> tuple[str, ...]:
        """Every value of a field that may have several."""
        return self.fields.get(name, ())


async def posted_of(request: Request) -> Posted:
    """The form in a body; 415 for anything else, 413 for one that is larger than any form of ours."""
    if request.headers.get("content-type", "").split(";")[0].strip().lower() != _FORM:
        raise Problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "this is no form", fix=f"Send it as {_FORM}.")
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > MAX_BODY:
            raise _too_large()
    try:
        fields = parse_qs(body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=MAX_FIELDS)
    except ValueError as error:
        raise _too_large() from error
    if any(len(value) > MAX_LENGTH for values in fields.values() for value in values):
        raise _too_large()
    return Posted({name: tuple(value.replace("\r\n", "\n") for value in values) for name, values in fields.items()})


PostedIn = Annotated[Posted, Depends(posted_of)]


def _too_large() -> Problem:
    return Problem(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        "the form is larger than any of ours, or no text",
        fix="Shorten what is entered.",
        headers={"Connection": "close"},
    )


def own_path(address: str, otherwise: str) -> str:
    """`address` where it is a path of this gateway, else `otherwise`: a form may lead nobody elsewhere."""
    return address if _OURS.fullmatch(address) else otherwise


def known_author(request: Request) -> str:
    """Who entered something from this browser before; empty where nobody did."""
    return unquote(request.cookies.get(AUTHOR, ""))[:120]


def remembered(response: Response, author: str) -> Response:
    """The response, after which this browser's forms know their author."""
    response.set_cookie(AUTHOR, quote(author[:120]), max_age=YEAR_S, samesite="lax", httponly=True)
    return response
