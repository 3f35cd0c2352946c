"""Stands before every route: refuses foreign names and foreign pages, and sends the headers that browsers obey.

It reads no body and knows no route.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from api.problem import problem_response

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        "connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})

HostCheck = Callable[[str], bool]


def allowed_hosts(bound_to: str) -> HostCheck:
    """Which names a request may call us by: on loopback only loopback's own, else a rebound DNS name could reach us."""
    return _is_loopback if _is_loopback(bound_to) else lambda _host: True


def _is_loopback(host: str) -> bool:
    if host.lower() in ("localhost", "localhost."):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class Guard:
    """ASGI middleware."""

    def __init__(self, app: ASGIApp, hosts: HostCheck) -> None:
        self._app = app
        self._hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        sent = _with_headers(send) if scope["type"] == "http" else send
        refusal = self._refusal(scope)
        if refusal is None:
            await self._app(scope, receive, sent)
        elif scope["type"] == "websocket":
            await WebSocketClose(1008, refusal[1])(scope, receive, send)
        else:
            status, detail, fix = refusal
            await problem_response(status, detail, fix=fix)(scope, receive, sent)

    def _refusal(self, scope: Scope) -> tuple[HTTPStatus, str, str] | None:
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if not self._hosts(_name_of(host)):
            return (
                HTTPStatus.MISDIRECTED_REQUEST,
                "this gateway answers only on this computer, by its loopback names",
                "Open http://127.0.0.1 with the gateway's port; to serve others, set api.host and add users.",
            )
        changes = scope["type"] == "websocket" or scope["method"] not in _SAFE
        origin = headers.get("origin")
        if changes and origin is not None and urlsplit(origin).netloc != host:
            return (
                HTTPStatus.FORBIDDEN,
                "a page of another site may not use this gateway",
                "Call from a program, or from the gateway's own pages.",
            )
        return None


def _name_of(host: str) -> str:
    """The name in a Host header, without port and brackets; empty where it is none."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _with_headers(send: Send) -> Send:
    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
            headers.setdefault("Cache-Control", "no-store")
        await send(message)

    return sent
