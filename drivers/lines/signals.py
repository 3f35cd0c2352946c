"""Lab experiments as functions of time: what the simulated sensors measure.

Pure: the same seed and the same time give the same value.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import exp, pi, sin
from random import Random
from types import MappingProxyType
from typing import TypeAlias

from drivers.lines.settings import Signal

Values: TypeAlias = dict[str, float]
"""What is measured at one moment, by the sensor's own name."""

Experiment: TypeAlias = Callable[[float], Values]
"""The values after so many seconds."""


def _cooling(random: Random) -> Experiment:
    """A cup of hot water in a room (Newton's law), a second probe in the air."""
    room, hot, tau_s = random.uniform(20, 24), random.uniform(75, 92), random.uniform(500, 900)

    def values(t: float) -> Values:
        return {
            "temp_c": round(room + (hot - room) * exp(-t / tau_s) + random.gauss(0, 0.05), 2),
            "room_c": round(room + random.gauss(0, 0.05), 2),
        }

    return values


def _light(random: Random) -> Experiment:
    """A lamp that is switched on and off in front of a light sensor, in daylight with clouds."""
    day, lamp, period_s = random.uniform(150, 400), random.uniform(300, 600), random.uniform(20, 60)

    def values(t: float) -> Values:
        lit = lamp if t % period_s < period_s / 2 else 0.0
        return {"light_lx": round(day * (1 + 0.1 * sin(t / 97)) + lit + random.gauss(0, 2), 1)}

    return values


def _titration(random: Random) -> Experiment:
    """An acid that a base is dripped into: the pH turns at the equivalence point."""
    turn_s, steep_s = random.uniform(120, 240), random.uniform(4, 12)

    def values(t: float) -> Values:
        rise = 1 / (1 + exp(max(-50.0, min(50.0, (turn_s - t) / steep_s))))
        return {"ph": round(3.2 + 8.1 * rise + random.gauss(0, 0.02), 2), "drops": float(int(t * 2))}

    return values


def _pendulum(random: Random) -> Experiment:
    """A damped pendulum on an angle sensor."""
    amplitude, period_s, tau_s = random.uniform(15, 40), random.uniform(0.9, 2.2), random.uniform(40, 120)

    def values(t: float) -> Values:
        angle = amplitude * exp(-t / tau_s) * sin(2 * pi * t / period_s)
        return {"angle_deg": round(angle + random.gauss(0, 0.05), 2)}

    return values


EXPERIMENTS: Mapping[Signal, Callable[[Random], Experiment]] = MappingProxyType(
    {
        Signal.TEMPERATURE: _cooling,
        Signal.LIGHT: _light,
        Signal.PH: _titration,
        Signal.PENDULUM: _pendulum,
    }
)
