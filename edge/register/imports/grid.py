"""A grid as schools print it: groups across, days and lessons down, cells merged, weeks I and II under one another.

Reads lessons where `grid_shape` says that they stand; looks no name up.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from edge.register.calendar import Week
from edge.register.imports.cells import week_of
from edge.register.imports.grid_shape import TIMES, Column, Shape, by_group, says, shape_of
from edge.register.imports.headers import Layout, Question, fingerprint
from edge.register.imports.records import Reader, Record
from edge.register.imports.several import split, told_apart
from edge.register.imports.sheets import Place, Sheet
from edge.register.imports.weeks import marked


@dataclass(frozen=True, slots=True)
class _Line:
    """A row of the grid: what its left columns say."""

    number: int
    texts: tuple[tuple[str, str], ...]
    week: Week | None


def is_grid(sheet: Sheet) -> bool:
    """Whether a sheet has days down one side and groups across."""
    return shape_of(sheet, {}) is not None


def layout(sheet: Sheet, answers: Mapping[str, str]) -> Layout:
    """What has to be asked of the grid's headers; `answers` tell the field of a header by its exact text."""
    shape = shape_of(sheet, {})
    asked = shape.asked if shape else {}
    questions = {
        header: Question(_header_place(sheet, header, column), header, TIMES)
        for column, header in asked.items()
        if header not in answers
    }
    told = {header: answers[header] for header in asked.values() if header in answers}
    return Layout({}, tuple(questions.values()), fingerprint(["grid", *sorted(set(asked.values()))]), told)


def records(sheet: Sheet, answers: Mapping[str, str], reader: Reader) -> Iterator[Record]:
    """Every lesson of the grid; one that stands for both weeks comes once."""
    shape = shape_of(sheet, answers)
    if shape is None:
        return
    for lines in _lessons(sheet, shape):
        for group_columns in by_group(shape):
            yield from _of_group(_Cells(sheet, shape, reader), lines, group_columns)


def _header_place(sheet: Sheet, header: str, column: int) -> Place:
    row = next(row for row in range(len(sheet.rows)) if sheet.rows[row][column] == header)
    return sheet.place(row, column)


def _lessons(sheet: Sheet, shape: Shape) -> Iterator[list[_Line]]:
    """The rows of each lesson together: two where weeks stand under one another."""
    carried: dict[str, str] = {}
    lines: list[_Line] = []
    for number in range(shape.first_row, len(sheet.rows)):
        row = sheet.rows[number]
        if not any(row):
            continue
        told = {field: row[column] for column, field in shape.left.items() if field and row[column]}
        if "day" in told and told["day"] != carried.get("day"):
            carried = {}
        if {"lesson", "time", "start"} & set(told):
            carried = {"day": carried.get("day", "")}
        week = told.pop("week", "")
        carried |= told
        line = _Line(number, tuple(sorted(carried.items())), week_of(week) if says(week_of, week) and week else None)
        if lines and lines[-1].texts != line.texts:
            yield lines
            lines = []
        lines.append(line)
    if lines:
        yield lines


@dataclass(frozen=True, slots=True)
class _Cells:
    """Where the cells of a grid come from, and who is told what is wrong with them."""

    sheet: Sheet
    shape: Shape
    reader: Reader


def _of_group(cells: _Cells, lines: Sequence[_Line], columns: Mapping[int, Column]) -> Iterator[Record]:
    """The lessons of one group at one time: rows that are merged or alike are one lesson of both weeks."""
    if not dict(lines[0].texts).get("day") or len(lines[0].texts) < 2:
        return
    two = len(lines) == 2
    weeks = [line.week or (Week.BOTH if not two else (Week.A, Week.B)[number]) for number, line in enumerate(lines)]
    found = [_record(cells, line, columns) for line in lines]
    if two and found[0] and found[1] and found[0].texts == found[1].texts:
        found, weeks = found[:1], [Week.BOTH]
    for record, line, week in zip(found, lines, weeks, strict=False):
        for one in told_apart(record, cells.reader) if record else ():
            said = marked(one.text("program"))
            # Halves that no word calls I or II yield to what the cell itself says.
            alone = line.week is None and (said.week is not None or (said.weeks is not None and not said.weeks.but))
            yield split(replace(one, texts={**one.texts, "week": "" if alone else week.value}), cells.reader)


def _record(cells: _Cells, line: _Line, columns: Mapping[int, Column]) -> Record | None:
    sheet = cells.sheet
    texts: dict[str, str] = {}
    places = {field: sheet.place(line.number, column) for column, field in cells.shape.left.items() if field}
    for number, column in columns.items():
        text, origin = sheet.rows[line.number][number], sheet.origin(line.number, number)
        if column.turn and column.field == "program" and origin[1] != number:
            return None  # what is merged over all subgroups stands with the first of them
        if column.field:
            texts |= {column.field: text} if text.strip(" -–—") else {}
            places[column.field] = sheet.place(*origin)
    if not texts.get("program"):
        return None
    group = next(iter(columns.values())).group
    texts = {**dict(line.texts), **texts, "group": group}
    return Record(sheet.place(line.number, min(columns)), texts, places)
