"""One device: its link, its driver and the journal, joined by one loop.

It decides nothing about other devices and hides no bug: what a driver raises leaves `run`, and the supervisor acts.
"""

from __future__ import annotations

import logging
import random
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from drivers.contract import Driver, Publish, Setting, Spec, Step, Unit
from edge.backoff import HOPELESS, Backoff
from edge.clock import Clock, wait
from edge.errors import GiveUp, Retry
from edge.feed import Feed
from edge.health import Health, Part
from edge.journal.contract import Journal
from edge.links.contract import Link
from edge.metrics import Metrics
from edge.noise import Noise
from edge.validity import Validity
from telemetry.model import (
    NS_PER_MS,
    NS_PER_S,
    Instant,
    LinkChanged,
    Record,
    Rejected,
    Source,
    State,
    StateSeen,
    rejected,
)

PATIENCE_NS = NS_PER_S
"""The longest read: so long may a stop go unnoticed where a link cannot wake its reader."""

WAKE_FLOOR_NS = NS_PER_MS
"""The least time between two wakings: a driver that always asks for "at once" must not eat a core."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What every pump shares."""

    journal: Journal
    clock: Clock
    health: Health
    metrics: Metrics


class Pump:
    """One device's loop; `run` on a thread of its own, `stop` from any."""

    def __init__(
        self,
        setting: Setting,
        spec: Spec,
        link: Link,
        *,
        driver: Callable[[], Driver],
        around: Surroundings,
        backoff: Backoff,
        valid_ns: int = 0,
    ) -> None:
        """Join the parts; nothing is opened before `run`. `valid_ns` limits the device's word, 0 not at all."""
        self._setting = setting
        self._spec = spec
        self._link = link
        self._make = driver
        self._around = around
        self._clock = around.clock
        self._backoff = backoff
        self._dice = random.Random(setting.equipment)  # noqa: S311 - spreads attempts; need not be secret
        self._stopping = threading.Event()
        self._feed = Feed(setting.equipment, around.journal, around.metrics, self._stopping)
        self._received = around.metrics.messages_received.labels(link.name)
        self._rejected = around.metrics.rejected.labels(setting.equipment)
        self._validity = Validity(valid_ns)
        self._noise = Noise()
        self._handled: Unit = b""
        self._up: bool | None = None
        self._up_since = 0
        self._failures = 0
        self._due: int | None = None
        self._woken_at = -WAKE_FLOOR_NS
        self._well = False

    @property
    def stopping(self) -> bool:
        """Whether it was told to stop."""
        return self._stopping.is_set()

    def stop(self) -> None:
        """Let `run` return soon; does not wait for it."""
        self._stopping.set()
        self._link.close()

    def run(self) -> None:
        """Move until `stop`, through every loss of the link.

        What a driver raises comes out, with the link still open: run again, and a new driver goes on there.
        """
        driver = self._make()
        while not self._stopping.is_set():
            try:
                self._session(driver)
            except (Retry, GiveUp) as error:
                if not self._stopping.is_set():
                    self._lost(error)
                    wait(self._clock, self._stopping, self._delay_s(error))
        self._link.close()
        if self._up:
            self._link_changed(up=False, reason="the gateway closed the link")
            self._up = None

    def bury(self, error: BaseException) -> None:
        """Record the unit on which `run` raised `error`: a bug of ours, which must not hide what the device said."""
        reason = f"the driver {self._spec.family} failed on it: {type(error).__name__}: {error}"
        self._reject(self._handled, reason)
        self._unwell(f"{reason}; it was restarted", fix="please report this with the gateway's log")

    def _session(self, driver: Driver) -> None:
        if not self._up:
            self._link.open()
            self._went_up()
        self._handled = b""
        self._entry(driver.opened)
        while not self._stopping.is_set():
            self._turn(driver)

    def _turn(self, driver: Driver) -> None:
        data = self._link.read(self._patience_ns() / NS_PER_S)
        if data:
            self._received.inc()
            self._handled = data
            self._entry(partial(driver.received, data), heard=True)
            self._fine()
        if self._due is not None and self._clock.monotonic() >= self._due:
            self._woken_at = self._clock.monotonic()
            self._handled = b""
            self._entry(driver.woken)

    def _patience_ns(self) -> int:
        if self._due is None:
            return PATIENCE_NS
        return min(PATIENCE_NS, max(0, self._due - self._clock.monotonic()))

    def _entry(self, call: Callable[[Instant], Step], *, heard: bool = False) -> None:
        monotonic, at = self._clock.monotonic(), self._clock.now()
        step = call(at)
        self._due = None
        if step.wake_at is not None:
            self._due = max(monotonic + step.wake_at - at, self._woken_at + WAKE_FLOOR_NS)
        records = self._validity.limited(step.records, at) if heard else step.records
        self._keep(self._sifted(records, monotonic))
        for unit in step.send:
            self._send(unit)

    def _send(self, unit: Unit) -> None:
        if isinstance(unit, bytes) and self._spec.allowed(unit):
            self._link.write(unit)
            return
        log.error("%s: not sent, since the allow-list refuses it: %.200r", self._setting.equipment, unit)
        self._reject(unit, f"the driver {self._spec.family} may not send this")

    def _reject(self, unit: Unit, reason: str) -> None:
        raw, origin = (unit.payload, unit.topic) if isinstance(unit, Publish) else (unit, self._link.name)
        record = rejected(raw, reason, equipment=self._setting.equipment, at=self._clock.now(), origin=origin)
        self._keep(self._sifted((record,), self._clock.monotonic()))

    def _sifted(self, records: Sequence[Record], monotonic: int) -> Sequence[Record]:
        """`records` with noise counted, thinned and told where it came by."""
        count = sum(isinstance(record, Rejected) for record in records)
        if not count:
            return records
        self._rejected.inc(count)
        kept = self._noise.thinned(records, monotonic)
        return [replace(r, origin=self._link.name) if isinstance(r, Rejected) and not r.origin else r for r in kept]

    def _keep(self, records: Sequence[Record]) -> None:
        self._feed.keep(records, waiting=self._waits_for_room)

    def _went_up(self) -> None:
        self._up = True
        self._up_since = self._clock.monotonic()
        self._link_changed(up=True, state=State.UNKNOWN, told="the link is up; the device has not told its state yet")
        self._well = False
        self._fine()

    def _lost(self, error: Retry | GiveUp) -> None:
        self._link.close()
        if self._up and self._clock.monotonic() - self._up_since >= self._backoff.settled_s * NS_PER_S:
            self._failures = 0
        was, self._up, self._due = self._up, False, None
        self._validity.forget()
        self._failures += 1
        if was is not False:
            self._link_changed(up=False, reason=str(error), state=State.OFFLINE, told=str(error))
        self._unwell(str(error), fix=error.fix)

    def _delay_s(self, error: Retry | GiveUp) -> float:
        policy = HOPELESS if isinstance(error, GiveUp) else self._backoff
        return policy.delay_s(self._failures, self._dice.random())

    def _link_changed(self, *, up: bool, reason: str = "", state: State | None = None, told: str = "") -> None:
        equipment, at = self._setting.equipment, self._clock.now()
        changed = LinkChanged(equipment, at, at, up, reason)
        if state is None:
            self._keep((changed,))
        else:
            self._keep((changed, StateSeen(equipment, at, at, state, Source.LINK, reason=told)))

    def _waits_for_room(self) -> None:
        self._unwell(
            "its records wait for room in the journal; nothing is lost", fix="look at the health of the journal"
        )

    def _fine(self) -> None:
        if not self._well:
            self._well = True
            self._around.health.report(Part(part_name(self._setting.equipment), ok=True, vital=False))

    def _unwell(self, message: str, *, fix: str) -> None:
        self._well = False
        self._around.health.report(
            Part(part_name(self._setting.equipment), ok=False, message=message, fix=fix, vital=False)
        )


def part_name(equipment: str) -> str:
    """The name of an equipment's health part."""
    return f"equipment:{equipment}"
