"""Which of CSV, JSON and pairs a device speaks: decided by its first sound row, kept, and decided anew when it fails.

Reads lines only; never decides by a line that could be a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Protocol

from drivers.lines.protocol import Heading, Row, Said, is_comment, json_row, pairs_row, regex_row
from drivers.lines.settings import Format, LinesSettings
from drivers.lines.table import Table

LOST_LINES = 20
"""After so many lines in a row that do not fit, another sketch is thought to run: format and heading are found anew."""


SHORT_UNIT = 3
"""Characters of a unit that is surely one: `lux`, `°C`, `kPa`."""


class Reader(Protocol):
    """One format."""

    def first(self, text: str) -> Said:
        """The first line after opening, whose begin may be missing."""

    def read(self, text: str) -> Said:
        """Any other line."""

    def forget(self) -> None:
        """Another sketch may run."""


class Whole:
    """A format of which a cut line is no line: JSON."""

    def __init__(self, row: Callable[[str], Row | None]) -> None:
        self._row = row

    def first(self, text: str) -> Said:
        """A row that is whole is a row."""
        return self._row(text)

    def read(self, text: str) -> Said:
        """The row."""
        return self._row(text)

    def forget(self) -> None:
        """There is nothing to forget."""


class Open(Whole):
    """A format of which a cut line may look whole: pairs, regular expressions."""

    def first(self, text: str) -> Said:
        """Nothing: `mp:23` may have been `temp:23`."""
        del text
        return None


class Recognition:
    """The lines of one device as rows and headings, in the format that the settings name or that its lines show."""

    def __init__(self, settings: LinesSettings) -> None:
        pattern = re.compile(settings.pattern)
        readers: Mapping[Format, Reader] = {
            Format.JSON: Whole(json_row),
            Format.CSV: Table(settings),
            Format.PAIRS: Open(lambda text: pairs_row(text, settings.decimal)),
            Format.REGEX: Open(lambda text: regex_row(text, pattern, settings.decimal)),
        }
        self._fixed = readers.get(settings.format)
        self._chosen = self._fixed
        self._candidates = tuple(readers[format_] for format_ in (Format.JSON, Format.CSV, Format.PAIRS))
        self._comments = settings.format is not Format.REGEX
        self._first = True
        self.missed = 0

    @property
    def lost(self) -> bool:
        """Whether no line has been a row for so long that the format must be thought unknown."""
        return self.missed >= LOST_LINES

    def opened(self) -> None:
        """The next line may have lost its begin."""
        self._first = True

    def empty(self) -> None:
        """An empty line: what follows it is whole."""
        self._first = False

    def garbage(self) -> None:
        """Bytes that are no line came: where they end a line begins."""
        self._first = False
        self._miss()

    def read(self, text: str) -> Said:
        """One line that is not empty; `None` for what is neither row nor heading."""
        first, self._first = self._first, False
        if self._comments and is_comment(text):
            return None
        said = self._ask(text, first=first)
        if isinstance(said, Row) and said.cells:
            self.missed = 0
        elif said is None and not first:
            self._miss()
        return said

    def _ask(self, text: str, *, first: bool) -> Said:
        if self._chosen is not None:
            return self._chosen.first(text) if first else self._chosen.read(text)
        heading = None
        for reader in self._candidates:
            said = reader.first(text) if first else reader.read(text)
            if isinstance(said, Row) and _sure(reader, said):
                self._chosen = reader
                return said
            heading = said if isinstance(said, Heading) else heading
        return heading

    def _miss(self) -> None:
        self.missed += 1
        if self.missed % LOST_LINES == 0:
            self._chosen = self._fixed
            for reader in self._candidates:
                reader.forget()


def _sure(reader: Reader, row: Row) -> bool:
    """Whether a row proves its format: numbers and nothing else, and no sentence such as `5 sensors found`."""
    return row.sound and not (isinstance(reader, Table) and len(row.cells) == 1 and len(row.cells[0][2]) > SHORT_UNIT)
