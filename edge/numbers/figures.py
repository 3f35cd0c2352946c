"""Utilisation of any window from the journal and the register, computed anew only where something has changed.

It divides nothing (that is `telemetry.ratios`) and keeps no more rows than it is allowed.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from itertools import chain

import numpy as np

from edge.clock import Clock
from edge.numbers.entered import Desk, Entered
from edge.numbers.observed import Observations, Seen, Span, minute_of
from edge.numbers.practice import around
from edge.numbers.teaching import (
    Teaching,
    Words,
    by_equipment,
    by_kind,
    by_lesson,
    by_room,
    by_track,
    learner_ns,
    teaching,
)
from edge.store.contract import Offset
from telemetry.bases import Bases, bases
from telemetry.calendar import Unit, buckets, term_buckets
from telemetry.columns import Buckets, Changes, Int64s, Inventory, Lessons, Utilisation
from telemetry.lessons import lessons, maintenance, opening
from telemetry.model import EquipmentId, Instant
from telemetry.rules import RuleSet
from telemetry.spans import Spans
from telemetry.utilisation import Keys, grouped, keyed, lesson_utilisation, utilisation

ROWS_LIMIT = 400_000
"""Rows of tables that are kept: 80 MB; a year of 25 equipment by hour has 219,000."""


SESSIONS_LIMIT = 30_000
"""Sessions that are kept to tell learner-hours of: three years of a centre, about 10 MB."""


class By(StrEnum):
    """What the rows of a table are for."""

    EQUIPMENT = "equipment"
    ROOM = "room"
    TRACK = "track"
    KIND = "kind"
    CENTRE = "centre"
    PROGRAM = "program"
    GROUP = "group"
    PARTNER = "partner"


class Cut(StrEnum):
    """How a window is cut."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    SCHOOL_QUARTER = "school_quarter"
    ACADEMIC_YEAR = "academic_year"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Question:
    """Whose utilisation, over which window [start, end) ns UTC, cut how."""

    start: Instant
    end: Instant
    by: By
    cut: Cut


@dataclass(frozen=True, slots=True, eq=False)
class Figures:
    """A table, and what it was computed from; the same object for as long as none of that has changed.

    `learner_ns` int64[n] is of the rows of `table`: learners times the length of the held sessions, inside the bucket.
    """

    table: Utilisation
    learner_ns: Int64s
    offset: Offset
    entered: Entered
    rules: RuleSet


@dataclass(frozen=True, slots=True, eq=False)
class _Kept:
    """A table by equipment, and what it was computed from."""

    revisions: Mapping[EquipmentId, int]
    entered: Entered
    table: Utilisation


