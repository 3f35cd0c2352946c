"""Joins the parts of the gateway: links and drivers into the journal, the journal into the store and the live picture.

Nothing is decided here but the order of starting and stopping.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from pathlib import Path

from drivers.catalog import CATALOG
from drivers.contract import Spec
from edge.absence import unknown_from
from edge.clock import Clock, SystemClock
from edge.errors import Full, GiveUp
from edge.health import Health, Part
from edge.journal.sqlite import SqliteJournal
from edge.live import Live
from edge.metrics import Metrics
from edge.pump import Surroundings, part_name
from edge.settings import Equipment, Settings
from edge.store.local import LocalStore
from edge.supervisor import Exchange, Supervisor
from telemetry.model import Instant

JOURNAL = "journal.sqlite"
"""The journal's file in the data folder."""

COMMIT_S = 2.0
"""How long a start or stop waits for the disk: a full one must not keep the gateway from either."""


class Gateway:
    """One gateway: `settings data_dir clock health metrics live journal store exchange supervisor`."""

    def __init__(
        self,
        settings: Settings,
        data_dir: Path,
        *,
        clock: Clock | None = None,
        reload: Callable[[], Settings | None] = lambda: None,
        catalog: Mapping[str, Spec] = CATALOG,
    ) -> None:
        """Open the journal in `data_dir`, which is made; raises `GiveUp` or `Damaged` where that cannot be."""
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
        data_dir.mkdir(parents=True, exist_ok=True)
        self.journal = SqliteJournal(
            data_dir / JOURNAL,
            clock=self.clock,
            settings=settings.journal,
            health=self.health,
            metrics=self.metrics,
            on_commit=self.live.publish,
        )
        self.store = LocalStore(data_dir / JOURNAL)
        around = Surroundings(self.journal, self.clock, self.health, self.metrics)
        self.exchange: Exchange = NoMqtt(self.health)
        self.supervisor = Supervisor(catalog, around, self.exchange, reload=self._reload)

    def start(self) -> None:
        """Show what is on disk, call the time since the last run unknown, then serve every equipment."""
        self.live.roster(self.settings.equipment)
        self.live.restore(self.store, now=self.clock.now())
        if self.journal.previous_alive is not None:
            self._unwatched(self.journal.previous_alive, reason="the gateway was not running")
        self.supervisor.apply(self.settings)
        self.supervisor.start()

    def stop(self) -> None:
        """Stop serving, call the time from now on unknown, keep what waits for the disk; idempotent."""
        with self._once:
            if self._stopped:
                return
            self._stopped = True
        self.supervisor.stop()
        self._unwatched(self.clock.now(), reason="the gateway was stopped")
        self.journal.close()
        self.live.close()
        self.store.close()

    def alive(self) -> bool:
        """Whether it still looks after its equipment, for a watchdog."""
        return self.supervisor.alive()

    def _unwatched(self, since: Instant, *, reason: str) -> None:
        try:
            self.journal.commit((), timeout_s=COMMIT_S)  # so that the store has what still waited
            records = unknown_from(
                since,
                equipment=self.settings.equipment,
                catalog=self._catalog,
                store=self.store,
                now=self.clock.now(),
                reason=reason,
            )
            self.journal.commit(records, timeout_s=COMMIT_S)
        except (Full, GiveUp) as error:
            self.health.report(Part("gateway", ok=False, message=f"{reason}: {error}", fix=error.fix, vital=False))

    def _reload(self) -> Settings | None:
        settings = self._ask()
        if settings is not None:
            self.live.roster(settings.equipment)
            if _lasting(settings) != _lasting(self.settings):
                message = "settings of the centre, the API, MQTT or the journal have changed and are not in use yet"
                self.health.report(Part("restart", ok=False, message=message, fix="restart labedge", vital=False))
            self.settings = self.settings.model_copy(update={"equipment": settings.equipment})
        return self.settings if settings is not None else None


class NoMqtt:
    """The exchange of a gateway whose MQTT is off: it serves nobody, and says so."""

    def __init__(self, health: Health) -> None:
        self._health = health

    def start(self) -> None:
        """Nothing to connect."""

    def stop(self) -> None:
        """Nothing to disconnect."""

    def attach(self, equipment: Equipment, spec: Spec, /) -> None:
        """Say that `equipment` is not heard."""
        message = f"{equipment.id} speaks over MQTT ({spec.family}), which is off"
        fix = 'set url = "managed" in [mqtt], or the address of the broker'
        self._health.report(Part(part_name(equipment.id), ok=False, message=message, fix=fix, vital=False))

    def detach(self, equipment_id: str, /) -> None:
        """Forget it."""
        self._health.forget(part_name(equipment_id))


def _lasting(settings: Settings) -> tuple[object, ...]:
    """What takes effect only at a start."""
    return (settings.centre, settings.api, settings.mqtt, settings.journal)
