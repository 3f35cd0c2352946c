"""The `options` of a GRBL equipment, and what its simulator lives through."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from drivers.contract import DriverSettings
from telemetry.model import NS_PER_S

LEAST_PERIOD_S = 0.2
"""Reports are never asked for oftener than 5 times a second: more would cost the planner of an 8-bit board steps."""


class Dialect(StrEnum):
    """The firmwares that the simulator can be; the driver itself recognises whatever answers."""

    GRBL_0_9 = "0.9"
    GRBL_1_1 = "1.1"
    GRBLHAL = "grblhal"
    FLUIDNC = "fluidnc"
    SMOOTHIE = "smoothie"


class Simulated(DriverSettings):
    """The machine that the simulator is: its firmware, and how long a run takes from start to end."""

    dialect: Dialect = Dialect.GRBL_1_1
    job_s: Annotated[float, Field(gt=0, le=604_800)] = 600.0


Period = Annotated[float, Field(ge=LEAST_PERIOD_S, le=3600)]


class GrblSettings(DriverSettings):
    """How a GRBL controller is asked and understood; times in seconds.

    `idle_period_s` and `busy_period_s` are the waits between two questions; reports that come unasked count as
    answers. `settle_s` is the wait after opening before the first question, cut short by a welcome banner.
    `silence_s` without a report makes the state unknown. `job_gap_s` is the longest idle gap inside one run.
    `inches` tells that the firmware reports in inches (`$13=1`); a `$13=` line that is seen settles it anew.
    """

    idle_period_s: Period = 1.0
    busy_period_s: Period = 0.5
    settle_s: Annotated[float, Field(ge=0, le=60)] = 2.0
    silence_s: Annotated[float, Field(ge=2 * LEAST_PERIOD_S, le=86_400)] = 5.0
    job_gap_s: Annotated[float, Field(ge=0, le=3600)] = 3.0
    inches: bool = False
    simulated: Simulated = Simulated()

    @model_validator(mode="after")
    def _patient(self) -> Self:
        longest = max(self.idle_period_s, self.busy_period_s)
        if self.silence_s < 2 * longest:
            message = f"silence_s must be at least twice the longest period: {2 * longest} s"
            raise ValueError(message)
        return self

    def period_ns(self, *, idle: bool) -> int:
        """The wait between two questions."""
        return _ns(self.idle_period_s if idle else self.busy_period_s)

    @property
    def settle_ns(self) -> int:
        """The wait after opening."""
        return _ns(self.settle_s)

    @property
    def silence_ns(self) -> int:
        """The longest silence that is believed."""
        return _ns(self.silence_s)

    @property
    def job_gap_ns(self) -> int:
        """The longest idle gap inside one run."""
        return _ns(self.job_gap_s)


def _ns(seconds: float) -> int:
    return round(seconds * NS_PER_S)
