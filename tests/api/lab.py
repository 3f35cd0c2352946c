"""A lab behind its API, in memory, for the tests of this folder."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from starlette.testclient import TestClient, WebSocketTestSession

from api.main import create_app
from edge.clock import ManualClock
from edge.health import Health
from edge.ingest import Ingest
from edge.journal.memory import MemoryJournal
from edge.live import Live
from edge.metrics import Metrics
from edge.monitoring.manual import judge_of
from edge.monitoring.office import monitoring_of
from edge.monitoring.sets import shipped
from edge.numbers.office import numbers_of
from edge.register.contract import Change
from edge.register.database import MEMORY
from edge.register.sqlite import SqliteRegister
from edge.settings import Centre, Equipment, Kind, Settings
from edge.store.memory import MemoryStore
from telemetry.model import NS_PER_S, Channel, EquipmentId, Instant, LinkChanged, Reading, Record, State, StateSeen

S = NS_PER_S
MINUTE = 60 * S
HOUR = 3600 * S
NOW: Instant = 497_222 * HOUR
"""2026-09-21T14:00:00Z, 17:00 in Moscow."""

MILL = EquipmentId("mill-1")
PRINTER = EquipmentId("printer-1")
NOZZLE = Channel("tool0_temperature")

EQUIPMENT = (
    Equipment(id=MILL, name="Фрезер 1", kind=Kind.CNC_MILL, track="hightech", room="workshop", driver="grbl"),
    Equipment(id=PRINTER, name="Принтер 1", kind=Kind.PRINTER_3D, room="printers", driver="marlin", validity_s=60),
)
CENTRE = Centre(id="lab", name="Кванториум «Опыт»", rooms={"workshop": "Мастерская"})


def settings(equipment: tuple[Equipment, ...] = EQUIPMENT, **words: Any) -> Settings:
    return Settings(centre=CENTRE, equipment=equipment, **words)


@dataclass
class Lab:
    settings: Settings = field(default_factory=settings)
    clock: ManualClock = field(default_factory=lambda: ManualClock(NOW))
    health: Health = field(default_factory=Health)
    metrics: Metrics = field(default_factory=Metrics)
    config: Path | None = None

    def __post_init__(self) -> None:
        self.live = Live(self.metrics)
        self.live.roster(self.settings.equipment)
        self.journal = MemoryJournal(clock=self.clock, on_commit=self.live.publish)
        self.store = MemoryStore(self.journal)
        self.register = SqliteRegister(MEMORY, judge=judge_of(shipped(), self.settings.centre.kind))
        self.numbers = numbers_of(
            self.store, self.register, lambda: self.settings.equipment, centre=self.settings.centre, clock=self.clock
        )
        self.monitoring = monitoring_of(
            self.store, self.register, lambda: self.settings.equipment, centre=self.settings.centre, clock=self.clock
        )
        self.app: FastAPI = create_app(
            settings=self.settings,
            store=self.store,
            live=self.live,
            ingest=Ingest(self.journal, self.clock, live=self.live, metrics=self.metrics),
            health=self.health,
            metrics=self.metrics,
            clock=self.clock,
            numbers=self.numbers,
            monitoring=self.monitoring,
            config=self.config,
        )
        self.client = TestClient(self.app, base_url="http://127.0.0.1", raise_server_exceptions=False)

    def keep(self, records: Iterable[Record]) -> None:
        self.journal.commit(tuple(records))

    def get(self, path: str, **params: Any) -> Any:
        """The JSON of an answer that has to be 200."""
        answer = self.client.get(path, params=params or None)
        assert answer.status_code == 200, answer.text
        return json.loads(answer.content)

    def enter(self, *changes: Change, author: str = "Иванова А. П.") -> None:
        self.register.apply(changes, author=author, reason="начало года", at=self.clock.now())

    def listen(self, query: str = "", **headers: str) -> WebSocketTestSession:
        return self.client.websocket_connect(f"ws://127.0.0.1/api/v1/live{query}", headers=headers)

    def page(self, path: str, **headers: str) -> str:
        answer = self.client.get(path, headers={"accept": "text/html", **headers})
        assert answer.status_code == 200, answer.text
        return answer.text


def state(at: Instant, now_in: State, equipment: EquipmentId = MILL, **words: Any) -> StateSeen:
    return StateSeen(equipment, at, at, now_in, **words)


def reading(at: Instant, value: float, equipment: EquipmentId = PRINTER, channel: Channel = NOZZLE) -> Reading:
    return Reading(equipment, channel, at, at, value, "°C")


def link(at: Instant, *, up: bool, equipment: EquipmentId = MILL, reason: str = "") -> LinkChanged:
    return LinkChanged(equipment, at, at, up, reason)


def visible(html: str) -> str:
    """The words that a person sees."""
    bare = re.sub(r"(?s)<(script|style|svg|template).*?</\1>", " ", html)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", bare)).strip()
