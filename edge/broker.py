"""The managed broker: the system's Mosquitto as a child of the gateway, with a configuration that loses nothing.

It never touches a Mosquitto that somebody else started, and the gateway goes on without it.
"""

from __future__ import annotations

import logging
import os
import shutil
import signal
import socket
import subprocess
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Final, cast

from edge.backoff import Backoff
from edge.broker_settings import PASSWORDS, configuration, password_line, reachable
from edge.clock import Clock, wait
from edge.errors import GiveUp, LabedgeError, Retry
from edge.health import Health, Part
from edge.links.mqtt_address import secret_of
from edge.settings import Mqtt
from telemetry.model import NS_PER_S

STOP_S: Final = 5.0
"""How long Mosquitto may take to write its queues down before it is killed: 64 MiB take less than a second."""

STARTUP_S: Final = 5.0
"""How long a first connection waits for Mosquitto to listen: reading 64 MiB of queues takes it less than a second."""

LOOK_AGAIN_S: Final = 10.0
"""How often a missing program is looked for: whoever just installed it is watching the board."""

BACKOFF: Final = Backoff(first_s=0.2, ceiling_s=10.0, settled_s=30.0)

PLACES: Final = "/usr/sbin:/usr/local/sbin:/opt/homebrew/sbin"
"""Where Mosquitto is, beside PATH: Debian keeps it where only root's PATH looks."""

_NO_REASON: Final = "Warning: Mosquitto should not be run as root"
"""What it says at every start as root is no reason for its end."""

log = logging.getLogger(__name__)


