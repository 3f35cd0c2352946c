"""Joins the parts of the gateway: links and drivers into the journal, the journal into the store and the live picture.

Nothing is decided here but the order of starting and stopping.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from drivers.catalog import CATALOG
from drivers.contract import Spec
from edge.absence import FAR, ended_unseen, said_again, unknown_from
from edge.announcer import Announcer
from edge.broker import Broker
from edge.clock import Clock, SystemClock
from edge.errors import Full, GiveUp
from edge.exchange import Exchange
from edge.health import Health, Part
from edge.journal.sqlite import SqliteJournal
from edge.live import Live
from edge.metrics import Metrics
from edge.monitoring.manual import judge_of
from edge.monitoring.office import monitoring_of
from edge.monitoring.sets import shipped
from edge.numbers.office import numbers_of
from edge.pump import Surroundings
from edge.register.sqlite import SqliteRegister
from edge.settings import Equipment, Settings
from edge.store.local import LocalStore
from edge.supervisor import Supervisor
from telemetry.indicators.definition import IndicatorSet
from telemetry.model import NS_PER_S, EquipmentId, Instant, Record, Source, StateSeen

JOURNAL = "journal.sqlite"
"""The journal's file in the data folder."""

REGISTER = "register.sqlite"
"""What people entered, in the data folder."""

BROKER = "mosquitto"
"""The managed broker's folder in the data folder."""

COMMIT_S = 1.0
"""How long a start or stop waits for the disk: a full one must not keep the gateway from either."""


LATELY_NS = 30 * 24 * 3600 * NS_PER_S
"""A month: an equipment that has told no state for so long may have other firmware by now."""


