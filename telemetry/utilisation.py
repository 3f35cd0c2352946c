"""How the equipment was used: time in each state, in all and inside the bases that ratios are made of.

Nothing here divides (that is `telemetry.ratios`) or guesses: time without data is unknown in every sum.

* calendar time: the bucket. The states add up to it to the nanosecond.
* scheduled time: opening hours less days on which the centre is closed. Busy, unknown, maintenance and fault are
  counted inside it, so that a print at night shows in calendar time alone.
* timetabled time: where at least one planned lesson or event binds the equipment, less its planned maintenance; what
  overlaps counts once, what is cancelled not at all. Busy and unknown are counted inside it.
* maintenance inside scheduled time is the state as seen or entered; a plan alone changes no state.
* station time: timetabled time, and what is busy and unknown in it, times the stations of the equipment.

Per program, group or partner the timetabled time is that of their lessons alone. Two groups in one room have each
their own row, and the room has the union once, so the rows of groups may add up to more than the room.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from telemetry.bases import Bases, Keyed, lesson_spans, of_each
from telemetry.cells import N_STATES, cell_states, inside
from telemetry.columns import Buckets, Changes, Int32s, Int64s, Intervals, Inventory, Lessons, Utilisation
from telemetry.grids import Grid, edges_of, grids
from telemetry.model import NS_PER_S, State
from telemetry.scratch import Scratch
from telemetry.spans import Spans, durations
from telemetry.stretches import told_of_each

LIMIT_NS = 292 * 31_557_600 * NS_PER_S
"""292 years of equipment time in one sum: a little less than what an int64 can hold without wrapping around."""


class Keys(NamedTuple):
    """What the rows are for: equipment (or lesson) i belongs to `names[code[i]]`, int32[n], to none at -1."""

    names: tuple[str, ...]
    code: Int32s


def keyed(words: tuple[str, ...], others: Iterable[str] = ()) -> Keys:
    """The distinct words in order, the empty one too, and the place of each: `keyed(inventory.room)`.

    The `others` are names too, though nothing belongs to them.
    """
    names = sorted({*words, *others})
    place = {name: code for code, name in enumerate(names)}
    return Keys(tuple(names), np.array([place[word] for word in words], np.int32))


def utilisation(told: Intervals | Changes, inventory: Inventory, buckets: Buckets, bases: Bases) -> Utilisation:
    """One row per equipment and bucket.

    From changes of state the answer is that of their intervals over the window of the buckets, without making these.
    Raises `ValueError` where `told` and inventory are not of the same equipment or intervals are not in order, and
    `OverflowError` where stations make more than 292 years.
    """
    table = _empty(inventory.ids, buckets)
    _same_equipment(told, inventory)
    cut = grids(buckets, bases, len(inventory)) if len(buckets) else []
    scratch = Scratch()
    for code, one in enumerate(told_of_each(told)):
        if cut:
            _fill(table, code, cell_states(one, cut[code].edges, scratch, more=_MORE), cut[code])
    for total, part in _STATION_COLUMNS.items():
        column = getattr(table, part).reshape(len(inventory), -1)
        _fits(int(column.max(initial=0)) * int(inventory.stations.max(initial=0)))
        getattr(table, total)[:] = (column * inventory.stations[:, np.newaxis]).reshape(-1)
    return table


def lesson_utilisation(
    told: Intervals | Changes, inventory: Inventory, buckets: Buckets, lessons: Lessons, maintenance: Spans, keys: Keys
) -> Utilisation:
    """One row per key and bucket, inside the lessons of that key: `Keys(lessons.programs, lessons.program)`.

    Lessons of no key are left out. Raises `ValueError` and `OverflowError` as `utilisation` does.
    """
    table = _empty(keys.names, buckets)
    spans, lesson = lesson_spans(lessons)
    _fits(int(np.dot(durations(spans).astype(np.float64), inventory.stations[spans.group].astype(np.float64))))
    of_keys = of_each(spans, len(inventory), keys.code[lesson])
    planned = of_each(maintenance, len(inventory))
    _same_equipment(told, inventory)
    scratch = Scratch()
    for code, one in enumerate(told_of_each(told)):
        if len(buckets) and len(of_keys[code].key):
            edges = edges_of(buckets, of_keys[code].spans, planned[code].spans)
            states = cell_states(one, edges, scratch)
            states[:, inside(planned[code].spans, edges)] = 0
            _add_lessons(table, states, edges, of_keys[code], stations=int(inventory.stations[code]))
    return table


def grouped(table: Utilisation, keys: Keys) -> Utilisation:
    """The sums of all keys of `table` that share a key of `keys`: equipment by room, rooms by centre.

    `keys.code` is int32[len(table.keys)]. Raises `OverflowError` where a sum is more than 292 years.
    """
    result = _empty(keys.names, table.buckets)
    order = np.argsort(keys.code, kind="stable")
    order = order[keys.code[order] >= 0]
    present, first = np.unique(keys.code[order], return_index=True)
    if len(present) and len(table.buckets):
        for name in _SUMMED:
            parts = getattr(table, name).reshape(len(table.keys), len(table.buckets), -1)[order]
            _fits(int(np.add.reduceat(parts.astype(np.float64), first, axis=0).max()) if _may_wrap(parts) else 0)
            sums = getattr(result, name).reshape(len(keys.names), len(table.buckets), -1)
            sums[present] = np.add.reduceat(parts, first, axis=0)
    return result


_STATION_COLUMNS = {
    "station_timetabled_ns": "timetabled_ns",
    "station_busy_ns": "busy_in_timetable_ns",
    "station_unknown_ns": "unknown_in_timetable_ns",
}

_SUMMED = (
    "state_ns",
    "calendar_ns",
    "scheduled_ns",
    "busy_in_scheduled_ns",
    "unknown_in_scheduled_ns",
    "maintenance_in_scheduled_ns",
    "fault_in_scheduled_ns",
    "timetabled_ns",
    "busy_in_timetable_ns",
    "unknown_in_timetable_ns",
    *_STATION_COLUMNS,
)


def _empty(keys: tuple[str, ...], buckets: Buckets) -> Utilisation:
    key = np.repeat(np.arange(len(keys), dtype=np.int32), len(buckets))
    bucket = np.tile(np.arange(len(buckets), dtype=np.int32), len(keys))
    sums = {name: np.zeros(len(key), np.int64) for name in _SUMMED[1:]}
    return Utilisation(keys, buckets, key, bucket, np.zeros((len(key), N_STATES), np.int64), **sums)


def _fits(ns: int) -> None:
    if ns > LIMIT_NS:
        raise OverflowError("more than 292 years of equipment time in one sum: ask for shorter buckets or fewer keys")


def _may_wrap(parts: Int64s) -> bool:
    return int(parts.max(initial=0)) * len(parts) > LIMIT_NS


def _same_equipment(told: Intervals | Changes, inventory: Inventory) -> None:
    if told.ids != inventory.ids:
        raise ValueError("intervals or changes and inventory are not of the same equipment")


_LENGTH = N_STATES
"""The row behind the states of a cell."""

_SCHEDULED = {
    "scheduled_ns": _LENGTH,
    "busy_in_scheduled_ns": State.BUSY,
    "unknown_in_scheduled_ns": State.UNKNOWN,
    "maintenance_in_scheduled_ns": State.MAINTENANCE,
    "fault_in_scheduled_ns": State.FAULT,
}
_TIMETABLED = {
    "timetabled_ns": _LENGTH,
    "busy_in_timetable_ns": State.BUSY,
    "unknown_in_timetable_ns": State.UNKNOWN,
}
_MORE = len(_SCHEDULED) + len(_TIMETABLED)


def _fill(table: Utilisation, code: int, cells: Int64s, grid: Grid) -> None:
    """The rows of equipment `code`; `cells`, int64[len(State) + _MORE, m], have its states in those of the grid."""
    columns = [(column, grid.scheduled) for column in _SCHEDULED.values()]
    columns += [(column, grid.timetabled) for column in _TIMETABLED.values()]
    counted = [*cells[:N_STATES], grid.edges[1:] - grid.edges[:-1]]
    for row, (column, mask) in zip(cells[N_STATES:], columns, strict=True):
        np.bitwise_and(counted[column], mask, out=row)
    sums = _by_bucket(cells, grid.ends)
    rows = slice(code * len(grid.ends), (code + 1) * len(grid.ends))
    table.state_ns[rows] = sums[:N_STATES].T
    for name, ns in zip((*_SCHEDULED, *_TIMETABLED), sums[N_STATES:], strict=True):
        getattr(table, name)[rows] = ns
    table.calendar_ns[rows] = table.buckets.end - table.buckets.start


def _by_bucket(cells: Int64s, ends: npt.NDArray[np.intp]) -> Int64s:
    """Sums of each row over the cells up to `ends[0]`, then to `ends[1]` and so on; `cells` become running sums."""
    before = np.cumsum(cells, axis=1, out=cells).take(ends - 1, axis=1)
    sums = before.copy()
    sums[:, 1:] -= before[:, :-1]
    return sums


def _add_lessons(table: Utilisation, cells: Int64s, edges: Int64s, of_keys: Keyed, *, stations: int) -> None:
    """Add what one equipment did in the lessons of each key; its `cells` are int64[len(State), m - 1]."""
    bucket = np.searchsorted(table.buckets.start, edges[:-1], side="right") - 1
    for key in np.unique(of_keys.key).tolist():
        held = np.flatnonzero(inside(of_keys.spans.kept(of_keys.key == key), edges))
        row, states = key * len(table.buckets) + bucket[held], cells[:, held]
        length = states.sum(axis=0)
        busy, unknown = states[State.BUSY], states[State.UNKNOWN]
        np.add.at(table.state_ns, row, states.T)
        for column, counted in (
            (table.timetabled_ns, length),
            (table.busy_in_timetable_ns, busy),
            (table.unknown_in_timetable_ns, unknown),
            (table.station_timetabled_ns, length * stations),
            (table.station_busy_ns, busy * stations),
            (table.station_unknown_ns, unknown * stations),
        ):
            np.add.at(column, row, counted)
