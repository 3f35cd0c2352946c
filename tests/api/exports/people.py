"""Reports of invented people, made by the indicators' own rules, for tests of what of them may be told."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType

from api.exports.privacy import Curtain
from edge.monitoring.contract import Component, ComputedFrom, Evidence, Manual, Measured, Period, Report
from edge.monitoring.evidence import evidence_of, shown
from edge.monitoring.sets import shipped
from telemetry.indicators.build import Fact, facts_of
from telemetry.indicators.definition import Aggregation, Dimension, How, Indicator, Part, Unit
from telemetry.indicators.facts import Facts
from telemetry.indicators.measures import amounts, components
from telemetry.indicators.periods import quarter_window, year_to_date_window

PERIOD = Period(2026, 3)
QUARTERS = tuple(
    Period(year, quarter) for year in (2025, 2026) for quarter in (1, 2, 3, 4) if Period(year, quarter) <= PERIOD
)
FROM = ComputedFrom("journal", 1, 1, ("1",), (), 0)
DIMENSIONS = (Dimension.CATEGORY, Dimension.KIND)


@dataclass(frozen=True, slots=True)
class People:
    """An entry of some people: numbers of learners and how many nobody lists, the quarter of 2026, keys.

    `entry` is its id, which is that of its place otherwise: then several rows are of one entry.
    """

    learners: tuple[int, ...]
    unlisted: int = 0
    quarter: int = 1
    keys: tuple[str, ...] = ("a", "x")
    left: int = 0
    year: int = 2026
    entry: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """An indicator of some entries."""

    entries: tuple[People, ...]
    facts: str = "volunteers"
    aggregation: Aggregation = Aggregation.UNIQUE
    unit: Unit = Unit.PEOPLE
    breakdowns: tuple[Dimension, ...] = DIMENSIONS
    manual: Manual | None = None
    kind: str = "volunteering"


@dataclass(frozen=True, slots=True, eq=False)
class Told:
    """A report, the facts behind it, and a curtain before it."""

    report: Report
    facts: dict[str, Facts]
    curtain: Curtain
    asked: list[str] = field(default_factory=list)


def made_of(*lines: Line, threshold: int = 5) -> Told:
    """The report of lines, numbered 1, 2, …"""
    official, analytics = shipped()[:2]
    facts = {str(place): _facts(line) for place, line in enumerate(lines, start=1)}
    items = tuple(_item(number, line, facts[number]) for number, line in zip(facts, lines, strict=True))
    report = Report(PERIOD, official, analytics, items, (), FROM, MappingProxyType({}))
    by_number = {item.indicator.number: item.indicator for item in items}

    def behind(number: str, by: Dimension | None, key: str) -> Evidence:
        window = year_to_date_window(PERIOD.year, PERIOD.quarter)
        seen = shown(facts[number], window)
        return evidence_of(
            seen,
            by_number[number],
            window,
            asked=(PERIOD, by, key),
            titles=lambda _kind, one: (one, ""),
            computed_from=FROM,
        )

    return Told(report, facts, Curtain(threshold, report, behind))


def _facts(line: Line) -> Facts:
    today = quarter_window(2026, 3)[1]
    return facts_of((_fact(line, place, one) for place, one in enumerate(line.entries)), line.breakdowns, today=today)


def _fact(line: Line, place: int, one: People) -> Fact:
    first, last = quarter_window(one.year, one.quarter)
    there = len(one.learners) + one.unlisted
    return Fact(
        kind=line.kind,
        id=one.entry or f"e-{place}",
        first=first,
        last=last,
        labels={by: (key,) if key else () for by, key in zip(line.breakdowns, one.keys, strict=False)},
        members=tuple(f"lr-{learner}" for learner in one.learners),
        unlisted=one.unlisted,
        amount=there - one.left,
        base=there,
    )


def _item(number: str, line: Line, facts: Facts) -> Measured:
    windows = [quarter_window(one.year, one.quarter) for one in QUARTERS]
    whole = [year_to_date_window(one.year, one.quarter) for one in QUARTERS]
    own, total = amounts(facts, line.aggregation, windows), amounts(facts, line.aggregation, whole)
    parts = tuple(
        Component(by, key, key, amount, how)
        for by in line.breakdowns
        for key, amount, how in components(facts, line.aggregation, whole[-1], by)
    )
    indicator = Indicator(
        number=number,
        name_ru=number,
        name_en=number,
        part=Part.QUANTITATIVE,
        unit=line.unit,
        facts=line.facts,
        aggregation=line.aggregation,
        breakdowns=line.breakdowns,
        how=(How.REGISTER,),
        minimum=None,
        target=None,
        verified=False,
    )
    series = tuple(zip(QUARTERS, own, total, strict=True))
    return Measured(indicator, total[-1], own[-1], How.REGISTER, line.manual, None, parts, series, "")
