"""Jobs put together from their phases, in whatever order those came.

Nothing here reads a store: both implementations of it use this.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import attrgetter, itemgetter
from typing import NamedTuple

from edge.store.contract import Job
from telemetry.model import EquipmentId, Instant, JobOutcome, JobPhase, JobSeen

_REOPENS = frozenset({JobPhase.STARTED, JobPhase.RESUMED})
"""After an end these say that the job goes on; a late word of progress does not."""

_OPEN: tuple[Instant | None, JobOutcome, str, bool] = (None, JobOutcome.NONE, "", False)
"""End, outcome, reason and pause of a job that goes on."""


class Phase(NamedTuple):
    """What is said of one job at one instant, as a `JobSeen` has it; light, for a year has thousands."""

    at: Instant
    phase: int
    received_at: Instant
    name: str
    progress: float | None
    outcome: JobOutcome
    reason: str


_phase = attrgetter(*Phase._fields)
_order = itemgetter(0, 1, 2)


def job_of(equipment: EquipmentId, job: str, phases: Iterable[Phase]) -> Job:
    """One job from all of its phases, at least one.

    It starts with its first phase, whatever that is; it is ended by its last end, unless it was started or resumed
    after that. Of several phases of one instant the greater `JobPhase` is the later.
    """
    ordered = sorted(phases, key=_order)
    name, progress = "", None
    ended, outcome, reason, paused = _OPEN
    for seen in ordered:
        name = seen.name or name
        progress = progress if seen.progress is None else seen.progress
        if seen.phase == JobPhase.ENDED:
            ended, outcome, reason, paused = seen.at, seen.outcome, seen.reason, False
        elif seen.phase in _REOPENS:
            ended, outcome, reason, paused = _OPEN
        elif seen.phase == JobPhase.PAUSED:
            reason, paused = seen.reason, True
    return Job(equipment, job, name, ordered[0].at, ended, outcome, progress, paused=paused, reason=reason)


def overlapping(jobs: Iterable[Job], start: Instant, end: Instant) -> tuple[Job, ...]:
    """Those that share time with [start, end), or begin in it, by start."""
    inside = [job for job in jobs if job.started < end and (_open_after(job, start) or job.started >= start)]
    return tuple(sorted(inside, key=attrgetter("started", "equipment", "job")))


def by_job(seen: Sequence[JobSeen]) -> tuple[Job, ...]:
    """Every job among phases of many."""
    phases: dict[tuple[EquipmentId, str], list[Phase]] = {}
    for one in seen:
        phases.setdefault((one.equipment, one.job), []).append(Phase(*_phase(one)))
    return tuple(job_of(*of, of_one) for of, of_one in phases.items())


def _open_after(job: Job, start: Instant) -> bool:
    return job.ended is None or job.ended > start
