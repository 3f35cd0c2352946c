"""The body of `POST /api/v1/readings` as records: the MQTT layout's messages with `equipment` (and `channel`) inside.

Nothing here raises: what is wrong is a `Rejected`, and what is good beside it is kept.

A body is one object, a list of objects, or NDJSON; JSON or MessagePack, told apart by the first byte. An object has
`equipment` and: `channel` with `v` as on a channel's topic, and so with the channels `$batch` and `$state`; or `v` as a
table without a channel, as on `$batch`; or `state`, a word or words as on `$state`, alone or beside one of the others.
`room` may stand in each. `$link` is for the last will of a connection, which a body has not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import msgpack

from drivers.labedge import readings, states
from drivers.labedge.protocol import REASON_LIMIT, Kind, MalformedError, is_id, load
from drivers.labedge.readings import Faults
from telemetry.model import EquipmentId, Instant, Record, rejected

BODY_LIMIT = 16 << 20
"""Bytes of one body: a lesson's data of a lab computer that was offline, and no more than a small gateway can hold."""

OBJECTS_LIMIT = 20_000
"""Objects in one body: as many single readings as one group commit takes a few times over."""

NDJSON = frozenset({"application/x-ndjson", "application/ndjson", "application/jsonl"})

ORIGIN = "POST /api/v1/readings"


@dataclass(frozen=True, slots=True)
class Body:
    """What a body told: its records, and the room of each equipment that named one."""

    records: tuple[Record, ...]
    rooms: Mapping[EquipmentId, str]


def read_body(body: bytes, *, content_type: str, at: Instant) -> tuple[Record, ...]:
    """The records of a body received at `at`; see `read`."""
    return read(body, content_type=content_type, at=at).records


def read(body: bytes, *, content_type: str, at: Instant) -> Body:
    """The records and rooms of a body received at `at`; each faulty object is one `Rejected`, never an exception."""
    records: list[Record] = []
    rooms: dict[EquipmentId, str] = {}
    kind = content_type.partition(";")[0].strip().lower()
    for part in _lines(body) if kind in NDJSON else _whole(body):
        records.extend(_of_part(part, at, rooms))
    return Body(tuple(records), rooms)


@dataclass(frozen=True, slots=True)
class _Part:
    """One object of a body and its bytes, or bytes that are none and why."""

    loaded: Any
    raw: bytes
    fault: str = ""


def _whole(body: bytes) -> Iterator[_Part]:
    try:
        loaded = load(body, limit=BODY_LIMIT)
    except MalformedError as error:
        yield _Part(None, body, str(error))
        return
    if not isinstance(loaded, list):
        yield _Part(loaded, body)
    elif not 0 < len(loaded) <= OBJECTS_LIMIT:
        yield _Part(None, body, f"{len(loaded)} objects instead of 1 to {OBJECTS_LIMIT}")
    else:
        yield from (_Part(one, b"") for one in loaded)


def _lines(body: bytes) -> Iterator[_Part]:
    if len(body) > BODY_LIMIT or body.count(b"\n") > OBJECTS_LIMIT:
        yield _Part(None, body, f"longer than {BODY_LIMIT} bytes or {OBJECTS_LIMIT} lines")
        return
    for line in filter(None, map(bytes.strip, body.split(b"\n"))):
        try:
            yield _Part(load(line, limit=BODY_LIMIT), line)
        except MalformedError as error:
            yield _Part(None, line, str(error))


def _of_part(part: _Part, at: Instant, rooms: dict[EquipmentId, str]) -> tuple[Record, ...]:
    faults: Faults = []
    records: list[Record] = []
    name = part.loaded.get("equipment") if isinstance(part.loaded, dict) else None
    equipment = EquipmentId(name) if isinstance(name, str) and is_id(name) else EquipmentId("")
    if equipment:
        try:
            _take_room(part.loaded, equipment, rooms)
            _take(part.loaded, equipment, at=at, records=records, faults=faults)
        except MalformedError as error:
            faults.append(str(error))
    else:
        faults.append(part.fault or "equipment is no id of a-z 0-9 -")
    if faults:
        reason = "; ".join(faults[:8])[:REASON_LIMIT]
        raw = part.raw or _packed(part.loaded)
        records.append(rejected(raw, reason, equipment=equipment, at=at, origin=ORIGIN))
    return tuple(records)


def _take_room(loaded: Mapping[str, Any], equipment: EquipmentId, rooms: dict[EquipmentId, str]) -> None:
    if "room" in loaded:
        if not is_id(loaded["room"]):
            raise MalformedError("room is no id of a-z 0-9 -")
        rooms[equipment] = loaded["room"]


def _take(
    loaded: Mapping[str, Any], equipment: EquipmentId, *, at: Instant, records: list[Record], faults: Faults
) -> None:
    if "v" not in loaded and "state" not in loaded:
        raise MalformedError("neither v nor state")
    if "state" in loaded:
        said = {**loaded, "v": loaded["state"]}
        records.extend(states.of_state(said, equipment=equipment, at=at, valid_ns=0, faults=faults))
    if "v" not in loaded:
        return
    name = loaded.get("channel", Kind.BATCH.value)
    if name == Kind.BATCH.value:
        records.extend(readings.of_batch(loaded, equipment=equipment, at=at, faults=faults))
    elif name == Kind.STATE.value:
        records.extend(states.of_state(loaded, equipment=equipment, at=at, valid_ns=0, faults=faults))
    elif name == Kind.LINK.value:
        raise MalformedError("$link is said over MQTT alone; say the state offline instead")
    else:
        channel = readings.channel_named(loaded["channel"])
        records.extend(readings.of_channel(loaded, channel, equipment=equipment, at=at, faults=faults))


def _packed(loaded: Any) -> bytes:
    """One object of a list, packed again, since its own bytes are not known once the whole list is parsed."""
    return bytes(msgpack.packb(loaded))
