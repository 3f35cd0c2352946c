"""What one equipment's `$state`, `$link` and readings together say about its state, as records.

Rules, highest first; nothing here reads a payload:

* `$link` offline is `OFFLINE`; it ends an inferred run. `$link` online after that says again the last `$state`, which
  holds until the next one, unless its validity ran out or there never was one: then `UNKNOWN`. The first `online` after
  a start says nothing about the state: what the journal holds stays.
* `$state` is the equipment's own word and holds until the next. From the first one on, nothing is inferred.
* Without `$state`, streaming readings are `BUSY`; when they end, `IDLE` where `$link` proves that the equipment is
  there, else `UNKNOWN`, because silence proves nothing. `BUSY` is said with a validity and again before it runs out,
  so that it does not hold for ever where the gateway stopped before the readings did.
"""

from __future__ import annotations

from dataclasses import replace

from drivers.contract import Setting
from drivers.labedge.settings import LabedgeSettings
from telemetry.columns import Int64s
from telemetry.inference import Activity, ActivitySettings, Inferred
from telemetry.model import NS_PER_S, Instant, LinkChanged, Record, Source, State, StateSeen
from telemetry.quality import plausible_instant

TAIL_NS = NS_PER_S
"""Busy time behind a run's last reading: its sampling period is not known, and 1 Hz is the slowest usual one."""


class Condition:
    """The state of one equipment, put together; every method returns the records that came of it."""

    __slots__ = (
        "_activity",
        "_covered_until",
        "_current",
        "_gap_ns",
        "_heard_at",
        "_infers",
        "_said",
        "_setting",
        "_up",
    )

    def __init__(self, setting: Setting, options: LabedgeSettings) -> None:
        self._setting = setting
        self._gap_ns = round(options.gap_s * NS_PER_S)
        self._activity = Activity(ActivitySettings(gap_ns=self._gap_ns, tail_ns=min(TAIL_NS, self._gap_ns)))
        self._infers = options.infer_busy and not setting.says_state
        self._said: StateSeen | None = None
        self._current: StateSeen | None = None
        self._up: bool | None = None
        self._heard_at: Instant = 0
        self._covered_until: Instant = 0

    @property
    def wake_at(self) -> Instant | None:
        """When an inferred run is over unless a reading comes, by the gateway's time; None while there is none."""
        return self._heard_at + self._gap_ns + 1 if self._infers and self._activity.wake_at is not None else None

    def stated(self, seen: tuple[StateSeen, ...], *, timed: bool, retained: bool) -> tuple[StateSeen, ...]:
        """The equipment said its states, by time; `timed` where it told the times itself.

        A word without a time is not repeated while it stands; a retained one says nothing new of an equipment whose
        link is down.
        """
        self._infers = False
        records: list[StateSeen] = []
        for one in seen:
            if not timed and (self._stands(one) or (retained and self._said_before(one))):
                continue
            newest = self._remember(one)
            if timed or not (retained and self._is_offline()):
                records.extend(self._told(one, newest=newest))
        return tuple(records)

    def linked(self, at: Instant, *, up: bool) -> tuple[Record, ...]:
        """The equipment's link came up or went down; the same again is nothing new."""
        if up == self._up:
            return ()
        changed = LinkChanged(self._setting.equipment, at, at, up, "online" if up else "offline")
        records: tuple[Record, ...] = (changed,)
        if not up:
            # What the run's end says is of use only where it lies before the link's.
            ended = tuple(one for one in self._activity.ended() if one.at < at)
            records = (changed, *self._inferred(ended, at, last=at), self._link_state(State.OFFLINE, at))
        elif self._is_offline():
            records = (changed, self._resumed(at))
        self._up = up
        return records

    def read(self, t: Int64s | Instant, at: Instant) -> tuple[StateSeen, ...]:
        """Readings came with these times: int64[n ≥ 1] or a single instant."""
        if not self._infers:
            return ()
        self._heard_at = at
        if isinstance(t, int):
            first = last = t
            inferred = self._activity.seen(t)
        else:
            first, last = int(t.min()), int(t.max())
            # A batch shorter than the gap is one run; its ends say all that sorting it would.
            short = last - first <= self._gap_ns
            inferred = self._activity.seen(first) + self._activity.seen(last) if short else self._activity.seen_many(t)
        if not inferred and last >= self._covered_until - self._gap_ns:
            inferred = (Inferred(first, State.BUSY),)
        return self._inferred(inferred, at, last=last) if inferred else ()

    def woken(self, at: Instant) -> tuple[StateSeen, ...]:
        """The run's end, where the time for it has come."""
        self._heard_at = min(self._heard_at, at)  # where the clock was set back, wait the whole gap from now
        wake_at = self.wake_at
        return self._inferred(self._activity.ended(), at, last=at) if wake_at is not None and at >= wake_at else ()

    def _inferred(self, inferred: tuple[Inferred, ...], at: Instant, *, last: Instant) -> tuple[StateSeen, ...]:
        after = State.IDLE if self._up else State.UNKNOWN
        if inferred:
            self._covered_until = last + 2 * self._gap_ns
        records = tuple(
            StateSeen(
                self._setting.equipment,
                min(one.at, at),
                at,
                State.BUSY if one.state is State.BUSY else after,
                Source.ACTIVITY_INFERRED,
                valid_ns=max(self._covered_until - one.at, 0) if one.state is State.BUSY else 0,
            )
            for one in inferred
        )
        self._current = records[-1] if records else self._current
        return records

    def _remember(self, one: StateSeen) -> bool:
        """Whether `one` is the newest word said; where the clock was set back, the newest is the last to come."""
        said = self._said
        newest = said is None or one.at >= said.at or not plausible_instant(said.at, one.received_at)
        if newest:
            self._said = one
        return newest

    def _told(self, one: StateSeen, *, newest: bool) -> tuple[StateSeen, ...]:
        now = self._current
        if now is None or now.source is not Source.LINK or one.at > now.at:
            self._current = one if newest else now
            return (one,)
        if self._is_offline() or not newest:
            return (one,)
        # The equipment's clock is behind: what was said of it when its link came up must not outlast its own word.
        self._current = replace(one, at=self._behind(one.received_at), source=Source.LINK)
        return (one, self._current)

    def _stands(self, one: StateSeen) -> bool:
        now = self._current
        return now is not None and one.valid_ns == 0 and replace(one, at=now.at, received_at=now.received_at) == now

    def _said_before(self, one: StateSeen) -> bool:
        return self._said is not None and self._said.word == one.word

    def _is_offline(self) -> bool:
        now = self._current
        return now is not None and now.source is Source.LINK and now.state is State.OFFLINE

    def _resumed(self, at: Instant) -> StateSeen:
        said = self._said
        left_ns = said.at + said.valid_ns - at if said is not None and said.valid_ns else 0
        if said is None or (said.valid_ns and left_ns <= 0):
            return self._link_state(State.UNKNOWN, at)
        self._current = replace(said, at=self._behind(at), received_at=at, source=Source.LINK, valid_ns=left_ns)
        return self._current

    def _link_state(self, state: State, at: Instant) -> StateSeen:
        word = "offline" if state is State.OFFLINE else ""
        seen = StateSeen(self._setting.equipment, self._behind(at), at, state, Source.LINK, word=word)
        self._current = seen
        return seen

    def _behind(self, at: Instant) -> Instant:
        """`at`, or just behind what an equipment whose clock is fast said last."""
        now = self._current
        return now.at + 1 if now is not None and now.at >= at and plausible_instant(now.at, at) else at
