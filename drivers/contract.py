"""What every driver and every simulator is: three entries that are told the time and return one `Step`.

Nothing here or in any family may open a port, read a clock, sleep, or import anything but `telemetry` and the
standard words of this package; so a recorded transcript replays to the very same records.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Protocol, TypeAlias

from pydantic import BaseModel, ConfigDict

from telemetry.model import EquipmentId, Instant, Record, State


@dataclass(frozen=True, slots=True)
class Publish:
    """One MQTT message, in either direction."""

    topic: str
    payload: bytes
    retained: bool = False


Unit: TypeAlias = bytes | Publish
"""What a link moves: a run of bytes cut anywhere on a line, one whole message on MQTT."""


@dataclass(frozen=True, slots=True)
class Step:
    """What came of one entry: records to keep, units to send in order, and when to be woken.

    `wake_at` replaces the wish of every earlier step; `None` asks for no waking. A `wake_at` in the past
    means at once.
    """

    records: tuple[Record, ...] = ()
    send: tuple[Unit, ...] = ()
    wake_at: Instant | None = None


class Driver(Protocol):
    """The gateway's side of one device. Never raises on anything a device sends.

    `at` is the gateway's time; it may jump either way between calls when the clock is set, and a driver then
    only loses time, never its mind. Every byte received ends in a record, is understood, or is in a `Rejected`.
    """

    def opened(self, at: Instant) -> Step:
        """The link has just opened (again): forget half lines and pending questions, keep what the device remembers."""

    def received(self, unit: Unit, at: Instant) -> Step:
        """The device sent `unit`; cutting a line's bytes elsewhere gives the same records but for their times."""

    def woken(self, at: Instant) -> Step:
        """The time asked for has come (or a little later, or once too often: harmless)."""


class Act(Enum):
    """What a person does at a simulated machine, or what befalls it; a family without such an act ignores it."""

    START = "start"
    PAUSE = "pause"
    RESUME = "resume"
    FINISH = "finish"
    CANCEL = "cancel"
    FAIL = "fail"
    RESET = "reset"


class Simulator(Protocol):
    """The device's side of the same contract: its steps carry no records, and it knows the truth."""

    @property
    def state(self) -> State:
        """The state that a perfect reader would report now."""

    def opened(self, at: Instant) -> Step:
        """A reader opened the link: what the device says unasked (a banner, nothing)."""

    def received(self, unit: Unit, at: Instant) -> Step:
        """The reader sent `unit`."""

    def woken(self, at: Instant) -> Step:
        """The time asked for has come: heat, move, report."""

    def act(self, act: Act, at: Instant, *, name: str = "") -> Step:
        """A person did `act`; `name` is the job's file where it starts one."""


class LinkKind(Enum):
    """What a family speaks over."""

    LINE = "line"
    MQTT = "mqtt"


class DriverSettings(BaseModel):
    """The base of every family's `options` table: frozen, and an unknown key is a fault."""

    model_config = ConfigDict(frozen=True, extra="forbid")


@dataclass(frozen=True, slots=True)
class Setting:
    """What a driver is built from beside its own options: who the equipment is and where it speaks.

    `topic` is the filter of an MQTT equipment (`tele/plug-7/#`), empty on a line. `validity_s` is how long a state
    that the device says may be trusted, 0 until the next one. `says_state` tells a driver that lost its memory with
    the gateway that this equipment has said its own state before, so that none is to be inferred.
    """

    equipment: EquipmentId
    topic: str = ""
    room: str = ""
    centre: str = ""
    validity_s: float = 0.0
    says_state: bool = False


@dataclass(frozen=True, slots=True)
class Spec:
    """One family's line in the catalogue.

    `driver` and `simulator` build one machine each; a simulator also takes a seed, and the same seed lives the same
    life. `allowed` is the allow-list: whatever it refuses never leaves the gateway. `states` is the family's total
    table from the device's own words to `State`. `probe` is what may be sent to find out whether such a device
    answers (empty: listen only), and `answers` tells from the bytes heard. `holds_over_restart` is true where the
    gateway's own absence loses nothing, because a broker keeps the messages and the protocol promises that a state
    holds until the next. `baud` is the usual speed, 0 where the family is not on a serial line.
    """

    family: str
    title: str
    link: LinkKind
    settings: type[DriverSettings]
    driver: Callable[[Setting, Any], Driver]
    simulator: Callable[[Setting, Any, int], Simulator]
    allowed: Callable[[Unit], bool]
    states: Mapping[str, State]
    probe: tuple[bytes, ...] = ()
    answers: Callable[[bytes], bool] = lambda _heard: False
    baud: int = 0
    holds_over_restart: bool = False
