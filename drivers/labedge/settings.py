"""The options of equipment that speaks the project's own layout.

Nothing here is about one message: units and times come with the data.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from drivers.contract import DriverSettings


class Signal(StrEnum):
    """What the simulator measures."""

    CIRCUIT = "circuit"
    DIODE = "diode"
    ECG = "ecg"
    ROBOT = "robot"


class Simulated(DriverSettings):
    """The lab computer that the simulator is."""

    signal: Signal = Signal.CIRCUIT


class LabedgeSettings(DriverSettings):
    """How to tell that an equipment without `$state` works."""

    infer_busy: bool = True
    """Whether streaming readings mean busy, where the equipment never says its own state."""

    gap_s: Annotated[float, Field(ge=1, le=86_400)] = 60.0
    """Seconds without a reading after which it is idle."""

    simulated: Simulated = Simulated()
    """What its simulator measures."""
