"""One lesson of a file as texts by field, each with the cell that it came from; and what is wrong with it.

Knows neither the file's format nor the register.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from edge.register.imports.sheets import Place

T = TypeVar("T")

FAULTS_LIMIT = 1000
"""Told of one file: nobody mends more before trying again, and the rest is counted."""


@dataclass(frozen=True, slots=True)
class CellFault:
    """What is wrong with a cell or a row of a file, and how to mend it."""

    place: Place
    message: str
    fix: str


@dataclass(frozen=True, slots=True)
class Record:
    """The texts of one row, or of one cell of a grid, by field; a field that is missing has no text.

    A field with a text or a place is told, be it empty; of the others the file says nothing.
    """

    place: Place
    texts: Mapping[str, str]
    places: Mapping[str, Place]
    also_told: frozenset[str] = frozenset()

    def text(self, field: str) -> str:
        """The text of a field, empty where the file has none."""
        return self.texts.get(field, "")

    @property
    def told(self) -> frozenset[str]:
        """The fields that the file has a word or a column for."""
        return self.also_told.union(self.texts, self.places)

    def place_of(self, field: str) -> Place:
        """The cell of a field, or the row where it has none."""
        return self.places.get(field, self.place)


class Reader:
    """Understands the fields of one record after the other and gathers what it does not understand.

    `faults` and `notes` hold at most `FAULTS_LIMIT` each; `told` counts every fault.
    """

    def __init__(self) -> None:
        self.faults: list[CellFault] = []
        self.notes: list[CellFault] = []
        self.told = 0

    @property
    def rest(self) -> int:
        """How many faults `faults` leaves out."""
        return self.told - len(self.faults)

    def read(self, record: Record, field: str, understand: Callable[[str], T], *, fix: str) -> T | None:
        """What a cell says, or None where it says nothing or is not understood."""
        text = record.text(field)
        if not text:
            return None
        try:
            return understand(text)
        except ValueError as error:
            self.fault(record.place_of(field), str(error), fix=fix)
            return None

    def fault(self, place: Place, message: str, *, fix: str) -> None:
        """Something else is wrong with a record."""
        self.told += 1
        if len(self.faults) < FAULTS_LIMIT:
            self.faults.append(CellFault(place, message, fix))

    def note(self, place: Place, message: str, *, fix: str) -> None:
        """Something that a person may want to know; it hinders nothing."""
        if len(self.notes) < FAULTS_LIMIT:
            self.notes.append(CellFault(place, message, fix))
