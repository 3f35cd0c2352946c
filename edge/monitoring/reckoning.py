"""A report from the register, from what machines told and from the inputs beside them; the same ones give the same.

Nothing here reads a clock, a configuration or a file, and nothing is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from edge.monitoring.contract import Component, ComputedFrom, Direction, Manual, Measured, Period, Report
from edge.monitoring.coverage import Known, Series, covered
from edge.monitoring.inputs import Inputs
from edge.monitoring.machines import Part, Wanted, days_at, known_until, tracks_of, window_of
from edge.monitoring.titles import names_of
from edge.monitoring.world import world_of
from edge.numbers.entered import Entered
from edge.register import events
from edge.register.contract import Row, Snapshot
from edge.register.quarters import ManualValue, PlannedWork, QuarterText, Target
from edge.register.timetable import day_of
from telemetry.civil import Day
from telemetry.indicators.definition import Aggregation, Dimension, Indicator, IndicatorSet
from telemetry.indicators.facts import Facts
from telemetry.indicators.measures import amounts, components, how_of, rows_of
from telemetry.indicators.periods import Window, quarter_window, year_to_date_window
from telemetry.indicators.table import COVERAGE, INDICATORS

YEARS_BEFORE = 2
"""Years whose quarters stand beside those of the report's own."""

PartOf = Callable[[Wanted], Part]
"""What machines told of a window."""


@dataclass(frozen=True, slots=True, eq=False)
class Reckoned:
    """A report, and the facts of each line of `INDICATORS` that its sets name."""

    report: Report
    facts: Mapping[str, Facts]


def quarters_until(period: Period) -> tuple[Period, ...]:
    """The quarters of the year and of the years before it, up to the period."""
    years = range(period.year - YEARS_BEFORE, period.year + 1)
    return tuple(one for year in years for quarter in range(1, 5) if (one := Period(year, quarter)) <= period)


def to_date(period: Period) -> Window:
    """From 1 January to the last day of the period."""
    return year_to_date_window(period.year, period.quarter)


def own_days(period: Period) -> Window:
    """The days of the period."""
    return quarter_window(period.year, period.quarter)


def reckon(
    period: Period,
    inputs: Inputs,
    entered: Entered,
    *,
    register: Snapshot,
    part_of: PartOf,
    computed_from: ComputedFrom,
) -> Reckoned:
    """The report of a period; `register` comes with its learners, and `entered` is of the same version."""
    parts = [part_of(_wanted(one, period, inputs, entered)) for one in quarters_until(period)]
    today = int(days_at(entered.zone, np.array([inputs.now], np.int64))[0])
    world = world_of(register, parts, runs=inputs.runs, tracks=tracks_of(entered), today=today)
    told = _Told(period, register, names_of(entered, inputs))
    facts: dict[str, Facts] = {}
    items: list[Measured] = []
    series: dict[tuple[str, Aggregation], Series] = {}
    for one in (inputs.official, inputs.analytics):
        for indicator in one.indicators:
            if indicator.facts not in facts:
                facts[indicator.facts] = INDICATORS[indicator.facts](world)
            of = indicator.facts, indicator.aggregation
            if of not in series:
                series[of] = _series(facts[indicator.facts], indicator.aggregation, period)
            item = _measured(one, indicator, (facts[indicator.facts], series[of]), told)
            if indicator.facts in COVERAGE and indicator.aggregation is Aggregation.SHARE:
                known = Known(COVERAGE[indicator.facts](world), period, _least_ppm(period, entered))
                item = covered(item, known, names=told.names)
            items.append(item)
    directions = tuple(_direction(code.value, told) for code in events.Direction)
    report = Report(
        period, inputs.official, inputs.analytics, tuple(items), directions, computed_from, dict(told.names)
    )
    return Reckoned(report, facts)


