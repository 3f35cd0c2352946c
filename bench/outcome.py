"""What a benchmark found, row by row, and the two files that tell it.

Nothing here measures.
"""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One figure: what was measured, beside what in the same run, and the bar.

    `measured` and `beside_measured` are in `unit`. `bar` is the bar in words, `met` whether it was reached; None where
    the row has no bar (a peer's own figure, a part of the explanation) or could not be measured, as `note` says.
    """

    figure: str
    what: str
    measured: float | None
    unit: str
    beside: str = ""
    beside_measured: float | None = None
    bar: str = ""
    met: bool | None = None
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """Measured over what it was measured beside."""
        if self.measured is None or not self.beside_measured:
            return None
        return self.measured / self.beside_measured


def write(rows: Sequence[Row], folder: Path) -> None:
    """Write `results.json` and `results.md` into `folder`; rows of figures that were not measured now stay."""
    rows = [*_others(rows, folder / "results.json"), *rows]
    load = os.getloadavg()[2]
    machine = (
        f"{platform.machine()}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}, "
        f"mean load of the last 15 minutes {load:.1f}"
    )
    listed = [{**asdict(row), "ratio": row.ratio} for row in rows]
    (folder / "results.json").write_text(
        json.dumps({"machine": machine, "rows": listed}, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )
    (folder / "results.md").write_text(f"Measured on {machine}.\n\n{table(rows)}", encoding="utf-8")


def _others(rows: Sequence[Row], path: Path) -> list[Row]:
    """Rows of an earlier run, of other figures than `rows`."""
    if not path.is_file():
        return []
    measured, names = {row.figure for row in rows}, [field.name for field in fields(Row)]
    listed = json.loads(path.read_text(encoding="utf-8"))["rows"]
    return [Row(**{name: row[name] for name in names}) for row in listed if row["figure"] not in measured]


def table(rows: Sequence[Row]) -> str:
    """The rows as a Markdown table."""
    lines = ["| what | measured | beside | ratio | bar | met |", "|---|---|---|---|---|---|"]
    for row in rows:
        beside = f"{row.beside}: {_number(row.beside_measured, row.unit)}" if row.beside else ""
        ratio = "" if row.ratio is None else f"{row.ratio:.2f}"
        what = f"{row.what}<br>{row.note}" if row.note else row.what
        cells = (what, _number(row.measured, row.unit), beside, ratio, row.bar, _MET[row.met])
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


_MET = {True: "yes", False: "**no**", None: ""}


def _number(value: float | None, unit: str) -> str:
    if value is None:
        return "–"
    digits = 0 if abs(value) >= 1000 else 1 if abs(value) >= 100 else 2
    return f"{value:,.{digits}f} {unit}"
