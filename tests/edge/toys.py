"""A toy family and a journal in a list: enough of a lab to watch links, pumps and the supervisor in.

The toy speaks lines: `idle`, `busy` and the like are states, `?` asks for one, anything else is rejected.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from math import isfinite
from typing import TypeVar

from drivers.contract import Act, DriverSettings, LinkKind, Setting, Spec, Step, Unit
from edge.errors import Full, GiveUp
from edge.journal.contract import Offset
from edge.settings import Equipment, LinkSettings
from telemetry.model import NS_PER_S, Channel, EquipmentId, Instant, Reading, Record, State, StateSeen, rejected

DEADLINE_S = 10.0
"""How long a test waits for what must come; reached only when it fails."""

STATES = {state.word: state for state in State}
T = TypeVar("T")


class ToySettings(DriverSettings):
    poll_s: float = 0.0
    """0 asks once and never again."""


@dataclass
class ToyDriver:
    setting: Setting
    options: ToySettings
    half: bytes = b""

    def opened(self, at: Instant) -> Step:
        self.half = b""
        return Step(send=(b"?\n",), wake_at=self._next(at))

    def received(self, unit: Unit, at: Instant) -> Step:
        assert isinstance(unit, bytes)
        *lines, self.half = (self.half + unit).split(b"\n")
        records = tuple(self._record(line, at) for line in lines)
        send = tuple(b"reset\n" for line in lines if line == b"tempt")
        return Step(records, send, self._next(at))

    def woken(self, at: Instant) -> Step:
        return Step(send=(b"?\n",), wake_at=self._next(at))

    def _next(self, at: Instant) -> Instant | None:
        return at + round(self.options.poll_s * NS_PER_S) if self.options.poll_s else None

    def _record(self, line: bytes, at: Instant) -> Record:
        if line == b"bug":
            raise ZeroDivisionError("a bug of ours")
        if line == b"nan":
            return Reading(self.setting.equipment, Channel("x"), at, at, float("nan"))
        if line == b"die":
            raise SystemExit
        state = STATES.get(line.decode("utf-8", "replace"))
        if state is None:
            return rejected(line, "no toy says this", equipment=self.setting.equipment, at=at)
        return StateSeen(self.setting.equipment, at, at, state, word=state.word)


@dataclass
class ToySimulator:
    setting: Setting
    options: ToySettings
    seed: int
    state: State = State.IDLE
    heard: list[bytes] = field(default_factory=list)

    def opened(self, at: Instant) -> Step:
        return Step()

    def received(self, unit: Unit, at: Instant) -> Step:
        assert isinstance(unit, bytes)
        self.heard.append(unit)
        return Step(send=(self.state.word.encode() + b"\n",))

    def woken(self, at: Instant) -> Step:
        return Step()

    def act(self, act: Act, at: Instant, *, name: str = "") -> Step:
        """START makes it busy and FINISH idle; with a name it only says that."""
        if name:
            return Step(send=(name.encode() + b"\n",))
        self.state = State.BUSY if act is Act.START else State.IDLE
        return Step(send=(self.state.word.encode() + b"\n",))


TOY = Spec(
    "toy",
    "A toy",
    LinkKind.LINE,
    ToySettings,
    ToyDriver,
    ToySimulator,
    allowed=lambda unit: unit == b"?\n",
    states=STATES,
)
RADIO = Spec(
    "radio",
    "A toy on MQTT",
    LinkKind.MQTT,
    ToySettings,
    ToyDriver,
    ToySimulator,
    allowed=lambda _: False,
    states=STATES,
    holds_over_restart=True,
)
CATALOG = {"toy": TOY, "radio": RADIO}


def toy(name: str = "toy-1", /, **words: object) -> Equipment:
    """A toy behind a simulator, or as `words` say."""
    given = {
        "id": name,
        "name": name.upper(),
        "room": "hall",
        "driver": "toy",
        "link": LinkSettings(simulator=True),
    } | words
    return Equipment.model_validate(given)


class ListJournal:
    """A journal that keeps its records in a list; `room` 0 is a disk that is full."""

    def __init__(self) -> None:
        self.records: list[Record] = []
        self._notes: list[bytes] = []
        self.room = 2**62
        self.holding = False
        self._held: list[tuple[Callable[[Offset], None], Offset]] = []
        self._closed = False
        self._change = threading.Condition()

    def append(
        self,
        records: Sequence[Record],
        done: Callable[[Offset], None] | None = None,
        *,
        timeout_s: float | None = None,
        note: bytes = b"",
    ) -> None:
        with self._change:
            if any(isinstance(record, Reading) and not isfinite(record.value) for record in records):
                raise ValueError("nan cannot be kept")
            if self._closed:
                raise GiveUp("the journal is closed")
            if not self._change.wait_for(lambda: self.room >= len(records), timeout_s):
                raise Full("no room")
            self.records += records
            self.room -= len(records)
            self._notes += [note] * bool(note)
            offset = len(self.records)
            if done and self.holding:
                self._held.append((done, offset))
            self._change.notify_all()
        if done and not self.holding:
            done(offset)

    def commit(self, records: Sequence[Record], *, timeout_s: float | None = None, note: bytes = b"") -> Offset:
        self.append(records, timeout_s=timeout_s, note=note)
        return len(self.records)

    def notes(self) -> tuple[bytes, ...]:
        with self._change:
            return tuple(self._notes)

    def hurry(self) -> None:
        """Nothing waits."""

    def close(self) -> None:
        self._closed = True

    def make_room(self, room: int = 2**62) -> None:
        with self._change:
            self.room = room
            self._change.notify_all()

    def release(self) -> None:
        """Tell all who wait that their records are on disk."""
        with self._change:
            self.holding = False
            held, self._held = self._held, []
        for done, offset in held:
            done(offset)

    def wait_for(self, wanted: Callable[[list[Record]], T]) -> T:
        """What `wanted` finds in the records, as soon as it finds something."""
        with self._change:
            found = self._change.wait_for(lambda: wanted(list(self.records)), DEADLINE_S)
        assert found, self.records[-20:]
        return found

    def wait_for_state(self, state: State, *, of: str = "toy-1", after: int = 0) -> int:
        """The number of records up to and with the first `state` of `of` beyond record `after`."""

        def found(records: list[Record]) -> int:
            for number, record in enumerate(records[after:], after + 1):
                if isinstance(record, StateSeen) and (record.equipment, record.state) == (of, state):
                    return number
            return 0

        return self.wait_for(found)


def of_type(records: Iterable[Record], kind: type[T]) -> list[T]:
    """Those of one kind."""
    return [record for record in records if isinstance(record, kind)]


def poll(holds: Callable[[], object]) -> None:
    """Wait until `holds`, looking often; for what has no event to wait on."""
    tick = threading.Event()
    for _ in range(int(DEADLINE_S / 0.005)):
        if holds():
            return
        tick.wait(0.005)
    raise AssertionError("it did not come to hold")


TOY_ID = EquipmentId("toy-1")
