"""What is wrong with a form, at the field where it is wrong, in the reader's words.

It finds no fault by itself: the model and the register do.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from api.pages.shapes import shapes_of
from api.pages.texts import Texts
from edge.register.contract import Refused
from edge.register.entry import Entry

_SAME = re.compile(r"it is the same as the (\w+) (\S+) in ([\w, ]+)")
_ABSENT = re.compile(r"its (\w+) is the (\w+) (\S+), which does not exist")
_AT: tuple[tuple[str, str], ...] = (
    (" before it begins ", "last_day"),
    ("no later than it begins ", "end"),
    ("name some equipment or a room", "equipment"),
    ("a lesson's number stands twice", "bells"),
    ("the first week of a term ", "first_week"),
    ("who left early has a last day", "last_day"),
    ("the count (", "count"),
    ("a learner stands twice", "learners"),
    ("more were content ", "content"),
)
"""Which field to mend where the model finds fault with an entry as a whole."""


@dataclass(frozen=True, slots=True)
class Faults:
    """Sentences by field, and those that concern all of it; `same` is the kind and id of an entry that is the same."""

    fields: Mapping[str, tuple[str, ...]]
    whole: tuple[str, ...] = ()
    same: tuple[str, str] | None = None

    def __bool__(self) -> bool:
        return bool(self.fields or self.whole)


NONE = Faults({})


def faults_of_model(error: ValidationError, kind: type[Entry], texts: Texts) -> Faults:
    """What the model says of what was typed."""
    names = {shape.name for shape in shapes_of(kind)}
    fields: dict[str, list[str]] = {}
    whole: list[str] = []
    for one in error.errors(include_url=False, include_input=False):
        place = one["loc"][0] if one["loc"] else ""
        sentence = _sentence(one, texts)
        field = str(place) if place in names else _field_at(str(one["msg"]))
        told = fields.setdefault(field, []) if field in names else whole
        if sentence not in told and not (told and len(one["loc"]) > 1 and not isinstance(one["loc"][1], int)):
            told.append(sentence)
    return Faults({field: tuple(told) for field, told in fields.items()}, tuple(whole))


def _sentence(error: Mapping[str, Any], texts: Texts) -> str:
    """One fault; of a list it names the line."""
    if error["type"] == "value_error":
        said = texts.said(str(error["msg"]).removeprefix("Value error, "))
    else:
        limits = error.get("ctx") or {}
        limit = next((str(limits[name]) for name in _LIMITS if name in limits), "")
        entry = texts.table.get(f"fault.{error['type']}")
        said = entry.format(limit=limit) if isinstance(entry, str) else texts("fault.other")
    line = next((part for part in error["loc"][1:] if isinstance(part, int)), None)
    return said if line is None else texts("fault.line", line=line + 1, fault=said)


_LIMITS = ("ge", "le", "gt", "lt", "min_length", "max_length")


def _field_at(message: str) -> str:
    return next((field for part, field in _AT if part in message), "")


def faults_of_register(refused: Refused, kind: type[Entry], texts: Texts) -> Faults:
    """What the register says of a change: doubles at their fields, what does not exist at the field that names it."""
    fields: dict[str, list[str]] = {}
    whole: list[str] = []
    same = None
    names = {shape.name for shape in shapes_of(kind)}
    for fault in refused.faults:
        if found := _SAME.fullmatch(fault.message):
            same = (found[1], found[2])
            for name in found[3].split(", "):
                fields.setdefault(name, []).append(texts("fault.same"))
        elif found := _ABSENT.fullmatch(fault.message):
            fields.setdefault(found[1], []).append(texts("fault.absent"))
        else:
            told = fields.setdefault(fault.field, []) if fault.field in names else whole
            told.append(" ".join(filter(None, (texts.said(fault.message), texts.said(fault.fix)))))
    return Faults({field: tuple(told) for field, told in fields.items() if field in names}, tuple(whole), same)
