"""`python -m bench.scaled SCALE`: a year at a scale, in a process of its own: times, memory and bandwidth as JSON.

Memory is the highest resident size since the input stood ready, as Linux counts it, less that of the input.
"""

from __future__ import annotations

import cProfile
import json
import pstats
import re
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np

from bench.centre import Centre, centre, cut
from bench.figures.sessions import judged
from bench.figures.utilisation import answered
from bench.rounds import seconds
from telemetry.calendar import Unit
from telemetry.columns import Buckets, Changes
from telemetry.intervals import intervals_of

ROUNDS = {1: 25, 10: 9, 100: 5}
_BANDWIDTH_BYTES = 256 * 2**20
_STATUS, _CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")


def found(scale: int) -> dict[str, object]:
    """All figures of one scale."""
    year, rounds = centre(scale), ROUNDS[scale]
    days = cut(year, Unit.DAY)
    peak_mib = {
        "utilisation": _peak_mib(lambda: answered(year, days)),
        "sessions": _peak_mib(lambda: judged(year, year.observed())),
    }
    result: dict[str, object] = {
        "changes": len(year.changes),
        "input_mib": _bytes(year.changes) / 2**20,
        "peak_mib": peak_mib,
        "utilisation_s": _least_s(lambda: answered(year, days), rounds),
        "intervals_s": _least_s(lambda: intervals_of(year.changes, *year.window), rounds),
    }
    return result | (_limits(year) if scale == 1 else {})


def _limits(year: Centre) -> dict[str, object]:
    """Where the time goes, and what the memory could do."""
    days = cut(year, Unit.DAY)
    return {
        "least_bytes": _bytes(year.changes) - year.changes.source.nbytes,
        "copy_bytes_per_s": _copy_bytes_per_s(),
        "triad_bytes_per_s": _triad_bytes_per_s(),
        "profile": _profile(year, days),
    }  # fmt: skip


def _bytes(changes: Changes) -> int:
    columns = (changes.equipment, changes.at, changes.state, changes.source, changes.valid_ns)
    return sum(column.nbytes for column in columns)


def _least_s(work: Callable[[], object], rounds: int) -> float:
    """The least of the rounds: what a busy machine adds to one of them is no growth."""
    return min(seconds(work) for _ in range(rounds))


def _peak_mib(work: Callable[[], object]) -> float:
    """Above what the process holds before; the first call, so that nothing is kept ready for it."""
    _CLEAR.write_text("5", encoding="ascii")
    before = _status_mib("VmRSS")
    work()
    return _status_mib("VmHWM") - before


def _status_mib(name: str) -> float:
    match = re.search(rf"^{name}:\s+(\d+) kB", _STATUS.read_text(encoding="ascii"), re.MULTILINE)
    if match is None:
        raise RuntimeError(f"the system does not tell {name}")
    return int(match[1]) / 1024


def _copy_bytes_per_s() -> float:
    """numpy.copyto of an array beyond every cache; what is read and what is written count."""
    source, target = np.ones(_BANDWIDTH_BYTES // 8), np.ones(_BANDWIDTH_BYTES // 8)
    return 2 * _BANDWIDTH_BYTES / min(seconds(lambda: np.copyto(target, source)) for _ in range(7))


def _triad_bytes_per_s() -> float:
    """a = b + s * c in numpy's two passes, of which each reads and writes: five arrays moved."""
    a, b, c = (np.ones(_BANDWIDTH_BYTES // 8) for _ in range(3))

    def triad() -> None:
        np.multiply(c, 3.0, out=a)
        np.add(a, b, out=a)

    return 5 * _BANDWIDTH_BYTES / min(seconds(triad) for _ in range(7))


def _profile(year: Centre, days: Buckets) -> list[tuple[str, float]]:
    """The eight functions with the most time of their own, and their parts of the whole."""
    profile = cProfile.Profile()
    profile.enable()
    for _ in range(5):
        answered(year, days)
    profile.disable()
    stats: dict[tuple[str, int, str], tuple[int, int, float, float, object]] = pstats.Stats(profile).stats  # type: ignore[attr-defined] # typeshed leaves it out
    total = sum(entry[2] for entry in stats.values())
    most = sorted(stats.items(), key=lambda item: -item[1][2])[:8]
    return [(_named(*where), entry[2] / total) for where, entry in most]


def _named(file: str, line: int, function: str) -> str:
    stem = Path(file).stem
    return function.strip("{}<>").replace("built-in method ", "") if line == 0 else f"{stem}.{function}"


if __name__ == "__main__":
    print(json.dumps(found(int(sys.argv[1]))))
