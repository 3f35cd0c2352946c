"""What is known of the lessons of a week, for the pages that show it: from the timetable and the register.

Changes nothing and words only days.
"""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from api.deps import Parts
from api.lesson_entry import lessons_between
from api.pages.texts import Texts
from api.pages.week import Held
from edge.register.lessons import OneOff
from edge.register.soundness import timetable_warnings
from edge.register.timetable import day_of
from telemetry.days import days_of
from telemetry.timetable import Parity
from telemetry.zones import NS_PER_DAY, earliest

_EPOCH = date(1970, 1, 1).toordinal()


def held_of(parts: Parts, monday: date, texts: Texts) -> Held:
    """What a week holds that begins on `monday`."""
    entered, register = parts.numbers.desk.entered(), parts.numbers.register.snapshot()
    sunday = monday + timedelta(days=6)
    edges = earliest(entered.zone, np.array([day_of(monday), day_of(sunday) + 1], np.int64) * NS_PER_DAY)
    days = days_of(entered.timetable, entered.zone, int(edges[0]), int(edges[1]))
    inside = (days.day >= day_of(monday)) & (days.day <= day_of(sunday))
    parities = {Parity(code) for code in days.parity[inside].tolist() if code}
    return Held(
        lessons=lessons_between(parts, monday, sunday),
        substituted=frozenset(
            f"{one.slot}:{date.fromordinal(one.day + _EPOCH)}" for one in entered.timetable.substitutions
        ),
        one_offs={row.id: row.value.name for row in register.rows(OneOff)},
        names=entered.names,
        rooms=frozenset(room for room in entered.inventory.room if room),
        notes=_notes(parts, monday, texts),
        parity=texts(f"week.{parities.pop().word}") if len(parities) == 1 else "",
        warnings=timetable_warnings(register),
    )


def _notes(parts: Parts, monday: date, texts: Texts) -> dict[date, tuple[str, ...]]:
    """Why a day does not teach, or teaches by another weekday's timetable."""
    timetable = parts.numbers.desk.entered().timetable
    notes: dict[date, tuple[str, ...]] = {}
    for day in (monday + timedelta(days=number) for number in range(7)):
        number = day_of(day)
        told = [one.name for one in timetable.holidays if one.first_day <= number <= one.last_day]
        moved = [one.weekday + 1 for one in timetable.moved_days if one.day == number]
        told += [texts("week.moved", weekday=texts(f"weekday.{weekday}")) for weekday in moved]
        if timetable.terms and not any(one.first_day <= number <= one.last_day for one in timetable.terms):
            told.append(texts("week.no_term"))
        notes[day] = tuple(dict.fromkeys(told))
    return notes
