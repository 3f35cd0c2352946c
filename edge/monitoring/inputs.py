"""What a report is made of beside the journal and the register: kept with every edition, so that it can be made anew.

Nothing here is read from anywhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np

from edge.settings import Equipment, Kind
from telemetry.indicators.definition import IndicatorSet
from telemetry.indicators.world import Work
from telemetry.model import Instant
from telemetry.zones import Zone


@dataclass(frozen=True, slots=True)
class Item:
    """One piece of equipment as it was configured; days are ISO, empty where there is no limit."""

    id: str
    name: str
    kind: str
    track: str
    room: str
    stations: int
    since: str = ""
    until: str = ""


@dataclass(frozen=True, slots=True)
class Clocks:
    """A time zone as it was known: wall time is UTC + `offset_ns[i]` from `since[i]` on."""

    name: str
    since: tuple[int, ...]
    offset_ns: tuple[int, ...]

    def zone(self) -> Zone:
        """As the core takes it."""
        return Zone(self.name, np.array(self.since, np.int64), np.array(self.offset_ns, np.int64))


@dataclass(frozen=True, slots=True)
class Inputs:
    """The sets, the equipment, names of rooms and tracks, the zone, the runs of experiments, and the present."""

    official: IndicatorSet
    analytics: IndicatorSet
    equipment: tuple[Item, ...]
    rooms: Mapping[str, str]
    tracks: Mapping[str, str]
    clocks: Clocks
    runs: tuple[Work, ...]
    now: Instant


def clocks_of(zone: Zone) -> Clocks:
    """A zone as it is kept."""
    return Clocks(zone.name, tuple(zone.since.tolist()), tuple(zone.offset_ns.tolist()))


def items_of(equipment: tuple[Equipment, ...]) -> tuple[Item, ...]:
    """The configured equipment by id, as far as numbers need it."""
    listed = sorted(equipment, key=lambda one: one.id)
    return tuple(
        Item(one.id, one.name, one.kind.value, one.track, one.room, one.stations, _iso(one.since), _iso(one.until))
        for one in listed
    )


def _iso(day: date | None) -> str:
    return "" if day is None else day.isoformat()


def equipment_of(items: tuple[Item, ...]) -> tuple[Equipment, ...]:
    """The other way round; how it is reached is not told, for nobody reaches for it."""
    return tuple(
        Equipment(
            id=one.id,
            name=one.name,
            kind=Kind(one.kind),
            track=one.track,
            room=one.room,
            stations=one.stations,
            since=date.fromisoformat(one.since) if one.since else None,
            until=date.fromisoformat(one.until) if one.until else None,
            driver="-",
        )
        for one in items
    )
