"""Policy over all devices: starts, stops and replaces pumps, restarts dead ones, watches clock and configuration.

It moves no bytes itself. This is the one module that may catch every exception: it logs them and goes on.
"""

from __future__ import annotations

import logging
import random
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from drivers.contract import LinkKind, Spec
from edge.backoff import Backoff
from edge.clock import Clock
from edge.errors import LabedgeError
from edge.health import Part
from edge.links import ways
from edge.links.contract import Link
from edge.pump import Pump, Surroundings, part_name
from edge.settings import Equipment, Settings
from edge.timekeeper import Timekeeper
from telemetry.model import NS_PER_S, EquipmentId, Instant, Record, Source, State, StateSeen

BEAT_S = 1.0
"""How often threads, clock and configuration are looked at."""

DEAF_S = 30.0
"""One look takes at most some seconds, even where pumps must be stopped; longer means that it is stuck."""

LOOK_S = 1.0
"""How long a stop waits for a look that is under way."""

STOP_S = 3.0
"""How long all pumps together may take to stop; a thread that is still stuck then is left to end by itself."""

ROOM_WAIT_S = 1.0
"""How long the supervisor's own records wait for room in the journal."""

REBIRTH = Backoff(first_s=0.1, ceiling_s=30.0, settled_s=60.0)
"""A driver that fails on one unit is back before the next; one that fails on every unit does not fill the log."""

log = logging.getLogger(__name__)


class Exchange(Protocol):
    """What the supervisor needs of the MQTT side, where many devices share one connection."""

    def start(self) -> None:
        """Connect, and go on connecting."""

    def stop(self) -> None:
        """Disconnect; idempotent; bounded in time."""

    def attach(self, equipment: Equipment, spec: Spec, /) -> None:
        """Serve `equipment`."""

    def detach(self, equipment_id: str, /) -> None:
        """Serve it no more."""


@dataclass(slots=True)
class _Device:
    """One equipment on a line: its pump and the thread that runs it now."""

    pump: Pump
    thread: threading.Thread
    started_at: int
    failures: int = 0
    again_at: int | None = None


