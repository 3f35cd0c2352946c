"""What the demo lab has entered: bells, terms, holidays, groups and slots that match `edge.demo.calendar`.

A real centre enters its own; nothing here is invented beyond what the demo's history was made of.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from edge.demo import calendar
from edge.demo.calendar import Held
from edge.register.calendar import Bell, BellSchedule, Holiday, OpeningHours, Term, Week, WeekRule
from edge.register.contract import Put, Register
from edge.register.lessons import Group, Level, Program, Slot, Teacher
from edge.settings import Equipment
from telemetry.model import NS_PER_S, Instant

AUTHOR = "демонстрация"
REASON = "расписание демонстрационного кванториума"

_OPEN = ("08:00", "19:00")
_SAMPLE = date(2026, 9, 7)
"""A Monday with two weeks of lessons behind it, odd and even."""

_LEARNERS = 12


class _Words(NamedTuple):
    """What a room's program, class, club and teacher are called."""

    program: str
    of_school: str
    club: str
    teacher: str


_WORDS: Mapping[str, _Words] = {
    "chembio": _Words("Химия и биология в опытах", "8А, химия", "Юный исследователь", "Лебедева О. Н."),
    "hightech": _Words("Технология: аддитивное производство", "7Б, технология", "Клуб 3D-печати", "Орлов П. С."),
    "it": _Words("Информатика и интернет вещей", "9В, информатика", "Клуб программистов", "Климова А. Р."),
    "promrobo": _Words("Основы робототехники", "6А, робототехника", "Робоклуб", "Тихонов Д. В."),
    "workshop": _Words("Обработка материалов", "8Б, технология", "Клуб мастеров", "Власов Г. И."),
}


def enter(register: Register, equipment: tuple[Equipment, ...], zone: ZoneInfo, *, seed: int, now: Instant) -> None:
    """Enter all of it where nothing was ever entered."""
    if register.version() == 0:
        year = datetime.fromtimestamp(now / NS_PER_S, zone).year
        changes = [*_calendar(range(year - 2, year + 2)), *_lessons(equipment, zone, seed)]
        register.apply(changes, author=AUTHOR, reason=REASON, at=now)


def _calendar(years: range) -> Iterator[Put]:
    bells = tuple(
        Bell(lesson=number, start=f"{bell:%H:%M}", end=_later(f"{bell:%H:%M}", calendar.LESSON_MIN))
        for number, bell in enumerate(calendar.BELLS, start=1)
    )
    yield Put("bells", BellSchedule(name="Уроки", bells=bells))
    yield Put("open", OpeningHours(weekdays=(1, 2, 3, 4, 5, 6), start=_OPEN[0], end=_OPEN[1]))
    for year in years:
        term = Term(
            name=f"{year}/{year + 1}",
            first_day=date(year, 9, 1),
            last_day=date(year + 1, 5, 31),
            week_rule=WeekRule.ISO,
            first_week=Week.A,
        )
        yield Put(f"year-{year}", term)
        yield from _holidays(year)


def _holidays(year: int) -> Iterator[Put]:
    for month, day in sorted(calendar.FIXED_HOLIDAYS):
        one = date(year, month, day)
        yield Put(f"holiday-{one}", Holiday(name="Праздничный день", first_day=one, last_day=one))
    for first, last in calendar.BREAKS:
        begins, ends = date(year, *first), date(year, *last)
        yield Put(f"break-{begins}", Holiday(name="Каникулы", first_day=begins, last_day=ends))


def _lessons(equipment: tuple[Equipment, ...], zone: ZoneInfo, seed: int) -> Iterator[Put]:
    tracks = {one.room: one.track for one in equipment}
    rooms = tuple(sorted(tracks))
    for room in rooms:
        words = _WORDS.get(room) or _Words(room, f"{room}-1", f"{room}-2", room)
        yield Put(f"program-{room}", Program(name=words.program, track=tracks[room], level=Level.BASE))
        yield Put(f"teacher-{room}", Teacher(name=words.teacher))
        for number, name in (("1", words.of_school), ("2", words.club)):
            group = Group(name=name, program=f"program-{room}", learners=_LEARNERS)
            yield Put(f"{room}-{number}", group)
    for days in range(14):
        day = _SAMPLE + timedelta(days=days)
        for held in calendar.held_on(day, rooms, seed=seed, zone=zone):
            yield _slot(held, day, zone)


def _slot(held: Held, day: date, zone: ZoneInfo) -> Put:
    start, end = (datetime.fromtimestamp(at / NS_PER_S, UTC).astimezone(zone) for at in (held.start, held.end))
    week = Week.A if day.isocalendar().week % 2 else Week.B
    slot = Slot(
        weekday=day.isoweekday(),
        week=week,
        start=f"{start:%H:%M}",
        end=f"{end:%H:%M}",
        room=held.room,
        group=f"{held.room}-{2 if held.is_club else 1}",
        program=f"program-{held.room}",
        teacher=f"teacher-{held.room}",
        learners=_LEARNERS,
    )
    return Put(f"{held.room}-{week.value.lower()}{day.isoweekday()}-{start:%H%M}", slot)


def _later(wall: str, minutes: int) -> str:
    return f"{datetime.strptime(wall, '%H:%M').replace(tzinfo=UTC) + timedelta(minutes=minutes):%H:%M}"
