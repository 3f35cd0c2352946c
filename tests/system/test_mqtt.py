from __future__ import annotations

import signal
import socket
import struct
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.catalog import CATALOG
from edge.settings import Equipment, LinkSettings, Mqtt
from telemetry.model import EquipmentSeen, LinkChanged, Rejected
from tests.system.mosquitto import Mosquitto
from tests.system.mqtt_rig import Listener, Publisher, Rig
from tests.waiting import becomes_true

pytestmark = pytest.mark.system

TOPIC = "labedge/v1/lab/physics/meter-1/u"
ANNOUNCEMENT = "labedge/v1/lab/$gateway/$link"
T0 = 1_790_000_000_000


def timed(number: int) -> bytes:
    return b'{"t":%d,"v":%d}' % (T0 + number, number)


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    one = Mosquitto(tmp_path / "mosquitto")
    one.start()
    yield one
    one.stop()


@pytest.fixture
def rig(broker: Mosquitto, tmp_path: Path) -> Iterator[Rig]:
    with Rig(tmp_path, Mqtt(url=broker.url)) as one:
        assert one.connects()
        yield one


def rejects(rig: Rig) -> list[Rejected]:
    return [record for record in list(rig.records) if isinstance(record, Rejected)]


def test_an_unknown_equipment_is_recorded_from_its_first_message(rig: Rig, broker: Mosquitto) -> None:
    with Publisher(broker) as publisher:
        publisher.say(TOPIC, timed(1))
    assert becomes_true(lambda: rig.values("meter-1", "u") == [1.0])
    seen = [record for record in rig.records if isinstance(record, EquipmentSeen)]
    assert [(one.equipment, one.room, one.driver) for one in seen] == [("meter-1", "physics", "labedge")]


def test_messages_without_a_time_are_each_kept_though_they_came_together(rig: Rig, broker: Mosquitto) -> None:
    with Publisher(broker) as publisher:
        publisher.say_all(TOPIC, [b'{"v":%d}' % number for number in range(500)])
    assert becomes_true(lambda: len(rig.values("meter-1", "u")) == 500)
    assert rig.kept("meter-1", "u") == [float(number) for number in range(500)]


def test_what_was_published_while_the_gateway_was_away_is_kept_when_it_is_back(
    broker: Mosquitto, tmp_path: Path
) -> None:
    with Rig(tmp_path, Mqtt(url=broker.url)) as first:
        assert first.connects()
    with Publisher(broker) as publisher:
        publisher.say_all(TOPIC, [timed(number) for number in range(200)])
    with Rig(tmp_path, Mqtt(url=broker.url)) as second:
        assert becomes_true(lambda: len(second.values("meter-1", "u")) == 200)
        assert second.kept("meter-1", "u") == [float(number) for number in range(200)]


def test_a_newcomer_is_not_new_again_after_a_restart(broker: Mosquitto, tmp_path: Path) -> None:
    with Publisher(broker) as publisher:
        with Rig(tmp_path, Mqtt(url=broker.url)) as first:
            assert first.connects()
            publisher.say(TOPIC, timed(1))
            assert becomes_true(lambda: first.values("meter-1", "u"))
        with Rig(tmp_path, Mqtt(url=broker.url)) as second:
            assert second.connects()
            publisher.say(TOPIC, timed(2))
            assert becomes_true(lambda: second.values("meter-1", "u") == [2.0])
            assert not [record for record in second.records if isinstance(record, EquipmentSeen)]


def test_everything_was_acknowledged_so_that_nothing_comes_again(broker: Mosquitto, tmp_path: Path) -> None:
    with Rig(tmp_path, Mqtt(url=broker.url)) as rig, Publisher(broker) as publisher:
        assert rig.connects()
        publisher.say_all(TOPIC, [timed(number) for number in range(1000)])
        publisher.say("labedge/v1/lab/nonsense", b"{}")
        assert becomes_true(lambda: len(rejects(rig)) == 1)
    with Rig(tmp_path, Mqtt(url=broker.url)) as again:
        assert again.connects()
        with Publisher(broker) as publisher:
            publisher.say(TOPIC, timed(1000))
        assert becomes_true(lambda: again.values("meter-1", "u") == [1000.0])
        assert again.metrics.registry.get_sample_value("labedge_messages_received_total", {"link": "mqtt"}) == 1


def test_wrong_json_is_a_reject_and_the_connection_lives(rig: Rig, broker: Mosquitto) -> None:
    with Publisher(broker) as publisher:
        for payload in (b"{", b"nan", b"\xff\xfe", b'{"v":"x"}', b'{"t":0,"v":1}'):
            publisher.say(TOPIC, payload)
        publisher.say(TOPIC, timed(7))
    assert becomes_true(lambda: 7.0 in rig.values("meter-1", "u"))
    assert {record.origin for record in rejects(rig)} == {TOPIC}
    assert {b"{", b"nan", b"\xff\xfe", b'{"v":"x"}'} <= {record.raw for record in rejects(rig)}
    count = rig.metrics.registry.get_sample_value("labedge_rejected_total", {"equipment": "meter-1"})
    assert count == len(rejects(rig))


