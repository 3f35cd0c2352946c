"""Messages of this layout as readings: one value, a batch of one channel, a batch of several that share times.

A value that is no finite number, or whose time cannot be believed, is left out and told; the good ones beside it stay.

MessagePack carries `v` as an array, or as little-endian bytes. The bytes are float32 or float64 as `"f"` says, `"f4"`
or `"f8"`; without it by their length where `t`, or a count `"n"`, tells how many values there are; without that they
are float64. `t` as bytes is int64 ms.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from drivers.labedge import instants
from drivers.labedge.instants import NUMBERS
from drivers.labedge.protocol import VALUES_LIMIT, MalformedError, is_channel
from telemetry.columns import Float64s, Int64s
from telemetry.model import Channel, EquipmentId, Instant, Reading, ReadingBatch
from telemetry.quality import plausible, plausible_instant

WORD_LIMIT = 64
"""Characters of a unit or of a run's name: `mol/(m²·s)` and a UUID fit."""

_FORMATS: Mapping[object, npt.DTypeLike] = {"f4": "<f4", "f8": "<f8"}

Faults: TypeAlias = list[str]
"""Where what was left out of a message is told."""

Found: TypeAlias = Reading | ReadingBatch
"""What a message gives."""


def of_channel(
    message: Mapping[str, Any], channel: Channel, *, equipment: EquipmentId, at: Instant, faults: Faults
) -> tuple[Found, ...]:
    """The readings of a message about one channel; what was left out is added to `faults`.

    Raises `MalformedError` where the message as a whole is wrong.
    """
    value = message.get("v")
    unit, run = _word(message, "unit"), _word(message, "run")
    if type(value) is float or type(value) is int:
        return (Reading(equipment, channel, instants.single(message, at), at, _finite(value), unit, run),)
    v = _values(value, message)
    t, v = _believed(instants.many(message, len(v), at), v, at=at, faults=faults)
    return (ReadingBatch(equipment, channel, t, v, at, unit, run),) if len(v) else ()


def of_batch(message: Mapping[str, Any], *, equipment: EquipmentId, at: Instant, faults: Faults) -> tuple[Found, ...]:
    """The readings of a message about several channels with common times: `v` is a table, channel to value or values.

    `unit` may be a table likewise. What is wrong with one channel is added to `faults` and spoils no other.
    Raises `MalformedError` where the message as a whole is wrong.
    """
    table = message.get("v")
    if not isinstance(table, dict) or not table:
        raise MalformedError("v is no table of channels")
    units = message.get("unit", "")
    records: list[Found] = []
    left = VALUES_LIMIT
    for channel, value in table.items():
        unit = units.get(channel, "") if isinstance(units, dict) else units
        try:
            named = channel_named(channel)
            found = of_channel({**message, "v": value, "unit": unit}, named, equipment=equipment, at=at, faults=faults)
        except MalformedError as error:
            faults.append(f"{str(channel)[:WORD_LIMIT]}: {error}")
            continue
        left -= sum(len(record.t) if isinstance(record, ReadingBatch) else 1 for record in found)
        if left < 0:
            raise MalformedError(f"more than {VALUES_LIMIT} values in one batch: send several")
        records.extend(found)
    return tuple(records)


def channel_named(name: object) -> Channel:
    """`name` as a channel; raises `MalformedError` where it may not be one."""
    if isinstance(name, str) and is_channel(name):
        return Channel(name)
    raise MalformedError("no name of a channel: [A-Za-z0-9_.-]{1,64}")


def _word(message: Mapping[str, Any], key: str) -> str:
    word = message.get(key, "")
    if type(word) is not str or len(word) > WORD_LIMIT:
        raise MalformedError(f"{key} is no word of up to {WORD_LIMIT} characters")
    return word


def _finite(value: float) -> float:
    number = float(value)
    if not math.isfinite(number):
        raise MalformedError("v is not finite")
    return number


def _values(value: object, message: Mapping[str, Any]) -> Float64s:
    if isinstance(value, bytes):
        v = _from_bytes(value, message)
    elif isinstance(value, list):
        v = _from_list(value)
    else:
        raise MalformedError("v is no number, nor several")
    if not len(v):
        raise MalformedError("v is empty")
    return v


def _from_bytes(value: bytes, message: Mapping[str, Any]) -> Float64s:
    name = message.get("f")
    if name is None:
        name = "f4" if len(value) == 4 * (instants.count_of(message) or 0) else "f8"
    width = {"f4": 4, "f8": 8}.get(name, 0) if type(name) is str else 0
    if not width:
        raise MalformedError('f is neither "f4" nor "f8"')
    if len(value) % width:
        raise MalformedError(f"v is no whole number of {name}")
    if len(value) > VALUES_LIMIT * width:
        raise MalformedError(f"more than {VALUES_LIMIT} values in one batch: send several")
    return np.frombuffer(value, _FORMATS[name]).astype(np.float64, copy=False)


def _from_list(value: list[Any]) -> Float64s:
    if len(value) > VALUES_LIMIT:
        raise MalformedError(f"more than {VALUES_LIMIT} values in one batch: send several")
    if NUMBERS.issuperset(map(type, value)):
        return np.array(value, np.float64)
    return np.array([one if type(one) in NUMBERS else math.nan for one in value], np.float64)


def _believed(t: Int64s, v: Float64s, *, at: Instant, faults: Faults) -> tuple[Int64s, Float64s]:
    finite = np.isfinite(v)
    if not finite.all():
        faults.append(f"{len(v) - np.count_nonzero(finite)} of {len(v)} values are no finite numbers")
        t, v = t[finite], v[finite]
    if len(t) and not (plausible_instant(int(t.min()), at) and plausible_instant(int(t.max()), at)):
        good = plausible(t, np.array([at], np.int64))
        faults.append(f"{len(t) - np.count_nonzero(good)} of {len(t)} times are implausible")
        t, v = t[good], v[good]
    return t, v
