"""CSV lines as rows of a table: the separator, the heading that may come again or cut, rows that do not fit.

Remembers one heading and one that waits for a row to fit it; never takes a line of text for a heading on its own word,
and of two different headings with no row between them the second is noise until a row proves it.

    _ms,light,temp_c,button     a heading whose begin was cut: waits for a row
    0,977,427.52,0              fits: from here on the columns have names
    2008,977,42time_ms,light    neither a row of four numbers nor a heading: noise
    time_ms,light,temp_c,button the heading again
"""

from __future__ import annotations

import csv
import re
from math import isfinite

from drivers.lines.protocol import Heading, Said, row_of
from drivers.lines.quantities import number, spelled
from drivers.lines.settings import LinesSettings, Separator

_NAME = re.compile(r"[^\W\d][^:={}<>#?!]{0,63}|_\w{0,63}")
_NAME_AND_UNIT = re.compile(r"([^\[\]()]+?)\s*[\[(]([^\[\]()]{1,16})[\])]")


class Table:
    """The state of one CSV stream."""

    def __init__(self, settings: LinesSettings) -> None:
        self._settings = settings
        self._given = tuple(column.name for column in settings.columns)
        self._columns: tuple[tuple[str, str], ...] = ()
        self._waiting: tuple[str, ...] = ()
        self._waiting_cut = False

    def forget(self) -> None:
        """Forget the heading: another sketch may run."""
        self._columns = self._waiting = ()

    def first(self, text: str) -> Said:
        """The first line after opening: it may have lost its begin, so it can only be a heading."""
        heading = self._heading(self._split(text))
        self._waiting_cut = heading is not None
        return heading

    def read(self, text: str) -> Said:
        """One line."""
        cells = self._split(text)
        values = self._values(cells)
        if values is None:
            heading = self._heading(cells)
            self._waiting_cut = False
            return heading
        columns = self._columns_for(values)
        if columns is None:
            return None
        return row_of(
            (name, value, unit or given)
            for (name, given), (value, unit) in zip(columns, values[: len(columns)], strict=True)
        )

    def _split(self, text: str) -> list[str]:
        separator = self._separator(text)
        if separator is Separator.BLANK:
            return text.split()
        if '"' not in text:
            return text.split(separator)
        try:
            return next(csv.reader([text], delimiter=separator), [""])
        except csv.Error:
            return [""]

    def _separator(self, text: str) -> Separator:
        if self._settings.separator is not Separator.AUTO:
            return self._settings.separator
        found = (s for s in (Separator.TAB, Separator.SEMICOLON, Separator.COMMA) if s in text)
        comma = Separator.COMMA if self._settings.decimal == "." else Separator.SEMICOLON
        separator = next((s for s in found if s is not Separator.COMMA or comma is s), comma)
        return Separator.BLANK if separator not in text and _all_numbers(text) else separator

    def _values(self, cells: list[str]) -> list[tuple[float | str | None, str]] | None:
        """Each cell as number and unit, its text where it is none, `None` where it is empty; `None` without numbers."""
        decimal = self._settings.decimal
        if decimal == "." and not any("_" in cell for cell in cells):
            try:
                return [(float(cell), "") for cell in cells]
            except ValueError:  # a unit, an empty cell, a text: the slow way tells
                pass
        stripped = [cell.strip() for cell in cells]
        values: list[tuple[float | str | None, str]]
        values = [(number(cell, decimal) or (cell, "")) if cell else (None, "") for cell in stripped]
        return values if any(isinstance(value, float) for value, _ in values) else None

    def _heading(self, cells: list[str]) -> Heading | None:
        names = tuple(cell.strip() for cell in cells)
        while names and not names[-1]:
            names = names[:-1]
        if not names or not all(_NAME.fullmatch(name) and number(name) is None for name in names):
            return None
        if len(names) == 1 and " " in names[0]:
            return None
        again = self._waiting == names and len(names) > 1
        noise = bool(self._waiting) and not self._waiting_cut and not again
        self._waiting = names
        return None if noise else Heading(names)

    def _columns_for(self, values: list[tuple[float | str | None, str]]) -> tuple[tuple[str, str], ...] | None:
        """Name and unit of each column, `None` where the row does not fit; a trailing separator is no cell."""
        count = len(values)
        trailing = values[-1][0] is None
        if self._waiting:
            waiting, self._waiting = self._waiting, ()
            if len(waiting) in {count, count - trailing}:
                self._columns = self._named(waiting)
            elif self._waiting_cut and len(waiting) < count:
                missing = range(1, count - len(waiting) + 1)
                self._columns = self._named((*(f"column_{n}" for n in missing), *waiting))
        if not self._columns:
            given = self._given if len(self._given) in {count, count - trailing} else ()
            self._columns = self._named(given or tuple(f"column_{n}" for n in range(1, count + 1)))
        fits = len(self._columns) in {count, count - trailing}
        return self._columns if fits else None

    def _named(self, names: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
        """The columns of a heading: units out of brackets, and the begin of a cut first name put back if known."""
        first, *others = names
        known = [name for name in (*self._given, self._settings.time_column) if first and name.endswith(first)]
        whole = known[0] if self._waiting_cut and known and first not in known else first
        self._waiting_cut = False
        return tuple(_name_and_unit(name) for name in (whole, *others))


def _name_and_unit(name: str) -> tuple[str, str]:
    found = _NAME_AND_UNIT.fullmatch(name)
    return (found[1], spelled(found[2])) if found else (name, "")


def _all_numbers(text: str) -> bool:
    words = text.split()
    return len(words) > 1 and all((value := number(word)) is not None and isfinite(value[0]) for word in words)
