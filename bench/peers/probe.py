"""Finds out that a peer has subscribed: publishes a first reading now and then until the peer has kept something."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from pathlib import Path

from bench import packets

STARTS_WITHIN_S = 60.0

PAYLOAD = b'{"t":1600000000000,"v":1.0,"unit":"C","seq":1}'
TOPIC = b"labedge/v1/bench/lab/probe/c0"


def wait_for_first(port: int, kept: Path) -> None:
    """Return when `kept` has grown beyond nothing."""
    wait_until(port, lambda: kept.exists() and kept.stat().st_size > 0)


def wait_until(port: int, holds: Callable[[], bool]) -> None:
    """Publish until `holds`, then let the last probes arrive; raises `RuntimeError` when that takes too long."""
    ends = time.monotonic() + STARTS_WITHIN_S
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(packets.connect("bench-probe"))
        for number in range(1, packets.PACKET_IDS):
            connection.sendall(packets.publish(TOPIC, PAYLOAD, number))
            time.sleep(0.25)
            if holds():
                time.sleep(1.0)
                return
            if time.monotonic() > ends:
                raise RuntimeError("the peer keeps nothing")
