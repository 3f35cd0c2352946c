"""Tables as CSV and XLSX; the same table always gives the same bytes.

Writes no formula: a text that looks like one stays a text.
"""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from enum import Enum

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from edge.register.exports.table import FORMULA, Cell, Table, quoted

_MADE = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
"""The workbook's own date, fixed so that equal tables are equal files."""

_WIDTH = 18


class Flavour(Enum):
    """Which CSV: for Excel as it is set up in Russia, or RFC 4180 for programs."""

    RUSSIAN_EXCEL = "russian_excel"
    RFC4180 = "rfc4180"


def csv_bytes(table: Table, flavour: Flavour) -> bytes:
    """`;`, days as 01.09.2026, quoted texts and a byte order mark for Excel; `,` and ISO days for programs."""
    russian = flavour is Flavour.RUSSIAN_EXCEL
    stream = io.StringIO(newline="")
    if russian:
        writer = csv.writer(stream, delimiter=";", quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
    else:
        writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(table.headers)
    for row in table.rows:
        writer.writerow([_csv_cell(cell, russian=russian) for cell in row])
    return stream.getvalue().encode("utf-8-sig" if russian else "utf-8")


def _csv_cell(cell: Cell, *, russian: bool) -> str | int:
    if isinstance(cell, date):
        return f"{cell:%d.%m.%Y}" if russian else cell.isoformat()
    if isinstance(cell, str):
        return quoted(cell, FORMULA)
    return "" if cell is None else cell


def xlsx_bytes(table: Table) -> bytes:
    """A workbook with real numbers and days, written row by row, and a sheet that says what it is."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"constant_memory": True}) as workbook:
        workbook.set_properties({"title": table.name, "created": _MADE})
        bold, day = workbook.add_format({"bold": True}), workbook.add_format({"num_format": "dd.mm.yyyy"})
        text = workbook.add_format({"quote_prefix": True})
        _fill(workbook.add_worksheet(table.name[:31]), table, bold, day, text)
        about = workbook.add_worksheet("Метаданные")
        for number, (key, value) in enumerate(table.about.items()):
            about.write_string(number, 0, key, bold)
            about.write_string(number, 1, value, text)
    return stream.getvalue()


def _fill(sheet: Worksheet, table: Table, bold: Format, day: Format, text: Format) -> None:
    sheet.set_column(0, max(len(table.headers) - 1, 0), _WIDTH)
    sheet.freeze_panes(1, 0)
    for column, header in enumerate(table.headers):
        sheet.write_string(0, column, header, bold)
    for number, row in enumerate(table.rows, 1):
        for column, cell in enumerate(row):
            if isinstance(cell, date):
                sheet.write_datetime(number, column, datetime(cell.year, cell.month, cell.day), day)  # noqa: DTZ001 - a day has no zone
            elif isinstance(cell, int):
                sheet.write_number(number, column, cell)
            elif cell:
                sheet.write_string(number, column, quoted(cell, ""), text)
