"""Instants as the centre's clocks show them, for people's files.

Reads no clock.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from telemetry.model import Instant

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_KEPT = 65_536
"""Instants whose local time is kept while one file is written: a table tells the same starts and ends many times."""


def clock_of(timezone: str) -> Callable[[Instant], datetime]:
    """Tells the local time of an instant, to the millisecond and without a zone, as a spreadsheet has it."""
    zone = ZoneInfo(timezone)

    def local(instant: Instant) -> datetime:
        at = _EPOCH + timedelta(milliseconds=instant // 1_000_000)
        return at.astimezone(zone).replace(tzinfo=None)

    return lru_cache(_KEPT)(local)
