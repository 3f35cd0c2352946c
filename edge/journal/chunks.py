"""Readings of one channel as one row: cheap bytes for a fresh row, pcodec for a joined one, and back exactly.

Nothing here knows a database; what comes back is bit for bit what went in, but that -0.0 becomes 0.0.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import cast

import numpy as np
from pcodec import ChunkConfig, standalone

from edge import checksum
from edge.errors import Damaged
from telemetry.columns import Float64s, Int64s
from telemetry.model import NS_PER_S, Instant

HOUR_NS = 3600 * NS_PER_S
"""No chunk crosses an hour of UTC: so a window's readers know how early a chunk that meets it may begin."""

CHUNK_READINGS = 200_000
"""An hour at 50 Hz fits; 3 MB decoded is what a reader holds for one row."""

_MICROSECOND = 1000
_STATISTICS = struct.Struct("<4q3dqi")


class TimeCode(IntEnum):
    """How times are kept; `EVEN` needs no blob, and an hour's microseconds fit 32 bits."""

    EVEN = 0
    INT64 = 1
    MICROSECONDS = 2
    PCODEC = 3


class ValueCode(IntEnum):
    """How values are kept; `SAME` needs no blob."""

    SAME = 0
    FLOAT64 = 1
    FLOAT32 = 2
    PCODEC = 3


@dataclass(frozen=True, slots=True)
class Chunk:
    """One row without its offset; `encoding` is 16 × `TimeCode` + `ValueCode`."""

    channel_id: int
    first: Instant
    last: Instant
    n: int
    least: float
    greatest: float
    total: float
    received_at: Instant
    run: str
    encoding: int
    crc32: int
    times: bytes | None
    values: bytes | None

    def row(self, offset: int) -> tuple[object, ...]:
        """The values of a row of `chunks`, in the schema's order; its checksum is of the offset too."""
        return (
            offset, self.channel_id, self.first, self.last, self.n, self.least, self.greatest, self.total,
            self.received_at, self.run, self.encoding, checksum.placed(offset, self.crc32), self.times, self.values,
        )  # fmt: skip


COLUMNS = (
    "channel_id, first, last, n, least, greatest, total, received_at, run, encoding, crc32, times_blob, values_blob"
)
"""The columns that `Chunk(*row)` takes, for SELECT."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Whose readings: what a chunk keeps beside its times and values."""

    channel_id: int
    received_at: Instant
    run: str


def single(origin: Origin, t: Instant, v: float) -> Chunk:
    """A chunk of one reading; the same as `fresh` would give, without arrays, for the commonest of all rows."""
    v += 0.0
    encoding = 16 * TimeCode.EVEN + ValueCode.SAME
    crc = _crc((origin.channel_id, t, t, 1, v, v, v, origin.received_at, encoding), origin.run, None, None)
    return Chunk(origin.channel_id, t, t, 1, v, v, v, origin.received_at, origin.run, encoding, crc, None, None)


def fresh(origin: Origin, t: Int64s, v: Float64s) -> Chunk:
    """A chunk in a cheap encoding; `t` strictly rising within one hour, `v` finite, n ≥ 1."""
    v = v + 0.0  # -0.0 becomes 0.0, as SQLite's REAL would make it anyway
    least, greatest, total = statistics(v)
    time_code, times = _cheap_times(t)
    value_code, values = (ValueCode.SAME, None) if least == greatest else _cheap_values(v)
    return _chunk(origin, (t, v), (least, greatest, total), (time_code, value_code), (times, values))


def joined(origin: Origin, t: Int64s, v: Float64s) -> Chunk:
    """A chunk in the smallest encoding; as `fresh`, slower."""
    v = v + 0.0
    least, greatest, total = statistics(v)
    time_code, times = (TimeCode.EVEN, None) if _even(t) else (TimeCode.PCODEC, _packed(t))
    value_code, values = (ValueCode.SAME, None) if least == greatest else (ValueCode.PCODEC, _packed(v))
    return _chunk(origin, (t, v), (least, greatest, total), (time_code, value_code), (times, values))


