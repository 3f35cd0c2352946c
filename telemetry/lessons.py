"""A timetable over a window: every lesson with its instants, and the hours in which the centre is open.

Nothing here asks whether a lesson was really held; that is `telemetry.sessions`.

A wall time that comes twice means its first, one that never comes the instant at which the clock was set; so a lesson
through a fold takes an hour more, and one that a gap swallows is gone.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from telemetry import civil
from telemetry.columns import Int32s, Int64s, Inventory, Lessons
from telemetry.days import Days, bell_times, days_of, opening_spans
from telemetry.model import Instant
from telemetry.plan import Bound, Plan, equipment_by, planned
from telemetry.spans import Spans
from telemetry.timetable import LessonStatus, Timetable
from telemetry.zones import NS_PER_DAY, Zone, earliest


class _Held(NamedTuple):
    """Entry `plan` of the plan is held on the day of row `day`, from `start` to `end`."""

    plan: npt.NDArray[np.intp]
    day: Int64s
    start: Int64s
    end: Int64s

    def taken(self, rows: npt.NDArray[np.intp]) -> _Held:
        """Those at `rows`, in that order."""
        return _Held(*(column[rows] for column in self))


def lessons(timetable: Timetable, inventory: Inventory, zone: Zone, window: tuple[Instant, Instant]) -> Lessons:
    """Every lesson that meets the window [start, end), ns UTC, whole, cancelled ones too, by start, end, then id.

    Equipment that the inventory does not know is left out. Raises `ValueError` where two entries of one id differ,
    or terms overlap.
    """
    return lessons_of(planned(timetable, inventory), zone, window)


def lessons_of(plan: Plan, zone: Zone, window: tuple[Instant, Instant]) -> Lessons:
    """What `lessons` says, of a plan that is put into columns once for many windows."""
    start, end = window
    held = _held(plan, zone, window)
    held = held.taken(np.flatnonzero((held.start < held.end) & (held.start < end) & (held.end > start)))
    ids = np.array(_ids(plan, held), str)
    order = np.lexsort((ids, held.end, held.start))
    return _lessons(plan, held.taken(order), tuple(ids[order].tolist()))


def opening(timetable: Timetable, zone: Zone, start: Instant, end: Instant) -> tuple[Int64s, Int64s]:
    """Start and end, int64[n] ns UTC each, of opening hours that meet the window: whole, rising, apart."""
    return opening_spans(timetable.opening_hours, days_of(timetable, zone, start, end), zone)


def maintenance(timetable: Timetable, inventory: Inventory, zone: Zone) -> Spans:
    """All planned maintenance by equipment of the inventory; spans may overlap."""
    planned = sorted(set(timetable.maintenance), key=lambda m: (m.start, m.end, m.room, sorted(m.equipment)))
    equipped = equipment_by(inventory)
    bound = [equipped(entry) for entry in planned]
    counts = [len(codes) for codes in bound]
    walls = np.array([(entry.start, entry.end) for entry in planned], np.int64).reshape(-1, 2).repeat(counts, axis=0)
    codes = np.array([code for codes in bound for code in codes], np.int32)
    return Spans(codes, earliest(zone, walls[:, 0]), earliest(zone, walls[:, 1]))


def _held(plan: Plan, zone: Zone, window: tuple[Instant, Instant]) -> _Held:
    days = days_of(plan.timetable, zone, *window)
    slot, row = _slot_days(plan.weekly, days)
    one_off = plan.one_off - days.day[0]
    inside = np.flatnonzero((one_off >= 0) & (one_off < len(days.day)))
    entry = np.concatenate((_substituted(plan.instead, slot, days.day[row]), inside + plan.first_one_off))
    row = np.concatenate((row, one_off[inside]))
    first, last = _times(plan, days, entry, row)
    midnight = days.day[row] * NS_PER_DAY
    return _Held(entry, days.day[row], earliest(zone, midnight + first), earliest(zone, midnight + last))


def _slot_days(weekly: Int64s, days: Days) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Each slot on each of its days: its number and the row of the day."""
    found = [(np.empty(0, np.intp), np.empty(0, np.intp))]
    for weekday in range(7):
        rows = np.flatnonzero((days.weekday == weekday) & days.teaches)
        at = np.flatnonzero(weekly[:, 0] == weekday)
        parity, first, last = (weekly[at, column, np.newaxis] for column in (1, 2, 3))
        meant = ((parity == 0) | (parity == days.parity[rows])) & (first <= days.day[rows]) & (last >= days.day[rows])
        slot, row = np.nonzero(meant)
        found.append((at[slot], rows[row]))
    return np.concatenate([pair[0] for pair in found]), np.concatenate([pair[1] for pair in found])


def _substituted(instead: Int64s, slot: npt.NDArray[np.intp], day: Int64s) -> npt.NDArray[np.intp]:
    """The entry of the plan that is held: the slot itself, or what is put in its place that day."""
    span = civil.LAST_DAY - civil.FIRST_DAY + 1
    keys, wanted = instead[:, 0] * span + instead[:, 1], slot * span + day
    at = np.minimum(np.searchsorted(keys, wanted), max(len(keys) - 1, 0))
    entry = slot.copy()
    if len(keys):
        hit = keys[at] == wanted
        entry[hit] = instead[at[hit], 2]
    return entry


def _times(plan: Plan, days: Days, entry: npt.NDArray[np.intp], row: npt.NDArray[np.intp]) -> tuple[Int64s, Int64s]:
    """When the entries begin and end that day, ns after its midnight; what does not ring is empty."""
    number, start, end, by_bell = plan.when[entry].T
    rung = bell_times(plan.timetable.bell_schedules, days, number, row)
    return np.where(by_bell, rung[0], start), np.where(by_bell, rung[1], end)


def _ids(plan: Plan, held: _Held) -> list[str]:
    names, first_one_off = plan.name, plan.first_one_off
    different, place = np.unique(held.day, return_inverse=True)
    days = civil.texts(different)
    listed = zip(held.plan.tolist(), place.tolist(), strict=True)
    return [names[code] if code >= first_one_off else f"{names[code]}:{days[at]}" for code, at in listed]


def _lessons(plan: Plan, held: _Held, ids: tuple[str, ...]) -> Lessons:
    at, bound = held.plan, plan.bound
    cancelled = np.fromiter(map(plan.cancelled.__contains__, ids), np.bool_, len(ids))
    starts, items = _in_service(plan.inventory, held, *_lists(bound, at))
    return Lessons(
        ids=plan.inventory.ids,
        rooms=bound.rooms,
        groups=bound.groups,
        programs=bound.programs,
        teachers=bound.teachers,
        partners=bound.partners,
        id=ids,
        start=held.start,
        end=held.end,
        room=bound.room[at],
        group=bound.group[at],
        program=bound.program[at],
        teacher=bound.teacher[at],
        partner=bound.partner[at],
        form=bound.form[at],
        status=np.where(cancelled, LessonStatus.CANCELLED, LessonStatus.PLANNED).astype(np.int8),
        kind=plan.kind[at],
        learners=bound.learners[at],
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


def _lists(bound: Bound, at: npt.NDArray[np.intp]) -> tuple[Int64s, Int32s]:
    """The equipment of the entries `at[0], at[1], …` end to end, and where each begins."""
    counts = bound.n_equipment[at]
    starts = np.concatenate(([0], np.cumsum(counts)))
    nth = np.arange(starts[-1]) - np.repeat(starts[:-1], counts)
    return starts, bound.equipment[np.repeat(bound.first_equipment[at], counts) + nth]
