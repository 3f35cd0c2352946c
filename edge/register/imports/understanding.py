"""A record of a timetable as a lesson: every field understood, every name still a name.

Looks nothing up; what it does not understand becomes a fault with its cell.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from edge.register.calendar import Week
from edge.register.imports import cells
from edge.register.imports.cells import Bells
from edge.register.imports.records import Reader, Record
from edge.register.imports.sheets import Place
from edge.register.imports.weeks import Marked, Weeks, marked
from edge.register.lessons import Form, Happening, Level
from edge.settings import ID_PATTERN

_DAY_FIX = "Write the weekday, пн … вс, or a date such as 01.09.2026."
_TIME_FIX = "Write a time such as 09:25, a range such as 09:25-10:45, or the lesson's number."
_DATE_FIX = "Write a date such as 01.09.2026."


@dataclass(frozen=True, slots=True)
class Lesson:
    """One lesson of a file; a dated one has `day`, a weekly one `weekday` alone."""

    place: Place
    record: Record
    id: str
    happening: Happening
    name: str
    weekday: int
    day: date | None
    week: Week
    weeks: Weeks | None
    bells: Bells
    room: str
    equipment: tuple[str, ...]
    group: str
    program: str
    track: str
    level: Level
    teacher: str
    partner: str
    form: Form
    learners: int
    first_day: date | None
    last_day: date | None
    cancelled: tuple[date, ...]


def lesson_of(record: Record, reader: Reader) -> Lesson | None:
    """The lesson of a record, or None where a fault was told instead."""
    before = reader.told
    weekday, day = reader.read(record, "day", cells.weekday_and_day, fix=_DAY_FIX) or (0, None)
    bells = _bells(record, reader)
    program = marked(record.text("program"))
    lesson = Lesson(
        place=record.place,
        record=record,
        id=reader.read(record, "id", _id, fix="Leave the cell empty, or take lower-case a-z 0-9 -.") or "",
        happening=reader.read(record, "happening", cells.happening_of, fix="Write занятие or мероприятие.")
        or Happening.LESSON,
        name=cells.plain(record.text("name")),
        weekday=weekday,
        day=day,
        week=_week(record, program, reader),
        weeks=program.weeks,
        bells=bells,
        room=cells.label_of(record.text("room")),
        equipment=tuple(map(cells.plain, filter(None, re.split(r"\s*[,;\n]\s*", record.text("equipment"))))),
        group=cells.label_of(record.text("group")),
        program=cells.plain(program.text),
        track=cells.plain(record.text("track")),
        level=reader.read(record, "level", cells.level_of, fix="Write стартовый, базовый or продвинутый.")
        or Level.NONE,
        teacher=cells.plain(record.text("teacher")),
        partner=cells.plain(record.text("partner")),
        form=reader.read(record, "form", cells.form_of, fix="Write очно, сетевая or дистанционно.") or Form.IN_PERSON,
        learners=reader.read(record, "learners", cells.count_of, fix="Write a whole number.") or 0,
        first_day=reader.read(record, "first_day", cells.day_of, fix=_DATE_FIX),
        last_day=reader.read(record, "last_day", cells.day_of, fix=_DATE_FIX),
        cancelled=reader.read(record, "cancelled", _days, fix=_DATE_FIX) or (),
    )
    if not record.text("day"):
        reader.fault(record.place_of("day"), "It is not said on which day the lesson is.", fix=_DAY_FIX)
    if not any(map(record.text, ("lesson", "time", "start"))):
        reader.fault(record.place_of("time"), "It is not said at what time the lesson is.", fix=_TIME_FIX)
    return lesson if reader.told == before else None


def _week(record: Record, program: Marked, reader: Reader) -> Week:
    """What the row and the cell say of weeks A and B; they may not contradict one another."""
    row = reader.read(record, "week", cells.week_of, fix="Write I, II, чёт or нечёт.") or Week.BOTH
    if program.week is None:
        return row
    if row not in (program.week, Week.BOTH):
        message = f"The cell says weeks {program.week}, and its row weeks {row}."
        reader.fault(record.place_of("program"), message, fix="Mend the cell, or move the lesson to the other row.")
    return program.week


def _bells(record: Record, reader: Reader) -> Bells:
    """What the columns of number, time, start and end say together."""
    told = [reader.read(record, field, cells.bells_of, fix=_TIME_FIX) or Bells() for field in ("lesson", "time")]
    number = next((bells.lesson for bells in told if bells.lesson is not None), None)
    start = next((bells.start for bells in told if bells.start), None)
    end = next((bells.end for bells in told if bells.end), None)
    start = reader.read(record, "start", cells.time_of, fix=_TIME_FIX) or start
    end = reader.read(record, "end", cells.time_of, fix=_TIME_FIX) or end
    if (start is None) != (end is None):
        reader.fault(record.place_of("end"), "A lesson has both a start and an end, or neither.", fix=_TIME_FIX)
    return Bells(number, start, end)


def _days(text: str) -> tuple[date, ...]:
    return tuple(cells.day_of(part) for part in re.split(r"\s*[,;\n]\s*", text) if part)


def _id(text: str) -> str:
    return cells.matched(ID_PATTERN, cells.plain(text), "«{}» is no id")[0]
