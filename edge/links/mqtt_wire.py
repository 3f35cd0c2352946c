"""The socket that the MQTT client library is given: it reads in blocks, keeps the messages back and joins the writes.

It holds no session: whatever is no PUBLISH goes to the library unchanged, and the library's own frames go out in order.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Sequence
from typing import Final

from edge.errors import Retry
from edge.links.mqtt_frames import Frames, Incoming, acknowledgement

READ_BYTES: Final = 65_536
"""Bytes of one read: 800 messages of 80 bytes, some 10 ms of work, and no more memory than that."""

READS: Final = 4
"""Reads of one turn: a TLS record is 16 KiB at most, so this is one `READ_BYTES` there."""

OUT_LIMIT: Final = 4 * 1024 * 1024
"""Bytes that may wait to be sent: a million acknowledgements; a broker that takes none of them is gone."""

_AGAIN = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)


class Wire:
    """One connection; one thread uses it. Has the methods that paho asks of a socket."""

    def __init__(self, sock: socket.socket, frames: Frames) -> None:
        """Take over `sock`, connected."""
        self._socket = sock
        self._frames = frames
        self._out = bytearray()
        self._loss = ""
        self._secure = isinstance(sock, ssl.SSLSocket)
        if sock.family in (socket.AF_INET, socket.AF_INET6):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def recv(self, buffer_size: int) -> bytes:
        """For the library: bytes of its own frames; raises `BlockingIOError` when there are none."""
        rest = self._frames.rest
        if not rest:
            raise BlockingIOError
        data = bytes(rest[:buffer_size])
        del rest[:buffer_size]
        return data

    def send(self, buffer: bytes | bytearray) -> int:
        """For the library: queue all of `buffer` and send what goes."""
        self._out += buffer
        self.flush()
        return len(buffer)

    def close(self) -> None:
        """Let go of the socket."""
        self._socket.close()

    def fileno(self) -> int:
        """The socket's number, -1 once it is closed."""
        return self._socket.fileno()

    def setblocking(self, flag: bool) -> None:  # noqa: FBT001 - a socket's own signature
        """As a socket's."""
        self._socket.setblocking(flag)

    def settimeout(self, seconds: float) -> None:
        """From now on a send may take so long."""
        self._socket.settimeout(seconds)

    @property
    def for_library(self) -> bool:
        """Whether the library has something to read."""
        return bool(self._frames.rest)

    @property
    def sending(self) -> bool:
        """Whether bytes wait for the broker to take them."""
        return bool(self._out)

    @property
    def pending(self) -> bool:
        """Whether bytes were already decrypted, which no selector sees."""
        return isinstance(self._socket, ssl.SSLSocket) and self._socket.fileno() >= 0 and self._socket.pending() > 0

    def fill(self) -> list[Incoming]:
        """Read what has come and return its messages; raises `Retry` when the connection is lost.

        Last words are read before the loss is told: a refusal comes right before the end of its connection.
        """
        if self._loss:
            raise Retry(self._loss)
        found: list[Incoming] = []
        for _ in range(READS):
            try:
                data = self._socket.recv(READ_BYTES)
            except _AGAIN:
                break
            except OSError as error:
                self._loss = f"The connection to the broker was lost: {error}."
                break
            if not data:
                self._loss = "The broker closed the connection."
                break
            found += self._frames.feed(data)
            if not self._secure:
                break
        return found

    def acknowledge(self, mids: Sequence[int]) -> None:
        """Send one PUBACK for each packet id, all in one write."""
        self._out += acknowledgement(mids)
        self.flush()

    def flush(self) -> None:
        """Send what waits, as far as the broker takes it; raises `Retry` when the connection is lost."""
        try:
            while self._out:
                del self._out[: self._socket.send(self._out)]
        except _AGAIN:
            if len(self._out) > OUT_LIMIT:
                raise Retry("The broker takes nothing that is sent to it.") from None
        except OSError as error:
            raise Retry(f"The connection to the broker was lost: {error}.") from error
