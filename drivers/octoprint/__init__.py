"""Printers behind OctoPrint, through its MQTT plugin."""

from __future__ import annotations

from drivers.contract import LinkKind, Spec
from drivers.octoprint.driver import OctoprintDriver
from drivers.octoprint.settings import OctoprintSettings
from drivers.octoprint.simulator import OctoprintSimulator
from drivers.octoprint.states import STATES

SPEC = Spec(
    family="octoprint",
    title="OctoPrint, through its MQTT plugin",
    link=LinkKind.MQTT,
    settings=OctoprintSettings,
    driver=OctoprintDriver,
    simulator=OctoprintSimulator,
    allowed=lambda _unit: False,
    states=STATES,
)
