"""The intervals behind a cell of utilisation, and how much of each lies in the time that it is measured against.

It computes by another way than the cell itself, so that equal sums prove both.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from edge.numbers.figures import LESSON_KEYS, Bookkeeper, By, Question
from telemetry.bases import lesson_spans
from telemetry.columns import Int64s, Intervals, Inventory
from telemetry.lessons import lessons
from telemetry.spans import Spans, difference, merged
from telemetry.timelines import meet_overlapping


@dataclass(frozen=True, slots=True, eq=False)
class Behind:
    """Intervals, cut to the window, and the ns of each, int64[n], inside timetabled and inside scheduled time."""

    intervals: Intervals
    timetabled_ns: Int64s
    scheduled_ns: Int64s


def behind(bookkeeper: Bookkeeper, question: Question, key: str | None) -> Behind:
    """What is behind the rows of `key` over the whole window of `question`; None is behind all of them."""
    seen, (timetabled, planned, scheduled), entered = bookkeeper.evidence(question.start, question.end)
    wanted = _wanted(entered.inventory, question.by, key)[seen.intervals.equipment]
    intervals = Intervals(
        seen.intervals.ids,
        seen.intervals.equipment[wanted],
        seen.intervals.start[wanted],
        seen.intervals.end[wanted],
        seen.intervals.state[wanted],
        seen.intervals.source[wanted],
    )
    return Behind(intervals, inside_ns(intervals, difference(timetabled, planned)), inside_ns(intervals, scheduled))


def behind_lessons(bookkeeper: Bookkeeper, question: Question, key: str) -> Behind:
    """What is behind the row of a program, group or partner: what its equipment did in its lessons alone.

    Raises `KeyError` where `question` is by something else.
    """
    seen, (_, planned, _), entered = bookkeeper.evidence(question.start, question.end)
    held = lessons(entered.timetable, entered.inventory, entered.zone, (question.start, question.end))
    names, codes = LESSON_KEYS[question.by]
    spans, lesson = lesson_spans(held)
    of_key = np.array([name == key for name in (*getattr(held, names), "")], np.bool_)[getattr(held, codes)[lesson]]
    alone = difference(merged(spans.kept(of_key)), planned)
    told = seen.intervals
    asked, row = meet_overlapping(Spans(told.equipment, told.start, told.end), alone, n_groups=len(told.ids))
    intervals = Intervals(
        told.ids,
        told.equipment[row],
        np.maximum(told.start[row], alone.start[asked]),
        np.minimum(told.end[row], alone.end[asked]),
        told.state[row],
        told.source[row],
    )
    return Behind(intervals, intervals.end - intervals.start, np.zeros(len(row), np.int64))


def _wanted(inventory: Inventory, by: By, key: str | None) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    if key is None or by is By.CENTRE:
        return np.ones(len(inventory), np.bool_)
    words = inventory.ids if by is By.EQUIPMENT else getattr(inventory, by.value)
    return np.array([word == key for word in words], np.bool_)


def inside_ns(intervals: Intervals, spans: Spans) -> Int64s:
    """How much of each interval, int64[n] ns, lies in any of the spans of its equipment."""
    found = np.zeros(len(intervals), np.int64)
    whole = merged(spans)
    for code in range(len(intervals.ids)):
        mine, rows = whole.kept(whole.group == code), intervals.equipment == code
        found[rows] = _before(mine, intervals.end[rows]) - _before(mine, intervals.start[rows])
    return found


def _before(spans: Spans, at: Int64s) -> Int64s:
    """How much of rising spans that do not meet lies before each instant."""
    reached = np.concatenate(([0], np.cumsum(spans.end - spans.start))).astype(np.int64)
    begun = np.searchsorted(spans.start, at, side="right")
    last = np.maximum(begun - 1, 0)
    if not len(spans.start):
        return np.zeros(len(at), np.int64)
    over = np.maximum(spans.end[last] - at, 0)
    return np.where(begun > 0, reached[begun] - over, 0)
