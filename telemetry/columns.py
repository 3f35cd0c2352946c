"""The words of `telemetry.model` as equal-length arrays.

A column object only holds and checks its arrays; it computes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
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
        return len(next(self._columns())[1])

    def _arrays(self) -> dict[str, npt.NDArray[np.generic]]:
        return dict(self._columns())

    def _columns(self) -> Iterator[tuple[str, npt.NDArray[np.generic]]]:
        lists = {name for field in self._LISTS for name in (field, f"{field}_start")}
        named = ((f.name, getattr(self, f.name)) for f in fields(self))  # type: ignore[arg-type]
        return ((name, value) for name, value in named if isinstance(value, np.ndarray) and name not in lists)

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
    """The equipment of a centre: row i is `ids[i]`; words may be empty, `stations` int32[n] counts its work places.

    It is in service in [since, until), int64[n] ns UTC each, None where all of it always is. Out of service it is bound
    by no lesson and open at no hour, so that what is bought today leaves the past as it was.
    """

    ids: tuple[EquipmentId, ...]
    room: tuple[str, ...]
    track: tuple[str, ...]
    kind: tuple[str, ...]
    stations: Int32s
    since: Int64s | None = None
    until: Int64s | None = None

    def in_service(self, equipment: Int32s, start: Int64s, end: Int64s) -> tuple[Int64s, Int64s]:
        """The part of each [start, end) in which that equipment is in service; else it is empty or runs backwards."""
        begins = start if self.since is None else np.maximum(start, self.since[equipment])
        return begins, end if self.until is None else np.minimum(end, self.until[equipment])


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


@dataclass(frozen=True, slots=True, eq=False)
class Utilisation(_Columns):
    """One row per key and bucket, by key then bucket: what every ratio is made of, so that rows can be added up.

    `key` int32[n] points into `keys`, `bucket` int32[n] into `buckets`; all else is int64[n] ns of equipment time, the
    sum over the key's equipment. `state_ns` int64[n, len(State)] in code order adds up to `calendar_ns`; where the key
    is a program, group or partner, to `timetabled_ns`, and calendar and scheduled time are 0. `telemetry.utilisation`
    says what the columns mean, `telemetry.ratios` what becomes of them.
    """

    keys: tuple[str, ...]
    buckets: Buckets
    key: Int32s
    bucket: Int32s
    state_ns: Int64s
    calendar_ns: Int64s
    scheduled_ns: Int64s
    busy_in_scheduled_ns: Int64s
    unknown_in_scheduled_ns: Int64s
    maintenance_in_scheduled_ns: Int64s
    fault_in_scheduled_ns: Int64s
    timetabled_ns: Int64s
    busy_in_timetable_ns: Int64s
    unknown_in_timetable_ns: Int64s
    station_timetabled_ns: Int64s
    station_busy_ns: Int64s
    station_unknown_ns: Int64s


@dataclass(frozen=True, slots=True, eq=False)
class Ratio(_Columns):
    """One ratio of each row: `value` = `numerator` / `denominator`, both ns, and `coverage` = known time / base."""

    numerator: Int64s
    denominator: Int64s
    value: Float64s
    coverage: Float64s


@dataclass(frozen=True, slots=True, eq=False)
class Jobs(_Columns):
    """Jobs (a print, a cut) [start, end) ns UTC, by equipment, start, end, then id, each once.

    `equipment` int32[n] points into `ids`; `end` of a job that still runs is the last int64; `outcome` int8[n] holds
    codes of `JobOutcome`. Runs of experiments stand in the same columns, one row for each equipment of a run.
    """

    ids: tuple[EquipmentId, ...]
    id: tuple[str, ...]
    equipment: Int32s
    start: Int64s
    end: Int64s
    outcome: Int8s


@dataclass(frozen=True, slots=True, eq=False)
class Corrections(_Columns):
    """What people said of practical sessions, in any order: whose session, when `at` ns UTC, and its status.

    `status` int8[n] holds codes of `SessionStatus` of `telemetry.rules`. Of those of a session the last one holds.
    `accepted` are sessions that no lesson announced until such a word made them one.
    """

    session: tuple[str, ...]
    at: Int64s
    status: Int8s
    author: tuple[str, ...]
    reason: tuple[str, ...]
    accepted: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, eq=False)
class Attendance(_Columns):
    """How many learners were there, `count` int32[n], in which session; any order."""

    session: tuple[str, ...]
    count: Int32s


@dataclass(frozen=True, slots=True, eq=False)
class Sessions(_Columns):
    """Practical sessions: row i is lesson i of the `Lessons` they were judged from; behind them the detected ones.

    `lesson` int64[n] is that row, -1 for a detected one; `room` int32[n] points into `rooms`, `rule` int32[n] into the
    versions `rules`; `kind` is that of the lesson. `status` int8[n] holds codes of `SessionStatus`, with corrections;
    `original` is what telemetry alone says (of one that was accepted, that it was detected), `confidence` float64[n] in
    [0, 1] how surely `status` holds.

    `window_start` and `window_end` bound where use counts, `busy_ns` is the busy time of all its equipment in there,
    `most_busy_ns` of the busiest, `needed_ns` what one must reach. `known_ns` of `base_ns` of the time of its equipment
    in [start, end) is known. `stations` counts the work places of its equipment, `used_stations` of the used ones; that
    is no time, of which `telemetry.ratios.station_utilisation` tells. `learners` were counted, or else are planned.

    Lists: the equipment `used` (into `ids`), the rows `interval`, `run` and `job` of the columns that it was judged
    from, and `correction` into `corrections`, the last one in force. `opened` and `closed` int64[n] are the rows of the
    intervals that opened and closed it, -1 where none did.
    """

    _LISTS: ClassVar[tuple[str, ...]] = ("used", "interval", "run", "job", "correction")

    ids: tuple[EquipmentId, ...]
    rooms: tuple[str, ...]
    rules: tuple[str, ...]
    corrections: Corrections
    id: tuple[str, ...]
    lesson: Int64s
    room: Int32s
    start: Int64s
    end: Int64s
    kind: Int8s
    status: Int8s
    original: Int8s
    confidence: Float64s
    rule: Int32s
    window_start: Int64s
    window_end: Int64s
    busy_ns: Int64s
    most_busy_ns: Int64s
    needed_ns: Int64s
    known_ns: Int64s
    base_ns: Int64s
    learners: Int32s
    stations: Int32s
    used_stations: Int32s
    opened: Int64s
    closed: Int64s
    used_start: Int64s
    used: Int32s
    interval_start: Int64s
    interval: Int64s
    run_start: Int64s
    run: Int64s
    job_start: Int64s
    job: Int64s
    correction_start: Int64s
    correction: Int64s


@dataclass(frozen=True, slots=True, eq=False)
class Life(_Columns):
    """What each equipment did in its life, row i is `ids[i]`, counted from `since` int64[n] ns UTC on.

    `busy_ns` is the hour-meter; `known_ns` of `base_ns` is known. `faults` began, and `repairs` of them ended, in the
    time counted; `fault_ns` is all time in fault, `repair_ns` that of the repaired ones. The mean times float64[n] are
    NaN where nothing is to be divided by. Jobs: `started`, those that ended by outcome, and still `running`.
    """

    ids: tuple[EquipmentId, ...]
    since: Int64s
    base_ns: Int64s
    known_ns: Int64s
    busy_ns: Int64s
    faults: Int64s
    repairs: Int64s
    fault_ns: Int64s
    repair_ns: Int64s
    mean_time_between_faults_ns: Float64s
    mean_time_to_repair_ns: Float64s
    started: Int64s
    completed: Int64s
    cancelled: Int64s
    failed: Int64s
    ended_unknown: Int64s
    running: Int64s
