"""A book: one or several tables and what is told about them, before it is a file.

Knows no format and no place on disk.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from edge.register.exports.table import Table


@dataclass(frozen=True, slots=True)
class Book:
    """Tables under one title; `timezone` is the one of its local times.

    `code` is the export's name; its file is called so, with `file` behind it where there is one. A format of one table
    takes the first. `printed` makes the HTML of a book that is a report.
    """

    code: str
    title: str
    tables: tuple[Table, ...]
    timezone: str = "UTC"
    about: Mapping[str, str] = field(default_factory=dict)
    about_title: str = "Метаданные"
    printed: Callable[[], str] | None = None
    file: str = ""

    @property
    def file_name(self) -> str:
        """What its file is called, without a suffix."""
        return f"{self.code}-{self.file}" if self.file else self.code


def book_of(table: Table, *, timezone: str = "UTC", about_title: str = "Метаданные") -> Book:
    """A book of one table, with what the table tells about itself."""
    return Book(table.code or table.name, table.name, (table,), timezone, table.about, about_title)
