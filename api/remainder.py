"""Stands before everything: a refusal reaches its sender, because the rest of the body is heard out first.

A server that closes while the sender still sends makes its answer a broken connection. What is heard is kept nowhere.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from edge.register.imports.sheets import FILE_LIMIT

HEARD_LIMIT = 4 * FILE_LIMIT + 2**20
"""Bytes: four times the largest body that is taken; who sends more sees the connection close."""

HEARD_S = 10.0
"""As long as a school's network takes for so much; a sender that stalls is answered and closed then."""


class Remainder:
    """ASGI middleware."""

    def __init__(self, app: ASGIApp, limit: int = HEARD_LIMIT, seconds: float = HEARD_S) -> None:
        self._app, self._limit, self._seconds = app, limit, seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and hear the rest of its body before a refusal is sent."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        rest = _Rest(Headers(scope=scope), receive, self._limit)

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] >= HTTPStatus.BAD_REQUEST:
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._seconds):
                        await rest.hear()
            await send(message)

        await self._app(scope, rest.receive, sent)


class _Rest:
    """What of one body has not come yet."""

    def __init__(self, headers: Headers, receive: Receive, limit: int) -> None:
        declared = headers.get("content-length", "")
        self._receive, self._limit = receive, limit
        self._more = headers.get("transfer-encoding") is not None or declared not in ("", "0")
        # Who waits to be asked for the body, and was not, sends none; who announces too much is not heard out.
        self._asked = headers.get("expect", "").lower() != "100-continue"
        self._welcome = not (declared.isdecimal() and int(declared) > limit)
        self._heard = 0

    async def receive(self) -> Message:
        self._asked = True
        message = await self._receive()
        self._heard += len(message.get("body", b""))
        self._more = message["type"] == "http.request" and bool(message.get("more_body"))
        return message

    async def hear(self) -> None:
        while self._more and self._asked and self._welcome and self._heard <= self._limit:
            await self.receive()
