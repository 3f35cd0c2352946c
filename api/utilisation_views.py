"""The JSON shapes of utilisation; what is behind a row is `api.utilisation_evidence`.

Nothing here computes.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields

from api.instants import format_instants
from api.views import ComputedFrom
from edge.numbers.figures import Figures
from telemetry import ratios
from telemetry.columns import Float64s, Utilisation
from telemetry.model import State

_FROM_TABLE = (
    "timetabled_ns",
    "scheduled_ns",
    "calendar_ns",
    "busy_in_timetable_ns",
    "unknown_in_timetable_ns",
    "busy_in_scheduled_ns",
    "unknown_in_scheduled_ns",
    "maintenance_in_scheduled_ns",
    "fault_in_scheduled_ns",
    "station_timetabled_ns",
    "station_busy_ns",
    "station_unknown_ns",
)


@dataclass(frozen=True, slots=True)
class UtilisationRow:
    """One key in one bucket [start, end); a ratio is null where its base is zero.

    Ratios: `utilisation_timetable` = busy_in_timetable / (timetabled - unknown_in_timetable); `utilisation_scheduled` =
    busy_in_scheduled / (scheduled - maintenance_in_scheduled - unknown_in_scheduled); `utilisation_calendar` = busy /
    calendar; `availability` = (scheduled - unknown - fault - maintenance) / (scheduled - unknown), all in scheduled
    time; `station_utilisation` = station_busy / station_timetabled, times the work places. `learner_ns` are the
    learners of the held sessions, as the monitoring counts them, times their length inside the bucket: under the room,
    track, program, group and partner of each, and under every equipment, and kind of it, that it used, in full; so
    rows of equipment, and of kinds, may add up to more than the centre's. `insufficient` names the ratios of which less
    is known than the rules want.
    """

    key: str
    name: str
    bucket: str
    start: str
    end: str
    busy_ns: int
    setup_ns: int
    paused_ns: int
    idle_ns: int
    fault_ns: int
    maintenance_ns: int
    offline_ns: int
    unknown_ns: int
    timetabled_ns: int
    scheduled_ns: int
    calendar_ns: int
    busy_in_timetable_ns: int
    unknown_in_timetable_ns: int
    busy_in_scheduled_ns: int
    unknown_in_scheduled_ns: int
    maintenance_in_scheduled_ns: int
    fault_in_scheduled_ns: int
    station_timetabled_ns: int
    station_busy_ns: int
    station_unknown_ns: int
    busy_outside_timetable_ns: int
    learner_ns: int
    utilisation_timetable: float | None
    utilisation_scheduled: float | None
    utilisation_calendar: float | None
    availability: float | None
    station_utilisation: float | None
    coverage: float | None
    insufficient: list[str]


@dataclass(frozen=True, slots=True)
class UtilisationList:
    """A page of rows by key, then bucket; `next` is what to give as `after`, null on the last page.

    `coverage_min` is the coverage below which a ratio is insufficient data.
    """

    start: str
    end: str
    by: str
    bucket: str
    timezone: str
    coverage_min: float
    items: list[UtilisationRow]
    next: str | None
    computed_from: ComputedFrom


COLUMNS = tuple(field.name for field in fields(UtilisationRow))


def row_views(figures: Figures, names: dict[str, str]) -> list[UtilisationRow]:
    """Every row; `names` tells what a person calls a key."""
    table = figures.table
    columns: list[Sequence[object]] = [
        [table.keys[code] for code in table.key.tolist()],
        [names.get(table.keys[code], table.keys[code]) for code in table.key.tolist()],
        [table.buckets.label[code] for code in table.bucket.tolist()],
        _each(format_instants(table.buckets.start), table.bucket.tolist()),
        _each(format_instants(table.buckets.end), table.bucket.tolist()),
        *(table.state_ns[:, State[word.removesuffix("_ns").upper()]].tolist() for word in COLUMNS[5:13]),
        *(getattr(table, name).tolist() for name in _FROM_TABLE),
        ratios.busy_outside_timetable(table).tolist(),
        figures.learner_ns.tolist(),
        *divided(table, figures.rules.coverage_min),
    ]
    return [UtilisationRow(*row) for row in zip(*columns, strict=True)]


def divided(table: Utilisation, coverage_min: float) -> list[Sequence[object]]:
    """The columns of the ratios, of coverage, and of what is insufficient."""
    made = {name: ratio(table) for name, ratio in ratios.RATIOS.items()}
    low = {name: ratio.coverage < coverage_min for name, ratio in made.items()}
    return [
        *(_nullable(ratio.value) for ratio in made.values()),
        _nullable(ratios.coverage(table)),
        [[name for name, flags in low.items() if flags[row]] for row in range(len(table))],
    ]


def computed_from(figures: Figures) -> ComputedFrom:
    """What figures were computed from."""
    entered = figures.entered
    return ComputedFrom(figures.offset, entered.register_version, figures.rules.version, entered.configuration)


def _each(words: Sequence[str], codes: Sequence[int]) -> list[str]:
    return [words[code] for code in codes]


def _nullable(values: Float64s) -> list[float | None]:
    return [None if math.isnan(value) else value for value in values.tolist()]
