"""A TCP connection to one device.

It notices a peer that is gone by the kernel's keepalive; that a device is merely silent is its driver's to notice.
"""

from __future__ import annotations

import contextlib
import socket

from edge.errors import GiveUp, Retry

READ_LIMIT = 64 * 1024
"""Bytes of one read, as the contract of links says."""

PORT_LIMIT = 65_535
"""The greatest TCP port."""

CONNECT_S = 5.0
"""Longer than any device in the same building needs, shorter than a stop of the gateway may take."""

WRITE_S = 3.0
"""How long a device may refuse to take a command."""

KEEPALIVE = (("TCP_KEEPIDLE", 10), ("TCP_KEEPINTVL", 5), ("TCP_KEEPCNT", 3), ("TCP_USER_TIMEOUT", 25_000))
"""Seconds, seconds, count, milliseconds: a cable that was pulled is noticed within half a minute."""


class TcpLink:
    """A byte stream to `host`:`port`."""

    def __init__(self, host: str, port: int) -> None:
        """Name the peer; nothing is connected before `open`."""
        self._host = host
        self._port = port
        self._socket: socket.socket | None = None

    @property
    def name(self) -> str:
        """`host:port`."""
        return f"{self._host}:{self._port}"

    def open(self) -> None:
        """Connect; raises `Retry` while nobody answers, `GiveUp` for an address that can never be right."""
        if not 0 < self._port <= PORT_LIMIT:
            raise GiveUp(f"{self.name} is no address", fix="write tcp = 'host:port' with a port of 1 to 65535")
        try:
            connected = socket.create_connection((self._host, self._port), CONNECT_S)
        except (OverflowError, UnicodeError) as error:
            raise GiveUp(
                f"{self.name} is no address: {error}", fix='write tcp = "host:port", port 1 to 65535'
            ) from error
        except OSError as error:
            fix = "is the device on, and is the address right?"
            raise Retry(f"{self.name} cannot be reached: {_words(error)}", fix=fix) from error
        connected.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for option, value in KEEPALIVE:
            if hasattr(socket, option):  # not every platform has them all
                connected.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), value)
        self._socket = connected

    def read(self, timeout_s: float) -> bytes:
        """What has come; raises `Retry` when the device closed the connection or is gone."""
        connected = self._connected()
        try:
            connected.settimeout(timeout_s)
            data = connected.recv(READ_LIMIT)
        except (TimeoutError, BlockingIOError):
            return b""
        except OSError as error:
            raise Retry(f"{self.name} is lost: {_words(error)}") from error
        if not data:
            raise Retry(f"{self.name} closed the connection")
        return data

    def write(self, data: bytes) -> None:
        """Send all of `data`; raises `Retry` when the device does not take it in time."""
        connected = self._connected()
        try:
            connected.settimeout(WRITE_S)
            connected.sendall(data)
        except OSError as error:
            raise Retry(f"{self.name} does not take what is sent: {_words(error)}") from error

    def close(self) -> None:
        """Shut the connection, which wakes a reader, and release it."""
        closing, self._socket = self._socket, None
        if closing is not None:
            with contextlib.suppress(OSError):  # the peer may have been quicker
                closing.shutdown(socket.SHUT_RDWR)
            closing.close()

    def _connected(self) -> socket.socket:
        if self._socket is None:
            raise Retry(f"{self.name} is closed")
        return self._socket


def _words(error: OSError) -> str:
    return error.strerror or str(error)
