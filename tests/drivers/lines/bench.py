"""A driver on a bench: told lines and when they came, woken when it asks; keeps all that came of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from drivers.contract import Setting, Step
from drivers.lines.driver import LinesDriver
from drivers.lines.settings import LinesSettings
from telemetry.model import (
    NS_PER_S,
    EquipmentId,
    Instant,
    Reading,
    ReadingBatch,
    Record,
    Rejected,
    StateSeen,
)
from tests.transcripts import read

BOARD = EquipmentId("board-1")
START: Instant = 1_760_000_000 * NS_PER_S


def at(seconds: float) -> Instant:
    return START + round(seconds * NS_PER_S)


def flat(records: list[Record]) -> list[Reading]:
    """Every reading, batches taken apart."""
    readings: list[Reading] = []
    for record in records:
        if isinstance(record, Reading):
            readings.append(record)
        elif isinstance(record, ReadingBatch):
            rows = zip(record.t.tolist(), record.v.tolist(), strict=True)
            readings += [Reading(record.equipment, record.channel, t, t, v, record.unit) for t, v in rows]
    return readings


@dataclass
class Bench:
    """`seconds` count from the opening of the link."""

    settings: LinesSettings = field(default_factory=LinesSettings)
    records: list[Record] = field(default_factory=list)
    wake_at: Instant | None = None

    def __post_init__(self) -> None:
        self.driver = LinesDriver(Setting(BOARD), self.settings)

    def take(self, step: Step) -> None:
        assert step.send == ()
        for record in step.records:
            assert not isinstance(record, ReadingBatch) or bool(np.all(np.diff(record.t) > 0))
        self.records += step.records
        self.wake_at = step.wake_at

    def opened(self, seconds: float = 0) -> Bench:
        self.until(seconds)
        self.take(self.driver.opened(at(seconds)))
        return self

    def until(self, seconds: float) -> Bench:
        while self.wake_at is not None and self.wake_at < at(seconds):
            self.take(self.driver.woken(self.wake_at))
        return self

    def said(self, text: str | bytes, seconds: float) -> Bench:
        self.until(seconds)
        self.take(self.driver.received(text.encode() if isinstance(text, str) else text, at(seconds)))
        return self

    def values(self) -> dict[str, list[float]]:
        values: dict[str, list[float]] = {}
        for reading in flat(self.records):
            values.setdefault(reading.channel, []).append(reading.value)
        return values

    def times(self, channel: str) -> list[float]:
        """Seconds of every reading, to the microsecond."""
        return [round((r.at - START) / NS_PER_S, 6) for r in flat(self.records) if r.channel == channel]

    def units(self) -> dict[str, str]:
        return {reading.channel: reading.unit for reading in flat(self.records)}

    def rejects(self) -> list[Rejected]:
        return [record for record in self.records if isinstance(record, Rejected)]

    def reasons(self) -> list[str]:
        return [reject.reason for reject in self.rejects()]

    def words(self) -> list[str]:
        """Every change as `12.3 busy streaming`."""
        changes = [record for record in self.records if isinstance(record, StateSeen)]
        return [f"{(change.at - START) / NS_PER_S:.1f} {change.state.word} {change.word}" for change in changes]


def bench(**options: Any) -> Bench:
    """A bench whose link has just opened at the begin of a line."""
    return Bench(LinesSettings.model_validate(options)).opened().said("\n", 0)


def replayed(name: str, **options: Any) -> Bench:
    """A recording's device, at its times."""
    it = Bench(LinesSettings.model_validate(options)).opened()
    for line in read(name):
        if line.from_device:
            assert isinstance(line.unit, bytes)
            it.said(line.unit, line.at_ns / NS_PER_S)
    return it
