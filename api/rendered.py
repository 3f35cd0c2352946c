"""Answers as bytes with their ETag, kept for as long as what they were made of is the same.

It never decides whether that is so: it compares the object that an answer was made of.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from http import HTTPStatus

from fastapi import Request
from starlette.responses import Response

BYTES_LIMIT = 32 * 2**20
"""Of all answers that are kept: a quarter of 25 equipment by day has 2 MB."""


@dataclass(frozen=True, slots=True, eq=False)
class Body:
    """The bytes of an answer, and their strong ETag."""

    content: bytes
    etag: str
    media_type: str
    made_of: object


class Rendered:
    """Bodies by question; any thread may ask."""

    def __init__(self, bytes_limit: int = BYTES_LIMIT) -> None:
        self._limit = bytes_limit
        self._lock = threading.Lock()
        self._kept: OrderedDict[Hashable, Body] = OrderedDict()
        self._size = 0

    def body(
        self, question: Hashable, made_of: object, make: Callable[[], bytes], media_type: str = "application/json"
    ) -> Body:
        """The body for a question, made anew where it was made of something else before."""
        with self._lock:
            known = self._kept.get(question)
            if known is not None and known.made_of is made_of:
                self._kept.move_to_end(question)
                return known
        content = make()
        body = Body(content, etag_of(content), media_type, made_of)
        with self._lock:
            self._drop(question)
            self._kept[question] = body
            self._size += len(content)
            while self._size > self._limit and len(self._kept) > 1:
                self._drop(next(iter(self._kept)))
        return body

    def _drop(self, question: Hashable) -> None:
        gone = self._kept.pop(question, None)
        self._size -= len(gone.content) if gone else 0


def etag_of(content: bytes) -> str:
    """The strong ETag of an answer's bytes."""
    return f'"{hashlib.blake2b(content, digest_size=16).hexdigest()}"'


def respond(request: Request, body: Body, *, file: str = "") -> Response:
    """The body, or 304 where the asker has it; `file` is the name to save it under."""
    headers = {"ETag": body.etag, "Cache-Control": "private, no-cache"}
    if file:
        headers["Content-Disposition"] = f'attachment; filename="{file}"'
    if has_it(request.headers.get("if-none-match", ""), body.etag):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    return Response(body.content, headers=headers, media_type=body.media_type)


def has_it(if_none_match: str, etag: str) -> bool:
    """Whether a header `If-None-Match` names an ETag, weakly compared after RFC 9110."""
    told = [one.strip().removeprefix("W/") for one in if_none_match.split(",")]
    return etag in told or "*" in told
