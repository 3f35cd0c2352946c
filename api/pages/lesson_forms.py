"""The forms of lessons: weekly ones, one-offs, and what is different on one day; filled, and with what is wrong.

Checks nothing: what a field holds is understood as the cell of a file is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from api.pages.board import natural
from api.pages.texts import Texts
from edge.register.imports.naming import Names
from edge.register.imports.typed import FieldFault
from edge.register.lessons import Form, Happening, OneOff, Slot

_WEEKDAYS = tuple("1234567")
_SLOT = (
    *("day", "week", "lesson", "start", "end", "room", "group", "program", "teacher", "partner", "form", "learners"),
    *("equipment", "first_day", "last_day"),
)
_ONE_OFF = (
    *("day", "start", "end", "happening", "name", "room", "group", "program", "teacher", "partner", "form"),
    *("learners", "equipment"),
)
_DIFFERENT = ("start", "end", "room", "group", "program", "teacher", "partner", "learners")
_NAMED = ("group", "program", "teacher", "partner", "equipment")
_TIMES = ("start", "end")
_DATES = ("first_day", "last_day")
_NUMBERS = {"lesson": 20, "learners": 2000}
_REQUIRED = ("day",)
_WORDS = {
    "week": ("lesson_week", ("both", "A", "B")),
    "form": ("lesson_form", tuple(Form)),
    "happening": ("happening", tuple(Happening)),
}
"""Fields of words: where their texts are, and the words."""

ONE_OFF, SLOT, DIFFERENT = "one_off", "slot", "different"
FORMS: Mapping[str, tuple[str, ...]] = {SLOT: _SLOT, ONE_OFF: _ONE_OFF, DIFFERENT: _DIFFERENT}
"""The fields of each form, in their order."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What may be chosen or, in a field of free text, is offered."""

    value: str
    text: str


@dataclass(frozen=True, slots=True)
class Field:
    """One field: `kind` is the input's type, or `select`; a text with `choices` may also be something new."""

    name: str
    label: str
    kind: str
    value: str
    choices: tuple[Choice, ...]
    required: bool
    most: int
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """What a form may name: the name of each code by kind, and the way from what is typed to codes."""

    listed: Mapping[str, Mapping[str, str]]
    names: Mapping[str, Names]
    texts: Texts

    def choices(self, kind: str) -> tuple[Choice, ...]:
        """Everything of a kind, by its name; the value is what `names` finds it by."""
        told = [Choice(self.value(kind, code), name or code) for code, name in self.listed[kind].items()]
        return tuple(sorted(told, key=lambda choice: natural(choice.text)))

    def value(self, kind: str, code: str) -> str:
        """What a form holds for a code: a room by its code, all else by its name."""
        return f"[{code}]" if kind == "room" and code else self.names[kind].shown(code)


def form_of(form: str, values: Mapping[str, str], known: Known, faults: Sequence[FieldFault] = ()) -> tuple[Field, ...]:
    """The fields of a form, filled."""
    return tuple(_field(form, name, values.get(name, ""), known, faults) for name in FORMS[form])


def whole_faults(form: str, faults: Iterable[FieldFault], texts: Texts) -> tuple[str, ...]:
    """What is wrong with no field that a form has."""
    return tuple(_sentence(fault, texts) for fault in faults if fault.field not in FORMS[form])


def values_of(value: Slot | OneOff, known: Known) -> dict[str, str]:
    """An entry as the fields of its form."""
    words = value.model_dump(mode="json")
    told = {name: "" if words[name] is None else str(words[name]) for name in words if name != "equipment"}
    told |= {kind: known.value(kind, words[kind]) for kind in ("room", "group", "program", "teacher", "partner")}
    told["equipment"] = ", ".join(known.value("equipment", code) for code in value.equipment)
    told["learners"] = str(value.learners or "")
    if isinstance(value, Slot):
        told["day"], told["week"] = str(value.weekday), value.week.value
    return told


def _field(form: str, name: str, value: str, known: Known, faults: Sequence[FieldFault]) -> Field:
    return Field(
        name=name,
        label=known.texts(f"lesson.{name}"),
        kind=_kind(form, name),
        value=value,
        choices=_choices(form, name, value, known),
        required=name in _REQUIRED or (form != SLOT and name in _TIMES),
        most=_NUMBERS.get(name, 0),
        faults=tuple(_sentence(fault, known.texts) for fault in faults if fault.field == name),
    )


def _sentence(fault: FieldFault, texts: Texts) -> str:
    said = texts.said(fault.message)
    return " ".join(filter(None, (said if said.endswith(".") else f"{said}.", texts.said(fault.fix))))


def _kind(form: str, name: str) -> str:
    if name in _TIMES:
        return "time"
    if name in _NUMBERS:
        return "number"
    if name in _DATES or (name == "day" and form == ONE_OFF):
        return "date"
    return "text" if name == "name" or (name in _NAMED and form != DIFFERENT) else "select"


def _choices(form: str, name: str, value: str, known: Known) -> tuple[Choice, ...]:
    texts = known.texts
    if name == "day" and form == SLOT:
        return tuple(Choice(number, texts(f"weekday.{number}")) for number in _WEEKDAYS)
    if name in _WORDS:
        group, words = _WORDS[name]
        return tuple(Choice(word, texts(f"{group}.{word}")) for word in words)
    if name != "room" and name not in _NAMED:
        return ()
    listed = known.choices(name)
    if _kind(form, name) == "text":
        return listed
    strangers = () if value in {"", *(one.value for one in listed)} else (Choice(value, value),)
    return (Choice("", texts("lesson.none")), *listed, *strangers)
