"""The fields of an entry's form as a person sees them.

Checks nothing: the model does. What was typed wrongly is shown as it was typed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from api.pages.shapes import Shape, Widget, is_listed, shapes_of
from api.pages.texts import Texts
from edge.register.entry import Entry

KEEP = "learners_stay"
"""The box of a form that leaves the pseudonyms of an entry as they are, unseen."""


@dataclass(frozen=True, slots=True)
class Option:
    """What may be chosen."""

    value: str
    text: str


Options = tuple[Option, ...]
_TO_MINUTES = len("2026-09-01T08:30")


@dataclass(frozen=True, slots=True)
class Lists:
    """What may be chosen where it is neither a word of the model nor free: `entries` by kind."""

    entries: Mapping[str, Options]
    tracks: Options
    equipment: Options
    rooms: Options = ()
    sets: Options = ()
    numbers: Options = ()
    subjects: Options = ()

    def of(self, kind: str, shape: Shape) -> Options:
        """The choices of one field."""
        if shape.refers:
            return self.entries.get(shape.refers, ())
        if is_listed(kind, shape.name):
            listed = {"track": self.tracks, "room": self.rooms, "set": self.sets, "number": self.numbers}
            return listed.get(shape.name, self.subjects)
        return self.equipment if shape.widget is Widget.MANY else ()


@dataclass(frozen=True, slots=True)
class Field:
    """One field; `chosen` are the values of those that have several, `value` what all others show."""

    shape: Shape
    label: str
    help: str
    value: str
    chosen: tuple[str, ...]
    options: Options
    faults: tuple[str, ...] = ()
    same_as: str = ""


def label_of(kind: str, name: str, texts: Texts) -> str:
    """What a field is called, in this kind or everywhere."""
    own = texts.table.get(f"own.{kind}.{name}")
    return own if isinstance(own, str) else texts.word("field", name)


def word_of(shape: Shape, value: str, texts: Texts) -> str:
    """A word of the model as people say it; an empty one is none."""
    return texts.word(f"choice.{shape.group}", value) if value else texts("register.none")


def defaults_of(kind: type[Entry]) -> dict[str, object]:
    """What the form of a new entry holds before anybody typed."""
    held = {shape.name: list(shape.chosen) or shape.default for shape in shapes_of(kind)}
    return {name: value for name, value in held.items() if value}


def fields_of(
    kind: type[Entry],
    values: Mapping[str, object],
    *,
    lists: Lists,
    texts: Texts,
    faults: Mapping[str, tuple[str, ...]],
) -> tuple[Field, ...]:
    """The form of a kind, filled with `values` as the model or a person wrote them."""
    return tuple(
        _field(kind.kind, shape, values, lists, texts, faults.get(shape.name, ())) for shape in shapes_of(kind)
    )


def _field(
    kind: str,
    shape: Shape,
    values: Mapping[str, object],
    lists: Lists,
    texts: Texts,
    faults: tuple[str, ...],
) -> Field:
    value = values.get(shape.name, "")
    chosen = tuple(str(one) for one in value) if isinstance(value, list | tuple) else ()
    return Field(
        shape=shape,
        label=label_of(kind, shape.name, texts),
        help=_help(kind, shape.name, texts),
        value=_shown(shape, value),
        chosen=chosen,
        options=_options(kind, shape, lists, texts, (*chosen, _shown(shape, value))),
        faults=faults,
    )


def _help(kind: str, name: str, texts: Texts) -> str:
    for key in (f"help.{kind}.{name}", f"help.{name}"):
        entry = texts.table.get(key)
        if isinstance(entry, str):
            return entry
    return ""


def _shown(shape: Shape, value: object) -> str:
    if shape.widget is Widget.LEARNERS:
        return "\n".join(value) if isinstance(value, list) else ""
    if isinstance(value, list | tuple):
        return "\n".join(line_of(one) for one in value)
    if shape.widget is Widget.MOMENT:
        return str(value or "")[:_TO_MINUTES]
    if shape.widget is Widget.HUNDREDTHS and isinstance(value, int):
        return f"{value // 100},{value % 100:02d}".removesuffix(",00")
    if isinstance(value, bool):
        return "1" if value else ""
    return "" if value is None else str(value)


def line_of(one: object) -> str:
    """One of several as it stands in a line; a bell with its lesson's number and times."""
    return "{lesson}. {start}–{end}".format_map(one) if isinstance(one, dict) else str(one)


def _options(kind: str, shape: Shape, lists: Lists, texts: Texts, current: tuple[str, ...]) -> Options:
    """What may be chosen; what is there already stays, known or not."""
    if shape.words:
        named: Options = tuple(Option(word, word_of(shape, word, texts)) for word in shape.words)
    else:
        named = lists.of(kind, shape)
    if shape.widget not in (Widget.CHOICE, Widget.MANY):
        return named
    known = {option.value for option in named}
    strangers = tuple(Option(value, value) for value in current if value and value not in known and "\n" not in value)
    blank = shape.widget is Widget.CHOICE and not (shape.required and shape.words) and not shape.default
    return (*((Option("", texts("register.none")),) if blank else ()), *named, *strangers)
