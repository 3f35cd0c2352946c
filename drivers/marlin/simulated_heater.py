"""One heater of the simulated printer: it nears its target as warm things do, whenever it is asked."""

from __future__ import annotations

import math

from telemetry.model import Instant

AMBIENT_C = 21.0


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
