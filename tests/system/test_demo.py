from __future__ import annotations

import os
import select
import socket
import time
from collections.abc import Iterator
from itertools import chain, repeat
from pathlib import Path

import httpx
import pytest

from drivers.contract import Act, Step, Unit
from edge.clock import SystemClock
from edge.demo.lab import free_ports
from edge.demo.script import Cue
from edge.demo.stage import Actor, MqttPort, Port, PtyPort, Stage, TcpPort
from telemetry.model import NS_PER_S, Instant, State
from tests.system.test_command import running
from tests.waiting import becomes_true

pytestmark = pytest.mark.system
NEVER = Cue(3600 * NS_PER_S, Act.START)


class Echo:
    """A device that greets, echoes, ticks once after opening and tells each act."""

    state = State.IDLE

    def opened(self, at: Instant) -> Step:
        return Step(send=(b"hello\n",), wake_at=at)

    def received(self, unit: Unit, at: Instant) -> Step:
        return Step(send=(unit,), wake_at=at - 1)

    def woken(self, at: Instant) -> Step:
        return Step(send=(b"tick %d\n" % (at > 0),))

    def act(self, act: Act, at: Instant, *, name: str = "") -> Step:
        return Step(send=(f"{act.value} {name} {at > 0}\n".encode(),))


def staged(port: Port, *cues: Cue) -> Stage:
    following: Iterator[Cue] = chain(cues, repeat(NEVER))
    return Stage([Actor("echo", Echo(), port, following.__next__)], SystemClock())


def heard(file: int, until: bytes) -> bytes:
    said = b""

    def more() -> bool:
        nonlocal said
        if select.select([file], [], [], 0.05)[0]:
            said += os.read(file, 4096)
        return until in said

    assert becomes_true(more), said
    return said


def test_a_device_behind_a_terminal_answers_and_comes_back_after_its_cable_was_pulled(tmp_path: Path) -> None:
    path = tmp_path / "tty"
    pull, put = Cue(NS_PER_S // 5, unplugged=True), Cue(NS_PER_S // 5, unplugged=False)
    stage = staged(PtyPort(path), Cue(0, Act.START, "job.nc"), pull, put)
    stage.start()
    try:
        first = os.open(path, os.O_RDWR | os.O_NOCTTY)
        heard(first, b"hello\n")
        assert becomes_true(lambda: not path.exists())
        assert becomes_true(path.exists)
        second = os.open(path, os.O_RDWR | os.O_NOCTTY)
        os.write(second, b"are you there\n")
        heard(second, b"are you there\n")
    finally:
        stage.stop()
    stage.stop()
    assert not path.is_symlink()
    os.close(first)
    os.close(second)


def test_a_device_behind_a_socket_serves_the_newest_reader_and_survives_a_lost_one() -> None:
    [port] = free_ports(1)
    stage = staged(TcpPort(port), Cue(0, Act.START, "job.nc"))
    stage.start()
    try:
        for _ in range(3):
            with socket.create_connection(("127.0.0.1", port), timeout=60) as reader:
                heard(reader.fileno(), b"hello\n")
                reader.sendall(b"ping\n")
                heard(reader.fileno(), b"ping\n")
        first = socket.create_connection(("127.0.0.1", port), timeout=60)
        heard(first.fileno(), b"hello\n")
        with socket.create_connection(("127.0.0.1", port), timeout=60) as newer:
            heard(newer.fileno(), b"hello\n")
            assert becomes_true(lambda: first.recv(100) == b"")
        first.close()
    finally:
        stage.stop()


def test_a_network_device_that_is_switched_off_refuses_until_it_is_back() -> None:
    [port] = free_ports(1)
    stage = staged(TcpPort(port), Cue(0, unplugged=True), Cue(NS_PER_S // 2, unplugged=False))

    def answers() -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    stage.start()
    try:
        assert becomes_true(lambda: not answers())
        assert becomes_true(answers)
    finally:
        stage.stop()


def test_devices_of_a_broker_that_is_gone_leave_at_once() -> None:
    ports = [MqttPort(f"gone-{n}", free_ports(1)[0], None) for n in range(6)]
    for port in ports:
        port.plug()
    began = time.monotonic()
    for port in ports:
        port.unplug()
    assert time.monotonic() - began < 0.5


def test_the_demo_lab_is_alive_in_every_family_and_says_that_it_is_a_demo(tmp_path: Path) -> None:
    with running(tmp_path) as (_, address):

        def items() -> list[dict[str, object]]:
            return list(httpx.get(f"{address}/api/v1/equipment").json()["items"])

        assert len(items()) >= 12
        assert len({item["driver"] for item in items()}) >= 5
        assert becomes_true(lambda: {"busy", "idle"} <= {item["state"] for item in items()}, deadline_s=60)
        assert becomes_true(lambda: any(item["id"] == "tablet-7" for item in items()))
        board = httpx.get(f"{address}/", headers={"Accept-Language": "ru"}).text
        assert "Демонстрация" in board
        assert "Мастерская" in board
        totals = httpx.get(
            f"{address}/api/v1/equipment/printer-1/intervals",
            params={"start": "2026-10-01T00:00:00+03:00", "end": "2026-10-20T00:00:00+03:00"},
        ).json()["totals_ns"]
        assert sum(totals.values()) == 19 * 86_400 * NS_PER_S
