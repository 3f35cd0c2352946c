"""Practical sessions and their learner-hours: analytics and evidence, never numbered indicators.

Nothing here decides whether a session was held; that was judged from intervals, slots and corrections before.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from telemetry.columns import Int64s
from telemetry.indicators.build import DayFacts, day_facts_of
from telemetry.indicators.definition import Dimension, How
from telemetry.indicators.facts import Facts
from telemetry.indicators.lists import no_words, one_word_of, words_of
from telemetry.indicators.meetings import used_in
from telemetry.indicators.world import World
from telemetry.timetable import LessonKind


def practical_sessions(world: World) -> Facts:
    """A held lesson counts once on its day, however many devices ran; events are counted as events."""
    held = _held_lessons(world)
    return _facts(world, held, np.ones(len(held), np.int64))


def sessions(world: World) -> Facts:
    """Every lesson that has begun counts once on its day, whatever became of it: see its status."""
    lessons = np.flatnonzero(_are_lessons(world))
    return _facts(world, lessons, np.ones(len(lessons), np.int64))


def learner_hours(world: World) -> Facts:
    """Each held lesson adds its learners times its length, in ns, on its day."""
    held = _held_lessons(world)
    return _facts(world, held, world.meetings.learner_ns[held])


def _are_lessons(world: World) -> npt.NDArray[np.bool_]:
    lesson = LessonKind.LESSON.word
    return np.array([kind == lesson for kind in world.meetings.kind], np.bool_)


def _held_lessons(world: World) -> npt.NDArray[np.intp]:
    return np.flatnonzero(_are_lessons(world) & (world.meetings.held != 0))


def _facts(world: World, rows: npt.NDArray[np.intp], amount: Int64s) -> Facts:
    meetings = world.meetings
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
    listed = rows.tolist()
    labels = {by: one_word_of([column[row] for row in listed]) for by, column in columns.items()}
    used = used_in(meetings)
    by_telemetry = (meetings.held[rows] != 0) & (meetings.by_telemetry[rows] != 0)
    return day_facts_of(
        DayFacts(
            kind="session",
            id=tuple(meetings.id[row] for row in listed),
            day=meetings.day[rows],
            amount=amount,
            base=np.zeros(len(rows), np.int64),
            how=np.where(by_telemetry, How.TELEMETRY, How.TIMETABLE).astype(np.int8),
            members=no_words(len(rows)),
            labels={**labels, Dimension.EQUIPMENT: words_of([used[row] for row in listed])},
        ),
        today=world.today,
    )