class Gateway:
    """One gateway: `settings data_dir clock health metrics live journal store numbers monitoring exchange`."""

    def __init__(
        self,
        settings: Settings,
        data_dir: Path,
        *,
        clock: Clock | None = None,
        reload: Callable[[], Settings | None] = lambda: None,
        catalog: Mapping[str, Spec] = CATALOG,
        environ: Mapping[str, str] | None = None,
        sets: Sequence[IndicatorSet] | None = None,
    ) -> None:
        """Open the journal in `data_dir`, which is made; raises `GiveUp` or `Damaged` where that cannot be.

        `environ` holds the secrets that the settings point to; None takes the process's own. `sets` are those of the
        monitoring; None takes what comes with labedge.
        """
        self.settings = settings
        self.data_dir = data_dir
        self.clock = clock or SystemClock()
        self.health = Health()
        self.metrics = Metrics()
        self._catalog = catalog
        self._ask = reload
        self._once = threading.Lock()
        self._stopped = False

        self.live = Live(self.metrics)
        _make(data_dir)
        self.journal = SqliteJournal(
            data_dir / JOURNAL,
            clock=self.clock,
            settings=settings.journal,
            health=self.health,
            metrics=self.metrics,
            on_commit=self.live.publish,
        )
        self.store = LocalStore(data_dir / JOURNAL)
        known = shipped() if sets is None else tuple(sets)
        judge = judge_of(known, settings.centre.kind)
        self.register = SqliteRegister(data_dir / REGISTER, judge=judge)
        joined = self.store, self.register, self._roster
        self.numbers = numbers_of(*joined, centre=settings.centre, clock=self.clock)
        self.monitoring = monitoring_of(*joined, centre=settings.centre, clock=self.clock, sets=known)
        around = Surroundings(self.journal, self.clock, self.health, self.metrics)
        environ = os.environ if environ is None else environ
        self.broker = _broker(settings, data_dir, around, environ)
        self.exchange = self._exchange(environ)
        self.supervisor = Supervisor(catalog, around, self.exchange, reload=self._reload, after_jump=self._after_jump)

    def start(self) -> None:
        """Show what is on disk, call the time since the last run unknown, then serve every equipment."""
        served = self._served(self.settings)
        self.live.roster(served.equipment)
        self.live.restore(self.store, now=self.clock.now())
        if self.journal.previous_alive is not None:
            self._unwatched(self.journal.previous_alive, reason="the gateway was not running")
        if self.broker is not None:
            self.broker.start()
        self.supervisor.apply(served)
        self.supervisor.start()

    def stop(self) -> None:
        """Stop serving, call the time from now on unknown, keep what waits for the disk; idempotent."""
        with self._once:
            if self._stopped:
                return
            self._stopped = True
        self.supervisor.stop()
        if self.broker is not None:
            self.broker.stop()
        self._unwatched(self.clock.now(), reason="the gateway was stopped")
        self.journal.close()
        self.live.close()
        self.register.close()
        self.store.close()

    def alive(self) -> bool:
        """Whether it still looks after its equipment, for a watchdog."""
        return self.supervisor.alive()

    def _roster(self) -> tuple[Equipment, ...]:
        return self.settings.equipment

    def _exchange(self, environ: Mapping[str, str]) -> Exchange:
        follows = self.settings.mqtt.discovery
        return Exchange(
            self.settings,
            catalog=self._catalog,
            journal=self.journal,
            clock=self.clock,
            health=self.health,
            metrics=self.metrics,
            broker=self.broker,
            environ=environ,
            seen=self.store.discovered(),
            says_state=self._says_state,
            announcer=Announcer(self.settings, live=self.live, clock=self.clock) if follows else None,
        )

    def _unwatched(self, since: Instant, *, reason: str) -> None:
        try:
            self.journal.commit((), timeout_s=COMMIT_S)  # so that the store has what still waited
            records: list[Record] = []
            for lost in (unknown_from, ended_unseen):
                records += lost(
                    since,
                    equipment=self._served(self.settings).equipment,
                    catalog=self._catalog,
                    store=self.store,
                    now=self.clock.now(),
                    reason=reason,
                )
            self.journal.commit(records, timeout_s=COMMIT_S)
        except (Full, GiveUp) as error:
            self.health.report(Part("gateway", ok=False, message=f"{reason}: {error}", fix=error.fix, vital=False))

    def _says_state(self, equipment: EquipmentId) -> bool:
        """Whether it told its own state lately: then its activity need not be taken for one."""
        changes = self.store.changes((equipment,), self.clock.now() - LATELY_NS, FAR)
        return bool((changes.source == Source.DEVICE).any())

    def _after_jump(self, before: Instant, now: Instant) -> tuple[StateSeen, ...]:
        return said_again(self.live.snapshot(before).equipment, before=before, now=now)

    def _reload(self) -> Settings | None:
        settings = self._ask()
        if settings is not None:
            self.live.roster(self._served(settings).equipment)
            if _lasting(settings) != _lasting(self.settings):
                message = "settings of the centre, the API, MQTT or the journal have changed and are not in use yet"
                self.health.report(Part("restart", ok=False, message=message, fix="restart labedge", vital=False))
            self.settings = self.settings.model_copy(update={"equipment": settings.equipment})
        return self._served(self.settings) if settings is not None else None

    def _served(self, settings: Settings) -> Settings:
        """Without what is out of service for good: numbers of the past have it, but nobody looks for it any more."""
        today = datetime.fromtimestamp(self.clock.now() / NS_PER_S, ZoneInfo(settings.centre.timezone)).date()
        kept = tuple(one for one in settings.equipment if one.until is None or one.until >= today)
        return settings.model_copy(update={"equipment": kept})


def _make(data_dir: Path) -> None:
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise GiveUp(
            f"The data folder {data_dir} cannot be made: {error.strerror}.",
            fix="Name another one: labedge run --data-dir FOLDER; or make its parent writable for the gateway's user.",
        ) from error


def _broker(settings: Settings, data_dir: Path, around: Surroundings, environ: Mapping[str, str]) -> Broker | None:
    """The gateway's own broker, where the settings want one."""
    if settings.mqtt.url != "managed":
        return None
    return Broker(settings.mqtt, data_dir / BROKER, clock=around.clock, health=around.health, environ=environ)


def _lasting(settings: Settings) -> tuple[object, ...]:
    """What takes effect only at a start."""
    return (settings.centre, settings.api, settings.mqtt, settings.journal)
