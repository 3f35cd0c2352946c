"""Several things in one cell, `Blender; Компас-3D`: read as people write them, written so that they are read back.

What holds a separator itself stands in double quotes.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence

_SEPARATORS = ";\n,"
_QUOTED = re.compile(r'(?:(?<=[;,\n])|^)\s*"(?:[^"]|"")*"')


def listed(text: str) -> tuple[str, ...]:
    """The parts of a cell: cut at `;` and line breaks, at commas where there is neither; raises `ValueError`."""
    bare = _QUOTED.sub("", text)
    separator = ";" if ";" in bare or "\n" in bare else ","
    lines = text.split("\n") if separator == ";" else [text]
    try:
        rows = list(csv.reader(lines, delimiter=separator, skipinitialspace=True, strict=True))
    except csv.Error as error:
        message = f"its list cannot be cut into parts: {error}"
        raise ValueError(message) from error
    parts = (" ".join(part.split()) for row in rows for part in row)
    return tuple(dict.fromkeys(filter(None, parts)))


def joined(parts: Sequence[str]) -> str:
    """One cell that `listed` cuts into these parts again."""
    return "; ".join(_guarded(part) for part in parts)


def _guarded(part: str) -> str:
    needs = part[:1] == '"' or any(separator in part for separator in _SEPARATORS)
    return f'"{part.replace(chr(34), chr(34) * 2)}"' if needs else part
