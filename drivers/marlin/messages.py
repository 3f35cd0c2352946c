"""What a line of a printer can say, as values: one class a kind of line."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Ok:
    """A command was taken; `report` is the temperature report on the same line, empty where there is none."""

    report: str


@dataclass(frozen=True, slots=True)
class Report:
    """A temperature report on a line of its own."""

    text: str


@dataclass(frozen=True, slots=True)
class Target:
    """A target of its own line (Repetier): `heater` as in `temperatures.Heat`."""

    heater: str
    celsius: float


@dataclass(frozen=True, slots=True)
class Busy:
    """The firmware works and takes no command; `word` says at what."""

    word: str


@dataclass(frozen=True, slots=True)
class Action:
    """A host action: `verb` in lower case, `text` after it."""

    verb: str
    text: str


@dataclass(frozen=True, slots=True)
class CardPosition:
    """A print from the card is at byte `done` of `total`; `paused` where the line itself says so."""

    done: int
    total: int
    paused: bool


@dataclass(frozen=True, slots=True)
class CardFile:
    """A file of the card was opened for printing."""

    name: str


class Card(Enum):
    """What else is said of a print from the card."""

    NONE = "none"
    PAUSED = "paused"
    FINISHED = "finished"
    ABORTED = "aborted"


@dataclass(frozen=True, slots=True)
class Progress:
    """The print's progress, 0 to 1, as its G-code tells it (M73)."""

    share: float


@dataclass(frozen=True, slots=True)
class Firmware:
    """The answer to M115."""

    name: str


@dataclass(frozen=True, slots=True)
class Capability:
    """One thing that the firmware can do, or cannot."""

    name: str
    on: bool


@dataclass(frozen=True, slots=True)
class Tool:
    """The extruder that a bare `T:` means from now on."""

    number: int


@dataclass(frozen=True, slots=True)
class Halt:
    """The firmware stopped everything, and why."""

    reason: str


@dataclass(frozen=True, slots=True)
class Resend:
    """The line was not taken and is wanted again."""

    number: int


@dataclass(frozen=True, slots=True)
class UnknownCommand:
    """The firmware does not know `command`."""

    command: str


class Sign(Enum):
    """Lines without a value."""

    BANNER = "it has started anew"
    CONTINUED = "it goes on after a fatal state"
    WAIT = "it waits for commands"
    NEEDS_NUMBERS = "it wants line numbers and checksums"
    TALK = "understood, and of no consequence here"


@dataclass(frozen=True, slots=True)
class Unknown:
    """No rule knows this line."""


Message: TypeAlias = (
    Ok | Report | Target | Busy | Action | CardPosition | CardFile | Card | Progress | Firmware | Capability
    | Tool | Halt | Resend | UnknownCommand | Sign | Unknown
)  # fmt: skip
