"""The states of a device that only streams: its lines tell none, so they are inferred from whether samples come."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from telemetry.model import State

STREAMING = "streaming"
SILENT = "silent"
UNREADABLE = "unreadable"

STATES: Mapping[str, State] = MappingProxyType({STREAMING: State.BUSY, SILENT: State.IDLE, UNREADABLE: State.UNKNOWN})
"""The words of the gateway, not of the device."""

WORDS: Mapping[State, str] = MappingProxyType({state: word for word, state in STATES.items()})
