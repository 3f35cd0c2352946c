"""Books as XLSX: real numbers and dates, one sheet a table, and a sheet that says what it all is.

Writes no formula, and holds no row longer than it takes to write it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import BinaryIO
from zipfile import ZipFile

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from api.exports.book import Book
from api.exports.delimited import NS_PER_HOUR
from api.exports.localtime import clock_of
from api.exports.rapid import RapidSheet, flag_tail, number_tail, text_tail
from edge.errors import GiveUp
from edge.register.exports.table import Cell, Column, Table, Type, quoted

ROWS_LIMIT = 1_048_575
"""Rows under the headers: what a sheet of Excel has."""

TEXT_LIMIT = 32_767
"""Characters of a cell: what Excel opens without a warning."""

EXACT_LIMIT = 10**15
"""Whole numbers from here on have more digits than Excel keeps, and are written as texts."""

_MADE = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
"""The workbook's own date, fixed so that equal books are equal files."""

_DAY_ZERO = date(1899, 12, 30).toordinal()
"""What Excel counts days from."""

_FIRST_DAY = date(1900, 3, 1)
"""Excel counts a day that never was, 1900-02-29: days before this one are written as texts."""

_KEPT = 1_024
"""Texts and days of a column of which is remembered how they are written."""

_WIDTH, _WIDE = 18, 46
_FORMATS: Mapping[str, dict[str, object]] = {
    "head": {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1},
    "text": {"quote_prefix": True},
    "whole": {"num_format": "#,##0"},
    "share": {"num_format": "0.0%"},
    "hours": {"num_format": "#,##0.00"},
    "day": {"num_format": "dd.mm.yyyy"},
    "instant": {"num_format": "dd.mm.yyyy hh:mm:ss"},
}
_FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\", " "))
"""What a sheet's name may not have."""


@dataclass(frozen=True, slots=True)
class _Pen:
    """What a cell is written with: formats by name, and the local time of an instant."""

    formats: Mapping[str, Format]
    local: Callable[[int], datetime]


def write_workbook(book: Book, file: BinaryIO) -> None:
    """Every table as a sheet, then what is told about them; raises `GiveUp` where a table has too many rows."""
    with xlsxwriter.Workbook(file, {"constant_memory": True}) as workbook:
        workbook.set_properties({"title": book.title, "created": _MADE})
        pen = _Pen({name: workbook.add_format(words) for name, words in _FORMATS.items()}, clock_of(book.timezone))
        for table in book.tables:
            _fill(workbook.add_worksheet(_sheet_name(table.name), worksheet_class=RapidSheet), table, pen)
        _tell(workbook.add_worksheet(_sheet_name(book.about_title)), book.about, pen)
    _same_everywhere(file)


def _same_everywhere(file: BinaryIO) -> None:
    """Take out of the archive what the process that wrote it allows others to do with its files."""
    with ZipFile(file, "a") as archive:
        for entry in archive.infolist():
            entry.external_attr = 0o600 << 16
        archive.comment = b""  # so that the list of entries is written anew


def _sheet_name(name: str) -> str:
    return name.translate(_FORBIDDEN).strip("' ")[:31] or "1"


def _tell(sheet: Worksheet, about: Mapping[str, str], pen: _Pen) -> None:
    sheet.set_column(0, 0, _WIDTH * 2)
    sheet.set_column(1, 1, _WIDE * 2)
    for number, (key, value) in enumerate(about.items()):
        sheet.write_string(number, 0, _cut(quoted(key, "")), pen.formats["head"])
        sheet.write_string(number, 1, _cut(quoted(value, "")), pen.formats["text"])


def _fill(sheet: Worksheet, table: Table, pen: _Pen) -> None:
    columns = table.described()
    for number, column in enumerate(columns):
        sheet.set_column(number, number, _WIDE if column.type is Type.TEXT else _WIDTH)
    sheet.freeze_panes(1, 0)
    sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})
    for number, header in enumerate(table.headers):
        sheet.write_string(0, number, _cut(quoted(header, "")), pen.formats["head"])
    write = _rapidly(sheet, columns, pen)
    row = 0
    for row, cells in enumerate(table.rows, 1):
        if row > ROWS_LIMIT:
            raise GiveUp(
                f"The sheet {table.name} would have more than {ROWS_LIMIT} rows.",
                fix="Ask for a shorter time, or for csv or parquet.",
            )
        if write is None or not write(row, cells):
            for number, cell in enumerate(cells):
                if cell is not None and cell != "":
                    _write(sheet, (row, number), columns[number], cell, pen)
    if table.headers:
        sheet.autofilter(0, 0, row, len(table.headers) - 1)


