r"""A device's time since its start as gateway time: rising, never ahead of receipt, never far behind it.

Bytes are late by what the link takes, never early. So the least of `receipt - device time` over the samples is the
start of the device, best known; it may creep up by 1 % of the time that passes, which follows a ceramic resonator
(0.5 %), and jumps where the device counts back (a reset, a wrap) or lags by more than `MOST_LAG_NS`.

    receipt  |    x   x    x   x        x  x x        jitter of the link
    device   | \---\---\---\---\---\---\              the device's own even spacing is kept
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from telemetry.model import NS_PER_MS, NS_PER_S, Instant

MOST_LAG_NS = 2 * NS_PER_S
"""No serial link is later than this for long; more means that the device's clock stood still or is slow."""

MOST_BACKLOG_NS = 600 * NS_PER_S
"""What one chunk of bytes can reach back: beyond it a time is an error of the device."""

CREEP_DIVISOR = 100
MOST_TICKS_NS = 2**62
"""146 years since the start: larger numbers are no times."""


class BootClock:
    """The mapping of one device; `unit_ns` is one of its ticks."""

    __slots__ = ("_anchored_at", "_last", "_start", "_ticks_ns", "_unit_ns")

    def __init__(self, unit_ns: int) -> None:
        self._unit_ns = unit_ns
        self.forget()

    def forget(self) -> None:
        """The device may have been started anew."""
        self._start: Instant | None = None
        self._ticks_ns = self._anchored_at = self._last = 0

    def plausible(self, ticks: float) -> bool:
        """Whether a finite number can be a time since start."""
        return 0 <= ticks * self._unit_ns < MOST_TICKS_NS

    def instants(self, ticks: Sequence[float], at: Instant) -> list[Instant]:
        """The gateway's times of samples received together at `at`, strictly rising, also from call to call."""
        if self._last - at > NS_PER_MS:  # the gateway's clock was set back
            self.forget()
        times: list[Instant] = []
        for part in _rising([round(tick * self._unit_ns) for tick in ticks]):
            start = self._anchored(part[-1], at)
            times += [self._next(start + ticks_ns, at) for ticks_ns in part]
        return times

    def _next(self, wanted: Instant, at: Instant) -> Instant:
        self._last = max(wanted, self._last + 1, at - MOST_BACKLOG_NS)
        return self._last

    def _anchored(self, newest_ns: int, at: Instant) -> Instant:
        """The device's start, known better by its newest sample."""
        heard = at - newest_ns
        start = heard
        if self._start is not None and newest_ns >= self._ticks_ns:
            crept = self._start + (at - self._anchored_at) // CREEP_DIVISOR
            start = crept if heard - MOST_LAG_NS <= crept <= heard else heard
        self._start, self._ticks_ns, self._anchored_at = start, newest_ns, at
        return start


def _rising(ticks_ns: Sequence[int]) -> Iterator[list[int]]:
    """`ticks_ns` in parts that do not fall: where the device starts anew, a part begins."""
    part: list[int] = []
    for tick_ns in ticks_ns:
        if part and tick_ns < part[-1]:
            yield part
            part = []
        part.append(tick_ns)
    if part:
        yield part
