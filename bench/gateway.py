"""The real gateway, `labedge run` as a child process, asked over HTTP: how far it is, and questions cold and cached."""

from __future__ import annotations

import http.client
import os
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple, Self, TypeVar

from bench import payloads, processes
from bench.broker import free_port, stop
from bench.rounds import seconds

READY_WITHIN_S = 60.0

STARTS, AGAIN = 5, 20
"""How often a question is asked cold, each time of a gateway of its own, and how often again of each."""

T = TypeVar("T")

COMMAND = Path(sys.executable).with_name("labedge")

_HEAD = """\
[centre]
id = "bench"
name = "Bench"

[api]
port = {api}

[mqtt]
url = "{mqtt}"
"""

_EQUIPMENT = """
[[equipment]]
id = "{name}"
name = "{name}"
kind = "digital_lab"
track = "it"
room = "{room}"
driver = "labedge"
link = {{ mqtt = "labedge/v1/bench/lab/{name}/#" }}
"""


class Gateway:
    """One `labedge run` over a data folder; leave the `with` block to stop it."""

    def __init__(
        self,
        folder: Path,
        *,
        mqtt: str = "off",
        demo: bool = False,
        prefix: tuple[str, ...] = (),
        rooms: Iterable[tuple[str, str]] = (),
    ) -> None:
        """`rooms` are equipment and the room of each; with a broker they are those whose payloads the bench has."""
        self.data = folder / "data"
        self._port = free_port()
        self._folder = folder
        known = rooms if mqtt == "off" else [(name, "lab") for name in payloads.EQUIPMENT]
        equipment = "".join(_EQUIPMENT.format(name=name, room=room) for name, room in known)
        (folder / "labedge.toml").write_text(_HEAD.format(api=self._port, mqtt=mqtt) + equipment, encoding="utf-8")
        flags = ["--demo"] if demo else ["--config", str(folder / "labedge.toml")]
        self._command = [*prefix, str(COMMAND), "run", *flags, "--data-dir", str(self.data)]
        self._child: subprocess.Popen[bytes] | None = None
        self.ready_after_s = 0.0
        self.processor_s = 0.0
        """What the start took of the processor, however busy the machine was."""

    def __enter__(self) -> Self:
        begin = time.monotonic()
        environment = {**os.environ, "LABEDGE_API__PORT": str(self._port)}
        with (self._folder / "log.txt").open("wb") as log:
            self._child = subprocess.Popen(self._command, stdout=log, stderr=log, env=environment)
        while not self._is_ready():
            if self._child.poll() is not None or time.monotonic() - begin > READY_WITHIN_S:
                said = (self._folder / "log.txt").read_text(encoding="utf-8", errors="replace")[-2000:]
                self.__exit__()
                raise RuntimeError(f"labedge run did not become ready:\n{said}")
            time.sleep(0.01)
        self.ready_after_s = time.monotonic() - begin
        self.processor_s = processes.processor_s(processes.family(self._child.pid))
        return self

    def __exit__(self, *_: object) -> None:
        if self._child is not None:
            stop(self._child)

    @property
    def pid(self) -> int:
        """The child's process id."""
        if self._child is None:
            raise RuntimeError("the gateway was not started")
        return self._child.pid

    def count(self) -> int:
        """Readings committed since the start."""
        found = re.search(rb"^labedge_readings_committed_total ([0-9.e+]+)", self.get("/metrics")[1], re.MULTILINE)
        return int(float(found[1])) if found else 0

    def get(self, path: str, *, within_s: float = 10) -> tuple[int, bytes]:
        """Status and body of a GET."""
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=within_s)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def _is_ready(self) -> bool:
        try:
            return self.get("/ready")[0] == 200
        except OSError:
            return False


class Asked(NamedTuple):
    """Seconds of a question asked cold, what that took of the processor, and seconds of the same asked again."""

    cold: float
    processor: float
    again: float


def asked(
    folder: Path, rooms: Iterable[tuple[str, str]], ask: Callable[[Gateway], T], check: Callable[[T], None]
) -> Asked:
    """Ask a gateway over a folder whose files the system has forgotten at once after its start, then again and again.

    `check` raises where an answer says less than it must; it takes none of the time.
    """
    forget(folder / "data")
    with Gateway(folder, rooms=rooms) as gateway:
        answers: list[T] = []
        before = processes.processor_s([gateway.pid])
        cold = seconds(lambda: answers.append(ask(gateway)))
        processor = processes.processor_s([gateway.pid]) - before
        again = statistics.median(seconds(lambda: answers.append(ask(gateway))) for _ in range(AGAIN))
    for answer in answers:
        check(answer)
    return Asked(cold, processor, again)


def median(asked: Iterable[Asked]) -> Asked:
    """The median of each column."""
    return Asked(*map(statistics.median, zip(*asked, strict=True)))


def forget(data: Path) -> None:
    """Have the system forget what it keeps in memory of the databases of a data folder."""
    for path in data.glob("*.sqlite*"):
        forget_file(path)


def forget_file(path: Path) -> None:
    """The same of one file."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
    finally:
        os.close(descriptor)
