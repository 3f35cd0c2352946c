"""A form filled: a template, a mapping and a report make a file, or a list of what hinders it.

All faults are told at once, and nothing is written where one of them hinders.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO, Protocol

from api.exports.forms.filling import Blank, Entry, Form, entries
from api.exports.forms.mapping import Place
from api.pages.amounts import known_and_asked
from api.pages.texts import Texts
from edge.errors import GiveUp
from edge.register.contract import Fault, Refused
from telemetry.indicators.facts import Coverage

SIZE_LIMIT = 16 * 1024 * 1024
"""Bytes of a template: as much as an import may have."""


class Template(Protocol):
    """A form to fill."""

    def lacks(self, at: str) -> Blank | None:
        """Why nothing can be written to a place; None where it can."""

    def where(self, at: str) -> str:
        """The one name of the cell that a place means."""

    def fill(self, entries: list[Entry], file: BinaryIO) -> None:
        """Write every entry that has a value, and the form to `file`."""


def _book(content: bytes) -> Template:
    from api.exports.forms.workbook import BookTemplate  # noqa: PLC0415 - a gateway at rest does without openpyxl

    return BookTemplate(content)


def _table(content: bytes) -> Template:
    from api.exports.forms.delimited import CsvTemplate  # noqa: PLC0415 - as above

    return CsvTemplate(content)


_OPEN: Mapping[str, Callable[[bytes], Template]] = {".xlsx": _book, ".csv": _table}


@dataclass(frozen=True, slots=True)
class Filling:
    """A template with what goes into it."""

    template: Template
    entries: list[Entry]

    @property
    def blanks(self) -> list[Entry]:
        """Every place that has no number, in the mapping's order."""
        return [entry for entry in self.entries if entry.blank is not None]

    def write(self, file: BinaryIO, texts: Texts) -> None:
        """Write the form; raises `Refused` with everything that does not fit."""
        hindering = [entry for entry in self.blanks if entry.blank is not None and entry.blank.hinders]
        if hindering:
            raise Refused(faults(hindering, texts))
        self.template.fill(self.entries, file)


def filled(suffix: str, content: bytes, form: Form, places: tuple[Place, ...]) -> Filling:
    """The template of a file with that suffix, and every place of it that is to be filled; raises `GiveUp`."""
    if suffix not in _OPEN:
        raise GiveUp(f"A template of {suffix or 'no suffix'} is not filled.", fix=f"Take one of {', '.join(_OPEN)}.")
    if len(content) > SIZE_LIMIT:
        raise GiveUp(f"The template is larger than {SIZE_LIMIT} bytes.", fix="Take the pictures out of it.")
    template = _OPEN[suffix](content)
    seen: set[str] = set()
    checked: list[Entry] = []
    for entry in entries(form, places):
        where = template.where(entry.place.at)
        lacking = template.lacks(entry.place.at) or (Blank.NAMED_TWICE if where in seen else None)
        seen.add(where)
        checked.append(entry if lacking is None else Entry(entry.place, None, lacking))
    return Filling(template, checked)


def faults(blanks: Sequence[Entry], texts: Texts) -> list[Fault]:
    """Blanks as sentences: where, why, and what to do."""
    return [
        Fault(
            entry.place.at,
            f"{_what(entry.place)}: {_why(entry, entry.blank, texts)}",
            texts(f"blank_fix.{entry.blank}"),
        )
        for entry in blanks
        if entry.blank is not None
    ]


def _why(entry: Entry, blank: Blank, texts: Texts) -> str:
    known = known_of(entry.coverage, texts)
    return texts(f"blank.{blank}") + (f" ({known})" if known else "")


def known_of(coverage: Coverage | None, texts: Texts) -> str:
    """How much is known of the time that a ratio is about, and how much is asked; empty where nothing is told of it."""
    if coverage is None:
        return ""
    known, asked = known_and_asked(coverage, texts)
    return texts("blank_known", known=known, asked=asked)


def _what(place: Place) -> str:
    if place.about is not None:
        return place.about.value
    component = f" [{place.by.value} = {place.key}]" if place.by is not None else ""
    return f"{place.number or place.direction}{component} {place.value.value}"
