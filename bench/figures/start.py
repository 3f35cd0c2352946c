"""From the start of `labedge run` to ready, set-up done: with an empty journal, and with a year in it."""

from __future__ import annotations

import http.client
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench import processes, year
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
    """Medians, beside the smallest server of the same libraries; in turn, so that a busy machine is busy for both."""
    with tempfile.TemporaryDirectory(prefix="labedge-bench-") as name, broker() as port:
        folder = Path(name)
        path = folder / "year" / "data" / "journal.sqlite"
        path.parent.mkdir(parents=True)
        year.write(path)
        bare, empty, full = [], [], []
        for number in range(ROUNDS):
            bare.append(_bare())
            empty.append(_started(folder / f"empty-{number}", port))
            full.append(_started(folder / "year", port))
        changes = year.EQUIPMENT * year.CHANGES_A_DAY * year.DAYS
        held = f"{path.stat().st_size / 2**20:.0f} MiB: {changes:,} changes of state, 13 million readings"
    return [
        _row("ready after start, empty journal", empty, bare, f"median of {ROUNDS}"),
        _row("ready after start, a year of journal", full, bare, held),
    ]


def _row(what: str, started: list[tuple[float, float]], bare: list[tuple[float, float]], note: str) -> Row:
    after_s, processor_s = (statistics.median(column) for column in zip(*started, strict=True))
    bare_s, bare_processor_s = (statistics.median(column) for column in zip(*bare, strict=True))
    return Row(
        figure="start",
        what=what,
        measured=after_s,
        unit="s",
        beside="an empty FastAPI server",
        beside_measured=bare_s,
        bar=f"at most {BAR_S:g} s",
        met=after_s <= BAR_S,
        note=f"{note}; of the processor {processor_s:.2f} s, beside {bare_processor_s:.2f} s",
    )


def _started(folder: Path, port: int) -> tuple[float, float]:
    folder.mkdir(exist_ok=True)
    with Gateway(folder, mqtt=f"mqtt://127.0.0.1:{port}") as gateway:
        return gateway.ready_after_s, gateway.processor_s


def _bare() -> tuple[float, float]:
    port = free_port()
    began = time.monotonic()
    child = subprocess.Popen([sys.executable, "-c", _BARE.format(port=port)])
    try:
        wait_for_port(port, child)
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        connection.request("GET", "/ready")
        connection.getresponse().read()
        return time.monotonic() - began, processes.processor_s([child.pid])
    finally:
        stop(child)
