"""The family's total table: every word that stands for a situation of the printer, and the state it means.

A word that is not here is `unknown`, never an exception; nothing else in the family decides on a state.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from telemetry.model import State

STATES: Mapping[str, State] = MappingProxyType(
    {
        # what its answers come to
        "idle": State.IDLE,  # it answers; no print, every target 0, nothing busy
        "heating": State.SETUP,  # a heater has a target and there is no print
        "printing": State.BUSY,  # a print from its card or told by its host actions
        "not moving": State.PAUSED,  # a print whose file position stands still, or whose card stopped before the end
        "halted": State.FAULT,  # kill(), thermal runaway, homing failed, `!!`, `fatal:`
        # what the firmware says of itself
        "busy: processing": State.SETUP,  # homing, levelling, warming up; during a print this word is not used
        "busy: heating": State.SETUP,
        "busy: paused for user": State.PAUSED,
        "busy: paused for input": State.PAUSED,
        "action: paused": State.PAUSED,
    }
)

UNANSWERED = "it has not answered yet"
"""Why nothing is known at first."""


def state_of(word: str) -> State:
    """The state that `word` means; `UNKNOWN` for a word of newer firmware."""
    return STATES.get(word, State.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known at one instant, each with its reason as the device said it; empty strings are absent facts."""

    halted: str = ""
    silent: str = ""
    busy: str = ""
    paused: str = ""
    unmoving: str = ""
    printing: str = ""
    heating: str = ""
    booting: bool = False
    known: bool = False


def word_of(facts: Facts) -> tuple[str, str]:
    """The one word that holds, and its reason: the first row that applies; no word where nothing is known."""
    busy = f"busy: {facts.busy}"
    waits = facts.busy != "" and state_of(busy) is not State.SETUP
    rows = (
        (facts.halted, "halted", facts.halted),
        (facts.silent, "", facts.silent),
        (waits, busy, facts.paused or facts.busy),
        (facts.paused, "action: paused", facts.paused),
        (facts.unmoving, "not moving", facts.unmoving),
        (facts.printing, "printing", facts.printing),
        (facts.busy, busy, facts.heating or facts.busy),
        (facts.heating, "heating", facts.heating),
        (facts.known, "idle", ""),
        (facts.booting, "", "it has just started"),
    )
    return next(((word, reason) for applies, word, reason in rows if applies), ("", UNANSWERED))
