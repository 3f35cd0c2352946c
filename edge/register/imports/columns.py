"""COLUMNS: what a file of each kind of entry has in its columns, how a cell is read, and how it is written.

Whatever is written is read back as it was; who reads says what it does not understand, and guesses nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from edge.register.entry import Entry
from edge.register.events import AchievementLevel, Direction, Event, EventKind, Participation
from edge.register.imports import amounts, scribes
from edge.register.imports.amounts import Scribe
from edge.register.lessons import Form, Group, Level, Partner, Program, Teacher
from edge.register.mentoring import MentoringForm, MentoringModel, MentoringPair, Volunteering
from edge.register.network import Enrolment, NetworkAgreement, Survey
from edge.register.people import Category
from edge.register.projects import Achievement, Project, ProjectKind, Result
from edge.register.publicity import ChannelKind, InformationChannel, Publication
from edge.register.quarters import ManualValue, PlannedWork, QuarterText, Target


@dataclass(frozen=True, slots=True)
class Column:
    """One field of an entry in a file: its headers, and other words that head it in files of people's own making."""

    field: str
    ru: str
    en: str
    scribe: Scribe[Any]
    words: tuple[str, ...] = ()


def _column(field: str, ru: str, scribe: Scribe[Any], *words: str) -> Column:
    return Column(field, ru, field.replace("_", " "), scribe, words)


def _chosen(field: str, ru: str, members: type[StrEnum], *words: str) -> Column:
    return _column(field, ru, scribes.Word(members), *words)


def _named(field: str, ru: str, of: str, *words: str) -> Column:
    return _column(field, ru, scribes.Name(of), *words)


def _called(*words: str) -> Column:
    """What an entry is called: under its own kind's word too, as people head a list of such entries."""
    return replace(_NAME, words=(*_NAME.words, *words))


_FIRST = _column("first_day", "Дата начала", amounts.DAY, "начало", "с", "действует с", "from", "начало действия")
_LAST = _column("last_day", "Дата окончания", amounts.DAY, "окончание", "по", "действует по", "to", "конец действия")
_DAY = _column("day", "Дата", amounts.DAY, "день", "число", "дата проведения", "date")
_NAME = _column("name", "Название", scribes.TEXT, "наименование", "имя")
_COUNT = _column("count", "Количество", amounts.WHOLE, "кол-во", "человек", "чел", "количество человек", "всего")
_LEARNERS = _column("learners", "Псевдонимы обучающихся", scribes.LEARNERS, "псевдонимы")
_DOCUMENT = _column("document", "Документ", scribes.TEXT, "документ-основание", "основание", "приказ", "подтверждение")
_CATEGORY = _chosen("category", "Категория", Category, "категория участников", "категория обучающихся")
_TRACK = _column("track", "Квантум", scribes.TRACK, "направление", "куб", "направленность")
_PARTNER = _named("partner", "Партнёр", "partner", "организация-партнёр", "сетевой партнёр", "организация", "школа")
_PROGRAM = _named("program", "Программа", "program", "образовательная программа", "наименование программы")
_LEVEL = _chosen("level", "Уровень", AchievementLevel, "уровень конкурса", "уровень мероприятия")
_DIRECTION = _chosen("direction", "Направление работы", Direction, "направление")
_EQUIPMENT = _column("equipment", "Оборудование", scribes.EQUIPMENT, "использованное оборудование")
_SOFTWARE = _column("software", "Программное обеспечение", scribes.LIST, "по", "софт")
_PRACTICAL = _column("practical", "Практическая направленность", amounts.FLAG, "практическое", "практический")
_FORM = _chosen("form", "Форма", Form, "форма проведения", "форма обучения")
_NUMBER = _column("number", "Номер показателя", amounts.NUMBER, "показатель", "номер", "№ показателя")
_YEAR = _column("year", "Год", amounts.WHOLE)
_QUARTER = _column("quarter", "Квартал", amounts.QUARTER)

