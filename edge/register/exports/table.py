"""A table before it is a file: headers, and rows of texts, numbers, days and instants.

Knows no format; `api.exports` writes it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import TypeAlias

Cell: TypeAlias = str | int | float | date | None
"""Nothing where it is None; a bool is a flag, an int of a column of instants is ns UTC."""

FORMULA = "=+-@\t\r\n＝＋－＠"
"""What begins a formula in one spreadsheet program or another; the wide ones in those of East Asia."""


class Type(StrEnum):
    """What the cells of a column are; any of them may be None."""

    ANY = "any"
    TEXT = "text"
    WORD = "word"
    WHOLE = "whole"
    NUMBER = "number"
    AMOUNT = "amount"
    SHARE = "share"
    HOURS = "hours"
    FLAG = "flag"
    DAY = "day"
    INSTANT = "instant"


@dataclass(frozen=True, slots=True)
class Column:
    """What programs call a column, and what its cells are.

    ANY: each cell speaks for itself. TEXT, or WORD: a code whose names for people are `words`. WHOLE int, NUMBER float,
    AMOUNT a number, or a text such as `<5` where it is withheld, SHARE float of 0 to 1, HOURS int ns that people see as
    hours, FLAG bool, DAY date, INSTANT int ns UTC.
    """

    name: str
    type: Type = Type.ANY
    words: Mapping[str, str] = field(default_factory=dict)


Rows: TypeAlias = Iterable[Sequence[Cell]]
"""Can be gone through more than once."""


@dataclass(frozen=True, slots=True)
class Lazily:
    """Rows that are made while they are written, anew each time."""

    make: Callable[[], Iterator[Sequence[Cell]]]

    def __iter__(self) -> Iterator[Sequence[Cell]]:
        """The rows from the first one on."""
        return self.make()


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of equal length under their headers; `about` goes to the sheet «Метаданные».

    `columns` are as many as headers, or none: then programs read the headers
    and each cell speaks for itself. `code` is what programs call the table.
    """

    name: str
    headers: tuple[str, ...]
    rows: Rows
    about: Mapping[str, str]
    columns: tuple[Column, ...] = ()
    code: str = ""

    def described(self) -> tuple[Column, ...]:
        """A column for each header."""
        return self.columns or tuple(Column(header) for header in self.headers)


def quoted(text: str, begins: str) -> str:
    """Put an apostrophe before what begins with one of `begins`, or with an apostrophe that would be read as ours."""
    ours = text[:1] == "'" and text[1:2] and text[1] in FORMULA + "'"
    return f"'{text}" if text and (text[0] in begins or ours) else text
