"""The one print that OctoPrint has at a time, as `JobSeen` records through its phases.

Nothing here decides a state; a job that was not seen to start begins where the first progress says it began.
"""

from __future__ import annotations

from dataclasses import dataclass

from drivers.octoprint.protocol import Progress
from telemetry.model import NS_PER_S, EquipmentId, Instant, JobOutcome, JobPhase, JobSeen


@dataclass(frozen=True, slots=True)
class _Job:
    name: str
    path: str
    key: str
    paused: bool = False
    share: float = -1.0


class Jobs:
    """The present print, if any."""

    def __init__(self, equipment: EquipmentId) -> None:
        self._equipment = equipment
        self._job: _Job | None = None

    def started(self, path: str, name: str, at: Instant) -> tuple[JobSeen, ...]:
        """A print began; one that was not seen to end is over too."""
        ended = self.ended(JobOutcome.UNKNOWN, at)
        self._job = _Job(name or path, path, f"{path}@{at}")
        return (*ended, self._seen(self._job, JobPhase.STARTED, at))

    def paused(self, at: Instant, *, paused: bool) -> tuple[JobSeen, ...]:
        """The print was paused or goes on; said twice it is nothing new."""
        job = self._job
        if job is None or job.paused == paused:
            return ()
        self._job = _Job(job.name, job.path, job.key, paused, job.share)
        return (self._seen(job, JobPhase.PAUSED if paused else JobPhase.RESUMED, at),)

    def progressed(self, progress: Progress, at: Instant) -> tuple[JobSeen, ...]:
        """The print is so far, by a report that says that it runs."""
        records: tuple[JobSeen, ...] = ()
        if self._job is None and progress.path:
            name = progress.path.rpartition("/")[2]
            records = self.started(progress.path, name, at - round(progress.printed_s * NS_PER_S))
        job = self._job
        if job is None or progress.share is None or progress.share == job.share:
            return records
        self._job = _Job(job.name, job.path, job.key, job.paused, progress.share)
        return (*records, self._seen(job, JobPhase.PROGRESSED, at, progress=progress.share))

    def ended(self, outcome: JobOutcome, at: Instant, *, reason: str = "") -> tuple[JobSeen, ...]:
        """The print is over; without one it is nothing new."""
        job, self._job = self._job, None
        if job is None:
            return ()
        done = 1.0 if outcome is JobOutcome.COMPLETED else max(job.share, 0.0)
        return (self._seen(job, JobPhase.ENDED, at, progress=done, outcome=outcome, reason=reason),)

    def _seen(
        self,
        job: _Job,
        phase: JobPhase,
        at: Instant,
        *,
        progress: float | None = None,
        outcome: JobOutcome = JobOutcome.NONE,
        reason: str = "",
    ) -> JobSeen:
        return JobSeen(self._equipment, at, at, job.key, phase, job.name, progress, outcome, reason)
