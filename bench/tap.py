"""A wire tap between a subject and the broker: which message went down when, and when its acknowledgement came up.

So the moment that counts, the PUBACK, is taken the same way for every subject. It adds a copy through one more process
thread, a few tens of microseconds, to each figure.
"""

from __future__ import annotations

import select
import socket
import threading
import time

import orjson

from bench import packets
from bench.broker import free_port

_BLOCK = 1 << 18


class Tap:
    """A loopback listener that passes each connection on to `broker_port`; `acknowledged` fills up meanwhile."""

    def __init__(self, broker_port: int) -> None:
        self.port = free_port()
        self.acknowledged: dict[int, int] = {}
        """`seq` of a message to the monotonic ns of its PUBACK."""
        self._broker_port = broker_port
        self._listener = socket.create_server(("127.0.0.1", self.port))
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def close(self) -> None:
        """Cut every connection."""
        self._stop.set()
        for thread in list(self._threads):
            thread.join(5)
        self._listener.close()

    def _accept(self) -> None:
        while not self._stop.is_set():
            if select.select([self._listener], [], [], 0.1)[0]:
                client, _ = self._listener.accept()
                thread = threading.Thread(target=self._pass, args=(client,), daemon=True)
                thread.start()
                self._threads.append(thread)

    def _pass(self, client: socket.socket) -> None:
        server = socket.create_connection(("127.0.0.1", self._broker_port))
        for one in (client, server):
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection = _Connection(self.acknowledged)
        with client, server:
            while not self._stop.is_set():
                for ready in select.select([client, server], [], [], 0.1)[0]:
                    block = _received(ready)
                    if not block:
                        return
                    if ready is client:
                        connection.up(block)
                        server.sendall(block)
                    else:
                        client.sendall(block)
                        connection.down(block)


def _received(connection: socket.socket) -> bytes:
    """What came; nothing where the other side ended, in order or not."""
    try:
        return connection.recv(_BLOCK)
    except ConnectionError:
        return b""


class _Connection:
    """One connection's messages that wait for their acknowledgement."""

    def __init__(self, acknowledged: dict[int, int]) -> None:
        self._acknowledged = acknowledged
        self._seq_of: dict[int, int] = {}
        self._up, self._down = bytearray(), bytearray()

    def up(self, block: bytes) -> None:
        now = time.monotonic_ns()
        self._up += block
        for packet in packets.split(self._up):
            if packet[0] >> 4 == packets.PUBACK:
                seq = self._seq_of.pop(int.from_bytes(packet[2:4], "big"), None)
                if seq is not None:
                    self._acknowledged.setdefault(seq, now)

    def down(self, block: bytes) -> None:
        self._down += block
        for packet in packets.split(self._down):
            if packet[0] >> 4 == packets.PUBLISH:
                packet_id, payload = packets.published(packet)
                if packet_id and payload.startswith(b'{"t"'):
                    self._seq_of[packet_id] = orjson.loads(payload)["seq"]
