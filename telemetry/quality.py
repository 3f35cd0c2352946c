"""Quality of readings: which device times to believe, and one flag per reading where several faults have an order.

Nothing here drops a reading: quality is a column beside the values, never a hole in them.
"""

from __future__ import annotations

from enum import IntEnum

import numpy as np
import numpy.typing as npt

from telemetry.columns import Int8s, Int64s
from telemetry.model import NS_PER_S, Instant

EARLIEST_NS = 1_577_836_800 * NS_PER_S
"""2020-01-01T00:00:00Z: a clock that was never set says 1970, 2000 or its firmware's date, all long before this."""

AHEAD_NS = 86_400 * NS_PER_S
"""One day: a clock in the wrong time zone or summer time is up to 14 hours ahead; beyond that it is simply wrong."""


class Quality(IntEnum):
    """What is odd about a reading; the number is the column's code, and of several the greatest is told.

    The order is by what a reader must do about it: a duplicate is not counted, one out of order is not a new value,
    after a clock jump and a gap no difference may be taken, a stale one was merely late.
    """

    GOOD = 0
    STALE = 1
    GAP = 2
    CLOCK_JUMP = 3
    OUT_OF_ORDER = 4
    DUPLICATE = 5


def plausible_instant(t: Instant, received_at: Instant) -> bool:
    """Whether a device's own time may be believed: from 2020 on, and at most one day after it was received."""
    return EARLIEST_NS <= t <= received_at + AHEAD_NS


def plausible(t: Int64s, received_at: Int64s) -> npt.NDArray[np.bool_]:
    """`plausible_instant` for int64[n] device times and their int64[n] receive times (or int64[1] for all)."""
    # t - AHEAD_NS cannot overflow where t is late enough, received_at + AHEAD_NS could.
    late_enough = t >= EARLIEST_NS
    return late_enough & (np.where(late_enough, t, EARLIEST_NS) - AHEAD_NS <= received_at)


def flags(t: Int64s, received_at: Int64s, *, gap_ns: int, stale_ns: int, jumps: tuple[Int64s, Int64s]) -> Int8s:
    """The `Quality` code, int8[n], of readings of one channel given in order of arrival.

    Args:
        t: int64[n], the times of the readings, ns UTC.
        received_at: int64[n], when the gateway received each, ns UTC.
        gap_ns: a reading further than this after its neighbour in time is the first after a `GAP`.
        stale_ns: a reading received later than this after its own time is `STALE`.
        jumps: `at` int64[k] and `by_ns` int64[k] of the gateway's clock jumps. `CLOCK_JUMP` is a reading in the span
            that the clock ran through twice or skipped, and the first reading at or after a jump.
    """
    order = np.argsort(t, kind="stable")
    ahead = np.maximum.accumulate(t)
    found = np.zeros(len(t), np.int8)
    for quality, where in (
        (Quality.STALE, _exceeds(received_at, t, stale_ns)),
        (Quality.GAP, _unsorted(order, _after_gap(t[order], gap_ns))),
        (Quality.CLOCK_JUMP, _unsorted(order, _around_jump(t[order], *jumps))),
        (Quality.OUT_OF_ORDER, t < ahead),
        (Quality.DUPLICATE, _unsorted(order, _repeats(t[order]))),
    ):
        found[where] = quality
    return found


def _unsorted(order: npt.NDArray[np.intp], where: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    back = np.empty_like(where)
    back[order] = where
    return back


def _exceeds(later: Int64s, earlier: Int64s, by_ns: int) -> npt.NDArray[np.bool_]:
    # A difference of two int64 fits uint64 where it is positive, and two's complement makes it exact.
    return (later > earlier) & ((later.view(np.uint64) - earlier.view(np.uint64)) > np.uint64(by_ns))


def _after_gap(rising: Int64s, gap_ns: int) -> npt.NDArray[np.bool_]:
    after = np.zeros(len(rising), np.bool_)
    after[1:] = _exceeds(rising[1:], rising[:-1], gap_ns)
    return after


def _repeats(rising: Int64s) -> npt.NDArray[np.bool_]:
    repeats = np.zeros(len(rising), np.bool_)
    repeats[1:] = rising[1:] == rising[:-1]
    return repeats


def _around_jump(rising: Int64s, at: Int64s, by_ns: Int64s) -> npt.NDArray[np.bool_]:
    begins = np.sort(at - np.maximum(by_ns, 0))
    ends = np.sort(at - np.minimum(by_ns, 0))
    around = np.searchsorted(begins, rising, side="right") > np.searchsorted(ends, rising, side="right")
    first = np.searchsorted(rising, at, side="left")
    around[first[first < len(rising)]] = True
    return around
