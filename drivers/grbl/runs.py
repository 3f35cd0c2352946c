"""The runs of a GRBL machine as jobs: GRBL has none, so a run is what lies between Run and Idle.

Knows states only, never lines. What each state does to a run:

| state                  | no run | a run                                                        |
|------------------------|--------|--------------------------------------------------------------|
| BUSY                   | STARTED| goes on; RESUMED if it was paused                            |
| PAUSED                 | -      | PAUSED                                                       |
| IDLE                   | -      | a gap begins: longer than the setting, ENDED when it began   |
| SETUP OFFLINE          | -      | ENDED, at the gap's begin if there is one                    |
| FAULT                  | -      | ENDED FAILED; CANCELLED where a reset was the alarm          |
| UNKNOWN MAINTENANCE    | -      | goes on unseen: if it is over when it is seen again, ENDED UNKNOWN |
"""

from __future__ import annotations

from dataclasses import dataclass

from telemetry.model import EquipmentId, Instant, JobOutcome, JobPhase, JobSeen, State


@dataclass(slots=True)
class _Run:
    job: str
    paused: bool = False
    unseen: bool = False
    gap_at: Instant | None = None


_OVER = frozenset({State.SETUP, State.OFFLINE})


class Runs:
    """At most one run of one machine; told states in order, it tells phases."""

    __slots__ = ("_equipment", "_gap_ns", "_run")

    def __init__(self, equipment: EquipmentId, gap_ns: int) -> None:
        self._equipment = equipment
        self._gap_ns = gap_ns
        self._run: _Run | None = None

    @property
    def over_at(self) -> Instant | None:
        """When the gap that has begun ends the run; `None` without one."""
        if self._run is None or self._run.gap_at is None:
            return None
        return self._run.gap_at + self._gap_ns

    def shift(self, by_ns: int) -> None:
        """The clock was set."""
        if self._run is not None and self._run.gap_at is not None:
            self._run.gap_at += by_ns

    def expired(self, at: Instant) -> list[JobSeen]:
        """The run's end, if its gap has lasted too long by `at`."""
        over_at = self.over_at
        return self._end(at) if over_at is not None and at >= over_at else []

    def unseen(self) -> None:
        """The machine cannot be seen now: what happens to a run that has not come to rest stays unknown."""
        if self._run is not None and self._run.gap_at is None:
            self._run.unseen = True

    def reset(self, at: Instant) -> list[JobSeen]:
        """The controller was reset: that cancels a run, unless it had come to its end."""
        if self._run is None or self._run.gap_at is not None:
            return self._end(at)
        return self._end(at, JobOutcome.CANCELLED, "reset")

    def seen(self, state: State, at: Instant, reason: str = "", *, by_reset: bool = False) -> list[JobSeen]:
        """The machine is in `state`; `by_reset` where its alarm says that a reset stopped it."""
        if self._run is None:
            return self._start(at) if state is State.BUSY else []
        if state is State.BUSY:
            return self._goes_on(self._run, at)
        if state is State.PAUSED:
            return self._pauses(self._run, at)
        if state is State.FAULT:
            return self._end(at, JobOutcome.CANCELLED if by_reset else JobOutcome.FAILED, reason)
        return self._rests(self._run, state, at)

    def _rests(self, run: _Run, state: State, at: Instant) -> list[JobSeen]:
        if state in _OVER or (state is State.IDLE and run.unseen):
            return self._end(at)
        if state is State.IDLE and run.gap_at is None:
            run.gap_at = at
            return self.expired(at)
        return []

    def _start(self, at: Instant) -> list[JobSeen]:
        self._run = _Run(f"run-{at}")
        return [JobSeen(self._equipment, at, at, self._run.job, JobPhase.STARTED)]

    def _goes_on(self, run: _Run, at: Instant) -> list[JobSeen]:
        was_paused, run.paused, run.gap_at, run.unseen = run.paused, False, None, False
        return [JobSeen(self._equipment, at, at, run.job, JobPhase.RESUMED)] if was_paused else []

    def _pauses(self, run: _Run, at: Instant) -> list[JobSeen]:
        was_paused, run.paused, run.gap_at, run.unseen = run.paused, True, None, False
        return [] if was_paused else [JobSeen(self._equipment, at, at, run.job, JobPhase.PAUSED)]

    def _end(self, at: Instant, outcome: JobOutcome = JobOutcome.COMPLETED, reason: str = "") -> list[JobSeen]:
        run, self._run = self._run, None
        if run is None:
            return []
        ended_at = at
        if outcome is JobOutcome.COMPLETED:
            ended_at = at if run.gap_at is None else run.gap_at
            outcome, reason = (JobOutcome.UNKNOWN, "its end was not seen") if run.unseen else (outcome, reason)
        return [JobSeen(self._equipment, ended_at, at, run.job, JobPhase.ENDED, outcome=outcome, reason=reason)]
