"""`python -m bench [names...]`: measure, print the table, write `bench/results.json` and `bench/results.md`."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path

from bench.outcome import Row, table, write

FIGURES = (
    "messages",
    "batches",
    "latency",
    "disk",
    "reading",
    "start",
    "rest",
    "utilisation",
    "sessions",
    "growth",
    "answers",
    "monitoring",
)
"""The modules of `bench.figures`, in the order of the table."""


def measured(name: str) -> list[Row]:
    """The rows of one figure; one that fails is a row that says why, so that the others are still measured."""
    began = time.monotonic()
    measure: Callable[[], list[Row]] = import_module(f"bench.figures.{name}").measure
    try:
        rows = measure()
    except (RuntimeError, OSError) as error:
        rows = [
            Row(figure=name, what=name, measured=None, unit="", met=False, note=f"not measured: {_last_line(error)}")
        ]
    print(f"{name}: {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    return rows


def _last_line(error: Exception) -> str:
    return str(error).strip().rpartition("\n")[2]


def main(names: list[str]) -> int:
    """Measure the named figures, or all; 1 where a bar was missed, 2 for an unknown name."""
    unknown = set(names) - set(FIGURES)
    if unknown:
        print(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(FIGURES)}", file=sys.stderr)
        return 2
    by_name: Mapping[str, list[Row]] = {name: measured(name) for name in FIGURES if not names or name in names}
    rows = [row for figure in by_name.values() for row in figure]
    write(rows, Path(__file__).parent)
    print(table(rows))
    return int(any(row.met is False for row in rows))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
