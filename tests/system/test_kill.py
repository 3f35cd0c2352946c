from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from edge.store.local import LocalStore
from telemetry.model import Channel, EquipmentId, Source
from tests.system.mosquitto import Mosquitto, free_port
from tests.system.mqtt_rig import Listener, Publisher
from tests.waiting import becomes_true

pytestmark = pytest.mark.system

KILLS = 50
T0 = 1_790_000_000_000
DEVICES = 4
ANNOUNCEMENT = "labedge/v1/lab/$gateway/$link"
STATES = ("busy", "idle")

CONFIG = """
[mqtt]
url = "{url}"
[api]
port = {port}
"""


class Load:
    """Publishes without end, and knows how many of its messages the broker has taken."""

    def __init__(self, broker: Mosquitto) -> None:
        self.taken = 0
        self._publisher = Publisher(broker)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(30)
        self._publisher.client.disconnect()
        self._publisher.client.loop_stop()

    def _run(self) -> None:
        number = 0
        while not self._stopping.wait(0.01):
            infos = [self._publisher.client.publish(*message(number + one), qos=1) for one in range(50)]
            for info in infos:
                info.wait_for_publish(30)
            number += len(infos)
            self.taken = number


def message(number: int) -> tuple[str, bytes]:
    """Every tenth tells a state with its time, of the others every second one a reading with its time.

    The rest have none: only the gateway's own memory of what it has recorded tells a redelivered one from a new one.
    """
    device = f"labedge/v1/lab/physics/meter-{number % DEVICES}"
    if number % 10 == 0:
        return f"{device}/$state", b'{"t":%d,"v":"%s"}' % (T0 + number, STATES[number // 10 % 2].encode())
    if number % 2:
        return f"{device}/untimed", b'{"v":%d}' % number
    return f"{device}/u", b'{"t":%d,"v":%d}' % (T0 + number, number)


NURSERY = """
import os, sys
import api.command, api.service

for line in sys.stdin:
    child = os.fork()
    if child == 0:
        os.close(0)
        os.dup2(2, 1)
        sys.argv = ["labedge", *line.split()]
        api.command.main()
    print(child, flush=True)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""
"""Forks the whole gateway from a process that has loaded its modules: a start takes a fifth of the time.

The gateway's own words go to the log, so that nothing but numbers stands on the nursery's standard output.
"""


class Gateway:
    """The whole gateway, `labedge run`, as its own process; one life at a time."""

    def __init__(self, folder: Path, broker: Mosquitto) -> None:
        self.data = folder / "data"
        config = folder / "labedge.toml"
        config.write_text(CONFIG.format(url=broker.url, port=free_port()))
        self._line = f"run --config {config} --data-dir {self.data}\n"
        self._log = folder / "gateway.log"
        self._pid: int | None = None
        with self._log.open("wb") as log:
            self._nursery = subprocess.Popen(
                [sys.executable, "-c", NURSERY], text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log
            )

    def start(self) -> None:
        assert self._nursery.stdin is not None
        self._nursery.stdin.write(self._line)
        self._nursery.stdin.flush()
        self._pid = self._number()

    def end(self, how: int) -> int:
        """Send `how` and wait for the end; returns the exit code."""
        assert self._pid is not None
        os.kill(self._pid, how)
        self._pid = None
        return self._number()

    def close(self) -> None:
        if self._pid is not None:
            self.end(signal.SIGKILL)
        self._nursery.communicate(timeout=60)

    def _number(self) -> int:
        assert self._nursery.stdout is not None
        line = self._nursery.stdout.readline()
        assert line, self.log
        return int(line)

    @property
    def log(self) -> str:
        return self._log.read_text()[-3000:]


def kept(store: LocalStore) -> list[int]:
    """The numbers of all messages that the journal holds, each as often as it holds it."""
    numbers: list[int] = []
    for device in range(DEVICES):
        equipment = EquipmentId(f"meter-{device}")
        for channel in ("u", "untimed"):
            numbers += map(int, store.readings(equipment, Channel(channel), 0, 2**62).v)
        changes = store.changes((equipment,), T0 * 10**6, (T0 + 10**8) * 10**6)
        numbers += [int(at) // 10**6 - T0 for at in changes.at[changes.source == Source.DEVICE]]
    return numbers


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    one = Mosquitto(tmp_path / "mosquitto")
    one.start()
    yield one
    one.stop()


@pytest.fixture
def gateway(tmp_path: Path, broker: Mosquitto) -> Iterator[Gateway]:
    one = Gateway(tmp_path, broker)
    yield one
    one.close()


@pytest.fixture
def load(broker: Mosquitto) -> Iterator[Load]:
    one = Load(broker)
    yield one
    one.stop()


@pytest.mark.timeout(1200)  # fifty starts: seconds each on a loaded machine
def test_killed_fifty_times_under_load_nothing_acknowledged_is_lost_and_nothing_doubled(
    broker: Mosquitto, gateway: Gateway, load: Load
) -> None:
    dice = random.Random(40)
    moment = threading.Event()
    with Listener(broker, ANNOUNCEMENT) as listener:
        for kill in range(KILLS):
            listener.last.clear()
            gateway.start()
            if kill % 5 != 4:  # the others are killed in the midst of their start
                assert becomes_true(lambda: listener.last.get(ANNOUNCEMENT) == b"online"), gateway.log
            if kill == 0:
                load.start()  # before its first subscription the broker keeps nothing for it
            moment.wait(dice.uniform(0.0, 0.6))
            assert gateway.end(signal.SIGKILL) == -signal.SIGKILL
    gateway.start()
    load.stop()
    assert load.taken > 10 * KILLS
    everything = list(range(load.taken))
    with closing(LocalStore(gateway.data / "journal.sqlite")) as store:
        becomes_true(lambda: len(kept(store)) >= load.taken, deadline_s=120)
        assert gateway.end(signal.SIGTERM) == 0
        assert sorted(set(everything) - set(kept(store))) == [], gateway.log
        assert sorted(kept(store)) == everything
        assert store.counts().readings == sum(1 for number in everything if number % 10)
        assert store.counts().rejected == 0
