"""What a link is: it moves bytes of one device and understands none of them.

MQTT is no such link, since one connection serves many devices: see `edge.links.mqtt`.
"""

from __future__ import annotations

from typing import Protocol


class Link(Protocol):
    """A byte stream to one device; one thread reads and writes, `close` may come from another.

    Foreign errors leave as `Retry` (unplugged, refused, timed out) or `GiveUp` (no permission, no such setting).
    """

    @property
    def name(self) -> str:
        """The port, address or file, for messages."""

    def open(self) -> None:
        """Open it; raises `Retry` or `GiveUp`."""

    def read(self, timeout_s: float) -> bytes:
        """What has come, at most 64 KiB; empty when nothing came in `timeout_s`; raises `Retry` when it is lost."""

    def write(self, data: bytes) -> None:
        """Send all of `data` within a few seconds; raises `Retry` when it cannot."""

    def close(self) -> None:
        """Release the device; idempotent; wakes a reader."""
