"""All MQTT equipment behind one connection: broker -> drivers -> journal, acknowledged after the commit.

It understands no payload, and never acknowledges what is not on disk.
"""

from __future__ import annotations

import logging
import random
import threading
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from typing import Final, Protocol

from drivers.contract import Publish, Spec
from edge.announcer import Announcer
from edge.backoff import HOPELESS, Backoff
from edge.clock import Clock, wait
from edge.errors import GiveUp, Retry
from edge.health import Health, Part
from edge.homeassistant import STATUS, Words
from edge.intake import Intake
from edge.journal.contract import Journal
from edge.links.mqtt import MqttLink
from edge.links.mqtt_address import Address, address_of, client_id_of
from edge.links.mqtt_frames import PAYLOAD_LIMIT, Incoming
from edge.links.mqtt_session import recalled, session_of
from edge.links.mqtt_window import Window
from edge.metrics import Metrics
from edge.settings import Equipment, Settings
from edge.switchboard import Outcome, Switchboard
from telemetry.model import NS_PER_S, EquipmentId, EquipmentSeen

PATIENCE_S: Final = 1.0
"""The longest wait: so long may something go unnoticed that rang no bell."""

BLOCK: Final = 1000
"""Messages that become one append: 20 ms of work, after which commits and wakings get their turn."""

BACKLOG_BYTES: Final = 8 * 1024 * 1024
"""Of messages that wait for room in the journal; then nothing more is read, and the broker keeps them."""

FAREWELL_S: Final = 2.0
"""How long a stop waits for the last commit, so that its messages need not come again."""

STOP_S: Final = 15.0
"""The longest that the thread needs to stop: a connection in the making, and the farewell."""

ANNOUNCING: Final = 20
"""Announcements that wait for the broker's word: as many as go at once, so that a device's question waits little."""

BACKOFF: Final = Backoff(first_s=0.2, ceiling_s=5.0)
"""The broker is mostly on this very machine: to ask again costs little, and lessons do not wait."""

MISSING: Final = "sudo apt install mosquitto"

log = logging.getLogger(__name__)


class Managed(Protocol):
    """What the exchange asks of a broker that the gateway itself runs."""

    @property
    def url(self) -> str:
        """`mqtt://host:port`, as the gateway reaches it."""

    @property
    def installed(self) -> bool:
        """Whether there is a program to run at all."""

    def await_listening(self, stopping: threading.Event) -> None:
        """Return once it listens, or will not for now."""