def test_a_topic_of_nobody_is_a_reject_that_names_it(rig: Rig, broker: Mosquitto) -> None:
    with Publisher(broker) as publisher:
        publisher.say("labedge/v1/lab/Физика/x", b"hello")
    assert becomes_true(lambda: rejects(rig))
    one = rejects(rig)[0]
    assert (one.origin, one.raw, one.equipment) == ("labedge/v1/lab/Физика/x", b"hello", "")


def test_a_message_of_ten_megabytes_is_a_bounded_reject_and_does_not_come_again(
    broker: Mosquitto, tmp_path: Path
) -> None:
    with Publisher(broker) as publisher:
        with Rig(tmp_path, Mqtt(url=broker.url)) as rig:
            assert rig.connects()
            publisher.say(TOPIC, b"\x01" * 10_000_000)
            publisher.say(TOPIC, timed(1))
            assert becomes_true(lambda: rig.values("meter-1", "u") == [1.0])
            assert [(one.size, len(one.raw), one.origin) for one in rejects(rig)] == [(10_000_000, 1024, TOPIC)]
        with Rig(tmp_path, Mqtt(url=broker.url)) as again:
            assert again.connects()
            publisher.say(TOPIC, timed(2))
            assert becomes_true(lambda: again.values("meter-1", "u") == [2.0])
            assert rejects(again) == []


def test_an_attached_equipment_is_served_at_once_and_no_more_when_detached(rig: Rig, broker: Mosquitto) -> None:
    plug = Equipment(
        id="plug-7", name="Plug", room="physics", driver="tasmota", link=LinkSettings(mqtt="tele/plug-7/#")
    )
    energy = b'{"Time":"2026-09-21T10:00:%02d","ENERGY":{"Power":%d,"Total":1.5}}'
    with Publisher(broker) as publisher:
        rig.exchange.attach(plug, CATALOG["tasmota"])
        assert becomes_true(lambda: hears(rig, publisher, "tele/plug-7/SENSOR", energy % (1, 40)))
        rig.exchange.detach("plug-7")
        publisher.say(TOPIC, timed(1))
        assert becomes_true(lambda: rig.values("meter-1", "u"))
        before = len(rig.records)
        publisher.say("tele/plug-7/SENSOR", energy % (2, 50))
        publisher.say(TOPIC, timed(2))
        assert becomes_true(lambda: rig.values("meter-1", "u") == [1.0, 2.0])
        assert not [r for r in rig.records[before:] if getattr(r, "equipment", "") == "plug-7"]


def hears(rig: Rig, publisher: Publisher, topic: str, payload: bytes) -> bool:
    """The subscription needs a moment: what was said before is not heard by design of MQTT."""
    publisher.say(topic, payload)
    return any(getattr(record, "channel", "") == "power" for record in list(rig.records))


def test_the_gateway_announces_itself_again_on_every_connection(broker: Mosquitto, tmp_path: Path) -> None:
    with Rig(tmp_path, Mqtt(url=broker.url)) as rig:
        assert rig.connects()
        with Listener(broker, ANNOUNCEMENT) as listener:
            assert becomes_true(lambda: listener.last.get(ANNOUNCEMENT) == b"online")
            broker.stop()
            assert becomes_true(lambda: not rig.part.ok)
            (broker.folder / "mosquitto.db").unlink(missing_ok=True)
            listener.last.clear()
            broker.start()
            assert becomes_true(lambda: listener.last.get(ANNOUNCEMENT) == b"online")
    with Listener(broker, ANNOUNCEMENT) as listener:
        assert becomes_true(lambda: listener.last.get(ANNOUNCEMENT) == b"offline")


def test_its_own_announcement_is_no_news_to_the_gateway(rig: Rig, broker: Mosquitto) -> None:
    with Publisher(broker) as publisher:
        publisher.say(TOPIC, timed(1))
    assert becomes_true(lambda: rig.values("meter-1", "u"))
    assert rejects(rig) == []


def test_a_killed_client_of_the_broker_leaves_its_will(rig: Rig, broker: Mosquitto) -> None:
    link = "labedge/v1/lab/physics/meter-1/$link"
    with Publisher(broker, topic=link, payload="offline") as publisher:
        publisher.say(link, "online", retain=True)
        publisher.say(TOPIC, timed(1))
        assert becomes_true(lambda: rig.values("meter-1", "u"))
        sock = publisher.client.socket()
        assert isinstance(sock, socket.socket)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        sock.close()
        assert becomes_true(lambda: ups(rig, "meter-1")[-1] is False)


