"""The real gateway, `labedge run` as a child process, asked over HTTP how far it is."""

from __future__ import annotations

import http.client
import os
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Self

from bench import payloads, processes
from bench.broker import free_port, stop

READY_WITHIN_S = 60.0

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
room = "lab"
driver = "labedge"
link = {{ mqtt = "labedge/v1/bench/lab/{name}/#" }}
"""


class Gateway:
    """One `labedge run` over a data folder; leave the `with` block to stop it."""

    def __init__(self, folder: Path, *, mqtt: str = "off", demo: bool = False, prefix: tuple[str, ...] = ()) -> None:
        self.data = folder / "data"
        self._port = free_port()
        self._folder = folder
        equipment = "" if mqtt == "off" else "".join(_EQUIPMENT.format(name=name) for name in payloads.EQUIPMENT)
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
