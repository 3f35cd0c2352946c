"""Topics and payloads of OctoPrint's MQTT plugin as plain values.

Nothing here knows an equipment or keeps anything. Topics are `<base>/mqtt`, `<base>/event/<Event>`,
`<base>/progress/<what>` and `<base>/temperature/<heater>`; the base may be any, so they are read from their end.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

import orjson

PAYLOAD_LIMIT = 262_144
"""Bytes of a message: an `Error` with its log and a `MetadataAnalysisFinished` have a few thousand."""

TEXT_LIMIT = 200
"""Characters of a name or a reason that are kept."""

_HEATER = re.compile(r"[A-Za-z0-9_.-]{1,48}", re.ASCII)


class MalformedError(Exception):
    """A message is none of the plugin's; its text is the reason."""


class Kind(Enum):
    """What a topic is about."""

    LINK = "mqtt"
    EVENT = "event"
    PROGRESS = "progress"
    TEMPERATURE = "temperature"


_KINDS = {kind.value: kind for kind in (Kind.EVENT, Kind.PROGRESS, Kind.TEMPERATURE)}


@dataclass(frozen=True, slots=True)
class Progress:
    """One progress report: the printer's state in OctoPrint's words, the job's file, how far it is.

    `share` is 0 to 1 and None where the plugin tells none; `printed_s` is 0 where it tells none.
    """

    state: str
    path: str
    share: float | None
    printed_s: float


def topic_of(topic: str) -> tuple[Kind, str]:
    """What a topic is about, and its last word; raises `MalformedError` where it is none of the plugin's."""
    *before, last = topic.rsplit("/", 2)
    if before and last == "mqtt":
        return Kind.LINK, last
    if len(before) == 2 and before[1] in _KINDS and last:
        return _KINDS[before[1]], last
    raise MalformedError("not a topic of OctoPrint's MQTT plugin")


def heater_of(name: str) -> str:
    """`name` as the first part of a channel; raises `MalformedError` where it may not be one."""
    if _HEATER.fullmatch(name) is None:
        raise MalformedError("no name of a heater")
    return name


def message_of(payload: bytes) -> Mapping[str, Any]:
    """The object that `payload` carries; raises `MalformedError` where it carries none."""
    if len(payload) > PAYLOAD_LIMIT:
        raise MalformedError(f"longer than {PAYLOAD_LIMIT} bytes")
    try:
        message = orjson.loads(payload)
    except orjson.JSONDecodeError as error:
        raise MalformedError(f"no JSON: {error}") from error
    if not isinstance(message, dict):
        raise MalformedError("no object")
    return message


def progress_of(message: Mapping[str, Any]) -> Progress:
    """The progress report that a message is; what is missing or of another kind is empty."""
    data = table(message, "printer_data")
    share = number(table(data, "progress").get("completion"))
    printed = number(table(data, "progress").get("printTime"))
    path = text(message, "path") or text(table(table(data, "job"), "file"), "path")
    return Progress(
        state=text(table(data, "state"), "text"),
        path=path,
        share=None if share is None else min(max(share / 100, 0.0), 1.0),
        printed_s=min(max(printed or 0.0, 0.0), 10 * 86_400.0),
    )


def table(message: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """The table under `key`, empty where there is none."""
    value = message.get(key)
    return value if isinstance(value, dict) else {}


def text(message: Mapping[str, Any], key: str) -> str:
    """The text under `key`, bounded, empty where there is none."""
    value = message.get(key)
    return value[:TEXT_LIMIT] if isinstance(value, str) else ""


def number(value: object) -> float | None:
    """A finite number, else None."""
    if type(value) not in {int, float}:
        return None
    found = float(value)  # type: ignore[arg-type]  # its type was asked for above
    return found if math.isfinite(found) else None