def _rapidly(sheet: Worksheet, columns: Sequence[Column], pen: _Pen) -> Callable[[int, Sequence[Cell]], bool] | None:
    """Writes a row in one piece, or tells that the library has to; None where it always has to."""
    if not isinstance(sheet, RapidSheet) or any(column.type is Type.INSTANT for column in columns):
        return None
    makers = [_tails(column, pen) for column in columns]

    def write(row: int, cells: Sequence[Cell]) -> bool:
        sheet.begin_row(row)
        tails: list[str] = []
        for make, cell in zip(makers, cells, strict=True):
            tail = "" if cell is None or cell == "" else make(cell)
            if tail is None:
                return False
            tails.append(tail)
        sheet.write_row_of(row, tails)
        return True

    return write


def _tails(column: Column, pen: _Pen) -> Callable[[str | float | date], str | None]:
    """What stands behind the reference of each cell of a column; what is told many times is remembered."""
    words, formats = column.words, pen.formats

    @lru_cache(_KEPT)
    def text(cell: str) -> str | None:
        return text_tail(_plain(quoted(words.get(cell, cell), "")), formats["text"])

    @lru_cache(_KEPT)
    def day(cell: date) -> str | None:
        if cell < _FIRST_DAY:
            return text_tail(cell.isoformat(), formats["text"])
        return number_tail(cell.toordinal() - _DAY_ZERO, formats["day"])

    number = _number_tails(column, pen)

    def tail(cell: str | float | date) -> str | None:
        if isinstance(cell, str):
            return text(cell)
        if isinstance(cell, bool):
            return flag_tail(cell)
        return day(cell) if isinstance(cell, date) else number(cell)

    return tail


def _number_tails(column: Column, pen: _Pen) -> Callable[[float], str | None]:
    """The same of each number of a column."""
    hours, form = column.type is Type.HOURS, pen.formats.get(column.type.value)

    def tail(cell: float) -> str | None:
        if not math.isfinite(cell):
            return ""
        if hours:
            return number_tail(cell / NS_PER_HOUR, form)
        if isinstance(cell, int) and abs(cell) >= EXACT_LIMIT:
            return text_tail(str(cell), pen.formats["text"])
        return number_tail(cell, form)

    return tail


def _write(sheet: Worksheet, at: tuple[int, int], column: Column, cell: Cell, pen: _Pen) -> None:
    if isinstance(cell, str):
        text = quoted(column.words.get(cell, cell), "")
        sheet.write_string(at[0], at[1], _cut(text) if len(text) > TEXT_LIMIT else _plain(text), pen.formats["text"])
    elif isinstance(cell, bool):
        sheet.write_boolean(*at, cell)
    elif isinstance(cell, date):
        _write_day(sheet, at, cell, pen)
    elif cell is not None and math.isfinite(cell):
        _write_number(sheet, at, column, cell, pen)


def _write_number(sheet: Worksheet, at: tuple[int, int], column: Column, cell: float, pen: _Pen) -> None:
    kind = column.type
    if kind is Type.INSTANT:
        sheet.write_datetime(*at, pen.local(int(cell)), pen.formats["instant"])
    elif kind is Type.HOURS:
        sheet.write_number(*at, cell / NS_PER_HOUR, pen.formats["hours"])
    elif isinstance(cell, int) and abs(cell) >= EXACT_LIMIT:
        sheet.write_string(*at, str(cell), pen.formats["text"])
    else:
        sheet.write_number(*at, cell, pen.formats.get(kind.value))


def _write_day(sheet: Worksheet, at: tuple[int, int], day: date, pen: _Pen) -> None:
    if day < _FIRST_DAY:
        sheet.write_string(*at, day.isoformat(), pen.formats["text"])
    else:
        sheet.write_number(*at, day.toordinal() - _DAY_ZERO, pen.formats["day"])


def _plain(text: str) -> str:
    """A text that the library does not take for its own markup, which it would write unescaped."""
    return f"{text} " if text.startswith("<r>") and text.endswith("</r>") else text


def _cut(text: str) -> str:
    return _plain(text) if len(text) <= TEXT_LIMIT else text[: TEXT_LIMIT - 1] + "…"
