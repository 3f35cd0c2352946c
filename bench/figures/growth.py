"""How utilisation by equipment and day grows with the changes, what memory it takes, and how far the machine's is.

Ten and a hundred times are as many changes of the same centre and year: 15 and 150 million.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from bench.outcome import Row

NEEDS_GIB = {1: 1.0, 10: 3.0, 100: 15.0}
"""Of free memory; a scale that would not fit is left out, and its row says so."""

BAR_MIB = 150.0
AT_MOST_S = 900


def measure() -> list[Row]:
    """Each scale in a process of its own, one after the other."""
    first = _scaled(1)
    rows = [*_memory(first), *_bandwidth(first), _profile(first)]
    before = first
    for scale in (10, 100):
        free_gib = _free_gib()
        if free_gib < NEEDS_GIB[scale]:
            note = f"not measured: {free_gib:.0f} GiB free, {NEEDS_GIB[scale]:g} wanted"
            rows.append(Row(figure="growth", what=f"{scale} times the changes", measured=None, unit="ms", note=note))
            continue
        found = _scaled(scale)
        rows.append(_growth(before, found))
        before = found
    return rows


def _scaled(scale: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "bench.scaled", str(scale)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=AT_MOST_S, check=False)
    if done.returncode:
        raise RuntimeError(f"scale {scale}: {done.stderr[-300:]}")
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def _free_gib() -> float:
    match = re.search(r"^MemAvailable:\s+(\d+) kB", Path("/proc/meminfo").read_text(encoding="ascii"), re.MULTILINE)
    return int(match[1]) / 2**20 if match else 0.0


def _memory(found: dict[str, Any]) -> list[Row]:
    return [
        Row(
            figure="growth",
            what=f"peak memory of {name} of a year above the input, from changes",
            measured=peak_mib,
            unit="MiB",
            beside="the input",
            beside_measured=found["input_mib"],
            bar=f"at most {BAR_MIB:g} MiB",
            met=peak_mib <= BAR_MIB,
        )
        for name, peak_mib in found["peak_mib"].items()
    ]


def _bandwidth(found: dict[str, Any]) -> list[Row]:
    reached = found["least_bytes"] / found["utilisation_s"]
    return [
        Row(
            figure="growth",
            what="bytes that utilisation by day has to move, over its time",
            measured=reached / 1e9,
            unit="GB/s",
            beside=f"memory bandwidth, numpy {name}",
            beside_measured=found[f"{name}_bytes_per_s"] / 1e9,
            note="equipment, time, state and validity of every change read once",
        )
        for name in ("copy", "triad")
    ]


def _profile(found: dict[str, Any]) -> Row:
    told = ", ".join(f"{name} {part:.0%}" for name, part in found["profile"])
    return Row(
        figure="growth",
        what="utilisation by day, profiled",
        measured=1000 * found["utilisation_s"],
        unit="ms",
        note=f"making all intervals takes {1000 * found['intervals_s']:.0f} ms; own time: {told}",
    )


def _growth(before: dict[str, Any], found: dict[str, Any]) -> Row:
    more = found["changes"] / before["changes"]
    times = found["utilisation_s"] / before["utilisation_s"]
    return Row(
        figure="growth",
        what=f"utilisation by day of {found['changes']:,} changes",
        measured=1000 * found["utilisation_s"],
        unit="ms",
        beside=f"{before['changes']:,} changes",
        beside_measured=1000 * before["utilisation_s"],
        bar=f"at most {more:.0f} times",
        met=times <= more,
        note=f"peak {found['peak_mib']['utilisation']:,.0f} MiB above an input of {found['input_mib']:,.0f} MiB",
    )
