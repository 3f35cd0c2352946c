"""Cuts a broker's byte stream into frames of MQTT 3.1.1: PUBLISH is decoded here in blocks, the rest is passed on.

Nothing here touches a socket or knows a session; the conversation itself is the client library's.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple
from zlib import crc32

import numpy as np

from edge.errors import Retry
from telemetry.model import RAW_LIMIT

PAYLOAD_LIMIT: Final = 4 * 1024 * 1024
"""Bytes of one message that are taken: a second of 100 channels at 5 kHz as JSON; more is one `Rejected`."""

_PUBLISH: Final = 3
_HEAD_LIMIT: Final = 65_535 + 4 + RAW_LIMIT
"""Bytes of a cut message that are read: the longest topic, its length, the packet id, and what is kept."""


class Incoming(NamedTuple):
    """One PUBLISH. A tuple because it is made for every message, and a frozen dataclass costs four times as much.

    `mid` is the packet id, 0 at QoS 0; `again` the broker's mark that it may have been sent before; `mark` a
    checksum of topic, packet id and payload; `size` the payload's bytes, more than `payload` has where it was cut.
    """

    topic: str
    payload: bytes
    retained: bool
    mid: int
    again: bool
    mark: int
    size: int


class Frames:
    """Fed with bytes cut anywhere; `rest` gathers whole frames that are no PUBLISH of QoS 0 or 1."""

    def __init__(self, payload_limit: int = PAYLOAD_LIMIT) -> None:
        """A message of more than `payload_limit` bytes, with its topic, keeps `RAW_LIMIT` of them."""
        self.rest = bytearray()
        self._limit = payload_limit
        self._chunks: list[bytes] = []
        self._have = 0
        self._need = 2
        self._skip = 0

    def feed(self, data: bytes) -> list[Incoming]:
        """The messages that `data` completes; raises `Retry` where the bytes are not MQTT."""
        if self._skip:
            skipped = min(self._skip, len(data))
            self._skip -= skipped
            data = data[skipped:]
        self._chunks.append(data)
        self._have += len(data)
        if self._have < self._need:
            return []
        buffer = self._chunks[0] if len(self._chunks) == 1 else b"".join(self._chunks)
        found, taken = self._cut(buffer)
        left = buffer[taken:]
        self._chunks = [left]
        self._have = len(left)
        return found

    def _cut(self, buffer: bytes) -> tuple[list[Incoming], int]:
        """The whole messages in `buffer` and how many of its bytes are done with; sets what the next call needs."""
        found: list[Incoming] = []
        at, end, need = 0, len(buffer), 2
        while end - at >= 2:
            head, length, start = buffer[at], buffer[at + 1], at + 2
            if length > 127:
                start, length = _length(buffer, at)
            stop = start + min(length, _HEAD_LIMIT) if length > self._limit else start + length
            if stop > end:
                need = stop - at
                break
            if head >> 4 == _PUBLISH and not head & 4:
                found.append(_message(buffer, head, start, stop, length, cut=length > self._limit))
            elif length > self._limit:
                raise Retry(f"The broker sent a control frame of {length} bytes: this is not MQTT.")
            else:
                self.rest += buffer[at:stop]
            at = min(start + length, end)
            self._skip = start + length - at
        self._need = need
        return found, at


def _length(buffer: bytes, at: int) -> tuple[int, int]:
    """Where the frame at `at` begins behind its length, and its length; one byte past the end where bytes miss."""
    length, shift = 0, 0
    for place in range(at + 1, min(at + 5, len(buffer))):
        length |= (buffer[place] & 127) << shift
        shift += 7
        if buffer[place] < 128:
            return place + 1, length
    if shift == 28:
        raise Retry("The broker sent a frame whose length never ends: this is not MQTT.")
    return len(buffer) + 1, 0


def _message(buffer: bytes, head: int, start: int, stop: int, length: int, *, cut: bool) -> Incoming:
    """The PUBLISH whose variable header begins at `start` and of which the bytes up to `stop` are here."""
    begin = at = start + 2
    if length >= 2:
        at += buffer[start] << 8 | buffer[start + 1]
    qos_1 = head & 2
    if length < 2 or at + qos_1 > stop:
        raise Retry("The broker sent a message whose topic is longer than its frame: this is not MQTT.")
    topic = buffer[begin:at].decode("utf-8", "replace")
    mid = 0
    if qos_1:
        mid = buffer[at] << 8 | buffer[at + 1]
        at += 2
    payload = buffer[at : min(at + RAW_LIMIT, stop)] if cut else buffer[at:stop]
    mark = crc32(buffer[start:stop]) if qos_1 else 0
    return Incoming(topic, payload, head & 1 == 1, mid, head & 8 == 8, mark, start + length - at)


def acknowledgement(mids: Sequence[int]) -> bytes:
    """One PUBACK for each packet id, in order, as one run of bytes."""
    words = np.empty((len(mids), 2), dtype=">u2")
    words[:, 0] = 0x4002
    words[:, 1] = mids
    return words.tobytes()
