"""A driver on a bench: told what the device says and when, woken when it asks; keeps all that came of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from drivers.contract import Setting, Step
from drivers.grbl import SPEC
from drivers.grbl.driver import GrblDriver
from drivers.grbl.settings import GrblSettings
from telemetry.model import (
    NS_PER_S,
    EquipmentId,
    Instant,
    JobOutcome,
    JobSeen,
    Reading,
    Record,
    Rejected,
    State,
    StateSeen,
)
from tests.transcripts import read

MILL = EquipmentId("mill-1")
START: Instant = 1_760_000_000 * NS_PER_S


def at(seconds: float) -> Instant:
    return START + round(seconds * NS_PER_S)


@dataclass
class Bench:
    """`seconds` count from the opening of the link."""

    settings: GrblSettings = field(default_factory=GrblSettings)
    records: list[Record] = field(default_factory=list)
    asked: list[float] = field(default_factory=list)
    wake_at: Instant | None = None

    def __post_init__(self) -> None:
        self.driver = GrblDriver(Setting(MILL), self.settings)

    def take(self, step: Step, now: Instant) -> None:
        assert all(SPEC.allowed(unit) for unit in step.send)
        self.records += step.records
        self.asked += [(now - START) / NS_PER_S for _ in step.send]
        self.wake_at = step.wake_at

    def opened(self, seconds: float = 0) -> Bench:
        self.take(self.driver.opened(at(seconds)), at(seconds))
        return self

    def until(self, seconds: float) -> Bench:
        while self.wake_at is not None and self.wake_at < at(seconds):
            now = self.wake_at
            self.take(self.driver.woken(now), now)
        return self

    def said(self, text: str | bytes, seconds: float) -> Bench:
        self.until(seconds)
        raw = text.encode() if isinstance(text, str) else text
        self.take(self.driver.received(raw, at(seconds)), at(seconds))
        return self

    def states(self) -> list[State]:
        return [record.state for record in self.records if isinstance(record, StateSeen)]

    def last(self) -> StateSeen:
        return [record for record in self.records if isinstance(record, StateSeen)][-1]

    def words(self) -> list[str]:
        """Every change as `12.3 paused Hold:0 reason`, the instant rounded to 0.1 s."""
        changes = [record for record in self.records if isinstance(record, StateSeen)]
        return [
            " ".join(filter(None, (f"{(c.at - START) / NS_PER_S:.1f}", c.state.word, c.word, c.reason)))
            for c in changes
        ]

    def jobs(self) -> list[str]:
        """Every phase as `12.3 ended failed reason`."""
        return [
            " ".join(filter(None, (f"{(j.at - START) / NS_PER_S:.1f}", j.phase.word, outcome(j), j.reason)))
            for j in self.records
            if isinstance(j, JobSeen)
        ]

    def readings(self) -> dict[str, list[float]]:
        values: dict[str, list[float]] = {}
        for record in self.records:
            if isinstance(record, Reading):
                values.setdefault(record.channel, []).append(record.value)
        return values

    def rejects(self) -> list[Rejected]:
        return [record for record in self.records if isinstance(record, Rejected)]


def outcome(job: JobSeen) -> str:
    return "" if job.outcome is JobOutcome.NONE else job.outcome.word


def replayed(name: str, settings: GrblSettings | None = None) -> Bench:
    """A recording's device, at its times, on a driver that wakes as it asks."""
    bench = Bench(settings or GrblSettings()).opened()
    for line in read(name):
        if line.from_device:
            assert isinstance(line.unit, bytes)
            bench.said(line.unit, line.at_ns / NS_PER_S)
    return bench
