"""What the page of a week shows: rooms side by side, days below one another, and what is special about each lesson.

It orders and words what it is handed; lessons come from the kernels.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from api.pages.board import natural, room_name
from api.pages.texts import Texts
from edge.register.contract import Fault
from edge.settings import Centre
from telemetry.columns import Lessons
from telemetry.timetable import Form, LessonKind, LessonStatus

DAYS = 7


@dataclass(frozen=True, slots=True)
class LessonCard:
    """One lesson; `marks` are the words of what is special about it."""

    id: str
    time: str
    title: str
    program: str
    teacher: str
    marks: tuple[str, ...]
    cancelled: bool

    @property
    def about(self) -> str:
        """The program and the teacher on one line."""
        return " · ".join(filter(None, (self.program, self.teacher)))


@dataclass(frozen=True, slots=True)
class Cell:
    """The lessons of one room on one day, by their start."""

    room: str
    room_name: str
    lessons: tuple[LessonCard, ...]


@dataclass(frozen=True, slots=True)
class DayRow:
    """One day; `notes` say why there is no teaching, or by which weekday's timetable."""

    iso: str
    weekday: str
    date: str
    is_today: bool
    notes: tuple[str, ...]
    cells: tuple[Cell, ...]

    @property
    def is_empty(self) -> bool:
        """Whether there is no lesson on that day."""
        return not any(cell.lessons for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Week:
    """A week; `iso` is its name in an address, `parity` the words of its being A or B, empty outside terms."""

    iso: str
    title: str
    parity: str
    earlier: str
    later: str
    is_this: bool
    rooms: tuple[tuple[str, str], ...]
    days: tuple[DayRow, ...]
    warnings: tuple[Fault, ...]
    more_warnings: int

    @property
    def is_empty(self) -> bool:
        """Whether there is no lesson in the week."""
        return all(day.is_empty for day in self.days)


@dataclass(frozen=True, slots=True)
class Held:
    """What is known of a week's lessons beside their columns.

    `substituted` are ids of lessons that are not as their slot says, `one_offs` the name of each one-off by id, `names`
    the name of each code by kind, `rooms` those of the equipment, `notes` what is said of a day, `parity` of the week.
    """

    lessons: Lessons
    substituted: frozenset[str]
    one_offs: Mapping[str, str]
    names: Mapping[str, Mapping[str, str]]
    rooms: frozenset[str]
    notes: Mapping[date, tuple[str, ...]]
    parity: str
    warnings: Sequence[Fault]


MAX_WARNINGS = 5
"""Shown on the page; the API tells all of them."""


def week_of(monday: date, held: Held, *, centre: Centre, texts: Texts, today: date) -> Week:
    """The week that begins on `monday`."""
    lessons = held.lessons
    by_cell: dict[tuple[date, str], list[LessonCard]] = {}
    for row in range(len(lessons)):
        day = texts.local(int(lessons.start[row])).date()
        room = lessons.rooms[lessons.room[row]] if lessons.room[row] >= 0 else ""
        by_cell.setdefault((day, room), []).append(lesson_card(row, held, texts))
    rooms = _rooms({room for _, room in by_cell} | held.rooms, centre, texts)
    days = [monday + timedelta(days=number) for number in range(DAYS)]
    shown = [day for day in days if day.isoweekday() < DAYS or any((day, room) in by_cell for room, _ in rooms)]
    return Week(
        iso=iso_of(monday),
        title=texts.days(monday, days[-1]),
        parity=held.parity,
        earlier=iso_of(monday - timedelta(days=DAYS)),
        later=iso_of(monday + timedelta(days=DAYS)),
        is_this=monday <= today <= days[-1],
        rooms=rooms,
        days=tuple(_day(day, rooms, by_cell, notes=held.notes.get(day, ()), texts=texts, today=today) for day in shown),
        warnings=tuple(held.warnings[:MAX_WARNINGS]),
        more_warnings=max(len(held.warnings) - MAX_WARNINGS, 0),
    )


def iso_of(day: date) -> str:
    """The week of a day in an address: `2026-W39`."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"


def lesson_card(row: int, held: Held, texts: Texts) -> LessonCard:
    """One lesson."""
    lessons = held.lessons
    named = {
        kind: name_of(held.names[kind], getattr(lessons, f"{kind}s"), int(getattr(lessons, kind)[row]))
        for kind in ("group", "program", "teacher", "partner")
    }
    ident = lessons.id[row]
    marks = [texts(f"mark.{mark}") for mark in _marks(row, held)]
    title = held.one_offs.get(ident, "") or named["group"] or named["program"] or texts("lesson.unnamed")
    return LessonCard(
        id=ident,
        time=texts.times(int(lessons.start[row]), int(lessons.end[row])),
        title=title,
        program=named["program"] if named["program"] != title else "",
        teacher=named["teacher"],
        marks=tuple(marks + [named["partner"]] * bool(named["partner"])),
        cancelled=bool(lessons.status[row] == LessonStatus.CANCELLED),
    )


def name_of(names: Mapping[str, str], codes: Sequence[str], code: int) -> str:
    """What people call a code of a column, empty for none."""
    return names.get(codes[code], codes[code]) if code >= 0 else ""


def _marks(row: int, held: Held) -> list[str]:
    lessons, ident = held.lessons, held.lessons.id[row]
    form = Form(lessons.form[row])
    told = {
        "cancelled": lessons.status[row] == LessonStatus.CANCELLED,
        "substituted": ident in held.substituted,
        "event": lessons.kind[row] == LessonKind.EVENT,
        "one_off": ident in held.one_offs and lessons.kind[row] == LessonKind.LESSON,
        "network": form is Form.NETWORK,
        "remote": form is Form.REMOTE,
    }
    return [mark for mark, holds in told.items() if holds]


def _rooms(found: frozenset[str] | set[str], centre: Centre, texts: Texts) -> tuple[tuple[str, str], ...]:
    """Rooms as the board orders them; lessons without a room come last."""
    named = list(centre.rooms)
    names = {room: room_name(room, centre, texts) for room in found}

    def place(room: str) -> tuple[object, ...]:
        return (named.index(room) if room in named else len(named) + (room == ""), natural(names[room]))

    return tuple((room, names[room]) for room in sorted(found, key=place))


def _day(
    day: date,
    rooms: Sequence[tuple[str, str]],
    by_cell: Mapping[tuple[date, str], list[LessonCard]],
    *,
    notes: tuple[str, ...],
    texts: Texts,
    today: date,
) -> DayRow:
    cells = tuple(Cell(room, name, tuple(by_cell.get((day, room), ()))) for room, name in rooms)
    return DayRow(
        iso=day.isoformat(),
        weekday=texts(f"weekday_short.{day.isoweekday()}"),
        date=texts.day(day),
        is_today=day == today,
        notes=notes,
        cells=cells,
    )
