"""Practical sessions and their learner-hours: analytics and evidence, never numbered indicators.

Nothing here decides whether a session was held; that was judged from intervals, slots and corrections before.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from telemetry.civil import Day
from telemetry.columns import Int64s
from telemetry.indicators.build import DayFacts, day_facts_of, day_rows, some_of
from telemetry.indicators.definition import Dimension, How
from telemetry.indicators.facts import Facts
from telemetry.indicators.lists import each_once, items_of, labels_of, no_words, starts_of
from telemetry.indicators.world import Meetings, World
from telemetry.timetable import LessonKind


class _Lessons(NamedTuple):
    """Every lesson that has begun as a fact, and the row of each among the meetings."""

    facts: Facts
    row: Int64s


def practical_sessions(world: World) -> Facts:
    """A held lesson counts once on its day, however many devices ran; events are counted as events."""
    return _held(_lessons(world.meetings, world.today), np.ones(len(world.meetings.day), np.int64), world.meetings)


def sessions(world: World) -> Facts:
    """Every lesson that has begun counts once on its day, whatever became of it: see its status."""
    return _lessons(world.meetings, world.today).facts


def learner_hours(world: World) -> Facts:
    """Each held lesson adds its learners times its length, in ns, on its day."""
    return _held(_lessons(world.meetings, world.today), world.meetings.learner_ns, world.meetings)


def _held(lessons: _Lessons, amount: Int64s, meetings: Meetings) -> Facts:
    held = np.flatnonzero(meetings.held[lessons.row])
    return some_of(lessons.facts, held, amount=amount[lessons.row[held]], base=np.zeros(len(held), np.int64))


@lru_cache(maxsize=1)
def _lessons(meetings: Meetings, today: Day) -> _Lessons:
    """Those of the last world are remembered, for three indicators are made of them."""
    rows = day_rows(meetings.day, meetings.id, today)
    rows = rows[meetings.kind.are(LessonKind.LESSON.word)[rows]]
    columns = {
        Dimension.STATUS: meetings.status,
        Dimension.TRACK: meetings.track,
        Dimension.PROGRAM: meetings.program,
        Dimension.PARTNER: meetings.partner,
        Dimension.FORM: meetings.form,
        Dimension.LEVEL: meetings.level,
        Dimension.GROUP: meetings.group,
        Dimension.ROOM: meetings.room,
    }
    labels = {by: labels_of(column.taken(rows)) for by, column in columns.items()}
    lengths, used = items_of(meetings.used_start, meetings.used, rows)
    by_telemetry = (meetings.held[rows] != 0) & (meetings.by_telemetry[rows] != 0)
    facts = day_facts_of(
        DayFacts(
            kind="session",
            id=tuple(map(meetings.id.__getitem__, rows.tolist())),
            day=meetings.day[rows],
            amount=np.ones(len(rows), np.int64),
            base=np.zeros(len(rows), np.int64),
            how=np.where(by_telemetry, How.TELEMETRY, How.TIMETABLE).astype(np.int8),
            members=no_words(len(rows)),
            labels={**labels, Dimension.EQUIPMENT: each_once(meetings.equipment, starts_of(lengths), used)},
        )
    )
    return _Lessons(facts, rows)
