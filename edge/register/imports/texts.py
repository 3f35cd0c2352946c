"""CSV as schools have it: `;`, `,` or tabs; UTF-8 with or without a mark, UTF-16, or cp1251.

Never fails over a letter: what no encoding explains is shown as a replacement sign.
"""

from __future__ import annotations

import codecs
import csv
import io
import itertools
from contextlib import suppress

from edge.errors import GiveUp
from edge.register.imports.sheets import ROWS_LIMIT, Sheet, bounded, sheet_of

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_LOOK_AHEAD = 50
"""Rows from which the separator is guessed."""
_LOOK_AHEAD_SIZE = 2**18
"""Characters of them at most: a quote that never closes is not followed to the file's end."""


def decoded(data: bytes) -> str:
    """The text of a file, by its byte order mark, else as UTF-8, else as cp1251."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, errors="replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1251", errors="replace")


def read_csv(data: bytes) -> Sheet:
    """The one sheet of a CSV; raises `GiveUp` where it is too large."""
    text = decoded(data)
    first, _, rest = text.partition("\n")
    separator = ""
    if first.lower().startswith("sep=") and len(first.strip()) == len("sep=;"):
        separator, text = first.strip()[-1], rest
    rows: list[list[str]] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator or _separator(text))
    try:
        for row in reader:
            rows.append(row)
            if len(rows) > ROWS_LIMIT:
                bounded(len(rows), 1)
    except csv.Error as error:
        raise GiveUp(f"Line {reader.line_num} of the file is no CSV: {error}.", fix="Save it anew as CSV.") from error
    return sheet_of("", rows)


def _separator(text: str) -> str:
    """The one that cuts most of the first rows into an equal number of cells, more than one; quotes are heeded."""
    head = text[:_LOOK_AHEAD_SIZE]
    return max((";", "\t", ","), key=lambda separator: _agreement(head, separator))


def _agreement(head: str, separator: str) -> int:
    reader = csv.reader(io.StringIO(head, newline=""), delimiter=separator)
    widths: list[int] = []
    with suppress(csv.Error):
        widths.extend(len(row) for row in itertools.islice(reader, _LOOK_AHEAD))
    return max((widths.count(width) * 10 + min(width, 9) for width in widths if width > 1), default=0)