class Exchange:
    """One connection, many drivers; every method may be called from any thread."""

    def __init__(  # noqa: PLR0913 - the parts that it joins, all by name
        self,
        settings: Settings,
        *,
        catalog: Mapping[str, Spec],
        journal: Journal,
        clock: Clock,
        health: Health,
        metrics: Metrics,
        broker: Managed | None = None,
        environ: Mapping[str, str] | None = None,
        seen: Iterable[EquipmentSeen] = (),
        says_state: Callable[[EquipmentId], bool] = lambda _equipment: False,
        payload_limit: int = PAYLOAD_LIMIT,
        announcer: Announcer | None = None,
    ) -> None:
        """Join the parts; nothing is opened before `start`.

        `broker` is the managed one, None where the settings name another. `environ` holds the password. `seen` and
        `says_state` come from the store: newcomers and tellers of states of earlier lives. `announcer` is started and
        stopped with the exchange, None where nothing is announced.
        """
        centre = settings.centre.id
        self._settings, self._broker, self._environ = settings, broker, environ or {}
        self._clock, self._health, self._payload_limit = clock, health, payload_limit
        self._received = metrics.messages_received.labels("mqtt")
        self._announcer = announcer
        words = Words(settings)
        self._announcement = f"{words.own}$link"
        self._own = (words.own, words.configs, STATUS)
        self._board = Switchboard(
            centre=centre, catalog=catalog, clock=clock, metrics=metrics, seen=seen, says_state=says_state
        )
        self._board.want(words.filters if announcer is not None else ())
        first = session_of(settings.mqtt.url, client_id_of(settings.mqtt, centre=centre))
        self._window = Window(*recalled(journal.notes(), first))
        self._intake = Intake(journal, self._window, ring=self._ring)
        self._lock = threading.RLock()
        self._out = Outcome()
        self._backlog: deque[Incoming] = deque()
        self._backlog_bytes = 0
        self._link: MqttLink | None = None
        self._subscribed: frozenset[str] = frozenset()
        self._up: bool | None = None
        self._up_since = self._failures = 0
        self._rung = threading.Event()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._dice = random.Random(centre)  # noqa: S311 - spreads attempts; need not be secret

    def start(self) -> None:
        """Connect, and go on connecting; returns at once."""
        if self._settings.mqtt.url != "off":
            if self._announcer is not None:
                self._announcer.start(self._ring)
            self._thread = threading.Thread(target=self._run, name="mqtt", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Acknowledge what was committed, say farewell and end; idempotent; bounded in time."""
        self._stopping.set()
        self._ring()
        if self._thread is not None:
            self._thread.join(STOP_S)
        if self._announcer is not None:
            self._announcer.stop()

    def attach(self, equipment: Equipment, spec: Spec, /) -> None:
        """Serve `equipment`; raises `GiveUp`, or pydantic's error where its options do not fit."""
        if self._settings.mqtt.url == "off":
            raise GiveUp(f"{equipment.id} speaks MQTT, which is switched off.", fix='Set [mqtt] url = "managed".')
        with self._lock:
            self._board.attach(equipment, spec, self._out, up=self._up is True)
        self._ring()

    def detach(self, equipment_id: str, /) -> None:
        """Serve it no more; unknown ones are fine."""
        with self._lock:
            self._board.detach(equipment_id)
        self._ring()

    def _ring(self) -> None:
        if not self._rung.is_set():
            self._rung.set()
            if (link := self._link) is not None:
                link.wake()

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._session()
            except (Retry, GiveUp) as error:
                self._lost(error)
                self._pause(error)
        with self._lock:
            self._tend()

    def _session(self) -> None:
        address = self._address()
        will = Publish(self._announcement, b"offline", retained=True)
        link = MqttLink(address, will=will, clock=self._clock, payload_limit=self._payload_limit)
        try:
            resumed = link.open()
            with self._lock:
                self._link = link
                self._went_up(link, resumed=resumed)
            while not self._stopping.is_set():
                self._turn(link)
            self._farewell(link, will)
        finally:
            self._link = None
            link.dispose()

    def _address(self) -> Address:
        mqtt = self._settings.mqtt
        if self._broker is not None:
            if not self._broker.installed:
                raise Retry("There is no MQTT broker: Mosquitto is not installed.", fix=MISSING)
            self._broker.await_listening(self._stopping)
            mqtt = mqtt.model_copy(update={"url": self._broker.url})
        return address_of(mqtt, centre=self._settings.centre.id, environ=self._environ)

    def _went_up(self, link: MqttLink, *, resumed: bool) -> None:
        self._window.connected(resumed=resumed)
        if not resumed:
            self._intake.begin()
        self._up, self._up_since = True, self._clock.monotonic()
        self._subscribed = self._board.wanted()
        link.subscribe(self._subscribed)
        link.publish(Publish(self._announcement, b"online", retained=True))
        if self._announcer is not None:
            self._announcer.connected()
        self._board.opened(self._out)
        self._tend(link)
        log.info("connected to %s", link.name)
        self._health.report(Part("mqtt", ok=True))

    def _turn(self, link: MqttLink) -> None:
        reading = self._backlog_bytes < BACKLOG_BYTES
        came = link.poll(self._patience_s(), reading=reading)
        with self._lock:
            self._tend(link)
            if came:
                self._backlog.extend(came)
                self._backlog_bytes += sum(len(message.payload) for message in came)
            while self._backlog and not self._intake.holds:
                self._take(link)

    def _patience_s(self) -> float:
        if self._backlog or self._intake.holds:
            return 0.0
        due = self._board.next_due()
        return PATIENCE_S if due is None else min(PATIENCE_S, max(0.0, (due - self._clock.monotonic()) / NS_PER_S))

    def _take(self, link: MqttLink) -> None:
        """The next block of the backlog: to the drivers, their records to the journal."""
        out, count = Outcome(), 0
        for _ in range(min(BLOCK, len(self._backlog))):
            message = self._backlog.popleft()
            self._backlog_bytes -= len(message.payload)
            if not self._window.admit(message):
                continue
            if message.topic.startswith(self._own):
                self._hear(message)
                continue
            count += 1
            self._board.received(message, out)
        self._received.inc(count)
        self._intake.keep(out.records, self._window.close_block())
        self._send(out, link)
        link.acknowledge(self._window.take_ready())

    def _hear(self, message: Incoming) -> None:
        """What is no device's: our own words, which the broker gives back, and Home Assistant's birth."""
        if self._announcer is not None:
            self._announcer.hear(message.topic, message.payload)

    def _tend(self, link: MqttLink | None = None) -> None:
        """Everything but messages: commits, wakings, what is held, what was attached and detached."""
        self._rung.clear()
        self._intake.settle()
        self._intake.offer()
        self._board.wake(self._out)
        out, self._out = self._out, Outcome()
        self._intake.keep(out.records)
        if link is not None:
            link.acknowledge(self._window.take_ready())
            self._send(out, link)
            self._follow(link)
            self._announce(link)

    def _send(self, out: Outcome, link: MqttLink) -> None:
        for unit in out.send:
            link.publish(unit)

    def _announce(self, link: MqttLink) -> None:
        while self._announcer is not None and link.unanswered < ANNOUNCING:
            unit = self._announcer.next()
            if unit is None:
                return
            link.publish(unit)

    def _follow(self, link: MqttLink) -> None:
        wanted = self._board.wanted()
        if wanted != self._subscribed:
            link.subscribe(wanted - self._subscribed)
            link.unsubscribe(self._subscribed - wanted)
            self._subscribed = wanted

    def _lost(self, error: Retry | GiveUp) -> None:
        if self._up and self._clock.monotonic() - self._up_since >= BACKOFF.settled_s * NS_PER_S:
            self._failures = 0
        self._failures += 1
        with self._lock:
            was, self._up = self._up, False
            if self._announcer is not None:
                self._announcer.lost()
            self._backlog = deque(message for message in self._backlog if message.mid == 0)
            self._backlog_bytes = sum(len(message.payload) for message in self._backlog)
            if was is not False:
                self._board.lost(str(error), self._out)
                log.warning("MQTT: %s", error)
            self._tend()
        vital = self._broker is None or self._broker.installed
        self._health.report(Part("mqtt", ok=False, message=str(error), fix=error.fix, vital=vital))

    def _pause(self, error: Retry | GiveUp) -> None:
        """Wait before the next attempt; drivers are woken and commits are heard meanwhile."""
        policy = HOPELESS if isinstance(error, GiveUp) else BACKOFF
        until = self._clock.monotonic() + round(policy.delay_s(self._failures, self._dice.random()) * NS_PER_S)
        while not self._stopping.is_set() and (left := (until - self._clock.monotonic()) / NS_PER_S) > 0:
            wait(self._clock, self._rung, min(left, self._patience_s()))
            with self._lock:
                self._tend()

    def _farewell(self, link: MqttLink, will: Publish) -> None:
        """Acknowledge what still gets committed in time; the rest comes again after the next start."""
        with self._lock:
            self._board.closed("the gateway stopped", self._out)
            self._tend(link)
        until = self._clock.monotonic() + round(FAREWELL_S * NS_PER_S)
        self._intake.hurry()
        while self._window.unfinished and self._clock.monotonic() < until:
            link.poll(0.05, reading=False)
            with self._lock:
                self._tend(link)
        link.close(farewell=will)
