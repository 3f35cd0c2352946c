"""A table before it is a file: headers, and rows of texts, numbers and days.

Knows no format.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

Cell: TypeAlias = str | int | date | None
"""Nothing where it is None."""

FORMULA = "=+-@\t\r"
"""What begins a formula in one spreadsheet program or another."""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of equal length under their headers; `about` goes to the sheet «Метаданные»."""

    name: str
    headers: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    about: Mapping[str, str]


def quoted(text: str, begins: str) -> str:
    """Put an apostrophe before what begins with one of `begins`, or with an apostrophe that would be read as ours."""
    ours = text[:1] == "'" and text[1:2] and text[1] in FORMULA + "'"
    return f"'{text}" if text and (text[0] in begins or ours) else text
