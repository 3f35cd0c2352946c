"""A driver, a faulty pipe and a simulator in virtual time: no threads, no clock, every run the same for the same seed.

The pipe cuts, drops, doubles, corrupts and stalls while `faults` says so, and loses the link; units keep their order,
as on a serial line and in one MQTT session. Wakings are taken as the pump takes them: as a delay from the entry that
asked, so that a clock that is set does not move them.
"""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import count
from typing import Any

from drivers.contract import Act, LinkKind, Publish, Setting, Spec, Step, Unit
from telemetry.model import (
    NS_PER_MS,
    NS_PER_S,
    EquipmentId,
    Instant,
    Reading,
    ReadingBatch,
    Record,
    Rejected,
    State,
    StateSeen,
)

START: Instant = 1_795_305_600 * NS_PER_S
"""2026-11-22T00:00:00Z."""

FLOOR_NS = NS_PER_MS
"""The least delay of a waking, as in the pump."""

SPIN_LIMIT = 2_000
"""Entries within one virtual millisecond: more is a driver or a simulator that spins."""


@dataclass(frozen=True, slots=True)
class Faults:
    """How likely each fault befalls one unit on its way, in either direction, and one entry the link."""

    drop: float = 0.0
    double: float = 0.0
    corrupt: float = 0.0
    stall: float = 0.0
    lose: float = 0.0
    spurious: float = 0.0


SOUND = Faults()
BAD = Faults(drop=0.05, double=0.03, corrupt=0.05, stall=0.01, lose=0.002, spurious=0.05)


def setting_of(spec: Spec, equipment: str = "thing-1") -> Setting:
    """A setting as the gateway would make one for a family."""
    topics = {"labedge": f"labedge/v1/lab/room/{equipment}/#", "tasmota": f"tele/{equipment}/#"}
    topic = topics.get(spec.family, f"octoPrint/{equipment}/#") if spec.link is LinkKind.MQTT else ""
    return Setting(EquipmentId(equipment), topic=topic, room="room", centre="lab")


