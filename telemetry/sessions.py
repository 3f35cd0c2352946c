"""Practical sessions: which lessons really used equipment, and what proves it.

Nothing here reads a clock, changes what was entered, or takes silence for idleness.

* A lesson counts once however many devices ran; lessons of two groups in one room are judged each for itself.
* `confirmed_by_telemetry`: one of its devices was busy long enough (`RuleSet`), and be it before the lesson is over.
  Otherwise it is `planned` until its end; then `unconfirmed` where enough of the time of its devices in the lesson,
  all devices together, is known, else `no_data`. What its margin still brings confirms it later. Use after `now` does
  not count. A lesson that the timetable cancels is `cancelled` whatever ran.
* `detected`: see `telemetry.detection`. It is proposed, and counts once a person has confirmed it.
* A correction stands beside the original; the last one holds.
* Confidence, 0 to 1, tells how surely the status holds. With the busiest device's time against the time needed, and
  coverage, the known part of the time of all its devices in the lesson:
  confirmed by telemetry: min(1, busy ÷ (2 × needed)) × (1 + coverage) ÷ 2, so half at the bare threshold;
  detected: min(1, devices ÷ (2 × those the rule asks)) × (1 + coverage) ÷ 2;
  unconfirmed: (1 − busy ÷ needed) × coverage;
  cancelled, or said by a person: 1; planned or no data: 0.
* A session counts where it is confirmed and a lesson: events have rows and evidence too, but are counted as events.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from telemetry.claims import Claims, claims_of
from telemetry.columns import (
    Attendance,
    Corrections,
    Float64s,
    Int8s,
    Int32s,
    Int64s,
    Intervals,
    Inventory,
    Jobs,
    Lessons,
    Sessions,
)
from telemetry.corrections import attended, corrected, detected_ids
from telemetry.evidence import evidence_of, no_evidence
from telemetry.model import Instant, State
from telemetry.rules import RuleSet, SessionStatus, ordered
from telemetry.timelines import in_state, sums
from telemetry.timetable import LessonKind, LessonStatus
from telemetry.use import Amounts, Use, amounts_of, use_of

Bools = npt.NDArray[np.bool_]

_EMPTY = np.empty(0, np.int64)


def no_jobs() -> Jobs:
    """Jobs or runs of nobody."""
    return Jobs((), (), _EMPTY.astype(np.int32), _EMPTY, _EMPTY, _EMPTY.astype(np.int8))


def no_corrections() -> Corrections:
    """Not a word from anybody."""
    return Corrections((), _EMPTY, _EMPTY.astype(np.int8), (), ())


def nobody_counted() -> Attendance:
    """No session of which learners were counted."""
    return Attendance((), _EMPTY.astype(np.int32))


@dataclass(frozen=True, slots=True, eq=False)
class Observed:
    """What devices told: intervals, and the runs and jobs that are named as evidence beside them."""

    intervals: Intervals
    runs: Jobs = field(default_factory=no_jobs)
    jobs: Jobs = field(default_factory=no_jobs)


@dataclass(frozen=True, slots=True, eq=False)
class Told:
    """What people told of sessions."""

    corrections: Corrections = field(default_factory=no_corrections)
    attendance: Attendance = field(default_factory=nobody_counted)


class _Claimed(NamedTuple):
    """The claims to be a session, the rooms that they point into, and what the equipment of each did."""

    claims: Claims
    rooms: tuple[str, ...]
    use: Use


class _Places(NamedTuple):
    """The columns of the same names of `Sessions`."""

    stations: Int32s
    used_stations: Int32s
    used_start: Int64s
    used: Int32s


def practical_sessions(
    observed: Observed,
    lessons: Lessons,
    inventory: Inventory,
    *,
    rules: tuple[RuleSet, ...],
    told: Told,
    now: Instant,
    evidence: bool = True,
) -> Sessions:
    """Every lesson judged, what was detected besides, and over both what people said.

    Args:
        observed: what devices told; what the intervals do not reach is unknown, so they should begin and end an hour
            beyond the lessons, or at `now`.
        lessons: the timetable over the window asked for.
        inventory: the rooms and work places of the equipment.
        rules: versions in any order; none means `FIRST_RULES`.
        told: corrections and attendance.
        now: ns UTC; what is later has not happened.
        evidence: whether rows of intervals, runs and jobs are named; who only counts can spare that.
    """
    versions = ordered(rules)
    busy = in_state(observed.intervals, State.BUSY, now)
    claims, rooms = claims_of(observed.intervals, busy.spans, lessons, inventory, rules=versions, now=now)
    claimed = _Claimed(claims, rooms, use_of(observed.intervals, busy, claims, now))
    judged = _judged(observed, lessons, claimed, rules=versions, now=now, evidence=evidence)
    return attended(corrected(judged, told.corrections), told.attendance)


def confirmed(status: Int8s) -> Bools:
    """Which of the statuses say that it was held, bool[n]."""
    held: Bools = (status == SessionStatus.CONFIRMED_BY_TELEMETRY) | (status == SessionStatus.CONFIRMED_MANUALLY)
    return held


def counted(sessions: Sessions) -> Bools:
    """Which sessions count, bool[n]: confirmed, and lessons."""
    lessons: Bools = confirmed(sessions.status) & (sessions.kind == LessonKind.LESSON)
    return lessons


def learners_counted(sessions: Sessions) -> Int64s:
    """The learners of each session, int64[n]: those counted there, else planned; 0 for a session that does not count.

    Whoever tells learner-hours, in utilisation or in the monitoring, takes these.
    """
    return np.where(counted(sessions), sessions.learners.astype(np.int64), 0)


def learner_ns(sessions: Sessions) -> Int64s:
    """Learners times the length of each session, int64[n]; 0 for those that do not count."""
    return learners_counted(sessions) * (sessions.end - sessions.start)


def _judged(
    observed: Observed,
    lessons: Lessons,
    claimed: _Claimed,
    *,
    rules: tuple[RuleSet, ...],
    now: Instant,
    evidence: bool,
) -> Sessions:
    claims, rooms, use = claimed
    amounts = amounts_of(claims, use, now)
    status = _status(claims, amounts, lessons, rules, now)
    proven = (status == SessionStatus.CONFIRMED_BY_TELEMETRY) | (status == SessionStatus.DETECTED)
    used = claims.each(proven) & (use.busy.ns >= claims.each(claims.needed_ns))
    found = slice(len(lessons), None)
    n_found = len(claims.start[found])
    behind = (
        evidence_of(observed.intervals, claims, use, np.flatnonzero(proven), runs=observed.runs, jobs=observed.jobs)
        if evidence
        else no_evidence(len(claims.start))
    )
    return Sessions(
        ids=observed.intervals.ids,
        rooms=rooms,
        rules=tuple(rule.version for rule in rules),
        corrections=no_corrections(),
        id=lessons.id + detected_ids(rooms, claims.room[found], claims.start[found]),
        lesson=np.append(np.arange(len(lessons)), np.full(n_found, -1)),
        kind=np.append(lessons.kind, np.full(n_found, LessonKind.LESSON, np.int8)),
        status=status,
        original=status,
        confidence=_confidence(claims, amounts, rules, status),
        learners=np.append(lessons.learners, np.zeros(n_found, np.int32)),
        correction_start=np.zeros(len(claims.start) + 1, np.int64),
        correction=_EMPTY,
        room=claims.room,
        start=claims.start,
        end=claims.end,
        window_start=claims.window_start,
        window_end=claims.window_end,
        needed_ns=claims.needed_ns,
        rule=claims.rule.astype(np.int32),
        busy_ns=amounts.busy_ns,
        most_busy_ns=amounts.most_busy_ns,
        known_ns=amounts.known_ns,
        base_ns=amounts.base_ns,
        **_places(claims, used)._asdict(),
        **behind._asdict(),
    )


def _places(claims: Claims, used: Bools) -> _Places:
    starts = claims.equipment_start
    return _Places(
        stations=sums(starts, claims.stations).astype(np.int32),
        used_stations=sums(starts, claims.stations * used).astype(np.int32),
        used_start=np.append(0, np.cumsum(sums(starts, used.astype(np.int64)))),
        used=claims.equipment[used],
    )


def _status(claims: Claims, amounts: Amounts, lessons: Lessons, rules: tuple[RuleSet, ...], now: Instant) -> Int8s:
    cancelled = np.zeros(len(claims.start), np.bool_)
    cancelled[: len(lessons)] = lessons.status == LessonStatus.CANCELLED
    least = np.array([rule.coverage_min for rule in rules])[claims.rule]
    status = np.select(
        [
            np.arange(len(claims.start)) >= len(lessons),
            cancelled,
            (amounts.most_busy_ns >= claims.needed_ns) & (claims.start <= now),
            claims.end > now,
            (amounts.base_ns > 0) & (amounts.coverage >= least),
        ],
        [
            SessionStatus.DETECTED,
            SessionStatus.CANCELLED,
            SessionStatus.CONFIRMED_BY_TELEMETRY,
            SessionStatus.PLANNED,
            SessionStatus.UNCONFIRMED,
        ],
        SessionStatus.NO_DATA,
    )
    return status.astype(np.int8)


def _confidence(claims: Claims, amounts: Amounts, rules: tuple[RuleSet, ...], status: Int8s) -> Float64s:
    devices = np.array([rule.detect_devices for rule in rules])[claims.rule]
    share = amounts.most_busy_ns / claims.needed_ns
    surely = (1.0 + amounts.coverage) / 2.0
    by_status = np.zeros((len(SessionStatus), len(status)))
    by_status[SessionStatus.CANCELLED] = 1.0
    by_status[SessionStatus.UNCONFIRMED] = (1.0 - share) * amounts.coverage
    by_status[SessionStatus.CONFIRMED_BY_TELEMETRY] = np.minimum(share / 2.0, 1.0) * surely
    by_status[SessionStatus.DETECTED] = np.minimum(amounts.devices / (2.0 * devices), 1.0) * surely
    return by_status[status, np.arange(len(status))]
