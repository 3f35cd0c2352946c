"""What machines told of one quarter: its practical sessions, the days of its equipment, its jobs; read once each.

The journal is only read, and nothing of it is kept here but what was derived from it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np

from edge.numbers.entered import Entered
from edge.numbers.observed import Span, read
from edge.numbers.practice import AROUND_NS, judged_alone
from edge.store.contract import Job, Told
from telemetry.bases import bases
from telemetry.calendar import Unit, buckets
from telemetry.columns import Int8s, Int32s, Int64s, Intervals, Lessons, Sessions, Utilisation
from telemetry.indicators.lists import by_then_id, items_of, starts_of
from telemetry.indicators.words import Words, joined, pointed, worded
from telemetry.indicators.world import EquipmentDays, Meetings, Work
from telemetry.lessons import maintenance, opening
from telemetry.model import Instant, State
from telemetry.ratios import known_ns, utilisation_scheduled, utilisation_timetable
from telemetry.rules import SessionStatus
from telemetry.sessions import confirmed, learner_ns
from telemetry.timetable import Form, LessonKind
from telemetry.utilisation import utilisation
from telemetry.zones import NS_PER_DAY, Zone, earliest, wall_at


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """What began in a window [start, end), as far as it was known at `until`."""

    meetings: Meetings
    days: EquipmentDays
    jobs: tuple[Work, ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A window [start, end) as it was known at `until`.

    Of a `former` year nothing is asked where nobody was watching yet: what its timetable planned proves nothing now.
    """

    window: tuple[Instant, Instant]
    until: Instant
    former: bool


def window_of(zone: Zone, first: int, last: int) -> tuple[Instant, Instant]:
    """The instants [start, end) of the local days `first` to `last`, inclusive."""
    start, end = earliest(zone, np.array([first, last + 1], np.int64) * NS_PER_DAY).tolist()
    return start, end


def known_until(window: tuple[Instant, Instant], now: Instant) -> Instant:
    """Until when a window's sessions are judged: now, or as long after its end as use may count for them."""
    return min(now, window[1] + AROUND_NS)


def part_of(told: Told, entered: Entered, wanted: Wanted) -> Part:
    """What machines told of a window; what is at `until` or later has not happened."""
    window, until = wanted.window, wanted.until
    span = Span(window[0] - AROUND_NS, window[1] + AROUND_NS, max(until, window[0] - AROUND_NS))
    ids = entered.inventory.ids
    intervals = read(told, ids, span)
    watched = bool((intervals.state != State.UNKNOWN).any())
    if wanted.former and not watched and not _spoken_of(entered):
        return Part(joined_meetings([]), joined_days([]), ())
    sessions, held = judged_alone(entered, intervals, span)
    jobs = told.jobs(ids, window[0], min(window[1], span.until))
    return Part(
        _meetings(sessions, held, entered, (window[0], min(window[1], until))),
        _days(_by_day(entered, intervals, held, window), entered) if watched or not wanted.former else joined_days([]),
        _works([job for job in jobs if window[0] <= job.started], entered.zone),
    )


def _spoken_of(entered: Entered) -> bool:
    """Whether anybody ever said anything of a session."""
    return bool(len(entered.told.corrections) or len(entered.told.attendance))


def joined_meetings(parts: Sequence[Meetings]) -> Meetings:
    """The sessions of windows that follow one another."""
    names = sorted({one for part in parts for one in part.equipment})
    place = {name: code for code, name in enumerate(names)}
    used = [np.array([place[one] for one in part.equipment], np.int32)[part.used] for part in parts]
    lengths = np.concatenate([np.empty(0, np.int64), *(np.diff(part.used_start) for part in parts)])
    columns: dict[str, Any] = {name: joined([getattr(part, name) for part in parts]) for name in _WORDS}
    columns |= {name: _columned(parts, name) for name in ("day", "held", "by_telemetry", "learners", "learner_ns")}
    return Meetings(
        **columns,
        id=tuple(chain.from_iterable(part.id for part in parts)),
        equipment=tuple(names),
        used_start=starts_of(lengths),
        used=np.concatenate([np.empty(0, np.int32), *used]),
    )


def joined_days(parts: Sequence[EquipmentDays]) -> EquipmentDays:
    """The days of windows that follow one another."""
    words = ("equipment", "kind", "track", "room")
    columns: dict[str, Any] = {name: joined([getattr(part, name) for part in parts]) for name in words}
    columns |= {name: _columned(parts, name) for name in ("day", *_FIGURES)}
    return EquipmentDays(**columns)


_WORDS = ("status", "kind", "track", "room", "group", "program", "partner", "form", "level")
_FIGURES = (
    "busy_ns", "calendar_ns", "scheduled_numerator_ns", "scheduled_denominator_ns", "timetable_numerator_ns",
    "timetable_denominator_ns", "known_ns", "scheduled_ns", "scheduled_known_ns", "timetabled_ns",
)  # fmt: skip