@dataclass
class Lab:
    """One driver and one simulator of a family, joined by a pipe."""

    spec: Spec
    seed: int
    options: Any
    faults: Faults = SOUND
    offset_ns: int = 0
    records: list[Record] = field(default_factory=list)
    heard: list[tuple[Instant, Unit]] = field(default_factory=list)
    sent: list[Unit] = field(default_factory=list)
    refused: list[Unit] = field(default_factory=list)

    def __post_init__(self) -> None:
        setting = setting_of(self.spec)
        self.dice = random.Random(self.seed)
        self.driver = self.spec.driver(setting, self.options)
        self.simulator = self.spec.simulator(setting, self.options, self.seed)
        self.now = START
        self._order = count()
        self._queue: list[tuple[Instant, int, Callable[[], None]]] = []
        self._wakes: dict[str, int] = {"driver": 0, "simulator": 0}
        self._clear_at = {"driver": START, "simulator": START}
        self._session = 0
        self._entries_at = (START, 0)
        self._open()

    @property
    def wall(self) -> Instant:
        """The gateway's wall clock."""
        return self.now + self.offset_ns

    @property
    def state(self) -> State:
        """What the records say of the present: the last word, while it is valid."""
        seen = [one for one in self.records if isinstance(one, StateSeen) and one.at <= self.wall]
        if not seen:
            return State.UNKNOWN
        last = max(seen, key=lambda one: (one.at, one.source, one.state))
        return last.state if not last.valid_ns or self.wall < last.at + last.valid_ns else State.UNKNOWN

    def run(self, seconds: float) -> None:
        """Let time pass."""
        until = self.now + round(seconds * NS_PER_S)
        while self._queue and self._queue[0][0] <= until:
            at, _, happen = heapq.heappop(self._queue)
            self.now = max(self.now, at)
            self._count_entry()
            happen()
        self.now = until

    def act(self, act: Act, name: str = "") -> None:
        """Somebody does `act` at the device."""
        self._take_simulator(self.simulator.act(act, self.now, name=name))

    def jump(self, by_ns: int) -> None:
        """The gateway's clock is set."""
        self.offset_ns += by_ns

    def _count_entry(self) -> None:
        since, entries = self._entries_at
        self._entries_at = (since, entries + 1) if self.now - since < NS_PER_MS else (self.now, 0)
        assert entries < SPIN_LIMIT, f"{self.spec.family} spins at {self.now}"

    def _open(self) -> None:
        self._session += 1
        # The simulator greets whoever opened; on MQTT it has its own connection and notices nothing.
        if self.spec.link is LinkKind.LINE or self._session == 1:
            self._take_simulator(self.simulator.opened(self.now))
        self._take_driver(self.driver.opened(self.wall))

    def _after(self, delay_ns: int, happen: Callable[[], None]) -> None:
        heapq.heappush(self._queue, (self.now + delay_ns, next(self._order), happen))

    def _take_driver(self, step: Step) -> None:
        self.records.extend(step.records)
        for unit in step.send:
            self.sent.append(unit)
            if self.spec.allowed(unit):
                self._carry(unit, "simulator")
            else:
                self.refused.append(unit)
        delay = None if step.wake_at is None else max(step.wake_at - self.wall, FLOOR_NS)
        self._wish("driver", delay)
        if self.dice.random() < self.faults.spurious:
            self._after(self.dice.randrange(NS_PER_S), lambda: self._take_driver(self.driver.woken(self.wall)))
        if self.dice.random() < self.faults.lose:
            self._after(self.dice.randrange(NS_PER_S), self._open)

    def _take_simulator(self, step: Step) -> None:
        assert not step.records, "a simulator keeps no records"
        for unit in step.send:
            self._carry(unit, "driver")
        self._wish("simulator", None if step.wake_at is None else max(step.wake_at - self.now, FLOOR_NS))

    def _wish(self, who: str, delay_ns: int | None) -> None:
        self._wakes[who] += 1
        if delay_ns is not None:
            # A year is beyond every run, and keeps sums small when a clock jumped.
            self._after(min(delay_ns, 366 * 86_400 * NS_PER_S), partial(self._wake, who, self._wakes[who]))

    def _wake(self, who: str, wish: int) -> None:
        if wish != self._wakes[who]:
            return
        if who == "driver":
            self._take_driver(self.driver.woken(self.wall))
        else:
            self._take_simulator(self.simulator.woken(self.now))

    def _carry(self, unit: Unit, to: str) -> None:
        if self.faults.stall and self.dice.random() < self.faults.stall:
            self._clear_at[to] = max(self._clear_at[to], self.now) + self.dice.randrange(8 * NS_PER_S)
        for piece in self._pieces(unit):
            delay = self.dice.randrange(2 * NS_PER_MS, 8 * NS_PER_MS)
            self._clear_at[to] = max(self._clear_at[to] + NS_PER_MS // 8, self.now + delay)
            self._after(self._clear_at[to] - self.now, partial(self._arrive, piece, to, self._session))

    def _arrive(self, unit: Unit, to: str, session: int) -> None:
        if session != self._session and self.spec.link is LinkKind.LINE:
            return  # what was on the line when it was lost
        if to == "driver":
            self.heard.append((self.now, unit))
            self._take_driver(self.driver.received(unit, self.wall))
        else:
            self._take_simulator(self.simulator.received(unit, self.now))

    def _pieces(self, unit: Unit) -> list[Unit]:
        if isinstance(unit, Publish):
            # A live message carries no retain flag, whatever its publisher asked for.
            return [*self._spoilt_message(replace(unit, retained=False))]
        return [piece for part in cut(unit, self.dice) for piece in self._spoilt_bytes(part)]

    def _spoilt_message(self, unit: Publish) -> list[Unit]:
        chance = self.dice.random
        if chance() < self.faults.drop:
            return []
        if chance() < self.faults.corrupt:
            unit = replace(unit, payload=unit.payload[: self.dice.randrange(len(unit.payload))] + b"\xc1")
        return [unit, unit] if chance() < self.faults.double else [unit]

    def _spoilt_bytes(self, part: bytes) -> list[Unit]:
        chance = self.dice.random
        if chance() < self.faults.drop:
            return []
        if chance() < self.faults.corrupt:
            place = self.dice.randrange(len(part))
            part = part[:place] + bytes([self.dice.randrange(256)]) + part[place + 1 :]
        return [part, part] if chance() < self.faults.double else [part]


def cut(data: bytes, dice: random.Random) -> list[bytes]:
    """`data` in pieces of random length."""
    pieces = []
    while data:
        length = dice.choice((1, 2, 3, 7, 20, 64, 200))
        pieces.append(data[:length])
        data = data[length:]
    return pieces


def told(records: Sequence[Record]) -> tuple[dict[str, list[tuple[float, str, str]]], list[Record]]:
    """What records tell but for their times: the values of each channel in order, and all the rest in order.

    How readings are grouped into records is a matter of speed, not of what was said.
    """
    values: dict[str, list[tuple[float, str, str]]] = {}
    rest: list[Record] = []
    for one in records:
        if isinstance(one, Reading):
            values.setdefault(one.channel, []).append((one.value, one.unit, one.run))
        elif isinstance(one, ReadingBatch):
            values.setdefault(one.channel, []).extend((value, one.unit, one.run) for value in one.v.tolist())
        else:
            rest.append(replace(one, at=0, received_at=0))
    return values, rest


def noise_of(records: Sequence[Record]) -> list[Rejected]:
    """What was rejected."""
    return [one for one in records if isinstance(one, Rejected)]
