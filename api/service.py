"""Serves one lab: the gateway behind its pages, until a signal comes.

Nothing here knows a device or a record; `edge.main` joins those.
"""

from __future__ import annotations

import asyncio
import ctypes
import gc
import logging
import os
import signal
import socket
import threading
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

import uvicorn
from starlette.types import ASGIApp, Message

from api.main import create_app
from edge.clock import SystemClock
from edge.configuration import fingerprint, load
from edge.errors import GiveUp
from edge.ingest import Ingest
from edge.main import Gateway
from edge.monitoring.sets import beside
from edge.notify import Watchdog, notify
from edge.settings import Api, Settings

log = logging.getLogger(__name__)

SHUTDOWN_S = 3
"""Seconds that open pages get to close; the board's stream never ends by itself."""


@dataclass(frozen=True, slots=True)
class Lab:
    """A gateway and what stands around it; `around` is started before the gateway's links look for it.

    `config` is the file of its configuration, where it has one.
    """

    gateway: Gateway
    start_around: Callable[[], None]
    stop_around: Callable[[], None]
    config: Path | None = None


def real(settings: Settings, folder: Path, config: Path | None, environ: Mapping[str, str]) -> Lab:
    """A lab as configured; the files are read again when they change."""
    gateway = Gateway(settings, folder, reload=_reload(config, environ), sets=beside(config))
    return Lab(gateway, lambda: None, lambda: None, config)


def demo(settings: Settings, folder: Path) -> Lab:
    """The demo lab with its history written."""
    from edge.demo.lab import DemoLab  # noqa: PLC0415 - a real lab never loads the simulators

    lab = DemoLab(settings, folder, SystemClock())
    count = lab.write_history()
    lab.enter_register()
    lab.enter_year()
    log.info("demo lab: %d records of history written", count)
    return Lab(Gateway(lab.settings, folder), lab.start, lab.stop)


def serve(lab: Lab, *, environ: Mapping[str, str]) -> int:
    """Serve until SIGINT or SIGTERM; returns the exit code."""
    gateway = lab.gateway
    asked = _catch_signals()
    listener = _listen(gateway.settings.api)
    with ExitStack() as closing:
        closing.callback(listener.close)
        lab.start_around()
        closing.callback(lab.stop_around)
        gateway.start()
        closing.callback(gateway.stop)
        server = _server(gateway, _settled(gateway, lab.config))
        watchdog = Watchdog(gateway.alive, environ)
        watchdog.start()
        closing.callback(watchdog.stop)
        _announce(listener, environ)
        if not asked.is_set():
            server.run(sockets=[listener])
        notify("STOPPING=1", environ)
    return 0


def _catch_signals() -> threading.Event:
    # The server hands a signal on once it has stopped serving; the gateway still has to be stopped then.
    asked = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: asked.set())
    return asked


class _Server(uvicorn.Server):
    """Ends the open boards before it waits for them: their streams never end by themselves."""

    def __init__(self, gateway: Gateway, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._gateway = gateway

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """On a thread: the signal may have come while this one held the picture's lock."""
        threading.Thread(target=self._gateway.live.close, name="close-boards").start()
        super().handle_exit(sig, frame)


def _settled(gateway: Gateway, config: Path | None) -> ASGIApp:
    """The application with all of its routes, which FastAPI makes with the first request that it gets.

    They stay for good and hold a hundred thousand objects: the collector rests while they are made and never looks at
    them again, for each time that it did an answer would wait 50 ms for it.
    """
    gc.disable()
    app = _app(gateway, config)
    asyncio.run(_asked(app))
    gc.enable()
    gc.freeze()
    _give_back()
    return app


def _give_back() -> None:
    """Give the system what only the start needed, some 10 MB, where the C library can do that."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


async def _asked(app: ASGIApp) -> None:
    """Ask whether it is ready, and do not listen."""
    headers = [(b"host", b"localhost")]
    scope = {"type": "http", "method": "GET", "path": "/ready", "query_string": b"", "headers": headers}

    async def receive() -> Message:
        return {"type": "http.request"}

    async def send(message: Message) -> None:
        del message

    await app(scope, receive, send)


def _app(gateway: Gateway, config: Path | None) -> ASGIApp:
    return create_app(
        settings=gateway.settings,
        store=gateway.store,
        live=gateway.live,
        ingest=Ingest(gateway.journal, gateway.clock, live=gateway.live, metrics=gateway.metrics),
        health=gateway.health,
        metrics=gateway.metrics,
        clock=gateway.clock,
        numbers=gateway.numbers,
        monitoring=gateway.monitoring,
        config=config,
    )


def _server(gateway: Gateway, app: ASGIApp) -> uvicorn.Server:
    return _Server(
        gateway,
        uvicorn.Config(app, log_config=None, timeout_graceful_shutdown=SHUTDOWN_S, server_header=False, lifespan="off"),
    )


def _listen(api: Api) -> socket.socket:
    try:
        family = socket.AF_INET6 if ":" in api.host else socket.AF_INET
        return socket.create_server((api.host, api.port), family=family, backlog=128)
    except OSError as error:
        raise GiveUp(
            f"The pages cannot be served at {api.host}:{api.port}: {os.strerror(error.errno or 0)}.",
            fix="Stop the program that uses the port, or choose another: LABEDGE_API__PORT=8081",
        ) from error


def _announce(listener: socket.socket, environ: Mapping[str, str]) -> None:
    host, port = listener.getsockname()[:2]
    address = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
    print(f"labedge serves {address}", flush=True)  # noqa: T201 - the command's one line of output
    notify(f"READY=1\nSTATUS=serves {address}", environ)


def _reload(config: Path | None, environ: Mapping[str, str]) -> Callable[[], Settings | None]:
    last = fingerprint(config)

    def changed() -> Settings | None:
        nonlocal last
        now = fingerprint(config)
        if now == last:
            return None
        last = now
        return load(config, environ=environ)

    return changed
