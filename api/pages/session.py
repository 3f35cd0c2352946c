"""What the page of one practical session shows: what confirms it, and what people said of it.

It words what was judged; nothing is judged here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from api.pages.practice import Naming, SessionRow, session_row
from api.pages.texts import NBSP, Texts
from api.pages.week import name_of
from edge.numbers.practice import Meetings, busy_rows
from telemetry.columns import Int64s
from telemetry.model import Instant, JobOutcome, Source
from telemetry.rules import SessionStatus

MOST_RECORDS = 1000
"""Of one file of a run: the most that the API gives at once, hours of an experiment."""


@dataclass(frozen=True, slots=True)
class BusyRow:
    """A stretch in which one equipment was busy; `marks` say that it opened or closed the session."""

    equipment: str
    device: str
    time: str
    counted: str
    source: str
    marks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class JobOf:
    """A job that ran in the session."""

    device: str
    name: str
    started: str
    outcome: str


@dataclass(frozen=True, slots=True)
class RunOf:
    """An experiment that ran in the session on one equipment; `href` leads to what it measured."""

    device: str
    title: str
    lab_work: str
    time: str
    href: str


@dataclass(frozen=True, slots=True)
class WordOf:
    """What somebody said of a session."""

    status: str
    status_text: str
    author: str
    reason: str
    at: str


@dataclass(frozen=True, slots=True)
class SessionDetail:
    """All that is behind one session; `verdicts` are what a person may say of it."""

    row: SessionRow
    date: str
    teacher: str
    original_text: str
    why: str
    known: str
    rule: str
    busy: tuple[BusyRow, ...]
    total: str
    jobs: tuple[JobOf, ...]
    runs: tuple[RunOf, ...]
    words: tuple[WordOf, ...]
    is_detected: bool
    is_over: bool


def session_detail(meetings: Meetings, row: int, naming: Naming, now: Instant) -> SessionDetail:
    """Everything behind one session."""
    sessions, held, texts = meetings.sessions, meetings.lessons, naming.texts
    lesson, original = int(sessions.lesson[row]), SessionStatus(int(sessions.original[row]))
    jobs = [meetings.jobs[job] for job in _of(sessions.job, sessions.job_start, row)]
    names = meetings.entered.names["teacher"]
    base = int(sessions.base_ns[row])
    return SessionDetail(
        row=session_row(meetings, row, naming),
        date=texts.weekday_and_day(texts.local(int(sessions.start[row])).date()),
        teacher=name_of(names, held.teachers, int(held.teacher[lesson])) if lesson >= 0 else "",
        original_text=texts(f"session.{original.word}"),
        why=_why(meetings, row, original, texts),
        known=texts.percent(int(sessions.known_ns[row]) / base) if base else "",
        rule=sessions.rules[sessions.rule[row]],
        busy=tuple(_busy(meetings, row, interval, naming) for interval in busy_rows(meetings, row).tolist()),
        total=texts.exact(int(sessions.busy_ns[row])),
        jobs=tuple(
            JobOf(
                naming.device(job.equipment),
                job.name or texts("job.unnamed"),
                texts.time(job.started),
                texts(f"outcome.{JobOutcome(job.outcome).word}"),
            )
            for job in jobs
        ),
        runs=tuple(_run(meetings, run, naming) for run in _of(sessions.run, sessions.run_start, row)),
        words=_words(meetings, row, texts, now),
        is_detected=lesson < 0,
        is_over=int(sessions.start[row]) <= now,
    )


def _of(listed: Int64s, start: Int64s, row: int) -> list[int]:
    """What a session's part of a list names."""
    named: list[int] = listed[start[row] : start[row + 1]].tolist()
    return named


def _run(meetings: Meetings, row: int, naming: Naming) -> RunOf:
    columns, run, texts = meetings.runs.columns, meetings.runs.runs[row], naming.texts
    start, end = int(columns.start[row]), int(columns.end[row])
    over = JobOutcome(int(columns.outcome[row])) is not JobOutcome.NONE
    return RunOf(
        device=naming.device(columns.ids[columns.equipment[row]]),
        title=run.title or texts("session.untitled"),
        lab_work=run.lab_work.replace(" ", NBSP),
        time=texts.times(start, end) if over else texts("session.run_since", time=texts.time(start)),
        href=f"/api/v1/runs/{quote(run.run, safe='')}/data?format=xlsx&limit={MOST_RECORDS}&lang={texts.language}",
    )


def _why(meetings: Meetings, row: int, original: SessionStatus, texts: Texts) -> str:
    """Why the rules judged as they did, in a sentence."""
    sessions = meetings.sessions
    most, needed = texts.exact(int(sessions.most_busy_ns[row])), texts.exact(int(sessions.needed_ns[row]))
    return texts(f"why.{original.word}", most=most, needed=needed)


def _busy(meetings: Meetings, row: int, interval: int, naming: Naming) -> BusyRow:
    sessions, told, texts = meetings.sessions, meetings.intervals, naming.texts
    start, end = int(told.start[interval]), int(told.end[interval])
    first, last = int(sessions.window_start[row]), int(sessions.window_end[row])
    equipment = told.ids[told.equipment[interval]]
    source = Source(int(told.source[interval]))
    marks = {"opened": int(sessions.opened[row]) == interval, "closed": int(sessions.closed[row]) == interval}
    return BusyRow(
        equipment=equipment,
        device=naming.device(equipment),
        time=texts.times(start, end),
        counted=texts.exact(max(min(end, last) - max(start, first), 0)),
        source="" if source is Source.DEVICE else texts(f"source.{source.word}"),
        marks=tuple(texts(f"session.{mark}") for mark, holds in marks.items() if holds),
    )


def _words(meetings: Meetings, row: int, texts: Texts, now: Instant) -> tuple[WordOf, ...]:
    """What was said of a session, the word in force first."""
    sessions, said = meetings.sessions, meetings.sessions.corrections
    listed: Sequence[int] = sessions.correction[
        sessions.correction_start[row] : sessions.correction_start[row + 1]
    ].tolist()
    return tuple(
        WordOf(
            SessionStatus(int(said.status[one])).word,
            texts(f"session.{SessionStatus(int(said.status[one])).word}"),
            said.author[one],
            said.reason[one],
            texts.moment(int(said.at[one]), now),
        )
        for one in reversed(listed)
    )
