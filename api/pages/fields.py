"""The fields of an entry's form as a person sees them, and what was typed as the model takes it.

Checks nothing: the model does. What was typed wrongly comes back as it was typed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from api.pages.shapes import Shape, Widget, is_listed, shapes_of
from api.pages.texts import Texts
from api.posted import Posted
from edge.register.entry import Entry

_SPLIT = re.compile(r"[\s,;]+")
_SPACES = re.compile(r"[\s\u00a0\u202f]+")
_DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
KEEP = "learners_stay"
"""The box of a form that leaves the pseudonyms of an entry as they are, unseen."""


@dataclass(frozen=True, slots=True)
class Option:
    """What may be chosen."""

    value: str
    text: str


Options = tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Lists:
    """What may be chosen where it is neither a word of the model nor free: `entries` by kind."""

    entries: Mapping[str, Options]
    tracks: Options
    equipment: Options
    sets: Options
    numbers: Options
    subjects: Options

    def of(self, kind: str, shape: Shape) -> Options:
        """The choices of one field."""
        if shape.refers:
            return self.entries.get(shape.refers, ())
        if is_listed(kind, shape.name):
            listed = {"track": self.tracks, "set": self.sets, "number": self.numbers, "subject": self.subjects}
            return listed[shape.name]
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
    value = values.get(shape.name, shape.default if not values else "")
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
        return "\n".join(str(one) for one in value)
    if shape.widget is Widget.HUNDREDTHS and isinstance(value, int):
        return f"{value // 100},{value % 100:02d}".removesuffix(",00")
    if isinstance(value, bool):
        return "1" if value else ""
    return "" if value is None else str(value)


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


def typed(kind: type[Entry], posted: Posted) -> dict[str, object]:
    """What a person typed, as the model takes it; what was left empty is left out."""
    values = {shape.name: _typed(shape, posted) for shape in shapes_of(kind)}
    return {name: value for name, value in values.items() if value not in ("", [])}


def _typed(shape: Shape, posted: Posted) -> object:
    if shape.widget is Widget.MANY:
        return [one for one in posted.all(shape.name) if one]
    read = _READ.get(shape.widget)
    text = posted.one(shape.name)
    return read(text) if read else text


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.split("\n") if line.strip()]


def _pseudonyms(text: str) -> list[str]:
    return [one for one in _SPLIT.split(text) if one]


def _day(text: str) -> str:
    """A day as the model takes it, from ISO 8601 or as it is written in Russia."""
    found = _DOTTED.fullmatch(text)
    return f"{found[3]}-{found[2]:0>2}-{found[1]:0>2}" if found else text


def _whole(text: str) -> int | str:
    """A whole number; what is none stays as it was typed."""
    bare = _SPACES.sub("", text)
    return int(bare) if re.fullmatch(r"-?\d{1,15}", bare) else text


def _hundredths(text: str) -> int | str:
    """Hundredths of what was typed with at most two decimals; anything else stays as it was typed."""
    try:
        hundredths = Decimal(_SPACES.sub("", text).replace(",", ".")) * 100
    except InvalidOperation:
        return text
    whole = hundredths.is_finite() and abs(hundredths) < 10**16 and hundredths == hundredths.to_integral_value()
    return int(hundredths) if whole else text


_READ: Mapping[Widget, Callable[[str], object]] = {
    Widget.CHECK: bool,
    Widget.LINES: _lines,
    Widget.LEARNERS: _pseudonyms,
    Widget.DAY: _day,
    Widget.NUMBER: _whole,
    Widget.HUNDREDTHS: _hundredths,
}