def times_of(chunk: Chunk) -> Int64s:
    """The times of a chunk, int64[n]; raises `Damaged` where the blob cannot hold them."""
    try:
        return _TIMES[TimeCode(chunk.encoding // 16)](chunk)
    except (ValueError, TypeError, RuntimeError) as error:
        raise Damaged(f"the times of a chunk cannot be read: {error}") from error


def values_of(chunk: Chunk) -> Float64s:
    """The values of a chunk, float64[n]; raises `Damaged` where the blob cannot hold them."""
    try:
        return _VALUES[ValueCode(chunk.encoding % 16)](chunk)
    except (ValueError, TypeError, RuntimeError) as error:
        raise Damaged(f"the values of a chunk cannot be read: {error}") from error


def crc_of(chunk: Chunk) -> int:
    """What `chunk.crc32` has to be before it has an offset."""
    words = (
        chunk.channel_id, chunk.first, chunk.last, chunk.n, chunk.least, chunk.greatest, chunk.total,
        chunk.received_at, chunk.encoding,
    )  # fmt: skip
    return _crc(words, chunk.run, chunk.times, chunk.values)


def is_sound(chunk: Chunk, offset: int, earlier: int | None) -> bool:
    """Whether a row is what was written at `offset`; `earlier` is what the table of that name says of the offset."""
    crc = crc_of(chunk)
    return chunk.crc32 == checksum.placed(offset, crc) or (chunk.crc32 == crc and earlier == checksum.of(offset, crc))


def statistics(v: Float64s) -> tuple[float, float, float]:
    """Least, greatest and sum; a sum beyond float64 is held at its greatest number."""
    with np.errstate(over="ignore", invalid="ignore"):
        total = float(v.sum())
    if not np.isfinite(total):
        total = float(np.nan_to_num(total))
    return float(v.min()), float(v.max()), total


def _chunk(
    origin: Origin,
    readings: tuple[Int64s, Float64s],
    stats: tuple[float, float, float],
    codes: tuple[TimeCode, ValueCode],
    blobs: tuple[bytes | None, bytes | None],
) -> Chunk:
    t = readings[0]
    first, last, n = int(t[0]), int(t[-1]), len(t)
    encoding = 16 * codes[0] + codes[1]
    crc = _crc((origin.channel_id, first, last, n, *stats, origin.received_at, encoding), origin.run, *blobs)
    return Chunk(origin.channel_id, first, last, n, *stats, origin.received_at, origin.run, encoding, crc, *blobs)


def _crc(words: tuple[object, ...], run: str, times: bytes | None, values: bytes | None) -> int:
    crc = zlib.crc32(_STATISTICS.pack(*words))
    crc = zlib.crc32(run.encode(), crc)
    return zlib.crc32(values or b"", zlib.crc32(times or b"", crc))


def _even(t: Int64s) -> bool:
    n = len(t)
    if n < 3:
        return True
    step, rest = divmod(int(t[-1]) - int(t[0]), n - 1)
    return rest == 0 and bool((t[1:] - t[:-1] == step).all())


def _cheap_times(t: Int64s) -> tuple[TimeCode, bytes | None]:
    if _even(t):
        return TimeCode.EVEN, None
    since = t - t[0]
    micros = since // _MICROSECOND
    if bool((micros * _MICROSECOND == since).all()):
        return TimeCode.MICROSECONDS, micros.astype("<u4").tobytes()
    return TimeCode.INT64, t.astype("<i8").tobytes()


def _cheap_values(v: Float64s) -> tuple[ValueCode, bytes]:
    with np.errstate(over="ignore", under="ignore"):
        half = v.astype("<f4")
    if bool((half == v).all()):
        return ValueCode.FLOAT32, half.tobytes()
    return ValueCode.FLOAT64, v.astype("<f8").tobytes()


def _packed(array: Int64s | Float64s) -> bytes:
    return cast("bytes", standalone.simple_compress(np.ascontiguousarray(array), ChunkConfig()))


def _unpacked(blob: bytes, n: int, dtype: type[np.generic]) -> np.ndarray[tuple[int], np.dtype[np.generic]]:
    array = standalone.simple_decompress(blob)
    if array is None or len(array) != n or array.dtype != dtype:
        raise ValueError("it holds something else")
    return cast("np.ndarray[tuple[int], np.dtype[np.generic]]", array)


def _blob(blob: bytes | None, size: int) -> bytes:
    if blob is None or len(blob) != size:
        raise ValueError("it has another length")
    return blob


def _even_times(chunk: Chunk) -> Int64s:
    step = (chunk.last - chunk.first) // max(chunk.n - 1, 1)
    return np.arange(chunk.n, dtype=np.int64) * step + chunk.first


_TIMES: Mapping[TimeCode, Callable[[Chunk], Int64s]] = {
    TimeCode.EVEN: _even_times,
    TimeCode.INT64: lambda c: np.frombuffer(_blob(c.times, 8 * c.n), "<i8").astype(np.int64),
    TimeCode.MICROSECONDS: lambda c: (
        np.frombuffer(_blob(c.times, 4 * c.n), "<u4").astype(np.int64) * _MICROSECOND + c.first
    ),
    TimeCode.PCODEC: lambda c: cast("Int64s", _unpacked(c.times or b"", c.n, np.int64)),
}
_VALUES: Mapping[ValueCode, Callable[[Chunk], Float64s]] = {
    ValueCode.SAME: lambda c: np.full(c.n, c.least, np.float64),
    ValueCode.FLOAT64: lambda c: np.frombuffer(_blob(c.values, 8 * c.n), "<f8").astype(np.float64),
    ValueCode.FLOAT32: lambda c: np.frombuffer(_blob(c.values, 4 * c.n), "<f4").astype(np.float64),
    ValueCode.PCODEC: lambda c: cast("Float64s", _unpacked(c.values or b"", c.n, np.float64)),
}
