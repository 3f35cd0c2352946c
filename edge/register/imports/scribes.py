"""Texts, words, names and lists of a file: each sort of cell is read into a value, and written so that it is read back.

A name that nothing has is a fault, never a new entry; a learner's pseudonym is read and never written.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from edge.register.events import Direction
from edge.register.exports.table import Cell
from edge.register.imports import cells
from edge.register.imports.amounts import NUMBER, Known
from edge.register.imports.lists import joined, listed
from edge.register.imports.words import RUSSIAN, Language, member_of, word_of
from edge.settings import ID_PATTERN


def _bare(text: str) -> str:
    """A text with its line breaks, without the apostrophe that keeps a spreadsheet from computing it."""
    first, *rest = cells.shown(text).split("\n")
    return "\n".join([cells.plain(first), *rest])


@dataclass(frozen=True, slots=True)
class _Text:
    fix: str = "Write a text."

    def read(self, text: str, _known: Known) -> str:
        return cells.plain(text)

    def write(self, value: str, _known: Known, _language: Language) -> Cell:
        return value


@dataclass(frozen=True, slots=True)
class _Prose:
    """A text of several lines."""

    fix: str = "Write a text."

    def read(self, text: str, _known: Known) -> str:
        return _bare(text)

    def write(self, value: str, _known: Known, _language: Language) -> Cell:
        return value


@dataclass(frozen=True, slots=True)
class _Id:
    fix: str = "Leave the cell empty, or take lower-case a-z 0-9 -."

    def read(self, text: str, _known: Known) -> str:
        return cells.matched(ID_PATTERN, cells.plain(text), "«{}» is no id")[0]

    def write(self, value: str, _known: Known, _language: Language) -> Cell:
        return value


@dataclass(frozen=True, slots=True)
class Word:
    """One of a list; a field that may be empty is written as nothing."""

    members: type[StrEnum]

    @property
    def fix(self) -> str:
        """All words of the list."""
        return f"Write one of: {', '.join(words[0] for words in RUSSIAN[self.members].values() if words[0])}."

    def read(self, text: str, _known: Known) -> StrEnum:
        """The member that the cell names."""
        return member_of(text, self.members)

    def write(self, value: StrEnum | str, _known: Known, language: Language) -> Cell:
        """Its word."""
        return word_of(self.members(value), language) if value else ""


@dataclass(frozen=True, slots=True)
class _Subject:
    """The number of an indicator, or a direction of work by its words."""

    fix: str = "Write an indicator's number such as 2.1, or a direction of work by its name."

    def read(self, text: str, known: Known) -> str:
        try:
            return member_of(text, Direction).value
        except ValueError:
            return NUMBER.read(text, known)

    def write(self, value: str, _known: Known, language: Language) -> Cell:
        return word_of(Direction(value), language) if value in tuple(Direction) else value


@dataclass(frozen=True, slots=True)
class Name:
    """Another entry, or a thing of the configuration, by its name or as `[code]`."""

    of: str
    fix: str = "Write its name as it is entered, or name [code]; what is not entered yet, enter first."

    def read(self, text: str, known: Known) -> str:
        """The code of what is named."""
        return known[self.of].find(text)

    def write(self, value: str, known: Known, _language: Language) -> Cell:
        """Its name, with the code where the name alone would not be found again."""
        return known[self.of].shown(value)


@dataclass(frozen=True, slots=True)
class _Equipment:
    fix: str = "Write its id or name as it is in the configuration, several with ; between them."

    def read(self, text: str, known: Known) -> tuple[str, ...]:
        return tuple(dict.fromkeys(known["equipment"].find(part) for part in listed(_bare(text))))

    def write(self, value: tuple[str, ...], known: Known, _language: Language) -> Cell:
        return joined([known["equipment"].shown(code) for code in value])


@dataclass(frozen=True, slots=True)
class _List:
    fix: str = "Write several with ; between them."

    def read(self, text: str, _known: Known) -> tuple[str, ...]:
        return listed(_bare(text))

    def write(self, value: tuple[str, ...], _known: Known, _language: Language) -> Cell:
        return joined(value)


@dataclass(frozen=True, slots=True)
class _Learners:
    """Pseudonyms are read and never written: counts alone leave the gateway."""

    fix: str = "Write pseudonyms such as L-017 with spaces between them, never names."

    def read(self, text: str, _known: Known) -> tuple[str, ...]:
        return tuple(filter(None, re.split(r"[\s,;]+", cells.plain(text))))

    def write(self, _value: tuple[str, ...], _known: Known, _language: Language) -> Cell:
        return None


TEXT, PROSE, ID = _Text(), _Prose(), _Id()
SUBJECT, EQUIPMENT, LIST, LEARNERS = _Subject(), _Equipment(), _List(), _Learners()


@dataclass(frozen=True, slots=True)
class _AnyTrack:
    """A track that may be new: programs are what makes one known."""

    fix: str = "Write the track's name or code."

    def read(self, text: str, known: Known) -> str:
        try:
            return known["track"].find(text)
        except ValueError:
            if code := cells.code_of(text):
                return code
            raise

    def write(self, value: str, known: Known, _language: Language) -> Cell:
        return known["track"].shown(value)


ANY_TRACK = _AnyTrack()
TRACK = Name("track", "Write a track as the configuration or a program has it, or leave the cell empty.")
