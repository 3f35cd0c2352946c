"""What the form of an entry asks for: one field for each of the entry's own, made from its model.

Knows no texts and no values; of parts that an entry holds it knows bells only.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any

from pydantic import TypeAdapter

from edge.register.entry import ClosingTime, Entry, WallTime
from edge.register.kinds import KINDS

GROUPS: Mapping[str, tuple[str, ...]] = {
    "programs": ("program", "group", "enrolment", "survey"),
    "network": ("partner", "network_agreement"),
    "events": ("event", "participation"),
    "projects": ("project", "achievement"),
    "mentoring": ("mentoring_model", "mentoring_pair", "volunteering"),
    "publicity": ("information_channel", "publication"),
    "quarters": ("planned_work", "quarter_text", "target", "manual_value"),
    "calendar": ("term", "holiday", "moved_day", "bell_schedule", "opening_hours", "planned_maintenance"),
}
"""Kinds that are entered by form, in the order of the monitoring, then the calendar that every number leans on.

Lessons have pages of their own.
"""

ENTERED: Mapping[str, type[Entry]] = {kind: KINDS[kind] for kinds in GROUPS.values() for kind in kinds}

_LONG = 400
"""Characters from which on a text gets several lines."""

_FIRST = (
    *("name", "title", "set", "number", "subject", "event", "group", "model", "channel", "program"),
    *("weekdays", "bells", "start", "end"),
    *("first_day", "last_day", "planned_day", "done_day", "day", "year", "quarter"),
)
_LAST = ("text", "count", "learners", "target", "hundredths", "reason", "document")

_LISTED = frozenset(
    {("manual_value", "set"), ("manual_value", "number"), ("target", "number"), ("quarter_text", "subject")}
)
_SHORT = frozenset({"document", "address", "agreement", "name"})
_EVERYWHERE = frozenset({"track", "room"})
_WALL_TIME = str(TypeAdapter(WallTime).json_schema()["pattern"])
_CLOSING_TIME = str(TypeAdapter(ClosingTime).json_schema()["pattern"])
_WEEK = range(1, 8)
_WEEKDAYS = {"weekday": "weekday", "weekdays": "weekday_short"}
"""Fields whose numbers are days of the week, and where their words stand."""


class Widget(StrEnum):
    """How a field is entered."""

    LINE = "line"
    TEXT = "text"
    DAY = "day"
    NUMBER = "number"
    HUNDREDTHS = "hundredths"
    CHECK = "check"
    CHOICE = "choice"
    MANY = "many"
    LINES = "lines"
    LEARNERS = "learners"
    TIME = "time"
    CLOSING = "closing"
    MOMENT = "moment"
    BELLS = "bells"


@dataclass(frozen=True, slots=True)
class Shape:
    """One field: `words` are those of the enum called `group`, `refers` the kind whose entries may be chosen.

    `chosen` is the default where there may be several.

    `least` and `most` bound a number; `longest` bounds a text, in characters.
    """

    name: str
    widget: Widget
    required: bool
    default: str
    words: tuple[str, ...] = ()
    group: str = ""
    refers: str = ""
    least: int | None = None
    most: int | None = None
    longest: int | None = None
    chosen: tuple[str, ...] = ()


@lru_cache
def shapes_of(kind: type[Entry]) -> tuple[Shape, ...]:
    """Every field of a kind in the order in which a person tells of it."""
    schema = kind.model_json_schema()
    required = frozenset(schema.get("required", ()))
    shapes = [_shape(kind, name, told, schema, required) for name, told in schema["properties"].items()]
    return tuple(sorted(shapes, key=_place))


def _place(shape: Shape) -> tuple[int, int]:
    if shape.name in _FIRST:
        return 0, _FIRST.index(shape.name)
    return (2, _LAST.index(shape.name)) if shape.name in _LAST else (1, 0)


def _shape(
    kind: type[Entry], name: str, told: Mapping[str, Any], schema: Mapping[str, Any], required: frozenset[str]
) -> Shape:
    one = _only(told)
    named = one["$ref"].rpartition("/")[2] if "$ref" in one else ""
    default = told.get("default")
    return Shape(
        name=name,
        widget=_widget(name, one, chosen=name in kind.refers or is_listed(kind.kind, name)),
        required=name in required,
        default="1" if default is True else str(default) if isinstance(default, str | int) and default else "",
        words=_words(name, schema["$defs"][named]["enum"] if named else ()),
        group=named or _WEEKDAYS.get(name, ""),
        refers=kind.refers.get(name, ""),
        least=one.get("minimum"),
        most=one.get("maximum"),
        longest=one.get("maxLength"),
        chosen=tuple(map(str, default)) if isinstance(default, list) else (),
    )


def _words(name: str, members: Iterable[str]) -> tuple[str, ...]:
    return tuple(map(str, _WEEK)) if name in _WEEKDAYS else tuple(members)


def _only(told: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a field is where it is anything: the first of its alternatives."""
    alternatives: list[Mapping[str, Any]] = told.get("anyOf", [told])
    return alternatives[0]


def is_listed(kind: str, name: str) -> bool:
    """Whether the settings, or the set of indicators in force, list what the field may be."""
    return name in _EVERYWHERE or (kind, name) in _LISTED


def _widget(name: str, one: Mapping[str, Any], *, chosen: bool) -> Widget:
    if "$ref" in one or chosen or name == "weekday":
        return Widget.CHOICE
    if one["type"] == "array":
        return _SEVERAL.get(name, Widget.LINES)
    if one["type"] == "integer":
        return Widget.HUNDREDTHS if name == "hundredths" else Widget.NUMBER
    if one["type"] == "boolean":
        return Widget.CHECK
    return _FORMATS.get(one.get("format", one.get("pattern")), _of_text(name, one))


def _of_text(name: str, one: Mapping[str, Any]) -> Widget:
    return Widget.TEXT if one.get("maxLength", 0) > _LONG and name not in _SHORT else Widget.LINE


_SEVERAL: Mapping[str, Widget] = {
    "learners": Widget.LEARNERS,
    "equipment": Widget.MANY,
    "weekdays": Widget.MANY,
    "bells": Widget.BELLS,
}
_FORMATS: Mapping[object, Widget] = {
    "date": Widget.DAY,
    "date-time": Widget.MOMENT,
    _WALL_TIME: Widget.TIME,
    _CLOSING_TIME: Widget.CLOSING,  # a browser's own field of a time has no 24:00
}
