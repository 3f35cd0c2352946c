"""Whoever is measured at the broker: labedge and its peers, each a child process that counts what it has kept.

A subject is a context manager over (broker's port, empty folder) that gives a `Running`.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TypeAlias

from bench.broker import stop
from bench.counter import Counter
from bench.gateway import Gateway
from bench.peers.nodered import node_red
from bench.peers.thingsboard import thingsboard
from bench.running import Running

Subject: TypeAlias = Callable[[int, Path], AbstractContextManager[Running]]

LABEDGE = "labedge"
NULL = "empty paho subscriber, manual_ack"
SQLITE = "60-line paho and SQLite script"
NODE_RED = "Node-RED, mqtt in and file nodes"
THINGSBOARD = "ThingsBoard gateway, SQLite storage"


@contextmanager
def labedge(port: int, folder: Path) -> Iterator[Running]:
    """The gateway itself."""
    with Gateway(folder, mqtt=f"mqtt://127.0.0.1:{port}") as gateway:
        yield Running(gateway.count, gateway.pid)


@contextmanager
def null_subscriber(port: int, folder: Path) -> Iterator[Running]:
    """The limit: paho, `manual_ack`, nothing kept; counts messages."""
    with _script("null_subscriber", port, folder, []) as running:
        yield running


@contextmanager
def sqlite_script(port: int, folder: Path) -> Iterator[Running]:
    """The short script."""
    with _script("sqlite_script", port, folder, [str(folder / "readings.sqlite")]) as running:
        yield running


@contextmanager
def _script(name: str, port: int, folder: Path, arguments: list[str]) -> Iterator[Running]:
    counter = Counter(folder / "counter")
    command = [sys.executable, "-m", f"bench.peers.{name}", str(port), *arguments, str(folder / "counter")]
    child = subprocess.Popen(command, stdout=subprocess.PIPE)
    try:
        assert child.stdout is not None  # noqa: S101 opened above as a pipe
        if child.stdout.readline().strip() != b"ready":
            raise RuntimeError(f"{name} did not start")
        yield Running(counter.value, child.pid)
    finally:
        stop(child)


COUNTS_MESSAGES = frozenset({NULL, NODE_RED, THINGSBOARD})
"""Those that count messages; the others count readings."""

SUBJECTS: Mapping[str, Subject] = {
    NULL: null_subscriber,
    LABEDGE: labedge,
    SQLITE: sqlite_script,
    NODE_RED: node_red,
    THINGSBOARD: thingsboard,
}
