"""The readings of one group, brought together per channel: sorted, each time once, the first word of a time kept.

Nothing here knows what the journal already has.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from edge.journal.chunks import CHUNK_READINGS, HOUR_NS
from edge.journal.words import GREATEST, LEAST
from telemetry.columns import Float64s, Int64s
from telemetry.model import Channel, EquipmentId, Instant, Reading, ReadingBatch

_EARLIEST, _LATEST = LEAST + HOUR_NS, GREATEST - HOUR_NS
"""Times whose hour has a beginning and an end in 64 bits."""


@dataclass(slots=True)
class Series:
    """What one group says of one channel in one run."""

    equipment: EquipmentId
    channel: Channel
    run: str
    unit: str = ""
    received_at: Instant = 0
    _parts: list[tuple[Int64s, Float64s]] = field(default_factory=list)
    _t: list[Instant] = field(default_factory=list)
    _v: list[float] = field(default_factory=list)

    def add_one(self, reading: Reading) -> None:
        """Take one reading."""
        self._t.append(reading.at)
        self._v.append(reading.value)
        self._heard(reading)

    def add_batch(self, batch: ReadingBatch) -> None:
        """Take a batch."""
        self._flush()
        self._parts.append((batch.t, batch.v))
        self._heard(batch)

    def one(self) -> tuple[Instant, float] | None:
        """The only reading, where there is no other."""
        return (int(self._t[0]), float(self._v[0])) if len(self._t) == 1 and not self._parts else None

    def pieces(self) -> Iterator[tuple[Int64s, Float64s]]:
        """Strictly rising runs, each within one hour and one chunk's size, by time."""
        t, v = self._merged()
        if t[0] // HOUR_NS == t[-1] // HOUR_NS and len(t) <= CHUNK_READINGS:
            yield t, v
            return
        for begin, end in _cuts(t):
            yield t[begin:end], v[begin:end]

    def times(self) -> Int64s:
        """The times of all its readings, also of those that were said before, in any order."""
        self._flush()
        return np.concatenate([part[0] for part in self._parts])

    def record(self, t: Int64s, v: Float64s) -> Reading | ReadingBatch:
        """What is new of it, as a record: one reading or a batch."""
        names = (self.equipment, self.channel)
        if len(t) == 1:
            return Reading(*names, int(t[0]), self.received_at, float(v[0]), self.unit, self.run)
        return ReadingBatch(*names, t, v, self.received_at, self.unit, self.run)

    def _heard(self, words: Reading | ReadingBatch) -> None:
        self.unit = words.unit or self.unit
        self.received_at = max(self.received_at, words.received_at)

    def _flush(self) -> None:
        if self._t:
            self._parts.append((np.array(self._t, np.int64), np.array(self._v, np.float64)))
            self._t, self._v = [], []

    def _merged(self) -> tuple[Int64s, Float64s]:
        self._flush()
        t, v = self._parts[0]
        if len(self._parts) > 1:
            t = np.concatenate([part[0] for part in self._parts])
            v = np.concatenate([part[1] for part in self._parts])
        return rising(t, v)


def gather(series: dict[tuple[str, str, str], Series], item: Reading | ReadingBatch) -> None:
    """Add a record to the series of its channel and run, made where there is none."""
    key = (item.equipment, item.channel, item.run)
    one = series.get(key)
    if one is None:
        one = series[key] = Series(item.equipment, item.channel, item.run)
    if isinstance(item, Reading):
        one.add_one(item)
    else:
        one.add_batch(item)


def rising(t: Int64s, v: Float64s) -> tuple[Int64s, Float64s]:
    """By time, each time once with the value that came first."""
    if (t[1:] > t[:-1]).all():
        return t, v
    order = np.argsort(t, kind="stable")
    t, v = t[order], v[order]
    new = np.concatenate(([True], t[1:] != t[:-1]))
    return t[new], v[new]


def check_reading(reading: Reading) -> None:
    """Raise `ValueError` where a reading could not be kept."""
    finite = reading.value - reading.value == 0
    if not (finite and _EARLIEST <= reading.at <= _LATEST and LEAST <= reading.received_at <= GREATEST):
        message = f"{reading} is not finite or has a time beyond 64 bits"
        raise ValueError(message)


def check_batch(batch: ReadingBatch) -> None:
    """Raise `ValueError` where a batch could not be kept."""
    t, v = batch.t, batch.v
    named = f"the batch of {batch.equipment}/{batch.channel}"
    if t.dtype != np.int64 or v.dtype != np.float64 or t.ndim != 1 or t.shape != v.shape or not len(t):
        message = f"{named} is not int64[n] and float64[n] with n of at least 1"
        raise ValueError(message)
    if not np.isfinite(v).all():
        message = f"{named} has values that are not finite"
        raise ValueError(message)
    if t.min() < _EARLIEST or t.max() > _LATEST or not LEAST <= batch.received_at <= GREATEST:
        message = f"{named} has times beyond 64 bits"
        raise ValueError(message)


def _cuts(t: Int64s) -> Iterator[tuple[int, int]]:
    hours = t // HOUR_NS
    edges = [0, *(np.flatnonzero(hours[1:] != hours[:-1]) + 1).tolist(), len(t)]
    for begin, end in pairwise(edges):
        for at in range(begin, end, CHUNK_READINGS):
            yield at, min(at + CHUNK_READINGS, end)
