"""Numbers, days and flags of a file: each sort of cell is read into a value, and written so that it is read back.

Reading raises `ValueError` with a sentence; what to do about it is the scribe's `fix`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol, TypeVar

from edge.register.exports.table import Cell
from edge.register.imports import cells
from edge.register.imports.naming import Names
from edge.register.imports.words import Language

V = TypeVar("V", contravariant=False)
Known = Mapping[str, Names]
"""The names of everything that a cell may name: of other entries by their kind, of equipment, of tracks."""


class Scribe(Protocol[V]):
    """Reads and writes the cells of one column."""

    @property
    def fix(self) -> str:
        """What to write instead of what is not understood."""

    def read(self, text: str, known: Known) -> V:
        """The value of a cell that is not empty; raises `ValueError`."""

    def write(self, value: V, known: Known, language: Language) -> Cell:
        """The cell of a value; None or an empty text for none."""


@dataclass(frozen=True, slots=True)
class _Number:
    """The hierarchical number of an indicator."""

    fix: str = (
        "Write the number as the set has it, such as 2.1, in a cell whose format is text: else it turns to a date."
    )

    def read(self, text: str, _known: Known) -> str:
        pattern = r"[A-Za-z0-9]{1,10}(?:\.[A-Za-z0-9]{1,10}){0,4}"
        return cells.matched(pattern, cells.plain(text), "«{}» is no number of an indicator")[0]

    def write(self, value: str, _known: Known, _language: Language) -> Cell:
        return value


@dataclass(frozen=True, slots=True)
class _Day:
    """A date, perhaps with its weekday before it."""

    fix: str = "Write a date such as 01.09.2026."

    def read(self, text: str, _known: Known) -> date:
        return cells.dated(text)

    def write(self, value: date | None, _known: Known, _language: Language) -> Cell:
        return value


def _figure(pattern: str, text: str, refusal: str) -> re.Match[str]:
    """A number, whatever spaces stand between its digits; raises `ValueError` telling the cell as it was written."""
    found = re.fullmatch(pattern, "".join(cells.plain(text).split()))
    return found or cells.matched(pattern, cells.plain(text), refusal)


@dataclass(frozen=True, slots=True)
class _Whole:
    fix: str = "Write a whole number."

    def read(self, text: str, _known: Known) -> int:
        return int(_figure(r"(\d{1,12})(?:[.,]0+)?(?:чел\.?|%)?", text, "«{}» is no whole number")[1])

    def write(self, value: int, _known: Known, _language: Language) -> Cell:
        return value


@dataclass(frozen=True, slots=True)
class _Hundredths:
    """A number of at most two decimals, kept in hundredths."""

    fix: str = "Write a number of at most two decimals, such as 412 or 87,5."

    def read(self, text: str, _known: Known) -> int:
        found = _figure(r"(\d{1,12})(?:[.,](\d{1,2})0*)?%?", text, "«{}» is no number of at most two decimals")
        return int(found[1]) * 100 + int((found[2] or "0").ljust(2, "0"))

    def write(self, value: int, _known: Known, _language: Language) -> Cell:
        return value // 100 if value % 100 == 0 else value / 100


_QUARTERS = {"1": 1, "2": 2, "3": 3, "4": 4, "i": 1, "ii": 2, "iii": 3, "iv": 4}


@dataclass(frozen=True, slots=True)
class _Quarter:
    fix: str = "Write 1, 2, 3 or 4."

    def read(self, text: str, _known: Known) -> int:
        word = re.sub(r"[-\s]*(?:й|ый)?\s*(?:квартал|кв|quarter)?$", "", cells.folded(text)).removeprefix("q")
        if word not in _QUARTERS:
            message = f"«{cells.plain(text)}» is no quarter of a year"
            raise ValueError(message)
        return _QUARTERS[word]

    def write(self, value: int, _known: Known, _language: Language) -> Cell:
        return value


_FLAGS = {
    **dict.fromkeys(("да", "yes", "true", "истина", "1", "+", "v", "✓", "есть"), True),
    **dict.fromkeys(("нет", "no", "false", "ложь", "0", "-", "–", "—"), False),
}
_SHOWN = {"ru": {True: "да", False: "нет"}, "en": {True: "yes", False: "no"}}


@dataclass(frozen=True, slots=True)
class _Flag:
    fix: str = "Write да or нет."

    def read(self, text: str, _known: Known) -> bool:
        if cells.folded(text) not in _FLAGS:
            message = f"«{cells.plain(text)}» is neither да nor нет"
            raise ValueError(message)
        return _FLAGS[cells.folded(text)]

    def write(self, value: bool, _known: Known, language: Language) -> Cell:  # noqa: FBT001 - the port's own shape
        return _SHOWN[language][value]


NUMBER, DAY, WHOLE, HUNDREDTHS, QUARTER, FLAG = _Number(), _Day(), _Whole(), _Hundredths(), _Quarter(), _Flag()
