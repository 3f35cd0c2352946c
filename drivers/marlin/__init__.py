"""Printers that speak as Marlin does: Marlin 1 and 2, RepRapFirmware, Repetier, Smoothie, Klipper on a line."""

from __future__ import annotations

import re

from drivers.contract import LinkKind, Spec
from drivers.marlin.driver import MarlinDriver
from drivers.marlin.questions import allowed
from drivers.marlin.settings import MarlinSettings
from drivers.marlin.simulator import MarlinSimulator
from drivers.marlin.states import STATES

_ANSWERS = re.compile(
    rb"(?:^|\n)\s*(?:ok\b.*T\d?:|.*FIRMWARE_NAME:|Cap:[A-Z_]+:[01]|Error:\s?Missing checksum)", re.IGNORECASE
)

SPEC = Spec(
    family="marlin",
    title="3D printer with Marlin, RepRapFirmware, Repetier, Smoothie or Klipper on a serial line",
    link=LinkKind.LINE,
    settings=MarlinSettings,
    driver=MarlinDriver,
    simulator=MarlinSimulator,
    allowed=allowed,
    states=STATES,
    probe=(b"M115\n",),
    answers=lambda heard: _ANSWERS.search(heard) is not None,
    baud=115200,
)