class Supervisor:
    """Keeps every equipment of the settings served; its methods may be called from any thread."""

    def __init__(
        self,
        catalog: Mapping[str, Spec],
        around: Surroundings,
        exchange: Exchange,
        *,
        reload: Callable[[], Settings | None] = lambda: None,
        link_of: Callable[[Equipment, Spec, Clock], Link | None] = ways.link_of,
        beat_s: float = BEAT_S,
        after_jump: Callable[[Instant, Instant], Sequence[Record]] = lambda _before, _now: (),
    ) -> None:
        """Join the parts; nothing runs before `apply` and `start`.

        `reload` is asked each beat for new settings: None where nothing changed; an exception tells what is wrong
        with them, and the old ones stay. `after_jump(before, now)` gives what is kept when the clock was set.
        """
        self._catalog = catalog
        self._around = around
        self._exchange = exchange
        self._reload = reload
        self._link_of = link_of
        self._beat_s = beat_s
        self._timekeeper = Timekeeper(around.clock, around.journal, around.health, after_jump=after_jump)
        self._settings = Settings()
        self._devices: dict[str, _Device] = {}
        self._served: set[str] = set()
        self._lock = threading.RLock()
        self._bell = threading.Condition()
        self._rung = self._stopping = False
        self._thread: threading.Thread | None = None
        self._looked_at = 0
        self._dice = random.Random(0)  # noqa: S311 - spreads restarts; need not be secret

    def start(self) -> None:
        """Connect the MQTT side and begin to watch."""
        self._carefully("mqtt", self._exchange.start)
        self._looked_at = self._around.clock.monotonic()
        self._thread = threading.Thread(target=self._watch, name="supervisor", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop watching, every pump and the MQTT side, in bounded time; idempotent."""
        with self._bell:
            self._stopping = True
            self._bell.notify_all()
        if self._thread is not None:
            self._thread.join(LOOK_S)
        farewell = threading.Thread(target=self._carefully, args=("mqtt", self._exchange.stop), name="mqtt's farewell")
        farewell.daemon = True
        farewell.start()
        with self._lock:
            self._halt(list(self._devices))
        farewell.join(STOP_S)

    def apply(self, settings: Settings) -> None:
        """Serve exactly the equipment of `settings`; what did not change in its link, driver or place runs on."""
        with self._lock:
            before = {equipment.id: equipment for equipment in self._settings.equipment}
            after = {equipment.id: equipment for equipment in settings.equipment}
            moved = settings.centre.id != self._settings.centre.id
            kept = {i for i in before if not moved and i in after and _essence(before[i]) == _essence(after[i])}
            self._settings = settings
            self._retire([i for i in before if i not in kept])
            for gone in (before[i] for i in before if i not in after):
                self._forget(gone)
            for fresh in (after[i] for i in after if i not in kept):
                self._carefully(part_name(fresh.id), partial(self._begin, fresh))

    def beat(self) -> None:
        """Look once at the clock, the threads and the configuration."""
        self._carefully("clock", self._timekeeper.look)
        self._carefully("supervisor", self._revive)
        self._carefully("configuration", self._look_at_configuration)

    def alive(self) -> bool:
        """Whether its own thread still looks after things; False before `start` and after `stop`."""
        looked = self._around.clock.monotonic() - self._looked_at
        return self._thread is not None and self._thread.is_alive() and looked < DEAF_S * NS_PER_S

    def _watch(self) -> None:
        while True:
            self._looked_at = self._around.clock.monotonic()
            with self._bell:
                self._bell.wait_for(lambda: self._rung or self._stopping, self._pause_s())
                self._rung = False
                if self._stopping:
                    return
            self.beat()

    def _pause_s(self) -> float:
        now = self._around.clock.monotonic()
        soonest = min(
            (d.again_at - now for d in list(self._devices.values()) if d.again_at is not None), default=NS_PER_S
        )
        return min(self._beat_s, max(0.0, soonest / NS_PER_S))

    def _begin(self, equipment: Equipment) -> None:
        spec = self._catalog.get(equipment.driver)
        if spec is None:
            raise LabedgeError(
                f"no driver is called {equipment.driver!r}", fix=f"known are {', '.join(sorted(self._catalog))}"
            )
        if spec.link is LinkKind.MQTT:
            self._exchange.attach(equipment, spec)
            self._served.add(equipment.id)
            return
        link = self._link_of(equipment, spec, self._around.clock)
        if link is not None:
            pump = self._pump(equipment, spec, link)
            self._devices[equipment.id] = _Device(
                pump, self._launch(equipment.id, pump), self._around.clock.monotonic()
            )

    def _pump(self, equipment: Equipment, spec: Spec, link: Link) -> Pump:
        setting = ways.setting_of(equipment, centre=self._settings.centre.id)
        driver = partial(spec.driver, setting, ways.options_of(equipment, spec))
        return Pump(
            setting,
            spec,
            link,
            driver=driver,
            around=self._around,
            backoff=ways.backoff_of(equipment),
            valid_ns=round(equipment.validity_s * NS_PER_S),
        )

    def _launch(self, equipment: str, pump: Pump) -> threading.Thread:
        thread = threading.Thread(target=self._run, args=(equipment, pump), name=f"pump {equipment}", daemon=True)
        thread.start()
        return thread

    def _run(self, equipment: str, pump: Pump) -> None:
        try:
            pump.run()
        except Exception as error:
            log.exception("%s: its driver failed and is restarted", equipment)
            self._carefully(part_name(equipment), partial(pump.bury, error))
        finally:
            with self._bell:
                self._rung = True
                self._bell.notify_all()

    def _revive(self) -> None:
        with self._lock:
            for equipment, device in self._devices.items():
                if not device.thread.is_alive() and not device.pump.stopping:
                    self._reborn(equipment, device)

    def _reborn(self, equipment: str, device: _Device) -> None:
        now = self._around.clock.monotonic()
        if device.again_at is None:
            lasted = now - device.started_at >= REBIRTH.settled_s * NS_PER_S
            device.failures = 1 if lasted else device.failures + 1
            device.again_at = now + round(REBIRTH.delay_s(device.failures, self._dice.random()) * NS_PER_S)
            log.error("%s: its thread ended; restart number %d", equipment, device.failures)
        elif now >= device.again_at:
            device.again_at = None
            device.started_at = now
            device.thread = self._launch(equipment, device.pump)

    def _retire(self, equipment: Iterable[str]) -> None:
        ids = list(equipment)
        self._halt([i for i in ids if i in self._devices])
        for i in ids:
            self._around.health.forget(part_name(i))
            if i in self._served:
                self._served.discard(i)
                self._carefully("mqtt", partial(self._exchange.detach, i))

    def _halt(self, equipment: Iterable[str]) -> None:
        halted = [(i, self._devices.pop(i)) for i in equipment]
        for i, device in halted:
            self._carefully(part_name(i), device.pump.stop)
        deadline = self._around.clock.monotonic() + round(STOP_S * NS_PER_S)
        for i, device in halted:
            device.thread.join(max(0.0, (deadline - self._around.clock.monotonic()) / NS_PER_S))
            if device.thread.is_alive():
                log.error("%s: its thread did not stop in %g s", i, STOP_S)

    def _forget(self, equipment: Equipment) -> None:
        """Time after its removal is unknown, unless the family's states are told to hold."""
        spec = self._catalog.get(equipment.driver)
        if spec is not None and not spec.holds_over_restart:
            at = self._around.clock.now()
            reason = "it was taken out of the settings"
            unknown = StateSeen(EquipmentId(equipment.id), at, at, State.UNKNOWN, Source.GATEWAY, reason=reason)
            keep = partial(self._around.journal.append, [unknown], timeout_s=ROOM_WAIT_S)
            self._carefully("supervisor", keep)

    def _look_at_configuration(self) -> None:
        settings = self._reload()
        if settings is not None:
            self.apply(settings)
            self._around.health.report(Part("configuration", ok=True, vital=False))

    def _carefully(self, part: str, act: Callable[[], None]) -> None:
        """Do `act`; whatever it raises is logged and told as the health of `part`, and nothing else stops."""
        try:
            act()
        except LabedgeError as error:
            log.warning("%s: %s", part, error)
            self._around.health.report(Part(part, ok=False, message=str(error), fix=error.fix, vital=False))
        except Exception as error:
            log.exception("%s failed", part)
            message = f"{type(error).__name__}: {error}"
            fix = "please report this with the gateway's log"
            self._around.health.report(Part(part, ok=False, message=message, fix=fix, vital=False))


def _essence(equipment: Equipment) -> tuple[object, ...]:
    """What a running pump depends on: a new name or inventory number must not reopen a port."""
    return (equipment.driver, equipment.link, equipment.options, equipment.room, equipment.validity_s)