def _columned(parts: Sequence[Meetings] | Sequence[EquipmentDays], name: str) -> Int64s:
    return np.concatenate([np.empty(0, np.int64), *(getattr(part, name) for part in parts)])


def days_at(zone: Zone, at: Int64s) -> Int64s:
    """The local day of each instant, int64[n]."""
    return wall_at(zone, at) // NS_PER_DAY


def _by_day(entered: Entered, intervals: Intervals, held: Lessons, window: tuple[Instant, Instant]) -> Utilisation:
    planned = maintenance(entered.timetable, entered.inventory, entered.zone)
    base = bases(entered.inventory, held, planned, opening(entered.timetable, entered.zone, *window))
    return utilisation(intervals, entered.inventory, buckets(Unit.DAY, entered.zone, *window), base)


def _days(table: Utilisation, entered: Entered) -> EquipmentDays:
    """A row for each equipment and day."""
    code = table.key
    inventory, scheduled, timetable = entered.inventory, utilisation_scheduled(table), utilisation_timetable(table)
    return EquipmentDays(
        equipment=worded(tuple(map(str, inventory.ids))).taken(code),
        kind=worded(inventory.kind).taken(code),
        track=worded(inventory.track).taken(code),
        room=worded(inventory.room).taken(code),
        day=days_at(entered.zone, table.buckets.start)[table.bucket],
        busy_ns=table.state_ns[:, State.BUSY],
        calendar_ns=table.calendar_ns,
        scheduled_numerator_ns=scheduled.numerator,
        scheduled_denominator_ns=scheduled.denominator,
        timetable_numerator_ns=timetable.numerator,
        timetable_denominator_ns=timetable.denominator,
        known_ns=known_ns(table),
        scheduled_ns=table.scheduled_ns,
        scheduled_known_ns=table.scheduled_ns - table.unknown_in_scheduled_ns,
        timetabled_ns=table.timetabled_ns,
    )


def _works(jobs: Sequence[Job], zone: Zone) -> tuple[Work, ...]:
    day = days_at(zone, np.array([job.started for job in jobs], np.int64)).tolist()
    return tuple(
        Work(f"{job.equipment}/{job.job}", (str(job.equipment),), job.outcome.name.lower(), at)
        for job, at in zip(jobs, day, strict=True)
    )


def _meetings(sessions: Sessions, held: Lessons, entered: Entered, window: tuple[Instant, Instant]) -> Meetings:
    """The sessions that start in a window, by start then id."""
    rows = by_then_id(sessions.start, sessions.id)
    rows = rows[slice(*sessions.start[rows].searchsorted(window))]
    status, lesson = sessions.status[rows], sessions.lesson[rows]
    room = pointed(sessions.rooms, sessions.room[rows])
    program = _of_lesson(held.programs, held.program, lesson)
    in_room = entered.tracks_of_rooms()
    lengths = np.diff(sessions.used_start)[rows]
    return Meetings(
        id=tuple(map(sessions.id.__getitem__, rows.tolist())),
        day=days_at(entered.zone, sessions.start[rows]),
        status=pointed(_STATUS, status),
        held=confirmed(status).astype(np.int8),
        by_telemetry=(status == SessionStatus.CONFIRMED_BY_TELEMETRY).astype(np.int8),
        kind=pointed(_KIND, sessions.kind[rows]),
        track=_of_program(program, entered, 0).or_else(room.renamed(lambda where: in_room.get(where, ""))),
        room=room,
        group=_of_lesson(held.groups, held.group, lesson),
        program=program,
        partner=_of_lesson(held.partners, held.partner, lesson),
        form=_of_lesson(_FORM, held.form, lesson),
        level=_of_program(program, entered, 1),
        learners=sessions.learners[rows].astype(np.int64),
        learner_ns=learner_ns(sessions)[rows],
        equipment=tuple(map(str, sessions.ids)),
        used_start=starts_of(lengths),
        used=items_of(sessions.used_start, sessions.used, rows)[1],
    )


_STATUS = tuple(one.word for one in SessionStatus)
_KIND = tuple(one.word for one in LessonKind)
_FORM = tuple(one.word for one in Form)


def _of_lesson(words: tuple[str, ...], code: Int8s | Int32s, lesson: Int64s) -> Words:
    """The word of each session's lesson; none where none announced it."""
    return pointed(words, np.append(code, -1)[lesson])


def _of_program(program: Words, entered: Entered, place: int) -> Words:
    """The track (0) or the level (1) of each program."""
    return program.renamed(lambda one: entered.programs.get(one, ("", ""))[place])


def tracks_of(entered: Entered) -> dict[str, str]:
    """The track of each equipment."""
    inventory = entered.inventory
    return {str(one): track for one, track in zip(inventory.ids, inventory.track, strict=True)}
