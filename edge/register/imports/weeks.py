"""Numbers of weeks in a lesson's cell («1,3,5 н.», «кр. 1 н.», «чёт.»), and the days of a term that they mean.

Weeks are counted from the Monday of the term's first day, as on printed timetables.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from edge.register.calendar import Term, Week, WeekRule
from edge.register.imports.cells import week_of

WEEKS_LIMIT = 60
"""Longer than a school year."""

_TERM_FIX = "Mend the number, or import with the term that the numbers count in."
_ROW_FIX = "Mend the number, move the lesson to the other row, or mend the term's first week or its way to count weeks."

_NUMBERS = (
    r"(?P<but>кр(?:оме)?\.?\s*)?(?P<weeks>\d{1,2}(?:\s*[-–,]\s*\d{1,2}){0,60})\s*"
    r"(?:(?:нед(?:ел[а-я]+)?|н)\.?(?=[\s:,;)]|$)|н\.(?=[А-ЯЁа-яё]))"
)
_YEARS = (
    r"(?:год|ступен|модул|этап|уровен|част|групп|подгрупп|смен|семестр|полугоди|четверт|курс|класс|блок|раздел|тур)"
)
_PARITY = (
    r"(?P<week>н/ч|нечет[а-я]*|нечёт[а-я]*|чет(?:н[а-я]*)?|чёт(?:н[а-я]*)?|числ[а-я]*|знам[а-я]*"
    rf"|(?-i:I\s*(?:[-–,/]|и)\s*II)(?!I)|(?-i:I{{1,2}})(?=\s*н|[.:]|\s+(?!{_YEARS})(?-i:[^a-z])))"
    r"(?=[\s.:])[.:]?\s*(?:(?:нед(?:ел[а-я]+)?\.?|н\.)(?=[\s:]|$))?"
)
_AT_START = re.compile(rf"^\(?(?:{_NUMBERS}|{_PARITY})\)?[\s:,–—-]*", re.IGNORECASE)
_AT_END = re.compile(rf"(?<=[\s,;(]){_NUMBERS}\)?$", re.IGNORECASE)
_ROMAN = r"(?-i:I{1,2})\s*(?::|н\b)"
_UNNAMED = re.compile(r"\?P<\w+>")
_AFTER_SIGN = re.compile(_UNNAMED.sub("?:", rf"(?:(?<=[^\d\s])\s*[/|]|;)\s*(?={_NUMBERS}|{_PARITY})"), re.IGNORECASE)
_AFTER_LESSON = re.compile(
    _UNNAMED.sub(
        "?:",
        rf"(?<=[^\s\d.,;(–-])(?<!\bкр)(?<!\bкроме)(?<!\bкаб)(?<!\bауд)(?<!\bгр)[,;]?\s+(?=(?:{_NUMBERS}|{_ROMAN})\s*[^\s)])",
    ),
    re.IGNORECASE,
)
_ANYWHERE = re.compile(rf"(?<![\w.,-]){_NUMBERS}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Weeks:
    """Only the weeks of these numbers, or every week but them.

    Of the `ranged` ones, told as «1-9», a row of weeks I or II means only its own.
    """

    numbers: frozenset[int]
    but: bool
    ranged: frozenset[int] = frozenset()

    def holds(self, number: int) -> bool:
        """Whether the lesson is held in a week."""
        return (number in self.numbers) != self.but


@dataclass(frozen=True, slots=True)
class Marked:
    """A cell's text without its mark of weeks, and what the mark says."""

    text: str
    week: Week | None = None
    weeks: Weeks | None = None


@dataclass(frozen=True, slots=True)
class Doubt:
    """What does not go together of a lesson's weeks and its term, and how to mend it.

    One that `hinders` makes the weeks meant unknown; the others only say what is never held.
    """

    message: str
    fix: str
    hinders: bool = False


@dataclass(frozen=True, slots=True)
class Held:
    """When a lesson with week numbers is held: the parity of its slot, and the days on which it is not.

    `days` are those on which it is; none where a doubt hinders, or where the term has no such day.
    """

    week: Week
    cancelled: tuple[date, ...]
    days: tuple[date, ...] = ()
    doubts: tuple[Doubt, ...] = ()


@dataclass(frozen=True, slots=True)
class _Day:
    """The day of one weekday in a numbered week of a term."""

    number: int
    day: date
    week: Week


