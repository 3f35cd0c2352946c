"""The zones of the tz database as `telemetry.zones.Zone`, from 1990 to 2100.

Nothing here reads a clock or the machine's own zone; before and after those years the nearest offset holds.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np

from telemetry.model import NS_PER_S
from telemetry.zones import Zone

_FIRST_S = int(datetime(1990, 1, 1, tzinfo=UTC).timestamp())
_LAST_S = int(datetime(2100, 1, 1, tzinfo=UTC).timestamp())
_STEP_S = 86_400
"""No zone of the tz database changed its offset and changed it back within one day of those years."""


@lru_cache(maxsize=64)  # a centre has one zone, a region a handful
def zone_of(name: str) -> Zone:
    """The zone `name` (`Europe/Moscow`); raises `ZoneInfoNotFoundError` where the tz database has none of it."""
    rules = ZoneInfo(name)
    since, offsets = [_FIRST_S], [_offset_s(rules, _FIRST_S)]
    for at in range(_FIRST_S + _STEP_S, _LAST_S, _STEP_S):
        offset = _offset_s(rules, at)
        if offset != offsets[-1]:
            since.append(_changed(rules, at - _STEP_S, at))
            offsets.append(offset)
    return Zone(name, np.array(since, np.int64) * NS_PER_S, np.array(offsets, np.int64) * NS_PER_S)


def _changed(rules: ZoneInfo, before: int, after: int) -> int:
    """The second in (before, after] from which the offset of `after` holds."""
    offset = _offset_s(rules, after)
    while after - before > 1:
        middle = (before + after) // 2
        if _offset_s(rules, middle) == offset:
            after = middle
        else:
            before = middle
    return after


def _offset_s(rules: ZoneInfo, at: int) -> int:
    return int((datetime.fromtimestamp(at, rules).utcoffset() or timedelta()).total_seconds())
