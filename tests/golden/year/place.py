"""The golden year in the product: a journal and a register on disk, the monitoring over them, and the API."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from starlette.testclient import TestClient

from api.main import create_app
from edge.clock import ManualClock
from edge.health import Health
from edge.ingest import Ingest
from edge.journal.sqlite import SqliteJournal
from edge.live import Live
from edge.main import JOURNAL, REGISTER
from edge.metrics import Metrics
from edge.monitoring.contract import Edition, Monitoring, Period
from edge.monitoring.office import monitoring_of
from edge.numbers.office import numbers_of
from edge.register.contract import Put
from edge.register.kinds import KINDS
from edge.register.sqlite import SqliteRegister
from edge.settings import Centre, Equipment, Journal, Settings
from edge.store.local import LocalStore
from telemetry.model import (
    Channel,
    EquipmentId,
    Instant,
    JobOutcome,
    JobPhase,
    JobSeen,
    Record,
    RunPhase,
    RunSeen,
    Source,
    State,
    StateSeen,
)
from tests.golden.world import Change
from tests.golden.year.files import Entries, Year

ENTERED, ENDED = "2026-01-10T10:00", "2027-01-20T10:00"
"""When everything is entered, though much of it lies ahead then, and when the year is over."""


def settings_of(year: Year) -> Settings:
    centre = Centre(id="golden", name="Кванториум", timezone=year.zone)
    equipment = tuple(
        Equipment(id=name, name=name, driver="labedge", **words) for name, words in year.told["equipment"].items()
    )
    return Settings(centre=centre, equipment=equipment)


def puts(entries: Entries) -> list[Put]:
    return [
        Put(name, KINDS[kind].model_validate(fields))
        for kind, listed in entries.items()
        for name, fields in listed.items()
    ]


def states(changes: Sequence[Change]) -> list[Record]:
    return [
        StateSeen(
            EquipmentId(one.equipment), one.at, one.at, State[one.state.upper()], Source.DEVICE, one.valid_ns
        )
        for one in changes
    ]  # fmt: skip


def works(year: Year) -> list[Record]:
    found: list[Record] = []
    for one in year.told["jobs"]:
        name, start, end = EquipmentId(one["equipment"]), year.at(one["start"]), year.at(one["end"])
        found += [
            JobSeen(name, start, start, one["job"], JobPhase.STARTED),
            JobSeen(name, end, end, one["job"], JobPhase.ENDED, outcome=JobOutcome[one["outcome"].upper()]),
        ]
    for one in year.told["runs"]:
        name, start, end = EquipmentId(one["equipment"]), year.at(one["start"]), year.at(one["end"])
        found += [
            RunSeen(name, start, start, one["run"], RunPhase.STARTED, (Channel("ph"),)),
            RunSeen(name, end, end, one["run"], RunPhase.STOPPED),
        ]
    return found


@dataclass
class Place:
    """A centre that lived through the golden year."""

    year: Year
    folder: Path
    clock: ManualClock
    journal: SqliteJournal
    store: LocalStore
    register: SqliteRegister
    monitoring: Monitoring
    client: TestClient

    def live(self, *, shuffled: int | None = None) -> None:
        """Everything is entered and told, in the file's order, or in another one and in other commits."""
        entered, told = puts(self.year.register), [*states(self.year.changes), *works(self.year)]
        size = len(told)
        if shuffled is not None:
            rng = random.Random(shuffled)
            rng.shuffle(entered)
            rng.shuffle(told)
            size = rng.randint(1, 5)
        for begin in range(0, len(told), size):
            self.journal.commit(tuple(told[begin : begin + size]))
        self.register.apply(entered, author="Иванова", reason="год", at=self.year.at(ENTERED))

    def be_late(self) -> None:
        late = self.year.told["late"]
        self.clock.advance(self.year.at(late["at"]) - self.clock.now())
        self.register.apply(
            puts(self.year.late_register), author=late["author"], reason=late["reason"], at=self.clock.now()
        )
        self.journal.commit(tuple(states(self.year.late_changes)))

    def close(self, quarter: int = 4) -> Edition:
        return self.monitoring.close_period(
            Period(2026, quarter), author="Иванова", reason="срок", at=self.clock.now()
        )  # fmt: skip


@contextmanager
def place(folder: Path, year: Year, *, now: Instant | None = None) -> Iterator[Place]:
    """A centre in a folder, with what is in there already."""
    settings, clock, health, metrics = settings_of(year), ManualClock(now or year.at(ENDED)), Health(), Metrics()
    live = Live(metrics)
    journal = SqliteJournal(folder / JOURNAL, clock=clock, settings=Journal(), health=health, metrics=metrics)
    store, register = LocalStore(folder / JOURNAL), SqliteRegister(folder / REGISTER)
    monitoring = monitoring_of(store, register, lambda: settings.equipment, centre=settings.centre, clock=clock)
    app = create_app(
        settings=settings,
        store=store,
        live=live,
        ingest=Ingest(journal, clock, live=live, metrics=metrics),
        health=health,
        metrics=metrics,
        clock=clock,
        numbers=numbers_of(store, register, lambda: settings.equipment, centre=settings.centre, clock=clock),
        monitoring=monitoring,
    )
    client = TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False)
    try:
        yield Place(year, folder, clock, journal, store, register, monitoring, client)
    finally:
        journal.close()
        register.close()
        store.close()
