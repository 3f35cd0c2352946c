from __future__ import annotations

import os
import signal
import socket
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge.broker import Broker
from edge.clock import SystemClock
from edge.health import Health, Part
from edge.settings import Mqtt
from tests.system.mosquitto import Mosquitto, answers, free_port
from tests.system.mqtt_rig import Publisher, Rig
from tests.waiting import becomes_true

pytestmark = pytest.mark.system

TOPIC = "labedge/v1/lab/physics/meter-1/u"
T0 = 1_790_000_000_000


def timed(number: int) -> bytes:
    return b'{"t":%d,"v":%d}' % (T0 + number, number)


def part(health: Health) -> Part:
    return next((one for one in health.parts() if one.name == "broker"), Part("broker", ok=False))


class Guarded:
    """A managed broker on a free port."""

    def __init__(self, folder: Path, **mqtt: object) -> None:
        self.health = Health()
        self.mqtt = Mqtt.model_validate({"port": free_port(), **mqtt})
        self.broker = Broker(self.mqtt, folder / "broker", clock=SystemClock(), health=self.health, environ=ENVIRON)

    def runs(self) -> bool:
        return becomes_true(lambda: self.broker.pid is not None and answers(self.mqtt.port))


ENVIRON = {"PATH": os.environ["PATH"], "MQTT_PASSWORD": "s3cret"}


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[Guarded]:
    one = Guarded(tmp_path)
    one.broker.start()
    yield one
    one.broker.stop()


def test_a_managed_broker_runs_where_the_settings_say_and_ends_in_order(guarded: Guarded) -> None:
    assert guarded.runs()
    assert becomes_true(lambda: part(guarded.health).ok)
    pid = guarded.broker.pid
    assert pid is not None
    guarded.broker.stop()
    assert not answers(guarded.mqtt.port)
    assert guarded.broker.pid is None
    guarded.broker.stop()


def test_a_first_connection_that_awaited_the_managed_broker_finds_it(tmp_path: Path) -> None:
    for life in range(5):
        one = Guarded(tmp_path / str(life))
        one.broker.start()
        one.broker.await_listening(threading.Event())
        assert answers(one.mqtt.port)
        one.broker.stop()


def test_who_stops_awaits_no_broker(guarded: Guarded) -> None:
    stopping = threading.Event()
    stopping.set()
    guarded.broker.stop()
    guarded.broker.await_listening(stopping)
    assert not answers(guarded.mqtt.port)


def test_a_managed_broker_that_dies_is_started_again(guarded: Guarded) -> None:
    assert guarded.runs()
    first = guarded.broker.pid
    assert first is not None
    os.kill(first, signal.SIGKILL)
    assert becomes_true(lambda: guarded.broker.pid not in (None, first))
    assert guarded.runs()


def test_a_retained_message_survives_a_restart_of_the_managed_broker(guarded: Guarded) -> None:
    assert guarded.runs()
    where = Mosquitto(Path(), port=guarded.mqtt.port)
    with Publisher(where) as publisher:
        publisher.say("a/b", "kept", retain=True)
    guarded.broker.stop()
    again = Broker(guarded.mqtt, guarded.broker._folder, clock=SystemClock(), health=guarded.health, environ=ENVIRON)
    again.start()
    try:
        assert becomes_true(lambda: answers(guarded.mqtt.port))
        words = ["mosquitto_sub", "-p", str(guarded.mqtt.port), "-t", "a/b", "-C", "1", "-W", "10"]
        assert subprocess.run(words, check=True, capture_output=True, timeout=20).stdout == b"kept\n"
    finally:
        again.stop()


def test_a_port_in_use_is_told_with_its_number_and_taken_when_it_is_free(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        guarded = Guarded(tmp_path, port=port)
        guarded.broker.start()
        assert becomes_true(lambda: str(port) in part(guarded.health).message)
        assert "systemctl disable --now mosquitto" in part(guarded.health).fix
    try:
        assert guarded.runs()
    finally:
        guarded.broker.stop()


def test_a_managed_broker_with_a_password_lets_in_who_knows_it_only(tmp_path: Path) -> None:
    guarded = Guarded(tmp_path, host="0.0.0.0", user="gateway", password="env:MQTT_PASSWORD")  # noqa: S104, S106 - the case itself
    guarded.broker.start()
    try:
        assert guarded.runs()
        words = ["mosquitto_pub", "-p", str(guarded.mqtt.port), "-t", "a", "-m", "b"]
        assert subprocess.run(words, check=False, capture_output=True, timeout=20).returncode != 0
        subprocess.run([*words, "-u", "gateway", "-P", "s3cret"], check=True, timeout=20)
        modes = [stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "broker").glob("*[!b]") if path.is_file()]
        assert set(modes) == {0o600}
        assert "s3cret" not in (tmp_path / "broker" / "passwords").read_text()
    finally:
        guarded.broker.stop()


