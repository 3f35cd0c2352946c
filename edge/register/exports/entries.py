"""The entries of a kind as a table, one a row, which the import reads back as they were.

Learners are counts alone: their pseudonyms are in no table.
"""

from __future__ import annotations

from edge.register.contract import Snapshot
from edge.register.entry import Entry
from edge.register.exports.table import Cell, Table
from edge.register.imports.columns import COLUMNS
from edge.register.imports.entries import known_of
from edge.register.imports.options import Options
from edge.register.imports.scribes import LEARNERS
from edge.register.imports.words import Language

TITLES = {
    "partner": "Партнёры",
    "program": "Программы",
    "group": "Группы",
    "teacher": "Педагоги",
    "network_agreement": "Сетевые договоры",
    "enrolment": "Зачисления",
    "survey": "Опросы",
    "event": "Мероприятия",
    "participation": "Участие в мероприятиях",
    "project": "Проекты",
    "achievement": "Достижения",
    "mentoring_model": "Модели наставничества",
    "mentoring_pair": "Наставнические пары",
    "volunteering": "Волонтёрство",
    "information_channel": "Информационные каналы",
    "publication": "Публикации",
    "planned_work": "План работы",
    "manual_value": "Значения вручную",
    "quarter_text": "Тексты отчёта",
    "target": "Плановые значения",
}
"""What the sheet of a kind is called."""


def entries_table(kind: type[Entry], register: Snapshot, options: Options, *, language: Language = "ru") -> Table:
    """Every living entry of a kind, by id; `kind` is one of `COLUMNS`."""
    known = known_of(register, options)
    columns = [column for column in COLUMNS[kind.kind] if column.scribe is not LEARNERS]
    rows: list[tuple[Cell, ...]] = [
        (row.id, *(column.scribe.write(getattr(row.value, column.field), known, language) for column in columns[1:]))
        for row in register.rows(kind)
    ]
    headers = tuple(column.ru if language == "ru" else column.en for column in columns)
    about = {"Версия реестра" if language == "ru" else "Register version": str(register.register_version)}
    return Table(title_of(kind.kind, language), headers, tuple(rows), about, code=kind.kind)


def title_of(kind: str, language: Language) -> str:
    """What the table of a kind is called."""
    return TITLES[kind] if language == "ru" else kind.replace("_", " ").capitalize()