def marked(text: str) -> Marked:
    """Take the mark of weeks from the beginning of a text, or numbers of weeks from its end."""
    if found := _AT_START.match(text):
        rest = text[found.end() :]
        if word := found["week"]:
            both = word.startswith("I") and not set(word) <= {"I"}
            return Marked(rest, week=Week.BOTH if both else week_of(word))
        return Marked(rest, weeks=_weeks(found["weeks"], but=found["but"] is not None))
    if (found := _AT_END.search(text)) and (rest := text[: found.start()].rstrip(" ,;(\n")):
        return Marked(rest, weeks=_weeks(found["weeks"], but=found["but"] is not None))
    return Marked(text)


def parted(text: str) -> str:
    """A text with every mark that follows another lesson at the beginning of a line."""
    text = _AFTER_SIGN.sub("\n", text)
    return _AFTER_LESSON.sub("\n", text) if is_marked(text) else text


def is_marked(text: str) -> bool:
    """Whether a text begins with a mark of weeks."""
    return _AT_START.match(text) is not None


def marks_in(text: str) -> int:
    """How many marks with numbers of weeks stand anywhere in a text."""
    return sum(1 for _mark in _ANYWHERE.finditer(text))


def held(term: Term, weekday: int, weeks: Weeks, *, within: Week) -> Held:
    """The slot that a lesson of these weeks is in the whole term, where only weeks `within` are meant at all."""
    days = tuple(_days(term, weekday))
    doubts = tuple(_doubts(term, days, weeks, within))
    meant = [one for one in days if within in (one.week, Week.BOTH) and weeks.holds(one.number)]
    if not meant or any(doubt.hinders for doubt in doubts):
        return Held(within, (), doubts=doubts)
    parities = {one.week for one in meant}
    week = parities.pop() if len(parities) == 1 else Week.BOTH
    left = [one.day for one in days if week in (one.week, Week.BOTH) and one not in meant]
    return Held(week, tuple(left), tuple(one.day for one in meant), doubts)


def lesson_days(terms: Iterable[Term], weekday: int, week: Week) -> Iterator[date]:
    """The days of the terms on which a slot of that weekday and those weeks has its lessons, holidays among them."""
    for term in terms:
        yield from (one.day for one in _days(term, weekday) if week in (one.week, Week.BOTH))


def _doubts(term: Term, days: Sequence[_Day], weeks: Weeks, within: Week) -> Iterator[Doubt]:
    """Every number that the term or the row of weeks I and II does not have."""
    last = (_monday(term.last_day) - _monday(term.first_day)).days // 7 + 1
    by_number = {one.number: one for one in days}
    if not weeks.numbers:
        yield Doubt("Its weeks end before they begin.", "Mend the numbers.", hinders=True)
    for number in sorted(weeks.numbers):
        found = by_number.get(number)
        if not 1 <= number <= last:
            message = f"There is no week {number} in the term «{term.name}», which has {last} weeks."
            yield Doubt(message, _TERM_FIX, hinders=not weeks.but)
        elif found is None and not weeks.but and number not in weeks.ranged:
            message = f"Week {number} of the term «{term.name}» has no such weekday, so that no lesson is held in it."
            yield Doubt(message, "Nothing, if so; else mend the number or the day.")
        elif found and within not in (found.week, Week.BOTH) and number not in weeks.ranged:
            told = f"Week {number} of the term «{term.name}» ({found.day}) is a week {found.week}"
            yield Doubt(f"{told}, and the lesson stands in weeks {within} only.", _ROW_FIX, hinders=True)


def week_on(term: Term, day: date) -> Week:
    """Whether the week of a day is A or B."""
    if term.week_rule is WeekRule.ISO:
        odd = day.isocalendar().week % 2 == 1
    else:
        odd = (_monday(day) - _monday(term.first_day)).days // 7 % 2 == 0
    other = Week.B if term.first_week is Week.A else Week.A
    return term.first_week if odd else other


def _days(term: Term, weekday: int) -> Iterator[_Day]:
    day = _monday(term.first_day) + timedelta(days=weekday - 1)
    for number in range(1, WEEKS_LIMIT + 1):
        if term.first_day <= day <= term.last_day:
            yield _Day(number, day, week_on(term, day))
        day += timedelta(days=7)


def _monday(day: date) -> date:
    return day - timedelta(days=day.isoweekday() - 1)


def _weeks(text: str, *, but: bool) -> Weeks:
    numbers: set[int] = set()
    ranged: set[int] = set()
    for part in re.split(r"\s*,\s*", text):
        first, *last = map(int, re.split(r"\s*[-–]\s*", part))
        (ranged if last else numbers).update(range(first, (last[0] if last else first) + 1))
    return Weeks(frozenset(numbers | ranged), but, frozenset(ranged - numbers))
