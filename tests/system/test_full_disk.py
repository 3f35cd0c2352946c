from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from tests.system.mosquitto import Mosquitto, answers, free_port
from tests.system.mqtt_rig import Publisher
from tests.system.test_command import running
from tests.waiting import becomes_true

pytestmark = pytest.mark.system

T0 = 1_790_000_000_000
POSTS = 60
"""Lab computers that post at once: more than the server has threads."""

MESSAGES = 500
TOPIC = "labedge/v1/lab/it/meter-1/u"
LARGE = json.dumps({"t0": T0, "dt": 0.01, "v": {"u": [number / 7 for number in range(5000)]}})
COUNTER = 'labedge_messages_received_total{link="http"}'
WINDOW = {"start": "2026-09-01T00:00:00Z", "end": "2028-09-01T00:00:00Z"}
CONFIG = """
[mqtt]
url = "{url}"
"""


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """A file system of 8 MiB; skipped where the tests may not mount one."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(folder)]
    if os.geteuid() or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("only root can mount a small disk")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    one = Mosquitto(tmp_path / "mosquitto")
    one.start()
    yield one
    one.stop(how=signal.SIGKILL)


class Filler:
    """Leaves no byte on a disk, and gives it all back."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "filler"

    def fill(self) -> None:
        with self._path.open("ab", buffering=0) as file:
            for size in (65536, 4096):
                try:
                    while file.write(b"x" * size):
                        pass
                except OSError:
                    continue

    def free(self) -> None:
        self._path.unlink()


def batch(number: int) -> dict[str, object]:
    return {"equipment": "pc-1", "room": "it", "channel": "u", "t0": T0 + 1000 * number, "dt": 0.01, "v": [number] * 50}


def values(address: str, equipment: str) -> list[float]:
    asked = {"equipment": equipment, "channel": "u", **WINDOW}
    answer = httpx.get(f"{address}/api/v1/readings", params=asked, timeout=30)
    return list(answer.json()["v"]) if answer.is_success else []


def fills_up(address: str, filler: Filler) -> list[int]:
    """Fill the disk, and post until the gateway says that it keeps nothing more; returns the batches it took."""
    filler.fill()
    taken: list[int] = []
    while (answer := posted(address, len(taken))).is_success:
        taken.append(len(taken))
    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) > 0
    assert answer.json()["fix"]
    return taken


def posted(address: str, number: int) -> httpx.Response:
    return httpx.post(f"{address}/api/v1/readings", json=batch(number), timeout=60)


def received(address: str) -> float:
    """How many batches the gateway has received."""
    lines = httpx.get(f"{address}/metrics", timeout=60).text.splitlines()
    return next(float(line.split()[-1]) for line in lines if line.startswith(COUNTER))


def timed(number: int) -> bytes:
    return json.dumps({"t": T0 + number, "v": number}).encode()


@pytest.mark.timeout(240)
def test_a_full_disk_is_told_stops_no_page_and_is_recovered_from(tmp_path: Path, small: Path) -> None:
    config = tmp_path / "labedge.toml"
    config.write_text(CONFIG.format(url="off"), "utf-8")
    filler = Filler(small)
    with running(small, "--config", str(config)) as (_, address), ThreadPoolExecutor(POSTS) as crowd:
        taken = fills_up(address, filler)
        ready = httpx.get(f"{address}/ready")
        assert ready.status_code == 503
        [part] = ready.json()["failed"]
        assert "disk is full" in part["message"]
        assert "Free space" in part["fix"]
        before = received(address)
        waiting = [crowd.submit(posted, address, 1000 + number) for number in range(POSTS)]
        assert becomes_true(lambda: received(address) >= before + POSTS)
        for language, said in (("en", "Free space on this disk"), ("ru", "Освободите место на этом диске")):
            assert said in httpx.get(f"{address}/", params={"lang": language}, timeout=60).text
        assert httpx.get(f"{address}/api/v1/equipment", timeout=60).is_success
        assert not any(one.done() for one in waiting)
        filler.free()
        assert becomes_true(lambda: httpx.get(f"{address}/ready").is_success)
        assert set(map(float, taken)) <= set(values(address, "pc-1"))


@pytest.mark.timeout(240)
@pytest.mark.parametrize("killed", [False, True])
def test_no_message_is_acknowledged_that_a_full_disk_did_not_take(
    tmp_path: Path, small: Path, broker: Mosquitto, *, killed: bool
) -> None:
    config = tmp_path / "labedge.toml"
    config.write_text(CONFIG.format(url=broker.url), "utf-8")
    filler = Filler(small)
    expected = list(map(float, range(2 * MESSAGES)))
    with running(small, "--config", str(config)) as (child, address), Publisher(broker) as publisher:
        assert becomes_true(lambda: httpx.get(f"{address}/ready").is_success)
        publisher.say_all(TOPIC, [timed(number) for number in range(MESSAGES)])
        assert becomes_true(lambda: values(address, "meter-1") == expected[:MESSAGES])
        filler.fill()
        while httpx.get(f"{address}/ready").is_success:
            publisher.say("labedge/v1/lab/it/meter-2/$batch", LARGE)
        publisher.say_all(TOPIC, [timed(number) for number in range(MESSAGES, 2 * MESSAGES)])
        if killed:
            child.kill()
            child.wait(30)
        filler.free()
        if not killed:
            assert becomes_true(lambda: values(address, "meter-1") == expected)
            return
    with running(small, "--config", str(config)) as (_, address):
        assert becomes_true(lambda: values(address, "meter-1") == expected)


def test_a_managed_broker_that_dies_on_a_full_disk_is_started_again(tmp_path: Path, small: Path) -> None:
    config = tmp_path / "labedge.toml"
    config.write_text(CONFIG.format(url="managed"), "utf-8")
    port = free_port()
    filler = Filler(small)
    with running(small, "--config", str(config), LABEDGE_MQTT__PORT=str(port)) as (_, address):
        assert becomes_true(lambda: httpx.get(f"{address}/ready").is_success)
        pid = int((small / "data" / "mosquitto" / "pid").read_text())
        filler.fill()
        os.kill(pid, signal.SIGKILL)
        assert becomes_true(lambda: not answers(port))
        assert becomes_true(lambda: answers(port))
        filler.free()
        assert becomes_true(lambda: httpx.get(f"{address}/ready").is_success)
