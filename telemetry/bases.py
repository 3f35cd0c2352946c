"""The time that utilisation is measured against: lessons, planned maintenance and opening hours by equipment.

Nothing here knows a state; spans may overlap, for what counts is whether any of them holds an instant.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from telemetry.columns import Int32s, Int64s, Inventory, Lessons
from telemetry.spans import Spans
from telemetry.timelines import by_group
from telemetry.timetable import LessonStatus


class Bases(NamedTuple):
    """Spans by equipment, any order, overlapping or not: lessons, planned maintenance, opening hours."""

    timetabled: Spans
    maintenance: Spans
    scheduled: Spans


class Keyed(NamedTuple):
    """Spans of one equipment, and the key of each."""

    spans: Spans
    key: Int32s


def bases(inventory: Inventory, lessons: Lessons, maintenance: Spans, opening: tuple[Int64s, Int64s]) -> Bases:
    """The bases of every equipment while it is in service; `opening` hours are those of `telemetry.lessons.opening`."""
    n_equipment, n_hours = len(inventory), len(opening[0])
    everyone = np.repeat(np.arange(n_equipment, dtype=np.int32), n_hours)
    hours = inventory.in_service(everyone, np.tile(opening[0], n_equipment), np.tile(opening[1], n_equipment))
    return Bases(lesson_spans(lessons)[0], maintenance, Spans(everyone, *hours))


def lesson_spans(lessons: Lessons) -> tuple[Spans, npt.NDArray[np.intp]]:
    """Every equipment of every planned lesson: its span by equipment, and the row of the lesson."""
    row = np.repeat(np.arange(len(lessons)), np.diff(lessons.equipment_start))
    planned = lessons.status[row] == LessonStatus.PLANNED
    row = row[planned]
    return Spans(lessons.equipment[planned], lessons.start[row], lessons.end[row]), row


def of_each(spans: Spans, n_groups: int, key: Int32s | None = None) -> list[Keyed]:
    """The spans of each group in turn, without empty and backward ones and those of key -1; no key is key 0."""
    key = np.zeros(len(spans.group), np.int32) if key is None else key
    held = np.flatnonzero((spans.start < spans.end) & (key >= 0))
    (group, start, end), key = spans.taken(held), key[held]
    if np.any(group[1:] < group[:-1]):
        order = by_group(group)
        group, start, end, key = group[order], start[order], end[order], key[order]
    bounds = np.searchsorted(group, np.arange(n_groups + 1)).tolist()
    return [
        Keyed(Spans(group[rows], start[rows], end[rows]), key[rows]) for rows in map(slice, bounds[:-1], bounds[1:])
    ]
