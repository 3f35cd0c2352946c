"""A flat table, one lesson or equipment a row, under one row of headers.

Skips blank rows; asks about headers that it does not know.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from edge.errors import GiveUp
from edge.register.imports.headers import WORDS, Layout, field_of, layout_of
from edge.register.imports.records import Record
from edge.register.imports.sheets import Sheet
from edge.register.mappings import Subject

HEADER_ROWS = 30
"""Above the headers there may be the school's name, approvals, dates; never more than that."""


def header_row(sheet: Sheet, subject: Subject, answers: Mapping[str, str]) -> int:
    """The row, from 0, that has most headers known; raises `GiveUp` where none has two."""
    known = [_known(row, subject, answers) for row in sheet.rows[:HEADER_ROWS]]
    best = max(range(len(known)), key=known.__getitem__, default=0)
    if not known or known[best] < 2:
        raise GiveUp(
            f"No row of headers was found in the first {HEADER_ROWS} rows of {sheet.name or 'the table'}.",
            fix=f"Put a row of headers above the table: {_examples(subject)}, …",
        )
    return best


def has_headers(sheet: Sheet, subject: Subject, answers: Mapping[str, str]) -> bool:
    """Whether `header_row` would find one."""
    try:
        header_row(sheet, subject, answers)
    except GiveUp:
        return False
    return True


def _examples(subject: Subject) -> str:
    """Headers that would be known; the field that is read by nobody has none."""
    return ", ".join(words[0] for field, words in WORDS[subject].items() if field and field != "id")


def _known(row: tuple[str, ...], subject: Subject, answers: Mapping[str, str]) -> int:
    return len({field for cell in row if cell and (field := answers.get(cell) or field_of(cell, subject))})


def layout(sheet: Sheet, row: int, subject: Subject, answers: Mapping[str, str]) -> Layout:
    """The columns under the headers of `row`."""
    headers = sheet.rows[row]
    return layout_of(headers, [sheet.place(row, column) for column in range(len(headers))], subject, answers)


def records(sheet: Sheet, row: int, columns: Mapping[int, str]) -> Iterator[Record]:
    """Every row below `row` that has a text in a column that is read."""
    for number in range(row + 1, len(sheet.rows)):
        texts = {field: text for column, field in columns.items() if (text := sheet.rows[number][column])}
        if texts:
            places = {field: sheet.place(number, column) for column, field in columns.items()}
            yield Record(sheet.place(number), texts, places)
