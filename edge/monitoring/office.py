"""The monitoring of a centre: reports as of now, evidence, editions; joined once for a gateway or a command.

It keeps what it computed for as long as nothing that it read has changed, and decides nothing about values.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import cast

import numpy as np
import orjson

from edge.clock import Clock
from edge.monitoring import body as bodies
from edge.monitoring.body import Body
from edge.monitoring.canonical import Plain
from edge.monitoring.contract import (
    Difference,
    Edition,
    Evidence,
    Monitoring,
    Period,
    Report,
    Starts,
    UnknownIndicator,
    UnknownPart,
)
from edge.monitoring.differences import differences_of
from edge.monitoring.editions import Sources, body_of, computed_from, edition_of, unsealed
from edge.monitoring.evidence import Titles, evidence_of, shown
from edge.monitoring.inputs import Inputs, clocks_of, equipment_of, items_of
from edge.monitoring.lesson_times import starts_of
from edge.monitoring.machines import days_at, known_until, window_of
from edge.monitoring.present import Present, touched_before
from edge.monitoring.reasons import Since, configured_otherwise, stamps_of
from edge.monitoring.reckoning import Reckoned, own_days, quarters_until, reckon, to_date
from edge.monitoring.sets import chosen, shipped
from edge.monitoring.titles import Called, names_of, titles_of
from edge.numbers.entered import Roster
from edge.numbers.observed import minute_of
from edge.register.contract import Fault, Past, Refused, Register, RegisterVersion, Snapshot, Stamp
from edge.register.entry import Entry
from edge.register.kinds import KINDS
from edge.settings import Centre, Equipment
from edge.store.contract import Offset, Store
from edge.zones import zone_of
from telemetry.indicators.definition import Dimension, Indicator, IndicatorSet
from telemetry.indicators.facts import Facts
from telemetry.indicators.world import Work
from telemetry.model import Instant

REPORTS_LIMIT = 16
"""Reports that are kept: the quarters of four years, some megabytes each."""

BODIES_LIMIT = 8
"""Bodies of editions that are kept as read."""


@dataclass(slots=True)
class _Kept:
    """A report and what it was made of; nothing up to `offset` has touched it since."""

    equipment: tuple[Equipment, ...]
    version: RegisterVersion
    instance: str
    offset: Offset
    inputs: Inputs
    reckoned: Reckoned
    titles: Titles
    shown: dict[str, Facts] = field(default_factory=dict)
    differences: dict[str, tuple[Difference, ...]] = field(default_factory=dict)
    """Of it and the editions of its period, by their chain."""


class Office:
    """See `edge.monitoring.contract.Monitoring`."""

    def __init__(
        self,
        store: Store,
        register: Register,
        roster: Roster,
        *,
        centre: Centre,
        clock: Clock,
        sets: Sequence[IndicatorSet],
    ) -> None:
        """Over one journal and one register; `roster` tells the equipment that is configured now."""
        self._store = store
        self._register = register
        self._roster = roster
        self._centre = centre
        self._clock = clock
        self._sets = tuple(sets)
        self._zone = zone_of(centre.timezone)
        self._present = Present(store, register, self._zone, clock)
        self._lock = threading.RLock()
        self._closing = threading.Lock()
        self._kept: OrderedDict[Period, _Kept] = OrderedDict()
        self._body = lru_cache(BODIES_LIMIT)(_body)

    def sets(self) -> tuple[IndicatorSet, ...]:
        """See the contract."""
        return self._sets

    def report(self, period: Period) -> Report:
        """See the contract."""
        return self._now(period).reckoned.report

    def evidence(
        self, period: Period, number: str, *, by: Dimension | None = None, key: str = "", quarter_only: bool = False
    ) -> Evidence:
        """See the contract."""
        kept = self._now(period)
        indicator = _called(number, kept.reckoned.report, by, key)
        with self._lock:
            if indicator.facts not in kept.shown:
                kept.shown[indicator.facts] = shown(kept.reckoned.facts[indicator.facts], to_date(period))
        return evidence_of(
            kept.shown[indicator.facts],
            indicator,
            own_days(period) if quarter_only else to_date(period),
            asked=(period, by, key),
            titles=kept.titles,
            computed_from=kept.reckoned.report.computed_from,
        )

    def close_period(self, period: Period, *, author: str, reason: str, at: Instant) -> Edition:
        """See the contract."""
        place = f"period {period.label}"
        if not author.strip() or not reason.strip():
            raise Refused([Fault(place, "it says not who closes it, or not why", "Give an author and a reason.")])
        if at < window_of(self._zone, *own_days(period))[1]:
            raise Refused([Fault(place, "it has not ended yet", "Close it when its last day is over.")])
        with self._closing:
            inputs, sources = self._still(period)
            body = body_of(period, inputs, sources)
            last = self.edition(period)
            if last is not None and bodies.content(_plain_of(body)) == bodies.content(_plain_of(last.body)):
                message = f"nothing has changed since its edition {last.number}"
                raise Refused([Fault(place, message, "Close it again when something has.")])
            stamp = Stamp(sources.register.register_version, at, author.strip(), reason.strip())
            return edition_of(self._register.close_period(unsealed(period, body, stamp)))

    def editions(self) -> tuple[Edition, ...]:
        """See the contract."""
        return tuple(map(edition_of, self._register.closed_periods()))

    def edition(self, period: Period, number: int | None = None) -> Edition | None:
        """See the contract."""
        closed = self._register.closed_periods((period.year, period.quarter))
        found = [row for row in closed if number in (None, row.number)]
        return edition_of(found[-1]) if found else None

    def closed_report(self, edition: Edition) -> Report:
        """See the contract."""
        return self._body(edition).report

    def closed_evidence(self, edition: Edition, number: str, *, by: Dimension | None = None, key: str = "") -> Evidence:
        """See the contract."""
        body = self._body(edition)
        indicator = _called(number, body.report, by, key)
        return evidence_of(
            body.facts[indicator.facts],
            indicator,
            to_date(edition.period),
            asked=(edition.period, by, key),
            titles=body.title,
            computed_from=body.report.computed_from,
        )

    def starts(self, period: Period, edition: Edition | None = None) -> Starts:
        """See the contract."""

        def register() -> Snapshot:
            if edition is None:
                return self._register.snapshot()
            return self._register.register_as_of(self._body(edition).report.computed_from.register_version)

        return starts_of(register, self._zone, window_of(self._zone, *to_date(period)))

    def differences(self, edition: Edition) -> tuple[Difference, ...]:
        """See the contract."""
        kept = self._now(edition.period)
        if edition.chain not in kept.differences:
            kept.differences[edition.chain] = self._differences(edition, kept)
        return kept.differences[edition.chain]

    def _differences(self, edition: Edition, kept: _Kept) -> tuple[Difference, ...]:
        closed = self._body(edition)
        began = closed.report.computed_from
        until = known_until(window_of(self._zone, *own_days(edition.period)), self._clock.now())
        same = self._store.instance() == began.instance
        late = self._store.touched_since(began.offset) if same else {}
        changed = self._register.changed_since(began.register_version).value
        since = Since(
            stamps_of(changed, self._versions, began=began.register_version, kinds=KINDS),
            self._linked,
            {one: at for one, at in sorted(late.items()) if at < until},
            configured_otherwise(closed.inputs.equipment, kept.inputs.equipment),
            same_journal=same,
        )
        report, days = kept.reckoned.report, to_date(edition.period)
        facts = {name: shown(one, days) for name, one in kept.reckoned.facts.items()}
        called = (
            Called(closed.title, closed.report.names, self.starts(edition.period, edition)),
            Called(kept.titles, report.names, self.starts(edition.period)),
        )
        return differences_of(closed, report, facts, called=called, since=since)

    def _versions(self, kind: type[Entry], entry: str) -> Sequence[Past[Entry]]:
        return self._register.history(kind, entry).value

    def _linked(self, fact: tuple[str, str]) -> Sequence[tuple[str, str]]:
        """What an entry names; nothing of what is no entry, or is none any more."""
        kind, entry = fact
        row = self._register.row(KINDS[kind], entry).value if kind in KINDS else None
        return () if row is None else [(named, one) for _field, named, one in row.value.mentions()]

    def _now(self, period: Period) -> _Kept:
        equipment, version = self._roster(), self._register.version()
        with self._lock:
            now = self._until(period)
            instance, offset = self._store.instance(), self._store.offset()
            kept = self._kept.get(period)
            made_of = (equipment, version, instance, now)
            if kept is None or (kept.equipment, kept.version, kept.instance, kept.inputs.now) != made_of or (
                not self._untouched(kept, offset)
            ):  # fmt: skip
                kept = self._kept[period] = self._made(period, equipment, now)
            self._kept.move_to_end(period)
            while len(self._kept) > REPORTS_LIMIT:
                self._kept.popitem(last=False)
            return kept

    def _untouched(self, kept: _Kept, offset: Offset) -> bool:
        if kept.offset != offset and touched_before(self._store.touched_since(kept.offset), kept.inputs.now):
            return False
        kept.offset = offset
        return True

    def _made(self, period: Period, equipment: tuple[Equipment, ...], now: Instant) -> _Kept:
        instance, offset = self._store.instance(), self._store.offset()
        register = self._present.register()
        entered = self._present.entered(register, equipment)
        inputs = self._inputs(period, equipment, now)
        made_of = computed_from(Sources(self._store, register), inputs, tuple(rule.version for rule in entered.rules))
        reckoned = reckon(
            period,
            inputs,
            entered,
            register=register,
            part_of=lambda wanted: self._present.part(entered, wanted),
            computed_from=replace(made_of, configuration=entered.configuration),
        )
        titles = titles_of(register, names_of(entered, inputs))
        return _Kept(equipment, register.register_version, instance, offset, inputs, reckoned, titles)

    def _still(self, period: Period) -> tuple[Inputs, Sources]:
        """What an edition is made of: a journal and a register that stand still, whatever is committed meanwhile."""
        offset, version = self._store.offset(), self._register.version()
        sources = Sources(self._store.as_of(offset), self._present.learners(version))
        return self._inputs(period, equipment_of(items_of(self._roster())), self._until(period)), sources

    def _inputs(self, period: Period, equipment: tuple[Equipment, ...], now: Instant) -> Inputs:
        choice = chosen(self._sets, self._centre.kind.value, own_days(period)[1])
        return Inputs(
            official=choice.official,
            analytics=choice.analytics,
            equipment=items_of(equipment),
            rooms=dict(self._centre.rooms),
            tracks=dict(self._centre.tracks),
            clocks=clocks_of(self._zone),
            runs=self._runs(period, now),
            now=now,
        )

    def _runs(self, period: Period, now: Instant) -> tuple[Work, ...]:
        """Experiments that began from the first quarter shown to the period's end; their readings may go one day."""
        first = window_of(self._zone, *own_days(quarters_until(period)[0]))[0]
        end = min(window_of(self._zone, *own_days(period))[1], now)
        found = self._store.runs(None, first, max(end, first + 1))
        return tuple(
            Work(run.run, tuple(map(str, run.equipment)), "stopped" if run.stopped else "", self._day(run.started))
            for run in found
            if first <= run.started < end
        )

    def _day(self, at: Instant) -> int:
        return int(days_at(self._zone, np.array([at], np.int64))[0])

    def _until(self, period: Period) -> Instant:
        """The present, as far as it matters for a period: the minute that runs, or some time after the last day."""
        return known_until(window_of(self._zone, *own_days(period)), minute_of(self._clock))


def monitoring_of(
    store: Store,
    register: Register,
    roster: Roster,
    *,
    centre: Centre,
    clock: Clock,
    sets: Sequence[IndicatorSet] | None = None,
) -> Monitoring:
    """The monitoring over one journal and one register; without `sets`, with those that come with labedge."""
    return Office(store, register, roster, centre=centre, clock=clock, sets=shipped() if sets is None else sets)


def _called(number: str, report: Report, by: Dimension | None, key: str) -> Indicator:
    for item in report.items:
        if item.indicator.number == number:
            _check_part(item.indicator, by, key)
            return item.indicator
    known = ", ".join(item.indicator.number for item in report.items)
    raise UnknownIndicator(
        f"No indicator of {report.period.label} has the number {number!r}.", fix=f"Take one of {known}."
    )


def _check_part(indicator: Indicator, by: Dimension | None, key: str) -> None:
    known = ", ".join(indicator.breakdowns)
    fix = f"Take one of {known}." if known else "Leave the breakdown out."
    if by is None and key:
        raise UnknownPart(f"The key {key!r} is of no breakdown: none is named.", fix=f"Name the breakdown too. {fix}")
    if by is not None and by not in indicator.breakdowns:
        raise UnknownPart(f"Indicator {indicator.number} is not broken down by {by.value}.", fix=fix)


def _body(edition: Edition) -> Body:
    return bodies.read(edition.body, f"edition {edition.period.label}/{edition.number}")


def _plain_of(body: bytes) -> dict[str, Plain]:
    return cast("dict[str, Plain]", orjson.loads(body))