def test_a_broker_left_over_from_a_killed_gateway_makes_way(tmp_path: Path) -> None:
    first = Guarded(tmp_path)
    (tmp_path / "broker").mkdir()
    path = first.broker._prepare()
    with subprocess.Popen(["/usr/sbin/mosquitto", "-c", str(path)], stderr=subprocess.DEVNULL) as leftover:
        assert becomes_true(lambda: answers(first.mqtt.port))
        (tmp_path / "broker" / "pid").write_text(f"{leftover.pid}\n")
        first.broker.start()
        assert leftover.wait(20) is not None
    try:
        assert first.runs()
    finally:
        first.broker.stop()


CHILD = """
import sys, threading
from pathlib import Path
from edge.broker import Broker
from edge.clock import SystemClock
from edge.health import Health
from edge.settings import Mqtt
broker = Broker(Mqtt(port=int(sys.argv[2])), Path(sys.argv[1]), clock=SystemClock(), health=Health())
broker.start()
threading.Event().wait()
"""


def test_a_managed_broker_dies_with_its_gateway(tmp_path: Path) -> None:
    port = free_port()
    with subprocess.Popen([sys.executable, "-c", CHILD, str(tmp_path / "broker"), str(port)]) as gateway:
        assert becomes_true(lambda: answers(port))
        gateway.kill()
    assert becomes_true(lambda: not answers(port))


def test_a_gateway_goes_on_after_its_managed_broker_was_killed(guarded: Guarded, tmp_path: Path) -> None:
    assert guarded.runs()
    where = Mosquitto(Path(), port=guarded.mqtt.port)
    with Rig(tmp_path, Mqtt(url=guarded.broker.url)) as rig:
        assert rig.connects()
        with Publisher(where) as publisher:
            publisher.say(TOPIC, timed(1))
        assert becomes_true(lambda: rig.values("meter-1", "u") == [1.0])
        pid = guarded.broker.pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        assert becomes_true(lambda: not rig.part.ok)
        assert rig.connects()
        with Publisher(where) as publisher:
            publisher.say(TOPIC, timed(2))
        assert becomes_true(lambda: rig.values("meter-1", "u") == [1.0, 2.0])


def test_nothing_acknowledged_is_lost_or_doubled_over_restarts_of_the_broker(tmp_path: Path) -> None:
    broker = Mosquitto(tmp_path / "mosquitto")
    broker.start()
    expected: list[float] = []
    with Rig(tmp_path, Mqtt(url=broker.url)) as rig:
        for life in range(4):
            assert rig.connects()
            with Publisher(broker) as publisher:
                numbers = range(1000 * life, 1000 * life + 500)
                publisher.say_all(TOPIC, [timed(number) for number in numbers])
                publisher.say_all(f"{TOPIC}x", [b'{"v":%d}' % number for number in numbers])
            expected += map(float, numbers)
            broker.stop()
            assert becomes_true(lambda: not rig.part.ok)
            broker.start()
        assert becomes_true(lambda: len(rig.kept("meter-1", "u")) >= len(expected))
        assert becomes_true(lambda: len(rig.kept("meter-1", "ux")) >= len(expected))
        assert rig.kept("meter-1", "u") == expected
        assert sorted(rig.kept("meter-1", "ux")) == expected
    broker.stop()


def test_a_broker_that_is_gone_is_told_and_found_again(tmp_path: Path) -> None:
    broker = Mosquitto(tmp_path / "mosquitto")
    with Rig(tmp_path, Mqtt(url=broker.url)) as rig:
        assert becomes_true(lambda: "does not answer" in rig.part.message)
        assert not rig.health.ready()
        broker.start()
        assert rig.connects()
        assert rig.health.ready()
        broker.stop()
        assert becomes_true(lambda: not rig.health.ready())
        broker.start()
        assert rig.connects()
    broker.stop()