def _least_ppm(period: Period, entered: Entered) -> int:
    """The least coverage, in millionths, by the rules in force at the period's end."""
    return round(entered.rule_at(window_of(entered.zone, *own_days(period))[1] - 1).coverage_min * 1_000_000)


def _wanted(quarter: Period, period: Period, inputs: Inputs, entered: Entered) -> Wanted:
    window = window_of(entered.zone, *own_days(quarter))
    return Wanted(window, known_until(window, inputs.now), former=quarter.year < period.year)


@dataclass(frozen=True, slots=True, eq=False)
class _Told:
    """What a report takes from the register without counting."""

    period: Period
    register: Snapshot
    names: Mapping[Dimension, Mapping[str, str]]

    def target(self, indicator: Indicator) -> int | None:
        """Of the calendar year: what was entered, else what the set says."""
        for row in self.register.rows(Target):
            if (row.value.number, row.value.year) == (indicator.number, self.period.year):
                return row.value.target
        return indicator.target

    def manual(self, one: IndicatorSet, indicator: Indicator) -> Manual | None:
        asked = (one.id, indicator.number, self.period.year, self.period.quarter)
        for row in self.register.rows(ManualValue):
            if (row.value.set, row.value.number, row.value.year, row.value.quarter) == asked:
                return Manual(row.value.hundredths, row.value.reason, row.value.document, row.stamp)
        return None

    def text(self, subject: str) -> str:
        asked = (subject, self.period.year, self.period.quarter)
        found = (row.value for row in self.register.rows(QuarterText))
        return next((one.text for one in found if (one.subject, one.year, one.quarter) == asked), "")


def _measured(one: IndicatorSet, indicator: Indicator, of: tuple[Facts, Series], told: _Told) -> Measured:
    facts, series = of
    _, quarter, year_to_date = series[-1]
    return Measured(
        indicator=indicator,
        year_to_date=year_to_date,
        quarter=quarter,
        how=how_of(facts, rows_of(facts, to_date(told.period))),
        manual=told.manual(one, indicator),
        target=told.target(indicator),
        components=tuple(part for by in indicator.breakdowns for part in _components(indicator, facts, by, told)),
        series=series,
        text=told.text(indicator.number),
    )


def _components(indicator: Indicator, facts: Facts, by: Dimension, told: _Told) -> Sequence[Component]:
    names = told.names.get(by, {})
    found = components(facts, indicator.aggregation, to_date(told.period), by)
    return [Component(by, key, names.get(key, key), part, how) for key, part, how in found]


def _series(facts: Facts, aggregation: Aggregation, period: Period) -> Series:
    quarters = quarters_until(period)
    own = amounts(facts, aggregation, [own_days(one) for one in quarters])
    whole = amounts(facts, aggregation, [to_date(one) for one in quarters])
    return tuple(zip(quarters, own, whole, strict=True))


def _direction(code: str, told: _Told) -> Direction:
    """What was planned or done in the period; what was done after it is not done yet."""
    first, last = own_days(told.period)
    lines = [line for row in told.register.rows(PlannedWork) if (line := _line(row, code, (first, last))) is not None]
    return Direction(
        code=code,
        planned=sum(first <= planned <= last for _id, _name, planned, _done, _outcome in lines),
        done=sum(done is not None for _id, _name, _planned, done, _outcome in lines),
        lines=tuple(sorted(lines, key=lambda line: (line[2], line[0]))),
        text=told.text(code),
    )


def _line(row: Row[PlannedWork], code: str, window: Window) -> tuple[str, str, Day, Day | None, str] | None:
    work = row.value
    planned, done = day_of(work.planned_day), None if work.done_day is None else day_of(work.done_day)
    met = window[0] <= planned <= window[1] or (done is not None and window[0] <= done <= window[1])
    if work.direction.value != code or not met:
        return None
    if done is not None and done > window[1]:
        return row.id, work.name, planned, None, ""
    return row.id, work.name, planned, done, work.outcome
