"""What a school may set for a Marlin-family printer, and for the simulated one; every default suits a stock printer."""

from __future__ import annotations

from enum import Enum

from pydantic import Field

from drivers.contract import DriverSettings


class Dialect(Enum):
    """The firmware that a simulated printer speaks; the driver itself needs no such setting."""

    MARLIN = "marlin"
    MARLIN_1 = "marlin_1"
    REPRAPFIRMWARE = "reprapfirmware"
    REPETIER = "repetier"
    SMOOTHIE = "smoothie"
    KLIPPER = "klipper"


class SimulatorSettings(DriverSettings):
    """The simulated printer: its dialect, its heaters and how long its prints last."""

    dialect: Dialect = Dialect.MARLIN
    job_s: float = Field(default=1800.0, gt=0)
    """How long a print lasts once it is warm."""
    heat_s: float = Field(default=60.0, ge=0)
    """How long the blocking warm-up before a print lasts."""
    extruders: int = Field(default=1, ge=1, le=8)
    chamber: bool = False
    force_checksum: bool = False
    """Refuse commands without line number and checksum, as some Repetier builds do."""


class MarlinSettings(DriverSettings):
    """The options of an equipment with `driver = "marlin"`."""

    poll_s: float = Field(default=2.0, ge=0.2, le=60)
    """Time between two questions, or between two reports where the firmware sends them by itself."""
    settle_s: float = Field(default=2.0, ge=0, le=60)
    """Nothing is sent so long after opening, since many boards boot then; a start banner ends the wait."""
    silence_s: float = Field(default=15.0, gt=0, le=3600)
    """So long without a word, and the state is unknown."""
    busy_hold_s: float = Field(default=6.0, gt=0, le=300)
    """A `busy:` line holds so long without the next one (the firmware repeats it every 2 s, M113)."""
    stall_s: float = Field(default=30.0, gt=0, le=3600)
    """A print whose file position stands still so long, with nothing heating or busy, is paused."""
    sd: bool = True
    """Ask for the print from the printer's own card (M27)."""
    simulator: SimulatorSettings = SimulatorSettings()
