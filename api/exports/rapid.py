"""A worksheet of XlsxWriter that writes plain texts and numbers of a row in one piece: the same bytes in less time.

It uses what the library keeps to itself, and never writes other bytes than the library does: a test compares them, so
that a later version that keeps it otherwise is not taken unseen.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell_fast
from xlsxwriter.worksheet import Worksheet

PLAIN_LIMIT = 16_000
"""Characters of a text that is written in one piece; of longer ones the library counts the UTF-16 units."""


def text_tail(text: str, form: Format) -> str | None:
    """The cell of a text behind its reference; None for one that the library has to write."""
    if not text.isprintable() or "_x" in text or len(text) > PLAIN_LIMIT:
        return None
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    space = ' xml:space="preserve"' if text[0] == " " or text[-1] == " " else ""
    return f'" s="{_index(form)}" t="inlineStr"><is><t{space}>{escaped}</t></is></c>'


def number_tail(number: float, form: Format | None) -> str:
    """The cell of a number behind its reference."""
    return f'"><v>{number:.16G}</v></c>' if form is None else f'" s="{_index(form)}"><v>{number:.16G}</v></c>'


def flag_tail(flag: bool) -> str:  # noqa: FBT001 - a cell's value
    """The cell of a flag behind its reference."""
    return f'" t="b"><v>{flag:d}</v></c>'


_name = cache(xl_col_to_name)


def _index(form: Format) -> int:
    """The number of a format, which the library gives in the order in which cells ask for it."""
    return int(form._get_xf_index())  # noqa: SLF001 - as the library does


class RapidSheet(Worksheet):  # type: ignore[misc]  # the library comes without types
    """See `xlsxwriter.worksheet.Worksheet`; only for workbooks with `constant_memory`."""

    def begin_row(self, row: int) -> None:
        """Write what is kept of the row before, so that formats are numbered in the order of cells."""
        if row > self.previous_row:
            self._write_single_row(row)

    def write_row_of(self, row: int, tails: Sequence[str]) -> None:
        """Write all cells of a row that was begun, column by column; "" stands for no cell."""
        filled = [column for column, tail in enumerate(tails) if tail]
        if not filled:
            return
        number = row + 1
        cells = "".join([f'<c r="{_name(column)}{number}{tails[column]}' for column in filled])
        self.fh.write(f'<row r="{number}">{cells}</row>')
        self._check_dimensions(row, filled[0])
        self._check_dimensions(row, filled[-1])

    def _write_cell(self, row: int, col: int, cell: Any) -> None:
        """Write a text without control signs, or a number, that has a format; leave all else to the library."""
        kind = type(cell).__name__
        if kind == "String" and cell.format and cell.string.isprintable() and "_x" not in cell.string:
            text = cell.string.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
            space = ' xml:space="preserve"' if text[0] == " " or text[-1] == " " else ""
            self.fh.write(
                f'<c r="{xl_rowcol_to_cell_fast(row, col)}" s="{cell.format._get_xf_index()}" t="inlineStr">'  # noqa: SLF001 - as the library does
                f"<is><t{space}>{text}</t></is></c>"
            )
        elif kind in {"Number", "Datetime"} and cell.format:
            index = cell.format._get_xf_index()  # noqa: SLF001 - as the library does
            self.fh.write(f'<c r="{xl_rowcol_to_cell_fast(row, col)}" s="{index}"><v>{cell.number:.16G}</v></c>')
        else:
            super()._write_cell(row, col, cell)
