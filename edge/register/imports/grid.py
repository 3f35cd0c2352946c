"""A grid as schools print it: groups across, days and lessons down, cells merged, weeks I and II under one another.

Finds its way by what the cells say, never by their position or colour.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from edge.register.calendar import Week
from edge.register.imports.cells import bells_of, is_weekday, plain, week_of
from edge.register.imports.headers import field_of
from edge.register.imports.records import Record
from edge.register.imports.sheets import Sheet
from edge.register.mappings import Subject

_LEFT = frozenset({"day", "week", "lesson", "time", "start", "end"})
"""Fields that stand left of the groups, for all of them."""

_INNER = frozenset({"program", "room", "teacher", "learners", "form", ""})
"""Fields that may have columns of their own within a group."""

_LEFT_COLUMNS = 8
_LEAST_DAYS = 2
_MOST = 0.6
"""If more than this part of a column's cells are of one kind, the column is of that kind."""

_ROOM = re.compile(
    r"[(,;\s]*\b(?:каб(?:инет)?|ауд(?:итория)?|room)\b\.?\s*№?\s*(?P<room>[\w][\w./-]*(?:\s*\([^)\n]*\))?)\)?",
    re.IGNORECASE,
)
_TEACHER = re.compile(r"[(,;\s]*(?P<teacher>[А-ЯЁ][а-яё]+(?:-[А-ЯЁ][а-яё]+)?\s+[А-ЯЁ]\.\s?(?:[А-ЯЁ]\.?)?)\)?")


@dataclass(frozen=True, slots=True)
class _Column:
    """One column right of the days: whose it is and what it holds."""

    group: str
    field: str


@dataclass(frozen=True, slots=True)
class _Shape:
    first_row: int
    left: Mapping[int, str]
    columns: Mapping[int, _Column]


@dataclass(frozen=True, slots=True)
class _Line:
    """A row of the grid: what its left columns say."""

    number: int
    texts: tuple[tuple[str, str], ...]
    week: Week | None


def is_grid(sheet: Sheet) -> bool:
    """Whether a sheet has days down one side and groups across."""
    return _shape(sheet) is not None


def records(sheet: Sheet) -> Iterator[Record]:
    """Every lesson of the grid; one that stands for both weeks comes once."""
    shape = _shape(sheet)
    if shape is None:
        return
    for lines in _lessons(sheet, shape):
        for group_columns in _by_group(shape):
            yield from _of_group(sheet, shape, lines, group_columns)


def _shape(sheet: Sheet) -> _Shape | None:
    days = _day_column(sheet)
    if days is None:
        return None
    first_row = next(row for row in range(len(sheet.rows)) if is_weekday(sheet.rows[row][days]))
    header = [row for row in range(first_row) if any(sheet.rows[row])]
    left = _left_columns(sheet, first_row, header, days)
    columns = _columns(sheet, header, max(left) + 1)
    return _Shape(first_row, left, columns) if columns else None


def _day_column(sheet: Sheet) -> int | None:
    """The first of the left columns that names several days."""
    width = len(sheet.rows[0]) if sheet.rows else 0
    for column in range(min(width, _LEFT_COLUMNS)):
        days = {_day_key(row[column]) for row in sheet.rows if row[column] and is_weekday(row[column])}
        if len(days) >= _LEAST_DAYS and not _is_flat(sheet, column):
            return column
    return None


def _day_key(text: str) -> str:
    return plain(text).casefold()


def _is_flat(sheet: Sheet, days: int) -> bool:
    """Whether the days stand under one row of headers that names each field once: then it is no grid."""
    first = next(row for row in range(len(sheet.rows)) if is_weekday(sheet.rows[row][days]))
    for row in sheet.rows[:first]:
        fields = [field_of(cell, Subject.TIMETABLE) for cell in row if cell]
        inner = [field for field in fields if field in _INNER and field]
        if {"group", "id"} & set(fields) or ("day" in fields and inner and len(set(inner)) == len(inner)):
            return True
    return False


def _left_columns(sheet: Sheet, first_row: int, header: Sequence[int], days: int) -> dict[int, str]:
    """The columns from the day's on that say when, by their headers or by what they hold."""
    left = {days: "day"}
    for column in range(days + 1, min(len(sheet.rows[0]), days + _LEFT_COLUMNS)):
        told = (field_of(sheet.rows[row][column], Subject.TIMETABLE) for row in reversed(header))
        by_cells = "week" if {"lesson", "time", "start"} & set(left.values()) else "lesson"
        field = next((name for name in told if name in _LEFT), None)
        if field is None and _holds(sheet, first_row, column, by_cells):
            field = by_cells
        if field is None:
            break
        left[column] = field
    return left


