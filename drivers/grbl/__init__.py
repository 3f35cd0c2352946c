"""GRBL controllers of mills, lasers and plotters: GRBL 0.8 to 1.1, grblHAL, FluidNC, Smoothie's grbl mode.

Never sends anything but the realtime byte `?`.
"""

from __future__ import annotations

import re

from drivers.contract import LinkKind, Spec, Unit
from drivers.grbl.driver import GrblDriver
from drivers.grbl.protocol import ASK
from drivers.grbl.settings import GrblSettings
from drivers.grbl.simulator import GrblSimulator
from drivers.grbl.states import STATES

BAUD = 115_200

_ANSWER = re.compile(
    rb"<(?:" + "|".join(STATES).encode() + rb")[:|,>]|^Grbl(?:HAL)? v?\d", re.MULTILINE | re.IGNORECASE
)


def allowed(unit: Unit) -> bool:
    """Whether `unit` may leave: only the status question."""
    return unit == ASK


def answers(heard: bytes) -> bool:
    """Whether a GRBL controller said `heard`."""
    return _ANSWER.search(heard) is not None


SPEC = Spec(
    family="grbl",
    title="GRBL 0.8–1.1, grblHAL, FluidNC",
    link=LinkKind.LINE,
    settings=GrblSettings,
    driver=GrblDriver,
    simulator=GrblSimulator,
    allowed=allowed,
    states=STATES,
    probe=(ASK,),
    answers=answers,
    baud=BAUD,
)
