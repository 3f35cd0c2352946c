"""What a text of an entry may hold: characters that are seen, and no learner's name.

Judges what is typed now and never what is kept: whatever an older labedge let in stays readable.
"""

from __future__ import annotations

import re
import unicodedata

from pydantic import ValidationInfo

KEPT = "kept"
"""The context of what is read from the file."""

_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Controls, marks of direction, characters without width, halves of characters, separators of lines."""

_LINES = frozenset("\n\t")


def is_unseen(character: str) -> bool:
    """Whether a character is there and cannot be seen; what parts words and lines is no such one."""
    return not character.isspace() and unicodedata.category(character) in _UNSEEN


def one_line(text: str, info: ValidationInfo) -> str:
    """The text; raises `ValueError` where it holds what nobody sees, or a line break."""
    return text if info.context == KEPT else _checked(text, frozenset())


def lines(text: str, info: ValidationInfo) -> str:
    """As `one_line`; line breaks and tabs may stand in it, those of other systems become plain ones."""
    return text if info.context == KEPT else _checked(text.replace("\r\n", "\n").replace("\r", "\n"), _LINES)


def fault_of(text: str) -> str:
    """What is wrong with the characters of a text, or nothing; it may have lines."""
    try:
        _checked(text, _LINES)
    except ValueError as error:
        return str(error)
    return ""


def _checked(text: str, allowed: frozenset[str]) -> str:
    if text.isprintable():
        return text
    for place, character in enumerate(text, 1):
        if character in "\n\r\t" and character not in allowed:
            message = f"character {place} is a line break or a tab: write the text on one line"
            raise ValueError(message)
        if character not in allowed and unicodedata.category(character) in _UNSEEN:
            message = f"character {place} is U+{ord(character):04X}, which nobody sees: write the text anew without it"
            raise ValueError(message)
    return text


_NAMES = """
    александр александра алексей алена алина алиса алла альбина анастасия анатолий ангелина андрей анна антон
    антонина арина аркадий арсений артем артемий артур богдан борис вадим валентин валентина валерий валерия
    варвара василий василиса вася вера вероника виктор виктория виталий влад владимир владислав вова всеволод
    вячеслав галина геннадий георгий герман глеб григорий давид дамир дана даниил данил данила дарья даша демид
    денис диана дима динара дмитрий ева евгений евгения егор екатерина катя елена елизавета лиза есения ефим
    женя захар злата зоя иван ваня игнат игорь илья инна ира ирина камила карина кира кирилл клим константин
    костя ксения кузьма лариса лев леонид лидия любовь людмила макар максим маргарита марина мария маша марк
    марат матвей милана мирон мирослава михаил миша надежда настя наталья наташа ника никита николай коля нина
    оксана олег олеся ольга оля павел паша петр петя платон полина прохор радмир регина ринат роберт роман
    ростислав руслан савва савелий саша светлана света святослав семен серафима сергей сережа софия софья соня
    станислав степан стефания таисия тамара таня татьяна тимофей тимур тихон ульяна федор филипп эвелина элина
    эльвира эмиль эмма юлиана юлия юля юра юрий яков ян яна ярослав ярослава
"""
_FIRST_NAMES = frozenset(_NAMES.split())
_WORD = r"[А-ЯЁA-Z][а-яёa-z]+(?:-[А-ЯЁA-Z][а-яёa-z]+)?"
_INITIALS = r"[А-ЯЁA-Z]\.(?:\s?[А-ЯЁA-Z]\.)?"
_WITH_INITIALS = re.compile(rf"{_WORD}\s?{_INITIALS}|{_INITIALS}\s?{_WORD}")
_WORDS = re.compile(rf"{_WORD}(?:\s{_WORD}){{1,2}}")
_PATRONYMIC = re.compile(r".+(?:ович|евич|ьич|овна|евна|ична)")
_BETWEEN = re.compile(r"\s*[,;/+&()]\s*|\s+(?:[—–-]|и|and)\s+")
_CLASS = re.compile(r"\d{1,2}\s?[«\"]?[А-ЯЁа-яёA-Za-z]?[»\"]?(?:\s?(?:класс|кл\.))?")


def no_learner(text: str, info: ValidationInfo) -> str:
    """The text; raises `ValueError` where it is nothing but names: «Иванов Пётр, 7А», «Иванов П., Петрова А. С.»."""
    if info.context == KEPT or not text:
        return text
    parts = [part for part in _BETWEEN.split(text) if part and not _CLASS.fullmatch(part)]
    if parts and all(map(_is_person, parts)):
        message = "it may be a learner's name: say what it is, and give learners by pseudonym"
        raise ValueError(message)
    return text


def _is_person(text: str) -> bool:
    if _WITH_INITIALS.fullmatch(text):
        return True
    words = text.casefold().replace("ё", "е").split()
    named = any(word in _FIRST_NAMES or _PATRONYMIC.fullmatch(word) for word in words)
    return named and _WORDS.fullmatch(text) is not None


_TOKEN = re.compile(r"[^\W_]+")
_NOUNS = """
    пара тандем тройка группа команда наставник наставница ученик ученица звено модель цикл класс pair team
    group trio mentor model class
"""
_COMMON = frozenset(_NOUNS.split())
_ABBREVIATION = 5
"""Capitals of a group's or a track's short name: ПР, ХБ, ХАЙТЕК is written out."""


def pair_code(text: str, info: ValidationInfo) -> str:
    """The text; raises `ValueError` where it has a word with a capital letter that may be a name: «Пара 3» has none."""
    if info.context != KEPT and any(map(_may_be_name, _TOKEN.findall(text))):
        message = "it may hold a person's name: tell the pair by a number, such as «Пара 3»"
        raise ValueError(message)
    return text


def _may_be_name(word: str) -> bool:
    letters = "".join(filter(str.isalpha, word))
    if not letters[:1].isupper() or len(letters) == 1 or letters.casefold() in _COMMON:
        return False
    return not (letters.isupper() and len(letters) <= _ABBREVIATION)
