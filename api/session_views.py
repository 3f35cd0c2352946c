"""The JSON shapes of practical sessions, their evidence and what people said of them.

No learner is named in any of them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, Literal

from api.instants import format_instant
from api.views import ComputedFrom
from edge.numbers.practice import Meetings, busy_rows, station_use
from telemetry.model import EquipmentId, JobOutcome, Source
from telemetry.ratios import station_utilisation
from telemetry.rules import SessionStatus
from telemetry.sessions import counted, learner_ns
from telemetry.timetable import Form, LessonKind

StatusWord = Literal[
    "planned",
    "cancelled",
    "no_data",
    "unconfirmed",
    "detected",
    "confirmed_by_telemetry",
    "confirmed_manually",
]
_STATUS: dict[SessionStatus, StatusWord] = {
    SessionStatus.PLANNED: "planned",
    SessionStatus.CANCELLED: "cancelled",
    SessionStatus.NO_DATA: "no_data",
    SessionStatus.UNCONFIRMED: "unconfirmed",
    SessionStatus.DETECTED: "detected",
    SessionStatus.CONFIRMED_BY_TELEMETRY: "confirmed_by_telemetry",
    SessionStatus.CONFIRMED_MANUALLY: "confirmed_manually",
}


@dataclass(frozen=True, slots=True)
class SessionView:
    """One session; `status` holds with corrections, `original` is what telemetry says, `counts` whether it counts.

    `busy_ns` is the busy time of all its equipment while use counts, `most_busy_ns` that of the busiest one, which
    must reach `needed_ns`; `known_ns` of `base_ns` of their time in the lesson is known.
    """

    id: str
    kind: str
    start: str
    end: str
    room: str
    group: str
    program: str
    teacher: str
    partner: str
    form: str
    status: StatusWord
    original: StatusWord
    counts: bool
    confidence: float
    rule: str
    learners: int
    learner_ns: int
    stations: int
    used_stations: int
    busy_ns: int
    most_busy_ns: int
    needed_ns: int
    known_ns: int
    base_ns: int
    used: list[EquipmentId]
    corrections: int


@dataclass(frozen=True, slots=True)
class SessionList:
    """A page of sessions by start, then id; `next` is what to give as `after`, null on the last page."""

    items: list[SessionView]
    next: str | None
    computed_from: ComputedFrom


@dataclass(frozen=True, slots=True)
class SessionAnswer(SessionView):
    """One session, and what the answer was computed from."""

    computed_from: ComputedFrom


@dataclass(frozen=True, slots=True)
class BusyView:
    """An interval in which one equipment was busy; `counted_ns` of it lies where use counts for the session."""

    equipment: EquipmentId
    start: str
    end: str
    source: str
    counted_ns: int


@dataclass(frozen=True, slots=True)
class SessionJobView:
    """A job that ran while use counted."""

    equipment: EquipmentId
    job: str
    name: str
    started: str


@dataclass(frozen=True, slots=True)
class SessionRunView:
    """A run (an experiment) that went on while use counted; `ended` is null while it still goes on."""

    equipment: EquipmentId
    run: str
    title: str
    started: str
    ended: str | None


@dataclass(frozen=True, slots=True)
class SessionEvidence:
    """What opened, kept and closed a session; `resum_ns`, added up from `intervals`, equals its `busy_ns`.

    `station_utilisation` = `station_busy_ns` / `station_lesson_ns`, busy and all time of its work places in the lesson,
    as in `UtilisationRow`; null where no lesson announced it.
    """

    session: SessionView
    window_start: str
    window_end: str
    opened: BusyView | None
    closed: BusyView | None
    intervals: list[BusyView]
    jobs: list[SessionJobView]
    runs: list[SessionRunView]
    resum_ns: int
    station_busy_ns: int
    station_lesson_ns: int
    station_utilisation: float | None
    computed_from: ComputedFrom


@dataclass(frozen=True, slots=True)
class CorrectionView:
    """What somebody said of a session."""

    status: StatusWord
    author: str
    reason: str
    at: str


@dataclass(frozen=True, slots=True)
class CorrectionList:
    """What telemetry says of a session, and what people said since, the one in force last."""

    session: str
    original: StatusWord
    status: StatusWord
    items: list[CorrectionView]
    next: str | None
    computed_from: ComputedFrom


COLUMNS = tuple(field.name for field in fields(SessionView))


def computed_from(meetings: Meetings) -> ComputedFrom:
    """What sessions were computed from; the rules are all that judged one of them."""
    sessions = meetings.sessions
    codes = sorted(set(sessions.rule[meetings.rows].tolist()))
    rules = ",".join(sessions.rules[code] for code in codes) or None
    return ComputedFrom(meetings.offset, meetings.entered.register_version, rules, meetings.entered.configuration)


def session_views(meetings: Meetings, rows: Sequence[int]) -> list[SessionView]:
    """Some of the sessions."""
    counts, hours = counted(meetings.sessions).tolist(), learner_ns(meetings.sessions).tolist()
    return [_session_view(meetings, row, counts=counts[row], learner_ns=hours[row]) for row in rows]


def _session_view(meetings: Meetings, row: int, *, counts: bool, learner_ns: int) -> SessionView:
    sessions = meetings.sessions
    used = sessions.used[sessions.used_start[row] : sessions.used_start[row + 1]].tolist()
    return SessionView(
        id=sessions.id[row],
        kind=LessonKind(sessions.kind[row]).word,
        start=format_instant(int(sessions.start[row])),
        end=format_instant(int(sessions.end[row])),
        room=_named(sessions.rooms, int(sessions.room[row])),
        **_bound(meetings, int(sessions.lesson[row])),
        status=_STATUS[SessionStatus(sessions.status[row])],
        original=_STATUS[SessionStatus(sessions.original[row])],
        counts=counts,
        confidence=float(sessions.confidence[row]),
        rule=sessions.rules[sessions.rule[row]],
        learners=int(sessions.learners[row]),
        learner_ns=learner_ns,
        stations=int(sessions.stations[row]),
        used_stations=int(sessions.used_stations[row]),
        busy_ns=int(sessions.busy_ns[row]),
        most_busy_ns=int(sessions.most_busy_ns[row]),
        needed_ns=int(sessions.needed_ns[row]),
        known_ns=int(sessions.known_ns[row]),
        base_ns=int(sessions.base_ns[row]),
        used=[sessions.ids[code] for code in used],
        corrections=int(sessions.correction_start[row + 1] - sessions.correction_start[row]),
    )


def _named(names: Sequence[str], code: int) -> str:
    return names[code] if code >= 0 else ""


def _bound(meetings: Meetings, lesson: int) -> dict[str, str]:
    """Who a lesson is for; nobody where it was only detected."""
    words = ("group", "program", "teacher", "partner")
    if lesson < 0:
        return {"form": "", **dict.fromkeys(words, "")}
    held = meetings.lessons
    told = {word: _named(getattr(held, f"{word}s"), int(getattr(held, word)[lesson])) for word in words}
    return {"form": Form(held.form[lesson]).word, **told}


def evidence_view(meetings: Meetings, row: int, computed_from: ComputedFrom) -> SessionEvidence:
    """What is behind one session."""
    sessions = meetings.sessions
    busy = [_busy_view(meetings, row, interval) for interval in busy_rows(meetings, row).tolist()]
    jobs = [meetings.jobs[job] for job in sessions.job[sessions.job_start[row] : sessions.job_start[row + 1]].tolist()]
    runs = sessions.run[sessions.run_start[row] : sessions.run_start[row + 1]].tolist()
    opened, closed = int(sessions.opened[row]), int(sessions.closed[row])
    return SessionEvidence(
        session=session_views(meetings, [row])[0],
        window_start=format_instant(int(sessions.window_start[row])),
        window_end=format_instant(int(sessions.window_end[row])),
        opened=_busy_view(meetings, row, opened) if opened >= 0 else None,
        closed=_busy_view(meetings, row, closed) if closed >= 0 else None,
        intervals=busy,
        jobs=[SessionJobView(job.equipment, job.job, job.name, format_instant(job.started)) for job in jobs],
        runs=[_run_view(meetings, run) for run in runs],
        resum_ns=sum(one.counted_ns for one in busy),
        **_station_words(meetings, row),
        computed_from=computed_from,
    )


def _station_words(meetings: Meetings, row: int) -> dict[str, Any]:
    """The use of a session's work places."""
    table = station_use(meetings, row)
    if table is None:
        return {"station_busy_ns": 0, "station_lesson_ns": 0, "station_utilisation": None}
    use = station_utilisation(table)
    value = float(use.value[0])
    return {
        "station_busy_ns": int(use.numerator[0]),
        "station_lesson_ns": int(use.denominator[0]),
        "station_utilisation": None if math.isnan(value) else value,
    }


