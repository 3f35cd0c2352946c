"""Whoever is measured at the broker: labedge and its peers, each a child process that counts what it has kept.

A subject is a context manager over (broker's port, empty folder) that gives a function: how many it has kept so far,
readings or messages as `COUNTS_MESSAGES` tells.
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

Count: TypeAlias = Callable[[], int]
Subject: TypeAlias = Callable[[int, Path], AbstractContextManager[Count]]

LABEDGE = "labedge"
NULL = "empty paho subscriber, manual_ack"
SQLITE = "60-line paho and SQLite script"
NODE_RED = "Node-RED, mqtt in and file nodes"
THINGSBOARD = "ThingsBoard gateway, SQLite storage"


@contextmanager
def labedge(port: int, folder: Path) -> Iterator[Count]:
    """The gateway itself."""
    with Gateway(folder, mqtt=f"mqtt://127.0.0.1:{port}") as gateway:
        yield gateway.count


@contextmanager
def null_subscriber(port: int, folder: Path) -> Iterator[Count]:
    """The limit: paho, `manual_ack`, nothing kept; counts messages."""
    with _script("null_subscriber", port, folder, []) as count:
        yield count


@contextmanager
def sqlite_script(port: int, folder: Path) -> Iterator[Count]:
    """The short script."""
    with _script("sqlite_script", port, folder, [str(folder / "readings.sqlite")]) as count:
        yield count


@contextmanager
def _script(name: str, port: int, folder: Path, arguments: list[str]) -> Iterator[Count]:
    counter = Counter(folder / "counter")
    command = [sys.executable, "-m", f"bench.peers.{name}", str(port), *arguments, str(folder / "counter")]
    child = subprocess.Popen(command, stdout=subprocess.PIPE)
    try:
        assert child.stdout is not None  # noqa: S101 opened above as a pipe
        if child.stdout.readline().strip() != b"ready":
            raise RuntimeError(f"{name} did not start")
        yield counter.value
    finally:
        stop(child)


COUNTS_MESSAGES = frozenset({NULL, NODE_RED, THINGSBOARD})

SUBJECTS: Mapping[str, Subject] = {
    NULL: null_subscriber,
    LABEDGE: labedge,
    SQLITE: sqlite_script,
    NODE_RED: node_red,
    THINGSBOARD: thingsboard,
}
