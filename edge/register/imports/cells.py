"""The words that people put into cells, understood: weekdays, weeks, times, dates, numbers.

Every function raises `ValueError` with a sentence where it does not understand; none guesses.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from edge.register.calendar import Week
from edge.register.exports.table import FORMULA
from edge.register.lessons import Form, Happening, Level
from edge.register.wording import is_unseen

_SPACES = re.compile(r"[^\S\n]+")


def shown(text: str) -> str:
    """A text as it is seen: spaces single, line breaks kept, no marks that cannot be seen."""
    if text.isprintable() and "  " not in text:
        return text.strip()
    text = _SPACES.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = "".join(character for character in text if not is_unseen(character))
    return "\n".join(_SPACES.sub(" ", line).strip() for line in text.split("\n")).strip()


def plain(text: str) -> str:
    """A text on one line, without the apostrophe that keeps a spreadsheet from computing it."""
    text = " ".join(shown(text).split())
    return text[1:] if text[:1] == "'" and text[1:2] and text[1] in FORMULA + "'" else text


def folded(text: str) -> str:
    """What is compared: no case, no accents of ё, no outer dots or colons."""
    word = plain(text).casefold().replace("ё", "е")
    return word.strip(" .:;*") or word


def matched(pattern: str, text: str, refusal: str) -> re.Match[str]:
    """What a pattern finds in all of a text; raises `ValueError` with the refusal, which has {} where the text goes."""
    found = re.fullmatch(pattern, text)
    if found is None:
        raise ValueError(refusal.format(text))
    return found


_DAYS = (
    ("понедельник", "пн", "пон", "пнд", "monday", "mon"),
    ("вторник", "вт", "втр", "вто", "tuesday", "tue"),
    ("среда", "ср", "срд", "сре", "wednesday", "wed"),
    ("четверг", "чт", "чтв", "thursday", "thu"),
    ("пятница", "пт", "птн", "пят", "friday", "fri"),
    ("суббота", "сб", "суб", "сбт", "saturday", "sat"),
    ("воскресенье", "вс", "вск", "вос", "sunday", "sun"),
)
_WEEKDAYS = {word: number for number, words in enumerate(_DAYS, 1) for word in words}
_MONTH_NAMES = (
    "января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября", "октября", "ноября",
    "декабря",
)  # fmt: skip
_MONTHS = {name: number for number, name in enumerate(_MONTH_NAMES, 1)}
_MONTHS |= {name[:3]: number for name, number in _MONTHS.items()}

_ISO = re.compile(r"(\d{4})-(\d\d?)-(\d\d?)(?:[ T]00:00(?::00)?)?")
_DOTTED = re.compile(r"(\d\d?)[./](\d\d?)[./](\d{4}|\d\d)(?:\s*г\.?)?")
_SPELLED = re.compile(r"(\d\d?)\s+([а-я]{3,8})\.?\s+(\d{4})(?:\s*г\.?)?", re.IGNORECASE)


def day_of(text: str) -> date:
    """`2026-09-01`, `01.09.2026`, `1.9.26`, `1 сентября 2026 г.`."""
    text = plain(text)
    if found := _ISO.fullmatch(text):
        year, month, day = map(int, found.groups())
    elif found := _DOTTED.fullmatch(text):
        day, month, year = map(int, found.groups())
        year += 2000 if year < 100 else 0
    elif (found := _SPELLED.fullmatch(text)) and found[2].lower() in _MONTHS:
        day, month, year = int(found[1]), _MONTHS[found[2].lower()], int(found[3])
    else:
        message = f"«{text}» is no date"
        raise ValueError(message)
    try:
        return date(year, month, day)
    except ValueError as error:
        message = f"«{text}» is no day of the calendar"
        raise ValueError(message) from error


def weekday_and_day(text: str) -> tuple[int, date | None]:
    """`Понедельник`, `пн`, `1`, `19.05.2025`, or both: `Понедельник 19.05.2025`; the weekday 1 is Monday."""
    text = plain(text)
    word, _, rest = text.partition(" ")
    number = _WEEKDAYS.get(folded(word.strip(",()")))
    if number is None and re.fullmatch(r"[1-7]", text):
        return int(text), None
    if number is None:
        day = day_of(text)
        return day.isoweekday(), day
    rest = rest.strip(" ,()")
    if not rest:
        return number, None
    day = day_of(rest)
    if day.isoweekday() != number:
        message = f"«{text}»: {day.isoformat()} is no {_DAYS[number - 1][4]}"
        raise ValueError(message)
    return number, day


def dated(text: str) -> date:
    """A date with or without its weekday before it: `01.09.2026`, `Вторник 01.09.2026`."""
    text = plain(text)
    if folded(text.partition(" ")[0].strip(",()")) not in _WEEKDAYS:
        return day_of(text)
    _weekday, day = weekday_and_day(text)
    return day or day_of(text)


def is_weekday(text: str) -> bool:
    """Whether a text names a weekday by a word, perhaps with a date."""
    if folded(text.split(" ", maxsplit=1)[0].strip(",()")) not in _WEEKDAYS:
        return False
    try:
        weekday_and_day(text)
    except ValueError:
        return len(text.split()) == 1
    return True


_TIME = re.compile(r"(\d\d?)[:.\-](\d\d)(?::\d\d)?")
_RANGE = re.compile(r"(?:с\s*)?(\d\d?[:.]\d\d)(?::00)?\s*(?:[-–—−]|до|to)\s*(\d\d?[:.]\d\d)(?::00)?")
_NUMBER = re.compile(
    r"№?\s*(\d\d?)(?:[.,]0+)?\s*(?:-?(?:я|й|ая|ый))?\s*(?:пара|урок|занятие|lesson)?\.?", re.IGNORECASE
)
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7, "viii": 8}


@dataclass(frozen=True, slots=True)
class Bells:
    """What a cell says of a lesson's time: its number, its start and end, or all of them."""

    lesson: int | None = None
    start: str | None = None
    end: str | None = None


