from __future__ import annotations

import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import httpx
import pytest

from tests.waiting import becomes_true

pytestmark = pytest.mark.system

LABEDGE = str(Path(sys.executable).with_name("labedge"))
CONFIG = """
[centre]
id = "test"
[mqtt]
url = "off"
[[equipment]]
id = "mill-1"
name = "Фрезер"
room = "workshop"
driver = "grbl"
link = { simulator = true }
"""


@contextmanager
def running(folder: Path, *options: str, **environ: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """`labedge run` and the address that it prints; killed at the end if it still runs."""
    child = subprocess.Popen(
        [LABEDGE, "run", "--data-dir", str(folder / "data"), *options],
        env={**os.environ, "LABEDGE_API__PORT": "0", **environ},
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=folder,
    )  # fmt: skip
    try:
        assert child.stdout
        said = child.stdout.readline()
        address = re.search(r"http://\S+", said)
        assert address, said
        yield child, address[0]
    finally:
        child.kill()
        child.wait(30)
        if child.stdout:
            child.stdout.close()


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "labedge.toml"
    path.write_text(CONFIG, "utf-8")
    return path


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_and_stops_cleanly_on_a_signal(tmp_path: Path, config: Path, number: signal.Signals) -> None:
    with running(tmp_path, "--config", str(config)) as (child, address):
        assert httpx.get(f"{address}/health").status_code == 200
        listed = httpx.get(f"{address}/api/v1/equipment").json()
        assert [item["id"] for item in listed["items"]] == ["mill-1"]
        child.send_signal(number)
        assert child.wait(20) == 0


def test_systemd_is_told_when_it_is_ready_and_that_it_lives_and_stops(tmp_path: Path, config: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        manager.settimeout(20)
        environ = {"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "200000"}
        with running(tmp_path, "--config", str(config), **environ) as (child, _):
            assert manager.recv(200).startswith(b"READY=1")
            assert manager.recv(200) == b"WATCHDOG=1"
            child.terminate()
            said = b""
            while said != b"STOPPING=1":
                said = manager.recv(200)


def test_what_was_posted_is_there_after_a_kill_and_a_new_start(tmp_path: Path, config: Path) -> None:
    body = {"equipment": "laptop-1", "room": "lab", "channel": "u", "t0": 1_790_000_000_000, "dt": 0.02, "v": [1, 2, 3]}
    with running(tmp_path, "--config", str(config)) as (child, address):
        answer = httpx.post(f"{address}/api/v1/readings", json=body)
        assert answer.is_success
        assert answer.json()["offset"] > 0
        child.kill()
        child.wait(20)
    with running(tmp_path, "--config", str(config)) as (_, address):
        window = {"start": "2026-09-21T00:00:00Z", "end": "2026-09-22T00:00:00Z"}
        found = httpx.get(
            f"{address}/api/v1/readings", params={"equipment": "laptop-1", "channel": "u", **window}
        ).json()
        assert found["v"] == [1.0, 2.0, 3.0]


def test_a_port_that_is_taken_is_named_with_what_to_do(tmp_path: Path, config: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        ended = subprocess.run(
            [LABEDGE, "run", "--config", str(config), "--data-dir", str(tmp_path / "data")],
            env={**os.environ, "LABEDGE_API__PORT": port}, capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip
    assert ended.returncode == 2
    assert port in ended.stderr
    assert "LABEDGE_API__PORT" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_an_equipment_dropped_in_appears_without_a_restart_and_goes_again(tmp_path: Path, config: Path) -> None:
    with running(tmp_path, "--config", str(config)) as (_, address):
        folder = tmp_path / "equipment.d"
        folder.mkdir()
        extra = folder / "laser.toml"
        extra.write_text(CONFIG[CONFIG.index("[[") :].replace("mill-1", "laser-1"), "utf-8")
        assert _ids_become(address, {"mill-1", "laser-1"})
        extra.unlink()
        assert _ids_become(address, {"mill-1"})


def _ids_become(address: str, wanted: set[str]) -> bool:
    def found() -> set[str]:
        return {item["id"] for item in httpx.get(f"{address}/api/v1/equipment").json()["items"]}

    return becomes_true(lambda: found() == wanted)


def test_check_names_every_fault_and_exits_with_2(tmp_path: Path) -> None:
    path = tmp_path / "labedge.toml"
    path.write_text(CONFIG.replace("grbl", "grlb").replace('id = "test"', "idd = 'x'"), "utf-8")
    ended = subprocess.run(
        [LABEDGE, "check", "--config", str(path), "--json"], capture_output=True, text=True, check=False
    )
    assert ended.returncode == 2
    assert [fault["line"] for fault in json.loads(ended.stdout)] == [3, 10]


def test_verify_finds_a_journal_whole(tmp_path: Path, config: Path) -> None:
    with running(tmp_path, "--config", str(config)):
        ended = subprocess.run(
            [LABEDGE, "verify", "--data-dir", str(tmp_path / "data")], capture_output=True, text=True, check=False
        )
        assert ended.returncode == 0, ended.stderr
        assert "whole" in ended.stdout


@pytest.mark.parametrize("alive", [True, False])
def test_verify_names_the_place_of_damage(tmp_path: Path, config: Path, *, alive: bool) -> None:
    body = {"equipment": "laptop-1", "channel": "u", "t0": 1_790_000_000_000, "dt": 0.02, "v": [1, 3, 2]}
    journal = tmp_path / "data" / "journal.sqlite"
    with running(tmp_path, "--config", str(config)) as (child, address):
        assert httpx.post(f"{address}/api/v1/readings", json=body).is_success
        if not alive:
            child.terminate()
            child.wait(20)
        with closing(sqlite3.connect(journal)) as harmed:
            harmed.execute("UPDATE chunks SET total = total + 1")
            harmed.commit()
        words = [LABEDGE, "verify", "--data-dir", str(journal.parent)]
        ended = subprocess.run(words, capture_output=True, text=True, check=False)
        assert ended.returncode == 1
        assert re.search(r"^chunk \d+ of laptop-1/u: ", ended.stderr, re.MULTILINE), ended.stderr
        told = subprocess.run([*words, "--json"], capture_output=True, text=True, check=False)
        assert all(set(fault) == {"place", "message"} for fault in json.loads(told.stdout))


def test_a_device_is_recorded_and_replayed_to_its_records(tmp_path: Path) -> None:
    output = tmp_path / "mill.jsonl"
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        recording = subprocess.Popen([LABEDGE, "record", f"127.0.0.1:{port}", "-o", str(output), "--driver", "grbl"])
        try:
            server.settimeout(30)
            device, _ = server.accept()
            with device:
                device.settimeout(30)
                device.sendall(b"Grbl 1.1h ['$' for help]\r\n")
                assert device.recv(1) == b"?"
                device.sendall(b"<Run|MPos:1.000,0.000,0.000|FS:120,0>\r\n")
                assert device.recv(1) == b"?"
                recording.send_signal(signal.SIGINT)
                assert recording.wait(20) == 0
        finally:
            recording.kill()
            recording.wait(20)
    ended = subprocess.run(
        [LABEDGE, "replay", str(output), "--driver", "grbl"], capture_output=True, text=True, check=True
    )
    states = [entry["state"] for entry in map(json.loads, ended.stdout.splitlines()) if entry["kind"] == "state"]
    assert states[-1] == "busy"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["replay", "nowhere.jsonl", "--driver", "grbl"], "nowhere.jsonl"),
        (["record", "nothing", "-o", "x"], "no link"),
        (["record", "127.0.0.1:1", "-o", "x", "--driver", "no-such"], "no driver"),
        (["record", "127.0.0.1:1", "-o", "x"], "127.0.0.1:1"),
        (["verify", "--data-dir", "nowhere"], "no journal"),
    ],
)
def test_wrong_use_ends_with_2_and_a_sentence(tmp_path: Path, words: list[str], said: str) -> None:
    ended = subprocess.run([LABEDGE, *words], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ended.returncode == 2
    assert said in ended.stderr
    assert "Traceback" not in ended.stderr


def test_the_drivers_are_listed_for_people_and_programs() -> None:
    listed = subprocess.run([LABEDGE, "drivers", "--json"], capture_output=True, text=True, check=True)
    families = [row["family"] for row in json.loads(listed.stdout)]
    assert {"marlin", "grbl", "lines", "labedge", "tasmota"} <= set(families)
    shown = subprocess.run([LABEDGE, "drivers"], capture_output=True, text=True, check=True).stdout
    assert all(family in shown for family in families)
