"""A journal with its store, on disk or in memory, for the tests that both have to pass."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from hypothesis import strategies as st

from edge.clock import ManualClock, SystemClock
from edge.health import Health, Part
from edge.journal.contract import Committed, Journal
from edge.journal.memory import MemoryJournal
from edge.journal.sqlite import SqliteJournal
from edge.metrics import Metrics
from edge.settings import Journal as Settings
from edge.store.contract import Store
from edge.store.local import LocalStore
from edge.store.memory import MemoryStore
from telemetry.model import (
    Channel,
    ClockJumped,
    EquipmentId,
    EquipmentSeen,
    Instant,
    JobOutcome,
    JobPhase,
    JobSeen,
    LinkChanged,
    Reading,
    ReadingBatch,
    Record,
    Rejected,
    RunPhase,
    RunSeen,
    Source,
    State,
    StateSeen,
)

DEADLINE_S = 20.0
"""Longer than any wait in these tests can take on a busy machine."""

S = 1_000_000_000
HOUR = 3600 * S
T = 497_222 * HOUR
"""The full hour 2026-09-21T14:00Z."""

MILL = EquipmentId("mill-1")
LAB = EquipmentId("lab-1")
TEMPERATURE = Channel("temperature")


@dataclass(slots=True)
class Lab:
    """One journal and what was seen of it."""

    journal: Journal
    store: Store
    clock: ManualClock
    committed: list[Committed]
    health: Health = field(default_factory=Health)
    metrics: Metrics = field(default_factory=Metrics)

    def until(self, holds: Callable[[], bool]) -> None:
        """Wait for what another thread does."""
        deadline = time.monotonic() + DEADLINE_S
        while not holds():
            assert time.monotonic() < deadline, self.health.parts()

    def part(self, name: str = "journal") -> Part:
        """One part of the health."""
        return next(part for part in self.health.parts() if part.name == name)


@contextmanager
def memory_lab(_folder: Path) -> Iterator[Lab]:
    """In memory."""
    committed: list[Committed] = []
    clock = ManualClock(T)
    journal = MemoryJournal(clock=clock, on_commit=committed.append)
    yield Lab(journal, MemoryStore(journal), clock, committed)


@contextmanager
def sqlite_lab(folder: Path, **settings: float) -> Iterator[Lab]:
    """On disk."""
    committed: list[Committed] = []
    clock, health, metrics = ManualClock(T), Health(), Metrics()
    journal = open_journal(folder, clock=clock, health=health, metrics=metrics, on_commit=committed.append, **settings)
    store = LocalStore(folder / "journal.sqlite")
    try:
        yield Lab(journal, store, clock, committed, health, metrics)
    finally:
        store.close()
        journal.close()


def open_journal(
    folder: Path,
    *,
    clock: ManualClock | SystemClock,
    health: Health | None = None,
    metrics: Metrics | None = None,
    on_commit: Callable[[Committed], None] = lambda _committed: None,
    housekeeping_s: float = 3600.0,
    room_s: float = 3600.0,
    **settings: float,
) -> SqliteJournal:
    """A journal in `folder`, with settings of `[journal]`; its own housekeeping sleeps."""
    return SqliteJournal(
        folder / "journal.sqlite",
        clock=clock,
        settings=Settings.model_validate(settings),
        health=health or Health(),
        metrics=metrics or Metrics(),
        on_commit=on_commit,
        housekeeping_s=housekeeping_s,
        room_s=room_s,
    )


LABS: dict[str, Callable[[Path], AbstractContextManager[Lab]]] = {"memory": memory_lab, "sqlite": sqlite_lab}


def reading(at: Instant, value: float = 1.0, *, channel: str = TEMPERATURE, unit: str = "", run: str = "") -> Reading:
    """One reading of the lab."""
    return Reading(LAB, Channel(channel), at, T, value, unit, run)


def batch(
    times: Sequence[Instant], values: Sequence[float], *, channel: str = TEMPERATURE, unit: str = "", run: str = ""
) -> ReadingBatch:
    """A batch of the lab."""
    return ReadingBatch(LAB, Channel(channel), np.array(times, np.int64), np.array(values, np.float64), T, unit, run)


def state(at: Instant, word: State, source: Source = Source.DEVICE, *, equipment: EquipmentId = MILL) -> StateSeen:
    """A state of the mill."""
    return StateSeen(equipment, at, T, word, source)


def job(at: Instant, phase: JobPhase, *, name: str = "gear", **words: object) -> JobSeen:
    """A word about a job of the mill."""
    return JobSeen(MILL, at, T, name, phase, **words)  # type: ignore[arg-type]  # the fields are JobSeen's own


def run(
    at: Instant,
    phase: RunPhase = RunPhase.STARTED,
    *,
    name: str = "run-1",
    equipment: EquipmentId = LAB,
    **words: object,
) -> RunSeen:
    """A word about a run of the lab."""
    return RunSeen(equipment, at, T, name, phase, **words)  # type: ignore[arg-type]  # the fields are RunSeen's own


ONE_OF_EACH: tuple[Record, ...] = (
    StateSeen(MILL, T, T, State.PAUSED, Source.DEVICE, 5 * S, "Hold:0", "door «open»"),
    reading(T, 21.5, unit="°C", run="run-1"),
    batch([T + S, T + 2 * S, T + 7 * S], [1.5, -2.25, 0.1], channel="u", unit="V", run="run-2"),
    JobSeen(MILL, T, T, "j1", JobPhase.ENDED, "часы.gcode", 0.5, JobOutcome.FAILED, "thermal runaway"),
    LinkChanged(MILL, T, T, up=False, reason="unplugged"),
    Rejected(MILL, T, T, "not UTF-8", b"\xff\x00 raw", 4000, "/dev/ttyUSB0"),
    EquipmentSeen(MILL, T, T, "workshop", "labedge"),
    ClockJumped(T, T, -3 * S),
    RunSeen(LAB, T, T, "run-1", RunPhase.STARTED, (TEMPERATURE,), "Остывание «чая»", "№ 7", "ph-9", 2 * S),
)


def contents(store: Store) -> tuple[object, ...]:
    """All that a store holds, whatever order and batches it came in."""
    everything = (-(2**62), 2**62)
    readings = {
        (one.equipment, one.channel): (found.t.tolist(), found.v.tolist())
        for one in store.channels()
        for found in [store.readings(one.equipment, one.channel, *everything)]
    }
    changes = store.changes((MILL, LAB), *everything)
    columns = (changes.equipment, changes.at, changes.state, changes.source, changes.valid_ns)
    runs = store.runs((MILL, LAB), *everything)
    return readings, [column.tolist() for column in columns], store.jobs((MILL, LAB), *everything), runs


_times = st.integers(-5, 40).map(lambda tenth: T + tenth * HOUR // 10)


def _value(at: Instant) -> float:
    return (at // S % 997) / 8


def records() -> st.SearchStrategy[Record]:
    """Records that often meet: few times, few channels; the value of a time is always the same."""
    one = st.builds(lambda at, name: reading(at, _value(at), channel=name), _times, st.sampled_from("uv"))
    many = st.builds(
        lambda times, name, run: batch(times, [_value(at) for at in times], channel=name, run=run),
        st.lists(_times, min_size=1, max_size=8),
        st.sampled_from("wx"),
        st.sampled_from(["run-1", "run-2"]),
    )
    states = st.builds(state, _times, st.sampled_from(State), st.sampled_from([Source.DEVICE, Source.LINK]))
    phases = st.builds(
        lambda at, phase, name: job(at, phase, name=name), _times, st.sampled_from(JobPhase), st.sampled_from("ab")
    )
    words = st.builds(
        lambda at, phase, name, equipment: run(at, phase, name=name, equipment=equipment, period_ns=200 * S),
        _times,
        st.sampled_from(RunPhase),
        st.sampled_from(["run-1", "run-3"]),
        st.sampled_from([LAB, MILL]),
    )
    return st.one_of(one, many, states, phases, words)
