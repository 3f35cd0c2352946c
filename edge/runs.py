"""Runs (experiments) of lab computers, started and stopped into the journal, acknowledged only after the commit.

Puts no run together: that is the store's. Who does an experiment is asked of nobody.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass

from edge.clock import Clock
from edge.errors import Full, LabedgeError
from edge.ingest import Ingest
from edge.journal.contract import Offset
from edge.store.contract import Run, Store
from telemetry.model import Channel, EquipmentId, Instant, RunPhase, RunSeen
from telemetry.quality import plausible_instant

LIVE_LIMIT = 32
"""Runs that may go on at once on one equipment: groups at a long table have a few; a program that starts one after
another without an id must not fill the journal, which never lets go of one."""


class Contradicted(LabedgeError):
    """A run cannot be what is said of it now, for what was said before or for the time that it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """What is said at the start of a run; `at` is None for now, `room` may be empty."""

    run: str
    equipment: tuple[EquipmentId, ...]
    channels: tuple[Channel, ...] = ()
    title: str = ""
    lab_work: str = ""
    group: str = ""
    period_ns: int = 0
    at: Instant | None = None
    room: str = ""

    def is_that(self, run: Run) -> bool:
        """Whether a run is the one that was planned; readings may have brought equipment that was not."""
        mine = (sorted(self.channels), self.title, self.lab_work, self.group, self.period_ns)
        theirs = (sorted(run.channels), run.title, run.lab_work, run.group, run.period_ns)
        return mine == theirs and set(self.equipment) <= set(run.equipment)


class Runs:
    """Starts and stops runs; any thread may ask."""

    def __init__(self, store: Store, ingest: Ingest, clock: Clock) -> None:
        self._store = store
        self._ingest = ingest
        self._clock = clock

    def start(self, planned: Planned) -> Future[Offset] | None:
        """Queue the start of a run, None where it was started before.

        Raises `Contradicted` where another run has that name or the time cannot be, `Full` where there is no room, or
        too many go on.
        """
        known, now = self._store.run(planned.run), self._clock.now()
        if known is not None and known.declared:
            if not planned.is_that(known):
                raise Contradicted(
                    f"run {planned.run!r} was started before, with other words",
                    fix="Give each run an id of its own, or none: then the gateway makes one.",
                )
            return None
        at = self._believed(planned.at, now)
        for one in planned.equipment:
            self._has_room(one, now)
        words = (planned.channels, planned.title, planned.lab_work, planned.group, planned.period_ns)
        records = [RunSeen(one, at, now, planned.run, RunPhase.STARTED, *words) for one in planned.equipment]
        rooms: Mapping[EquipmentId, str] = dict.fromkeys(planned.equipment, planned.room) if planned.room else {}
        return self._ingest.keep(records, rooms)

    def stop(self, run: Run, at: Instant | None = None) -> Future[Offset] | None:
        """Queue the stop of a run, None where all of it was stopped before; raises as `start`.

        Where no time is given, one that silence has ended already is stopped at that end.
        """
        if run.stopped:
            return None
        now = self._clock.now()
        stopped = self._believed(at, now) if at is not None else run.ended(now) or now
        if at is not None and stopped < run.started:
            raise Contradicted(f"run {run.run!r} began after that", fix="Give a time after the start of the run.")
        going = sorted({part.equipment for part in run.parts if part.stopped is None})
        return self._ingest.keep([RunSeen(one, stopped, now, run.run, RunPhase.STOPPED) for one in going], {})

    def _has_room(self, one: EquipmentId, now: Instant) -> None:
        if sum(run.ended(now) is None for run in self._store.runs((one,), now, now + 1)) >= LIVE_LIMIT:
            raise Full(
                f"{LIVE_LIMIT} runs go on at once on {one}.",
                fix="Stop those that are over: GET /api/v1/runs?live=true lists them.",
            )

    def _believed(self, at: Instant | None, now: Instant) -> Instant:
        if at is not None and not plausible_instant(at, now):
            raise Contradicted(
                "the time is before 2020 or more than a day ahead", fix="Set the computer's clock, or give no time."
            )
        return now if at is None else at
