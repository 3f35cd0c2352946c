"""Stands before every route: no body is longer than what anybody has to say.

It looks into no body. Routes that bound their own bodies, and keep what is too long as evidence, are named to it.
"""

from __future__ import annotations

from collections.abc import Collection
from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problem import problem_response
from edge.register.imports.sheets import FILE_LIMIT

JSON_LIMIT = 4 * 2**20
"""Bytes: the timetable of a whole year is a quarter of it, and becomes some 60 MB of objects."""

BODY_LIMIT = FILE_LIMIT + 2**16
"""Bytes: the largest file that is imported, and the words around it in a form."""


class Ceiling:
    """ASGI middleware."""

    def __init__(self, app: ASGIApp, apart: Collection[str]) -> None:
        self._app = app
        self._apart = frozenset(apart)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; 413 as soon as its body is too long."""
        if scope["type"] != "http" or scope["path"] in self._apart:
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        limit = JSON_LIMIT if headers.get("content-type", "").startswith("application/json") else BODY_LIMIT
        declared = headers.get("content-length", "")
        body = _Body(receive, send, limit)
        if declared.isdecimal() and int(declared) > limit:
            body.is_over = True
        else:
            await self._passed_on(scope, body)
        if body.is_over and not body.is_answered:
            refusal = problem_response(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                f"the body is larger than {limit} bytes",
                fix="Send it in smaller parts.",
                headers={"Connection": "close"},
            )
            await refusal(scope, receive, send)

    async def _passed_on(self, scope: Scope, body: _Body) -> None:
        try:
            await self._app(scope, body.receive, body.send)
        except ClientDisconnect:
            if not body.is_over:
                raise


class _Body:
    """Counts what came; once it is over, the route hears that nobody is there and says nothing more."""

    def __init__(self, receive: Receive, send: Send, limit: int) -> None:
        self.is_over = self.is_answered = False
        self._receive, self._send, self._left = receive, send, limit

    async def receive(self) -> Message:
        message = await self._receive()
        self._left -= len(message.get("body", b""))
        self.is_over = self._left < 0
        return {"type": "http.disconnect"} if self.is_over else message

    async def send(self, message: Message) -> None:
        if not self.is_over:
            self.is_answered = True
            await self._send(message)
