"""What machines told behind one fact of the monitoring: intervals of its equipment, and readings of its channels.

It judges nothing and adds nothing up; a reading is counted and named, never handed out here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from edge.numbers.entered import Desk
from edge.numbers.evidence import inside_ns
from edge.numbers.figures import bases_of
from edge.numbers.observed import Span, read
from edge.numbers.practice import Practice, busy_rows
from edge.store.contract import Store, Told
from telemetry.civil import day_of
from telemetry.columns import Int64s, Intervals
from telemetry.model import Channel, EquipmentId, Instant
from telemetry.sessions import learners_counted
from telemetry.spans import difference
from telemetry.zones import NS_PER_DAY, earliest


class Place(NamedTuple):
    """One equipment over [start, end) ns UTC."""

    equipment: EquipmentId
    start: Instant
    end: Instant


@dataclass(frozen=True, slots=True)
class Series:
    """How many readings of one channel lie in a place."""

    place: Place
    channel: Channel
    unit: str
    count: int


@dataclass(frozen=True, slots=True)
class Found:
    """Where to look for what is behind a fact; of a session also its learners times its length, in ns."""

    places: tuple[Place, ...]
    learner_ns: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Deep:
    """The intervals in one place, how many ns of each, int64[n], are timetabled and scheduled, and its readings."""

    place: Place
    intervals: Intervals
    timetabled_ns: Int64s
    scheduled_ns: Int64s
    series: tuple[Series, ...]


@dataclass(frozen=True, slots=True)
class Ground:
    """Who knows: `told` as of the offset of an answer, of which nothing at `until` or later was known."""

    store: Store
    told: Told
    desk: Desk
    practice: Practice
    until: Instant

    def found(self, kind: str, fact: str, first: int) -> Found | None:
        """Where to look for a fact of a kind that began on the day `first`; None for what no machine told."""
        finder = _FINDERS.get(kind)
        return finder(self, fact, first) if finder else None

    def deep(self, place: Place) -> Deep:
        """What is there."""
        entered = self.desk.entered()
        ids = entered.inventory.ids
        span = Span(place.start, place.end, min(max(self.until, place.start), place.end))
        told = read(self.told, (place.equipment,), span)
        code = ids.index(place.equipment) if place.equipment in ids else -1
        intervals = Intervals(ids, np.full(len(told), code, np.int32), told.start, told.end, told.state, told.source)
        timetabled, planned, scheduled = bases_of(entered, place.start, place.end)[0]
        return Deep(
            place,
            told,
            inside_ns(intervals, difference(timetabled, planned)),
            inside_ns(intervals, scheduled),
            tuple(self._series(place)),
        )

    def _series(self, place: Place) -> list[Series]:
        known = self.store.channels(place.equipment)
        met = [one for one in known if one.first < place.end and one.last >= place.start]
        counted = [Series(place, one.channel, one.unit, self._count(place, one.channel)) for one in met]
        return [one for one in counted if one.count]

    def _count(self, place: Place, channel: Channel) -> int:
        whole = self.store.envelope(place.equipment, channel, place.start, place.end, points=1)
        return int(whole.count.sum())

    def day(self, day: int) -> tuple[Instant, Instant]:
        """The local day, ns UTC."""
        start, end = earliest(self.desk.entered().zone, np.array([day, day + 1], np.int64) * NS_PER_DAY).tolist()
        return start, end


def _day_of_equipment(ground: Ground, fact: str, _first: int) -> Found:
    equipment, _, day = fact.rpartition("/")
    return Found((Place(EquipmentId(equipment), *ground.day(day_of(day))),))


def _session(ground: Ground, fact: str, _first: int) -> Found:
    """The equipment that was busy while use counted for it."""
    found = ground.practice.meeting(fact)
    if found is None:
        return Found(())
    meetings, row = found
    sessions, told = meetings.sessions, meetings.intervals
    window = int(sessions.window_start[row]), int(sessions.window_end[row])
    codes = np.unique(told.equipment[busy_rows(meetings, row)]).tolist()
    length = int(sessions.end[row] - sessions.start[row])
    learners = int(learners_counted(sessions)[row])
    return Found(tuple(Place(told.ids[code], *window) for code in codes), learners * length)


def _job(ground: Ground, fact: str, first: int) -> Found:
    equipment, _, name = fact.partition("/")
    start, end = ground.day(first)
    jobs = ground.told.jobs((EquipmentId(equipment),), start, end)
    ended = ((one.started, ground.until if one.ended is None else one.ended) for one in jobs if one.job == name)
    return Found(tuple(Place(EquipmentId(equipment), *times) for times in ended if times[0] < times[1]))


def _run(ground: Ground, fact: str, _first: int) -> Found:
    run = ground.store.run(fact)
    if run is None:
        return Found(())
    ends = [part.ended(ground.until, period_ns=run.period_ns) or ground.until for part in run.parts]
    listed = zip(run.parts, ends, strict=True)
    return Found(tuple(Place(part.equipment, part.start, end) for part, end in listed if part.start < end))


_FINDERS: Mapping[str, Callable[[Ground, str, int], Found]] = {
    "equipment_day": _day_of_equipment,
    "session": _session,
    "job": _job,
    "run": _run,
}
