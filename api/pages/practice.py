"""What the page of practical sessions shows: the sessions of a period by day.

It words what was judged; nothing is judged here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby

from api.pages.board import room_name
from api.pages.texts import Texts
from api.pages.week import name_of
from edge.numbers.practice import Meetings
from edge.settings import Centre
from telemetry.model import EquipmentId
from telemetry.rules import SessionStatus
from telemetry.sessions import counted

MAX_SESSIONS = 300
"""Rows of one page; a quarter of a busy centre has more, and they are found by status."""

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
    """The sessions of one day."""

    date: str
    sessions: tuple[SessionRow, ...]


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


def practice_of(meetings: Meetings, status: str, query: str, naming: Naming) -> Practice:
    """The sessions of a window, those of one status where it is named; `query` is that of the period."""
    texts, sessions = naming.texts, meetings.sessions
    rows = meetings.rows.tolist()
    words = [SessionStatus(code).word for code in sessions.status[meetings.rows].tolist()]
    statuses = tuple(
        StatusCount(one.word, texts(f"session.{one.word}"), n, _query(query, one.word, status), one.word == status)
        for one in ORDER
        if (n := words.count(one.word)) or one.word == status
    )
    listed = [row for row, word in zip(rows, words, strict=True) if status in ("", word)]
    shown = listed[:MAX_SESSIONS]
    days = groupby(shown, key=lambda row: texts.local(int(sessions.start[row])).date())
    counts = int(counted(sessions)[meetings.rows].sum())
    return Practice(
        counts_text=texts("session.counts", counts),
        statuses=statuses,
        days=tuple(
            DayOf(texts.weekday_and_day(day), tuple(session_row(meetings, row, naming) for row in of_day))
            for day, of_day in days
        ),
        more=len(listed) - len(shown),
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
        waits=status in (SessionStatus.DETECTED, SessionStatus.UNCONFIRMED, SessionStatus.NO_DATA),
        corrected=bool(sessions.correction_start[row + 1] > sessions.correction_start[row]),
    )


def _query(period: str, status: str, current: str) -> str:
    return period if status == current else f"{period}&status={status}"
