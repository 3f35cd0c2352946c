"""A link to a simulated device, with the faults of real wires thrown in by a seed.

It never touches a port; time passes by the clock it is given.
"""

from __future__ import annotations

import random
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from drivers.contract import Act, Simulator, Step
from edge.clock import Clock, wait
from edge.errors import Retry
from telemetry.model import NS_PER_S, Instant, State

READ_LIMIT = 64 * 1024
"""Bytes of one read, as the contract of links says."""

BUFFER_LIMIT = 256 * 1024
"""Bytes that wait for a reader; a kernel's tty buffer holds less, and then loses what comes, as this does."""


@dataclass(frozen=True, slots=True)
class Faults:
    """The chance, 0 to 1, of each fault that a piece on the wire may meet.

    It is cut in two, lost, doubled, spoilt in a byte, held up for `stall_s`, or the last one before the link breaks.
    Only `drop`, `double` and `corrupt` befall what is sent to the device. The same `seed` and traffic meet the same
    faults.
    """

    cut: float = 0.0
    drop: float = 0.0
    double: float = 0.0
    corrupt: float = 0.0
    stall: float = 0.0
    disconnect: float = 0.0
    stall_s: float = 1.0
    seed: int = 0


class MemoryLink:
    """A link whose other end is a `Simulator`; the device lives on while the link is down."""

    def __init__(
        self, simulator: Simulator, *, clock: Clock, name: str = "simulator", faults: Faults | None = None
    ) -> None:
        """Join `simulator`; nothing happens before `open`."""
        self._simulator = simulator
        self._clock = clock
        self._name = name
        self._faults = faults or Faults()
        self._dice = random.Random(self._faults.seed)  # noqa: S311 - faults must repeat by their seed
        self._change = threading.Condition(threading.RLock())
        self._pieces: deque[bytes] = deque()
        self._waiting = 0
        self._held_until = 0
        self._wake_due: int | None = None
        self._open = False
        self._break_next = False
        self._unplugged = False

    @property
    def name(self) -> str:
        """The name given."""
        return self._name

    @property
    def state(self) -> State:
        """The simulator's true state now."""
        with self._change:
            return self._simulator.state

    def open(self) -> None:
        """Open it, which the device notices; raises `Retry` while it is unplugged."""
        with self._change:
            if self._unplugged:
                raise Retry(f"{self._name} is unplugged", fix="plug the device in")
            self._pieces.clear()
            self._waiting = 0
            self._held_until = 0
            self._break_next = False
            self._open = True
            self._live(self._simulator.opened)

    def read(self, timeout_s: float) -> bytes:
        """The next piece; empty when nothing came in `timeout_s`; raises `Retry` when the link broke or was closed."""
        with self._change:
            end = self._clock.monotonic() + round(timeout_s * NS_PER_S)
            while True:
                self._wake_simulator()
                if not self._open:
                    raise Retry(f"{self._name} is closed")
                if self._pieces and self._clock.monotonic() >= self._held_until:
                    return self._take()
                left = end - self._clock.monotonic()
                if left <= 0:
                    return b""
                wait(self._clock, self._change, min(left, self._next_event_ns()) / NS_PER_S)

    def write(self, data: bytes) -> None:
        """Give `data` to the device, with the faults of the way there."""
        with self._change:
            if not self._open:
                raise Retry(f"{self._name} is closed")
            for piece in self._spoilt(data):
                self._live(partial(self._simulator.received, piece))

    def close(self) -> None:
        """Close it and wake a reader."""
        with self._change:
            self._open = False
            self._change.notify_all()

    def act(self, act: Act, *, name: str = "") -> None:
        """A person does `act` at the machine."""
        with self._change:
            self._live(lambda at: self._simulator.act(act, at, name=name))

    def unplug(self) -> None:
        """Pull the plug: the reader loses the link, and it cannot be opened."""
        with self._change:
            self._unplugged = True
            self.close()

    def plug(self) -> None:
        """Put the plug back."""
        with self._change:
            self._unplugged = False

    def _live(self, entry: Callable[[Instant], Step]) -> None:
        now, monotonic = self._clock.now(), self._clock.monotonic()
        step = entry(now)
        self._wake_due = None if step.wake_at is None else monotonic + max(0, step.wake_at - now)
        if self._open:
            for unit in step.send:
                if isinstance(unit, bytes):
                    self._say(unit)
        self._change.notify_all()

    def _wake_simulator(self) -> None:
        if self._wake_due is not None and self._clock.monotonic() >= self._wake_due:
            self._wake_due = None
            self._live(self._simulator.woken)

    def _next_event_ns(self) -> int:
        now = self._clock.monotonic()
        events = [at - now for at in (self._wake_due, self._held_until if self._pieces else None) if at is not None]
        return max(0, min(events, default=2**62))

    def _say(self, data: bytes) -> None:
        if self._chance(self._faults.stall):
            self._held_until = self._clock.monotonic() + round(self._faults.stall_s * NS_PER_S)
        self._break_next = self._break_next or self._chance(self._faults.disconnect)
        for piece in self._spoilt(data):
            for part in self._cut(piece):
                if self._waiting + len(part) <= BUFFER_LIMIT:
                    self._pieces.append(part)
                    self._waiting += len(part)

    def _take(self) -> bytes:
        piece = self._pieces.popleft()
        if len(piece) > READ_LIMIT:
            self._pieces.appendleft(piece[READ_LIMIT:])
            piece = piece[:READ_LIMIT]
        self._waiting -= len(piece)
        if self._break_next and not self._pieces:
            self._open = False
        return piece

    def _spoilt(self, data: bytes) -> tuple[bytes, ...]:
        if not data or self._chance(self._faults.drop):
            return ()
        if self._chance(self._faults.corrupt):
            place = self._dice.randrange(len(data))
            data = data[:place] + bytes((data[place] ^ self._dice.randrange(1, 256),)) + data[place + 1 :]
        return (data, data) if self._chance(self._faults.double) else (data,)

    def _cut(self, data: bytes) -> tuple[bytes, ...]:
        if len(data) < 2 or not self._chance(self._faults.cut):
            return (data,)
        place = self._dice.randrange(1, len(data))
        return (data[:place], data[place:])

    def _chance(self, chance: float) -> bool:
        return chance > 0 and self._dice.random() < chance
