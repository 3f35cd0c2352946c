"""Jobs put together from their phases, in whatever order those came.

Nothing here reads a store: both implementations of it use this.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import Required, TypeAlias, TypedDict, cast

from edge.store.contract import Job
from telemetry.model import EquipmentId, Instant, JobOutcome, JobPhase, JobSeen


class Words(TypedDict, total=False):
    """What the log says of a phase beside its time; a word that says nothing is left out."""

    job: str
    phase: Required[int]
    name: str
    progress: float
    outcome: Required[int]
    reason: str


Phase: TypeAlias = tuple[Instant, Words]
"""What is said of one job at one instant; bare, for a year has thousands."""

_ENDED, _PAUSED = int(JobPhase.ENDED), int(JobPhase.PAUSED)
_REOPENS = frozenset({int(JobPhase.STARTED), int(JobPhase.RESUMED)})
"""After an end these say that the job goes on; a late word of progress does not."""

_OPEN: tuple[Instant | None, JobOutcome, str, bool] = (None, JobOutcome.NONE, "", False)
"""End, outcome, reason and pause of a job that goes on."""

_OUTCOME = {int(outcome): outcome for outcome in JobOutcome}


def job_of(equipment: EquipmentId, ordered: Sequence[Phase]) -> Job:
    """One job from all of its phases, at least one, by time; of one instant the greater `JobPhase` is the later.

    It starts with its first phase, whatever that is; it is ended by its last end, unless it was started or resumed
    after that.
    """
    name, progress = "", cast("float | None", None)
    ended, outcome, reason, paused = _OPEN
    for at, words in ordered:
        phase = words["phase"]
        name = words.get("name") or name
        progress = words.get("progress", progress)
        if phase == _ENDED:
            ended, outcome, reason, paused = at, _OUTCOME[words["outcome"]], words.get("reason", ""), False
        elif phase in _REOPENS:
            ended, outcome, reason, paused = _OPEN
        elif phase == _PAUSED:
            reason, paused = words.get("reason", ""), True
    started, words = ordered[0]
    return Job(equipment, words.get("job", ""), name, started, ended, outcome, progress, paused, reason)


def overlapping(jobs: Iterable[Job], start: Instant, end: Instant) -> tuple[Job, ...]:
    """Those that share time with [start, end), or begin in it, by start."""
    inside = [
        job for job in jobs if job.started < end and (job.started >= start or job.ended is None or job.ended > start)
    ]
    return tuple(sorted(inside, key=attrgetter("started", "equipment", "job")))


def by_job(seen: Iterable[JobSeen]) -> tuple[Job, ...]:
    """Every job among phases of many, in any order."""
    phases: dict[tuple[EquipmentId, str], list[Phase]] = {}
    for one in sorted(seen, key=attrgetter("at", "phase")):
        phases.setdefault((one.equipment, one.job), []).append((one.at, _words(one)))
    return tuple(job_of(equipment, said) for (equipment, _), said in phases.items())


def _words(seen: JobSeen) -> Words:
    words = Words(job=seen.job, phase=seen.phase, name=seen.name, outcome=seen.outcome, reason=seen.reason)
    if seen.progress is not None:
        words["progress"] = seen.progress
    return words
