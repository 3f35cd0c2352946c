"""A real Mosquitto on a free loopback port, with a configuration of its own, that can be stopped and started again."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.waiting import becomes_true


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(port: int) -> bool:
    """Whether somebody listens."""
    with socket.socket() as probe:
        probe.settimeout(1.0)
        return probe.connect_ex(("127.0.0.1", port)) == 0


@dataclass(slots=True)
class Mosquitto:
    """One broker in `folder`; its queue and sessions survive `stop` and `start`, as in a real lab."""

    folder: Path
    port: int = field(default_factory=free_port)
    settings: Sequence[str] = ()
    listener: Sequence[str] = ("allow_anonymous true",)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"mqtt://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it and wait until it listens."""
        self.folder.mkdir(parents=True, exist_ok=True)
        lines = [
            "per_listener_settings false",
            *(["user root"] if os.getuid() == 0 else []),
            "persistence true",
            f"persistence_location {self.folder}/",
            "autosave_interval 1",
            "max_queued_messages 1000000",
            "set_tcp_nodelay true",
            "log_type error",
            *self.settings,
            f"listener {self.port} 127.0.0.1",
            *self.listener,
        ]
        path = self.folder / "mosquitto.conf"
        path.write_text("\n".join(lines) + "\n")
        with (self.folder / "mosquitto.log").open("ab") as log:
            self.process = subprocess.Popen(["/usr/sbin/mosquitto", "-c", str(path)], stdout=log, stderr=log)
        assert becomes_true(lambda: answers(self.port)), (self.folder / "mosquitto.log").read_text()

    def stop(self, *, how: int = signal.SIGTERM) -> None:
        """End it and wait for its end; SIGTERM lets it write its queues down."""
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait(10)
            self.process = None
