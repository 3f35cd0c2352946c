"""A timetable over a window: every lesson with its instants, and the hours in which the centre is open.

Nothing here asks whether a lesson was really held; that is `telemetry.sessions`.

A wall time that comes twice means its first, one that never comes the instant at which the clock was set; so a lesson
through a fold takes an hour more, and one that a gap swallows is gone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from telemetry import civil
from telemetry.columns import Int32s, Int64s, Inventory, Lessons
from telemetry.days import Days, bell_times, days_of, opening_spans
from telemetry.model import Instant
from telemetry.spans import Spans
from telemetry.timetable import (
    Binding,
    LessonKind,
    LessonNumber,
    LessonStatus,
    OneOff,
    PlannedMaintenance,
    Slot,
    Substitution,
    Timetable,
    When,
)
from telemetry.zones import NS_PER_DAY, Zone, earliest

_T = TypeVar("_T", Slot, Substitution, OneOff)


class _Plan(NamedTuple):
    """All that can be held: slots, then substitutions, then one-offs, each by its id."""

    slots: tuple[Slot, ...]
    substitutions: tuple[Substitution, ...]
    one_offs: tuple[OneOff, ...]

    @property
    def ids(self) -> list[str]:
        return [*(s.id for s in self.slots), *(s.slot for s in self.substitutions), *(o.id for o in self.one_offs)]

    @property
    def whens(self) -> list[When]:
        return [*(s.when for s in self.slots), *(s.when for s in self.substitutions), *(o.times for o in self.one_offs)]

    @property
    def bindings(self) -> list[Binding]:
        entries: tuple[Slot | Substitution | OneOff, ...] = (*self.slots, *self.substitutions, *self.one_offs)
        return [entry.binding for entry in entries]

    @property
    def first_one_off(self) -> int:
        return len(self.slots) + len(self.substitutions)


class _Held(NamedTuple):
    """Entry `plan` of the plan is held on the day of row `day`, from `start` to `end`."""

    plan: npt.NDArray[np.intp]
    day: Int64s
    start: Int64s
    end: Int64s


def lessons(timetable: Timetable, inventory: Inventory, zone: Zone, window: tuple[Instant, Instant]) -> Lessons:
    """Every lesson that meets the window [start, end), ns UTC, whole, cancelled ones too, by start, end, then id.

    Equipment that the inventory does not know is left out. Raises `ValueError` where two entries of one id differ,
    or terms overlap.
    """
    start, end = window
    plan = _plan(timetable)
    held = _held(plan, timetable, zone, window)
    held = _Held(*(column[(held.start < held.end) & (held.start < end) & (held.end > start)] for column in held))
    ids = np.array(_ids(plan, held), str)
    order = np.lexsort((ids, held.end, held.start))
    return _lessons(plan, _Held(*(column[order] for column in held)), timetable, inventory, tuple(ids[order].tolist()))


def opening(timetable: Timetable, zone: Zone, start: Instant, end: Instant) -> tuple[Int64s, Int64s]:
    """Start and end, int64[n] ns UTC each, of opening hours that meet the window: whole, rising, apart."""
    return opening_spans(timetable.opening_hours, days_of(timetable, zone, start, end), zone)


def maintenance(timetable: Timetable, inventory: Inventory, zone: Zone) -> Spans:
    """All planned maintenance by equipment of the inventory; spans may overlap."""
    planned = sorted(set(timetable.maintenance), key=lambda m: (m.start, m.end, m.room, sorted(m.equipment)))
    equipped = _equipment_by(inventory)
    bound = [equipped(entry) for entry in planned]
    counts = [len(codes) for codes in bound]
    walls = np.array([(entry.start, entry.end) for entry in planned], np.int64).reshape(-1, 2).repeat(counts, axis=0)
    codes = np.array([code for codes in bound for code in codes], np.int32)
    return Spans(codes, earliest(zone, walls[:, 0]), earliest(zone, walls[:, 1]))


def lesson_id(slot: str, day: civil.Day) -> str:
    """The stable id of the lesson of a slot on a day: `mon-1:2026-11-23`."""
    return f"{slot}:{civil.text_of(day)}"


def _plan(timetable: Timetable) -> _Plan:
    return _Plan(
        _once(timetable.slots, [slot.id for slot in timetable.slots]),
        _once(timetable.substitutions, [lesson_id(entry.slot, entry.day) for entry in timetable.substitutions]),
        _once(timetable.one_offs, [one_off.id for one_off in timetable.one_offs]),
    )


def _once(entries: Sequence[_T], keys: Sequence[str]) -> tuple[_T, ...]:
    """Each entry once, by key; raises `ValueError` where two of one key differ."""
    by_key = dict(zip(keys, entries, strict=True))
    differing = sorted({key for key, entry in zip(keys, entries, strict=True) if by_key[key] != entry})
    if differing:
        message = f"entries of one id differ: {', '.join(differing[:5])}"
        raise ValueError(message)
    return tuple(by_key[key] for key in sorted(by_key))


def _held(plan: _Plan, timetable: Timetable, zone: Zone, window: tuple[Instant, Instant]) -> _Held:
    days = days_of(timetable, zone, *window)
    slot, row = _slot_days(plan.slots, days)
    one_off = np.array([o.day for o in plan.one_offs], np.int64) - days.day[0]
    inside = np.flatnonzero((one_off >= 0) & (one_off < len(days.day)))
    entry = np.concatenate((_substituted(plan, slot, days.day[row]), inside + plan.first_one_off))
    row = np.concatenate((row, one_off[inside]))
    first, last = _times(plan.whens, timetable, days, entry, row)
    midnight = days.day[row] * NS_PER_DAY
    return _Held(entry, days.day[row], earliest(zone, midnight + first), earliest(zone, midnight + last))


def _slot_days(slots: Sequence[Slot], days: Days) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Each slot on each of its days: its number and the row of the day."""
    rules = np.array([(s.weekday, s.parity, s.first_day, s.last_day) for s in slots], np.int64).reshape(-1, 4)
    found = [(np.empty(0, np.intp), np.empty(0, np.intp))]
    for weekday in range(7):
        rows = np.flatnonzero((days.weekday == weekday) & days.teaches)
        at = np.flatnonzero(rules[:, 0] == weekday)
        parity, first, last = (rules[at, column, np.newaxis] for column in (1, 2, 3))
        meant = ((parity == 0) | (parity == days.parity[rows])) & (first <= days.day[rows]) & (last >= days.day[rows])
        slot, row = np.nonzero(meant)
        found.append((at[slot], rows[row]))
    return np.concatenate([pair[0] for pair in found]), np.concatenate([pair[1] for pair in found])


