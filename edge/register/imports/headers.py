"""Which column of a table is which field: by words that people use, or by what they said once before.

Guesses nothing that is not in the table of words; what is unknown is asked.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from edge.register.imports.cells import folded
from edge.register.imports.columns import COLUMNS, words_of
from edge.register.imports.sheets import Place
from edge.register.mappings import Subject

TIMETABLE: Mapping[str, tuple[str, ...]] = {
    "id": ("id", "код", "идентификатор", "код занятия"),
    "happening": ("вид события", "happening", "занятие или мероприятие"),
    "name": ("название мероприятия", "название", "event", "мероприятие"),
    "day": ("день", "день недели", "дни", "дата", "число", "day", "weekday", "date", "дни недели"),
    "week": ("неделя", "нед", "четность", "чет/нечет", "week", "weeks", "тип недели", "parity"),
    "lesson": ("урок", "№ урока", "номер урока", "пара", "№ пары", "номер пары", "lesson", "№", "lesson number", "n"),
    "start": (
        "начало", "начало занятий", "начало занятия", "время начала", "start", "begin", "начало пары",
        "нач", "нач занятий", "нач занятия", "нач зан", "нач пары", "нач урока", "начало урока",
    ),
    "end": (
        "окончание", "конец", "окончание занятий", "окончание занятия", "время окончания", "end", "нач. конец",
        "оконч", "оконч занятий", "оконч занятия", "оконч зан", "оконч пары", "оконч урока", "окончание пары",
        "окончание урока", "кон", "кон занятий", "кон занятия", "конец занятий", "конец занятия", "конец пары",
        "конец урока",
    ),
    "time": ("время", "звонки", "время занятий", "время занятия", "часы", "time", "пара/время", "пара время"),
    "room": (
        "кабинет", "каб", "каб.", "ауд", "аудитория", "№ ауд", "помещение", "место", "room", "класс/кабинет", "каб. №",
        "№ кабинета", "место проведения", "ауд. №",
    ),
    "equipment": ("оборудование", "equipment"),
    "group": ("группа", "группы", "учебная группа", "класс", "объединение", "group", "class", "подразделение"),
    "program": (
        "программа", "предмет", "дисциплина", "курс", "program", "programme", "subject", "наименование программы",
        "образовательная программа", "наименование дисциплины", "course",
    ),
    "track": ("квантум", "направление", "track"),
    "level": ("уровень", "level"),
    "teacher": (
        "педагог", "учитель", "преподаватель", "фио преподавателя", "фио педагога", "ф.и.о", "фио", "наставник",
        "teacher", "ф.и.о. преподавателя", "педагог дополнительного образования",
    ),
    "partner": ("партнер", "организация-партнер", "сетевой партнер", "школа", "partner", "организация"),
    "form": ("форма", "форма обучения", "форма проведения", "form"),
    "learners": (
        "обучающихся", "количество", "кол-во", "кол-во обучающихся", "количество обучающихся", "человек", "чел",
        "learners", "план", "наполняемость", "число обучающихся",
    ),
    "first_day": ("с", "действует с", "дата начала", "first day", "from", "first_day", "начало действия"),
    "last_day": ("по", "действует по", "дата окончания", "last day", "to", "last_day", "конец действия"),
    "cancelled": ("кроме", "отмены", "except", "cancelled"),
    "": ("вид занятий", "вид занятия", "тип", "примечание", "примечания", "п/п", "№ п/п", "n п/п", "comment", "note"),
}  # fmt: skip
"""Field by the words that head its column; the field without a name is read by nobody."""

EQUIPMENT: Mapping[str, tuple[str, ...]] = {
    "id": ("id", "код", "идентификатор"),
    "name": ("название", "наименование", "наименование оборудования", "оборудование", "name", "equipment"),
    "kind": ("вид", "тип", "вид оборудования", "тип оборудования", "kind", "type"),
    "track": ("квантум", "направление", "track"),
    "room": ("кабинет", "каб", "помещение", "аудитория", "место", "room", "место нахождения", "местонахождение"),
    "stations": ("мест", "рабочих мест", "ученико-мест", "stations", "количество мест"),
    "inventory_number": (
        "инвентарный номер", "инв. №", "инв №", "инв. номер", "инв.№", "инвентарный №", "inventory number",
        "inventory_number",
    ),
    "driver": ("драйвер", "driver"),
    "": ("№", "№ п/п", "п/п", "примечание", "комментарий", "цена", "стоимость", "сумма", "год", "note", "комментарии"),
}  # fmt: skip

WORDS: Mapping[Subject, Mapping[str, tuple[str, ...]]] = {
    Subject.TIMETABLE: TIMETABLE,
    Subject.EQUIPMENT: EQUIPMENT,
    **{Subject(kind): words_of(kind) for kind in COLUMNS},
}


@dataclass(frozen=True, slots=True)
class Question:
    """A header that nobody told about yet; the answer is one of `fields`, or nothing to leave the column out."""

    place: Place
    header: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """What a header row says: the field of each column from 0, and what has to be asked."""

    columns: Mapping[int, str]
    questions: tuple[Question, ...]
    fingerprint: str
    answers: Mapping[str, str]


def field_of(header: str, subject: Subject) -> str | None:
    """The field that a header names; empty where the column is not read, None where the word is unknown."""
    return _known(subject).get(_undotted(header))


@cache
def _known(subject: Subject) -> Mapping[str, str]:
    """Field by every word that heads its column, the first field of a word before the others."""
    known: dict[str, str] = {}
    for field, words in WORDS[subject].items():
        for word in (field, *words):
            known.setdefault(_undotted(word), field)
    known.pop("", None)
    return known


def fingerprint(headers: Sequence[str]) -> str:
    """The same for the same headers, however they are spaced or written in capitals."""
    joined = "\0".join(_word(header) for header in headers).rstrip("\0")
    return hashlib.blake2b(joined.encode(), digest_size=16).hexdigest()


def layout_of(headers: Sequence[str], places: Sequence[Place], subject: Subject, answers: Mapping[str, str]) -> Layout:
    """The columns of a header row; `answers` give the field of a header by its exact text, before the known words."""
    columns: dict[int, str] = {}
    questions = []
    for number, (header, place) in enumerate(zip(headers, places, strict=True)):
        field = answers.get(header, field_of(header, subject))
        if field is None and header:
            questions.append(Question(place, header, tuple(name for name in WORDS[subject] if name)))
        elif field and field not in columns.values():
            columns[number] = field
    return Layout(columns, tuple(questions), fingerprint(headers), answers)


def _undotted(header: str) -> str:
    """Dots of shortened words make no difference, nor do the spaces behind them."""
    return " ".join(_word(header).replace(".", " ").split())


def _word(header: str) -> str:
    return re.sub(r"\s*\([^)]*\)$", "", folded(header)).replace("_", " ").strip(" .:")