class Broker:
    """One child process and the thread that watches it; every method may be called from any thread."""

    def __init__(
        self, mqtt: Mqtt, folder: Path, *, clock: Clock, health: Health, environ: Mapping[str, str] | None = None
    ) -> None:
        """Keep everything in `folder`; nothing is started before `start`. `environ` holds PATH and the password."""
        self._mqtt, self._folder, self._clock, self._health = mqtt, folder, clock, health
        self._environ = os.environ if environ is None else environ
        self._port = mqtt.port or _free_port(mqtt.host)
        self._child: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._stumbled = False
        self._last_words = ""

    @property
    def url(self) -> str:
        """`mqtt://host:port`, as the gateway itself reaches it."""
        return f"mqtt://{reachable(self._mqtt.host)}:{self._port}"

    @property
    def installed(self) -> bool:
        """Whether this machine has a Mosquitto."""
        return self._program() is not None

    @property
    def pid(self) -> int | None:
        """The child's process id while it runs."""
        child = self._child
        return child.pid if child is not None and child.poll() is None else None

    def start(self) -> None:
        """Start it and go on watching; returns at once."""
        self._thread = threading.Thread(target=self._watch, name="broker", daemon=True)
        self._thread.start()

    def await_listening(self, stopping: threading.Event) -> None:
        """Return once it listens, has failed to start, or `STARTUP_S` have passed: its birth is no lost connection."""
        deadline = self._clock.monotonic() + int(STARTUP_S * NS_PER_S)
        while not (stopping.is_set() or self._stumbled or self._listens()) and self._clock.monotonic() < deadline:
            wait(self._clock, stopping, 0.02)

    def _listens(self) -> bool:
        try:
            socket.create_connection((reachable(self._mqtt.host).strip("[]"), self._port), timeout=1.0).close()
        except OSError:
            return False
        return True

    def stop(self) -> None:
        """Let it write its queues down and end; idempotent; bounded in time."""
        self._stopping.set()
        with self._lock:
            child = self._child
        if child is not None:
            _end(child)
        if self._thread is not None:
            self._thread.join(STOP_S)

    def _watch(self) -> None:
        failures = 0
        while not self._stopping.is_set():
            began = self._clock.monotonic()
            try:
                self._live()
            except LabedgeError as error:
                self._stumbled = True
                self._unwell(str(error), error.fix)
            if self._clock.monotonic() - began >= BACKOFF.settled_s * NS_PER_S:
                failures = 0
            failures += 1
            pause_s = BACKOFF.delay_s(failures, 0.0) if self.installed else LOOK_AGAIN_S
            wait(self._clock, self._stopping, pause_s)

    def _live(self) -> None:
        """One life of the child, from the check of its port to its end; raises what hinders it."""
        program = self._program()
        if program is None:
            raise Retry("Mosquitto, the MQTT broker, is not installed.", fix="sudo apt install mosquitto")
        path = self._prepare()
        self._end_leftover(path)
        self._check_port()
        child = self._launch([*_bound_to_us(self._environ), program, "-c", str(path)])
        if child is None:
            return
        self._stumbled = False
        self._health.report(Part("broker", ok=True))
        log.info("Mosquitto runs at %s", self.url)
        self._listen(child)
        if not self._stopping.is_set():
            raise Retry(
                f"Mosquitto ended with {_how(child.returncode)}: {self._last_words or 'it gave no reason'}; "
                "it is restarted.",
                fix=f"If it goes on: look at the log, and at {path}.",
            )

    def _program(self) -> str | None:
        return shutil.which("mosquitto", path=f"{self._environ.get('PATH', os.defpath)}:{PLACES}")

    def _prepare(self) -> Path:
        """Write the configuration; raises `GiveUp` where it would be unsafe or cannot be written."""
        password = secret_of(self._mqtt, self._environ)
        path = self._folder / "mosquitto.conf"
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            _write(path, configuration(self._mqtt, self._folder, port=self._port, as_root=os.getuid() == 0))
            if self._mqtt.user:
                _write(self._folder / PASSWORDS, password_line(self._mqtt.user, password))
        except OSError as error:
            raise GiveUp(
                f"The broker's folder {self._folder} cannot be written: {error.strerror}.",
                fix="Free space on its disk, or make it writable for the gateway's user.",
            ) from error
        return path

    def _check_port(self) -> None:
        family = socket.AF_INET6 if ":" in self._mqtt.host else socket.AF_INET
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((self._mqtt.host, self._port))
            except OSError as error:
                raise Retry(
                    f"The broker cannot listen on port {self._port} of {self._mqtt.host}: {error.strerror}.",
                    fix=f"If it is the system's own Mosquitto: sudo systemctl disable --now mosquitto; or use that "
                    f'broker with [mqtt] url = "mqtt://127.0.0.1:{self._port}"; or set another [mqtt] port.',
                ) from error

    def _launch(self, command: list[str]) -> subprocess.Popen[bytes] | None:
        """The child, or None where `stop` came first."""
        with self._lock:
            if self._stopping.is_set():
                return None
            try:
                self._child = subprocess.Popen(
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.PIPE,
                    start_new_session=True,  # Ctrl-C is for the gateway, which stops its child last
                )
            except OSError as error:
                raise Retry(f"Mosquitto cannot be started: {error.strerror}.", fix=command[-3]) from error
            self._keep_pid(self._child.pid)
            return self._child

    def _keep_pid(self, pid: int) -> None:
        """For the next gateway, where this one is killed; a full disk must not cost us the broker."""
        try:
            _write(self._folder / "pid", f"{pid}\n")
        except OSError as error:
            log.warning("the pid of Mosquitto cannot be kept in %s: %s", self._folder, error.strerror)

    def _listen(self, child: subprocess.Popen[bytes]) -> None:
        """Hand its log to ours until it ends."""
        self._last_words = ""
        with cast("IO[bytes]", child.stderr) as stream:
            for line in stream:
                words = line.decode("utf-8", "replace").strip().partition(": ")[2][:500]
                log.info("mosquitto: %s", words)
                self._last_words = "" if words.startswith(_NO_REASON) else words
        child.wait()

    def _end_leftover(self, path: Path) -> None:
        """End the child of an earlier life that outlived its gateway: it has our port and our file of queues."""
        try:
            pid = int((self._folder / "pid").read_text())
            command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except (OSError, ValueError):
            return
        if os.fsencode(path) in command:
            log.warning("ending Mosquitto %d, which outlived an earlier gateway", pid)
            os.kill(pid, signal.SIGTERM)

    def _unwell(self, message: str, fix: str) -> None:
        log.warning("broker: %s %s", message, fix)
        self._health.report(Part("broker", ok=False, message=message, fix=fix, vital=False))


def _bound_to_us(environ: Mapping[str, str]) -> list[str]:
    """Words that make the child end with us even if we are killed, where util-linux is there (on Linux: always).

    The signal comes when the thread that started the child ends; that thread watches the child until its end.
    """
    setpriv = shutil.which("setpriv", path=environ.get("PATH", os.defpath))
    return [setpriv, "--pdeathsig", "TERM"] if setpriv else []


def _how(code: int) -> str:
    """An exit code, or the name of the signal that ended a child."""
    return signal.Signals(-code).name if -code in set(signal.Signals) else str(code)


def _end(child: subprocess.Popen[bytes]) -> None:
    child.terminate()
    try:
        child.wait(STOP_S)
    except subprocess.TimeoutExpired:
        log.warning("Mosquitto did not end in %g s and is killed", STOP_S)
        child.kill()
        child.wait(STOP_S)


def _write(path: Path, text: str) -> None:
    """Replace `path` in one step, readable by nobody else; what is there already needs no room on the disk."""
    if path.is_file() and path.read_bytes() == text.encode():
        return
    fresh = path.with_suffix(".new")
    fresh.touch(mode=0o600)
    fresh.write_text(text, "utf-8")
    fresh.replace(path)


def _free_port(host: str) -> int:
    """For `[mqtt] port = 0`, as tests and the demo ask."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])
