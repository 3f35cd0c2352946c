"""A table as any program may have written it: rows of texts, whatever the file's format was.

Guards every limit on what may be read; knows nothing of timetables.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from edge.errors import GiveUp
from edge.register.imports.cells import shown
from edge.register.wording import is_unseen

FILE_LIMIT = 16 * 2**20
"""Bytes of a file: a school's whole year is less than one MiB."""

UNPACKED_LIMIT = 256 * 2**20
"""Bytes within a packed file: XML of the greatest honest sheet; a bomb has thousands of times more."""

ROWS_LIMIT = 50_000
COLUMNS_LIMIT = 1_000
CELLS_LIMIT = 2_000_000
CELL_LIMIT = 32_767
"""Characters of one cell, as in Excel; what is behind them no field may hold."""

SHEETS_LIMIT = 100


@dataclass(frozen=True, slots=True)
class Place:
    """A cell as people find it: the sheet's name, the row and column from 1; column 0 is the whole row."""

    sheet: str
    row: int
    column: int = 0

    @property
    def cell(self) -> str:
        """As a spreadsheet writes it: `C5`, or `5` for the whole row."""
        return f"{column_letters(self.column)}{self.row}"

    def __str__(self) -> str:
        return f"{self.sheet}!{self.cell}" if self.sheet else self.cell


@dataclass(frozen=True, slots=True)
class Sheet:
    """Rows of equal length, each cell a text as it is seen; merged cells all hold the text of their first.

    `merged` tells of each merged cell, by row and column from 0, which cell is its first; `unseen` of some cells, in
    their order, the characters that nobody sees and that their texts are without.
    """

    name: str
    rows: tuple[tuple[str, ...], ...]
    merged: Mapping[tuple[int, int], tuple[int, int]] = field(default_factory=lambda: MappingProxyType({}))
    unseen: Mapping[tuple[int, int], str] = field(default_factory=lambda: MappingProxyType({}))

    def origin(self, row: int, column: int) -> tuple[int, int]:
        """Where the text of a cell really stands."""
        return self.merged.get((row, column), (row, column))

    def place(self, row: int, column: int = -1) -> Place:
        """The place of a cell given by row and column from 0."""
        return Place(self.name, row + 1, column + 1)


def column_letters(column: int) -> str:
    """`A` for 1, `AA` for 27, nothing for 0."""
    letters = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def sheet_of(name: str, rows: list[list[str]], spans: tuple[tuple[int, int, int, int], ...] = ()) -> Sheet:
    """A sheet of ragged rows of texts as they stand in the file, of which `CELL_LIMIT` characters each are read.

    `spans` are merged blocks (first row, last row, first column, last column) from 0.
    """
    width = max((len(row) for row in rows), default=0)
    bounded(len(rows), width)
    square = [[*(shown(text[:CELL_LIMIT]) for text in row), *[""] * (width - len(row))] for row in rows]
    merged: dict[tuple[int, int], tuple[int, int]] = {}
    for top, bottom, left, right in spans:
        for row in range(top, min(bottom, len(square) - 1) + 1):
            for column in range(left, min(right, width - 1) + 1):
                square[row][column] = square[top][left]
                merged[row, column] = (top, left)
    return Sheet(name, tuple(map(tuple, square)), MappingProxyType(merged), MappingProxyType(_unseen(rows)))


def _unseen(rows: list[list[str]]) -> dict[tuple[int, int], str]:
    odd = (
        ((row, column), "".join(filter(is_unseen, text[:CELL_LIMIT])))
        for row, texts in enumerate(rows)
        for column, text in enumerate(texts)
        if not text.isprintable()
    )
    return {cell: held for cell, held in odd if held}


def bounded(rows: int, columns: int) -> None:
    """Raise `GiveUp` where a table is larger than any school's."""
    if rows > ROWS_LIMIT or columns > COLUMNS_LIMIT or rows * columns > CELLS_LIMIT:
        raise GiveUp(
            f"The table has {rows} rows and {columns} columns; {ROWS_LIMIT} and {COLUMNS_LIMIT} are read at most.",
            fix="Delete what is empty or does not belong there, or split the file.",
        )
