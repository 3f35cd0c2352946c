"""Where everything stands in a grid: the days and times on the left, the groups and what they hold on the right.

Finds its way by what the cells say, never by their position or colour; reads no lesson.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from edge.register.imports.cells import bells_of, is_weekday, matched, plain, range_of, time_of, week_of
from edge.register.imports.headers import field_of
from edge.register.imports.several import person
from edge.register.imports.sheets import Sheet
from edge.register.mappings import Subject

_LEFT = frozenset({"day", "week", "lesson", "time", "start", "end"})
"""Fields that stand left of the groups, for all of them."""

_INNER = frozenset({"program", "room", "teacher", "learners", "form", ""})
"""Fields that may have columns of their own within a group."""

_CLOCK = frozenset({"time", "start", "end"})
TIMES = ("time", "start", "end")
"""What a column of times may be."""

_LEFT_COLUMNS = 8
_LEAST_DAYS = 2
_SUBGROUP = re.compile(r"(?:\d|I{1,2})?\s*-?\s*(?:я\s+)?(?:подгр(?:уппа)?|п/г|п\.\s?г)\.?\s*№?\s*\d?", re.IGNORECASE)

_MOST = 0.6
"""If more than this part of a column's cells are of one kind, the column is of that kind."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column right of the days: whose it is and what it holds; its group may have the same field several times."""

    group: str
    field: str
    turn: int = 0


@dataclass(frozen=True, slots=True)
class Shape:
    """Where the lessons begin, the fields of the left columns, and whose the others are."""

    first_row: int
    left: Mapping[int, str]
    columns: Mapping[int, Column]
    asked: Mapping[int, str]
    """Columns of times under a header that nobody told about yet."""


def shape_of(sheet: Sheet, answers: Mapping[str, str]) -> Shape | None:
    """The shape of a grid, with what was answered about unknown headers; None where the sheet is no grid."""
    days = _day_column(sheet)
    if days is None:
        return None
    first_row = next(row for row in range(len(sheet.rows)) if is_weekday(sheet.rows[row][days]))
    header = [row for row in range(first_row) if any(sheet.rows[row])]
    asked = _timed(sheet, first_row, header, days)
    left = _left_columns(sheet, first_row, header, days, {column: answers.get(told) for column, told in asked.items()})
    columns = _columns(sheet, header, max(left) + 1)
    columns = {number: column for number, column in columns.items() if number not in asked}
    return Shape(first_row, left, columns, asked) if columns else None


def _timed(sheet: Sheet, first_row: int, header: Sequence[int], days: int) -> dict[int, str]:
    """Columns of times, with their headers, where no word of the header is known: they are no group."""
    found: dict[int, str] = {}
    for column in range(days + 1, len(sheet.rows[0])):
        told = [text for row in reversed(header) if (text := sheet.rows[row][column])]
        known = any(field_of(text, Subject.TIMETABLE) is not None for text in told)
        if told and not known and _holds(sheet, first_row, column, _when_of):
            found[column] = told[0]
    return found


def _when_of(text: str) -> object:
    """A time or a range of times."""
    try:
        return time_of(text)
    except ValueError:
        return range_of(text)


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
    if any(any(map(_is_group, sheet.rows[row])) and _is_label(sheet, row, first) for row in range(first)):
        return False
    for row in sheet.rows[:first]:
        fields = [field_of(cell, Subject.TIMETABLE) for cell in row if cell]
        inner = [field for field in fields if field in _INNER and field]
        if {"group", "id"} & set(fields) or ("day" in fields and inner and len(set(inner)) == len(inner)):
            return True
    return False


def _is_label(sheet: Sheet, row: int, first: int) -> bool:
    """Whether the word «Группа» of a row only stands over, or before, the names of the groups."""
    columns = [number for number, cell in enumerate(sheet.rows[row]) if _is_group(cell)]
    for below in range(row + 1, first):
        for number in range(columns[0], len(sheet.rows[below])):
            text, over = sheet.rows[below][number], sheet.rows[row][number]
            own = bool(text) and sheet.origin(below, number)[0] > row
            named = own and _is_name(text) and not text.isdigit() and (not over or _is_group(over))
            if named or (own and number in columns and not _is_name(text)):
                return True
    return False


def _is_group(text: str) -> bool:
    return bool(text) and field_of(text, Subject.TIMETABLE) == "group"


def _left_columns(
    sheet: Sheet, first_row: int, header: Sequence[int], days: int, answered: Mapping[int, str | None]
) -> dict[int, str]:
    """The columns from the day's on that say when, by their headers or by what they hold; some are not read."""
    left = {days: "day"}
    for column in range(days + 1, min(len(sheet.rows[0]), days + _LEFT_COLUMNS)):
        told = (field_of(sheet.rows[row][column], Subject.TIMETABLE) for row in reversed(header))
        field = next((name for name in told if name in _LEFT), None)
        if field is None and column in answered:
            field = answered[column] or ""
        if field is None:
            field = _by_cells(sheet, first_row, column, frozenset(left.values()))
        if field is None:
            break
        left[column] = field
    return left


