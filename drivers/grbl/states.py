"""What a GRBL controller's own words mean: states, alarms and the messages that tell a state.

The tables are total: a state word that is missing here is UNKNOWN, an alarm without a text keeps its number.

Sources: the Grbl 1.1 wiki (interface, realtime status reports, alarm messages), Grbl 0.8 and 0.9 `report.c`,
grblHAL `report.c`, FluidNC `Report.cpp`; only alarms 1 to 9 mean the same in all of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType

from telemetry.model import State

STATES: Mapping[str, State] = MappingProxyType(
    {
        "Idle": State.IDLE,
        "Check": State.IDLE,
        "Run": State.BUSY,
        "Jog": State.SETUP,
        "Home": State.SETUP,
        "Hold": State.PAUSED,
        "Door": State.PAUSED,
        "Queue": State.PAUSED,  # 0.8: blocks wait for a cycle start
        "Tool": State.PAUSED,  # grblHAL: waits for a person to change the tool
        "Alarm": State.FAULT,
        "ConfigAlarm": State.FAULT,  # FluidNC: its configuration file is wrong
        "Critical": State.FAULT,  # FluidNC: an alarm that only a reset ends
        "Sleep": State.OFFLINE,
    }
)

ALARMS: Mapping[int, str] = MappingProxyType(
    {
        1: "hard limit",
        2: "soft limit",
        3: "reset in motion",
        4: "probe not in its expected state",
        5: "probe made no contact",
        6: "homing: reset",
        7: "homing: door opened",
        8: "homing: switch not released",
        9: "homing: switch not found",
    }
)

RESET_ALARM = 3
RESET_ALARM_WORDS = "Abort during cycle"
"""How 0.8 and 0.9 say alarm 3: a person's reset ended the run, nothing broke."""


class Told(Enum):
    """What a message tells beside its words."""

    NOTHING = "nothing"
    LOCKED = "locked"
    LOCKED_UNTIL_RESET = "locked until reset"
    ASLEEP = "asleep"


MESSAGES: Mapping[str, Told] = MappingProxyType(
    {
        "'$H'|'$X' to unlock": Told.LOCKED,
        "Reset to continue": Told.LOCKED_UNTIL_RESET,
        "Sleeping": Told.ASLEEP,
    }
)


def state_of(word: str) -> State:
    """The state of a report's word, without its sub-state."""
    return STATES.get(word, State.UNKNOWN)
