"""The project's own topics, `labedge/v1/<centre>/<room>/<equipment>/<channel>`, and one payload as plain values.

What a payload means is in `readings` and `states`; nothing here knows an equipment or the time.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import Any

import msgpack
import orjson

from telemetry.model import Channel, EquipmentId

PAYLOAD_LIMIT = 1 << 20
"""Bytes of one message: 100,000 float64 values fit, and a thousand devices cannot fill the memory."""

VALUES_LIMIT = 100_000
"""Values in one message, all channels together: half a minute of three channels at 1 kHz."""

TOPIC_LIMIT = 280
"""Characters of a topic: four names of 64 and the words between; a longer one is none of ours."""

TOPICS_KEPT = 8192
"""Split topics that are remembered: 250 equipments of 32 channels; beyond that the oldest are split again."""

REASON_LIMIT = 500
"""Characters of a `Rejected` record's reason: the first few faults of a message tell what is wrong with it."""

JSON_BOM_BYTE = 0xEF
"""First byte of a UTF-8 byte order mark; in MessagePack it is the number -17, which no message of ours is."""

_ID = re.compile(r"[a-z0-9-]{1,64}", re.ASCII)
_CHANNEL = re.compile(r"[A-Za-z0-9_.-]{1,64}", re.ASCII)


class MalformedError(Exception):
    """A message is not of this layout; its text is the reason, for the `Rejected` record."""


class Kind(Enum):
    """What the last word of a topic asks for."""

    READINGS = "readings"
    BATCH = "$batch"
    STATE = "$state"
    LINK = "$link"
    BAD = "bad"


_CONTROLS = {kind.value: kind for kind in (Kind.BATCH, Kind.STATE, Kind.LINK)}


@dataclass(frozen=True, slots=True)
class Address:
    """A topic taken apart; `channel` is empty unless `kind` is `READINGS`."""

    centre: str
    room: str
    equipment: EquipmentId
    kind: Kind
    channel: Channel


def address_of(topic: str) -> Address | None:
    """The parts of `topic`, or None where it names no equipment of this layout; remembered, so quick when repeated."""
    return _split(topic) if len(topic) <= TOPIC_LIMIT else None


def equipment_of(topic: str) -> tuple[str, str, EquipmentId] | None:
    """Centre, room and equipment of `topic`, or None where an id is not `[a-z0-9-]{1,64}` or the shape is another.

    The channel is not judged, so that a wrong one is rejected under its equipment's name.
    """
    address = address_of(topic)
    return (address.centre, address.room, address.equipment) if address else None


@lru_cache(maxsize=TOPICS_KEPT)
def _split(topic: str) -> Address | None:
    parts = topic.split("/", 5)
    if len(parts) < 6 or parts[:2] != ["labedge", "v1"]:
        return None
    centre, room, equipment, last = parts[2:]
    if not (is_id(centre) and is_id(room) and is_id(equipment)):
        return None
    kind = Kind.READINGS if is_channel(last) else _CONTROLS.get(last, Kind.BAD)
    return Address(centre, room, EquipmentId(equipment), kind, Channel(last if kind is Kind.READINGS else ""))


def is_id(name: object) -> bool:
    """Whether `name` may name a centre, a room or an equipment."""
    return isinstance(name, str) and _ID.fullmatch(name) is not None


def is_channel(name: object) -> bool:
    """Whether `name` may name a channel."""
    return isinstance(name, str) and _CHANNEL.fullmatch(name) is not None


def load(payload: bytes, *, limit: int = PAYLOAD_LIMIT) -> Any:
    """The value that `payload` carries: MessagePack where its first byte is no text, else JSON.

    Raises `MalformedError` where it is neither, is empty, is longer than `limit` bytes or is nested too deep.
    """
    if len(payload) > limit:
        raise MalformedError(f"longer than {limit} bytes")
    if not payload:
        raise MalformedError("empty")
    if payload[0] >= 0x80 and payload[0] != JSON_BOM_BYTE:
        return _load_msgpack(payload)
    try:
        return orjson.loads(payload)
    except orjson.JSONDecodeError as error:
        raise MalformedError(f"no JSON: {error}") from error


def _load_msgpack(payload: bytes) -> Any:
    try:
        return msgpack.unpackb(payload)
    except (ValueError, msgpack.exceptions.UnpackException) as error:
        raise MalformedError(f"no MessagePack: {str(error)[:200] or type(error).__name__}") from error
