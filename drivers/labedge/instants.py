"""Device times as this layout writes them: ms since 1970 as a number, or RFC 3339 with an offset; single and many.

Whether a time may be believed is asked of `telemetry.quality`; nothing here corrects one.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from drivers.instants import MalformedTimeError, from_rfc_3339
from drivers.labedge.protocol import VALUES_LIMIT, MalformedError
from telemetry.columns import Float64s, Int64s
from telemetry.model import NS_PER_MS, NS_PER_S, Instant
from telemetry.quality import plausible_instant

NEVER: Instant = 0
"""Stands for a time in a batch that cannot be read: 1970 is not plausible, so its value is left out and counted."""

LATEST_MS = 9_000_000_000_000
"""The year 2255: a later time in ms does not fit an `Instant`."""

LATEST_NS = LATEST_MS * NS_PER_MS

NUMBERS = frozenset({int, float})
"""The exact types of a number; a bool is none."""


def instant_of(t: object) -> Instant:
    """The instant that `t` writes; raises `MalformedError` where it writes none."""
    if type(t) is int and -LATEST_MS < t < LATEST_MS:
        return t * NS_PER_MS
    if type(t) is float and -LATEST_MS < t < LATEST_MS:
        # Whole and broken ms apart: 1.8e18 ns in one float would be wrong by 256 ns.
        broken, whole = math.modf(t)
        return int(whole) * NS_PER_MS + round(broken * NS_PER_MS)
    if type(t) is str:
        try:
            return from_rfc_3339(t)
        except MalformedTimeError as error:
            raise MalformedError(f"t is {error}") from error
    raise MalformedError("t is neither a number of ms nor RFC 3339 with an offset")


def single(message: Mapping[str, Any], at: Instant) -> Instant:
    """The time of a message with one value: its `t` (or `t0`), or `at` where it says none.

    Raises `MalformedError` where the time cannot be read or believed.
    """
    if "t" in message:
        t = instant_of(message["t"])
    elif "t0" in message:
        t = instant_of(message["t0"])
    else:
        return at
    if not plausible_instant(t, at):
        raise MalformedError("t is implausible: before 2020 or more than a day ahead")
    return t


def count_of(message: Mapping[str, Any]) -> int | None:
    """How many values a batch must have, where `t` or `n` tells, else None."""
    t = message.get("t")
    if isinstance(t, bytes):
        return len(t) // 8
    if isinstance(t, list):
        return len(t)
    n = message.get("n")
    return n if type(n) is int and 0 < n <= VALUES_LIMIT else None


def many(message: Mapping[str, Any], count: int, at: Instant) -> Int64s:
    """The times, int64[count] ns UTC, of a batch; what cannot be read is `NEVER`.

    Raises `MalformedError` where the message has neither `t` nor `t0` and `dt`, or not `count` times.
    """
    t = message.get("t")
    if t is None:
        return _spaced(message, count, at)
    if isinstance(t, bytes):
        times = _from_bytes(t)
    elif isinstance(t, list) and len(t) <= VALUES_LIMIT:
        times = _from_list(t)
    else:
        raise MalformedError("t of a batch is neither a list nor int64 bytes")
    if len(times) != count:
        raise MalformedError(f"{len(times)} times for {count} values")
    return times


def _spaced(message: Mapping[str, Any], count: int, at: Instant) -> Int64s:
    if "t0" not in message or "dt" not in message:
        raise MalformedError("a batch needs t, or t0 and dt")
    t0, dt = instant_of(message["t0"]), message["dt"]
    if type(dt) not in NUMBERS or not 0 < dt < math.inf:
        raise MalformedError("dt is no number of seconds above 0")
    if not plausible_instant(t0, at):
        raise MalformedError("t0 is implausible: before 2020 or more than a day ahead")
    if t0 + count * dt * NS_PER_S > LATEST_NS:
        raise MalformedError("dt leads beyond the year 2255")
    steps: Int64s = np.rint(np.arange(count) * (dt * NS_PER_S)).astype(np.int64)
    steps += t0
    return steps


def _from_bytes(t: bytes) -> Int64s:
    if len(t) % 8:
        raise MalformedError("t is no whole number of int64")
    ms = np.frombuffer(t, "<i8").astype(np.int64)
    ms[(ms <= -LATEST_MS) | (ms >= LATEST_MS)] = NEVER
    ms *= NS_PER_MS
    return ms


def _from_list(t: list[Any]) -> Int64s:
    if not NUMBERS.issuperset(map(type, t)):
        return np.array([_or_never(one) for one in t], np.int64)
    ms: Float64s = np.array(t, np.float64)
    ms[~(np.abs(ms) < LATEST_MS)] = NEVER
    whole = np.floor(ms)
    ms -= whole
    times: Int64s = whole.astype(np.int64) * NS_PER_MS
    times += np.rint(ms * NS_PER_MS).astype(np.int64)
    return times


def _or_never(t: object) -> Instant:
    try:
        instant = instant_of(t)
    except MalformedError:
        return NEVER
    return instant if -LATEST_NS < instant < LATEST_NS else NEVER
