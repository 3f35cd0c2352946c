"""The demo lab's past: the records of each equipment and day, the same for the same seed.

Written through the journal like any record; nothing here reads a clock.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, time
from random import Random
from typing import TypeAlias
from zoneinfo import ZoneInfo

import numpy as np

from edge.demo import calendar
from edge.demo.calendar import Held
from edge.settings import Equipment, Kind
from telemetry.model import (
    NS_PER_S,
    Channel,
    EquipmentId,
    Instant,
    JobOutcome,
    JobPhase,
    JobSeen,
    ReadingBatch,
    Record,
    RunPhase,
    RunSeen,
    Source,
    State,
    StateSeen,
)

MIN = 60 * NS_PER_S
DAY = 24 * 60 * MIN
"""Days begin a day early: a night print that began then still runs."""

BROKEN_CHANCE = 0.012
"""Of an equipment and open day: about one breakdown a quarter for each equipment."""

MAKES_JOBS = frozenset({Kind.PRINTER_3D, Kind.CNC_MILL, Kind.LASER_ENGRAVER})
SAMPLES = frozenset({Kind.DIGITAL_LAB, Kind.LAB_COMPUTER})
NAMES = ("gear_case_v2", "robot_hand", "брелок_40", "bracket", "шестерня", "drone_frame", "phone_stand", "вал")

Measured: TypeAlias = tuple[tuple[str, str, float, float], ...]
"""Channel, unit, level and spread of each thing that is measured while it works."""

BY_KIND: dict[Kind, Measured] = {
    Kind.PRINTER_3D: (("tool0_temperature", "°C", 205.0, 0.8), ("bed_temperature", "°C", 60.0, 0.3)),
    Kind.METERING_PLUG: (("power", "W", 780.0, 25.0),),
}
BY_SIGNAL: dict[str, Measured] = {
    "ph": (("ph", "", 7.2, 2.8), ("drops", "pcs", 240.0, 120.0)),
    "pendulum": (("angle", "°", 0.0, 14.0),),
    "temperature": (("water_temperature", "°C", 52.0, 18.0), ("air_temperature", "°C", 22.5, 0.3)),
    "diode": (("voltage", "V", 1.5, 0.9), ("current", "mA", 9.0, 6.0)),
    "ecg": (("heart_rate", "bpm", 72.0, 3.0),),
    "robot": (("joint_1", "°", 0.0, 60.0), ("joint_2", "°", 35.0, 20.0), ("joint_3", "°", 60.0, 25.0)),
}
"""The same by the signal that the live simulator gives."""

RUNS: dict[str, tuple[str, str]] = {
    "diode": ("Вольт-амперная характеристика диода", "№ 4"),
    "ecg": ("Электрокардиограмма в покое и после нагрузки", "№ 11"),
}
"""Title and lab work of the experiments of a lab computer, by its signal."""

PERIOD_NS = {Kind.PRINTER_3D: 10 * NS_PER_S, Kind.METERING_PLUG: 60 * NS_PER_S, Kind.ROBOT_ARM: 10 * NS_PER_S}
"""Between two readings; 1 s where nothing is named."""


def measured(equipment: Equipment) -> Measured:
    """What this equipment measures while it works: the channels that its live simulator has too."""
    return BY_SIGNAL.get(signal_of(equipment)) or BY_KIND.get(equipment.kind, ())


def signal_of(equipment: Equipment) -> str:
    """What its simulator measures, empty where it has no choice."""
    simulated = equipment.options.get("simulated")
    return str(simulated.get("signal", "")) if isinstance(simulated, dict) else ""


@dataclass(frozen=True, slots=True)
class Past:
    """What a past is made of: the equipment, the zone and the seed.

    Of the time before `dense_from` only the readings of experiments are left, as after a clearing of the disk: states,
    jobs and runs are whole.
    """

    equipment: tuple[Equipment, ...]
    zone: ZoneInfo
    seed: int
    dense_from: Instant = 0

    def days(self, start: Instant, end: Instant) -> Iterator[list[Record]]:
        """The records of [start, end), a list for each day, in time order within an equipment."""
        rooms = tuple(sorted({e.room for e in self.equipment}))
        for day in calendar.days(start - DAY, end, self.zone):
            held = calendar.held_on(day, rooms, seed=self.seed, zone=self.zone)
            records: list[Record] = []
            for equipment in self.equipment:
                records += _Day(equipment, day, self).records(held)
            yield [kept for record in records if (kept := _clipped(record, start, end))]


class _Day:
    """One equipment on one day."""

    def __init__(self, equipment: Equipment, day: date, past: Past) -> None:
        self._equipment = equipment
        self._id = EquipmentId(equipment.id)
        self._day = day
        self._past = past
        self._rng = Random(f"{past.seed}:{equipment.id}:{day}")
        self._source = Source.POWER_INFERRED if equipment.kind is Kind.METERING_PLUG else Source.DEVICE
        self._records: list[Record] = []

    def records(self, held: Sequence[Held]) -> list[Record]:
        if not calendar.is_open(self._day):
            return []
        opens, closes = self._at(time(8, 10)), self._at(time(18, 30))
        self._state(opens, State.IDLE)
        mine = [h for h in held if h.room == self._equipment.room]
        if self._rng.random() < BROKEN_CHANCE:
            self._breakdown(opens)
        else:
            for lesson in mine:
                self._lesson(lesson)
        if self._equipment.kind is Kind.PRINTER_3D and self._rng.random() < 0.35:
            self._night_print(closes)
        else:
            self._state(closes + self._rng.randrange(10 * MIN), State.OFFLINE, source=Source.LINK)
        return self._records

    def _lesson(self, lesson: Held) -> None:
        chance = 0.85 if lesson.is_club else 0.7
        if self._rng.random() > chance:
            return
        at = lesson.start + self._rng.randrange(3 * MIN, 9 * MIN)
        if self._equipment.kind in MAKES_JOBS:
            self._job(at, lesson.end - self._rng.randrange(8 * MIN))
        elif self._equipment.kind in SAMPLES:
            for _ in range(self._rng.randint(1, 3)):
                until = min(at + self._rng.randrange(4 * MIN, 12 * MIN), lesson.end)
                self._experiment(at, until)
                at = until + self._rng.randrange(MIN, 4 * MIN)
                if at > lesson.end - 4 * MIN:
                    break
        else:
            self._work(at, lesson.end - self._rng.randrange(6 * MIN))

    def _experiment(self, start: Instant, end: Instant) -> None:
        """Lab computers say that it is one."""
        signal = signal_of(self._equipment)
        if self._equipment.kind is not Kind.LAB_COMPUTER or signal not in RUNS or end <= start:
            self._work(start, end)
            return
        run, (title, lab_work) = f"{signal}-{start // NS_PER_S}", RUNS[signal]
        for at, phase in ((start, RunPhase.STARTED), (end, RunPhase.STOPPED)):
            said = RunSeen(self._id, at, at, run, phase, title=title, lab_work=lab_work, period_ns=NS_PER_S)
            self._records.append(said)
        self._work(start, end, run)

    def _job(self, at: Instant, until: Instant) -> None:
        working = at + self._rng.randrange(MIN, 4 * MIN)
        name = f"{self._rng.choice(NAMES)}.{'gcode' if self._equipment.kind is Kind.PRINTER_3D else 'nc'}"
        job = f"{name}@{working}"
        self._state(at, State.SETUP)
        self._phase(working, job, JobPhase.STARTED, name)
        if self._rng.random() < 0.1:
            self._work(working, working + (until - working) // 2)
            self._state(working + (until - working) // 2, State.FAULT, reason="ALARM:1 hard limit")
            self._phase(working + (until - working) // 2, job, JobPhase.ENDED, name, JobOutcome.FAILED)
            self._state(until, State.IDLE)
            return
        if self._rng.random() < 0.15:
            held = working + (until - working) // 3
            self._work(working, held)
            self._state(held, State.PAUSED)
            working = held + 2 * MIN
        self._work(working, until)
        outcome = JobOutcome.CANCELLED if self._rng.random() < 0.06 else JobOutcome.COMPLETED
        self._phase(until, job, JobPhase.ENDED, name, outcome)

    def _night_print(self, at: Instant) -> None:
        start = at - self._rng.randrange(20 * MIN)
        end = start + self._rng.randrange(5 * 60 * MIN, 13 * 60 * MIN)
        self._job(start, end)
        self._state(end + 30 * MIN, State.OFFLINE, source=Source.LINK)

    def _breakdown(self, opens: Instant) -> None:
        at = opens + self._rng.randrange(120 * MIN)
        repaired = at + self._rng.randrange(90 * MIN, 300 * MIN)
        self._state(at, State.FAULT, reason="thermal runaway" if self._equipment.kind is Kind.PRINTER_3D else "ALARM:2")
        self._state(repaired, State.MAINTENANCE, source=Source.MANUAL)
        self._state(repaired + 45 * MIN, State.IDLE)

    def _work(self, start: Instant, end: Instant, run: str = "") -> None:
        self._state(start, State.BUSY)
        self._state(end, State.IDLE)
        if end <= start:
            return
        seed = self._rng.getrandbits(32)  # drawn for readings that are left out too: all that follows stays the same
        if start < self._past.dense_from and not run:
            return
        t = np.arange(start, end, PERIOD_NS.get(self._equipment.kind, NS_PER_S), dtype=np.int64)
        noise = np.random.default_rng(seed)
        for channel, unit, level, spread in measured(self._equipment):
            slow = np.sin(np.arange(len(t)) / 97.0) * spread
            v = np.round(level + slow + noise.normal(0.0, min(spread, 5.0) / 5, len(t)), 2)
            self._records.append(ReadingBatch(self._id, Channel(channel), t, v, int(t[-1]), unit, run))

    def _state(self, at: Instant, state: State, *, source: Source | None = None, reason: str = "") -> None:
        said = self._source if source is None else source
        self._records.append(StateSeen(self._id, at, at, state, said, reason=reason))

    def _phase(self, at: Instant, job: str, phase: JobPhase, name: str, outcome: JobOutcome = JobOutcome.NONE) -> None:
        progress = 1.0 if outcome is JobOutcome.COMPLETED else None
        self._records.append(JobSeen(self._id, at, at, job, phase, name, progress, outcome))

    def _at(self, at: time) -> Instant:
        jitter = self._rng.randrange(20 * MIN)
        return calendar.instant(self._day, at, self._past.zone) + jitter


def _clipped(record: Record, start: Instant, end: Instant) -> Record | None:
    if isinstance(record, ReadingBatch):
        inside = (record.t >= start) & (record.t < end)
        if inside.all():
            return record
        t, v = record.t[inside], record.v[inside]
        return replace(record, t=t, v=v, received_at=int(t[-1])) if len(t) else None
    return record if start <= record.at < end else None
