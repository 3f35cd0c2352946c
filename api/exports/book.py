"""A book: one or several tables and what is told about them, before it is a file.

Knows no format and no place on disk.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from edge.register.exports.table import Table


@dataclass(frozen=True, slots=True)
class Book:
    """Tables under one title; `code` is the name of its file, and `timezone` the one of its local times.

    A format of one table takes the first. `printed` makes the HTML of a book that is a report.
    """

    code: str
    title: str
    tables: tuple[Table, ...]
    timezone: str = "UTC"
    about: Mapping[str, str] = field(default_factory=dict)
    about_title: str = "Метаданные"
    printed: Callable[[], str] | None = None


def book_of(table: Table, *, timezone: str = "UTC", about_title: str = "Метаданные") -> Book:
    """A book of one table, with what the table tells about itself."""
    return Book(table.code or table.name, table.name, (table,), timezone, table.about, about_title)
