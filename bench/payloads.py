"""What the publishers send: topics and payloads of labedge's own layout, each reading with a time of its own.

The same kind and number always give the same bytes, but for the time they begin at.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgpack
import numpy as np
import orjson

CHANNELS = 100
"""A lab: ten equipments of ten channels."""

BATCH = 1000

FIRST_SEQ = 1_000_000
"""`seq` of the first small message: seven digits from the first to the last."""

PERIOD_S = 0.02

EQUIPMENT = tuple(f"bench-{n}" for n in range(10))


def topic(number: int) -> bytes:
    """The topic of the `number`-th message; channels take turns."""
    channel = number % CHANNELS
    return f"labedge/v1/bench/lab/{EQUIPMENT[channel // 10]}/c{channel % 10}".encode()


def small(number: int, begin_ms: int) -> bytes:
    """One reading, 60 bytes; `seq` is the message's number."""
    body = f'{{"t":{begin_ms + number},"v":{20 + number % 997 / 100:.2f},"unit":"C","seq":{FIRST_SEQ + number}}}'
    return body.ljust(60).encode()


def batch_json(number: int, begin_ms: int) -> bytes:
    """A thousand readings at 50 Hz, two decimals."""
    return orjson.dumps({"t0": _batch_begin_ms(number, begin_ms), "dt": PERIOD_S, "v": _values(number).tolist()})


def batch_msgpack(number: int, begin_ms: int) -> bytes:
    """The same as little-endian float32 bytes."""
    values = _values(number).astype("<f4").tobytes()
    return bytes(msgpack.packb({"t0": _batch_begin_ms(number, begin_ms), "dt": PERIOD_S, "v": values, "f": "f4"}))


KINDS: Mapping[str, Callable[[int, int], bytes]] = {
    "small": small,
    "batch_json": batch_json,
    "batch_msgpack": batch_msgpack,
}


def _batch_begin_ms(number: int, begin_ms: int) -> int:
    return begin_ms + number // CHANNELS * round(BATCH * PERIOD_S * 1000)


_WAVE = np.round(25 + 3 * np.sin(np.arange(BATCH * 8) / 40) + np.random.default_rng(1).normal(0, 0.1, BATCH * 8), 2)


def _values(number: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    begin = number * 37 % (BATCH * 7)
    return _WAVE[begin : begin + BATCH]
