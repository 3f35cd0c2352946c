"""A serial port to one device.

It opens no port but the one it was given, and leaves DTR and RTS as the kernel sets them: their change resets an
Arduino-class board, and the print or cut that it was at dies.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import select
import termios
import threading
from pathlib import Path

import serial

from edge.errors import GiveUp, LabedgeError, Retry

READ_LIMIT = 64 * 1024
"""Bytes of one read, as the contract of links says."""

WRITE_S = 3.0
"""How long a device may refuse to take a command."""

CFLAG = 2
"""Where `termios.tcgetattr` keeps the control flags."""

FIXES = {
    errno.EACCES: (
        GiveUp,
        "may not be opened by this user",
        "add the user to the port's group (`sudo usermod -aG dialout USER`) and log in again, or use deploy/'s rules",
    ),
    errno.EPERM: (GiveUp, "may not be opened by this user", "see which program or rule keeps the port from this user"),
    errno.ENOENT: (Retry, "is not there", "plug the device in; `ls /dev/serial/by-id` shows what is"),
    errno.ENODEV: (Retry, "is not there", "plug the device in; `ls /dev/serial/by-id` shows what is"),
    errno.ENXIO: (Retry, "is not there", "plug the device in; `ls /dev/serial/by-id` shows what is"),
    errno.EBUSY: (Retry, "is held by another program", "close the program that holds it (`fuser -v PORT` names it)"),
    errno.EAGAIN: (Retry, "is held by another program", "close the program that holds it (`fuser -v PORT` names it)"),
    errno.ENOTTY: (GiveUp, "is no serial port", "name a path below /dev/serial/by-id"),
    errno.EISDIR: (GiveUp, "is no serial port", "name a path below /dev/serial/by-id"),
}
"""What to do about each way in which opening fails; all others are tried again."""


class SerialLink:
    """A byte stream to the device at `path`, best one below `/dev/serial/by-id`, which survives replugging."""

    def __init__(self, path: str, *, baud: int) -> None:
        """Name the port; nothing is opened before `open`."""
        self._path = path
        self._baud = baud
        self._port: serial.Serial | None = None
        self._in_use = threading.Lock()
        self._fields = threading.Lock()
        self._wake_reader, self._waker = -1, -1

    @property
    def name(self) -> str:
        """The path."""
        return self._path

    def open(self) -> None:
        """Open and lock the port; raises `Retry` (not there, held by another) or `GiveUp` (not allowed, no port)."""
        try:
            port = self._opened()
        except (OSError, termios.error) as error:  # pyserial's own error is an OSError
            raise self._refused(error) from error
        except ValueError as error:
            raise GiveUp(f"{self._path} cannot be set to {self._baud} baud: {error}", fix="set another baud") from error
        with self._in_use, self._fields:
            self._port = port
            self._wake_reader, self._waker = os.pipe()

    def read(self, timeout_s: float) -> bytes:
        """What has come; raises `Retry` when the device was unplugged or the link closed."""
        with self._in_use:
            if self._port is None:
                raise Retry(f"{self._path} is closed")
            try:
                return self._poll(self._port.fileno(), timeout_s)
            except OSError as error:
                raise self._lost(error.strerror or str(error)) from error

    def write(self, data: bytes) -> None:
        """Send all of `data`; raises `Retry` when the device does not take it in time."""
        with self._in_use:
            if self._port is None:
                raise Retry(f"{self._path} is closed")
            try:
                self._port.write(data)
            except serial.SerialTimeoutException as error:
                raise Retry(
                    f"{self._path} took no command for {WRITE_S:g} s", fix="switch the device off and on"
                ) from error
            except OSError as error:
                raise self._lost(error.strerror or str(error)) from error

    def close(self) -> None:
        """Wake a reader, then release the port; DTR stays as it is."""
        with self._fields:
            if self._port is not None:
                os.write(self._waker, b"x")
                self._port.cancel_write()
        with self._in_use, self._fields:
            self._release()

    def _opened(self) -> serial.Serial:
        port = serial.Serial(
            None, self._baud, timeout=0, write_timeout=WRITE_S, rtscts=False, dsrdtr=False, exclusive=True
        )
        # the kernel raises both lines on open: told the same, pyserial makes no second edge
        port.dtr = port.rts = True
        port.port = self._path
        port.open()
        try:
            _hold(port.fileno())
        except (OSError, termios.error):
            port.close()
            raise
        return port

    def _release(self) -> None:
        if self._port is None:
            return
        with contextlib.suppress(termios.error, OSError):  # an unplugged port has nothing to flush
            termios.tcflush(self._port.fileno(), termios.TCOFLUSH)
        with contextlib.suppress(OSError):  # an unplugged port cannot be asked for anything
            self._port.close()
        os.close(self._wake_reader)
        os.close(self._waker)
        self._port = None

    def _poll(self, port: int, timeout_s: float) -> bytes:
        waiting = select.poll()
        waiting.register(port, select.POLLIN)
        waiting.register(self._wake_reader, select.POLLIN)
        ready = dict(waiting.poll(timeout_s * 1000))
        if self._wake_reader in ready:
            raise self._lost("it was closed")
        if ready.get(port, 0) & select.POLLIN:
            return self._take(port)
        if port in ready or not Path(self._path).exists():
            raise self._lost("it was unplugged")
        return b""

    def _take(self, port: int) -> bytes:
        try:
            data = os.read(port, READ_LIMIT)
        except BlockingIOError:
            return b""  # another reader of the same port was quicker
        if not data:
            raise self._lost("it was unplugged")
        return data

    def _lost(self, why: str) -> Retry:
        return Retry(f"{self._path} is lost: {why}", fix="plug the device in again")

    def _refused(self, error: OSError | termios.error) -> LabedgeError:
        number = _number(error)
        kind, what, fix = FIXES.get(number, (Retry, f"cannot be opened: {error}", "see what the system's log says"))
        return kind(f"{self._path} {what}", fix=fix.replace("PORT", self._path))


def _hold(port: int) -> None:
    """Keep others from opening the port, and DTR from falling when it is closed."""
    fcntl.ioctl(port, termios.TIOCEXCL)
    attributes = termios.tcgetattr(port)
    attributes[CFLAG] &= ~termios.HUPCL
    termios.tcsetattr(port, termios.TCSANOW, attributes)


def _number(error: BaseException | None) -> int:
    """The system's own number; pyserial hides that of a port that cannot be configured in the error's context."""
    while error is not None:
        number = getattr(error, "errno", None) or (error.args[0] if error.args else None)
        if isinstance(number, int):
            return number
        error = error.__context__
    return 0
