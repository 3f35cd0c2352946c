"""States inferred where a device tells none: from the power it draws, or from the samples that it streams.

Nothing here reads a clock: time comes with each sample, and silence alone never makes a state.
The machines take one sample after the other, the kernels whole arrays; both say the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite

import numpy as np

from telemetry.columns import Float64s, Int8s, Int64s
from telemetry.levels import changes, held, level_at, reached
from telemetry.model import NS_PER_S, Instant, State
from telemetry.spans import runs

MERGE_NS = 60 * NS_PER_S
"""Streaming pauses of up to a minute belong to the run: pupils change a sample or a probe."""


@dataclass(frozen=True, slots=True)
class Inferred:
    """The equipment is in `state` from `at` on; `at` may lie a hold time before the sample that proved it."""

    at: Instant
    state: State


@dataclass(frozen=True, slots=True, kw_only=True)
class PowerThresholds:
    """How power becomes a state: `busy_above_w` and up is busy, `idle_above_w` and up idle, else `below`.

    A level once reached is kept until the power falls under its threshold less its hysteresis. A rise counts when it
    lasted `rise_hold_ns`, a fall when it lasted `fall_hold_ns`, and both are then dated back to their first sample:
    a hold removes inrush peaks (rise) or the pauses of a heater that switches (fall) without shifting durations.
    With `valid_ns` a state is said again before it would expire, as long as samples come; make it at least twice the
    sampling period plus the longer hold. 0 says changes only.
    """

    busy_above_w: float
    idle_above_w: float = 0.0
    hysteresis_w: float = 0.0
    rise_hold_ns: int = 0
    fall_hold_ns: int = 0
    below: State = State.OFFLINE
    valid_ns: int = 0
    idle_hysteresis_w: float | None = None
    """The hysteresis of `idle_above_w` alone; None where `hysteresis_w` is for both."""

    def __post_init__(self) -> None:
        """Raise `ValueError` where the levels are out of order or a number is negative."""
        bands_w = min(self.hysteresis_w, self.idle_band_w)
        least = min(self.idle_above_w, bands_w, self.rise_hold_ns, self.fall_hold_ns, self.valid_ns)
        if not least >= 0 or not self.busy_above_w > self.idle_above_w:
            message = "power thresholds want 0 <= idle_above_w < busy_above_w and no negative number"
            raise ValueError(message)

    @property
    def idle_band_w(self) -> float:
        """How far under `idle_above_w` the power must fall."""
        return self.hysteresis_w if self.idle_hysteresis_w is None else self.idle_hysteresis_w

    def state(self, *, idle: bool, busy: bool) -> State:
        """The state of the two levels reached."""
        return State.BUSY if busy else State.IDLE if idle else self.below


class _Level:
    """One threshold with hysteresis and hold: a raw level, since when, and the level that counts."""

    __slots__ = ("_fall_hold_ns", "_off_below_w", "_on_above_w", "_raw", "_rise_hold_ns", "_since", "counts")

    def __init__(self, on_above_w: float, band_w: float, *, thresholds: PowerThresholds, power_w: float) -> None:
        self._on_above_w = on_above_w
        self._off_below_w = on_above_w - band_w
        self._rise_hold_ns = thresholds.rise_hold_ns
        self._fall_hold_ns = thresholds.fall_hold_ns
        self.counts = self._raw = power_w >= on_above_w
        self._since = 0

    @property
    def pending(self) -> bool:
        return self._raw != self.counts

    def restart(self, at: Instant) -> None:
        """The clock was set back: what is pending has lasted no time yet."""
        self._since = at

    def seen(self, power_w: float, at: Instant) -> list[tuple[Instant, bool]]:
        """The changes that this sample proves, oldest first: at most two."""
        proved = self._settled(at)
        raw = power_w >= (self._off_below_w if self._raw else self._on_above_w)
        if raw != self._raw:
            self._raw, self._since = raw, at
            proved += self._settled(at)
        return proved

    def _settled(self, at: Instant) -> list[tuple[Instant, bool]]:
        hold_ns = self._rise_hold_ns if self._raw else self._fall_hold_ns
        if not self.pending or at - self._since < hold_ns:
            return []
        self.counts = self._raw
        return [(self._since, self._raw)]


class PowerInference:
    """The state of one machine behind a meter, sample by sample; make a new one whenever the meter was away.

    Each `Inferred` becomes one `StateSeen` with source `POWER_INFERRED` and the thresholds' `valid_ns`.
    """

    __slots__ = ("_busy", "_idle", "_latest", "_said_at", "_thresholds")

    def __init__(self, thresholds: PowerThresholds) -> None:
        self._thresholds = thresholds
        self._idle: _Level | None = None
        self._busy: _Level | None = None
        self._latest = self._said_at = 0

    @property
    def state(self) -> State | None:
        """The state that counts now; None before the first sample."""
        if self._idle is None or self._busy is None:
            return None
        return self._thresholds.state(idle=self._idle.counts, busy=self._busy.counts)

    def seen(self, power_w: float, at: Instant) -> tuple[Inferred, ...]:
        """One sample in W; what is not finite is no sample. The first one counts without a hold.

        A sample older than the one before is taken for a clock that was set back: holds begin anew.
        """
        if not isfinite(power_w):
            return ()
        if self._idle is None or self._busy is None:
            told = self._thresholds
            self._idle = _Level(told.idle_above_w, told.idle_band_w, thresholds=told, power_w=power_w)
            self._busy = _Level(told.busy_above_w, told.hysteresis_w, thresholds=told, power_w=power_w)
            self._latest = self._said_at = at
            return (Inferred(at, self._thresholds.state(idle=self._idle.counts, busy=self._busy.counts)),)
        return self._next(self._idle, self._busy, power_w, at)

    def _next(self, idle: _Level, busy: _Level, power_w: float, at: Instant) -> tuple[Inferred, ...]:
        if at < self._latest:
            idle.restart(at)
            busy.restart(at)
        self._latest = at
        was = {"idle": idle.counts, "busy": busy.counts}
        changes = [(since, "idle", on) for since, on in idle.seen(power_w, at)]
        changes += [(since, "busy", on) for since, on in busy.seen(power_w, at)]
        said: dict[Instant, State] = {}
        for since, level, on in sorted(changes):
            was[level] = on
            said[since] = self._thresholds.state(**was)
        if not said and self._due(at) and not idle.pending and not busy.pending:
            said[at] = self._thresholds.state(**was)
        if said:
            self._said_at = max(said)
        return tuple(Inferred(since, state) for since, state in said.items())

    def _due(self, at: Instant) -> bool:
        """Whether the state must be said again: half its validity is over, or the clock was set back behind it."""
        return self._thresholds.valid_ns > 0 and not 0 <= at - self._said_at < self._thresholds.valid_ns // 2


@dataclass(frozen=True, slots=True)
class ActivitySettings:
    """How samples become busy time: those at most `gap_ns` apart are one run, busy from its first to its last sample.

    `tail_ns` is added behind the last sample: its sampling period, where it is known. `after` is the state that
    follows a run: IDLE only where something else proves that the device is there (its port, its `$link`);
    silence itself proves nothing.
    """

    gap_ns: int = MERGE_NS
    tail_ns: int = 0
    after: State = State.UNKNOWN

    def __post_init__(self) -> None:
        """Raise `ValueError` where a run would end behind the start of the next."""
        if not 0 <= self.tail_ns <= self.gap_ns:
            message = "activity wants 0 <= tail_ns <= gap_ns"
            raise ValueError(message)


def gap_of(period_ns: int) -> int:
    """The longest pause in one run of samples `period_ns` apart: three periods, and never under `MERGE_NS`."""
    return max(3 * period_ns, MERGE_NS)


class Activity:
    """The state of one device that streams samples, run by run; needs waking at `wake_at` to see a run end.

    Samples inside the present run change nothing. Those long before it (a late batch, a clock set back) end it and
    are a run of their own; repeating them repeats the same `Inferred`.
    """

    __slots__ = ("_first", "_last", "_settings")

    def __init__(self, settings: ActivitySettings) -> None:
        self._settings = settings
        self._first: Instant | None = None
        self._last = 0

    @property
    def wake_at(self) -> Instant | None:
        """When the run is over unless a sample comes; None while there is no run."""
        return None if self._first is None else self._last + self._settings.gap_ns + 1

    def seen(self, at: Instant) -> tuple[Inferred, ...]:
        """One sample."""
        return self._spanned(at, at)

    def seen_many(self, t: Int64s) -> tuple[Inferred, ...]:
        """A batch of samples, any order: int64[n] ns UTC."""
        starts, ends = runs(np.sort(t), self._settings.gap_ns)
        return tuple(
            said for first, last in zip(starts, ends, strict=True) for said in self._spanned(int(first), int(last))
        )

    def woken(self, at: Instant) -> tuple[Inferred, ...]:
        """The run's end, where the time for it has come; harmless at any other time."""
        wake_at = self.wake_at
        return self.ended() if wake_at is not None and at >= wake_at else ()

    def ended(self) -> tuple[Inferred, ...]:
        """The run is over whatever the time: the device said so or its link went down."""
        if self._first is None:
            return ()
        self._first = None
        return (Inferred(self._last + self._settings.tail_ns, self._settings.after),)

    def _spanned(self, first: Instant, last: Instant) -> tuple[Inferred, ...]:
        gap_ns = self._settings.gap_ns
        if self._first is None or first > self._last + gap_ns or last < self._first - gap_ns:
            said = self.ended()
            self._first, self._last = first, last
            return (*said, Inferred(first, State.BUSY))
        earlier = first < self._first
        self._first, self._last = min(first, self._first), max(last, self._last)
        return (Inferred(first, State.BUSY),) if earlier else ()


def power_states(t: Int64s, power_w: Float64s, thresholds: PowerThresholds) -> tuple[Int64s, Int8s]:
    """The changes of state, `at` int64[k] rising and `state` int8[k], that power tells.

    Args:
        t: int64[n], ns UTC, not falling.
        power_w: float64[n], W; what is not finite is no sample.
        thresholds: as for `PowerInference`, whose changes these are; `valid_ns` is not used.
    """
    finite = np.isfinite(power_w)
    t, power_w = t[finite], power_w[finite]
    if not len(t):
        return t, np.empty(0, np.int8)
    holds_ns = thresholds.fall_hold_ns, thresholds.rise_hold_ns
    idle_at, idle = held(t, reached(power_w, thresholds.idle_above_w, thresholds.idle_band_w), holds_ns)
    busy_at, busy = held(t, reached(power_w, thresholds.busy_above_w, thresholds.hysteresis_w), holds_ns)
    at = np.unique(np.concatenate((idle_at, busy_at)))
    levels = np.maximum(level_at(at, idle_at, idle), 2 * level_at(at, busy_at, busy))
    states = np.array([thresholds.below, State.IDLE, State.BUSY], np.int8)[levels]
    differs = changes(states)
    return at[differs], states[differs]
