"""What nobody sees in the cells of a file, told with the cell from which it was left out.

Typed texts with such characters are refused; a file loses them, for no program shows where they stand. Nothing is
lost in silence, and no text of a cell is repeated: it may be a learner's.
"""

from __future__ import annotations

from collections.abc import Iterable

from edge.register.imports.records import Reader
from edge.register.imports.sheets import Place, Sheet
from edge.register.wording import is_unseen

CELLS_LIMIT = 20
"""Cells of a table that are told one by one: a file that a web page was copied into has thousands."""

CODES_LIMIT = 5
"""Characters that are named of one cell."""

_FIX = "Nothing, if the text is right without them."


def tell_cells(sheet: Sheet, reader: Reader) -> None:
    """The cells of a table that held such characters; beyond a limit how many more there are."""
    told = list(sheet.unseen.items())
    for (row, column), held in told[:CELLS_LIMIT]:
        reader.note(sheet.place(row, column), _sentence(held), fix=_FIX)
    if len(told) > CELLS_LIMIT:
        row, column = told[CELLS_LIMIT][0]
        message = f"Characters that nobody sees are left out of more cells from here on: {len(told) - CELLS_LIMIT}."
        reader.note(sheet.place(row, column), message, fix=_FIX)


def tell_texts(texts: Iterable[str], place: Place, reader: Reader) -> None:
    """That texts of one place held such characters."""
    held = "".join(character for text in texts for character in text if is_unseen(character))
    if held:
        reader.note(place, _sentence(held), fix=_FIX)


def _sentence(held: str) -> str:
    codes = [f"U+{ord(character):04X}" for character in dict.fromkeys(held)]
    more = ["…"] if len(codes) > CODES_LIMIT else []
    return f"Characters that nobody sees are left out of it: {', '.join([*codes[:CODES_LIMIT], *more])}."