def time_of(text: str) -> str:
    """`9.25`, `09:25`, `9-25` or `09:25:00` as `09:25`."""
    found = _TIME.fullmatch(plain(text))
    if not found or int(found[1]) > 23 or int(found[2]) > 59:
        message = f"«{plain(text)}» is no time"
        raise ValueError(message)
    return f"{int(found[1]):02}:{found[2]}"


def range_of(text: str) -> tuple[str, str]:
    """`9:00 – 9:45`, `с 09.25 до 10.45`."""
    found = _RANGE.fullmatch(plain(text))
    if found is None:
        message = f"«{plain(text)}» is no time"
        raise ValueError(message)
    return time_of(found[1]), time_of(found[2])


def bells_of(text: str) -> Bells:
    """`1 пара 09.25-10.45`, `2 урок`, `3`, `II`, `9:00 – 9:45`."""
    text = plain(text).strip("()")
    found = _RANGE.search(text)
    start, end = (time_of(found[1]), time_of(found[2])) if found else (None, None)
    rest = (text[: found.start()] + " " + text[found.end() :]).strip(" ,;()") if found else text
    if not rest and found:
        return Bells(None, start, end)
    if rest.casefold() in _ROMAN:
        return Bells(_ROMAN[rest.casefold()], start, end)
    if number := _NUMBER.fullmatch(rest):
        return Bells(int(number[1]), start, end)
    message = f"«{text}» is no lesson's number and no time"
    raise ValueError(message)


_WEEKS = {
    Week.A: (
        "a", "а", "i", "1", "нечет", "нечетн", "нечетная", "нечетные", "нч", "н/ч", "н", "числ", "числитель", "odd",
        "верхняя",
    ),
    Week.B: ("b", "в", "б", "ii", "2", "чет", "четн", "четная", "четные", "ч", "знам", "знаменатель", "even", "нижняя"),
    Week.BOTH: ("", "both", "обе", "каждую", "каждая", "еженедельно", "все", "i, ii", "i/ii", "i,ii", "1,2", "all"),
}  # fmt: skip
_WEEK_WORDS = {word: week for week, words in _WEEKS.items() for word in words}


