"""What a person typed into a form, as the model takes it.

Checks nothing: what cannot be read stays as it was typed, and the model finds fault with it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation

from api.pages.shapes import Shape, Widget, shapes_of
from api.posted import Posted
from edge.register.entry import Entry

_SPLIT = re.compile(r"[\s,;]+")
_SPACES = re.compile(r"[\s\u00a0\u202f]+")
_DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
_CLOCK = re.compile(r"(\d{1,2})[:.](\d{2})")
_BELL = re.compile(r"(?:(\d{1,2})[.):]?\s+)?(\d{1,2}[:.]\d{2})\s*[-–—]\s*(\d{1,2}[:.]\d{2})")


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


def _time(text: str) -> str:
    """A time of the day with two digits of each: `8.30` is `08:30`."""
    found = _CLOCK.fullmatch(text)
    return f"{found[1]:0>2}:{found[2]}" if found else text


def _moment(text: str) -> str:
    """A day and a time, as a browser sends them or as they are written in Russia."""
    day, _, time = text.replace("T", " ").partition(" ")
    return f"{_day(day)}T{_time(time.strip())}" if time else text


def _bells(text: str) -> list[object]:
    """A bell in each line, `1. 08:30–09:10`; without a number it is that of its line."""
    return [_bell(line, number) for number, line in enumerate(_lines(text), start=1)]


def _bell(line: str, number: int) -> object:
    found = _BELL.fullmatch(line)
    if found is None:
        return line
    lesson = found[1]
    return {
        "lesson": number if lesson is None else int(lesson),
        "start": _time(found[2]),
        "end": _time(found[3]),
    }


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
    Widget.TIME: _time,
    Widget.CLOSING: _time,
    Widget.MOMENT: _moment,
    Widget.BELLS: _bells,
}
