"""OctoPrint's words for its printer, and the `State` that each means.

A word that is not here (a newer OctoPrint, a plugin's own) is `UNKNOWN`, never an error. Words are upper case with `_`
for blanks, as `state_id` writes them; `state_string` and `text` say the same in prose.
"""

from __future__ import annotations

from collections.abc import Mapping

from telemetry.model import JobOutcome, State

STATES: Mapping[str, State] = {
    "NONE": State.UNKNOWN,
    "UNKNOWN": State.UNKNOWN,
    "OFFLINE": State.OFFLINE,
    "CLOSED": State.OFFLINE,
    "OPEN_SERIAL": State.OFFLINE,
    "OPENING_SERIAL_CONNECTION": State.OFFLINE,
    "OPENING_SERIAL_PORT": State.OFFLINE,
    "DETECT_SERIAL": State.OFFLINE,
    "DETECT_BAUDRATE": State.OFFLINE,
    "DETECTING": State.OFFLINE,
    "DETECTING_SERIAL_PORT": State.OFFLINE,
    "DETECTING_SERIAL_CONNECTION": State.OFFLINE,
    "DETECTING_BAUDRATE": State.OFFLINE,
    "CONNECTING": State.OFFLINE,
    "OPERATIONAL": State.IDLE,
    "STARTING": State.SETUP,
    "STARTING_PRINT_FROM_SD": State.SETUP,
    "STARTING_TO_SEND_FILE_TO_SD": State.SETUP,
    "SENDING_FILE_TO_SD": State.SETUP,
    "TRANSFERING_FILE": State.SETUP,  # as OctoPrint spells it
    "TRANSFERRING_FILE": State.SETUP,
    "TRANSFERRING_FILE_TO_SD": State.SETUP,
    "PRINTING": State.BUSY,
    "PRINTING_FROM_SD": State.BUSY,
    "RESUMING": State.BUSY,
    "FINISHING": State.BUSY,
    "CANCELLING": State.BUSY,
    "PAUSING": State.PAUSED,
    "PAUSED": State.PAUSED,
    "ERROR": State.FAULT,
    "CLOSED_WITH_ERROR": State.FAULT,
    "OFFLINE_AFTER_ERROR": State.FAULT,
}
"""Every word of `state_id`, `state_string` and `text`."""

EVENTS: Mapping[str, State] = {
    "Connected": State.IDLE,
    "Disconnected": State.OFFLINE,
    "PrintStarted": State.BUSY,
    "PrintResumed": State.BUSY,
    "PrintPaused": State.PAUSED,
    "PrintDone": State.IDLE,
    "PrintCancelling": State.BUSY,
    "PrintCancelled": State.IDLE,
    "Error": State.FAULT,
    "EStop": State.FAULT,
}
"""Events that tell the state by themselves, since `PrinterStateChanged` is switched off in some plugins' settings."""

OUTCOMES: Mapping[str, JobOutcome] = {
    "PrintDone": JobOutcome.COMPLETED,
    "PrintCancelled": JobOutcome.CANCELLED,
    "PrintFailed": JobOutcome.FAILED,
}
"""Events that end a job; `PrintFailed` also follows `PrintCancelled`, and then ends nothing more."""

LINKS: Mapping[str, bool] = {"connected": True, "disconnected": False}
"""Every word of the last will's topic, and whether OctoPrint is there."""


def state_of(word: str) -> State:
    """The state of one of OctoPrint's words, in any of its spellings: `Offline (Error: …)` is an error."""
    plain, _, detail = word.partition(" (")
    plain = plain.partition(":")[0].strip().upper().replace(" ", "_")
    if detail.startswith("Error"):
        return State.FAULT
    return STATES.get(plain, State.UNKNOWN)
