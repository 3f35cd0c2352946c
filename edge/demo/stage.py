"""Plays simulated devices behind real ports: pseudo-terminals, TCP sockets and an MQTT client, on one thread.

Every port is of its own making: it opens nothing that exists.
"""

from __future__ import annotations

import contextlib
import heapq
import os
import select
import socket
import threading
import tty
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from drivers.contract import Act, Publish, Simulator, Step, Unit
from edge.clock import Clock
from edge.demo.script import Cue
from telemetry.model import NS_PER_S

READ_BYTES = 4096
"""More than any simulated device is ever sent at once."""

OUT_LIMIT = 65_536
"""Bytes that wait for a reader who does not read; then the port forgets them, as a real UART would."""


class Port(Protocol):
    """Where a simulated device can be reached."""

    def files(self) -> tuple[int, ...]:
        """File descriptors to watch for reading; may change after any call."""

    def ready(self, file: int) -> bytes | None:
        """What came on `file`; None when a reader has just connected."""

    def write(self, unit: Unit) -> None:
        """Hand `unit` to the reader, if there is one."""

    def plug(self) -> None:
        """Appear."""

    def unplug(self) -> None:
        """Vanish, as when the cable is pulled."""


class PtyPort:
    """A serial device: a pseudo-terminal with a lasting name in `folder`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._master = -1
        self._slave = -1

    def files(self) -> tuple[int, ...]:
        """The master's end."""
        return (self._master,) if self._master >= 0 else ()

    def ready(self, file: int) -> bytes | None:
        """What the gateway wrote."""
        try:
            return os.read(file, READ_BYTES)
        except OSError:
            return b""

    def write(self, unit: Unit) -> None:
        """Say it; what does not fit into the terminal's buffer is lost, as on a line without flow control."""
        if isinstance(unit, bytes) and self._master >= 0:
            with contextlib.suppress(BlockingIOError):
                os.write(self._master, unit)

    def plug(self) -> None:
        """Make the terminal; our own hold on its other end keeps it alive while no reader has it open."""
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        os.set_blocking(self._master, False)
        self._path.unlink(missing_ok=True)
        self._path.symlink_to(os.ttyname(self._slave))

    def unplug(self) -> None:
        """Take the terminal away."""
        self._path.unlink(missing_ok=True)
        for end in (self._master, self._slave):
            if end >= 0:
                os.close(end)
        self._master = self._slave = -1


class TcpPort:
    """A network device on the loopback: one reader at a time, the newest wins."""

    def __init__(self, port: int) -> None:
        self._server: socket.socket | None = None
        self._client: socket.socket | None = None
        self._port = port

    def files(self) -> tuple[int, ...]:
        """The listener and the reader."""
        return tuple(s.fileno() for s in (self._server, self._client) if s is not None)

    def ready(self, file: int) -> bytes | None:
        """What the reader sent; None for a new reader."""
        if self._server is not None and file == self._server.fileno():
            self._hang_up()
            self._client, _ = self._server.accept()
            self._client.setblocking(False)
            return None
        return self._heard()

    def _heard(self) -> bytes:
        try:
            heard = self._client.recv(READ_BYTES) if self._client else b""
        except BlockingIOError:
            return b""
        except OSError:
            heard = b""
        if not heard:
            self._hang_up()
        return heard

    def write(self, unit: Unit) -> None:
        """Say it to the reader, if there is one and it reads."""
        if isinstance(unit, bytes) and self._client is not None:
            try:
                self._client.sendall(unit)
            except OSError:
                self._hang_up()

    def plug(self) -> None:
        """Listen, at the same port as before."""
        self._server = socket.create_server(("127.0.0.1", self._port))
        self._server.setblocking(False)

    def unplug(self) -> None:
        """Refuse and hang up."""
        self._hang_up()
        if self._server is not None:
            self._server.close()
        self._server = None

    def _hang_up(self) -> None:
        if self._client is not None:
            self._client.close()
        self._client = None


