"""A lab's channels as they come: slow drift, a wave and noise of a few last digits, two decimals, 50 Hz.

The same channel number always gives the same values.
"""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import numpy.typing as npt

from edge.clock import SystemClock
from edge.health import Health
from edge.journal.chunks import HOUR_NS
from edge.journal.sqlite import SqliteJournal
from edge.metrics import Metrics
from edge.settings import Journal as Settings
from telemetry.model import NS_PER_MS, NS_PER_S, Channel, EquipmentId, Instant, ReadingBatch

RATE_HZ = 50
HOUR_READINGS = 3600 * RATE_HZ
EQUIPMENT = EquipmentId("lab-1")

NOISE_DIGITS = (0.5, 1.0, 2.0, 5.0, 10.0, 20.0)
"""Standard deviation of the noise in last digits (0.01), channel by channel: from a thermometer to an accelerometer."""


def channel_named(number: int) -> Channel:
    """The name of a channel."""
    return Channel(f"c{number}")


def values(number: int) -> npt.NDArray[np.float64]:
    """An hour of channel `number`, float64[180000], two decimals."""
    rng = np.random.default_rng(number)
    second = np.arange(HOUR_READINGS) / RATE_HZ
    drift = np.cumsum(rng.normal(0, 0.002, HOUR_READINGS))
    wave = rng.uniform(0, 5) * np.sin(2 * np.pi * second / rng.uniform(1, 600))
    noise = rng.normal(0, 0.01 * NOISE_DIGITS[number % len(NOISE_DIGITS)], HOUR_READINGS)
    return np.round(rng.uniform(-50, 100) + drift + wave + noise, 2)


def times(begin: Instant, *, jitter_ms: int = 0) -> npt.NDArray[np.int64]:
    """The times of an hour's readings; with jitter, as a computer without a real-time clock stamps them in ms."""
    t = begin + np.arange(HOUR_READINGS, dtype=np.int64) * (NS_PER_S // RATE_HZ)
    if jitter_ms:
        t += np.random.default_rng(7).integers(0, jitter_ms + 1, HOUR_READINGS) * NS_PER_MS
    return t


def closed_hour() -> Instant:
    """The beginning of an hour of UTC that is well over."""
    return (time.time_ns() // HOUR_NS - 3) * HOUR_NS


def journal(path: Path) -> SqliteJournal:
    """A journal whose housekeeping comes only when asked for."""
    return SqliteJournal(
        path, clock=SystemClock(), settings=Settings(), health=Health(), metrics=Metrics(), housekeeping_s=3600.0
    )


def fill(into: SqliteJournal, channels: int, *, jitter_ms: int = 0, commit_s: int = 5) -> float:
    """Commit the closed hour of `channels` channels, `commit_s` seconds of all at a time; the seconds it took."""
    t = times(closed_hour(), jitter_ms=jitter_ms)
    every = [values(number) for number in range(channels)]
    step = commit_s * RATE_HZ
    began = time.monotonic()
    for row in range(0, HOUR_READINGS, step):
        part = slice(row, row + step)
        received_at = int(t[part][-1])
        into.append(
            [
                ReadingBatch(EQUIPMENT, channel_named(number), t[part], v[part], received_at)
                for number, v in enumerate(every)
            ]
        )
    into.commit([])
    return time.monotonic() - began
