"""A template that is a CSV file: its places found, checked and filled, in its own separator and encoding.

No cell that is filled becomes a formula.
"""

from __future__ import annotations

import csv
import re
from datetime import date
from io import StringIO
from typing import BinaryIO

from openpyxl.utils.cell import column_index_from_string

from api.exports.delimited import decimal
from api.exports.forms.filling import Blank, Entry, Filled
from edge.errors import GiveUp
from edge.register.exports.table import FORMULA, quoted

_CELL = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})")
_ENCODINGS = ("utf-8-sig", "cp1251")


class CsvTemplate:
    """See `api.exports.forms.template.Template`."""

    def __init__(self, content: bytes) -> None:
        """Read the template; raises `GiveUp` where it is no text."""
        self._encoding, text = _decoded(content)
        first = text.split("\n", 1)[0]
        self._russian = first.count(";") >= first.count(",")
        self._delimiter = ";" if self._russian else ","
        self._rows = list(csv.reader(StringIO(text, newline=""), delimiter=self._delimiter))
        self._width = max(map(len, self._rows), default=0)

    def lacks(self, at: str) -> Blank | None:
        """Why nothing can be written to a place; None where it can."""
        return Blank.NO_SUCH_PLACE if self._place(at) is None else None

    def where(self, at: str) -> str:
        """The cell that a place means."""
        return at.upper()

    def fill(self, entries: list[Entry], file: BinaryIO) -> None:
        """Write every entry that has a value, and the table to `file`."""
        for entry in entries:
            place = self._place(entry.place.at)
            if place is not None and entry.value is not None:
                line = self._rows[place[0]]
                line += [""] * (place[1] + 1 - len(line))  # Excel leaves out what is empty at a line's end
                line[place[1]] = self._text(entry.value)
        stream = StringIO(newline="")
        csv.writer(stream, delimiter=self._delimiter, lineterminator="\r\n").writerows(self._rows)
        file.write(stream.getvalue().encode(self._encoding, errors="replace"))

    def _place(self, at: str) -> tuple[int, int] | None:
        found = _CELL.fullmatch(at.upper())
        if found is None:
            return None
        row, column = int(found[2]) - 1, column_index_from_string(found[1]) - 1
        return (row, column) if row < len(self._rows) and column < self._width else None

    def _text(self, value: Filled) -> str:
        if isinstance(value, str):
            return quoted(value, FORMULA)
        if isinstance(value, date):
            return f"{value:%d.%m.%Y}" if self._russian else value.isoformat()
        return decimal(value).replace(".", ",") if self._russian else decimal(value)


def _decoded(content: bytes) -> tuple[str, str]:
    for encoding in _ENCODINGS:
        try:
            return (
                encoding if content.startswith(b"\xef\xbb\xbf") or encoding != "utf-8-sig" else "utf-8"
            ), content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise GiveUp("The template is no text in UTF-8 or Windows-1251.", fix="Save it as CSV UTF-8 in Excel.")
