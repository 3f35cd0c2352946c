"""Busy while samples come, idle after their silence: the one state that a stream of lines shows.

Says nothing of what the samples are; the rule itself is `telemetry.inference.Activity`.
"""

from __future__ import annotations

from collections import deque

from drivers.lines.states import WORDS
from telemetry.inference import Activity, ActivitySettings, Inferred, gap_of
from telemetry.model import NS_PER_S, EquipmentId, Instant, Source, State, StateSeen

MEASURED_PERIODS = 3
"""The least of so many intervals is taken for the period: one pause is none."""

MOST_PERIOD_NS = 24 * 3600 * NS_PER_S


class Streaming:
    """The state of one device; `period_ns` 0 lets it be measured."""

    def __init__(self, equipment: EquipmentId, period_ns: int) -> None:
        self._equipment = equipment
        self._given_ns = period_ns
        self._intervals: deque[int] = deque(maxlen=MEASURED_PERIODS)
        self._last: Instant | None = None
        self._quiet_at: Instant | None = None
        self._busy_at: Instant = 0
        self._activity = self._started()

    @property
    def wake_at(self) -> Instant | None:
        """When silence becomes a state."""
        return self._activity.wake_at if self._quiet_at is None else self._quiet_at

    def opened(self, at: Instant) -> list[StateSeen]:
        """The link opened: a run that was going on is over, and nothing heard for long enough is idle too."""
        said = self._said(self._activity.ended(), at)
        self._activity = self._started()
        self._quiet_at = at + gap_of(self._period_ns)
        self._last = None
        return said

    def sampled(self, at: Instant) -> list[StateSeen]:
        """Samples came at `at`."""
        said = self._said(self._activity.woken(at), at)
        if self._last is not None:
            self._intervals.append(min(max(0, at - self._last), MOST_PERIOD_NS))
        if self._activity.wake_at is None:
            self._activity = self._started()
        self._last, self._quiet_at = at, None
        return said + self._said(self._activity.seen(at), at)

    def woken(self, at: Instant) -> list[StateSeen]:
        """Time passed."""
        if self._quiet_at is not None and at >= self._quiet_at:
            self._quiet_at = None
            return [self._seen(at, at, State.IDLE)]
        return self._said(self._activity.woken(at), at)

    def unreadable(self, at: Instant, reason: str) -> list[StateSeen]:
        """Lines come, and none can be read: whether the device streams is not known."""
        said = self._said(self._activity.ended(), at)
        self._last = self._quiet_at = None
        return [*said, self._seen(at, at, State.UNKNOWN, reason)]

    def set_back(self, at: Instant) -> list[StateSeen]:
        """The gateway's clock was set back to `at`: what was counted counts anew."""
        self._last = None
        if self._quiet_at is not None:
            self._quiet_at = at + gap_of(self._period_ns)
        if self._activity.wake_at is None:
            return []
        self._activity = self._started()
        return self._said(self._activity.seen(at), at)

    @property
    def _period_ns(self) -> int:
        full = len(self._intervals) == MEASURED_PERIODS
        return self._given_ns or (min(self._intervals) if full else 0)

    def _started(self) -> Activity:
        period_ns = self._period_ns
        return Activity(ActivitySettings(gap_of(period_ns), tail_ns=period_ns, after=State.IDLE))

    def _said(self, inferred: tuple[Inferred, ...], at: Instant) -> list[StateSeen]:
        """The changes as records: an end lies between its run's begin and now, at an instant of its own."""
        said = []
        for one in inferred:
            since = one.at if one.state is State.BUSY else max(min(one.at, at - 1), self._busy_at + 1)
            self._busy_at = since if one.state is State.BUSY else self._busy_at
            said.append(self._seen(since, at, one.state))
        return said

    def _seen(self, since: Instant, at: Instant, state: State, reason: str = "") -> StateSeen:
        source = Source.ACTIVITY_INFERRED
        return StateSeen(self._equipment, since, at, state, source=source, word=WORDS[state], reason=reason)
