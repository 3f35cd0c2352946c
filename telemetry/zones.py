"""A time zone as two arrays, and the way between UTC and the clock on the wall.

Nothing here knows a zone by name or by rule: `edge.zones` builds them, and no clock is ever read.

A wall time is int64 ns since 1970-01-01T00:00 on that wall, as if it were UTC. Where the clock is set forward some wall
times never come (a gap), where it is set back some come twice (a fold); so the way back has two answers, and each
function says which one it gives.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from telemetry.columns import Int8s, Int64s

Wall: TypeAlias = int
"""A point on the wall clock: whole ns since 1970-01-01T00:00 local, no leap seconds."""

NS_PER_HOUR = 3_600_000_000_000
NS_PER_DAY = 24 * NS_PER_HOUR

_FIRST = np.iinfo(np.int64).min
_LAST = np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True, eq=False)
class Zone:
    """Wall time is UTC + `offset_ns[i]` from `since[i]` on, int64[k] ns UTC rising; also before the first."""

    name: str
    since: Int64s
    offset_ns: Int64s

    def __post_init__(self) -> None:
        """Raise `ValueError` where the arrays are empty, differ in length or do not rise."""
        if not len(self.since) or len(self.since) != len(self.offset_ns) or np.any(np.diff(self.since) <= 0):
            message = f"the zone {self.name} wants one offset for each of its rising instants"
            raise ValueError(message)


UTC = Zone("UTC", np.zeros(1, np.int64), np.zeros(1, np.int64))


def offset_at(zone: Zone, utc: Int64s) -> Int64s:
    """Wall time less UTC, int64[n] ns, at each instant of `utc`, int64[n] ns."""
    return zone.offset_ns[np.maximum(np.searchsorted(zone.since, utc, side="right") - 1, 0)]


def wall_at(zone: Zone, utc: Int64s) -> Int64s:
    """What the wall clock shows, int64[n] ns, at each instant of `utc`, int64[n] ns; the one certain direction."""
    return utc + offset_at(zone, utc)


def earliest(zone: Zone, wall: Int64s) -> Int64s:
    """The first instant, int64[n] ns UTC, at which the clock shows `wall`, int64[n], or later.

    In a fold that is the first of the two; in a gap it is the instant at which the clock was set. It never falls where
    `wall` rises, so spans of wall time stay spans, and those that a gap swallows become empty.
    """
    # Reached within stretch i of one offset, if not within an earlier one.
    reached = np.maximum.accumulate(_shown_until(zone))
    stretch = np.searchsorted(reached[:-1], wall, side="right")
    instants: Int64s = np.maximum(wall - zone.offset_ns[stretch], _begins(zone)[stretch])
    return instants


def latest(zone: Zone, wall: Int64s) -> Int64s:
    """The last instant, int64[n] ns UTC, at which the clock shows `wall`, int64[n], or is set forward over it.

    In a fold that is the second of the two; everywhere else it is the same as `earliest`.
    """
    left = np.minimum.accumulate(_shown_from(zone)[::-1])[::-1]
    stretch = np.searchsorted(left[1:], wall, side="right")
    instants: Int64s = np.minimum(wall - zone.offset_ns[stretch], np.append(zone.since[1:], _LAST)[stretch])
    return instants


def occurrences(zone: Zone, wall: Int64s) -> Int8s:
    """How often, int8[n], the clock shows `wall`, int64[n]: once, never in a gap, twice in a fold."""
    begun = np.searchsorted(np.sort(_shown_from(zone)), wall, side="right")
    over = np.searchsorted(np.sort(_shown_until(zone)[:-1]), wall, side="right")
    return (begun - over).astype(np.int8)


def _begins(zone: Zone) -> Int64s:
    return np.concatenate(([_FIRST], zone.since[1:]))


def _shown_from(zone: Zone) -> Int64s:
    """What the clock shows at the beginning of each stretch of one offset."""
    return np.concatenate(([_FIRST], zone.since[1:] + zone.offset_ns[1:]))


def _shown_until(zone: Zone) -> Int64s:
    """What the clock would show at the end of each stretch of one offset."""
    return np.append(zone.since[1:] + zone.offset_ns[:-1], _LAST)
