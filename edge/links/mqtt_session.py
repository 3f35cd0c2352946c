"""What the journal is told of a broker's deliveries, so that one that was recorded is known again after a restart.

One note: the session (16 bytes), then 6 bytes a message: its packet id and the checksum of topic, id and payload.
It holds no connection, and what is no note of its own it passes over.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias
from zlib import crc32

import numpy as np
import numpy.typing as npt

DELIVERY: Final = np.dtype([("mid", "<u2"), ("mark", "<u4")])
"""One message: see `edge.links.mqtt_frames.Incoming`."""

Deliveries: TypeAlias = npt.NDArray[np.void]
"""`DELIVERY`[n], in the order in which they came."""

_HEAD: Final = struct.Struct("<8sQ")
_MAGIC: Final = b"mqtt"


@dataclass(frozen=True, slots=True)
class Session:
    """What a broker remembers of us: `broker` tells brokers and client ids apart, `number` rises when it began anew."""

    broker: bytes
    number: int = 0

    def renewed(self) -> Session:
        """The session after the broker forgot this one: packet ids mean nothing over that border."""
        return Session(self.broker, self.number + 1)

    def note(self, deliveries: bytes = b"") -> bytes:
        """For the journal: this session and any number of `DELIVERY`."""
        return _HEAD.pack(self.broker, self.number) + deliveries


def session_of(url: str, client_id: str) -> Session:
    """The first session of this client at this broker."""
    return Session(_MAGIC + crc32(f"{url} {client_id}".encode()).to_bytes(4, "little"))


def recalled(notes: Sequence[bytes], first: Session) -> tuple[Session, Deliveries]:
    """The latest session of the broker of `first` and what it delivered, oldest first; passes over foreign notes."""
    latest, parts = first.number, list[bytes]()
    for note in notes:
        if len(note) < _HEAD.size or (len(note) - _HEAD.size) % DELIVERY.itemsize:
            continue
        broker, number = _HEAD.unpack_from(note)
        if broker != first.broker or number < latest:
            continue
        if number > latest:
            latest, parts = number, []
        parts.append(note[_HEAD.size :])
    return Session(first.broker, latest), np.frombuffer(b"".join(parts), DELIVERY)