class Bookkeeper:
    """Answers questions about utilisation; any thread may ask. Time of the minute that still runs is unknown."""

    def __init__(
        self, desk: Desk, observations: Observations, clock: Clock, *, centre: str, rows_limit: int = ROWS_LIMIT
    ) -> None:
        self._desk = desk
        self._observations = observations
        self._clock = clock
        self._centre = centre
        self._limit = rows_limit
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[Instant, Instant, Cut], _Kept] = OrderedDict()
        self._answers: OrderedDict[Question, tuple[Mapping[EquipmentId, int], Figures]] = OrderedDict()
        self._taught: OrderedDict[tuple[Instant, Instant], tuple[Mapping[EquipmentId, int], Teaching]] = OrderedDict()

    def span(self, start: Instant, end: Instant) -> Span:
        """A window, known until the last full minute."""
        return Span(start, end, min(max(minute_of(self._clock), start), end))

    def utilisation(self, question: Question) -> Figures:
        """The answer from what was computed before, as far as it still holds.

        Raises `ValueError` for more buckets than `telemetry.calendar` makes, `OverflowError` for sums too great.
        """
        entered = self._desk.entered()
        seen = self._around(question, entered)
        with self._lock:
            known = self._answers.get(question)
            if known is None or known[0] is not seen.revisions or known[1].entered is not entered:
                taught, words = self._teaching(question, entered, seen)
                table = self._table(question, entered, seen, words)
                learners = learner_ns(taught, words, table.keys, table.buckets)
                known = seen.revisions, Figures(table, learners, seen.offset, entered, entered.rule_at(question.start))
                self._answers[question] = known
            self._answers.move_to_end(question)
            self._shrink()
            return known[1]

    def evidence(self, start: Instant, end: Instant) -> tuple[Seen, Bases, Entered]:
        """What was told in a window, and the bases that it is measured against."""
        entered = self._desk.entered()
        seen = self._observations.seen(entered.inventory.ids, self.span(start, end))
        return seen, bases_of(entered, start, end)[0], entered

    def taught(self, question: Question) -> tuple[Teaching, Words]:
        """The held sessions that meet a window, and the keys of `question` that each counts under."""
        entered = self._desk.entered()
        seen = self._around(question, entered)
        with self._lock:
            return self._teaching(question, entered, seen)

    def _around(self, question: Question, entered: Entered) -> Seen:
        """A window with all that its sessions are judged by: what is told is read once for both."""
        return self._observations.seen(entered.inventory.ids, around(self._clock, question.start, question.end))

    def _teaching(self, question: Question, entered: Entered, seen: Seen) -> tuple[Teaching, Words]:
        window = question.start, question.end
        known = self._taught.get(window)
        if known is None or known[0] is not seen.revisions or known[1].entered is not entered:
            known = self._taught[window] = seen.revisions, teaching(entered, seen, *window)
        self._taught.move_to_end(window)
        while (
            len(self._taught) > 1 and sum(len(taught.sessions) for _, taught in self._taught.values()) > SESSIONS_LIMIT
        ):
            self._taught.popitem(last=False)
        taught = known[1]
        if question.by is By.CENTRE:
            return taught, [(self._centre,)] * len(taught.rows)
        told_by = _TAUGHT_BY.get(question.by)
        return taught, told_by(taught) if told_by else by_lesson(taught, *LESSON_KEYS[question.by])

    def _table(self, question: Question, entered: Entered, seen: Seen, words: Words) -> Utilisation:
        if question.by in LESSON_KEYS:
            parts = _cut(question, entered)
            _, held, planned = bases_of(entered, question.start, question.end)
            names, code = LESSON_KEYS[question.by]
            keys = Keys(getattr(held, names), getattr(held, code))
            return lesson_utilisation(seen.changes, entered.inventory, parts, held, planned, keys)
        table = self._by_equipment(question, entered, seen)
        inventory = entered.inventory
        if question.by is By.EQUIPMENT:
            return table
        if question.by is By.CENTRE:
            return grouped(table, Keys((self._centre,), np.zeros(len(inventory), np.int32)))
        # A lesson in a room without equipment has a row too.
        return grouped(table, keyed(getattr(inventory, question.by.value), chain.from_iterable(words)))

    def _by_equipment(self, question: Question, entered: Entered, seen: Seen) -> Utilisation:
        key = (question.start, question.end, question.cut)
        kept = self._kept.get(key)
        if kept is None or kept.revisions is not seen.revisions or kept.entered is not entered:
            kept = self._kept[key] = _Kept(seen.revisions, entered, _renewed(kept, question, entered, seen))
        self._kept.move_to_end(key)
        return kept.table

    def _shrink(self) -> None:
        while len(self._kept) > 1 and sum(len(kept.table) for kept in self._kept.values()) > self._limit:
            self._kept.popitem(last=False)
        while len(self._answers) > 1 and sum(len(f.table) + 1 for _, f in self._answers.values()) > self._limit:
            self._answers.popitem(last=False)


LESSON_KEYS = {
    By.PROGRAM: ("programs", "program"),
    By.GROUP: ("groups", "group"),
    By.PARTNER: ("partners", "partner"),
}
"""Rows of lessons: the columns of the names and of the codes of `Lessons`."""


