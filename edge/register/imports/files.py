"""A file of any kind that is read, as sheets: told by its first bytes, not by its name.

The one place that joins the readers.
"""

from __future__ import annotations

from edge.errors import GiveUp
from edge.register.imports.sheets import FILE_LIMIT, Sheet
from edge.register.imports.texts import read_csv

_ZIP = b"PK\x03\x04"
_OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_NOT_TABLES = {b"%PDF": "PDF", b"\x89PNG": "picture", b"\xff\xd8\xff": "picture", b"{\\rtf": "RTF document"}


def is_calendar(data: bytes) -> bool:
    """Whether a file is an iCalendar."""
    return data[:512].lstrip(b"\xef\xbb\xbf \r\n").upper().startswith(b"BEGIN:VCALENDAR")


def read_sheets(data: bytes) -> tuple[Sheet, ...]:
    """Every sheet that holds anything; raises `GiveUp` with what to do where it cannot be read."""
    from edge.register.imports import workbooks  # noqa: PLC0415 - openpyxl takes a tenth of a gateway's start

    check_size(data)
    for mark, what in _NOT_TABLES.items():
        if data.startswith(mark):
            raise GiveUp(f"The file is a {what}, no table.", fix="Ask for the table as .xlsx, .xls, CSV or iCalendar.")
    if data.startswith(_ZIP):
        sheets = workbooks.read_xlsx(data)
    elif data.startswith(_OLD):
        sheets = workbooks.read_xls(data)
    else:
        sheets = (read_csv(data),)
    filled = tuple(sheet for sheet in sheets if any(any(row) for row in sheet.rows))
    if not filled:
        raise GiveUp("The file holds no cell with text.", fix="Take the file that has the table.")
    return filled


def check_size(data: bytes) -> None:
    """Raise `GiveUp` where a file is larger than any school's."""
    if len(data) > FILE_LIMIT:
        raise GiveUp(
            f"The file has {len(data) >> 20} MiB; {FILE_LIMIT >> 20} are read at most.",
            fix="Save only the sheet that is meant.",
        )