def week_of(text: str) -> Week:
    """`I`, `нечёт`, `числитель` are week A; `II`, `чёт`, `знаменатель` are week B; nothing is both."""
    word = re.sub(r"\s*(?:нед|недел[а-я]+|week|н)\.?$", "", folded(text)) if len(folded(text)) > 2 else folded(text)
    if word not in _WEEK_WORDS:
        message = f"«{plain(text)}» is no week A or B"
        raise ValueError(message)
    return _WEEK_WORDS[word]


def count_of(text: str) -> int:
    """`12`, `12.0` or `12,0`."""
    found = re.fullmatch(r"(\d{1,6})(?:[.,]0+)?(?:\s*чел\.?)?", plain(text).replace(" ", ""))
    if not found:
        message = f"«{plain(text)}» is no whole number"
        raise ValueError(message)
    return int(found[1])


def label_of(text: str) -> str:
    """A room or group as it is called: `34` where a spreadsheet made `34.0` of it."""
    text = plain(text)
    return re.sub(r"^(\d+)[.,]0+$", r"\1", text)


_FORMS = {
    "": Form.IN_PERSON, "очно": Form.IN_PERSON, "очная": Form.IN_PERSON, "in_person": Form.IN_PERSON,
    "сетевая": Form.NETWORK, "сетевая форма": Form.NETWORK, "network": Form.NETWORK,
    "дистанционно": Form.REMOTE, "дистанционная": Form.REMOTE, "онлайн": Form.REMOTE, "remote": Form.REMOTE,
}  # fmt: skip
_LEVELS = {
    "": Level.NONE, "стартовый": Level.START, "ознакомительный": Level.START, "start": Level.START,
    "базовый": Level.BASE, "base": Level.BASE,
    "продвинутый": Level.ADVANCED, "углубленный": Level.ADVANCED, "advanced": Level.ADVANCED,
}  # fmt: skip
_HAPPENINGS = {
    "": Happening.LESSON, "занятие": Happening.LESSON, "урок": Happening.LESSON, "lesson": Happening.LESSON,
    "мероприятие": Happening.EVENT, "событие": Happening.EVENT, "event": Happening.EVENT,
}  # fmt: skip


def form_of(text: str) -> Form:
    """In person, network or remote, in Russian or English."""
    if folded(text) not in _FORMS:
        message = f"«{plain(text)}» is no form of lessons"
        raise ValueError(message)
    return _FORMS[folded(text)]


def level_of(text: str) -> Level:
    """The level of a program, in Russian or English."""
    if folded(text) not in _LEVELS:
        message = f"«{plain(text)}» is no level of programs"
        raise ValueError(message)
    return _LEVELS[folded(text)]


def happening_of(text: str) -> Happening:
    """A lesson or an event, in Russian or English."""
    if folded(text) not in _HAPPENINGS:
        message = f"«{plain(text)}» is neither lesson nor event"
        raise ValueError(message)
    return _HAPPENINGS[folded(text)]


_CYRILLIC = "абвгдежзийклмнопрстуфхцчшщъыьэюя"
_ROMANISED = "a b v g d e zh z i y k l m n o p r s t u f kh ts ch sh shch - y - e yu ya"
_LATIN = dict(zip(_CYRILLIC, _ROMANISED.split(" "), strict=True)) | {"ъ": "", "ь": ""}


def code_of(name: str) -> str:
    """A code for a name: `ПромРобо-1` gives `promrobo-1`; empty where nothing in it can be written so."""
    folded_name = unicodedata.normalize("NFKC", plain(name)).casefold().replace("ё", "е")
    letters = "".join(_LATIN.get(c, c) for c in folded_name)
    return re.sub(r"[^a-z0-9]+", "-", letters).strip("-")[:56].strip("-")