_LISTED: Mapping[type[Entry], tuple[Column, ...]] = {
    Partner: (
        _called("партнёр", "сетевой партнёр", "организация", "школа"),
        _column("agreement", "Договор", scribes.TEXT, "сетевой договор"),
    ),
    Program: (
        _called("программа", "образовательная программа", "наименование программы", "название программы"),
        replace(_TRACK, scribe=scribes.ANY_TRACK),
        _chosen("level", "Уровень", Level),
        _PARTNER,
        _FORM,
        _FIRST,
        _LAST,
    ),
    Group: (
        _called("группа", "учебная группа", "название группы", "объединение", "класс"),
        *(_PROGRAM, _PARTNER, _column("learners", "Количество обучающихся", amounts.WHOLE, "обучающихся")),
    ),
    Teacher: (_column("name", "ФИО", scribes.TEXT, "педагог", "учитель", "ф.и.о", "наставник"),),
    NetworkAgreement: (
        _PARTNER,
        _column("number", "Номер договора", scribes.TEXT, "номер", "№ договора", "договор"),
        _column("subject", "Предмет договора", scribes.TEXT, "предмет"),
        *(_FIRST, _LAST, _DOCUMENT),
    ),
    Enrolment: (
        _named("group", "Группа", "group", "учебная группа", "объединение"),
        *(_CATEGORY, _COUNT, _LEARNERS, _FIRST, _LAST),
        _column("left_early", "Выбыли досрочно", amounts.FLAG, "досрочно", "выбыли"),
        _DOCUMENT,
    ),
    Survey: (
        _PROGRAM,
        _column("asked", "Опрошено", amounts.WHOLE, "всего опрошено"),
        _column("content", "Удовлетворены", amounts.WHOLE, "довольны", "удовлетворено"),
        *(_DAY, _DOCUMENT),
    ),
    Event: (
        _called("мероприятие", "название мероприятия", "событие"),
        _chosen("event_kind", "Вид мероприятия", EventKind, "вид", "тип", "тип мероприятия"),
        *(_DIRECTION, _LEVEL, _TRACK, _PARTNER, _FORM, _EQUIPMENT, _SOFTWARE, _PRACTICAL),
        replace(_FIRST, words=(*_FIRST.words, "дата", "дата проведения")),
        *(_LAST, _DOCUMENT),
    ),
    Participation: (
        _named("event", "Мероприятие", "event", "название мероприятия", "событие"),
        *(_CATEGORY, _PARTNER, _COUNT, _LEARNERS, _DOCUMENT),
    ),
    Project: (
        _called("проект", "название проекта", "тема", "тема проекта"),
        _chosen("project_kind", "Вид работы", ProjectKind, "вид", "тип"),
        *(_TRACK, _LEVEL, _PROGRAM, _PARTNER, _CATEGORY, _COUNT, _LEARNERS, _EQUIPMENT, _SOFTWARE),
        _column("runs", "Опыты", scribes.LIST, "эксперименты"),
        _column("jobs", "Задания", scribes.LIST, "задания на печать"),
        _PRACTICAL,
        _column("shown_outside", "Представлен вне центра", amounts.FLAG, "представлен вовне", "внешняя защита"),
        *(_DAY, _DOCUMENT),
    ),
    Achievement: (
        _called("достижение", "конкурс", "название конкурса", "мероприятие"),
        _LEVEL,
        _chosen("result", "Результат", Result, "место", "статус"),
        *(_CATEGORY, _TRACK, _PROGRAM, _COUNT, _LEARNERS, _EQUIPMENT, _SOFTWARE, _DAY, _DOCUMENT),
    ),
    MentoringModel: (
        _called("модель", "модель наставничества"),
        _chosen("form", "Форма наставничества", MentoringForm, "форма"),
        *(_FIRST, _LAST, _DOCUMENT),
    ),
    MentoringPair: (
        _named("model", "Модель наставничества", "mentoring_model", "модель"),
        _called("пара", "наставническая пара"),
        *(_CATEGORY, _TRACK, _EQUIPMENT, _COUNT, _LEARNERS),
        _column("completed", "План выполнен", amounts.FLAG, "завершена", "выполнено"),
        *(_FIRST, _LAST, _DOCUMENT),
    ),
    Volunteering: (
        _called("акция", "мероприятие"),
        _CATEGORY,
        _DIRECTION,
        _EQUIPMENT,
        _COUNT,
        _LEARNERS,
        _FIRST,
        _LAST,
        _DOCUMENT,
    ),
    InformationChannel: (
        _called("канал", "информационный канал", "ресурс"),
        _chosen("channel_kind", "Вид канала", ChannelKind, "вид", "тип"),
        _column("address", "Адрес", scribes.TEXT, "ссылка", "url"),
        *(_FIRST, _LAST, _DOCUMENT),
    ),
    Publication: (
        _named("channel", "Канал", "information_channel", "информационный канал", "источник"),
        _DIRECTION,
        _column("title", "Заголовок", scribes.TEXT, "название", "тема", "наименование"),
        *(_EQUIPMENT, _COUNT, _DAY, _DOCUMENT),
    ),
    PlannedWork: (
        _DIRECTION,
        _called("мероприятие", "работа"),
        _column("planned_day", "Плановая дата", amounts.DAY, "план", "срок", "дата по плану"),
        _column("done_day", "Дата выполнения", amounts.DAY, "факт", "выполнено", "дата проведения"),
        _column("outcome", "Результат", scribes.TEXT, "итог", "что сделано"),
        _DOCUMENT,
    ),
    ManualValue: (
        _column("set", "Набор показателей", scribes.TEXT, "набор"),
        *(_NUMBER, _YEAR, _QUARTER),
        _column("hundredths", "Значение", amounts.HUNDREDTHS, "факт", "value"),
        _column("reason", "Причина", scribes.TEXT, "обоснование"),
        _DOCUMENT,
    ),
    QuarterText: (
        _column("subject", "Раздел", scribes.SUBJECT, "показатель", "направление работы"),
        *(_YEAR, _QUARTER),
        _column("text", "Текст", scribes.PROSE, "содержание"),
    ),
    Target: (
        _NUMBER,
        _YEAR,
        _column("target", "План", amounts.WHOLE, "плановое значение", "цель"),
        _DOCUMENT,
    ),
}

_ID = _column("id", "Код", scribes.ID, "идентификатор")
NOT_READ = ("№", "№ п/п", "n п/п", "п/п", "примечание", "примечания", "комментарий", "комментарии", "note", "comment")
"""Headers of columns that are read by nobody."""

COLUMNS: Mapping[str, tuple[Column, ...]] = {kind.kind: (_ID, *columns) for kind, columns in _LISTED.items()}
"""Columns by kind, in the order in which they are written; the first is the entry's own id."""


def words_of(kind: str) -> Mapping[str, tuple[str, ...]]:
    """The headers of each field of a kind; a word that might head two of them heads none, so that it is asked."""
    columns = COLUMNS[kind]
    headers = {column.ru.casefold() for column in columns}
    used = [word.casefold() for column in columns for word in column.words]
    known = {
        column.field: (
            *(column.ru.casefold(), column.en),
            *(word for word in column.words if used.count(word.casefold()) == 1 and word.casefold() not in headers),
        )
        for column in columns
    }
    return {**known, "": NOT_READ}
