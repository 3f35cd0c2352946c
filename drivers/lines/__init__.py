"""Microcontrollers that print their measurements as text lines: Arduino, ESP32, micro:bit and the like.

Never sends anything.
"""

from __future__ import annotations

from drivers.contract import LinkKind, Spec, Unit
from drivers.lines.driver import LinesDriver
from drivers.lines.protocol import Row
from drivers.lines.recognition import Recognition
from drivers.lines.settings import LinesSettings
from drivers.lines.simulator import LinesSimulator
from drivers.lines.states import STATES

BAUD = 115_200

PROVING_ROWS = 3
"""So many rows, and nothing else between the first and the last line heard, prove a stream of measurements."""


def allowed(unit: Unit) -> bool:
    """Whether `unit` may leave: nothing may."""
    del unit
    return False


def answers(heard: bytes) -> bool:
    """Whether `heard` is a stream of rows; its first and last line may be cut."""
    recognition = Recognition(LinesSettings())
    lines = heard.decode("utf-8", "replace").split("\n")[:-1]
    rows = [recognition.read(line.strip()) for line in lines if line.strip()][1:]
    return len(rows) >= PROVING_ROWS and all(isinstance(row, Row) for row in rows)


SPEC = Spec(
    family="lines",
    title="Arduino, ESP32, micro:bit: CSV, JSON, name:value",
    link=LinkKind.LINE,
    settings=LinesSettings,
    driver=LinesDriver,
    simulator=LinesSimulator,
    allowed=allowed,
    states=STATES,
    answers=answers,
    baud=BAUD,
)
