"""Mosquitto on a free loopback port, with limits wide enough that it drops nothing, for the time of one figure."""

from __future__ import annotations

import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

STARTS_WITHIN_S = 10.0

CONFIGURATION = """\
listener {port} 127.0.0.1
allow_anonymous true
persistence false
max_queued_messages 0
max_queued_bytes 0
max_inflight_messages {inflight}
set_tcp_nodelay true
log_dest none
"""

INFLIGHT = 2000
"""Messages on their way to one subscriber at once: what labedge's own brokers are set to."""


def free_port() -> int:
    """A loopback port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def broker() -> Iterator[int]:
    """A running Mosquitto; gives its port."""
    program = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin")
    if program is None:
        raise RuntimeError("mosquitto is not installed")
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="labedge-bench-") as folder:
        configuration = Path(folder) / "mosquitto.conf"
        configuration.write_text(CONFIGURATION.format(port=port, inflight=INFLIGHT), encoding="utf-8")
        child = subprocess.Popen([program, "-c", str(configuration)], stderr=subprocess.DEVNULL)
        try:
            wait_for_port(port, child)
            yield port
        finally:
            stop(child)


def wait_for_port(port: int, child: subprocess.Popen[bytes]) -> None:
    """Return when something accepts on `port`; raises `RuntimeError` when `child` ended or time is over."""
    ends = time.monotonic() + STARTS_WITHIN_S
    while time.monotonic() < ends and child.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.01)
        else:
            return
    raise RuntimeError(f"nothing answers on port {port}")


def stop(child: subprocess.Popen[bytes], *, within_s: float = 15.0) -> None:
    """End a child process, gently and then not."""
    child.terminate()
    try:
        child.wait(within_s)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
