"""A publisher in a process of its own: its packets are made before the clock starts, so it is never the bottleneck.

`python -m bench.publisher PORT KIND COUNT RATE [SENT_FILE]`: prints `ready`, waits for a line, publishes COUNT
messages of KIND with QoS 1 (RATE 0: as fast as the broker acknowledges), prints seconds and messages as JSON. The
monotonic times of sending go to SENT_FILE as int64.
"""

from __future__ import annotations

import json
import select
import socket
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from bench import packets, payloads

WINDOW = 20_000
"""Messages sent and not yet acknowledged by the broker: far below the 65,535 packet ids."""

BLOCK_BYTES = 64 * 1024

GIVES_UP_AFTER_S = 300.0


class Publisher:
    """The parent's side: start it, let it go, ask how long it took."""

    def __init__(self, port: int, kind: str, count: int, *, rate: int = 0, sent_file: Path | None = None) -> None:
        command = [sys.executable, "-m", "bench.publisher", str(port), kind, str(count), str(rate)]
        command += [str(sent_file)] if sent_file else []
        self._child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._expect("ready")

    def go(self) -> None:
        """Begin to publish."""
        assert self._child.stdin is not None  # noqa: S101 opened above as a pipe
        self._child.stdin.write("go\n")
        self._child.stdin.flush()

    def seconds(self) -> float:
        """Wait until the broker has acknowledged everything; how long that took."""
        answer = json.loads(self._line())
        self._child.communicate()
        return float(answer["seconds"])

    def end(self) -> None:
        """Stop, whether it has published or not."""
        self._child.kill()
        self._child.communicate()

    def _expect(self, word: str) -> None:
        if self._line().strip() != word:
            raise RuntimeError("the publisher did not start")

    def _line(self) -> str:
        assert self._child.stdout is not None  # noqa: S101 opened above as a pipe
        return self._child.stdout.readline()


def run(port: int, kind: str, count: int, *, rate: int = 0) -> float:
    """Publish and wait; the seconds it took."""
    publisher = Publisher(port, kind, count, rate=rate)
    publisher.go()
    return publisher.seconds()


def _prepared(kind: str, count: int) -> list[bytes]:
    # In the near past, so that every gateway believes the times.
    begin_ms = time.time_ns() // 1_000_000 - 7_200_000
    payload = payloads.KINDS[kind]
    return [
        packets.publish(payloads.topic(number), payload(number, begin_ms), number % packets.PACKET_IDS + 1)
        for number in range(count)
    ]


def _connected(port: int) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port), timeout=10)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    connection.sendall(packets.connect("bench-publisher"))
    if connection.recv(4) != b"\x20\x02\x00\x00":
        raise RuntimeError("the broker refused the publisher")
    return connection


def _flood(connection: socket.socket, prepared: list[bytes]) -> None:
    """Send in blocks; an acknowledgement is 4 bytes, so counting bytes counts messages."""
    per_block = max(1, BLOCK_BYTES // len(prepared[0]))
    sent = acknowledged_bytes = 0
    block = memoryview(b"")
    connection.setblocking(False)
    while acknowledged_bytes < 4 * len(prepared):
        if not block and sent < len(prepared) and sent - acknowledged_bytes // 4 < WINDOW:
            block = memoryview(b"".join(prepared[sent : sent + per_block]))
            sent += len(prepared[sent : sent + per_block])
        readable, writable, _ = select.select([connection], [connection] if block else [], [], GIVES_UP_AFTER_S)
        if writable:
            block = block[connection.send(block) :]
        if readable:
            acknowledged_bytes += len(connection.recv(1 << 20))
        if not readable and not writable:
            raise RuntimeError("the broker acknowledges no more")


def _pace(connection: socket.socket, prepared: list[bytes], rate: int) -> list[int]:
    """One message each 1 / `rate` seconds; returns when each left."""
    sent_at = []
    begin = time.monotonic_ns()
    for number, packet in enumerate(prepared):
        due = begin + number * 1_000_000_000 // rate
        while (left := due - time.monotonic_ns()) > 0:
            time.sleep(left / 1e9)
        sent_at.append(time.monotonic_ns())
        connection.sendall(packet)
    acknowledged_bytes = 0
    while acknowledged_bytes < 4 * len(prepared):
        acknowledged_bytes += len(connection.recv(1 << 16))
    return sent_at


def _main() -> None:
    port, kind, count, rate = int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    prepared = _prepared(kind, count)
    connection = _connected(port)
    print("ready", flush=True)
    sys.stdin.readline()
    begin = time.monotonic()
    if rate:
        np.array(_pace(connection, prepared, rate), np.int64).tofile(sys.argv[5])
    else:
        _flood(connection, prepared)
    print(json.dumps({"seconds": time.monotonic() - begin, "messages": count}), flush=True)


if __name__ == "__main__":
    _main()
