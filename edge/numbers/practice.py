"""Practical sessions of any window from the journal, the register and the rules, judged anew only where it changed.

A session belongs to the window in which it starts; it is judged with all that is around the window, so that no edge
cuts its evidence. Nothing here is entered: that is the register.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from edge.clock import Clock
from edge.numbers.entered import Desk, Entered
from edge.numbers.observed import Observations, Span, minute_of
from edge.numbers.runs import RunRows, run_rows
from edge.store.contract import Job, Offset, Store
from telemetry.calendar import Unit, buckets
from telemetry.civil import Day, day_of
from telemetry.columns import Int64s, Intervals, Jobs, Lessons, Sessions, Utilisation
from telemetry.corrections import detected_at
from telemetry.lessons import lessons_of, maintenance
from telemetry.model import EquipmentId, Instant, State
from telemetry.plan import Plan, planned
from telemetry.sessions import Observed, practical_sessions
from telemetry.utilisation import Keys, lesson_utilisation
from telemetry.zones import NS_PER_DAY, NS_PER_HOUR, earliest

AROUND_NS = 25 * NS_PER_HOUR
"""Looked at before and after a window: longer than any rule lets a detected session last, or a lesson's margins be."""

ROWS_LIMIT = 100_000
"""Sessions that are kept: ten years of a centre, about 40 MB."""

_OPEN = np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True, eq=False)
class Meetings:
    """The sessions that start in a window are `rows`, int64[k], of `sessions`, by start then id."""

    rows: Int64s
    sessions: Sessions
    lessons: Lessons
    intervals: Intervals
    jobs: tuple[Job, ...]
    runs: RunRows
    offset: Offset
    entered: Entered
    until: Instant


class Practice:
    """Answers questions about practical sessions; any thread may ask."""

    def __init__(self, desk: Desk, observations: Observations, store: Store, clock: Clock) -> None:
        self._desk = desk
        self._observations = observations
        self._store = store
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[Instant, Instant], tuple[Mapping[EquipmentId, int], Meetings]] = OrderedDict()

    def meetings(self, start: Instant, end: Instant) -> Meetings:
        """The sessions that start in [start, end); the same object for as long as nothing that it read has changed."""
        entered = self._desk.entered()
        span = around(self._clock, start, end)
        seen = self._observations.seen(entered.inventory.ids, span)
        with self._lock:
            known = self._kept.get((start, end))
            if known is None or known[0] is not seen.revisions or known[1].entered is not entered:
                jobs = _in_order(self._store.jobs(entered.inventory.ids, span.start, span.until))
                runs = self._runs(entered, span)
                found = judged(entered, seen.intervals, jobs, span, runs=runs.columns)
                inside = np.flatnonzero((found[0].start >= start) & (found[0].start < end))
                order = np.lexsort((np.array(found[0].id, np.str_)[inside], found[0].start[inside]))
                meetings = Meetings(inside[order], *found, seen.intervals, jobs, runs, seen.offset, entered, span.until)
                known = self._kept[start, end] = seen.revisions, meetings
            self._kept.move_to_end((start, end))
            while len(self._kept) > 1 and sum(len(m.sessions) + 1 for _, m in self._kept.values()) > ROWS_LIMIT:
                self._kept.popitem(last=False)
            return known[1]

    def meeting(self, session: str) -> tuple[Meetings, int] | None:
        """One session by its id: its day's sessions, and its row among `sessions`; None where there is none such."""
        meetings = self.around(session)
        if meetings is None:
            return None
        found = [row for row in meetings.rows.tolist() if meetings.sessions.id[row] == session]
        return (meetings, found[0]) if found else None

    def around(self, session: str) -> Meetings | None:
        """The sessions of the time that an id tells, be it of one of them or not; None where it tells no time."""
        window = self._window_of(session)
        return None if window is None else self.meetings(*window)

    def _runs(self, entered: Entered, span: Span) -> RunRows:
        ids = entered.inventory.ids
        return run_rows(ids, self._store.runs(ids, span.start, span.until), span.until)

    def _window_of(self, session: str) -> tuple[Instant, Instant] | None:
        """The local day of a session, ns UTC."""
        entered = self._desk.entered()
        at = detected_at(session)
        if at is not None:
            return at - NS_PER_HOUR, at + NS_PER_HOUR
        named = _day_in(session.rpartition(":")[2])
        day = next((one.day for one in entered.timetable.one_offs if one.id == session), named)
        if day is None:
            return None
        edges = earliest(entered.zone, np.array([day, day + 1], np.int64) * NS_PER_DAY)
        return int(edges[0]), int(edges[1])


