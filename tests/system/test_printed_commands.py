"""What the documents print is run as it is printed, against a gateway with the README's own configuration."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from edge.demo.lab import free_ports
from tests.house.sources import ROOT
from tests.system.test_command import running
from tests.waiting import becomes_true

pytestmark = pytest.mark.system

README = (ROOT / "README.md").read_text("utf-8")
LAB_COMPUTERS = (ROOT / "docs" / "lab-computers.md").read_text("utf-8")
API = "http://127.0.0.1:8080"


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"(?s)```{language}\n(.*?)```", text)


PROGRAMS = blocks(LAB_COMPUTERS, "python")
OF_A_RUN = [n for n, program in enumerate(PROGRAMS) if "runs" in program]


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[tuple[str, int]]:
    """Its address and the port of its broker."""
    config, port = tmp_path / "labedge.toml", free_ports(1)[0]
    config.write_text(f"[mqtt]\nport = {port}\n{blocks(README, 'toml')[0]}", "utf-8")
    with running(tmp_path, "--config", str(config)) as (_, address):
        yield address, port


def laptop(address: str) -> dict[str, float]:
    """The newest values of the computer that the documents speak of."""
    answer = httpx.get(f"{address}/api/v1/equipment/laptop-3")
    return {} if answer.status_code == 404 else {c["channel"]: c["v"] for c in answer.json()["channels"]}


@pytest.mark.parametrize("document", ["README.md", "README.ru.md", "docs/lab-computers.md"])
def test_every_printed_way_to_publish_works(document: str, gateway: tuple[str, int]) -> None:
    address, port = gateway
    printed = [block for block in blocks((ROOT / document).read_text("utf-8"), "sh") if "mosquitto_pub" in block]
    commands = printed[0].replace("\\\n", " ").strip().splitlines()
    assert commands
    assert becomes_true(lambda: httpx.get(f"{address}/ready").status_code == 200)
    for n, command in enumerate(commands):
        value = 20.0 + n
        words = shlex.split(command.replace("23.4", str(value)).replace(API, address))
        at = ["-p", str(port)] if words[0] == "mosquitto_pub" else []
        subprocess.run([words[0], *at, *words[1:]], check=True, capture_output=True, timeout=30)
        assert becomes_true(lambda value=value: laptop(address).get("temperature") == value)  # type: ignore[misc]  # mypy cannot infer a lambda with a default


@pytest.mark.parametrize("n", [n for n in range(len(PROGRAMS)) if n not in OF_A_RUN])
def test_every_printed_program_runs(n: int, gateway: tuple[str, int]) -> None:
    address, _ = gateway
    printed(n, address)
    assert laptop(address)


def test_the_printed_run_is_started_fed_stopped_and_followed(gateway: tuple[str, int]) -> None:
    address, _ = gateway
    start, follow = OF_A_RUN
    told = printed(start, address)
    (run,) = httpx.get(f"{address}/api/v1/runs").json()["items"]
    assert (run["equipment"], run["title"], run["closed_by"]) == (["laptop-3"], "Cooling of water", "stop")
    assert run["id"] in told
    followed = printed(follow, address)
    assert [followed.count(f", {90.0 - n})") for n in range(10)] == [1] * 10


def printed(n: int, address: str) -> str:
    """What a printed program prints."""
    program = PROGRAMS[n].replace(API, address)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout
