"""Enters the demo's monitoring, closes its last quarter as a real centre would, and lets one protocol come late.

Nothing is entered twice: a centre that has enrolments already is left as it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from edge.clock import ManualClock
from edge.demo import calendar
from edge.demo.months import WORDS
from edge.demo.year import Batch, batches, late_correction
from edge.monitoring.contract import Period
from edge.monitoring.office import monitoring_of
from edge.register.contract import Put, Register
from edge.register.network import Enrolment
from edge.settings import Settings
from edge.store.contract import Job, Store
from telemetry.model import NS_PER_S, EquipmentId, Instant, JobOutcome

CLOSED_AFTER = timedelta(days=5)
CORRECTED_AFTER = timedelta(days=12)
"""After a quarter's end, or at once where it is not so long ago."""

REASON = "квартальный отчёт сдан"


@dataclass(frozen=True, slots=True)
class Desk:
    """What the demo's clerk works with; `now` is the present, ns UTC."""

    settings: Settings
    store: Store
    register: Register
    zone: ZoneInfo
    now: Instant

    @property
    def today(self) -> date:
        """The local day."""
        return datetime.fromtimestamp(self.now / NS_PER_S, self.zone).date()

    def at(self, day: date) -> Instant:
        """The afternoon of a day, or now where that is still to come."""
        return min(calendar.instant(day, time(15), self.zone), self.now)


def enter(desk: Desk, *, seed: int) -> None:
    """Enter all of it where no enrolment is there yet."""
    if desk.register.rows(Enrolment).value:
        return
    first = desk.today.replace(month=(desk.today.month - 1) // 3 * 3 + 1, day=1)
    last = first - timedelta(days=1)
    found = batches(desk.today, seed=seed, jobs=_done(desk))
    for batch in (one for one in found if one.day <= last):
        _apply(desk, batch)
    _close(desk, Period(last.year, last.month // 3), desk.at(last + CLOSED_AFTER))
    late = late_correction(last)
    _apply(desk, Batch(min(last + CORRECTED_AFTER, desk.today), late.author, late.reason, late.changes))
    for batch in (one for one in found if one.day > last):
        _apply(desk, batch)


def _apply(desk: Desk, batch: Batch) -> None:
    changes = [Put(put.id, put.value, _seen(desk, put)) for put in batch.changes]
    desk.register.apply(changes, author=batch.author, reason=batch.reason, at=desk.at(batch.day))


def _seen(desk: Desk, put: Put) -> int:
    row = desk.register.row(type(put.value), put.id).value
    return 0 if row is None else row.version


def _done(desk: Desk) -> tuple[Job, ...]:
    ids = [EquipmentId(one.id) for one in desk.settings.equipment]
    return tuple(job for job in desk.store.jobs(ids, 0, desk.now) if job.outcome is JobOutcome.COMPLETED)


def _close(desk: Desk, period: Period, at: Instant) -> None:
    office = monitoring_of(
        desk.store,
        desk.register,
        lambda: desk.settings.equipment,
        centre=desk.settings.centre,
        clock=ManualClock(at),
    )
    office.close_period(period, author=str(WORDS["author"]), reason=REASON, at=at)