def _substituted(plan: _Plan, slot: npt.NDArray[np.intp], day: Int64s) -> npt.NDArray[np.intp]:
    """The entry of the plan that is held: the slot itself, or what is put in its place that day."""
    number = {slot.id: code for code, slot in enumerate(plan.slots)}
    known = [(number[s.slot], s.day, code) for code, s in enumerate(plan.substitutions) if s.slot in number]
    instead = np.array(sorted(known), np.int64).reshape(-1, 3)
    span = civil.LAST_DAY - civil.FIRST_DAY + 1
    keys, wanted = instead[:, 0] * span + instead[:, 1], slot * span + day
    at = np.minimum(np.searchsorted(keys, wanted), max(len(keys) - 1, 0))
    entry = slot.copy()
    if len(keys):
        hit = keys[at] == wanted
        entry[hit] = instead[at[hit], 2] + len(plan.slots)
    return entry


def _times(
    whens: Sequence[When], timetable: Timetable, days: Days, entry: npt.NDArray[np.intp], row: npt.NDArray[np.intp]
) -> tuple[Int64s, Int64s]:
    """When the entries begin and end that day, ns after its midnight; what does not ring is empty."""
    told = [
        (when.number, 0, 0, 1) if isinstance(when, LessonNumber) else (0, when.start_ns, when.end_ns, 0)
        for when in whens
    ]
    number, start, end, by_bell = np.array(told, np.int64).reshape(-1, 4)[entry].T
    rung = bell_times(timetable.bell_schedules, days, number, row)
    return np.where(by_bell, rung[0], start), np.where(by_bell, rung[1], end)


