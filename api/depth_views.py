"""The JSON shapes of what machines told behind the facts of one value: intervals, and the series of readings.

Each fact is added up anew from its intervals; nothing here knows how it was computed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from api.instants import format_instant
from api.utilisation_evidence import evidence_items
from api.views import StateWord
from edge.monitoring.contract import EvidenceRow
from edge.numbers.depth import Deep, Found, Ground, Series
from telemetry.columns import Intervals
from telemetry.model import EquipmentId

MAX_FACTS = 200
"""Facts of one answer with their intervals: a week of 25 equipment, about a second of work."""

MAX_INTERVALS = 2_000
"""Intervals that are shown of one place: a change of state every 43 s of a day; `href` has the rest."""


@dataclass(frozen=True, slots=True)
class IntervalView:
    """One interval, cut to its place; `id` is of its equipment and start, the same in every answer."""

    id: str
    equipment: EquipmentId
    start: str
    end: str
    state: StateWord
    source: str
    length_ns: int
    timetabled_ns: int
    scheduled_ns: int


@dataclass(frozen=True, slots=True)
class SeriesView:
    """The readings of one channel in a window, as many as `count`; `href` gives them."""

    equipment: EquipmentId
    channel: str
    unit: str
    start: str
    end: str
    count: int
    href: str


@dataclass(frozen=True, slots=True)
class PlaceView:
    """One equipment over a window; where `truncated`, `href` has the intervals that are not shown."""

    equipment: EquipmentId
    start: str
    end: str
    intervals: list[IntervalView]
    truncated: bool
    readings: list[SeriesView]
    href: str


@dataclass(frozen=True, slots=True)
class DepthView:
    """What is behind one fact that machines told.

    `resum_amount` and `resum_base` are added up from all of its intervals (of a session: from its learners and length,
    or itself), and equal its `amount` and `base` as long as the journal and the register are what they were.
    """

    kind: str
    id: str
    amount: int
    base: int
    resum_amount: int
    resum_base: int
    busy_ns: int
    places: list[PlaceView]


def depth_views(ground: Ground, rows: Sequence[EvidenceRow], facts: str) -> list[DepthView]:
    """What is behind the rows of some `facts`, as far as machines told them."""
    listed = ((one, ground.found(one.kind, one.id, one.first)) for one in rows)
    return [_depth_view(ground, one, found, facts) for one, found in listed if found is not None]


def _depth_view(ground: Ground, row: EvidenceRow, found: Found, facts: str) -> DepthView:
    deep = [ground.deep(place) for place in found.places]
    shown = [_intervals(one) for one in deep]
    every = [one for listed in shown for one in listed]
    amount, base = _RESUM[facts](every) if facts in _RESUM else (1, 0)
    if facts == _LEARNERS:
        amount = found.learner_ns or 0
    views = [_place_view(*one) for one in zip(deep, shown, strict=True)]
    return DepthView(row.kind, row.id, row.amount, row.base, amount, base, _ns(every, "length", "busy"), views)


_LEARNERS = "learner_hours"


def _ns(every: Sequence[IntervalView], base: str, state: str = "", *, but: tuple[str, ...] = ()) -> int:
    """The time inside a base in one state, in all but some."""
    met = (one for one in every if state in ("", one.state) and one.state not in but)
    return sum(getattr(one, f"{base}_ns") for one in met)


_NO_DATA = ("unknown",)
_RESUM: Mapping[str, Callable[[Sequence[IntervalView]], tuple[int, int]]] = {
    "equipment_used": lambda every: (_ns(every, "length", "busy"), 0),
    "utilisation_timetable": lambda every: (
        _ns(every, "timetabled", "busy"),
        _ns(every, "timetabled", but=_NO_DATA),
    ),
    "utilisation_scheduled": lambda every: (
        _ns(every, "scheduled", "busy"),
        _ns(every, "scheduled", but=("unknown", "maintenance")),
    ),
    "utilisation_calendar": lambda every: (_ns(every, "length", "busy"), _ns(every, "length")),
    "coverage_timetable": lambda every: (_ns(every, "timetabled", but=_NO_DATA), _ns(every, "timetabled")),
    "coverage_scheduled": lambda every: (_ns(every, "scheduled", but=_NO_DATA), _ns(every, "scheduled")),
    "coverage_calendar": lambda every: (_ns(every, "length", but=_NO_DATA), _ns(every, "length")),
}
"""Amount and base of the facts that are made of time; any other fact counts as itself."""


def _place_view(deep: Deep, shown: Sequence[IntervalView]) -> PlaceView:
    equipment, start, end = deep.place
    times = {"start": format_instant(start), "end": format_instant(end)}
    return PlaceView(
        equipment=equipment,
        **times,
        intervals=list(shown[:MAX_INTERVALS]),
        truncated=len(shown) > MAX_INTERVALS,
        readings=[_series_view(one) for one in deep.series],
        href=f"/api/v1/equipment/{equipment}/intervals?{urlencode(times)}",
    )


def _intervals(deep: Deep) -> list[IntervalView]:
    told: Intervals = deep.intervals
    return [
        IntervalView(
            id=f"{one.equipment}@{start}",
            equipment=one.equipment,
            start=one.start,
            end=one.end,
            state=one.state,
            source=one.source,
            length_ns=one.length_ns,
            timetabled_ns=one.timetabled_ns,
            scheduled_ns=one.scheduled_ns,
        )
        for start, one in zip(
            told.start.tolist(), evidence_items(told, deep.timetabled_ns, deep.scheduled_ns), strict=True
        )
    ]


def _series_view(one: Series) -> SeriesView:
    times = {"start": format_instant(one.place.start), "end": format_instant(one.place.end)}
    asked = {"equipment": one.place.equipment, "channel": one.channel, **times}
    return SeriesView(
        equipment=one.place.equipment,
        channel=one.channel,
        unit=one.unit,
        **times,
        count=one.count,
        href=f"/api/v1/readings?{urlencode(asked)}",
    )
