"""The JSON shapes of the quarterly monitoring: indicators with their components, evidence, editions, differences.

Nothing here computes but a value in its unit from the whole numbers behind it, which are always shown beside it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from api.instants import format_instant
from edge.monitoring.contract import (
    ComputedFrom,
    Difference,
    Direction,
    Edition,
    Evidence,
    EvidenceRow,
    Manual,
    Measured,
    Period,
    Report,
)
from telemetry.civil import LAST_DAY, text_of
from telemetry.indicators.definition import IndicatorSet, Unit
from telemetry.indicators.facts import Amount

NS_PER_HOUR = 3_600_000_000_000


@dataclass(frozen=True, slots=True)
class AmountView:
    """`value` in the indicator's unit: percent for shares, hours for times; null over nothing.

    `numerator` and `denominator` (null but for shares) are the exact whole numbers: ns for times.
    """

    value: float | int | None
    numerator: int
    denominator: int | None


@dataclass(frozen=True, slots=True)
class SetView:
    """A set of indicators; `verified` says that every wording was checked against `source`."""

    id: str
    version: str
    name_ru: str
    name_en: str
    centre_kind: str
    source: str
    official: bool
    verified: bool
    effective_from: str
    effective_to: str | None
    indicators: int


@dataclass(frozen=True, slots=True)
class ManualView:
    """A person's value beside the derived one, in the indicator's unit."""

    value: float
    reason: str
    document: str
    author: str
    at: str


@dataclass(frozen=True, slots=True)
class ComponentView:
    """What the facts with one key of one breakdown give; an empty key stands for none."""

    by: str
    key: str
    name: str
    value: float | int | None
    numerator: int
    denominator: int | None
    how: str


@dataclass(frozen=True, slots=True)
class QuarterView:
    """A quarter by its own days, and the year up to its end."""

    period: str
    quarter: AmountView
    year_to_date: AmountView


@dataclass(frozen=True, slots=True)
class IndicatorView:
    """One indicator of a report; `value` runs from 1 January to the period's end, as `year_to_date` does.

    `official` is false for analytics. `target` and `minimum` are of the calendar year, in the unit.
    """

    number: str
    name: str
    name_ru: str
    name_en: str
    part: str
    official: bool
    verified: bool
    unit: str
    aggregation: str
    value: float | int | None
    target: int | None
    minimum: int | None
    how: str
    year_to_date: AmountView
    quarter: AmountView
    manual: ManualView | None
    components: list[ComponentView]
    series: list[QuarterView]
    text: str


@dataclass(frozen=True, slots=True)
class WorkView:
    """A line of the plan of work; `done` is null until it was done."""

    id: str
    name: str
    planned: str
    done: str | None
    outcome: str


@dataclass(frozen=True, slots=True)
class DirectionView:
    """A direction of work: what was planned and done in the quarter."""

    code: str
    planned: int
    done: int
    lines: list[WorkView]
    text: str


@dataclass(frozen=True, slots=True)
class MadeOfView:
    """What a report was computed from; equal ones give equal reports."""

    instance: str
    offset: int
    register_version: int
    rules: list[str]
    sets: list[str]
    now: str


@dataclass(frozen=True, slots=True)
class EditionView:
    """A closed period: `sha256` is of its body, `chain` binds it to the edition before, whose chain is `previous`."""

    period: str
    year: int
    quarter: int
    number: int
    sha256: str
    previous: str
    chain: str
    register_version: int
    author: str
    at: str
    reason: str


@dataclass(frozen=True, slots=True)
class ReportView:
    """The monitoring of a quarter; `edition` is null as of now. `reason` says why there is no official set."""

    period: str
    set: SetView
    analytics: SetView
    reason: str
    items: list[IndicatorView]
    directions: list[DirectionView]
    edition: EditionView | None
    computed_from: MadeOfView


@dataclass(frozen=True, slots=True)
class EvidenceRowView:
    """One fact: an entry of the register, a session, a job, a run, or a day of one equipment.

    `members` are numbers that stand for learners within this answer alone.
    """

    kind: str
    id: str
    name: str
    first: str
    last: str | None
    amount: int
    base: int
    members: list[int]
    unlisted: int
    how: str
    document: str
    labels: dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class CellEvidence:
    """What is behind one value; `resum` is added up from `items` alone, of all pages, and equals `value`."""

    number: str
    period: str
    by: str | None
    key: str
    unit: str
    aggregation: str
    value: AmountView
    resum: AmountView
    items: list[EvidenceRowView]
    next: str | None
    edition: int | None
    computed_from: MadeOfView


@dataclass(frozen=True, slots=True)
class EditionList:
    """Every closed period, in the order of closing."""

    items: list[EditionView]
    next: str | None


@dataclass(frozen=True, slots=True)
class SetList:
    """The sets of indicators that this gateway knows."""

    items: list[SetView]
    next: str | None


@dataclass(frozen=True, slots=True)
class DifferenceView:
    """A value that is no longer as closed: `was` and `now` (null where there is none), and `why`."""

    number: str
    by: str | None
    key: str
    was: AmountView | None
    now: AmountView | None
    why: list[str]


@dataclass(frozen=True, slots=True)
class DifferenceList:
    """What has changed since a closing; empty where nothing has."""

    period: str
    edition: int
    items: list[DifferenceView]
    next: str | None


def amount_view(amount: Amount, unit: Unit) -> AmountView:
    """A value in its unit."""
    return AmountView(value_of(amount, unit), amount.numerator, amount.denominator)


def value_of(amount: Amount, unit: Unit) -> float | int | None:
    """Percent for shares, hours for times, as many as there are for anything else; None over nothing."""
    if amount.denominator is not None:
        return 100 * amount.numerator / amount.denominator if amount.denominator else None
    if unit in (Unit.HOURS, Unit.LEARNER_HOURS):
        return amount.numerator / NS_PER_HOUR
    return amount.numerator


def set_view(one: IndicatorSet) -> SetView:
    """A set."""
    return SetView(
        id=one.id,
        version=one.version,
        name_ru=one.name_ru,
        name_en=one.name_en,
        centre_kind=one.centre_kind,
        source=one.source,
        official=one.official,
        verified=one.verified and bool(one.indicators),
        effective_from=text_of(one.effective_from),
        effective_to=_day(one.effective_to),
        indicators=len(one.indicators),
    )


def report_view(report: Report, language: str, edition: Edition | None) -> ReportView:
    """A report; names are in `language` where they are told once."""
    numbers = {one.number for one in report.official.indicators}
    return ReportView(
        period=report.period.label,
        set=set_view(report.official),
        analytics=set_view(report.analytics),
        reason="" if report.official.indicators else report.official.source,
        items=[_indicator(one, language, official=one.indicator.number in numbers) for one in report.items],
        directions=[_direction(one) for one in report.directions],
        edition=None if edition is None else edition_view(edition),
        computed_from=_made_of(report.computed_from),
    )


def edition_view(edition: Edition) -> EditionView:
    """An edition without its body."""
    period, stamp = edition.period, edition.stamp
    return EditionView(
        period=period.label,
        year=period.year,
        quarter=period.quarter,
        number=edition.number,
        sha256=edition.sha256,
        previous=edition.previous,
        chain=edition.chain,
        register_version=stamp.register_version,
        author=stamp.author,
        at=format_instant(stamp.at),
        reason=stamp.reason,
    )


def evidence_view(found: Evidence, shown: Measured, page: slice, edition: int | None) -> CellEvidence:
    """A page of evidence of one indicator."""
    unit = shown.indicator.unit
    return CellEvidence(
        number=found.number,
        period=found.period.label,
        by=None if found.by is None else found.by.value,
        key=found.key,
        unit=unit.value,
        aggregation=shown.indicator.aggregation.value,
        value=amount_view(found.amount, unit),
        resum=amount_view(found.resum, unit),
        items=[_row(one) for one in found.rows[page]],
        next=str(page.stop) if page.stop < len(found.rows) else None,
        edition=edition,
        computed_from=_made_of(found.computed_from),
    )


def differences_view(
    period: Period, number: int, found: Iterable[Difference], units: dict[str, Unit]
) -> DifferenceList:
    """What has changed; `units` tells those of the indicators."""

    def told(amount: Amount | None, one: Difference) -> AmountView | None:
        return None if amount is None else amount_view(amount, units.get(one.number, Unit.ITEMS))

    items = [
        DifferenceView(
            one.number, None if one.by is None else one.by.value, one.key, told(one.was, one), told(one.now, one),
            list(one.why),
        )
        for one in found
    ]  # fmt: skip
    return DifferenceList(period.label, number, items, None)


def _indicator(one: Measured, language: str, *, official: bool) -> IndicatorView:
    indicator, unit = one.indicator, one.indicator.unit
    return IndicatorView(
        number=indicator.number,
        name=indicator.name_ru if language == "ru" else indicator.name_en,
        name_ru=indicator.name_ru,
        name_en=indicator.name_en,
        part=indicator.part.value,
        official=official,
        verified=indicator.verified,
        unit=unit.value,
        aggregation=indicator.aggregation.value,
        value=value_of(one.year_to_date, unit),
        target=one.target,
        minimum=indicator.minimum,
        how=one.how.word,
        year_to_date=amount_view(one.year_to_date, unit),
        quarter=amount_view(one.quarter, unit),
        manual=None if one.manual is None else _manual(one.manual),
        components=[
            ComponentView(
                part.by.value, part.key, part.name, value_of(part.amount, unit), part.amount.numerator,
                part.amount.denominator, part.how.word,
            )
            for part in one.components
        ],
        series=[QuarterView(p.label, amount_view(q, unit), amount_view(y, unit)) for p, q, y in one.series],
        text=one.text,
    )  # fmt: skip


def _manual(one: Manual) -> ManualView:
    stamp = one.stamp
    return ManualView(one.hundredths / 100, one.reason, one.document, stamp.author, format_instant(stamp.at))


def _direction(one: Direction) -> DirectionView:
    lines = [
        WorkView(name, title, text_of(planned), None if done is None else text_of(done), outcome)
        for name, title, planned, done, outcome in one.lines
    ]
    return DirectionView(one.code, one.planned, one.done, lines, one.text)


def _row(one: EvidenceRow) -> EvidenceRowView:
    return EvidenceRowView(
        kind=one.kind,
        id=one.id,
        name=one.name,
        first=text_of(one.first),
        last=_day(one.last),
        amount=one.amount,
        base=one.base,
        members=list(one.members),
        unlisted=one.unlisted,
        how=one.how.word,
        document=one.document,
        labels={by.value: list(keys) for by, keys in one.labels.items()},
    )


def _made_of(one: ComputedFrom) -> MadeOfView:
    return MadeOfView(
        one.instance,
        one.offset,
        one.register_version,
        list(one.rules),
        [f"{name} {version}" for name, version in one.sets],
        format_instant(one.now),
    )


def _day(day: int) -> str | None:
    """A day, or null where there is no end."""
    return None if day >= LAST_DAY else text_of(day)


def units_of(report: Report) -> dict[str, Any]:
    """The unit of each indicator, by number."""
    return {one.indicator.number: one.indicator.unit for one in report.items}