def around(clock: Clock, start: Instant, end: Instant) -> Span:
    """What the sessions that meet [start, end) are judged by; the minute that runs is not known yet."""
    start, end = start - AROUND_NS, end + AROUND_NS
    return Span(start, end, min(max(minute_of(clock), start), end))


def judged(
    entered: Entered, intervals: Intervals, jobs: Sequence[Job], span: Span, *, runs: Jobs
) -> tuple[Sessions, Lessons]:
    """Every session that meets a span with what proves it, and the lessons among them."""
    return _judged(entered, Observed(intervals, runs, job_columns(entered.inventory.ids, jobs)), span, evidence=True)


def judged_alone(entered: Entered, intervals: Intervals, span: Span) -> tuple[Sessions, Lessons]:
    """The same sessions, of which none names its evidence, for who only counts them."""
    return _judged(entered, Observed(intervals), span, evidence=False)


def _judged(entered: Entered, observed: Observed, span: Span, *, evidence: bool) -> tuple[Sessions, Lessons]:
    held = lessons_of(_plan(entered), entered.zone, (span.start, span.end))
    sessions = practical_sessions(
        observed,
        held,
        entered.inventory,
        rules=entered.rules,
        told=entered.told,
        now=span.until,
        evidence=evidence,
    )
    return sessions, held


@lru_cache(maxsize=1)
def _plan(entered: Entered) -> Plan:
    """That of what was last entered is remembered, for a report asks for the lessons of one quarter after the other."""
    return planned(entered.timetable, entered.inventory)


def busy_rows(meetings: Meetings, row: int) -> Int64s:
    """The rows of the intervals in which the equipment of a session was busy while use counts for it."""
    sessions, told = meetings.sessions, meetings.intervals
    listed = sessions.interval[sessions.interval_start[row] : sessions.interval_start[row + 1]]
    lesson = int(sessions.lesson[row])
    if len(listed) or lesson < 0:
        return listed
    bound = meetings.lessons.equipment[
        meetings.lessons.equipment_start[lesson] : meetings.lessons.equipment_start[lesson + 1]
    ]
    meets = (told.start < sessions.window_end[row]) & (told.end > sessions.window_start[row])
    return np.flatnonzero(meets & (told.state == State.BUSY) & np.isin(told.equipment, bound))


def station_use(meetings: Meetings, row: int) -> Utilisation | None:
    """The work places of a session in its lesson: one row, of which `telemetry.ratios` makes `station_utilisation`.

    None for a session that no lesson announced.
    """
    lesson, entered, held = int(meetings.sessions.lesson[row]), meetings.entered, meetings.lessons
    if lesson < 0:
        return None
    whole = buckets(Unit.NONE, entered.zone, int(held.start[lesson]), int(held.end[lesson]))
    alone = np.full(len(held), -1, np.int32)
    alone[lesson] = 0
    planned = maintenance(entered.timetable, entered.inventory, entered.zone)
    keys = Keys((held.id[lesson],), alone)
    return lesson_utilisation(meetings.intervals, entered.inventory, whole, held, planned, keys)


def _day_in(text: str) -> Day | None:
    try:
        return day_of(text)
    except ValueError:
        return None


def _in_order(jobs: Sequence[Job]) -> tuple[Job, ...]:
    return tuple(sorted(jobs, key=lambda job: (job.equipment, job.started, job.job)))


def job_columns(ids: tuple[EquipmentId, ...], jobs: Sequence[Job]) -> Jobs:
    """Jobs of `ids` as columns; the end of one that runs is the last int64."""
    code = {one: number for number, one in enumerate(ids)}
    return Jobs(
        ids=ids,
        id=tuple(job.job for job in jobs),
        equipment=np.array([code[job.equipment] for job in jobs], np.int32),
        start=np.array([job.started for job in jobs], np.int64),
        end=np.array([_OPEN if job.ended is None else job.ended for job in jobs], np.int64),
        outcome=np.array([job.outcome for job in jobs], np.int8),
    )