def _ids(plan: _Plan, held: _Held) -> list[str]:
    names, first_one_off = plan.ids, plan.first_one_off
    different, place = np.unique(held.day, return_inverse=True)
    days = civil.texts(different)
    listed = zip(held.plan.tolist(), place.tolist(), strict=True)
    return [names[code] if code >= first_one_off else f"{names[code]}:{days[at]}" for code, at in listed]


def _lessons(plan: _Plan, held: _Held, timetable: Timetable, inventory: Inventory, ids: tuple[str, ...]) -> Lessons:
    cancelled = {cancellation.lesson for cancellation in timetable.cancellations}
    status = [LessonStatus.CANCELLED if lesson in cancelled else LessonStatus.PLANNED for lesson in ids]
    kinds = [LessonKind.LESSON] * plan.first_one_off + [one_off.kind for one_off in plan.one_offs]
    bindings = plan.bindings
    rooms, room = _coded([binding.room for binding in bindings])
    groups, group = _coded([binding.group for binding in bindings])
    programs, program = _coded([binding.program for binding in bindings])
    teachers, teacher = _coded([binding.teacher for binding in bindings])
    partners, partner = _coded([binding.partner for binding in bindings])
    equipped = _equipment_by(inventory)
    starts, items = _in_service(inventory, held, *_lists([equipped(binding) for binding in bindings], held.plan))
    at = held.plan
    return Lessons(
        ids=inventory.ids,
        rooms=rooms,
        groups=groups,
        programs=programs,
        teachers=teachers,
        partners=partners,
        id=ids,
        start=held.start,
        end=held.end,
        room=room[at],
        group=group[at],
        program=program[at],
        teacher=teacher[at],
        partner=partner[at],
        form=np.array([binding.form for binding in bindings], np.int8)[at],
        status=np.array(status, np.int8),
        kind=np.array(kinds, np.int8)[at],
        learners=np.array([binding.learners for binding in bindings], np.int32)[at],
        equipment_start=starts,
        equipment=items,
    )


def _in_service(inventory: Inventory, held: _Held, starts: Int64s, items: Int32s) -> tuple[Int64s, Int32s]:
    """The lists of what lessons bind, without what is not in service from their first instant to their last."""
    if inventory.since is None and inventory.until is None:
        return starts, items
    lesson = np.repeat(np.arange(len(held.start)), np.diff(starts))
    begins, ends = inventory.in_service(items, held.start[lesson], held.end[lesson])
    kept = (begins == held.start[lesson]) & (ends == held.end[lesson])
    return np.append(0, np.cumsum(kept))[starts], items[kept]


def _coded(words: Sequence[str]) -> tuple[tuple[str, ...], Int32s]:
    """The words in order, and the place of each among them; -1 for an empty one."""
    names = sorted(set(words) - {""})
    place = {name: code for code, name in enumerate(names)} | {"": -1}
    return tuple(names), np.array([place[word] for word in words], np.int32)


def _equipment_by(inventory: Inventory) -> Callable[[Binding | PlannedMaintenance], list[int]]:
    """The rows of the inventory that an entry binds, rising: those it names, else all of its room."""
    in_room: dict[str, list[int]] = {}
    for code, room in enumerate(inventory.room):
        in_room.setdefault(room, []).append(code)
    in_room[""] = []

    def equipped(entry: Binding | PlannedMaintenance) -> list[int]:
        if entry.equipment:
            return [code for code, name in enumerate(inventory.ids) if name in entry.equipment]
        return in_room.get(entry.room, [])

    return equipped


def _lists(items: Sequence[Sequence[int]], at: npt.NDArray[np.intp]) -> tuple[Int64s, Int32s]:
    """The lists `items[at[0]], items[at[1]], …` end to end, and where each begins."""
    counts = np.array([len(listed) for listed in items], np.int64)
    begins = np.cumsum(counts) - counts
    flat = np.array([item for listed in items for item in listed], np.int32)
    starts = np.concatenate(([0], np.cumsum(counts[at])))
    nth = np.arange(starts[-1]) - np.repeat(starts[:-1], counts[at])
    return starts, flat[np.repeat(begins[at], counts[at]) + nth]
