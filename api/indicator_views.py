"""The JSON shapes of the quarterly monitoring: sets, and indicators with their components and dynamics.

Nothing here computes but a value in its unit from the whole numbers behind it, which are always shown beside it.
"""

from __future__ import annotations

from dataclasses import dataclass

from api.amount_views import AmountView, MadeOfView, amount_view, coverage_of, last_day_view, made_of_view, value_of
from api.edition_views import EditionView, edition_view
from api.instants import format_instant
from api.pages.monitoring_words import key_text, name_of
from api.pages.texts import Texts
from edge.monitoring.contract import Component, Direction, Edition, Manual, Measured, Report
from telemetry.civil import text_of
from telemetry.indicators.definition import IndicatorSet, Unit


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
    """What the facts with one key of one breakdown give; an empty key stands for none and has no name.

    `name` is what somebody called it, or a word of the language asked for: `key` is the same in every language.
    """

    by: str
    key: str
    name: str
    value: float | int | None
    numerator: int
    denominator: int | None
    coverage: float | None
    insufficient: bool
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

    `insufficient` says that less is known of a ratio of time than the rules want: it is shown without a number, here
    and in its parts. `official` is false for analytics. `target` and `minimum` are of the calendar year, in the unit.
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
    insufficient: bool
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
class SetList:
    """The sets of indicators that this gateway knows."""

    items: list[SetView]
    next: str | None


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
        effective_to=last_day_view(one.effective_to),
        indicators=len(one.indicators),
    )


def report_view(report: Report, texts: Texts, edition: Edition | None) -> ReportView:
    """A report; names that are told once are in the language of `texts`."""
    numbers = {one.number for one in report.official.indicators}
    return ReportView(
        period=report.period.label,
        set=set_view(report.official),
        analytics=set_view(report.analytics),
        reason="" if report.official.indicators else report.official.source,
        items=[_indicator(one, texts, official=one.indicator.number in numbers) for one in report.items],
        directions=[_direction(one) for one in report.directions],
        edition=None if edition is None else edition_view(edition),
        computed_from=made_of_view(report.computed_from),
    )


def _indicator(one: Measured, texts: Texts, *, official: bool) -> IndicatorView:
    indicator, unit = one.indicator, one.indicator.unit
    return IndicatorView(
        number=indicator.number,
        name=name_of(indicator, texts),
        name_ru=indicator.name_ru,
        name_en=indicator.name_en,
        part=indicator.part.value,
        official=official,
        verified=indicator.verified,
        unit=unit.value,
        aggregation=indicator.aggregation.value,
        value=value_of(one.year_to_date, unit),
        insufficient=not one.year_to_date.is_sufficient,
        target=one.target,
        minimum=indicator.minimum,
        how=one.how.word,
        year_to_date=amount_view(one.year_to_date, unit),
        quarter=amount_view(one.quarter, unit),
        manual=None if one.manual is None else _manual(one.manual),
        components=[_component(part, unit, texts) for part in one.components],
        series=[QuarterView(p.label, amount_view(q, unit), amount_view(y, unit)) for p, q, y in one.series],
        text=one.text,
    )


def _component(part: Component, unit: Unit, texts: Texts) -> ComponentView:
    return ComponentView(
        by=part.by.value,
        key=part.key,
        name=key_text(part.by, part.key, part.name, texts),
        value=value_of(part.amount, unit),
        numerator=part.amount.numerator,
        denominator=part.amount.denominator,
        coverage=coverage_of(part.amount),
        insufficient=not part.amount.is_sufficient,
        how=part.how.word,
    )


def _manual(one: Manual) -> ManualView:
    stamp = one.stamp
    return ManualView(one.hundredths / 100, one.reason, one.document, stamp.author, format_instant(stamp.at))


def _direction(one: Direction) -> DirectionView:
    lines = [
        WorkView(name, title, text_of(planned), None if done is None else text_of(done), outcome)
        for name, title, planned, done, outcome in one.lines
    ]
    return DirectionView(one.code, one.planned, one.done, lines, one.text)
