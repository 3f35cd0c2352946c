"""The JSON shapes of what is behind a cell of utilisation: its intervals, its sessions, and what they add up to.

Nothing here knows how the cell itself was computed: it is summed anew from what is shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from api.instants import format_instant
from api.utilisation_views import divided
from api.views import ComputedFrom, StateWord, TotalsView, state_word
from edge.numbers.figures import Figures
from edge.numbers.teaching import Teaching, Words
from telemetry import ratios
from telemetry.columns import Buckets, Int32s, Int64s, Intervals, Utilisation
from telemetry.model import EquipmentId, Instant, Source, State

_STATES = {state.word: state for state in State}


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
class TaughtItem:
    """One held session, cut to the cell; `learner_ns` are its learners times its length in there."""

    session: str
    start: str
    end: str
    learners: int
    learner_ns: int


@dataclass(frozen=True, slots=True)
class Sums:
    """What a cell says, or what its evidence adds up to; equal where all is well. As in `UtilisationRow`."""

    states_ns: TotalsView
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


_OF_ITEMS = {
    "timetabled_ns": ("timetabled_ns", ""),
    "scheduled_ns": ("scheduled_ns", ""),
    "busy_in_timetable_ns": ("timetabled_ns", "busy"),
    "unknown_in_timetable_ns": ("timetabled_ns", "unknown"),
    "busy_in_scheduled_ns": ("scheduled_ns", "busy"),
    "unknown_in_scheduled_ns": ("scheduled_ns", "unknown"),
    "maintenance_in_scheduled_ns": ("scheduled_ns", "maintenance"),
    "fault_in_scheduled_ns": ("scheduled_ns", "fault"),
}
"""Each sum as one of a column of the items, of all states or of one."""

_OF_STATIONS = {
    "station_timetabled_ns": "",
    "station_busy_ns": "busy",
    "station_unknown_ns": "unknown",
}
"""Each sum as one of `stations` times `timetabled_ns` of the items, of all states or of one."""


@dataclass(frozen=True, slots=True)
class EvidenceView:
    """What is behind a cell; `resum` is added up from `items`, and `learner_ns` in it from `sessions`, alone."""

    start: str
    end: str
    equipment: list[EquipmentId]
    value: Sums
    resum: Sums
    items: list[EvidenceItem]
    sessions: list[TaughtItem]
    coverage_min: float
    computed_from: ComputedFrom


def evidence_items(
    intervals: Intervals,
    timetabled: Int64s,
    scheduled: Int64s,
    *,
    stations: Int32s | None = None,
) -> list[EvidenceItem]:
    """The intervals with how much of each, int64[n] ns, lies in timetabled and in scheduled time.

    `stations` are those of the equipment `intervals.ids`, one each where they are not told.
    """
    places = [1] * len(intervals.ids) if stations is None else stations.tolist()
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


def taught_items(taught: Teaching, words: Words, key: str | None, window: tuple[Instant, Instant]) -> list[TaughtItem]:
    """The held sessions that count under `key`, all of them for None, cut to [start, end), by start then id."""
    found = [row for row, keys in enumerate(words) if key is None or key in keys]
    starts, ends = np.maximum(taught.start, window[0]).tolist(), np.minimum(taught.end, window[1]).tolist()
    names = [taught.sessions.id[row] for row in taught.rows.tolist()]
    return [
        TaughtItem(
            session=names[row],
            start=format_instant(starts[row]),
            end=format_instant(ends[row]),
            learners=int(taught.learners[row]),
            learner_ns=int(taught.learners[row]) * (ends[row] - starts[row]),
        )
        for row in sorted(found, key=lambda row: (starts[row], names[row]))
    ]


def resum(
    items: Sequence[EvidenceItem], sessions: Sequence[TaughtItem], *, calendar: bool, coverage_min: float
) -> Sums:
    """Everything added up anew; rows of lessons have no calendar time."""

    def total(name: str, state: str = "") -> int:
        return sum(getattr(item, name) for item in items if state in ("", item.state))

    def placed(state: str) -> int:
        return sum(item.timetabled_ns * item.stations for item in items if state in ("", item.state))

    summed = {name: total(*of) for name, of in _OF_ITEMS.items()}
    summed |= {name: placed(state) for name, state in _OF_STATIONS.items()}
    summed["calendar_ns"] = total("length_ns") if calendar else 0
    states = [total("length_ns", state.word) for state in State]
    return _sums(_one_row(states, summed), sum(one.learner_ns for one in sessions), coverage_min)


def cell_of(figures: Figures, rows: Sequence[int], learner_ns: int) -> Sums:
    """Some rows of a table, added up; `learner_ns` of them together, for sessions may count in several."""
    table, at = figures.table, np.array(rows, np.int64)
    summed = {name: int(getattr(table, name)[at].sum()) for name in _COLUMNS}
    return _sums(_one_row(table.state_ns[at].sum(axis=0).tolist(), summed), learner_ns, figures.rules.coverage_min)


_COLUMNS = (*_OF_ITEMS, *_OF_STATIONS, "calendar_ns")


def _one_row(states: Sequence[int], summed: dict[str, int]) -> Utilisation:
    """Sums as a table of one row, of which ratios are made as of any other."""
    columns: dict[str, Any] = {name: np.array([value], np.int64) for name, value in summed.items()}
    whole = Buckets(np.array([0], np.int64), np.array([1], np.int64), ("",))
    first = np.zeros(1, np.int32)
    return Utilisation(("",), whole, first, first, np.array([states], np.int64), **columns)


def _sums(table: Utilisation, learner_ns: int, coverage_min: float) -> Sums:
    states = table.state_ns[0].tolist()
    words = [field.name for field in fields(Sums)]
    shares = dict(zip(words[words.index("learner_ns") + 1 :], divided(table, coverage_min), strict=True))
    told: dict[str, Any] = {name: int(getattr(table, name)[0]) for name in _COLUMNS}
    told |= {name: column[0] for name, column in shares.items()}
    return Sums(
        states_ns=TotalsView(**{word: states[state] for word, state in _STATES.items()}),
        busy_outside_timetable_ns=int(ratios.busy_outside_timetable(table)[0]),
        learner_ns=learner_ns,
        **told,
    )
