"""Workbooks, new (.xlsx) and old (.xls), as sheets of texts.

Reads values, never formulas; unpacks nothing beyond its limit.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Literal
from xml.etree.ElementTree import ParseError

import openpyxl
import xlrd
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.worksheet import Worksheet
from xlrd.biffh import XLRDError
from xlrd.compdoc import CompDocError
from xlrd.sheet import Cell

from edge.errors import GiveUp
from edge.register.imports.sheets import SHEETS_LIMIT, UNPACKED_LIMIT, Sheet, bounded, sheet_of

_NO_WORKBOOK = (
    InvalidFileException, zipfile.BadZipFile, ParseError, XLRDError, CompDocError, struct.error,
    LookupError, ValueError, AttributeError, TypeError, AssertionError, ArithmeticError, EOFError, OSError,
    NotImplementedError,
)  # fmt: skip
"""What the two libraries raise on files that are damaged: neither promises one kind of error."""


def read_xlsx(data: bytes) -> tuple[Sheet, ...]:
    """Every sheet with cells; raises `GiveUp` where it is no workbook or too large."""
    _guard_unpacking(data)
    return _guarded(lambda: tuple(_xlsx_sheets(data)))


def read_xls(data: bytes) -> tuple[Sheet, ...]:
    """Every sheet with cells of an old workbook; raises `GiveUp` where it is none or too large."""
    return _guarded(lambda: tuple(_xls_sheets(data)))


def _guarded(read: Callable[[], tuple[Sheet, ...]]) -> tuple[Sheet, ...]:
    try:
        return read()
    except _NO_WORKBOOK as error:
        raise GiveUp(
            f"The workbook cannot be read: {type(error).__name__}: {error}.",
            fix="Open it in a spreadsheet program and save it as .xlsx or CSV.",
        ) from error


def _guard_unpacking(data: bytes) -> None:
    """Unpack each part only as far as the limit, whatever size its header tells."""
    left = UNPACKED_LIMIT
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for part in archive.infolist():
                with archive.open(part) as stream:
                    while chunk := stream.read(2**20):
                        left -= len(chunk)
                        if left < 0:
                            raise GiveUp(
                                f"The workbook unpacks to more than {UNPACKED_LIMIT >> 20} MiB.",
                                fix="Save only the sheet that is meant, as .xlsx or CSV.",
                            )
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        raise GiveUp(f"The workbook cannot be unpacked: {error}.", fix="Save it anew as .xlsx or CSV.") from error


def _xlsx_sheets(data: bytes) -> Iterator[Sheet]:
    workbook = openpyxl.load_workbook(io.BytesIO(data), data_only=True, keep_links=False)
    for sheet in workbook.worksheets[:SHEETS_LIMIT]:
        if isinstance(sheet, Worksheet) and sheet.sheet_state == "visible":
            bounded(sheet.max_row, sheet.max_column)
            rows = [[text_of(value) for value in row] for row in sheet.iter_rows(values_only=True)]
            spans = tuple((m.min_row - 1, m.max_row - 1, m.min_col - 1, m.max_col - 1) for m in sheet.merged_cells)
            yield sheet_of(str(sheet.title), rows, spans)


def _xls_sheets(data: bytes) -> Iterator[Sheet]:
    # The library's own log of damages would go to the standard output.
    workbook = xlrd.open_workbook(file_contents=data, formatting_info=True, logfile=io.StringIO())
    for sheet in workbook.sheets()[:SHEETS_LIMIT]:
        if sheet.visibility == 0:
            bounded(sheet.nrows, sheet.ncols)
            rows = [[_xls_text(cell, workbook.datemode) for cell in sheet.row(row)] for row in range(sheet.nrows)]
            spans = tuple((top, bottom - 1, left, right - 1) for top, bottom, left, right in sheet.merged_cells)
            yield sheet_of(sheet.name, rows, spans)


def _xls_text(cell: Cell, datemode: Literal[0, 1]) -> str:
    if cell.ctype == xlrd.XL_CELL_DATE:
        days = float(cell.value)
        whole = xlrd.xldate_as_datetime(days, datemode)
        return text_of(whole.time() if days < 1 else whole)
    if cell.ctype in {xlrd.XL_CELL_ERROR, xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK}:
        return ""
    return text_of(cell.value)


def text_of(value: object) -> str:
    """A cell's value as a person would type it: `34` for 34.0, `2026-09-01`, `09:25`."""
    if isinstance(value, datetime):
        midnight = value.time() == time(0)
        return value.date().isoformat() if midnight else value.isoformat(sep=" ", timespec="minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return value.isoformat(timespec="minutes")
    if isinstance(value, timedelta):
        minutes = round(value.total_seconds()) // 60
        return f"{minutes // 60:02}:{minutes % 60:02}"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value)
