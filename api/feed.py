"""A live subscription for asyncio: the writer's thread rings, the event loop wakes, nobody polls.

It holds no updates itself; the bounded queue is in `edge.live`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import anyio

from edge.live import Live, Subscription, Taken
from telemetry.model import NS_PER_S, Instant

LONGEST_WAIT_S = 15.0
"""A quiet feed looks up this often: a board learns that its gateway still lives, and a dead reader is noticed."""

SHORTEST_WAIT_S = 0.01


class Feed:
    """One reader on the running event loop."""

    def __init__(self, live: Live) -> None:
        self._bell = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self.subscription: Subscription = live.subscribe(self._ring)

    def _ring(self) -> None:
        """Called on the writer's thread; a loop that has ended has no reader any more."""
        try:
            self._loop.call_soon_threadsafe(self._bell.set)
        except RuntimeError:
            return

    async def next(self, timeout_s: float) -> Taken:
        """What came, waiting up to `timeout_s` for the first of it; empty when nothing did."""
        with anyio.move_on_after(timeout_s):
            await self._bell.wait()
        self._bell.clear()
        return self.subscription.take()


@contextmanager
def feed_of(live: Live) -> Iterator[Feed]:
    """A feed for as long as the block runs; raises `Full` when there are too many."""
    feed = Feed(live)
    try:
        yield feed
    finally:
        live.unsubscribe(feed.subscription)


def seconds_until(instant: Instant | None, now: Instant) -> float:
    """How long a feed may wait when the picture changes by itself at `instant`."""
    if instant is None:
        return LONGEST_WAIT_S
    return min(max((instant - now) / NS_PER_S, SHORTEST_WAIT_S), LONGEST_WAIT_S)
