"""Books as JSON, in the shape of `schema.json` beside this file.

Cells are what programs read: codes, whole nanoseconds, instants with `Z`; nothing is rounded.
"""

from __future__ import annotations

import math
from datetime import date
from functools import cache
from pathlib import Path
from typing import BinaryIO

import orjson

from api.exports.book import Book
from api.instants import format_instant
from edge.register.exports.table import Cell, Column, Table, Type

SCHEMA = Path(__file__).parent / "schema.json"


@cache
def schema() -> bytes:
    """The JSON Schema of every book, draft 2020-12."""
    return SCHEMA.read_bytes()


def write_document(book: Book, file: BinaryIO) -> None:
    """All tables of the book, row by row."""
    head = {"format": "labedge-export", "version": 1, "export": book.code, "title": book.title}
    file.write(orjson.dumps(head | {"timezone": book.timezone, "about": dict(book.about)})[:-1])
    file.write(b',"tables":[')
    for number, table in enumerate(book.tables):
        file.write(b"," if number else b"")
        _write_table(table, file)
    file.write(b"]}")


def _write_table(table: Table, file: BinaryIO) -> None:
    columns = table.described()
    told = [
        {"name": column.name, "header": header, "type": column.type.value}
        for column, header in zip(columns, table.headers, strict=True)
    ]
    file.write(orjson.dumps({"name": table.code or table.name, "title": table.name, "columns": told})[:-1])
    file.write(b',"rows":[')
    for number, row in enumerate(table.rows):
        cells = {column.name: _plain(column, cell) for column, cell in zip(columns, row, strict=True)}
        file.write(b",\n" if number else b"\n")
        file.write(orjson.dumps(cells))
    file.write(b"]}")


def _plain(column: Column, cell: Cell) -> str | int | float | None:
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float) and not math.isfinite(cell):
        return None
    if column.type is Type.INSTANT and isinstance(cell, int):
        return format_instant(cell)
    return cell
