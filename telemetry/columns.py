"""The words of `telemetry.model` as equal-length arrays.

A column object only holds and checks its arrays; it computes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from telemetry.model import EquipmentId

Int64s = npt.NDArray[np.int64]
Int32s = npt.NDArray[np.int32]
Int8s = npt.NDArray[np.int8]
Float64s = npt.NDArray[np.float64]


class _Columns:
    """Equal lengths, checked once at the border.

    A list per row stands as two arrays, named in `_LISTS`: the items of row i of `x` are
    `x[x_start[i]:x_start[i + 1]]`, `x_start` int64[n + 1].
    """

    __slots__ = ()
    _LISTS: ClassVar[tuple[str, ...]] = ()

    def __len__(self) -> int:
        """The number of rows."""
        return len(next(iter(self._arrays().values())))

    def _arrays(self) -> dict[str, npt.NDArray[np.generic]]:
        named = ((f.name, getattr(self, f.name)) for f in fields(self))  # type: ignore[arg-type]
        lists = {name for field in self._LISTS for name in (field, f"{field}_start")}
        return {name: value for name, value in named if isinstance(value, np.ndarray) and name not in lists}

    def __post_init__(self) -> None:
        """Raise `ValueError` where the arrays differ in length."""
        lengths = {name: len(array) for name, array in self._arrays().items()}
        if len(set(lengths.values())) > 1:
            message = f"columns differ in length: {lengths}"
            raise ValueError(message)
        for field in self._LISTS:
            starts: Int64s = getattr(self, f"{field}_start")
            if len(starts) != len(self) + 1 or starts[0] != 0 or starts[-1] != len(getattr(self, field)):
                message = f"{field}_start has {len(starts)} bounds that do not fit {len(self)} lists"
                raise ValueError(message)


@dataclass(frozen=True, slots=True, eq=False)
class Readings(_Columns):
    """One channel: `t` int64[n] ns UTC, strictly rising; `v` float64[n] in the channel's unit."""

    t: Int64s
    v: Float64s


@dataclass(frozen=True, slots=True, eq=False)
class Envelope(_Columns):
    """A channel per pixel: parts [start, end), how many readings, least, greatest, mean (NaN where count is 0)."""

    start: Int64s
    end: Int64s
    count: Int64s
    minimum: Float64s
    maximum: Float64s
    mean: Float64s


@dataclass(frozen=True, slots=True, eq=False)
class Changes(_Columns):
    """Changes of state, any order: `equipment` int32[n] points into `ids`; `valid_ns` 0 holds until the next."""

    ids: tuple[EquipmentId, ...]
    equipment: Int32s
    at: Int64s
    state: Int8s
    source: Int8s
    valid_ns: Int64s


@dataclass(frozen=True, slots=True, eq=False)
class Intervals(_Columns):
    """Half-open intervals [start, end) ns UTC of one state each, by equipment then start; no holes, no overlaps."""

    ids: tuple[EquipmentId, ...]
    equipment: Int32s
    start: Int64s
    end: Int64s
    state: Int8s
    source: Int8s


@dataclass(frozen=True, slots=True, eq=False)
class Inventory(_Columns):
    """The equipment of a centre: row i is `ids[i]`; words may be empty, `stations` int32[n] counts its work places."""

    ids: tuple[EquipmentId, ...]
    room: tuple[str, ...]
    track: tuple[str, ...]
    kind: tuple[str, ...]
    stations: Int32s


@dataclass(frozen=True, slots=True, eq=False)
class Buckets(_Columns):
    """Parts [start, end) ns UTC of a window, rising; each ends where the next starts, none is empty.

    `label` is what a person calls the part, ISO where ISO has a word: `2026-11-22T09:00:00+03:00`, `2026-11-22`,
    `2026-W47`, `2026-11`, `2026-Q4`, `2026`, `2026/2027`, the name of a term; a part cut by the window's edge keeps
    the label of the whole.
    """

    start: Int64s
    end: Int64s
    label: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Lessons(_Columns):
    """What the timetable says, lesson by lesson, whole [start, end) ns UTC, by start, end, then id.

    `id` is stable: `<slot>:<local date>`, or the id of the one-off. `room`, `group`, `program`, `teacher` and `partner`
    are int32[n] and point into the tuple of the same name in plural, -1 for none. `form`, `status` and `kind` are
    int8[n], codes of `Form`, `LessonStatus` and `LessonKind` of `telemetry.timetable`; `learners` int32[n] planned.
    The equipment of row i is `equipment[equipment_start[i]:equipment_start[i + 1]]`, rising, pointing into `ids`: what
    the slot binds itself, else all of its room.
    """

    _LISTS: ClassVar[tuple[str, ...]] = ("equipment",)

    ids: tuple[EquipmentId, ...]
    rooms: tuple[str, ...]
    groups: tuple[str, ...]
    programs: tuple[str, ...]
    teachers: tuple[str, ...]
    partners: tuple[str, ...]
    id: tuple[str, ...]
    start: Int64s
    end: Int64s
    room: Int32s
    group: Int32s
    program: Int32s
    teacher: Int32s
    partner: Int32s
    form: Int8s
    status: Int8s
    kind: Int8s
    learners: Int32s
    equipment_start: Int64s
    equipment: Int32s
