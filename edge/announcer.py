"""Tells Home Assistant of the lab's equipment: follows the live picture and keeps ready what is to be published.

It owns no connection: the exchange fetches from it, and never waits for it.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from drivers.contract import Publish
from edge.clock import Clock, wait
from edge.homeassistant import OFFLINE, ONLINE, STATUS, Words
from edge.live import Live, Subscription
from edge.picture import LastValue, Picture
from edge.settings import Settings
from telemetry.model import NS_PER_S, EquipmentId, Instant

SENSORS: Final = 5000
"""Sensors that are announced: a hundred equipments of fifty channels; each is a message kept by the broker for ever."""

VALUE_NS: Final = NS_PER_S
"""The least time between two values of one channel: Home Assistant keeps every one of them in its own database."""

PACE_S: Final = 0.2
"""The least time between two looks at the picture: a state is told that soon."""

IDLE_S: Final = 1.0
"""The longest: a state that runs out by itself rings no bell."""

STOP_S: Final = 5.0

log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Device:
    """What was said of one equipment since the connection began."""

    shape: object = None
    """What its announcements were made of."""
    configs: dict[str, bytes] = field(default_factory=dict)
    said: dict[str, bytes] = field(default_factory=dict)
    said_at: dict[str, int] = field(default_factory=dict)


class Announcer:
    """`next` and what tells of the connection come from the exchange's thread, the rest happens on its own."""

    def __init__(self, settings: Settings, *, live: Live, clock: Clock) -> None:
        """Follow `live`, from `start` on."""
        self.words = Words(settings)
        self._live, self._clock = live, clock
        self._lock = threading.Lock()
        self._pending: dict[str, Publish] = {}
        self._heard: set[str] = set()
        self._up = self._anew = False
        self._ring: Callable[[], None] = lambda: None
        self._rung = threading.Event()
        self._stopping = threading.Event()
        self._subscription: Subscription | None = None
        self._thread: threading.Thread | None = None
        self._devices: dict[EquipmentId, _Device] = {}
        self._touched: set[EquipmentId] = set()
        self._ends: dict[EquipmentId, Instant] = {}
        self._left_out = False

    def start(self, ring: Callable[[], None]) -> None:
        """Begin; `ring` tells the exchange, from this one's thread, that `next` has something."""
        self._ring = ring
        self._subscription = self._live.subscribe(self._rung.set)
        self._thread = threading.Thread(target=self._run, name="homeassistant", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End; idempotent."""
        self._stopping.set()
        self._rung.set()
        if self._thread is not None and self._subscription is not None:
            self._thread.join(STOP_S)
            self._live.unsubscribe(self._subscription)

    def connected(self) -> None:
        """The broker is there (again): everything is announced anew."""
        with self._lock:
            self._up = self._anew = True
            self._pending.clear()
            self._heard.clear()
        self._rung.set()

    def lost(self) -> None:
        """The broker is gone, and what waits for it is old when it comes back."""
        with self._lock:
            self._up = False
            self._pending.clear()

    def hear(self, topic: str, payload: bytes) -> None:
        """Home Assistant's birth, or an announcement of ours: of this life, or retained from an earlier one."""
        with self._lock:
            if topic == STATUS:
                self._anew |= payload == ONLINE
            elif payload and topic.startswith(self.words.configs) and len(self._heard) < SENSORS:
                self._heard.add(topic)
        self._rung.set()

    def next(self) -> Publish | None:
        """The next message to publish, None while there is none."""
        with self._lock:
            return self._pending.pop(next(iter(self._pending))) if self._pending else None

    def turn(self) -> None:
        """Look at the picture once, and make ready what has changed."""
        with self._lock:
            up, anew, heard = self._up, self._anew, self._heard
            self._anew, self._heard = False, set()
        missed = self._changed()
        if not up:
            self._touched.clear()
            return
        now = self._clock.now()
        if anew:
            for device in self._devices.values():
                device.shape = None
                device.said.clear()
                device.said_at.clear()
        if anew or missed:
            self._touched.update(self._devices, (one.id for one in self._live.snapshot(now).equipment))
        touched, self._touched = self._touched, set()
        for ident in touched | {ident for ident, end in self._ends.items() if end <= now}:
            self._look(ident, now)
        self._forget_strangers(heard)
        if self._pending:
            self._ring()

    def _run(self) -> None:
        while not self._stopping.is_set():
            wait(self._clock, self._rung, PACE_S if self._touched else IDLE_S)
            self._rung.clear()
            self.turn()
            wait(self._clock, self._stopping, PACE_S)

    def _changed(self) -> bool:
        """Note whom the news touch; whether some were missed."""
        if self._subscription is None:
            return True
        taken = self._subscription.take()
        for update in taken.updates:
            self._touched |= update.equipment
        return taken.missed > 0

    def _look(self, ident: EquipmentId, now: Instant) -> None:
        picture = self._live.picture(ident, now)
        self._ends.pop(ident, None)
        if picture is None or not picture.configured:
            self._remove(ident)
            return
        if picture.expires_at is not None:
            self._ends[ident] = picture.expires_at
        device = self._devices.setdefault(ident, _Device())
        channels = self._announce(device, picture)
        up = picture.link is not None and picture.link.up
        self._say(device, self.words.link_topic(ident), ONLINE if up else OFFLINE)
        self._say(device, self.words.state_topic(ident), picture.state.word.encode())
        for one in channels:
            self._value(device, ident, one)

    def _announce(self, device: _Device, picture: Picture) -> tuple[LastValue, ...]:
        """Announce what has changed of the sensors, and return the channels that have one."""
        others = sum(len(one.configs) for one in self._devices.values()) - len(device.configs)
        channels = picture.channels[: max(0, SENSORS - others - 1)]
        if len(channels) < len(picture.channels) and not self._left_out:
            self._left_out = True
            log.warning("Home Assistant is told of %d sensors and of no more", SENSORS)
        shape = (picture.name, picture.room, picture.driver, tuple((one.channel, one.unit) for one in channels))
        if shape != device.shape:
            before, device.shape = device.configs, shape
            device.configs = self.words.announcements(picture, channels)
            for topic in before.keys() - device.configs.keys():
                self._say(device, topic, b"")
            for topic, payload in device.configs.items():
                self._say(device, topic, payload)
        return channels

    def _say(self, device: _Device, topic: str, payload: bytes, *, retained: bool = True) -> None:
        if device.said.get(topic) != payload:
            device.said[topic] = payload
            self._put(topic, payload, retained=retained)

    def _value(self, device: _Device, ident: EquipmentId, one: LastValue) -> None:
        """Say a new value now, or look again when enough time has passed."""
        topic, payload = self.words.value_topic(ident, one.channel), repr(one.v).encode()
        now = self._clock.monotonic()
        if device.said.get(topic) == payload:
            return
        if now - device.said_at.get(topic, now - VALUE_NS) < VALUE_NS:
            self._touched.add(ident)
            return
        device.said_at[topic] = now
        self._say(device, topic, payload, retained=False)

    def _remove(self, ident: EquipmentId) -> None:
        device = self._devices.pop(ident, None)
        if device is not None:
            for topic in (*device.configs, self.words.state_topic(ident), self.words.link_topic(ident)):
                self._put(topic, b"", retained=True)

    def _forget_strangers(self, heard: set[str]) -> None:
        """Take back what an earlier life announced and this one does not."""
        ours = {topic for device in self._devices.values() for topic in device.configs} if heard else set()
        for topic in heard - ours:
            self._put(topic, b"", retained=True)
            ident = self.words.equipment_of(topic)
            if ident not in self._devices:
                self._put(self.words.state_topic(ident), b"", retained=True)
                self._put(self.words.link_topic(ident), b"", retained=True)

    def _put(self, topic: str, payload: bytes, *, retained: bool) -> None:
        with self._lock:
            self._pending[topic] = Publish(topic, payload, retained=retained)
