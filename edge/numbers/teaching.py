"""The held sessions of a window by whatever rows are for, and the learner-hours of each row.

It judges nothing and decides nobody's number: both are `telemetry.sessions`, whose word the monitoring takes too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from edge.numbers.entered import Entered
from edge.numbers.observed import Seen
from edge.numbers.practice import judged_alone
from telemetry.columns import Buckets, Int64s, Lessons, Sessions
from telemetry.lesson_hours import lesson_hours
from telemetry.model import Instant
from telemetry.sessions import learners_counted
from telemetry.spans import Spans

Words = list[tuple[str, ...]]
"""The keys that each session counts under: none, one, or several."""


@dataclass(frozen=True, slots=True, eq=False)
class Teaching:
    """The sessions that count and meet a window: `rows`, int64[k], of `sessions`, with the `learners` of each."""

    entered: Entered
    sessions: Sessions
    lessons: Lessons
    rows: Int64s
    learners: Int64s

    @property
    def start(self) -> Int64s:
        """When each begins, int64[k] ns UTC."""
        return self.sessions.start[self.rows]

    @property
    def end(self) -> Int64s:
        """When each ends, int64[k] ns UTC."""
        return self.sessions.end[self.rows]


def teaching(entered: Entered, seen: Seen, start: Instant, end: Instant) -> Teaching:
    """What was taught in [start, end); `seen` has to reach as far around as sessions are judged by."""
    sessions, held = judged_alone(entered, seen.intervals, seen.span)
    learners = learners_counted(sessions)
    rows = np.flatnonzero((learners > 0) & (sessions.start < end) & (sessions.end > start))
    return Teaching(entered, sessions, held, rows, learners[rows])


def by_room(taught: Teaching) -> Words:
    """The room of each."""
    sessions = taught.sessions
    return [(_named(sessions.rooms, code),) for code in sessions.room[taught.rows].tolist()]


def by_track(taught: Teaching) -> Words:
    """The track of its program, else that of the first equipment of its room."""
    programs, in_room = taught.entered.programs, taught.entered.tracks_of_rooms()
    named = zip(_of_lessons(taught, "programs", "program"), by_room(taught), strict=True)
    return [(programs.get(program, ("", ""))[0] or in_room.get(room, ""),) for program, (room,) in named]


def by_equipment(taught: Teaching) -> Words:
    """The equipment that each used."""
    return [tuple(map(str, (taught.sessions.ids[code] for code in codes))) for codes in _used(taught)]


def by_kind(taught: Teaching) -> Words:
    """The kinds of equipment that each used."""
    kind = taught.entered.inventory.kind
    return [tuple(sorted({kind[code] for code in codes})) for codes in _used(taught)]


def by_lesson(taught: Teaching, names: str, codes: str) -> Words:
    """Whose lesson each was, by a column of `Lessons`; nothing where it says nobody's."""
    return [(word,) if word else () for word in _of_lessons(taught, names, codes)]


def learner_ns(taught: Teaching, words: Words, names: Sequence[str], buckets: Buckets) -> Int64s:
    """Learners times length inside each bucket, int64[len(names) * len(buckets)] ns, by name then bucket.

    What counts under several names counts in full under each. Raises `OverflowError` for more than 292 years.
    """
    place = {name: code for code, name in enumerate(names)}
    listed = [(row, place[name]) for row, keys in enumerate(words) for name in keys if name in place]
    row, code = np.array(listed, np.int64).reshape(-1, 2).T
    spans = Spans(code.astype(np.int32), taught.start[row], taught.end[row])
    return lesson_hours(spans, buckets, taught.learners[row], n_keys=len(names)).reshape(-1)


def _used(taught: Teaching) -> list[list[int]]:
    sessions = taught.sessions
    starts = sessions.used_start
    return [sessions.used[starts[row] : starts[row + 1]].tolist() for row in taught.rows.tolist()]


def _of_lessons(taught: Teaching, names: str, codes: str) -> list[str]:
    column = np.append(getattr(taught.lessons, codes), -1)[taught.sessions.lesson[taught.rows]]
    return [_named(getattr(taught.lessons, names), code) for code in column.tolist()]


def _named(names: Sequence[str], code: int) -> str:
    return names[code] if code >= 0 else ""
