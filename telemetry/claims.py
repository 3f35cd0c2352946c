"""Claims to be a practical session: of every lesson, and of what is detected outside lessons.

Nothing here looks at what the equipment of a claim did in it; that is `telemetry.use`.
"""

from __future__ import annotations

from typing import NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from telemetry.columns import Int32s, Int64s, Intervals, Inventory, Lessons
from telemetry.detection import detected
from telemetry.model import EquipmentId, Instant
from telemetry.rules import RuleSet, in_force, needed_ns
from telemetry.spans import Spans
from telemetry.timelines import by_group, listed
from telemetry.timetable import LessonStatus

_Scalar = TypeVar("_Scalar", bound=np.generic)


class Claims(NamedTuple):
    """What may be sessions: [start, end) is to be known, [window_start, window_end) is where use counts, ns UTC.

    `rule` points into the versions of the rules, `room` into the rooms, -1 for none; `needed_ns` is how long one device
    must have been busy. The equipment of claim i are the codes `equipment[equipment_start[i]:equipment_start[i + 1]]`
    into the ids of the intervals, the code behind the last for equipment that has none; `stations` are its work places.
    """

    rule: Int64s
    room: Int32s

    start: Int64s
    end: Int64s
    window_start: Int64s
    window_end: Int64s
    needed_ns: Int64s
    equipment_start: Int64s
    equipment: Int32s
    stations: Int64s

    def each(self, values: npt.NDArray[_Scalar]) -> npt.NDArray[_Scalar]:
        """Values by claim, [n], once for every equipment of each claim."""
        return np.repeat(values, np.diff(self.equipment_start))

    def spans(self, start: Int64s, end: Int64s) -> Spans:
        """Times of claims, int64[n] each, once for every equipment of each claim."""
        return Spans(self.equipment, self.each(start), self.each(end))


def claims_of(
    intervals: Intervals,
    busy: Spans,
    lessons: Lessons,
    inventory: Inventory,
    *,
    rules: tuple[RuleSet, ...],
    now: Instant,
) -> tuple[Claims, tuple[str, ...]]:
    """The lessons as claims, behind them what is detected outside them until `now`, and the rooms of both.

    `busy` are the spans of the intervals of that state, until `now`.
    """
    announced = _announced(intervals, lessons, inventory, rules, now)
    rooms, room = _rooms(intervals, lessons, inventory)
    held = announced.each(lessons.status != LessonStatus.CANCELLED)
    taken = announced.spans(announced.window_start, announced.window_end).kept(held)
    taken = taken.taken(by_group(taken.group))
    return _both(announced, _found(detected(busy, taken, room, rules), room, intervals, inventory, rules)), rooms


def _announced(
    intervals: Intervals, lessons: Lessons, inventory: Inventory, rules: tuple[RuleSet, ...], now: Instant
) -> Claims:
    rule = in_force(rules, lessons.start)
    before = np.array([rule.before_ns for rule in rules], np.int64)
    after = np.array([rule.after_ns for rule in rules], np.int64)
    opens = lessons.start - before[rule]
    return Claims(
        start=lessons.start,
        end=lessons.end,
        window_start=opens,
        window_end=np.clip(now, opens, lessons.end + after[rule]),
        rule=rule,
        room=lessons.room,
        needed_ns=needed_ns(rules, rule, lessons.end - lessons.start),
        equipment_start=lessons.equipment_start,
        equipment=codes_of(lessons.ids, intervals.ids)[lessons.equipment],
        stations=_stations(lessons.ids, inventory)[lessons.equipment],
    )


def _found(
    found: Spans, room: Int32s, intervals: Intervals, inventory: Inventory, rules: tuple[RuleSet, ...]
) -> Claims:
    """What was detected, by room then start; its equipment is all of the room."""
    members = np.argsort(room, kind="stable").astype(np.int32)
    of_room = np.searchsorted(room[members], np.arange(room.max(initial=-1) + 2)).astype(np.int64)
    first, last = of_room[found.group], of_room[found.group + 1]
    equipment = members[listed(first, last)[1]]
    rule = in_force(rules, found.start)
    return Claims(
        start=found.start,
        end=found.end,
        window_start=found.start,
        window_end=found.end,
        rule=rule,
        room=found.group,
        needed_ns=needed_ns(rules, rule, found.end - found.start),
        equipment_start=np.append(0, np.cumsum(last - first)),
        equipment=equipment,
        stations=_stations(intervals.ids, inventory)[equipment],
    )


def _both(a: Claims, b: Claims) -> Claims:
    columns = {name: np.concatenate((getattr(a, name), getattr(b, name))) for name in Claims._fields}
    columns["equipment_start"] = np.append(a.equipment_start, a.equipment_start[-1] + b.equipment_start[1:])
    return Claims(**columns)


def _rooms(intervals: Intervals, lessons: Lessons, inventory: Inventory) -> tuple[tuple[str, ...], Int32s]:
    """The rooms of lessons, then all others by name; and the room of each equipment of the intervals, -1 for none."""
    rooms = lessons.rooms + tuple(sorted(set(inventory.room) - {*lessons.rooms, ""}))
    place = {name: code for code, name in enumerate(rooms)} | {"": -1}
    of = dict(zip(inventory.ids, inventory.room, strict=True))
    return rooms, np.array([place[of.get(name, "")] for name in intervals.ids], np.int32)


def _stations(ids: tuple[EquipmentId, ...], inventory: Inventory) -> Int64s:
    """The work places of each equipment, int64[n]; 0 where the inventory does not know it."""
    return np.append(inventory.stations, 0)[codes_of(ids, inventory.ids)].astype(np.int64)


def codes_of(ids: tuple[str, ...], known: tuple[str, ...]) -> Int32s:
    """Where each of `ids` stands in `known`, int32[n]; behind the last where it does not."""
    place = {name: code for code, name in enumerate(known)}
    return np.array([place.get(name, len(known)) for name in ids], np.int32)
