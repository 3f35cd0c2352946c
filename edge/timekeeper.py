"""Watches the wall clock against the monotonic one: a jump becomes a record, a clock that was never set a warning.

It never sets a clock, and nothing recorded is changed after a jump.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from edge.clock import Clock
from edge.errors import Full
from edge.health import Health, Part
from edge.journal.contract import Journal
from telemetry.model import NS_PER_S, ClockJumped, Instant, Record

JUMP_NS = NS_PER_S
"""A smaller step is what a time service does all day."""

NOTICE_NS = 600 * NS_PER_S
"""How long health tells of a jump: a person who set the clock sees it, and the board is not red for ever."""

OLDEST_NS = 1_735_689_600 * NS_PER_S
"""2025-01-01: a clock before it was never set, as on a board without a battery."""

ROOM_WAIT_S = 1.0
"""How long a jump waits for room in the journal before the next look tries again."""

log = logging.getLogger(__name__)


class Timekeeper:
    """Compares the two clocks from look to look; a slow drift is no jump."""

    def __init__(
        self,
        clock: Clock,
        journal: Journal,
        health: Health,
        *,
        after_jump: Callable[[Instant, Instant], Sequence[Record]] = lambda _before, _now: (),
    ) -> None:
        """Take the clocks as they stand; `after_jump(before, now)` gives what is kept along with a jump.

        It is asked again, with `now` for both, when the clock passes where it stood before a step back.
        """
        self._after_jump = after_jump
        self._clock = clock
        self._journal = journal
        self._health = health
        self._offset_ns = clock.now() - clock.monotonic()
        self._jump_ns = 0
        self._noticed_at = 0
        self._furthest: Instant = 0

    def look(self) -> None:
        """Record a jump since the last look, and say how the clock is."""
        now, monotonic = self._clock.now(), self._clock.monotonic()
        by_ns = now - monotonic - self._offset_ns
        try:
            if abs(by_ns) > JUMP_NS:
                self._jumped(now, by_ns)
                self._jump_ns, self._noticed_at = by_ns, monotonic
            elif now > self._furthest > 0:
                self._caught_up(now)
        except Full:
            return
        self._offset_ns += by_ns
        self._health.report(self._part(now, monotonic))

    def _jumped(self, now: Instant, by_ns: int) -> None:
        before = now - by_ns
        self._journal.append([ClockJumped(now, now, by_ns), *self._after_jump(before, now)], timeout_s=ROOM_WAIT_S)
        self._furthest = max(self._furthest, before) if now <= max(self._furthest, before) else 0
        log.warning("the clock was set by %.3f s", by_ns / NS_PER_S)

    def _caught_up(self, now: Instant) -> None:
        """What was recorded before a step back lay in the future, and would now be taken for the latest news."""
        self._journal.append(self._after_jump(now, now), timeout_s=ROOM_WAIT_S)
        self._furthest = 0

    def _part(self, now: int, monotonic: int) -> Part:
        if now < OLDEST_NS:
            message = "the clock stands before 2025: times that are recorded now are wrong"
            return Part("clock", ok=False, message=message, fix="set the clock, or connect a time server", vital=False)
        if self._jump_ns and monotonic - self._noticed_at < NOTICE_NS:
            message = f"the clock was set by {self._jump_ns / NS_PER_S:+.0f} s; times recorded before stay as they were"
            return Part("clock", ok=False, message=message, fix="nothing, if the clock is right now", vital=False)
        return Part("clock", ok=True, vital=False)
