"""Jobs put together from their phases, in whatever order those came.

Nothing here reads a store: both implementations of it use this.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from edge.store.contract import Job
from telemetry.model import Instant, JobOutcome, JobPhase, JobSeen

_REOPENS = frozenset({JobPhase.STARTED, JobPhase.RESUMED})
"""After an end these say that the job goes on; a late word of progress does not."""

_OPEN: tuple[Instant | None, JobOutcome, str, bool] = (None, JobOutcome.NONE, "", False)
"""End, outcome, reason and pause of a job that goes on."""


def job_of(phases: Iterable[JobSeen]) -> Job:
    """One job from all of its phases, at least one.

    It starts with its first phase, whatever that is; it is ended by its last end, unless it was started or resumed
    after that. Of several phases of one instant the greater `JobPhase` is the later.
    """
    ordered = sorted(phases, key=lambda seen: (seen.at, seen.phase, seen.received_at))
    first = ordered[0]
    name, progress = first.name, None
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
    return Job(first.equipment, first.job, name, first.at, ended, outcome, progress, paused=paused, reason=reason)


def overlapping(jobs: Iterable[Job], start: Instant, end: Instant) -> tuple[Job, ...]:
    """Those that share time with [start, end), or begin in it, by start."""
    inside = [job for job in jobs if job.started < end and (_open_after(job, start) or job.started >= start)]
    return tuple(sorted(inside, key=lambda job: (job.started, job.equipment, job.job)))


def by_job(seen: Sequence[JobSeen]) -> tuple[Job, ...]:
    """Every job among phases of many."""
    phases: dict[tuple[str, str], list[JobSeen]] = {}
    for one in seen:
        phases.setdefault((one.equipment, one.job), []).append(one)
    return tuple(job_of(of_one) for of_one in phases.values())


def _open_after(job: Job, start: Instant) -> bool:
    return job.ended is None or job.ended > start
