"""A template that is an XLSX workbook: its places found, checked and filled.

The authority's own formulas and looks stay; no cell that is filled becomes a formula.
"""

from __future__ import annotations

import re
from io import BytesIO
from typing import BinaryIO
from zipfile import BadZipFile

import openpyxl
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell, MergedCell
from openpyxl.utils.cell import column_index_from_string
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.workbook import Workbook

from api.exports.forms.archive import repack
from api.exports.forms.filling import Blank, Entry, Filled
from edge.errors import GiveUp

_CELL = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7})")
TEXT_LIMIT = 32_767
"""Characters of a cell: what Excel opens without a warning."""


class BookTemplate:
    """See `api.exports.forms.template.Template`."""

    def __init__(self, content: bytes) -> None:
        """Read the template; raises `GiveUp` where it is no workbook."""
        try:
            self._book: Workbook = openpyxl.load_workbook(BytesIO(content))
        except (BadZipFile, InvalidFileException, KeyError, ValueError) as error:
            raise GiveUp(f"The template is no XLSX workbook: {error}.", fix="Save it as .xlsx in Excel.") from error

    def lacks(self, at: str) -> Blank | None:
        """Why nothing can be written to a place; None where it can."""
        found = self._cell(at)
        if not isinstance(found, Cell):
            return Blank.NO_SUCH_PLACE
        return Blank.HOLDS_A_FORMULA if found.data_type == "f" else None

    def where(self, at: str) -> str:
        """The cell that a place means, so that two names of one are seen; the place itself where there is none."""
        found = self._cell(at)
        return f"{found.parent.title}!{found.coordinate}" if isinstance(found, Cell) else at

    def fill(self, entries: list[Entry], file: BinaryIO) -> None:
        """Write every entry that has a value, and the workbook to `file`."""
        for entry in entries:
            found = self._cell(entry.place.at)
            if isinstance(found, Cell) and entry.value is not None:
                _write(found, entry.value, share=entry.share)
        saved = BytesIO()
        self._book.save(saved)
        repack(saved, file)

    def _cell(self, at: str) -> Cell | MergedCell | None:
        sheet, mark, address = at.rpartition("!")
        if not mark:
            named = self._book.defined_names.get(at)
            places = [] if named is None else list(named.destinations)
            if len(places) != 1:
                return None
            sheet, address = places[0]
        sheet = sheet.strip("'")
        found = _CELL.fullmatch(address.upper())
        if found is None or sheet not in self._book.sheetnames:
            return None
        page, row = self._book[sheet], int(found[2])
        try:
            column = column_index_from_string(found[1])
        except ValueError:
            return None
        # to ask for a cell outside would make it
        inside = 1 <= row <= page.max_row and column <= page.max_column
        return page.cell(row, column) if inside else None


def _write(cell: Cell, value: Filled, *, share: bool) -> None:
    if isinstance(value, str):
        cell.value = ILLEGAL_CHARACTERS_RE.sub(" ", value)[:TEXT_LIMIT]
        cell.data_type = "s"  # also where the text begins like a formula
        cell.quotePrefix = True
        return
    percent = share and isinstance(value, int | float) and "%" in cell.number_format
    cell.value = value / 100 if percent and isinstance(value, int | float) else value
