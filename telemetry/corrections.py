"""What people said of practical sessions, laid over what was judged.

Nothing here drops a correction or a judgement: both stay readable side by side. The judgement of a session that was
detected and then accepted is that it was detected, for the lesson that it met was made of it.

The id of a detected session tells its room and the instant at which it seemed to begin. Late data may move that
instant, so what was said of it belongs to the session of that room that holds the instant, or misses it by little.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from telemetry.columns import Attendance, Corrections, Int32s, Int64s, Sessions
from telemetry.model import NS_PER_S, Instant
from telemetry.rules import SessionStatus
from telemetry.timelines import listed

Texts = npt.NDArray[np.str_]

_PREFIX = "detected:"
_LAST = np.iinfo(np.int64).max
_MISS_NS = 600 * NS_PER_S
"""How far late data may move a detected session off what was said of it: as long as pauses within one may be."""


def detected_ids(rooms: tuple[str, ...], room: Int32s, start: Int64s) -> tuple[str, ...]:
    """The ids of sessions detected in rooms, int32[n], at ns UTC, int64[n]: `detected:workshop:1795338000000000000`."""
    stems = [f"{_PREFIX}{name}:" for name in rooms]
    return tuple([f"{stems[code]}{at}" for code, at in zip(room.tolist(), start.tolist(), strict=True)])


def detected_at(session: str) -> Instant | None:
    """When a detected session seemed to begin, ns UTC, as its id tells; None for any other id."""
    stem, _, last = session.rpartition(":")
    told = stem.startswith(_PREFIX) and last.isascii() and last.isdecimal() and len(last) <= len(str(_LAST))
    return at if told and (at := int(last)) <= _LAST else None


def corrected(sessions: Sessions, corrections: Corrections) -> Sessions:
    """The sessions with what was said of them; of several corrections of one session the last one holds, surely.

    Corrections of other sessions are kept and belong to none.
    """
    if not corrections.session:
        return sessions
    kept = in_order(corrections)
    names = _texts(sessions.id)
    said = meant(kept.session, sessions)
    order = np.lexsort((kept.at, said))
    first = np.searchsorted(said[order], names).astype(np.int64)
    last = np.searchsorted(said[order], names, side="right").astype(np.int64)
    status, confidence = sessions.original.copy(), sessions.confidence.copy()
    was_detected = np.isin(names, _texts(tuple(kept.accepted)))
    some = np.flatnonzero(first < last)
    status[some], confidence[some] = kept.status[order[last[some] - 1]], 1.0
    return replace(
        sessions,
        corrections=kept,
        status=status,
        original=np.where(was_detected, SessionStatus.DETECTED, sessions.original).astype(np.int8),
        confidence=confidence,
        correction_start=np.append(0, np.cumsum(last - first)).astype(np.int64),
        correction=order[listed(first, last)[1]].astype(np.int64),
    )


def attended(sessions: Sessions, attendance: Attendance) -> Sessions:
    """The sessions with the learners that were counted, where they were; of several counts the greatest."""
    if not attendance.session:
        return sessions
    names, whose = _texts(sessions.id), meant(attendance.session, sessions)
    order = np.argsort(whose)
    first = np.searchsorted(whose, names, sorter=order).astype(np.int64)
    last = np.searchsorted(whose, names, side="right", sorter=order).astype(np.int64)
    row, place = listed(first, last)
    counted: Int32s = np.full(len(names), -1, np.int32)
    np.maximum.at(counted, row, attendance.count[order[place]])
    return replace(sessions, learners=np.where(counted >= 0, counted, sessions.learners))


def in_order(corrections: Corrections) -> Corrections:
    """By session, time, status, author and reason, each once: the order of entry does not count."""
    session, author, reason = (_texts(words) for words in (corrections.session, corrections.author, corrections.reason))
    order = np.lexsort((reason, author, corrections.status, corrections.at, session))
    new = np.ones(len(order), np.bool_)
    columns = (session[order], corrections.at[order], corrections.status[order], author[order], reason[order])
    new[1:] = np.any([column[1:] != column[:-1] for column in columns], axis=0)
    rows = order[new]
    words = (tuple(texts[rows].tolist()) for texts in (session, author, reason))
    said = next(words), corrections.at[rows], corrections.status[rows], next(words), next(words)
    return Corrections(*said, corrections.accepted)


def meant(said: tuple[str, ...], sessions: Sessions) -> Texts:
    """The ids of sessions as people said them, those of detected sessions as they are called now."""
    if not any(one.startswith(_PREFIX) for one in said):
        return _texts(said)
    found = np.flatnonzero(sessions.lesson < 0).tolist()
    now = [(sessions.id[row].rpartition(":")[0], int(sessions.start[row]), int(sessions.end[row])) for row in found]
    names = [sessions.id[row] for row in found]
    return _texts(tuple(_called(one, now, names) if one.startswith(_PREFIX) else one for one in said))


def _called(said: str, now: list[tuple[str, int, int]], names: list[str]) -> str:
    """The name of the session whose room and time `said` tells, itself where there is none."""
    at = detected_at(said)
    if at is None:
        return said
    room = said.rpartition(":")[0]
    near = [
        (max(start - at, at - end, 0), name)
        for (here, start, end), name in zip(now, names, strict=True)
        if here == room and start - _MISS_NS <= at <= end + _MISS_NS
    ]
    return min(near, default=(0, said))[1]


def _texts(words: tuple[str, ...]) -> Texts:
    return np.array(words, np.str_).reshape(len(words))
