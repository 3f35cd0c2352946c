from __future__ import annotations

import base64
import hashlib
from pathlib import Path

import pytest

from edge.broker import Broker
from edge.broker_settings import configuration, is_loopback, password_line, reachable
from edge.clock import SystemClock
from edge.errors import GiveUp
from edge.health import Health
from edge.settings import Mqtt
from tests.waiting import becomes_true

FOLDER = Path("/var/lib/labedge/broker")


def lines(mqtt: Mqtt, *, as_root: bool = False) -> list[str]:
    text = configuration(mqtt, FOLDER, port=1883, as_root=as_root)
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def test_the_defaults_that_lose_data_are_replaced() -> None:
    told = dict(line.split(" ", 1) for line in lines(Mqtt()))
    assert told["persistence"] == "true"
    assert told["persistence_location"] == f"{FOLDER}/"
    assert int(told["autosave_interval"]) <= 10
    assert int(told["max_inflight_messages"]) > 20
    assert int(told["max_queued_messages"]) > 1000
    assert int(told["max_packet_size"]) > 10_000_000
    assert told["listener"] == "1883 127.0.0.1"


def test_anybody_on_this_machine_may_speak_where_no_password_is_set() -> None:
    assert "allow_anonymous true" in lines(Mqtt())


def test_a_wider_interface_without_a_password_is_refused_with_what_to_do() -> None:
    with pytest.raises(GiveUp, match="whole network") as caught:
        lines(Mqtt(host="0.0.0.0"))  # noqa: S104 - the case itself
    assert "password" in caught.value.fix


def test_a_password_closes_the_broker() -> None:
    told = lines(Mqtt(host="0.0.0.0", user="gateway", password="env:SECRET"))  # noqa: S104, S106 - a reference
    assert "allow_anonymous false" in told
    assert f"password_file {FOLDER}/passwords" in told


@pytest.mark.parametrize(("user", "password"), [("a:b", "env:S"), ("a", ""), ("a\nb", "env:S")])
def test_a_user_that_a_password_file_cannot_hold_is_refused(user: str, password: str) -> None:
    with pytest.raises(GiveUp, match="user"):
        lines(Mqtt(user=user, password=password))


def test_only_root_needs_to_say_who_it_stays() -> None:
    assert "user root" in lines(Mqtt(), as_root=True)
    assert not any(line.startswith("user ") for line in lines(Mqtt()))


def test_a_password_line_holds_a_salted_hash_only() -> None:
    user, _, rest = password_line("gateway", "s3cret").strip().partition(":")
    _, kind, rounds, salt, digest = rest.split("$")
    expected = hashlib.pbkdf2_hmac("sha512", b"s3cret", base64.b64decode(salt), int(rounds))
    assert (user, kind, base64.b64decode(digest)) == ("gateway", "7", expected)
    assert password_line("gateway", "s3cret") != password_line("gateway", "s3cret")


@pytest.mark.parametrize(
    ("host", "loopback", "named"),
    [
        ("127.0.0.1", True, "127.0.0.1"),
        ("localhost", True, "localhost"),
        ("::1", True, "[::1]"),
        ("0.0.0.0", False, "127.0.0.1"),  # noqa: S104 - the case itself
        ("::", False, "[::1]"),
        ("10.0.0.2", False, "10.0.0.2"),
        ("gateway.lan", False, "gateway.lan"),
    ],
)
def test_hosts_are_told_apart(host: str, loopback: bool, named: str) -> None:  # noqa: FBT001 - a column of the table
    assert (is_loopback(host), reachable(host)) == (loopback, named)


def test_a_missing_mosquitto_is_told_with_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("edge.broker.PLACES", str(tmp_path))
    health = Health()
    broker = Broker(Mqtt(), tmp_path / "broker", clock=SystemClock(), health=health, environ={"PATH": str(tmp_path)})
    assert not broker.installed
    assert broker.url == "mqtt://127.0.0.1:1883"
    broker.start()
    try:
        assert becomes_true(health.parts)
        part = health.parts()[0]
        assert (part.ok, part.vital, part.fix) == (False, False, "sudo apt install mosquitto")
        assert broker.pid is None
    finally:
        broker.stop()


def program(folder: Path, text: str) -> None:
    path = folder / "mosquitto"
    path.write_text(text)
    path.chmod(0o755)


def test_a_mosquitto_that_is_installed_later_is_noticed_and_its_last_words_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("edge.broker.PLACES", "/nowhere")
    monkeypatch.setattr("edge.broker.LOOK_AGAIN_S", 0.05)
    health = Health()
    environ = {"PATH": str(tmp_path)}
    broker = Broker(Mqtt(port=0), tmp_path / "broker", clock=SystemClock(), health=health, environ=environ)
    broker.start()
    try:
        assert becomes_true(health.parts)
        program(tmp_path, "#!/bin/sh\necho '1: Error: no' >&2\nexit 3\n")
        assert becomes_true(lambda: "ended with 3: Error: no" in health.parts()[0].message)
    finally:
        broker.stop()


def test_a_signal_that_ended_it_is_named_and_its_greeting_is_no_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("edge.broker.PLACES", "/nowhere")
    words = "echo '1: Warning: Mosquitto should not be run as root/administrator.' >&2"
    program(tmp_path, f"#!/bin/sh\n{words}\nkill -9 $$\n")
    health = Health()
    environ = {"PATH": str(tmp_path)}
    broker = Broker(Mqtt(port=0), tmp_path / "broker", clock=SystemClock(), health=health, environ=environ)
    broker.start()
    try:
        expected = "Mosquitto ended with SIGKILL: it gave no reason; it is restarted."
        assert becomes_true(lambda: expected in [part.message for part in health.parts()])
    finally:
        broker.stop()


def test_a_program_that_cannot_be_started_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("edge.broker.PLACES", "/nowhere")
    program(tmp_path, "#!/nowhere/sh\n")
    health = Health()
    environ = {"PATH": str(tmp_path)}
    broker = Broker(Mqtt(port=0), tmp_path / "broker", clock=SystemClock(), health=health, environ=environ)
    broker.start()
    try:
        assert becomes_true(lambda: health.parts() and "cannot be started" in health.parts()[0].message)
    finally:
        broker.stop()


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    broker = Broker(Mqtt(), tmp_path / "file" / "broker", clock=SystemClock(), health=Health(), environ={})
    with pytest.raises(GiveUp, match="cannot be written"):
        broker._prepare()


def test_a_pid_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    broker = Broker(Mqtt(), tmp_path, clock=SystemClock(), health=Health(), environ={})
    for text in ("1\n", "nonsense", "999999999"):
        (tmp_path / "pid").write_text(text)
        broker._end_leftover(tmp_path / "mosquitto.conf")
    assert (tmp_path / "pid").exists()