def _holds(sheet: Sheet, first_row: int, column: int, field: str) -> bool:
    """Whether most cells of a column without a header are weeks or lessons; the rest are slips."""
    cells = [row[column] for row in sheet.rows[first_row:] if row[column]]
    understood = sum(_says(week_of if field == "week" else bells_of, cell) for cell in cells)
    return understood > _MOST * len(cells)


def _says(understand: Callable[[str], object], text: str) -> bool:
    try:
        understand(text)
    except ValueError:
        return False
    return True


def _columns(sheet: Sheet, header: Sequence[int], first: int) -> dict[int, _Column]:
    """Whose each column is: the header row with most unknown words names the groups, another one what they hold."""
    width = len(sheet.rows[0])
    right = range(first, width)
    if not header:
        return {}
    # A title merged over the whole sheet is one name, however many columns it covers.
    unknown = {row: len({sheet.origin(row, c) for c in right if _is_name(sheet.rows[row][c])}) for row in header}
    names = max(header, key=lambda row: (unknown[row], row))
    inner = max(header, key=lambda row: (sum(_inner(sheet.rows[row][column]) is not None for column in right), row))
    columns: dict[int, _Column] = {}
    group = ""
    for column in right:
        own = sheet.rows[names][column]
        group = own if _is_name(own) else group
        field = _inner(sheet.rows[inner][column])
        if group:
            text_column = "program" if _is_name(own) else ""
            columns[column] = _Column(group, text_column if field is None else field)
    return columns


def _is_name(text: str) -> bool:
    return bool(text) and field_of(text, Subject.TIMETABLE) is None


@cache
def _inner(text: str) -> str | None:
    field = field_of(text, Subject.TIMETABLE) if text else None
    return field if field in _INNER else None


def _by_group(shape: _Shape) -> Iterator[dict[int, _Column]]:
    groups: dict[str, dict[int, _Column]] = {}
    for number, column in shape.columns.items():
        groups.setdefault(column.group, {})[number] = column
    yield from groups.values()


def _lessons(sheet: Sheet, shape: _Shape) -> Iterator[list[_Line]]:
    """The rows of each lesson together: two where weeks stand under one another."""
    carried: dict[str, str] = {}
    lines: list[_Line] = []
    for number in range(shape.first_row, len(sheet.rows)):
        row = sheet.rows[number]
        if not any(row):
            continue
        told = {field: row[column] for column, field in shape.left.items() if row[column]}
        if "day" in told and told["day"] != carried.get("day"):
            carried = {}
        if {"lesson", "time", "start"} & set(told):
            carried = {"day": carried.get("day", "")}
        week = told.pop("week", "")
        carried |= told
        line = _Line(number, tuple(sorted(carried.items())), week_of(week) if _says(week_of, week) and week else None)
        if lines and lines[-1].texts != line.texts:
            yield lines
            lines = []
        lines.append(line)
    if lines:
        yield lines


def _of_group(sheet: Sheet, shape: _Shape, lines: Sequence[_Line], columns: Mapping[int, _Column]) -> Iterator[Record]:
    """The lessons of one group at one time: rows that are merged or alike are one lesson of both weeks."""
    if not dict(lines[0].texts).get("day") or len(lines[0].texts) < 2:
        return
    two = len(lines) == 2
    weeks = [line.week or (Week.BOTH if not two else (Week.A, Week.B)[number]) for number, line in enumerate(lines)]
    found = [_record(sheet, shape, line, columns) for line in lines]
    if two and found[0] and found[1] and found[0].texts == found[1].texts:
        found, weeks = found[:1], [Week.BOTH]
    for record, week in zip(found, weeks, strict=False):
        if record is not None:
            yield replace(record, texts={**record.texts, "week": week.value})


def _record(sheet: Sheet, shape: _Shape, line: _Line, columns: Mapping[int, _Column]) -> Record | None:
    texts: dict[str, str] = {}
    places = {field: sheet.place(line.number, column) for column, field in shape.left.items()}
    for number, column in columns.items():
        text = sheet.rows[line.number][number]
        if text and column.field and column.field not in texts:
            texts[column.field] = text
            places[column.field] = sheet.place(*sheet.origin(line.number, number))
    if not texts.get("program"):
        return None
    first = min(columns)
    group = next(iter(columns.values())).group
    texts = {**dict(line.texts), **_split(texts), "group": group}
    return Record(sheet.place(line.number, first), texts, places)


def _split(texts: Mapping[str, str]) -> dict[str, str]:
    """Take the room and the teacher out of a cell that holds all of a lesson, where they have no column."""
    rest = texts["program"]
    told = dict(texts)
    for field, pattern in (("room", _ROOM), ("teacher", _TEACHER)):
        if not told.get(field) and (found := pattern.search(rest)):
            told[field] = found[field].strip()
            rest = rest[: found.start()] + "\n" + rest[found.end() :]
    lines = [line.strip(" ,;()") for line in rest.split("\n")]
    return told | {"program": " ".join(filter(None, lines))}
