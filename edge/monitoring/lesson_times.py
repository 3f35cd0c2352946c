"""When lessons begin, as the clock on the wall shows it, by a timetable as it stands or as it stood.

It judges no session and reads no journal.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache

import numpy as np

from edge.monitoring.contract import Starts
from edge.numbers.entered import inventory_of
from edge.register.contract import Snapshot
from edge.register.timetable import timetable
from telemetry.corrections import detected_at
from telemetry.lessons import lessons
from telemetry.model import Instant
from telemetry.rules import NS_PER_MIN
from telemetry.zones import NS_PER_DAY, Zone, wall_at


def starts_of(register: Callable[[], Snapshot], zone: Zone, window: tuple[Instant, Instant]) -> Starts:
    """The beginnings of the lessons of a window [start, end), ns UTC; `register` is asked when the first one is."""

    @cache
    def planned() -> Mapping[str, int]:
        held = lessons(timetable(register()), inventory_of((), zone), zone, window)
        return dict(zip(held.id, held.start.tolist(), strict=True))

    def start(session: str) -> str:
        at = detected_at(session)
        at = planned().get(session) if at is None else at
        return "" if at is None else _clock(zone, at)

    return start


def _clock(zone: Zone, at: Instant) -> str:
    minutes = int(wall_at(zone, np.array([at], np.int64))[0]) % NS_PER_DAY // NS_PER_MIN
    return f"{minutes // 60:02}:{minutes % 60:02}"
