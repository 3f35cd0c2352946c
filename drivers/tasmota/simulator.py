"""A metering plug with Tasmota and a machine behind it, with everyday noise on its power.

It is a device, not a mirror of the driver: it builds its payloads by itself, as the firmware writes them.
"""

from __future__ import annotations

import random
from collections.abc import Mapping

import numpy as np
import orjson

from drivers.contract import Act, Publish, Setting, Step, Unit
from drivers.tasmota.settings import TasmotaSettings
from telemetry.model import NS_PER_S, Instant, State

PERIOD_NS = 10 * NS_PER_S
"""The shortest reporting period that the firmware allows; the usual 300 s would make a dull demonstration."""

STATE_EVERY = 6
"""Every so many reports the plug tells its relay and says again that it is there, as after its own reconnect."""

_ACTS: Mapping[Act, State] = {
    Act.START: State.BUSY,
    Act.PAUSE: State.IDLE,  # a machine at rest draws what an idle one draws
    Act.RESUME: State.BUSY,
    Act.FINISH: State.IDLE,
    Act.CANCEL: State.IDLE,
    Act.FAIL: State.OFFLINE,  # its fuse goes: no power
    Act.RESET: State.IDLE,
}


class TasmotaSimulator:
    """One plug; an odd seed has a clock with a zone, and every third a thermometer."""

    def __init__(self, setting: Setting, options: TasmotaSettings, seed: int) -> None:
        name = setting.topic.removesuffix("/#").removeprefix("tele/") or setting.equipment
        self._tele, self._stat = f"tele/{name}", f"stat/{name}"
        self._options = options
        self._random = random.Random(seed)
        self._zone = seed % 2 == 1
        self._thermometer = seed % 3 == 0
        self._state = State.IDLE
        self._energy_kwh = 12.0 + self._random.random() * 100
        self._next: Instant | None = None
        self._reports = 0

    @property
    def state(self) -> State:
        """What its power shows of the machine."""
        off = State.OFFLINE if self._options.off_is == "offline" else State.IDLE
        return off if self._state is State.OFFLINE else self._state

    def opened(self, at: Instant) -> Step:
        """It connects to the broker."""
        self._next = at + PERIOD_NS
        return Step(send=(*self._introduction(at), self._sensor(at)), wake_at=self._next)

    def received(self, unit: Unit, at: Instant) -> Step:  # noqa: ARG002 - nobody asks it anything
        """It could be switched, but not by a reader of states."""
        return Step(wake_at=self._next)

    def woken(self, at: Instant) -> Step:
        """Its reporting period is over."""
        if self._next is None or self._next - PERIOD_NS <= at < self._next:
            return Step(wake_at=self._next)
        self._next = at + PERIOD_NS
        self._reports += 1
        again = self._introduction(at) if self._reports % STATE_EVERY == 0 else ()
        return Step(send=(*again, self._sensor(at)), wake_at=self._next)

    def act(self, act: Act, at: Instant, *, name: str = "") -> Step:  # noqa: ARG002 - power has no names
        """Somebody works at the machine; `RESET` pulls the plug and puts it back."""
        self._state = _ACTS[act]
        gone = (Publish(f"{self._tele}/LWT", b"Offline", retained=True), *self._introduction(at))
        units = (*(gone if act is Act.RESET else ()), self._sensor(at))
        return Step(send=units, wake_at=self._next)

    def _introduction(self, at: Instant) -> tuple[Publish, ...]:
        state = {"Time": self._time(at), "Uptime": "0T00:00:10", "Heap": 25, "LoadAvg": 19, "POWER": "ON"}
        return (
            Publish(f"{self._tele}/LWT", b"Online", retained=True),
            Publish(f"{self._tele}/STATE", orjson.dumps(state)),
            Publish(f"{self._stat}/POWER", b"ON"),
        )

    def _power_w(self) -> float:
        options = self._options
        levels = {State.BUSY: options.busy_above_w * 3, State.OFFLINE: 0.0}
        idle = (options.on_above_w + options.busy_below_w) / 2
        return levels.get(self._state, idle) * self._random.uniform(0.95, 1.05)

    def _sensor(self, at: Instant) -> Publish:
        power, voltage = self._power_w(), self._random.uniform(226, 233)
        self._energy_kwh += power / 1000 * PERIOD_NS / NS_PER_S / 3600
        energy = {"Total": round(self._energy_kwh, 3), "Power": round(power, 1), "ApparentPower": round(power * 1.1, 1),
                  "Factor": 0.91, "Voltage": round(voltage), "Current": round(power * 1.1 / voltage, 3)}  # fmt: skip
        message: dict[str, object] = {"Time": self._time(at), "ENERGY": energy}
        if self._thermometer:
            degrees = 23 + power / 100 + self._random.gauss(0, 0.1)
            message |= {"DS18B20": {"Id": "0316B5A1EE6F", "Temperature": round(degrees, 1)}, "TempUnit": "C"}
        return Publish(f"{self._tele}/SENSOR", orjson.dumps(message))

    def _time(self, at: Instant) -> str:
        hours = 3 if self._zone else 0
        local = np.datetime64(at // NS_PER_S + hours * 3600, "s")
        return f"{local}+03:00" if self._zone else str(local)
