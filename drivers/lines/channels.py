"""Which channel, unit and scale each value of a line has, and the readings of many lines at once.

Bounded: a stream that invents names gets `MOST_CHANNELS` of them and no more.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import isfinite

import numpy as np

from drivers.lines.protocol import Cell
from drivers.lines.settings import Column, LinesSettings
from telemetry.model import Channel, EquipmentId, Instant, Reading, ReadingBatch, Record

MOST_CHANNELS = 128
"""A board with more sensors than that is a stream of noise with names."""

NAME_LIMIT = 64


@dataclass(frozen=True, slots=True)
class Sink:
    """Where a value goes; `channel` is empty for what is ignored, `unit` overrides the device's."""

    channel: Channel
    unit: str
    scale: float
    offset: float


class Channels:
    """The values of one device, from the device's names to channels."""

    def __init__(self, settings: LinesSettings) -> None:
        self._columns = {column.name: column for column in settings.columns}
        self._sinks: dict[str, Sink] = {}

    def take(self, cells: Iterable[Cell], into: Gathered) -> list[str]:
        """Put the values of a row into `into`; returns what cannot be one."""
        faults = []
        for name, number, unit in cells:
            sink = self._sinks.get(name) or self._sink(name)
            if sink is None:
                faults.append(f"{name[:40]!r} would be more than {MOST_CHANNELS} channels")
                continue
            value = number * sink.scale + sink.offset
            if not isfinite(value):
                faults.append(f"{name[:40]!r} is not finite after scaling")
            elif sink.channel and not into.add(sink.channel, sink.unit or unit, value):
                faults.append(f"{name[:40]!r} is a second value of channel {sink.channel}")
        return faults

    def _sink(self, name: str) -> Sink | None:
        if len(self._sinks) >= MOST_CHANNELS:
            return None
        column = self._columns.get(name) or Column.model_construct(name=name)
        channel = "" if column.ignore else column.channel or channel_name(name)
        self._sinks[name] = Sink(Channel(channel), column.unit, column.scale, column.offset)
        return self._sinks[name]


def channel_name(name: str) -> str:
    """A device's name as a channel: letters, digits and `_`, in lower case; `value` where nothing is left."""
    return re.sub(r"[\W_]+", "_", name.casefold()).strip("_")[:NAME_LIMIT] or "value"


class Gathered:
    """The rows of one chunk of bytes, by channel, until they become records.

    `heard` and `ticks` are the time of receipt and the device's own time of each row; `alive` is for whoever notes
    that the chunk has been taken for a sign of life.
    """

    def __init__(self) -> None:
        self.alive = False
        self.heard: list[Instant] = []
        self.ticks: list[float | None] = []
        self._values: dict[tuple[Channel, str], tuple[list[int], list[float]]] = {}

    def begin(self, heard: Instant, ticks: float | None) -> None:
        """The next row."""
        self.heard.append(heard)
        self.ticks.append(ticks)

    def add(self, channel: Channel, unit: str, value: float) -> bool:
        """One value of the row; false where it has one of this channel already."""
        rows, values = self._values.setdefault((channel, unit), ([], []))
        row = len(self.heard) - 1
        if rows and rows[-1] == row:
            return False
        rows.append(row)
        values.append(value)
        return True

    def records(self, equipment: EquipmentId, times: Sequence[Instant], at: Instant) -> list[Record]:
        """One `Reading`, or one `ReadingBatch` of several, for each channel; `times` are those of the rows."""
        return [
            _record(equipment, channel, unit, times=[times[row] for row in rows], values=values, at=at)
            for (channel, unit), (rows, values) in self._values.items()
        ]


def _record(
    equipment: EquipmentId, channel: Channel, unit: str, *, times: list[Instant], values: list[float], at: Instant
) -> Record:
    if len(values) == 1:
        return Reading(equipment, channel, times[0], max(at, times[0]), values[0], unit)
    t, v = np.array(times, np.int64), np.array(values, np.float64)
    return ReadingBatch(equipment, channel, t, v, max(at, times[-1]), unit)