def _busy_view(meetings: Meetings, row: int, interval: int) -> BusyView:
    told, sessions = meetings.intervals, meetings.sessions
    start, end = int(told.start[interval]), int(told.end[interval])
    first, last = int(sessions.window_start[row]), int(sessions.window_end[row])
    return BusyView(
        equipment=told.ids[told.equipment[interval]],
        start=format_instant(start),
        end=format_instant(end),
        source=Source(told.source[interval]).word,
        counted_ns=max(min(end, last) - max(start, first), 0),
    )


def _run_view(meetings: Meetings, row: int) -> SessionRunView:
    columns, run = meetings.runs.columns, meetings.runs.runs[row]
    return SessionRunView(
        equipment=columns.ids[columns.equipment[row]],
        run=run.run,
        title=run.title,
        started=format_instant(int(columns.start[row])),
        ended=None if columns.outcome[row] == JobOutcome.NONE else format_instant(int(columns.end[row])),
    )


def correction_list(meetings: Meetings, row: int, computed_from: ComputedFrom) -> CorrectionList:
    """What was said of one session."""
    sessions, said = meetings.sessions, meetings.sessions.corrections
    listed = sessions.correction[sessions.correction_start[row] : sessions.correction_start[row + 1]].tolist()
    return CorrectionList(
        session=sessions.id[row],
        original=_STATUS[SessionStatus(sessions.original[row])],
        status=_STATUS[SessionStatus(sessions.status[row])],
        items=[
            CorrectionView(
                _STATUS[SessionStatus(said.status[one])],
                said.author[one],
                said.reason[one],
                format_instant(int(said.at[one])),
            )
            for one in listed
        ],
        next=None,
        computed_from=computed_from,
    )
