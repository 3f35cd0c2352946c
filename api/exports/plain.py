"""The entries of a kind as they are in JSON, one a row: for kinds that no file brings in.

A list of words is one cell; what has parts of its own stands in its cell as JSON. No learner is in any of them.
"""

from __future__ import annotations

from collections.abc import Sequence

import orjson

from api.exports.rows import listed
from api.exports.words import header
from api.pages.texts import Texts
from api.register_views import value_view
from edge.register.contract import Row
from edge.register.entry import Entry
from edge.register.exports.table import Cell, Column, Lazily, Table, Type
from edge.register.people import Linked


def plain_table(kind: type[Entry], rows: Sequence[Row[Entry]], texts: Texts) -> Table:
    """Every entry of `rows` by its id, a column for each field of the kind."""
    hidden = {"learners"} if issubclass(kind, Linked) else set()
    fields = [name for name in kind.model_fields if name not in hidden]
    names = ("id", *fields)

    def cells(row: Row[Entry]) -> tuple[Cell, ...]:
        value = value_view(row.value)
        return (row.id, *(_cell(value[name]) for name in fields))

    return Table(
        str(texts.table.get(f"table.{kind.kind}", kind.kind)),
        tuple(header(texts, kind.kind, name) for name in names),
        Lazily(lambda: map(cells, rows)),
        {},
        tuple(Column(name, Type.ANY) for name in names),
        kind.kind,
    )


def _cell(value: object) -> Cell:
    if value is None or isinstance(value, str | int | float):
        return value
    words = value if isinstance(value, list) else [value]
    simple = all(isinstance(one, str | int) for one in words)
    return listed(words) if simple else orjson.dumps(value).decode()
