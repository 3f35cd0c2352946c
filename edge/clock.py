"""The only reader of the time.

Nothing else may call `time` or `datetime.now`; whatever needs the time is given a `Clock`.
"""

from __future__ import annotations

import threading
import time
from typing import Protocol

from telemetry.model import NS_PER_S, Instant


class Clock(Protocol):
    """The gateway's time."""

    def now(self) -> Instant:
        """The wall clock in ns UTC; no two calls return the same instant while the clock is not set back."""

    def monotonic(self) -> int:
        """Nanoseconds since some start, never set back."""


class SystemClock:
    """The machine's clock."""

    def __init__(self) -> None:
        """Start with no instant given out."""
        self._last = 0
        self._lock = threading.Lock()

    def now(self) -> Instant:
        """The wall clock, moved on by a nanosecond where the clock's grain would repeat an instant."""
        with self._lock:
            now = time.time_ns()
            if now == self._last:
                now += 1
            elif 0 < self._last - now < 1_000:
                now = self._last + 1
            self._last = now
            return now

    def monotonic(self) -> int:
        """The machine's monotonic clock."""
        return time.monotonic_ns()


class ManualClock:
    """A clock that stands still until it is moved: for replays, histories and tests."""

    def __init__(self, now: Instant) -> None:
        """Stand at `now`."""
        self._now = now
        self._monotonic = 0

    def now(self) -> Instant:
        """The instant it was moved to."""
        return self._now

    def monotonic(self) -> int:
        """The nanoseconds it was advanced by."""
        return self._monotonic

    def advance(self, by_ns: int) -> Instant:
        """Let `by_ns` pass; returns the new instant."""
        self._now += by_ns
        self._monotonic += by_ns
        return self._now

    def jump(self, by_ns: int) -> Instant:
        """Set the wall clock without time passing."""
        self._now += by_ns
        return self._now


class Waitable(Protocol):
    """A `threading.Condition` that is held, or a `threading.Event`."""

    def wait(self, timeout: float | None = None) -> bool:
        """Wait for a notice, at most `timeout` seconds."""


def wait(clock: Clock, notice: Waitable, timeout_s: float) -> None:
    """Let `timeout_s` of `clock` pass, or less where `notice` comes; a clock that stands still is moved instead."""
    if isinstance(clock, ManualClock):
        clock.advance(round(timeout_s * NS_PER_S))
    else:
        notice.wait(timeout_s)
