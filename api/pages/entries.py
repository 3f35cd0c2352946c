"""What the pages of the register show: kinds, lists of entries, one entry with its history.

Learners are never among it, not even by pseudonym.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from api.pages.fields import Lists, label_of, line_of, word_of
from api.pages.shapes import Shape, Widget, shapes_of
from api.pages.texts import Texts
from edge.register.contract import Past, Row, Stamp
from edge.register.entry import Entry
from telemetry.model import Instant

PAGE = 100
"""Entries of a page of a list."""

COLUMNS = 5
"""Fields beside an entry's title in a list."""

_TOLD = frozenset({Widget.DAY, Widget.CHOICE, Widget.NUMBER, Widget.HUNDREDTHS, Widget.CHECK})
_TOLD_OF_NAMELESS = frozenset({Widget.MANY, Widget.LINE, Widget.TEXT})
_NAMES = ("name", "title")


@dataclass(frozen=True, slots=True)
class KindLine:
    """A kind in the overview."""

    kind: str
    name: str
    count_text: str
    changed: str


@dataclass(frozen=True, slots=True)
class Line:
    """An entry in a list."""

    id: str
    title: str
    cells: tuple[str, ...]
    changed: str


@dataclass(frozen=True, slots=True)
class Column:
    """What a column is called, and the style of its cells: `n` of numbers, `when` of days, else `cell`."""

    label: str
    style: str


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of a list; `before` and `after` are numbers of other pages, 0 where there is none."""

    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    total: int
    page: int
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Change:
    """One field that a version changed."""

    label: str
    was: str
    now: str


@dataclass(frozen=True, slots=True)
class Version:
    """One version of an entry; `changes` are against the one before."""

    number: int
    who: str
    at: str
    reason: str
    removed: bool
    changes: tuple[Change, ...]


def told(kind: str, shape: Shape, value: object, *, lists: Lists, texts: Texts) -> str:
    """A value as people read it; empty where there is none."""
    if value is None or value in ("", [], ()):
        return ""
    if shape.words:
        said = value if isinstance(value, list | tuple) else [value]
        return ", ".join(word_of(shape, str(one), texts) for one in said)
    if isinstance(value, int):
        return _number(shape, value, texts)
    if shape.widget in (Widget.DAY, Widget.MOMENT):
        return _when(datetime.fromisoformat(str(value)), shape, texts)
    names = {option.value: option.text for option in lists.of(kind, shape)}
    if isinstance(value, list | tuple):
        return ", ".join(names.get(line_of(one), line_of(one)) for one in value)
    return names.get(str(value), str(value))


def _when(at: datetime, shape: Shape, texts: Texts) -> str:
    day = texts.days(at.date(), at.date())
    return day if shape.widget is Widget.DAY else f"{day}, {at:%H:%M}"


def _number(shape: Shape, value: int, texts: Texts) -> str:
    if isinstance(value, bool):
        return texts("register.yes") if value else texts("register.no")
    if shape.widget is Widget.HUNDREDTHS:
        return texts.number(value / 100, 0 if value % 100 == 0 else 2)
    return str(value) if shape.name in ("year", "quarter") else texts.number(value, 0)


def title_of(value: Entry, *, lists: Lists, texts: Texts) -> str:
    """What an entry is called: its name, or what tells it from others."""
    words = value.model_dump(mode="json")
    own = next((str(words[name]) for name in _NAMES if words.get(name)), "")
    if own:
        return own
    shapes = {shape.name: shape for shape in shapes_of(type(value))}
    parts = [
        told(value.kind, shapes[name], words[name], lists=lists, texts=texts)
        for name in _telling(type(value))
        if not value.natural or shapes[name].widget not in (Widget.DAY, Widget.CHECK)
    ]
    return " · ".join(part for part in parts if part)


def _telling(kind: type[Entry]) -> tuple[str, ...]:
    """The fields that tell a nameless entry from others: those that the kind names, else all that it needs."""
    return kind.natural or tuple(shape.name for shape in shapes_of(kind) if shape.required)


def _columns(kind: type[Entry]) -> tuple[Shape, ...]:
    entitled = set(_NAMES) & set(kind.model_fields) or set(_telling(kind))
    shown = (*_TOLD, *(() if kind.natural or entitled & set(_NAMES) else _TOLD_OF_NAMELESS))
    shapes = [
        shape
        for shape in shapes_of(kind)
        if (shape.widget is Widget.DAY and shape.name not in set(entitled) - set(kind.natural))
        or (shape.widget in shown and shape.name not in entitled)
    ]
    days = [shape for shape in shapes if shape.widget is Widget.DAY]
    counts = [shape for shape in shapes if shape.widget in (Widget.NUMBER, Widget.HUNDREDTHS)]
    rest = [shape for shape in shapes if shape not in days and shape not in counts]
    return tuple([*days, *rest[: max(COLUMNS - len(days) - len(counts), 0)], *counts][:COLUMNS])


def listing_of(
    kind: type[Entry],
    rows: Sequence[Row[Entry]],
    *,
    search: str,
    page: int,
    lists: Lists,
    texts: Texts,
    now: Instant,
) -> Listing:
    """A page of the entries that hold every word of `search`, the newest days first, else by title."""
    columns = tuple(one for one in _columns(kind) if any(_filled(row.value, one) for row in rows))
    wanted = search.casefold().split()
    found = []
    for row in rows:
        words = row.value.model_dump(mode="json")
        title = title_of(row.value, lists=lists, texts=texts) or row.id
        cells = tuple(told(kind.kind, one, words[one.name], lists=lists, texts=texts) for one in columns)
        line = Line(row.id, title, cells, stamped(row.stamp, texts, now))
        if all(word in f"{row.id} {title} {' '.join(cells)}".casefold() for word in wanted):
            found.append((_day(columns, words), title.casefold(), line))
    found.sort(key=lambda one: one[1])
    found.sort(key=lambda one: one[0], reverse=True)
    first = (page - 1) * PAGE
    return Listing(
        columns=tuple(Column(label_of(kind.kind, one.name, texts), _style(one)) for one in columns),
        lines=tuple(line for _day_, _title, line in found[first : first + PAGE]),
        total=len(found),
        page=page,
        before=page - 1,
        after=page + 1 if len(found) > first + PAGE else 0,
    )


def _style(shape: Shape) -> str:
    if shape.widget in (Widget.NUMBER, Widget.HUNDREDTHS):
        return "n"
    return "when" if shape.widget in (Widget.DAY, Widget.MOMENT) else "cell"


def _filled(value: Entry, shape: Shape) -> bool:
    return getattr(value, shape.name) not in (None, "")


def _day(columns: Iterable[Shape], words: Mapping[str, object]) -> str:
    return next((str(words[one.name]) for one in columns if one.widget is Widget.DAY and words[one.name]), "")


def stamped(stamp: Stamp, texts: Texts, now: Instant) -> str:
    """Who and when."""
    return texts("register.stamp", who=stamp.author, at=texts.moment(stamp.at, now))


def versions_of(
    past: Sequence[Past[Entry]], kind: type[Entry], *, lists: Lists, texts: Texts, now: Instant
) -> tuple[Version, ...]:
    """Every version of an entry, the newest first, with what it changed."""
    versions = []
    before: Mapping[str, object] = {}
    for one in past:
        words = {} if one.value is None else one.value.model_dump(mode="json")
        changes = () if one.value is None else changes_between(kind, before, words, lists=lists, texts=texts)
        versions.append(
            Version(
                number=one.version,
                who=one.stamp.author,
                at=texts.dated(one.stamp.at, now),
                reason=one.stamp.reason,
                removed=one.value is None,
                changes=changes if before else (),
            )
        )
        before = words
    return tuple(reversed(versions))


def changes_between(
    kind: type[Entry], was: Mapping[str, object], now: Mapping[str, object], *, lists: Lists, texts: Texts
) -> tuple[Change, ...]:
    """The fields that differ, as people read them."""
    return tuple(
        Change(
            label_of(kind.kind, shape.name, texts),
            told(kind.kind, shape, was.get(shape.name), lists=lists, texts=texts) or texts("register.none"),
            told(kind.kind, shape, now.get(shape.name), lists=lists, texts=texts) or texts("register.none"),
        )
        for shape in shapes_of(kind)
        if shape.widget is not Widget.LEARNERS and was.get(shape.name) != now.get(shape.name)
    )
