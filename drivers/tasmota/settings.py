"""The options of a machine behind a Tasmota metering plug: which power means what, and for how long.

Nothing here reads a message.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from drivers.contract import DriverSettings
from telemetry.inference import PowerThresholds
from telemetry.model import NS_PER_S, State

Watts = Annotated[float, Field(ge=0, le=100_000)]
Hold = Annotated[float, Field(ge=0, le=3600)]

_BELOW = {"offline": State.OFFLINE, "idle": State.IDLE}


class TasmotaSettings(DriverSettings):
    """Two levels of power, each with its hysteresis: `…_above_w` to reach it, `…_below_w` to leave it."""

    busy_above_w: Watts = 20.0
    """From this power on the machine is busy."""

    busy_below_w: Watts = 15.0
    """Under this power it is busy no longer."""

    on_above_w: Watts = 1.0
    """From this power on it is switched on: idle, if not busy."""

    on_below_w: Watts = 0.5
    """Under this power it is switched off."""

    off_is: Literal["offline", "idle"] = "offline"
    """What a machine is that draws no power."""

    rise_hold_s: Hold = 0.0
    """Seconds that a higher level must last to count: longer than an inrush peak."""

    fall_hold_s: Hold = 0.0
    """Seconds that a lower level must last to count: longer than the pauses of a heater."""

    validity_s: Annotated[float, Field(ge=1, le=86_400)] = 750.0
    """Seconds without a sample after which the state is unknown: two and a half of Tasmota's usual 300 s."""

    @model_validator(mode="after")
    def _in_order(self) -> TasmotaSettings:
        if not self.on_below_w <= self.on_above_w < self.busy_below_w <= self.busy_above_w:
            message = "powers want on_below_w <= on_above_w < busy_below_w <= busy_above_w"
            raise ValueError(message)
        return self

    @property
    def thresholds(self) -> PowerThresholds:
        """The same for `telemetry.inference`."""
        return PowerThresholds(
            busy_above_w=self.busy_above_w,
            idle_above_w=self.on_above_w,
            hysteresis_w=self.busy_above_w - self.busy_below_w,
            idle_hysteresis_w=self.on_above_w - self.on_below_w,
            rise_hold_ns=round(self.rise_hold_s * NS_PER_S),
            fall_hold_ns=round(self.fall_hold_s * NS_PER_S),
            below=_BELOW[self.off_is],
        )
