"""One printer's print: when it began, how far it is, whether it is held, how it ended.

It is told facts and gives `JobSeen` records; whether the printer as a whole is busy or paused is decided elsewhere.
"""

from __future__ import annotations

from telemetry.model import EquipmentId, Instant, JobOutcome, JobPhase, JobSeen

NEARLY = 0.995
"""A print that stopped beyond this share without a word was finished: the last bytes of a file are comments."""


class Job:
    """The print that is on, if any; every method returns what it has to say."""

    def __init__(self, equipment: EquipmentId) -> None:
        """No print yet."""
        self._equipment = equipment
        self.id = ""
        self.file = ""
        self.total = 0
        self.held = False
        self.stopped = False
        self._done = 0
        self._share: float | None = None
        self._percent = -1
        self._name = ""
        self._began: Instant = 0
        self._doubted = 0

    @property
    def on(self) -> bool:
        """Whether there is a print, held or not."""
        return self.id != ""

    @property
    def title(self) -> str:
        """What the print is called; empty when there is none."""
        return (self._name or "print") if self.on else ""

    def card(self, done: int, total: int, at: Instant, *, again: bool) -> tuple[list[JobSeen], bool]:
        """The card's file is at byte `done`; second, whether it has moved.

        `again` is true after a time without the device: then a lower position is another print of the same file.
        A position of 0 begins nothing: Klipper says it of a file that is only chosen. Another size is believed when it
        is told twice, and a position beyond the end never: a garbled line says such things.
        """
        if done > total or not self._confirmed(total):
            return [], False
        said: list[JobSeen] = []
        other = self.total not in {0, total} or (again and done < self._done)
        if self.on and other:
            said += self.end(self._guess(JobOutcome.UNKNOWN), at, reason="another print began")
        if not self.on and done > 0:
            said += self.start(at)
        moved = done != self._done
        self._done, self.total, self.stopped = done, total, False
        return said + self.progress(done / total if total else 0.0, at), moved

    def start(self, at: Instant) -> list[JobSeen]:
        """A print begins, of the file that was opened last."""
        self._clear()
        self._name, self.file = self.file, ""
        self._began = max(at, self._began + 1)  # two prints of one instant are two
        self.id = f"{self._name or 'print'}@{self._began}"
        return [self._seen(JobPhase.STARTED, at)]

    def progress(self, share: float, at: Instant) -> list[JobSeen]:
        """The print is at `share` of 1: said once per percent."""
        if not self.on or int(min(share, 1.0) * 100) == self._percent:
            return []
        self._share, self._percent = min(share, 1.0), int(min(share, 1.0) * 100)
        return [self._seen(JobPhase.PROGRESSED, at)]

    def hold(self, at: Instant, *, held: bool, reason: str) -> list[JobSeen]:
        """The printer pauses, or goes on."""
        if not self.on or held == self.held:
            return []
        self.held = held
        return [self._seen(JobPhase.PAUSED if held else JobPhase.RESUMED, at, reason=reason if held else "")]

    def stop(self) -> bool:
        """The card does not print any more; whether that was the end of the file."""
        self.stopped = self.on
        return (self._share or 0.0) >= NEARLY

    def end(self, outcome: JobOutcome, at: Instant, *, reason: str = "") -> list[JobSeen]:
        """The print is over."""
        if not self.on:
            return []
        if outcome is JobOutcome.COMPLETED:
            self._share = 1.0
        said = [self._seen(JobPhase.ENDED, at, outcome=outcome, reason=reason)]
        self.id = ""
        self._clear()
        return said

    def _confirmed(self, total: int) -> bool:
        """Whether a file of `total` bytes is the one that is known, or was told twice."""
        confirmed = not self.on or self.total in {0, total} or total == self._doubted
        self._doubted = 0 if confirmed else total
        return confirmed

    def _clear(self) -> None:
        self.total = self._done = 0
        self._share, self._percent = None, -1
        self.held = self.stopped = False

    def _guess(self, otherwise: JobOutcome) -> JobOutcome:
        return JobOutcome.COMPLETED if (self._share or 0.0) >= NEARLY else otherwise

    def _seen(
        self, phase: JobPhase, at: Instant, *, outcome: JobOutcome = JobOutcome.NONE, reason: str = ""
    ) -> JobSeen:
        return JobSeen(self._equipment, at, at, self.id, phase, self._name, self._share, outcome, reason)
