"""Tells systemd that the gateway is ready, alive or stopping (sd_notify(3)); without systemd it does nothing.

It only speaks on the socket that systemd names in NOTIFY_SOCKET, and never fails the gateway.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Mapping


def notify(message: str, environ: Mapping[str, str]) -> bool:
    """Send `message` (`READY=1`); returns whether there was a service manager to hear it."""
    address = environ.get("NOTIFY_SOCKET", "")
    if not address:
        return False
    if address.startswith("@"):  # Linux's abstract namespace
        address = "\0" + address[1:]
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
        channel.connect(address)
        channel.sendall(message.encode())
        return True
    return False


class Watchdog:
    """Says WATCHDOG=1 at half of systemd's WATCHDOG_USEC while `alive` agrees; silence makes systemd restart us."""

    def __init__(self, alive: Callable[[], bool], environ: Mapping[str, str]) -> None:
        self._alive = alive
        self._environ = environ
        self._stopped = threading.Event()
        microseconds = environ.get("WATCHDOG_USEC", "")
        self._period_s = int(microseconds) / 2e6 if microseconds.isdigit() else 0.0
        self._thread = threading.Thread(target=self._run, name="watchdog", daemon=True)

    def start(self) -> None:
        """Begin, where systemd asks for it."""
        if self._period_s > 0:
            self._thread.start()

    def stop(self) -> None:
        """End; idempotent."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while not self._stopped.wait(self._period_s):
            if self._alive():
                notify("WATCHDOG=1", self._environ)
