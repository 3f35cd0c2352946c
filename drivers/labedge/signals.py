"""What a simulated lab computer measures: electronics, a diode's curve, an electrocardiogram, a robot's joints.

Pure: the same seconds and the same random source give the same values.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import sin
from random import Random
from types import MappingProxyType
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from drivers.labedge.settings import Signal

Floats: TypeAlias = npt.NDArray[np.float64]

BEAT_S = 0.83
"""Between two beats of a mannequin's heart: 72 a minute."""

_WAVES = ((0.18, 0.12, 0.025), (0.36, -0.12, 0.010), (0.40, 1.10, 0.012), (0.44, -0.25, 0.012), (0.66, 0.28, 0.045))
"""P, Q, R, S and T of one beat: when, how high in mV, how wide; times in s."""


@dataclass(frozen=True, slots=True)
class Scene:
    """One set-up: `slow` gives values once a second, `quick` those of many moments while it works.

    `slow` takes the seconds, and 1.0 while it works, else 0.0.
    """

    units: Mapping[str, str]
    slow: Callable[[float, float, Random], dict[str, float]]
    quick: Callable[[Floats, Random], dict[str, Floats]]


def _room(seconds: float, effort: float, random: Random) -> dict[str, float]:
    """A thermometer and a light sensor on the table."""
    del effort
    return {
        "temperature": 21.5 + 2 * sin(seconds / 60) + random.gauss(0, 0.05),
        "light": max(0.0, 420 + 60 * sin(seconds / 420) + random.gauss(0, 3)),
    }


def _circuit(seconds: Floats, random: Random) -> dict[str, Floats]:
    """A sine on a resistor of 47 ohm."""
    voltage = np.round(3.3 * np.sin(2 * np.pi * seconds) + _noise(seconds, random, 0.01), 2)
    return {"voltage": voltage, "current": np.round(voltage / 47 * 1000, 1)}


def _nothing_slow(_seconds: float, _effort: float, _random: Random) -> dict[str, float]:
    return {}


def _diode(seconds: Floats, random: Random) -> dict[str, Floats]:
    """A voltage that rises for ten seconds over a diode with 100 ohm behind it, and the current through both."""
    voltage = np.round(3.0 * (seconds % 10) / 10 + _noise(seconds, random, 0.004), 3)
    over = np.maximum(voltage - 0.62, 0.0)
    return {"voltage": voltage, "current": np.round(over * 10 + _noise(seconds, random, 0.02), 2)}


def _pulse(seconds: float, effort: float, random: Random) -> dict[str, float]:
    return {"heart_rate": round(60 / BEAT_S + 2 * sin(seconds / 20) + random.gauss(0, 0.3))} if effort else {}


def _cardiogram(seconds: Floats, random: Random) -> dict[str, Floats]:
    """The usual five waves of a beat."""
    within = seconds % BEAT_S
    waves = [high * np.exp(-(((within - at) / wide) ** 2) / 2) for at, high, wide in _WAVES]
    return {"ecg": np.round(np.sum(waves, axis=0) + _noise(seconds, random, 0.01), 3)}


def _joints(seconds: float, effort: float, random: Random) -> dict[str, float]:
    """Base, shoulder and elbow of an arm that carries things to and fro, or rests."""
    swings = (70 * sin(seconds / 4), 25 * sin(seconds / 2), 30 * sin(seconds / 2 + 1))
    joints = enumerate(zip((0.0, 35.0, 60.0), swings, strict=True), 1)
    return {f"joint_{n}": rest + effort * swing + random.gauss(0, 0.05) for n, (rest, swing) in joints}


def _nothing_quick(_seconds: Floats, _random: Random) -> dict[str, Floats]:
    return {}


def _noise(seconds: Floats, random: Random, spread: float) -> Floats:
    return np.array([random.gauss(0, spread) for _ in seconds])


SCENES: Mapping[Signal, Scene] = MappingProxyType(
    {
        Signal.CIRCUIT: Scene({"temperature": "°C", "light": "lx", "voltage": "V", "current": "mA"}, _room, _circuit),
        Signal.DIODE: Scene({"voltage": "V", "current": "mA"}, _nothing_slow, _diode),
        Signal.ECG: Scene({"ecg": "mV", "heart_rate": "bpm"}, _pulse, _cardiogram),
        Signal.ROBOT: Scene({f"joint_{n}": "°" for n in (1, 2, 3)}, _joints, _nothing_quick),
    }
)
