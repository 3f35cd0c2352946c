"""The timetable as a flat table, one lesson a row, and as a calendar.

Every header and every word is one that the imports know.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from edge.register.contract import Row, Snapshot, Stamp
from edge.register.entry import time_of
from edge.register.exports.table import Cell, Table
from edge.register.imports.icalendars import OWN_ROW
from edge.register.imports.naming import Names
from edge.register.imports.options import Options, names_of
from edge.register.lessons import Cancellation, Happening, OneOff, Program, Slot
from telemetry.columns import Lessons
from telemetry.timetable import LessonStatus

Language = Literal["ru", "en"]

HEADERS: Mapping[str, Mapping[Language, str]] = {
    "id": {"ru": "Код", "en": "id"},
    "happening": {"ru": "Вид события", "en": "happening"},
    "name": {"ru": "Название мероприятия", "en": "event"},
    "day": {"ru": "День", "en": "day"},
    "week": {"ru": "Неделя", "en": "week"},
    "lesson": {"ru": "Урок", "en": "lesson"},
    "start": {"ru": "Начало", "en": "start"},
    "end": {"ru": "Окончание", "en": "end"},
    "room": {"ru": "Кабинет", "en": "room"},
    "equipment": {"ru": "Оборудование", "en": "equipment"},
    "group": {"ru": "Группа", "en": "group"},
    "program": {"ru": "Программа", "en": "program"},
    "track": {"ru": "Направление", "en": "track"},
    "level": {"ru": "Уровень", "en": "level"},
    "teacher": {"ru": "Педагог", "en": "teacher"},
    "partner": {"ru": "Партнёр", "en": "partner"},
    "form": {"ru": "Форма", "en": "form"},
    "learners": {"ru": "Количество обучающихся", "en": "learners"},
    "first_day": {"ru": "Действует с", "en": "first day"},
    "last_day": {"ru": "Действует по", "en": "last day"},
    "cancelled": {"ru": "Кроме", "en": "except"},
}

_WEEKDAYS: Mapping[Language, tuple[str, ...]] = {
    "ru": ("пн", "вт", "ср", "чт", "пт", "сб", "вс"),
    "en": ("mon", "tue", "wed", "thu", "fri", "sat", "sun"),
}
_WEEKS: Mapping[Language, Mapping[str, str]] = {
    "ru": {"A": "I", "B": "II", "both": ""},
    "en": {"A": "A", "B": "B", "both": ""},
}
_RUSSIAN = {
    "lesson": "", "event": "мероприятие", "in_person": "", "network": "сетевая", "remote": "дистанционно",
    "": "", "start": "стартовый", "base": "базовый", "advanced": "продвинутый",
}  # fmt: skip
_ENGLISH = {"lesson": "", "in_person": ""}


@dataclass(frozen=True, slots=True)
class _Line:
    """One slot or one-off with the cells of its row by field."""

    id: str
    value: Slot | OneOff
    stamp: Stamp
    cells: Mapping[str, Cell]


def timetable_table(register: Snapshot, options: Options, *, language: Language = "ru") -> Table:
    """Every slot and one-off, slots first, by id."""
    rows = tuple(tuple(line.cells[name] for name in HEADERS) for line in _lines(register, options, language))
    headers = tuple(names[language] for names in HEADERS.values())
    about = {"Версия реестра" if language == "ru" else "Register version": str(register.register_version)}
    return Table("Расписание" if language == "ru" else "Timetable", headers, rows, about)


def timetable_ics(register: Snapshot, options: Options, lessons: Lessons, *, name: str) -> bytes:
    """Every lesson of `lessons` as an event, and every row of the timetable in a journal entry that programs skip."""
    import icalendar  # noqa: PLC0415 - a gateway at rest does without

    calendar = icalendar.Calendar()
    calendar.add("PRODID", "-//labedge//timetable//RU")
    calendar.add("VERSION", "2.0")
    calendar.add("X-WR-CALNAME", name)
    lines = {line.id: line for line in _lines(register, options, "en")}
    names = names_of(register, options)
    for line in lines.values():
        entry = icalendar.Journal()
        entry.add("UID", f"{line.value.kind}.{line.id}@labedge")
        entry.add("DTSTAMP", time_of(line.stamp.at).replace(microsecond=0))
        texts = {field: _text(cell) for field, cell in line.cells.items() if cell not in (None, "")}
        entry.add(OWN_ROW, json.dumps(texts, ensure_ascii=False))
        calendar.add_component(entry)
    for row in range(len(lessons)):
        event = icalendar.Event()
        for word, told in _event(lessons, row, names, lines).items():
            event.add(word, told)
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def _event(
    lessons: Lessons, row: int, names: Mapping[str, Names], lines: Mapping[str, _Line]
) -> Mapping[str, str | datetime]:
    told = {
        kind: codes[code] if (code := int(column[row])) >= 0 else ""
        for kind, codes, column in (
            ("room", lessons.rooms, lessons.room),
            ("group", lessons.groups, lessons.group),
            ("program", lessons.programs, lessons.program),
            ("teacher", lessons.teachers, lessons.teacher),
        )
    }
    shown = {kind: names[kind].shown(code) for kind, code in told.items()}
    line = lines.get(lessons.id[row].partition(":")[0])
    name = line.value.name if line and isinstance(line.value, OneOff) else ""
    return {
        "UID": f"{lessons.id[row]}@labedge",
        "DTSTAMP": time_of(line.stamp.at if line else 0).replace(microsecond=0),
        "DTSTART": time_of(int(lessons.start[row])),
        "DTEND": time_of(int(lessons.end[row])),
        "SUMMARY": name or " · ".join(filter(None, (shown["group"], shown["program"]))),
        "LOCATION": shown["room"],
        "DESCRIPTION": f"Группа: {shown['group']}\nПедагог: {shown['teacher']}",
        "STATUS": "CANCELLED" if lessons.status[row] == LessonStatus.CANCELLED else "CONFIRMED",
    }


def _lines(register: Snapshot, options: Options, language: Language) -> Iterator[_Line]:
    names = names_of(register, options)
    programs = {row.id: row.value for row in register.rows(Program)}
    cancelled = _cancelled(register)
    rows: list[Row[Slot] | Row[OneOff]] = [*register.rows(Slot), *register.rows(OneOff)]
    for row in rows:
        value, program = row.value, programs.get(row.value.program)
        days = cancelled.get(row.id, []) if isinstance(value, Slot) else []
        cells: dict[str, Cell] = {
            "id": row.id,
            "start": value.start,
            "end": value.end,
            "equipment": ", ".join(map(names["equipment"].shown, value.equipment)),
            **{kind: names[kind].shown(getattr(value, kind)) for kind in _NAMED},
            "track": program.track if program else "",
            "level": _word(program.level.value, language) if program else "",
            "form": _word(value.form.value, language),
            "learners": value.learners or None,
            "cancelled": ", ".join(day.isoformat() for day in days),
            **(_of_slot(value, language) if isinstance(value, Slot) else _of_one_off(value, language)),
        }
        yield _Line(row.id, value, row.stamp, cells)


_NAMED = ("room", "group", "program", "teacher", "partner")


def _of_slot(value: Slot, language: Language) -> dict[str, Cell]:
    return {
        "happening": "",
        "name": "",
        "day": _WEEKDAYS[language][value.weekday - 1],
        "week": _WEEKS[language][value.week.value],
        "lesson": value.lesson,
        "first_day": value.first_day,
        "last_day": value.last_day,
    }


def _of_one_off(value: OneOff, language: Language) -> dict[str, Cell]:
    happening = value.happening.value if value.happening is not Happening.LESSON else ""
    return {
        "happening": _word(happening, language),
        "name": value.name,
        "day": value.day,
        "week": "",
        "lesson": None,
        "first_day": None,
        "last_day": None,
    }


def _cancelled(register: Snapshot) -> dict[str, list[date]]:
    """The cancelled days of each slot."""
    days: dict[str, list[date]] = {}
    for row in register.rows(Cancellation):
        slot, _, day = row.value.lesson.partition(":")
        if day:
            days.setdefault(slot, []).append(date.fromisoformat(day))
    return days


def _word(word: str, language: Language) -> str:
    return _RUSSIAN[word] if language == "ru" else _ENGLISH.get(word, word)


def _text(cell: Cell) -> str:
    return cell.isoformat() if isinstance(cell, date) else str(cell)
