"""A peer's side of the pipe: arrays from a folder, a question a line, its seconds back; the first answer is kept.

Runs in the environment of the peers, so nothing of labedge is imported.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Arrays = Mapping[str, npt.NDArray[np.generic]]
Ask = Callable[[str], Arrays]

QUESTIONS = ("day", "hour", "term")

SUMS = (
    *(f"state_{code}" for code in range(8)),
    "calendar_ns",
    "scheduled_ns",
    "busy_in_scheduled_ns",
    "unknown_in_scheduled_ns",
    "maintenance_in_scheduled_ns",
    "fault_in_scheduled_ns",
    "timetabled_ns",
    "busy_in_timetable_ns",
    "unknown_in_timetable_ns",
    "station_timetabled_ns",
    "station_busy_ns",
    "station_unknown_ns",
)
"""Columns of an answer that are int64 ns; one row for each equipment and bucket, in that order."""

RATIOS = (
    "utilisation_timetable",
    "utilisation_scheduled",
    "utilisation_calendar",
    "availability",
    "station_utilisation",
)
"""Columns that are float64, each with one more named `<ratio>_coverage`."""


def serve(name: str, prepare: Callable[[Arrays], Ask]) -> None:
    """Answer until the pipe closes."""
    folder = Path(sys.argv[1])
    ask = prepare({path.stem: np.load(path) for path in folder.glob("*.npy")})
    for line in sys.stdin:
        question = line.strip()
        began = time.perf_counter()
        answer = ask(question)
        took = time.perf_counter() - began
        kept = folder / f"{name}-{question}.npz"
        if not kept.exists():
            columns: Any = answer  # numpy types its keywords as its own flags
            np.savez(kept, **columns)
        print(took, flush=True)
