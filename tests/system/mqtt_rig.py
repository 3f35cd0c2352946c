"""An exchange on a real journal and a real Mosquitto, and a publisher that knows what the broker has taken."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from paho.mqtt import client as paho
from paho.mqtt.enums import CallbackAPIVersion

from drivers.catalog import CATALOG
from edge.clock import SystemClock
from edge.exchange import Exchange
from edge.health import Health, Part
from edge.journal.contract import Committed
from edge.journal.sqlite import SqliteJournal
from edge.links.mqtt_frames import PAYLOAD_LIMIT
from edge.metrics import Metrics
from edge.settings import Journal, Mqtt, Settings
from edge.store.local import LocalStore
from telemetry.model import Channel, EquipmentId, Reading, ReadingBatch, Record
from tests.system.mosquitto import Mosquitto
from tests.waiting import becomes_true


class Rig:
    """One life of a gateway's MQTT side in `folder`; several lives may follow one another there."""

    def __init__(
        self,
        folder: Path,
        mqtt: Mqtt,
        *,
        environ: Mapping[str, str] | None = None,
        payload_limit: int = PAYLOAD_LIMIT,
    ) -> None:
        self.clock = SystemClock()
        self.health = Health()
        self.metrics = Metrics()
        self.records: list[Record] = []
        path = folder / "journal.sqlite"
        self.journal = SqliteJournal(
            path,
            clock=self.clock,
            settings=Journal(),
            health=self.health,
            metrics=self.metrics,
            on_commit=self._committed,
        )
        self.store = LocalStore(path)
        self.exchange = Exchange(
            Settings(mqtt=mqtt),
            catalog=CATALOG,
            journal=self.journal,
            clock=self.clock,
            health=self.health,
            metrics=self.metrics,
            environ=environ,
            seen=self.store.discovered(),
            payload_limit=payload_limit,
        )

    def __enter__(self) -> Self:
        self.exchange.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.exchange.stop()
        self.journal.close()
        self.store.close()

    def _committed(self, committed: Committed) -> None:
        self.records += [record for _, record in committed.records]

    @property
    def part(self) -> Part:
        """How the MQTT side says it is."""
        return next((part for part in self.health.parts() if part.name == "mqtt"), Part("mqtt", ok=False))

    def connects(self) -> bool:
        return becomes_true(lambda: self.part.ok)

    def values(self, equipment: str, channel: str) -> list[float]:
        """What was committed in this life, in the order of commit."""
        found: list[float] = []
        for record in list(self.records):
            if isinstance(record, Reading) and (record.equipment, record.channel) == (equipment, channel):
                found.append(record.value)
            elif isinstance(record, ReadingBatch) and (record.equipment, record.channel) == (equipment, channel):
                found += record.v.tolist()
        return found

    def kept(self, equipment: str, channel: str) -> list[float]:
        """What the disk holds, from all lives."""
        return list(self.store.readings(EquipmentId(equipment), Channel(channel), 0, 2**62).v)


class Publisher:
    """Publishes at QoS 1 and waits for the broker's word."""

    def __init__(self, broker: Mosquitto, **will: str) -> None:
        self.client = paho.Client(CallbackAPIVersion.VERSION2, reconnect_on_failure=False)
        if will:
            self.client.will_set(will["topic"], will["payload"], qos=1, retain=True)
        connected = threading.Event()
        self.client.on_connect = lambda *_: connected.set()
        self.client.connect("127.0.0.1", broker.port)
        self.client.loop_start()
        assert connected.wait(10)

    def say(self, topic: str, payload: bytes | str, *, retain: bool = False) -> None:
        """Return when the broker has taken it."""
        self.client.publish(topic, payload, qos=1, retain=retain).wait_for_publish(20)

    def say_all(self, topic: str, payloads: list[bytes]) -> None:
        """All, then wait for the last."""
        infos = [self.client.publish(topic, payload, qos=1) for payload in payloads]
        for info in infos:
            info.wait_for_publish(30)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.client.disconnect()
        self.client.loop_stop()


class Listener:
    """Hears `topic_filter` and keeps the last payload of each topic."""

    def __init__(self, broker: Mosquitto, topic_filter: str) -> None:
        self.last: dict[str, bytes] = {}
        self.heard: list[tuple[str, bytes]] = []
        self.client = paho.Client(CallbackAPIVersion.VERSION2)
        self.client.on_connect = lambda client, *_: client.subscribe(topic_filter, 1)
        self.client.on_message = self._message
        self.client.connect("127.0.0.1", broker.port)
        self.client.loop_start()

    def _message(self, _client: object, _data: object, message: paho.MQTTMessage) -> None:
        self.last[message.topic] = bytes(message.payload)
        self.heard.append((message.topic, bytes(message.payload)))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.client.disconnect()
        self.client.loop_stop()
