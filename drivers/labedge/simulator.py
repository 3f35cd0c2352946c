"""A lab computer that speaks the project's own layout: slow channels always, quick ones while it works.

It is a device, not a mirror of the driver: it builds its payloads by itself.
"""

from __future__ import annotations

import random
from collections.abc import Mapping

import msgpack
import numpy as np
import orjson

from drivers.contract import Act, Publish, Setting, Step, Unit
from drivers.labedge.settings import LabedgeSettings
from drivers.labedge.signals import SCENES, Floats
from telemetry.model import NS_PER_MS, NS_PER_S, Instant, State

SECOND_NS = NS_PER_S
SAY_AGAIN_NS = 10 * NS_PER_S
"""How often the state and the link are said again, for a reader that missed them."""

RATE_HZ = 50

NAME_CHARACTERS = 50
"""Of a run's name: with the second of its begin it fits the layout's 64."""

_ACTS: Mapping[tuple[Act, State], State] = {
    (Act.START, State.IDLE): State.BUSY,
    (Act.PAUSE, State.BUSY): State.PAUSED,
    (Act.RESUME, State.PAUSED): State.BUSY,
    (Act.FINISH, State.BUSY): State.IDLE,
    (Act.FINISH, State.PAUSED): State.IDLE,
    (Act.CANCEL, State.BUSY): State.IDLE,
    (Act.CANCEL, State.PAUSED): State.IDLE,
    (Act.FAIL, State.IDLE): State.FAULT,
    (Act.FAIL, State.BUSY): State.FAULT,
    (Act.FAIL, State.PAUSED): State.FAULT,
}
"""What an act makes of a state; what is not here changes nothing. `RESET` restarts it from any state."""


class LabedgeSimulator:
    """One lab computer; an odd seed speaks MessagePack, an even one JSON."""

    def __init__(self, setting: Setting, options: LabedgeSettings, seed: int) -> None:
        self._prefix = f"labedge/v1/{setting.centre or 'lab'}/{setting.room or 'lab'}/{setting.equipment}"
        self._random = random.Random(seed)
        self._scene = SCENES[options.simulated.signal]
        self._pack = seed % 2 == 1
        self._state = State.IDLE
        self._since: Instant = 0
        self._said_at: Instant = 0
        self._next: Instant | None = None
        self._run = ""

    @property
    def state(self) -> State:
        """What it does now."""
        return self._state

    def opened(self, at: Instant) -> Step:
        """It connects to the broker and says that it is there."""
        self._since = self._since or at
        self._next = at + SECOND_NS
        return Step(send=self._introduction(at), wake_at=self._next)

    def received(self, unit: Unit, at: Instant) -> Step:  # noqa: ARG002 - nobody asks it anything
        """It listens to nothing."""
        return Step(wake_at=self._next)

    def woken(self, at: Instant) -> Step:
        """A second has passed: what was measured in it."""
        if self._next is None or self._next - SECOND_NS <= at < self._next:
            return Step(wake_at=self._next)
        self._next = at + SECOND_NS
        units = () if 0 <= at - self._said_at < SAY_AGAIN_NS else self._introduction(at)
        return Step(send=(*units, *self._measured(at)), wake_at=self._next)

    def act(self, act: Act, at: Instant, *, name: str = "") -> Step:
        """A pupil starts or ends a run; `name` is the run's, with the second in which it began."""
        if act is Act.RESET:
            self._change(State.IDLE, at)
            gone = Publish(f"{self._prefix}/$link", b"offline", retained=True)
            return Step(send=(gone, *self._introduction(at)), wake_at=self._next)
        after = _ACTS.get((act, self._state))
        if after is None:
            return Step(wake_at=self._next)
        if act is Act.START:
            self._run = f"{name[:NAME_CHARACTERS]}-{at // NS_PER_S}" if name else ""
        self._change(after, at)
        return Step(send=(self._state_said(),), wake_at=self._next)

    def _change(self, state: State, at: Instant) -> None:
        self._state, self._since = state, at

    def _introduction(self, at: Instant) -> tuple[Publish, ...]:
        self._said_at = at
        return Publish(f"{self._prefix}/$link", b"online", retained=True), self._state_said()

    def _state_said(self) -> Publish:
        # With the time when it began, so that saying it again adds nothing.
        return Publish(
            f"{self._prefix}/$state", self._packed({"t": _ms(self._since), "v": self._state.word}), retained=True
        )

    def _measured(self, at: Instant) -> tuple[Publish, ...]:
        busy = self._state is State.BUSY
        units = tuple(
            Publish(f"{self._prefix}/{channel}", self._packed(self._value(channel, v, at)))
            for channel, v in self._scene.slow(at / NS_PER_S % 86_400, float(busy), self._random).items()
        )
        return (*units, *self._burst(at)) if busy else units

    def _value(self, channel: str, v: float, at: Instant) -> dict[str, object]:
        named = {"run": self._run} if self._run and self._state is State.BUSY else {}
        return {"t": _ms(at), "v": round(v, 2), "unit": self._scene.units[channel], **named}

    def _burst(self, at: Instant) -> tuple[Publish, ...]:
        t0 = at - SECOND_NS
        seconds = t0 % (3600 * NS_PER_S) / NS_PER_S + np.arange(RATE_HZ) / RATE_HZ
        table = self._scene.quick(seconds, self._random)
        units = {name: self._scene.units[name] for name in table}
        message: dict[str, object] = {"t0": _ms(t0), "dt": 1 / RATE_HZ, "run": self._run, "unit": units}
        return (self._batch(message, table),) if table else ()

    def _batch(self, message: Mapping[str, object], table: Mapping[str, Floats]) -> Publish:
        if self._pack:
            values: dict[str, object] = {name: v.astype("<f4").tobytes() for name, v in table.items()}
            return Publish(f"{self._prefix}/$batch", self._packed({**message, "f": "f4", "v": values}))
        return Publish(
            f"{self._prefix}/$batch", self._packed({**message, "v": {k: v.tolist() for k, v in table.items()}})
        )

    def _packed(self, message: Mapping[str, object]) -> bytes:
        return bytes(msgpack.packb(message)) if self._pack else orjson.dumps(message)


def _ms(at: Instant) -> int:
    return at // NS_PER_MS
