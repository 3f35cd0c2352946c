"""A template that is an XLSX workbook: its places found, checked and filled.

The authority's own formulas and looks stay; no cell that is filled becomes a formula.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO
from typing import BinaryIO
from zipfile import BadZipFile

import openpyxl
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell, MergedCell
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.workbook import Workbook
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.worksheet import Worksheet

from api.exports.forms.archive import repack
from api.exports.forms.filling import Blank, Entry, Filled
from edge.errors import GiveUp

_CELL = re.compile(r"\$?([A-Z]{1,3})\$?([1-9]\d{0,6})")
_ROWS, _COLUMNS = 1_048_576, 16_384
"""What a sheet has, written in or not."""

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
        """The cell that a place means: its address, or the name of one cell or of cells merged into one."""
        sheet, mark, address = at.rpartition("!")
        if not mark:
            return self._named(at)
        page = self._page(sheet)
        if page is None:
            return None
        found = _in(page, address)
        return _of(page.defined_names.get(address), self._page) if found is None else found

    def _named(self, name: str) -> Cell | MergedCell | None:
        """A name of the workbook, or of the only sheet that has such a name."""
        named = self._book.defined_names.get(name)
        if named is None:
            local = [one for page in self._book.worksheets if (one := page.defined_names.get(name)) is not None]
            named = local[0] if len(local) == 1 else None
        return _of(named, self._page)

    def _page(self, sheet: str) -> Worksheet | None:
        quoted = len(sheet) > 1 and sheet[0] == sheet[-1] == "'"
        title = sheet[1:-1].replace("''", "'") if quoted else sheet
        return next((page for page in self._book.worksheets if page.title == title), None)


def _of(named: DefinedName | None, page_of: Callable[[str], Worksheet | None]) -> Cell | MergedCell | None:
    """The cell of a name that means one, else none."""
    places = [] if named is None else list(named.destinations)
    if len(places) != 1:
        return None
    sheet, address = places[0]
    page = page_of(sheet)
    return None if page is None else _in(page, address)


def _in(page: Worksheet, address: str) -> Cell | MergedCell | None:
    """The cell at an address, or the first of cells that are merged into one; it is made where nobody wrote yet."""
    area = address.upper().replace("$", "")
    if ":" in area:
        if area not in {str(merged) for merged in page.merged_cells.ranges}:
            return None
        area = area.partition(":")[0]
    found = _CELL.fullmatch(area)
    if found is None:
        return None
    row, column = int(found[2]), _column(found[1])
    return page.cell(row, column) if row <= _ROWS and column <= _COLUMNS else None


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def _write(cell: Cell, value: Filled, *, share: bool) -> None:
    if isinstance(value, str):
        cell.value = ILLEGAL_CHARACTERS_RE.sub(" ", value)[:TEXT_LIMIT]
        cell.data_type = "s"  # also where the text begins like a formula
        cell.quotePrefix = True
        return
    percent = share and isinstance(value, int | float) and "%" in cell.number_format
    cell.value = value / 100 if percent and isinstance(value, int | float) else value
