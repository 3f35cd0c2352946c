"""The JSON shapes of utilisation and of its evidence, and its table for spreadsheets.

Nothing here computes but sums of what it shows.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from api.instants import format_instant, format_instants
from api.views import ComputedFrom, StateWord, TotalsView, state_word
from edge.numbers.figures import Figures
from telemetry import ratios
from telemetry.columns import Float64s, Int32s, Int64s, Intervals
from telemetry.model import EquipmentId, Source, State

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
)


@dataclass(frozen=True, slots=True)
class UtilisationRow:
    """One key in one bucket [start, end); a ratio is null where its base is zero.

    Ratios: `utilisation_timetable` = busy_in_timetable / (timetabled - unknown_in_timetable); `utilisation_scheduled` =
    busy_in_scheduled / (scheduled - maintenance_in_scheduled - unknown_in_scheduled); `utilisation_calendar` = busy /
    calendar; `availability` = (scheduled - unknown - fault - maintenance) / (scheduled - unknown), all in scheduled
    time. `insufficient` names the ratios of which less is known than the rules want.
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
    busy_outside_timetable_ns: int
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
    ]
    made = {name: ratio(table) for name, ratio in ratios.RATIOS.items()}
    columns += [_nullable(ratio.value) for ratio in made.values()]
    columns.append(_nullable(ratios.coverage(table)))
    low = {name: ratio.coverage < figures.rules.coverage_min for name, ratio in made.items()}
    columns.append([[name for name, flags in low.items() if flags[row]] for row in range(len(table))])
    return [UtilisationRow(*row) for row in zip(*columns, strict=True)]


def computed_from(figures: Figures) -> ComputedFrom:
    """What figures were computed from."""
    entered = figures.entered
    return ComputedFrom(figures.offset, entered.register_version, figures.rules.version, entered.configuration)


def _each(words: Sequence[str], codes: Sequence[int]) -> list[str]:
    return [words[code] for code in codes]


def _nullable(values: Float64s) -> list[float | None]:
    return [None if math.isnan(value) else value for value in values.tolist()]


@dataclass(frozen=True, slots=True)
class EvidenceItem:
    """One interval of one equipment of so many `stations`, cut to the cell, and how much of it lies in each base."""

    equipment: EquipmentId
    start: str
    end: str
    state: StateWord
    source: str
    stations: int
    length_ns: int
    timetabled_ns: int
    scheduled_ns: int


@dataclass(frozen=True, slots=True)
class Sums:
    """What a cell says, or what its evidence adds up to; equal where all is well."""

    states_ns: TotalsView
    timetabled_ns: int
    scheduled_ns: int
    calendar_ns: int
    busy_in_timetable_ns: int
    unknown_in_timetable_ns: int
    busy_in_scheduled_ns: int
    unknown_in_scheduled_ns: int


@dataclass(frozen=True, slots=True)
class EvidenceView:
    """The intervals behind a cell; `resum` is added up from `items` alone."""

    start: str
    end: str
    equipment: list[EquipmentId]
    value: Sums
    resum: Sums
    items: list[EvidenceItem]
    computed_from: ComputedFrom


def evidence_items(
    intervals: Intervals,
    timetabled: Int64s,
    scheduled: Int64s,
    *,
    stations: Int32s,
) -> list[EvidenceItem]:
    """The intervals with how much of each, int64[n] ns, lies in timetabled and in scheduled time.

    `stations` are those of the equipment `intervals.ids`.
    """
    places = stations.tolist()
    rows = zip(
        intervals.equipment.tolist(),
        intervals.start.tolist(),
        intervals.end.tolist(),
        intervals.state.tolist(),
        intervals.source.tolist(),
        timetabled.tolist(),
        scheduled.tolist(),
        strict=True,
    )
    return [
        EvidenceItem(
            equipment=intervals.ids[code],
            start=format_instant(start),
            end=format_instant(end),
            state=state_word(State(state)),
            source=Source(source).word,
            stations=places[code],
            length_ns=end - start,
            timetabled_ns=in_timetable,
            scheduled_ns=in_hours,
        )
        for code, start, end, state, source, in_timetable, in_hours in rows
    ]


def resum(items: Sequence[EvidenceItem], *, calendar: bool = True) -> Sums:
    """The items added up; rows of lessons have no calendar time."""

    def total(name: str, state: str = "") -> int:
        return sum(getattr(item, name) for item in items if state in ("", item.state))

    return Sums(
        states_ns=TotalsView(**{state.word: total("length_ns", state.word) for state in State}),
        timetabled_ns=total("timetabled_ns"),
        scheduled_ns=total("scheduled_ns"),
        calendar_ns=total("length_ns") if calendar else 0,
        busy_in_timetable_ns=total("timetabled_ns", "busy"),
        unknown_in_timetable_ns=total("timetabled_ns", "unknown"),
        busy_in_scheduled_ns=total("scheduled_ns", "busy"),
        unknown_in_scheduled_ns=total("scheduled_ns", "unknown"),
    )


def cell_of(figures: Figures, rows: Sequence[int]) -> Sums:
    """Some rows of a table, added up."""
    table = figures.table
    at = np.array(rows, np.int64)
    states = table.state_ns[at].sum(axis=0).tolist()
    sums = {field.name: 0 for field in fields(Sums) if field.name != "states_ns"}
    sums = {name: int(getattr(table, name)[at].sum()) for name in sums}
    return Sums(states_ns=TotalsView(**{state.word: states[state] for state in State}), **sums)
