"""The heaters of the simulated printer: they near their targets as warm things do, whenever they are asked."""

from __future__ import annotations

import math
import random
from collections.abc import Callable

from drivers.marlin.settings import SimulatorSettings
from drivers.marlin.temperatures import Heat
from telemetry.model import NS_PER_S, Instant

AMBIENT_C = 21.0
TOOL_C, BED_C, CHAMBER_C = 210.0, 60.0, 40.0
NOISE_C = 0.05


class SimulatedHeater:
    """One heater: it nears its target as warm things do."""

    def __init__(self, name: str, *, wanted_c: float, tau_ns: float) -> None:
        """At the room's temperature."""
        self.name, self.wanted_c = name, wanted_c
        self.target_c, self._from_c, self._since, self._tau_ns = 0.0, AMBIENT_C, 0, tau_ns

    def at(self, at: Instant) -> float:
        """How warm it is, °C."""
        goal = self.target_c or AMBIENT_C
        return goal + (self._from_c - goal) * math.exp(-max(0, at - self._since) / self._tau_ns)

    def set(self, celsius: float, at: Instant) -> None:
        """A target of `celsius` °C from `at` on; 0 switches it off."""
        self._from_c, self._since, self.target_c = self.at(at), at, celsius


class SimulatedHeaters:
    """All of them; only the first extruder is used, as in most prints."""

    def __init__(self, settings: SimulatorSettings) -> None:
        """All cold; warm within a few fifths of the settings' warm-up."""
        tau_ns = max(settings.heat_s, 1.0) * NS_PER_S / 5
        wanted = {f"tool{number}": 0.0 for number in range(settings.extruders)}
        wanted |= {"tool0": TOOL_C, "bed": BED_C} | ({"chamber": CHAMBER_C} if settings.chamber else {})
        self._heaters = [SimulatedHeater(name, wanted_c=celsius, tau_ns=tau_ns) for name, celsius in wanted.items()]
        self._single = settings.extruders == 1

    def switch(self, at: Instant, *, on: bool) -> None:
        """Warm up for a print, or cool down."""
        for heater in self._heaters:
            heater.set(heater.wanted_c if on else 0.0, at)

    def told(self, at: Instant, wording: Callable[[Heat], str], dice: random.Random) -> str:
        """A report of all heaters, each in the `wording` of a dialect; a single extruder is `T`."""
        actual = [round(heater.at(at) + dice.gauss(0, NOISE_C), 2) for heater in self._heaters]
        words = [wording(Heat(h.name, celsius, h.target_c)) for h, celsius in zip(self._heaters, actual, strict=True)]
        return " ".join([words[0].replace("T0", "T", 1) if self._single else words[0], *words[1:]])