_TAUGHT_BY: Mapping[By, Callable[[Teaching], Words]] = {
    By.EQUIPMENT: by_equipment,
    By.KIND: by_kind,
    By.ROOM: by_room,
    By.TRACK: by_track,
}
"""The keys that a session counts under; those of lessons are in `LESSON_KEYS`, and the centre has all of them."""


def _cut(question: Question, entered: Entered) -> Buckets:
    if question.cut is Cut.SCHOOL_QUARTER:
        return term_buckets(entered.timetable.terms, entered.zone, question.start, question.end)
    return buckets(Unit[question.cut.name], entered.zone, question.start, question.end)


def bases_of(entered: Entered, start: Instant, end: Instant) -> tuple[Bases, Lessons, Spans]:
    """What a window is measured against, and the lessons and the planned maintenance that it is made of."""
    held = lessons(entered.timetable, entered.inventory, entered.zone, (start, end))
    planned = maintenance(entered.timetable, entered.inventory, entered.zone)
    return bases(entered.inventory, held, planned, opening(entered.timetable, entered.zone, start, end)), held, planned


def _renewed(kept: _Kept | None, question: Question, entered: Entered, seen: Seen) -> Utilisation:
    """The table anew; the rows of equipment that nothing has touched since `kept` are taken from there."""
    stale = np.ones(len(entered.inventory), np.bool_)
    if kept is not None and kept.entered is entered:
        before = kept.revisions
        stale = np.array([before.get(one) != seen.revisions[one] for one in entered.inventory.ids], np.bool_)
    codes = np.flatnonzero(stale)
    spans = bases_of(entered, question.start, question.end)[0]
    fresh = utilisation(
        seen.changes if stale.all() else _of(seen.changes, codes),
        _inventory_of(entered.inventory, codes),
        kept.table.buckets if kept is not None and not stale.all() else _cut(question, entered),
        Bases(*(_spans_of(part, codes, len(stale)) for part in spans)),
    )
    return fresh if kept is None or stale.all() else _patched(kept.table, fresh, codes)


def _patched(table: Utilisation, fresh: Utilisation, codes: np.ndarray[tuple[int], np.dtype[np.intp]]) -> Utilisation:
    """`table` with the rows of the equipment `codes` put in."""
    width = len(table.buckets)
    rows = (codes[:, np.newaxis] * width + np.arange(width)).reshape(-1)
    columns = {}
    for field in fields(table):
        if field.name not in ("keys", "buckets", "key", "bucket"):
            columns[field.name] = getattr(table, field.name).copy()
            columns[field.name][rows] = getattr(fresh, field.name)
    return replace(table, **columns)


def _places(codes: np.ndarray[tuple[int], np.dtype[np.intp]], n: int) -> np.ndarray[tuple[int], np.dtype[np.int32]]:
    """Where each of `n` equipment stands among `codes`, -1 for not at all."""
    place = np.full(n, -1, np.int32)
    place[codes] = np.arange(len(codes), dtype=np.int32)
    return place


def _spans_of(spans: Spans, codes: np.ndarray[tuple[int], np.dtype[np.intp]], n: int) -> Spans:
    group = _places(codes, n)[spans.group]
    return Spans(group, spans.start, spans.end).kept(group >= 0)


def _of(changes: Changes, codes: np.ndarray[tuple[int], np.dtype[np.intp]]) -> Changes:
    group = _places(codes, len(changes.ids))[changes.equipment]
    rows = group >= 0
    return Changes(
        tuple(changes.ids[code] for code in codes),
        group[rows],
        changes.at[rows],
        changes.state[rows],
        changes.source[rows],
        changes.valid_ns[rows],
    )


def _inventory_of(inventory: Inventory, codes: np.ndarray[tuple[int], np.dtype[np.intp]]) -> Inventory:
    def words(column: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(column[code] for code in codes)

    def times(column: Int64s | None) -> Int64s | None:
        return None if column is None else column[codes]

    return Inventory(
        tuple(inventory.ids[code] for code in codes),
        words(inventory.room),
        words(inventory.track),
        words(inventory.kind),
        inventory.stations[codes],
        times(inventory.since),
        times(inventory.until),
    )
