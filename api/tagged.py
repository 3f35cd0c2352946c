"""Gives every answer of the API that is whole an ETag of its bytes, and keeps back what the asker has already.

It changes no other answer: what has an ETag keeps it, what comes in pieces or is no success passes as it is.
"""

from __future__ import annotations

from http import HTTPStatus

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.rendered import etag_of, has_it

_OF_THE_BODY = ("content-length", "content-type", "content-disposition")


class Tagged:
    """ASGI middleware for the addresses under `prefix`."""

    def __init__(self, app: ASGIApp, prefix: str) -> None:
        self._app = app
        self._prefix = prefix

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and answer 304 where `If-None-Match` names what would be sent."""
        asks = scope["type"] == "http" and scope["method"] == "GET" and scope["path"].startswith(self._prefix)
        if not asks:
            await self._app(scope, receive, send)
            return
        told = Headers(scope=scope).get("if-none-match", "")
        await self._app(scope, receive, _Answer(send, told).send)


class _Answer:
    """One answer on its way: its head waits until it is known whether the body is whole."""

    def __init__(self, send: Send, if_none_match: str) -> None:
        self._send = send
        self._if_none_match = if_none_match
        self._head: Message | None = None

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start" and message["status"] == HTTPStatus.OK:
            self._head = message
            return
        head, self._head = self._head, None
        if head is not None:
            if not message.get("more_body"):
                message = self._tagged(head, message)
            await self._send(head)
        await self._send(message)

    def _tagged(self, head: Message, body: Message) -> Message:
        """Tag the head; the body that is left to send."""
        headers = MutableHeaders(scope=head)
        if "etag" not in headers:
            headers["ETag"] = etag_of(body.get("body", b""))
        headers.setdefault("Cache-Control", "private, no-cache")
        if not has_it(self._if_none_match, headers["etag"]):
            return body
        head["status"] = int(HTTPStatus.NOT_MODIFIED)
        for name in _OF_THE_BODY:
            if name in headers:
                del headers[name]
        return {"type": "http.response.body", "body": b""}
