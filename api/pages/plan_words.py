"""The words of a plan: what its columns, values and faults are called, in the reader's language.

It words what a plan holds; it reads no file and knows no learner.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from api.pages.entries import told
from api.pages.fields import Lists
from api.pages.shapes import Shape, Widget, shapes_of
from api.pages.texts import Texts
from edge.register.entry import Entry
from edge.register.imports.columns import COLUMNS

_FAULT_OF = re.compile(r"([a-z_]+): (.+)", re.DOTALL)
_COUNTS = frozenset({Widget.NUMBER, Widget.HUNDREDTHS, Widget.LEARNERS})
_LISTS = frozenset({Widget.MANY, Widget.LINES})


class Words(Protocol):
    """How a plan speaks of fields and of what stands in them."""

    def name_of(self, name: str) -> str:
        """What a field is called."""

    def value(self, name: str, text: str) -> str:
        """What stands in it; empty for nothing."""

    def said(self, message: str) -> str:
        """A fault or a note."""

    def label(self, label: str) -> str:
        """What an entry is called."""


@dataclass(frozen=True, slots=True)
class LessonWords:
    """Of a timetable and of equipment."""

    texts: Texts

    def name_of(self, name: str) -> str:
        """What a field is called."""
        return self.texts.word("column", name)

    def value(self, _name: str, text: str) -> str:
        """As it stands."""
        return text

    def said(self, message: str) -> str:
        """A fault or a note."""
        return self.texts.said(message)

    def label(self, label: str) -> str:
        """With its days as people write them."""
        return self.texts.with_days(label)


@dataclass(frozen=True, slots=True)
class EntryWords:
    """Of entries of one kind: fields are called as the headers of their table are."""

    kind: type[Entry]
    lists: Lists
    texts: Texts
    headers: Mapping[str, str] = field(init=False)
    shapes: Mapping[str, Shape] = field(init=False)

    def __post_init__(self) -> None:
        columns = COLUMNS[self.kind.kind]
        russian = self.texts.language == "ru"
        object.__setattr__(self, "headers", {one.field: one.ru if russian else one.en for one in columns})
        object.__setattr__(self, "shapes", {one.name: one for one in shapes_of(self.kind)})

    def name_of(self, name: str) -> str:
        """What the column of a field is headed."""
        return self.headers.get(name) or self.texts.word("column", name)

    def value(self, name: str, text: str) -> str:
        """A value as the pages of the register show it."""
        shape = self.shapes.get(name)
        if shape is None or not text:
            return text
        return told(self.kind.kind, shape, _native(shape, text), lists=self.lists, texts=self.texts)

    def said(self, message: str) -> str:
        """A fault or a note; a field that it begins with is called as its column is."""
        found = _FAULT_OF.fullmatch(message)
        if found and found[1] in self.headers:
            return f"«{self.headers[found[1]]}»: {self.texts.said(found[2])}"
        return self.texts.said(message)

    def label(self, label: str) -> str:
        """With its days as people write them."""
        return self.texts.with_days(label)


def _native(shape: Shape, text: str) -> object:
    """A value of an entry of the text that a plan tells it by."""
    if shape.widget is Widget.CHECK:
        return text == "True"
    if shape.widget in _COUNTS and text.isdigit():
        return int(text)
    return text.split(", ") if shape.widget in _LISTS else text