class MqttPort:
    """A device of the broker: one client each, with a last will where the family has one."""

    def __init__(self, name: str, port: int, will: Publish | None) -> None:
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=f"demo-{name}")
        self._client.reconnect_delay_set(1, 5)
        self._client.max_queued_messages_set(1000)
        if will:
            self._client.will_set(will.topic, will.payload, 1, will.retained)
        self._port = port

    def files(self) -> tuple[int, ...]:
        """None: the client reads on a thread of its own."""
        return ()

    def ready(self, file: int) -> bytes | None:
        """Never called: there are no files."""
        raise NotImplementedError(file)

    def write(self, unit: Unit) -> None:
        """Publish it with QoS 1; the client keeps a thousand while the broker is away."""
        if isinstance(unit, Publish):
            self._client.publish(unit.topic, unit.payload, 1, unit.retained)

    def plug(self) -> None:
        """Connect, now or when the broker is there."""
        self._client.connect_async("127.0.0.1", self._port, 20)
        self._client.loop_start()

    def unplug(self) -> None:
        """Leave; the client's own daemon thread ends after this, within the second that it may be sleeping."""
        self._client.disconnect()


@dataclass(slots=True)
class Actor:
    """One simulated device, its port, and what will befall it."""

    name: str
    simulator: Simulator
    port: Port
    cues: Callable[[], Cue]
    wish: int = 0


class Stage:
    """Plays its actors on a thread until stopped."""

    def __init__(self, actors: list[Actor], clock: Clock) -> None:
        self._actors = actors
        self._clock = clock
        self._due: list[tuple[int, int, Actor, Cue | None]] = []
        self._count = 0
        self._wake_read, self._wake_write = os.pipe()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="demo-stage", daemon=True)

    def start(self) -> None:
        """Plug every device in and begin."""
        for actor in self._actors:
            actor.port.plug()
            self._step(actor, actor.simulator.opened(self._clock.now()))
            self._plan(actor)
        self._thread.start()

    def stop(self) -> None:
        """End and take every port away; idempotent."""
        if self._stopping.is_set():
            return
        self._stopping.set()
        os.write(self._wake_write, b"x")
        self._thread.join(5)
        for actor in self._actors:
            actor.port.unplug()
        os.close(self._wake_read)
        os.close(self._wake_write)

    def _run(self) -> None:
        while not self._stopping.is_set():
            watched = {file: actor for actor in self._actors for file in actor.port.files()}
            for file in self._wait([self._wake_read, *watched]):
                # An actor's earlier file may have closed this one.
                if (actor := watched.get(file)) and file in actor.port.files():
                    self._heard(actor, actor.port.ready(file))
            while self._due and self._due[0][0] <= self._clock.monotonic():
                _, count, actor, cue = heapq.heappop(self._due)
                self._play(actor, cue, count)

    def _wait(self, files: list[int]) -> list[int]:
        wait_s = (self._due[0][0] - self._clock.monotonic()) / NS_PER_S if self._due else 60.0
        return select.select(files, (), (), max(wait_s, 0.0))[0]

    def _heard(self, actor: Actor, heard: bytes | None) -> None:
        now = self._clock.now()
        if heard is None:
            self._step(actor, actor.simulator.opened(now))
        elif heard:
            self._step(actor, actor.simulator.received(heard, now))

    def _play(self, actor: Actor, cue: Cue | None, count: int) -> None:
        now = self._clock.now()
        if cue is None:
            if actor.wish == count:  # a newer wish replaced the older ones
                self._step(actor, actor.simulator.woken(now))
            return
        if cue.unplugged is None:
            self._step(actor, actor.simulator.act(cue.act or Act.RESET, now, name=cue.name))
        elif cue.unplugged:
            actor.port.unplug()
        else:
            actor.port.plug()
            self._step(actor, actor.simulator.opened(now))
        self._plan(actor)

    def _step(self, actor: Actor, step: Step) -> None:
        for unit in step.send:
            actor.port.write(unit)
        if step.wake_at is None:
            actor.wish = 0
        else:
            actor.wish = self._schedule(step.wake_at - self._clock.now(), actor, None)

    def _plan(self, actor: Actor) -> None:
        cue = actor.cues()
        self._schedule(cue.after_ns, actor, cue)

    def _schedule(self, after_ns: int, actor: Actor, cue: Cue | None) -> int:
        self._count += 1
        heapq.heappush(self._due, (self._clock.monotonic() + max(after_ns, 0), self._count, actor, cue))
        return self._count