def ups(rig: Rig, equipment: str) -> list[bool]:
    return [r.up for r in list(rig.records) if isinstance(r, LinkChanged) and r.equipment == equipment]


def test_a_flood_of_one_device_does_not_starve_another(rig: Rig, broker: Mosquitto) -> None:
    with Publisher(broker) as flood, Publisher(broker) as calm:
        for number in range(20_000):
            flood.client.publish("labedge/v1/lab/physics/flood-1/u", timed(number), qos=1)
        calm.say(TOPIC, timed(1))
        assert becomes_true(lambda: rig.values("meter-1", "u") == [1.0], deadline_s=10)


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("certificates")
    new = ["openssl", "req", "-newkey", "rsa:2048", "-nodes"]

    def run(*words: str) -> None:
        subprocess.run(words, check=True, cwd=folder, capture_output=True)

    run(*new, "-x509", "-days", "2", "-subj", "/CN=Lab CA", "-keyout", "ca.key", "-out", "ca.pem")
    run(*new, "-subj", "/CN=broker", "-keyout", "server.key", "-out", "server.csr")
    (folder / "ext").write_text("subjectAltName=IP:127.0.0.1,DNS:localhost\n")
    sign = ["openssl", "x509", "-req", "-days", "2", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial"]
    run(*sign, "-in", "server.csr", "-extfile", "ext", "-out", "server.pem")
    run("mosquitto_passwd", "-b", "-c", "passwords", "gateway", "s3cret")
    return folder


@pytest.fixture
def guarded(certificates: Path, tmp_path: Path) -> Iterator[Mosquitto]:
    one = Mosquitto(
        tmp_path / "guarded",
        listener=(
            "allow_anonymous false",
            f"password_file {certificates}/passwords",
            f"cafile {certificates}/ca.pem",
            f"certfile {certificates}/server.pem",
            f"keyfile {certificates}/server.key",
        ),
    )
    one.start()
    yield one
    one.stop()


def secure(broker: Mosquitto, ca: Path | str) -> Mqtt:
    url = f"mqtts://127.0.0.1:{broker.port}"
    return Mqtt(url=url, user="gateway", password="env:MQTT_PASSWORD", ca=str(ca))  # noqa: S106 - a reference


def test_a_broker_with_tls_and_a_password_is_served(guarded: Mosquitto, certificates: Path, tmp_path: Path) -> None:
    settings = secure(guarded, certificates / "ca.pem")
    with Rig(tmp_path, settings, environ={"MQTT_PASSWORD": "s3cret"}) as rig:
        assert rig.connects()
        words = ["-h", "127.0.0.1", "-p", str(guarded.port), "--cafile", str(certificates / "ca.pem")]
        words += ["-u", "gateway", "-P", "s3cret", "-q", "1", "-t", TOPIC]
        subprocess.run(["mosquitto_pub", *words, "-s"], input=timed(3), check=True, timeout=20)
        many = b"\n".join(timed(number) for number in range(10, 1010)) + b"\n"
        subprocess.run(["mosquitto_pub", *words, "-l"], input=many, check=True, timeout=20)
        assert becomes_true(lambda: len(rig.values("meter-1", "u")) == 1001)


@pytest.mark.parametrize(
    ("ca", "password", "told"),
    [
        ("ca.pem", "wrong", "refuses the user 'gateway'"),
        ("", "s3cret", "certificate that is not trusted"),
        ("missing.pem", "s3cret", "cannot be read"),
        ("ca.pem", None, "MQTT_PASSWORD, which is not set"),
    ],
)
def test_what_only_a_person_can_mend_is_said_in_a_sentence(
    guarded: Mosquitto, certificates: Path, tmp_path: Path, ca: str, password: str | None, told: str
) -> None:
    settings = secure(guarded, certificates / ca if ca else "")
    environ = {} if password is None else {"MQTT_PASSWORD": password}
    with Rig(tmp_path, settings, environ=environ) as rig:
        assert becomes_true(lambda: told in rig.part.message), rig.part
        assert rig.part.fix
        assert "s3cret" not in rig.part.message


def test_something_that_is_no_broker_is_told_so(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with Rig(tmp_path, Mqtt(url=f"mqtt://127.0.0.1:{port}")) as rig:
            peer, _ = server.accept()
            peer.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            peer.close()
            assert becomes_true(lambda: "connection" in rig.part.message)


def test_a_broker_that_was_killed_and_lost_our_session_is_subscribed_anew(broker: Mosquitto, rig: Rig) -> None:
    broker.stop(how=signal.SIGKILL)
    (broker.folder / "mosquitto.db").unlink(missing_ok=True)
    assert becomes_true(lambda: not rig.part.ok)
    broker.start()
    assert rig.connects()
    with Publisher(broker) as publisher:
        publisher.say(TOPIC, timed(5))
    assert becomes_true(lambda: rig.values("meter-1", "u") == [5.0])
