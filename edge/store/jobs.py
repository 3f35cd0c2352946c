"""Jobs put together from their phases, in whatever order those came.

Nothing here reads a store: both implementations of it use this.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from edge.store.contract import Job
from telemetry.model import Instant, JobOutcome, JobPhase, JobSeen

_REOPENS = frozenset({JobPhase.STARTED, JobPhase.RESUMED})
"""After an end these say that the job goes on; a late word of progress does not."""


def job_of(phases: Iterable[JobSeen]) -> Job:
    """One job from all of its phases, at least one.

    It starts with its first phase, whatever that is; it is ended by its last end, unless it was started or resumed
    after that. Of several phases of one instant the greater `JobPhase` is the later.
    """
    ordered = sorted(phases, key=lambda seen: (seen.at, seen.phase, seen.received_at))
    first = ordered[0]
    job = Job(first.equipment, first.job, first.name, first.at, None, JobOutcome.NONE, None, paused=False, reason="")
    for seen in ordered:
        job = _after(job, seen)
    return job


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


def _after(job: Job, seen: JobSeen) -> Job:
    job = replace(job, name=seen.name or job.name, progress=job.progress if seen.progress is None else seen.progress)
    if seen.phase == JobPhase.ENDED:
        return replace(job, ended=seen.at, outcome=seen.outcome, reason=seen.reason, paused=False)
    if seen.phase in _REOPENS:
        return replace(job, ended=None, outcome=JobOutcome.NONE, reason="", paused=False)
    if seen.phase == JobPhase.PAUSED:
        return replace(job, paused=True, reason=seen.reason)
    return job
