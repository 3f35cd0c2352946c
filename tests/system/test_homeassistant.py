"""What Home Assistant would hear from a whole gateway at a real broker."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from edge.main import Gateway
from edge.settings import Equipment, Mqtt, Settings
from telemetry.model import Rejected
from tests.system.mosquitto import Mosquitto
from tests.system.mqtt_rig import Listener, Publisher
from tests.waiting import becomes_true

pytestmark = pytest.mark.system

OWN = "labedge/v1/lab/$gateway/"
CONFIGS = "homeassistant/sensor/labedge-lab/"
STATUS = "homeassistant/status"
TOPIC = "labedge/v1/lab/physics/meter-1/u"
METER = Equipment(id="meter-1", name="Вольтметр", room="physics", driver="labedge")
PLUG = Equipment(id="meter-2", name="Амперметр", room="physics", driver="labedge")


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    one = Mosquitto(tmp_path / "mosquitto")
    one.start()
    yield one
    one.stop()


@pytest.fixture
def ear(broker: Mosquitto) -> Iterator[Listener]:
    """As Home Assistant and whoever watches: hears everything."""
    with Listener(broker, "#") as listener:
        yield listener


class Lab:
    """One life of a gateway that announces its equipment."""

    def __init__(self, folder: Path, broker: Mosquitto, *equipment: Equipment, discovery: bool = True) -> None:
        self.news: Settings | None = None
        self.settings = Settings(mqtt=Mqtt(url=broker.url, discovery=discovery), equipment=equipment)
        self.gateway = Gateway(self.settings, folder / "data", reload=self._reload)

    def _reload(self) -> Settings | None:
        news, self.news = self.news, None
        return news

    def connected(self) -> bool:
        return any((part.name, part.ok) == ("mqtt", True) for part in self.gateway.health.parts())

    def heard(self) -> float | None:
        return self.gateway.metrics.registry.get_sample_value("labedge_messages_received_total", {"link": "mqtt"})


@contextmanager
def living(folder: Path, broker: Mosquitto, *equipment: Equipment, discovery: bool = True) -> Iterator[Lab]:
    lab = Lab(folder, broker, *equipment, discovery=discovery)
    lab.gateway.start()
    try:
        assert becomes_true(lab.connected)
        yield lab
    finally:
        lab.gateway.stop()


def config(ear: Listener, name: str) -> bytes | None:
    return ear.last.get(f"{CONFIGS}{name}/config")


def announced(ear: Listener, name: str) -> bool:
    return bool(config(ear, name))


def test_an_equipment_with_its_state_and_channels_is_announced_and_followed(
    tmp_path: Path, broker: Mosquitto, ear: Listener
) -> None:
    with living(tmp_path, broker, METER), Publisher(broker) as publisher:
        publisher.say(TOPIC, b'{"v":3.5,"unit":"V"}')
        publisher.say("labedge/v1/lab/physics/meter-1/$state", b"busy")
        assert becomes_true(lambda: ear.last.get(f"{OWN}meter-1/u") == b"3.5")
        assert becomes_true(lambda: ear.last.get(f"{OWN}meter-1/$state") == b"busy")
        assert becomes_true(lambda: announced(ear, "meter-1_u"))
        sensor = json.loads(config(ear, "meter-1_u") or b"")
        assert (sensor["device_class"], sensor["device"]["name"]) == ("voltage", "Вольтметр")
        topics = [sensor["state_topic"], *(one["topic"] for one in sensor["availability"])]
        assert becomes_true(lambda: [ear.last.get(topic) for topic in topics] == [b"3.5", b"online", b"online"])
    assert becomes_true(lambda: ear.last.get(f"{OWN}$link") == b"offline")


def test_who_comes_later_gets_announcements_and_states_from_the_broker(tmp_path: Path, broker: Mosquitto) -> None:
    with living(tmp_path, broker, METER), Publisher(broker) as publisher, Listener(broker, "#") as first:
        publisher.say("labedge/v1/lab/physics/meter-1/$state", b"busy")
        assert becomes_true(lambda: first.last.get(f"{OWN}meter-1/$state") == b"busy")
        with Listener(broker, "#") as second:
            assert becomes_true(lambda: announced(second, "meter-1"))
            assert becomes_true(lambda: second.last.get(f"{OWN}meter-1/$state") == b"busy")


def test_everything_is_announced_again_on_a_reconnect_and_when_home_assistant_comes_up(
    tmp_path: Path, broker: Mosquitto, ear: Listener
) -> None:
    with living(tmp_path, broker, METER) as lab:
        assert becomes_true(lambda: announced(ear, "meter-1"))
        broker.stop()
        (broker.folder / "mosquitto.db").unlink(missing_ok=True)
        assert becomes_true(lambda: not lab.connected())
        ear.last.clear()
        broker.start()
        assert becomes_true(lambda: announced(ear, "meter-1") and ear.last.get(f"{OWN}meter-1/$link"))
        ear.last.clear()
        with Publisher(broker) as publisher:
            publisher.say(STATUS, b"online")
        assert becomes_true(lambda: announced(ear, "meter-1") and ear.last.get(f"{OWN}meter-1/$state"))


def test_the_gateway_takes_nothing_of_this_for_a_devices_words(
    tmp_path: Path, broker: Mosquitto, ear: Listener
) -> None:
    with living(tmp_path, broker, METER) as lab, Publisher(broker) as publisher:
        publisher.say(STATUS, b"online")
        publisher.say(TOPIC, b'{"v":1}')
        assert becomes_true(lambda: ear.last.get(f"{OWN}meter-1/u") == b"1.0")
        publisher.say(TOPIC, b'{"v":2}')
        assert becomes_true(lambda: ear.last.get(f"{OWN}meter-1/u") == b"2.0")
        assert lab.heard() == 2
        records = [record for _, record in lab.gateway.store.records(0, 10_000)]
        assert [record for record in records if isinstance(record, Rejected)] == []
        assert {record.equipment for record in records if hasattr(record, "equipment")} == {"meter-1"}


def test_a_removed_equipment_is_taken_back_at_once_or_at_the_next_start(
    tmp_path: Path, broker: Mosquitto, ear: Listener
) -> None:
    with living(tmp_path, broker, METER, PLUG) as lab:
        assert becomes_true(lambda: announced(ear, "meter-1") and announced(ear, "meter-2"))
        lab.news = lab.settings.model_copy(update={"equipment": (PLUG,)})
        assert becomes_true(lambda: config(ear, "meter-1") == b"")
        assert announced(ear, "meter-2")
    with living(tmp_path, broker, METER):
        assert becomes_true(lambda: config(ear, "meter-2") == b"" and announced(ear, "meter-1"))
        assert becomes_true(lambda: ear.last.get(f"{OWN}meter-2/$state") == b"")
    with Listener(broker, "#") as later:
        assert becomes_true(lambda: announced(later, "meter-1"))
        assert not [topic for topic in later.last if "meter-2" in topic]


def test_a_thousand_sensors_get_through_and_a_device_still_does(
    tmp_path: Path, broker: Mosquitto, ear: Listener
) -> None:
    with living(tmp_path, broker, *(METER.model_copy(update={"id": f"meter-{n}"}) for n in range(1, 21))):
        with Publisher(broker) as publisher:
            for number in range(1, 21):
                values = {f"c{channel}": [channel] for channel in range(50)}
                said = {"t0": 1_790_000_000_000, "dt": 1, "v": values}
                publisher.say(f"labedge/v1/lab/physics/meter-{number}/$batch", json.dumps(said))
            publisher.say(TOPIC, b'{"v":5}')
        assert becomes_true(lambda: ear.last.get(f"{OWN}meter-1/u") == b"5.0")
        assert becomes_true(lambda: sum(topic.startswith(CONFIGS) for topic in ear.last) == 20 * 51 + 1)
        assert becomes_true(lambda: ear.last.get(f"{OWN}meter-20/c49") == b"49.0")


def test_where_it_is_off_nothing_is_announced(tmp_path: Path, broker: Mosquitto, ear: Listener) -> None:
    with living(tmp_path, broker, METER, discovery=False) as lab, Publisher(broker) as publisher:
        publisher.say(STATUS, b"online")
        publisher.say(TOPIC, b'{"v":1}')
        assert becomes_true(lambda: lab.heard() == 1)
    assert becomes_true(lambda: ear.last.get(f"{OWN}$link") == b"offline")
    assert {topic for topic in ear.last if topic not in (STATUS, TOPIC)} == {f"{OWN}$link"}
