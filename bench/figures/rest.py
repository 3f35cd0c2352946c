"""Memory and processor of the demo lab at rest: nobody looks at the board."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from bench import processes
from bench.broker import broker
from bench.gateway import Gateway
from bench.outcome import Row
from bench.peers import nodered

SETTLES_S = 20.0
WATCHED_S = 60.0
PEER_WATCHED_S = 15.0

BAR_MIB = 150.0
BAR_CORE = 10.0


def measure() -> list[Row]:
    """The demo with all it starts (its broker too), beside Node-RED with one flow and nothing to do."""
    with tempfile.TemporaryDirectory(prefix="labedge-bench-") as folder, Gateway(Path(folder), demo=True) as gateway:
        time.sleep(SETTLES_S)
        core, total = _watched(gateway.pid, WATCHED_S)
        alone = processes.memory_mib([gateway.pid])
    peer_core, peer_mib, note = _node_red()
    return [
        Row(figure="rest", what="memory of the demo lab at rest, with its broker", measured=total, unit="MiB",
            beside="Node-RED, one flow, idle", beside_measured=peer_mib, bar=f"at most {BAR_MIB:g} MiB",
            met=total <= BAR_MIB, note=f"the gateway's own process {alone:.0f} MiB {note}".strip()),
        Row(figure="rest", what="processor of the demo lab at rest", measured=core, unit="% of a core",
            beside="Node-RED, one flow, idle", beside_measured=peer_core, bar=f"at most {BAR_CORE:g} % of a core",
            met=core <= BAR_CORE, note=f"mean of {WATCHED_S:g} s"),
    ]  # fmt: skip


def _watched(pid: int, seconds: float) -> tuple[float, float]:
    """Percent of a core over `seconds`, and MiB at their end."""
    pids = processes.family(pid)
    before, began = processes.processor_s(pids), time.monotonic()
    time.sleep(seconds)
    used, took = processes.processor_s(pids) - before, time.monotonic() - began
    return 100 * used / took, processes.memory_mib(pids)


def _node_red() -> tuple[float | None, float | None, str]:
    try:
        with broker() as port, tempfile.TemporaryDirectory(prefix="labedge-bench-") as folder:
            nodered.write_flow(Path(folder), port)
            with nodered.running(Path(folder)) as child:
                time.sleep(PEER_WATCHED_S)
                return *_watched(child.pid, PEER_WATCHED_S), ""
    except RuntimeError as error:
        return None, None, f"Node-RED was not measured: {error}"
