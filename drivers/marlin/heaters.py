"""What a printer's heaters are at and shall be at, as readings; nonsense is rejected once and never read.

It decides on no state.
"""

from __future__ import annotations

from collections import Counter

from drivers.marlin.temperatures import Heat, parse_report, sensible
from telemetry.model import Channel, EquipmentId, Instant, Reading, Record, rejected

WARMING_C = 5.0
"""A heater that far below its target is still warming up."""

MISSING_LIMIT = 3
"""A heater absent from so many whole reports is none: a garbled line had named it."""

FAULTY_LIMIT = 16
"""Heaters whose nonsense is remembered, so that a broken sensor is rejected once and not with every report."""


class Heaters:
    """The heaters of one printer, by name (`tool0`, `bed`, `chamber`)."""

    def __init__(self, equipment: EquipmentId) -> None:
        """No heater is known."""
        self._equipment = equipment
        self._targets: dict[str, float] = {}
        self._actual: dict[str, float] = {}
        self._faulty: dict[str, str] = {}
        self._missing: Counter[str] = Counter()
        self.tool = 0

    def forget(self) -> None:
        """The printer started anew, or is seen again."""
        self._targets.clear()
        self._actual.clear()
        self.tool = 0

    @property
    def wanted(self) -> str:
        """The heaters that have a target, in words; empty where none has."""
        return ", ".join(f"{heater} {celsius:g} °C" for heater, celsius in sorted(self._targets.items()) if celsius > 0)

    @property
    def warming(self) -> bool:
        """Whether any heater is well below its target."""
        return any(self._actual.get(heater, 0.0) < target - WARMING_C for heater, target in self._targets.items())

    def report(self, text: str, raw: bytes, at: Instant) -> tuple[list[Record], bool]:
        """The readings of one report; second, whether a command waits for them."""
        report = parse_report(text, active=self.tool)
        if report is None:
            return [rejected(raw, "garbled temperature report", equipment=self._equipment, at=at)], False
        records = [record for heat in report.heats for record in self._heat(heat, raw, at)]
        if not report.waiting:
            self._drop({heat.heater for heat in report.heats if heat.target is not None})
        return records, report.waiting

    def target(self, heater: str, celsius: float, at: Instant) -> Reading:
        """A heater's target, told alone."""
        self._targets[heater] = celsius
        return self._reading(f"{heater}_target", celsius, at)

    def _drop(self, named: set[str]) -> None:
        """Forget the targets of heaters that a report with targets does not name any more."""
        for heater in [heater for heater in self._targets if named and heater not in named]:
            self._missing[heater] += 1
            if self._missing[heater] >= MISSING_LIMIT:
                del self._targets[heater]
        for heater in named:
            self._missing.pop(heater, None)

    def _heat(self, heat: Heat, raw: bytes, at: Instant) -> list[Record]:
        if not sensible(heat.actual) or not (heat.target is None or sensible(heat.target)):
            return self._nonsense(heat, raw, at)
        self._faulty.pop(heat.heater, None)
        self._actual[heat.heater] = heat.actual
        read: list[Record] = [self._reading(f"{heat.heater}_temperature", heat.actual, at)]
        if heat.target is not None:
            read.append(self.target(heat.heater, heat.target, at))
        return read

    def _nonsense(self, heat: Heat, raw: bytes, at: Instant) -> list[Record]:
        values = f"{heat.actual:g} °C, target {heat.target}"
        if self._faulty.get(heat.heater) == values:
            return []
        if len(self._faulty) >= FAULTY_LIMIT:
            self._faulty.clear()
        self._faulty[heat.heater] = values
        return [rejected(raw, f"{heat.heater} cannot be at {values}", equipment=self._equipment, at=at)]

    def _reading(self, channel: str, celsius: float, at: Instant) -> Reading:
        return Reading(self._equipment, Channel(channel), at, at, celsius, "°C")
