"""Tables as CSV: RFC 4180 for programs, and the flavour that Excel reads as it is set up in Russia.

No cell can begin a formula: an apostrophe stands before what would.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Callable
from datetime import date, datetime
from io import TextIOWrapper
from typing import BinaryIO

from api.exports.book import Book
from api.exports.localtime import clock_of
from api.instants import format_instant
from edge.register.exports.table import FORMULA, Cell, Column, Type, quoted
from telemetry.model import NS_PER_S

NS_PER_HOUR = 3600 * NS_PER_S


def write_rfc4180(book: Book, file: BinaryIO) -> None:
    """The book's first table: `,`, CRLF, names for programs, ISO days, instants with `Z`, whole nanoseconds."""
    table = book.tables[0]
    columns = table.described()
    text = TextIOWrapper(file, "utf-8", newline="", write_through=True)
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([quoted(column.name, FORMULA) for column in columns])
    for row in table.rows:
        writer.writerow([_plain(column, cell) for column, cell in zip(columns, row, strict=True)])
    text.detach()


def write_russian(book: Book, file: BinaryIO) -> None:
    """The book's first table: `;`, decimal comma, byte order mark, CRLF, every text quoted, local times."""
    table, local = book.tables[0], clock_of(book.timezone)
    columns = table.described()
    text = TextIOWrapper(file, "utf-8-sig", newline="", write_through=True)
    text.write(";".join(map(_text, table.headers)) + "\r\n")
    for row in table.rows:
        cells = (_russian(column, cell, local) for column, cell in zip(columns, row, strict=True))
        text.write(";".join(cells) + "\r\n")
    text.detach()


def _plain(column: Column, cell: Cell) -> str | int | float:
    if cell is None or (isinstance(cell, float) and not math.isfinite(cell)):
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, str):
        return quoted(cell, FORMULA)
    if isinstance(cell, date):
        return cell.isoformat()
    return format_instant(int(cell)) if column.type is Type.INSTANT else cell


def _russian(column: Column, cell: Cell, local: Callable[[int], datetime]) -> str:
    if cell is None or (isinstance(cell, float) and not math.isfinite(cell)):
        return ""
    if isinstance(cell, bool):
        return "ИСТИНА" if cell else "ЛОЖЬ"
    if isinstance(cell, str):
        return _text(column.words.get(cell, cell))
    if isinstance(cell, date):
        return f"{cell:%d.%m.%Y}"
    if column.type is Type.INSTANT:
        return f"{local(int(cell)):%d.%m.%Y %H:%M:%S}"
    return decimal(cell / NS_PER_HOUR if column.type is Type.HOURS else cell).replace(".", ",")


def _text(text: str) -> str:
    return '"' + quoted(text, FORMULA).replace('"', '""') + '"'


def decimal(value: float) -> str:
    """A number without an exponent, in as few digits as tell it from every other."""
    text = repr(value)
    if "e" in text:
        text = f"{value:.20f}".rstrip("0")
    return text.removesuffix(".0").removesuffix(".")
