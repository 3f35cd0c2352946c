"""The Russian words of everything that is chosen from a list: the first is written, all of them are read.

Every member of every list stands here; in English a member is its own word.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Literal, TypeVar

from edge.register.events import AchievementLevel, Direction, EventKind
from edge.register.imports.cells import folded, plain
from edge.register.lessons import Form, Level
from edge.register.mentoring import MentoringForm
from edge.register.people import Category
from edge.register.projects import ProjectKind, Result
from edge.register.publicity import ChannelKind

Language = Literal["ru", "en"]
W = TypeVar("W", bound=StrEnum)

RUSSIAN: Mapping[type[StrEnum], Mapping[StrEnum, tuple[str, ...]]] = {
    Form: {
        Form.IN_PERSON: ("очно", "очная"),
        Form.NETWORK: ("сетевая", "сетевая форма"),
        Form.REMOTE: ("дистанционно", "дистанционная", "онлайн"),
    },
    Level: {
        Level.NONE: ("",),
        Level.START: ("стартовый", "ознакомительный"),
        Level.BASE: ("базовый",),
        Level.ADVANCED: ("продвинутый", "углубленный"),
    },
    AchievementLevel: {
        AchievementLevel.INSTITUTION: ("уровень организации", "организация", "школьный", "внутренний"),
        AchievementLevel.MUNICIPAL: ("муниципальный", "городской", "районный"),
        AchievementLevel.REGIONAL: ("региональный", "областной", "краевой", "республиканский"),
        AchievementLevel.INTERREGIONAL: ("межрегиональный",),
        AchievementLevel.NATIONAL: ("всероссийский", "федеральный"),
        AchievementLevel.INTERNATIONAL: ("международный",),
    },
    Category: {
        Category.LEARNER: ("обучающиеся", "обучающийся", "ученики", "школьники", "учащиеся"),
        Category.LEARNER_PRIMARY: ("начальная школа", "1-4 класс", "1-4 классы", "ноо"),
        Category.LEARNER_BASIC: ("основная школа", "5-9 класс", "5-9 классы", "ооо"),
        Category.LEARNER_SECONDARY: ("старшая школа", "10-11 класс", "10-11 классы", "соо"),
        Category.PARTNER_LEARNER: ("обучающиеся партнёров", "обучающиеся партнера", "сетевые обучающиеся"),
        Category.TEACHER: ("педагоги", "педагог", "учителя", "учитель"),
        Category.PARENT: ("родители", "родитель", "законные представители"),
        Category.OTHER: ("другие", "другое", "иные", "прочие"),
    },
    Direction: {
        Direction.JOINT_EVENTS: ("совместные мероприятия",),
        Direction.CONFERENCES: ("конференции", "конференция"),
        Direction.FEDERAL_EVENTS: ("федеральные мероприятия",),
        Direction.CAMPAIGNS: ("информационные кампании", "информационная кампания"),
        Direction.NETWORK_PROGRAMS: ("сетевые программы", "сетевое взаимодействие"),
        Direction.MENTORING: ("наставничество",),
        Direction.CAREER_GUIDANCE: ("профориентация", "профориентационная работа"),
        Direction.PROJECT_WORK: ("проектная деятельность", "проектная работа"),
        Direction.LOW_RESULTS_SUPPORT: ("поддержка школ с низкими результатами", "шнор"),
        Direction.GOOD_PRACTICE: ("трансляция лучших практик", "лучшие практики"),
    },
    EventKind: {
        EventKind.MASTER_CLASS: ("мастер-класс", "мастер класс"),
        EventKind.QUEST: ("квест",),
        EventKind.EXCURSION: ("экскурсия",),
        EventKind.HACKATHON: ("хакатон",),
        EventKind.CONTEST: ("конкурс", "соревнования", "соревнование", "олимпиада"),
        EventKind.CONFERENCE: ("конференция",),
        EventKind.LECTURE: ("лекция", "лекторий"),
        EventKind.EXHIBITION: ("выставка",),
        EventKind.OPEN_DAY: ("день открытых дверей",),
        EventKind.PROJECT_SESSION: ("проектная сессия", "проектная смена"),
        EventKind.CAMPAIGN: ("акция", "кампания"),
        EventKind.OTHER: ("другое", "иное", "прочее"),
    },
    ProjectKind: {
        ProjectKind.PROJECT: ("проект",),
        ProjectKind.APPLIED_STUDY: ("прикладное исследование", "исследование"),
    },
    Result: {
        Result.WINNER: ("победитель", "1 место", "победители"),
        Result.PRIZE_TAKER: ("призёр", "2 место", "3 место", "призеры", "лауреат"),
        Result.PARTICIPANT: ("участник", "участие", "участники"),
    },
    MentoringForm: {
        MentoringForm.LEARNER_LEARNER: ("ученик — ученик",),
        MentoringForm.TEACHER_LEARNER: ("педагог — ученик", "учитель — ученик"),
        MentoringForm.TEACHER_TEACHER: ("педагог — педагог", "учитель — учитель"),
        MentoringForm.STUDENT_LEARNER: ("студент — ученик",),
        MentoringForm.EMPLOYER_LEARNER: ("работодатель — ученик",),
        MentoringForm.OTHER: ("другая", "другое", "иная"),
    },
    ChannelKind: {
        ChannelKind.WEBSITE: ("сайт", "веб-сайт"),
        ChannelKind.SOCIAL_NETWORK: ("социальная сеть", "соцсеть"),
        ChannelKind.MESSENGER: ("мессенджер", "канал в мессенджере"),
        ChannelKind.VIDEO: ("видеохостинг", "видео"),
        ChannelKind.NEWSPAPER: ("газета", "печатное сми"),
        ChannelKind.RADIO: ("радио",),
        ChannelKind.TELEVISION: ("телевидение", "тв"),
        ChannelKind.OTHER: ("другое", "иное", "прочее"),
    },
}  # fmt: skip
"""Member by its words."""


def word_of(member: StrEnum, language: Language) -> str:
    """What a file writes for a member."""
    return RUSSIAN[type(member)][member][0] if language == "ru" else member.value.replace("_", " ")


def member_of(text: str, members: type[W]) -> W:
    """The member that a text names, in Russian or English; raises `ValueError` for any other word."""
    found = _READ[members].get(_key(text))
    if found is None:
        message = f"«{plain(text)}» is not on the list"
        raise ValueError(message)
    return members(found)


def _key(text: str) -> str:
    """Dashes of any length, with or without spaces, are one."""
    dashed = folded(text).replace("–", "-").replace("—", "-").replace("_", " ")
    return " ".join(dashed.replace(" - ", "-").split())


_READ: Mapping[type[StrEnum], Mapping[str, str]] = {
    members: {
        _key(word): member.value for member, words in known.items() for word in (member.value, member.name, *words)
    }
    for members, known in RUSSIAN.items()
}
