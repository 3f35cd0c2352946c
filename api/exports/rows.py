"""Views of the API as rows of a table, cell by cell.

Nothing here computes: instants are read back from what a view tells, lists become one text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import TypeVar

from api.exports.words import Shape
from api.instants import parse_instant
from edge.register.exports.table import Cell, Lazily, Type

V = TypeVar("V")

_KEPT = 65_536
"""Instants that are kept while rows are made: a table tells the same starts and ends many times."""

_instant = lru_cache(_KEPT)(parse_instant)


def rows_of(views: Sequence[V], shape: Shape, get: Callable[[V, str], object] = getattr) -> Lazily:
    """A row for each view, a cell for each column of the shape, which `get` takes out of a view by its name."""
    columns = tuple(shape.items())

    def rows() -> Iterator[tuple[Cell, ...]]:
        for view in views:
            yield tuple(_cell(get(view, name), kind) for name, kind in columns)

    return Lazily(rows)


def _cell(value: object, kind: Type | str) -> Cell:
    if value is None or isinstance(value, int | float):
        return value
    if isinstance(value, str):
        return _instant(value) if kind is Type.INSTANT else value
    return listed(value) if isinstance(value, Iterable) else str(value)


def listed(values: Iterable[object]) -> str:
    """Several words in one cell."""
    return " ".join(map(str, values))