def _by_cells(sheet: Sheet, first_row: int, column: int, left: frozenset[str]) -> str | None:
    """The field of a column whose header says nothing, by most of its cells."""
    known = _CLOCK & left
    if _holds(sheet, first_row, column, week_of if {"lesson", *_CLOCK} & left else bells_of):
        return "week" if {"lesson", *_CLOCK} & left else "lesson"
    if "time" not in known and _holds(sheet, first_row, column, time_of):
        return "end" if "start" in known else "start"
    return None


def _holds(sheet: Sheet, first_row: int, column: int, understand: Callable[[str], object]) -> bool:
    """Whether most cells of a column are understood so; the rest are slips."""
    cells = [row[column] for row in sheet.rows[first_row:] if row[column]]
    return sum(says(understand, cell) for cell in cells) > _MOST * len(cells)


def says(understand: Callable[[str], object], text: str) -> bool:
    """Whether a text is understood so."""
    try:
        understand(text)
    except ValueError:
        return False
    return True


def by_group(shape: Shape) -> Iterator[dict[int, Column]]:
    """The columns of each group; of subgroups beside one another, those of each, with what they share."""
    groups: dict[str, dict[int, Column]] = {}
    for number, column in shape.columns.items():
        groups.setdefault(column.group, {})[number] = column
    for columns in groups.values():
        fields = [column.field for column in columns.values()]
        for turn in range(max(1, fields.count("program"))):
            yield {
                number: column
                for number, column in columns.items()
                if column.turn == turn or (column.field != "program" and fields.count(column.field) == 1)
            }


def _columns(sheet: Sheet, header: Sequence[int], first: int) -> dict[int, Column]:
    """Whose each column is: the header row with most unknown words names the groups, another one what they hold."""
    width = len(sheet.rows[0])
    right = range(first, width)
    if not header:
        return {}
    names = max(header, key=lambda row: _naming(sheet, row, right))
    inner = max(header, key=lambda row: (sum(_inner(sheet.rows[row][column]) is not None for column in right), row))
    columns: dict[int, Column] = {}
    group = ""
    for column in right:
        own = sheet.rows[names][column]
        group = own if _is_name(own) else group
        field = _inner(sheet.rows[inner][column])
        if field is None and (_is_name(own) or any(_is_subgroup(sheet.rows[row][column]) for row in header)):
            # An unknown word beside «Предмет» and its like heads a column that is not read.
            strange = inner != names and any(_inner(text) for text in sheet.rows[inner][first:])
            strange = strange and _is_name(sheet.rows[inner][column])
            beside = sheet.origin(names, column)[1] != column
            field = "" if strange else _of_cells(sheet, header[-1] + 1, column, beside=beside)
        field = field or ""
        if group:
            turn = sum(one.group == group and one.field == field for one in columns.values())
            columns[column] = Column(group, field, turn)
    return columns


def _naming(sheet: Sheet, row: int, right: range) -> tuple[int, bool, int]:
    """How well a row of headers names the groups: by the different names that it has, and whether none stands twice.

    A title merged over the whole sheet is one name, however many columns it covers.
    """
    origins = {sheet.origin(row, column): text for column in right if _is_name(text := sheet.rows[row][column])}
    names = set(origins.values())
    return len(names), 1 < len(names) == len(origins), row


def _of_cells(sheet: Sheet, first_row: int, column: int, *, beside: bool) -> str:
    """What a column without a header of its own holds: programs, or `beside` the first of its group, perhaps others."""
    if beside:
        for field, understand in (("room", _room_number), ("teacher", person)):
            if _holds(sheet, first_row, column, understand):
                return field
    return "program"


def _room_number(text: str) -> str:
    """`34`, `А-15`, `каб. 3`."""
    return matched(r"(?:(?:каб|ауд)\.?\s*)?(?:[А-ЯA-Z]-?)?\d{1,4}[а-яa-z]?", plain(text), "«{}» is no room's number")[0]


def _is_name(text: str) -> bool:
    return bool(text) and field_of(text, Subject.TIMETABLE) is None and not _is_subgroup(text)


def _is_subgroup(text: str) -> bool:
    """`1 подгруппа`, `2 п/г`, `подгр. 1`: a part of the group that is named above."""
    return _SUBGROUP.fullmatch(text.strip()) is not None


@cache
def _inner(text: str) -> str | None:
    field = field_of(text, Subject.TIMETABLE) if text else None
    return field if field in _INNER else None
