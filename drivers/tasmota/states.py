"""The words of a Tasmota plug and what they say of the machine behind it.

What the power says is `telemetry.inference`'s business; here are only the plug's own words.
"""

from __future__ import annotations

from collections.abc import Mapping

from telemetry.model import State

STATES: Mapping[str, State] = {
    "Offline": State.OFFLINE,  # the last will: the plug lost its power, its network or its broker
    "Online": State.UNKNOWN,  # it is back, and has not measured yet
    "OFF": State.OFFLINE,  # the relay is open: the machine has no power
    "ON": State.UNKNOWN,  # the relay is closed, which tells nothing of the power
}
"""Every word of `LWT` and `POWER`."""

LINKS: Mapping[str, bool] = {"Online": True, "Offline": False}
"""Every word of `LWT`, and whether the plug is there."""

RELAYS: Mapping[str, bool] = {"ON": True, "OFF": False}
"""Every word of `POWER`, and whether the machine has power."""
