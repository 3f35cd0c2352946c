"""A year of a lab's journal, written through the journal itself and compacted, as housekeeping leaves it.

The same every time but for the day that it ends on.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from bench import lab
from edge.journal.chunks import HOUR_NS
from telemetry.model import NS_PER_S, Channel, EquipmentId, Instant, ReadingBatch, Record, Source, State, StateSeen

DAYS = 365
EQUIPMENT = 40
CHANNELS = 25
"""One reading a minute, day and night: 13 million readings."""

CHANGES_A_DAY = 30
_MINUTE_NS = 60 * NS_PER_S
_STATES = (State.IDLE, State.BUSY, State.SETUP, State.PAUSED, State.OFFLINE, State.FAULT)


def write(path: Path) -> float:
    """Write the year into a new journal; the seconds it took."""
    began = time.monotonic()
    end = lab.closed_hour()
    rng = random.Random(1)
    journal = lab.journal(path)
    try:
        for day in range(DAYS):
            begin = end - (DAYS - day) * 24 * HOUR_NS
            journal.append([*_changes(begin, rng), *_readings(begin)])
        journal.commit([])
        journal.housekeep_now()
    finally:
        journal.close()
    return time.monotonic() - began


def _changes(begin: Instant, rng: random.Random) -> Iterator[Record]:
    for number in range(EQUIPMENT):
        for _ in range(CHANGES_A_DAY):
            at = begin + rng.randrange(24 * HOUR_NS)
            yield StateSeen(EquipmentId(f"machine-{number}"), at, at, rng.choice(_STATES), Source.DEVICE)


def _readings(begin: Instant) -> Iterator[Record]:
    t = begin + np.arange(24 * 60, dtype=np.int64) * _MINUTE_NS
    v = np.round(20 + 5 * np.sin(np.arange(len(t)) / 230), 1)
    for number in range(CHANNELS):
        yield ReadingBatch(EquipmentId(f"machine-{number}"), Channel("temperature"), t, v, int(t[-1]), "°C")
