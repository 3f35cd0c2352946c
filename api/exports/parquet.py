"""Tables as Parquet, for programs that compute.

The library is loaded with the first file that is asked for, so that a gateway at rest does not carry it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import islice
from typing import TYPE_CHECKING, Any, BinaryIO

from api.exports.book import Book
from edge.register.exports.table import Cell, Column, Type

if TYPE_CHECKING:
    import pyarrow as pa

GROUP_ROWS = 50_000
"""Rows of one row group: about 20 MB of the widest table in memory."""


def write_parquet(book: Book, file: BinaryIO) -> None:
    """The book's first table: typed columns by their names for programs, the rest as the file's metadata."""
    import pyarrow as pa  # noqa: PLC0415 - 50 MB that a gateway at rest does without
    import pyarrow.parquet as pq  # noqa: PLC0415 - as above

    table = book.tables[0]
    columns = table.described()
    told = {"labedge.export": book.code, "labedge.title": book.title, "labedge.timezone": book.timezone}
    told |= {f"labedge.about.{key}": value for key, value in book.about.items()}
    schema = pa.schema([pa.field(column.name, _type(column)) for column in columns], metadata=told)
    with pq.ParquetWriter(file, schema, compression="zstd", version="2.6") as writer:
        for rows in _groups(table.rows):
            cells = [
                pa.array([_plain(column, row[number]) for row in rows], schema.field(number).type)
                for number, column in enumerate(columns)
            ]
            writer.write_table(pa.Table.from_arrays(cells, schema=schema))


def _groups(rows: Iterable[Sequence[Cell]]) -> Iterator[list[Sequence[Cell]]]:
    left = iter(rows)
    while group := list(islice(left, GROUP_ROWS)):
        yield group


def _type(column: Column) -> pa.DataType:
    import pyarrow as pa  # noqa: PLC0415 - as above

    return {
        Type.WHOLE: pa.int64(),
        Type.HOURS: pa.int64(),
        Type.NUMBER: pa.float64(),
        Type.AMOUNT: pa.float64(),
        Type.SHARE: pa.float64(),
        Type.FLAG: pa.bool_(),
        Type.DAY: pa.date32(),
        Type.INSTANT: pa.timestamp("ns", "UTC"),
    }.get(column.type, pa.string())


_AS_TEXT = frozenset({Type.ANY, Type.TEXT, Type.WORD})


def _plain(column: Column, cell: Cell) -> Any:
    """A cell as its column's type takes it; what is withheld or no number is null."""
    if cell is None or (isinstance(cell, float) and not math.isfinite(cell)):
        return None
    if column.type in _AS_TEXT:
        return cell.isoformat() if isinstance(cell, date) else str(cell)
    return None if column.type is Type.AMOUNT and isinstance(cell, str) else cell
