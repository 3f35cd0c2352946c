"""From the start of `labedge run` to ready, set-up done: with an empty journal, and with a year in it."""

from __future__ import annotations

import http.client
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench import year
from bench.broker import broker, free_port, stop, wait_for_port
from bench.gateway import Gateway
from bench.outcome import Row

ROUNDS = 5
BAR_S = 2.0

_BARE = """
import fastapi, numpy, uvicorn
app = fastapi.FastAPI()
app.get("/ready")(lambda: {{}})
uvicorn.run(app, port={port}, log_level="error")
"""


def measure() -> list[Row]:
    """Medians, beside the smallest server of the same libraries."""
    with tempfile.TemporaryDirectory(prefix="labedge-bench-") as name:
        folder = Path(name)
        bare = statistics.median(_bare() for _ in range(ROUNDS))
        (folder / "year" / "data").mkdir(parents=True)
        path = folder / "year" / "data" / "journal.sqlite"
        year.write(path)
        size_mib = path.stat().st_size / 2**20
        with broker() as port:
            empty = statistics.median(_started(folder / f"empty-{n}", port) for n in range(ROUNDS))
            full = statistics.median(_started(folder / "year", port) for _ in range(ROUNDS))
    beside = "an empty FastAPI server"
    held = (
        f"{size_mib:.0f} MiB: {year.EQUIPMENT * year.CHANGES_A_DAY * year.DAYS:,} changes of state, 13 million readings"
    )
    return [
        Row(figure="start", what="ready after start, empty journal", measured=empty, unit="s", beside=beside,
            beside_measured=bare, bar=f"at most {BAR_S:g} s", met=empty <= BAR_S, note=f"median of {ROUNDS}"),
        Row(figure="start", what="ready after start, a year of journal", measured=full, unit="s", beside=beside,
            beside_measured=bare, bar=f"at most {BAR_S:g} s", met=full <= BAR_S, note=held),
    ]  # fmt: skip


def _started(folder: Path, port: int) -> float:
    folder.mkdir(exist_ok=True)
    with Gateway(folder, mqtt=f"mqtt://127.0.0.1:{port}") as gateway:
        return gateway.ready_after_s


def _bare() -> float:
    port = free_port()
    began = time.monotonic()
    child = subprocess.Popen([sys.executable, "-c", _BARE.format(port=port)])
    try:
        wait_for_port(port, child)
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        connection.request("GET", "/ready")
        connection.getresponse().read()
        return time.monotonic() - began
    finally:
        stop(child)
