"""What the page of practical sessions shows: the sessions of a period by day.

It words what was judged; nothing is judged here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

import numpy as np

from api.pages.board import room_name
from api.pages.texts import Texts
from api.pages.week import name_of
from edge.numbers.practice import Meetings
from edge.settings import Centre
from telemetry.model import EquipmentId
from telemetry.rules import SessionStatus
from telemetry.sessions import counted

MAX_SESSIONS = 300
"""Rows of one page; a quarter of a busy centre has more, and each day that is left out leads to a page of its own."""

FEW = 20
"""Sessions that are looked through at once: more are folded day by day."""

ORDER = (
    SessionStatus.DETECTED,
    SessionStatus.UNCONFIRMED,
    SessionStatus.NO_DATA,
    SessionStatus.CONFIRMED_BY_TELEMETRY,
    SessionStatus.CONFIRMED_MANUALLY,
    SessionStatus.PLANNED,
    SessionStatus.CANCELLED,
)
"""Statuses as the summary lists them: what waits for a person comes first."""

WAITING = ORDER[:3]
"""Statuses of which a person has to say something."""


@dataclass(frozen=True, slots=True)
class Naming:
    """What people call things: the centre, the equipment by id, the words of the page's language."""

    centre: Centre
    equipment: Mapping[EquipmentId, str]
    texts: Texts

    def device(self, equipment: EquipmentId) -> str:
        """An equipment's name, or its id where it has none."""
        return self.equipment.get(equipment, equipment)


@dataclass(frozen=True, slots=True)
class SessionRow:
    """One session; `waits` where a person has to say something of it, `corrected` where one did."""

    id: str
    time: str
    title: str
    program: str
    room: str
    status: str
    status_text: str
    used: str
    learners: int
    counts: bool
    waits: bool
    corrected: bool


@dataclass(frozen=True, slots=True)
class DayOf:
    """One day: how many sessions it has, how many of them wait for a person, and those that are shown in its place.

    Where it `is_apart`, they are on a page of their own, `query`; `opened` is what makes a list show this day unfolded.
    """

    date: str
    count: str
    waiting: str
    sessions: tuple[SessionRow, ...]
    query: str
    opened: str
    is_open: bool
    is_apart: bool


@dataclass(frozen=True, slots=True)
class StatusCount:
    """How many sessions of the period are of one status, and the way to them; `query` shows all again if `current`."""

    status: str
    text: str
    n: int
    query: str
    current: bool


@dataclass(frozen=True, slots=True)
class Practice:
    """A period: what counts in it, and its sessions by day."""

    counts_text: str
    statuses: tuple[StatusCount, ...]
    days: tuple[DayOf, ...]
    more: int

    @property
    def is_folded(self) -> bool:
        """Whether a day is folded."""
        return any(not (day.is_open or day.is_apart) for day in self.days)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list is asked for: a status, or all; the period's query; the days that stand unfolded, or all of them."""

    status: str
    query: str
    unfolded: frozenset[date]
    is_unfolded: bool = False


def practice_of(meetings: Meetings, wanted: Wanted, naming: Naming) -> Practice:
    """The sessions of a window, those of one status where it is named."""
    status, query = wanted.status, wanted.query
    texts, sessions = naming.texts, meetings.sessions
    rows = meetings.rows.tolist()
    words = [SessionStatus(code).word for code in sessions.status[meetings.rows].tolist()]
    statuses = tuple(
        StatusCount(one.word, texts(f"session.{one.word}"), n, _query(query, one.word, status), one.word == status)
        for one in ORDER
        if (n := words.count(one.word)) or one.word == status
    )
    listed = [row for row, word in zip(rows, words, strict=True) if status in ("", word)]
    by_day = groupby(listed, key=lambda row: texts.local(int(sessions.start[row])).date())
    days = [(day, list(of_day)) for day, of_day in by_day]
    counts = int(counted(sessions)[meetings.rows].sum())
    return Practice(
        counts_text=texts("session.counts", counts),
        statuses=statuses,
        days=tuple(_days(meetings, days, wanted, naming)),
        more=max(len(listed) - MAX_SESSIONS, 0) if len(days) == 1 else 0,
    )


def _days(
    meetings: Meetings, days: Sequence[tuple[date, list[int]]], wanted: Wanted, naming: Naming
) -> Iterator[DayOf]:
    """Every day with its sessions, as many whole days as a page holds; the others lead to a page of their own."""
    texts, left = naming.texts, MAX_SESSIONS
    few = sum(len(rows) for _, rows in days) <= FEW
    for day, rows in days:
        is_apart = len(rows) > left and len(days) > 1
        left -= len(rows)
        shown = [] if is_apart else [session_row(meetings, row, naming) for row in rows[:MAX_SESSIONS]]
        waiting = int(np.isin(meetings.sessions.status[rows], WAITING).sum())
        yield DayOf(
            date=texts.weekday_and_day(day),
            count=texts("practice.of_day", len(rows)),
            waiting=texts("practice.waiting", waiting) if waiting and not wanted.status else "",
            sessions=tuple(shown),
            query=_query(f"period=day&on={day.isoformat()}", wanted.status, ""),
            opened=f"open={day.isoformat()}",
            is_open=few or len(days) == 1 or wanted.is_unfolded or day in wanted.unfolded,
            is_apart=is_apart,
        )


def session_row(meetings: Meetings, row: int, naming: Naming) -> SessionRow:
    """One session of the list."""
    sessions, held, names, texts = meetings.sessions, meetings.lessons, meetings.entered.names, naming.texts
    lesson, status = int(sessions.lesson[row]), SessionStatus(int(sessions.status[row]))
    room = room_name(sessions.rooms[sessions.room[row]] if sessions.room[row] >= 0 else "", naming.centre, texts)
    group = name_of(names["group"], held.groups, int(held.group[lesson])) if lesson >= 0 else ""
    program = name_of(names["program"], held.programs, int(held.program[lesson])) if lesson >= 0 else ""
    used = [sessions.ids[code] for code in sessions.used[sessions.used_start[row] : sessions.used_start[row + 1]]]
    return SessionRow(
        id=sessions.id[row],
        time=texts.times(int(sessions.start[row]), int(sessions.end[row])),
        title=group or program or texts("session.without_group"),
        program=program if group else "",
        room=room,
        status=status.word,
        status_text=texts(f"session.{status.word}"),
        used=", ".join(map(naming.device, used)),
        learners=int(sessions.learners[row]),
        counts=bool(counted(sessions)[row]),
        waits=status in WAITING,
        corrected=bool(sessions.correction_start[row + 1] > sessions.correction_start[row]),
    )


def _query(period: str, status: str, current: str) -> str:
    return period if status == current else f"{period}&status={status}"
