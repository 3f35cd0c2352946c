"""What the page of a quarter shows: every indicator with plan, fact, progress, parts and dynamics; directions of work.

It words a report; analytics stand apart and are never among what is official.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from api.pages.amounts import (
    Progress,
    amount_text,
    has_value,
    magnitude,
    manual_text,
    progress_of,
    unit_text,
    whole_text,
)
from api.pages.entries import stamped
from api.pages.texts import Texts
from edge.monitoring.contract import Component, ComputedFrom, Direction, Measured, Period, Report
from telemetry.indicators.definition import Dimension, Indicator, IndicatorSet, Part, Unit
from telemetry.model import Instant

SPARK_HIGH = 28
"""Pixels of the highest bar of a row's small chart."""

SPARK_STEP = 9
SPARK_WIDE = 7
_EPOCH = date(1970, 1, 1).toordinal()
FEW = 8
"""Parts of one dimension that stand open; the others unfold."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of a small chart, in pixels."""

    x: int
    y: int
    high: int
    now: bool


@dataclass(frozen=True, slots=True)
class PartLine:
    """A component; `percent` is of the greatest beside it, a share's own where it is one."""

    key: str
    name: str
    value: str
    percent: int
    how: str


@dataclass(frozen=True, slots=True)
class PartGroup:
    """The components of one dimension."""

    by: str
    name: str
    lines: tuple[PartLine, ...]
    more: tuple[PartLine, ...]


@dataclass(frozen=True, slots=True)
class ManualLine:
    """A person's value beside the derived one."""

    value: str
    reason: str
    document: str
    stamp: str


@dataclass(frozen=True, slots=True)
class IndicatorLine:
    """One indicator; texts are empty where there is nothing to tell. `chart` is for the page's script."""

    number: str
    anchor: str
    name: str
    unit: str
    verified: bool
    value: str
    quarter: str
    told: bool
    target: str
    minimum: str
    progress: Progress | None
    how: str
    manual: ManualLine | None
    groups: tuple[PartGroup, ...]
    spark: tuple[Bar, ...]
    trend: str
    trend_text: str
    text: str
    chart: Mapping[str, object]
    series: tuple[tuple[str, str, str], ...]
    changed: bool


@dataclass(frozen=True, slots=True)
class WorkLine:
    """A line of the plan of work."""

    id: str
    name: str
    planned: str
    done: str
    outcome: str


@dataclass(frozen=True, slots=True)
class DirectionLine:
    """A direction of work."""

    code: str
    name: str
    planned: int
    done: int
    percent: int
    lines: tuple[WorkLine, ...]
    text: str


@dataclass(frozen=True, slots=True)
class SetLine:
    """Where the indicators come from."""

    name: str
    version: str
    source: str
    verified: bool


@dataclass(frozen=True, slots=True)
class QuarterPage:
    """All of the page that comes from the report."""

    quantitative: tuple[IndicatorLine, ...]
    qualitative: tuple[IndicatorLine, ...]
    analytics: tuple[IndicatorLine, ...]
    directions: tuple[DirectionLine, ...]
    official: SetLine
    analytics_set: SetLine
    reached: int
    planned: int
    source: SourceLine


@dataclass(frozen=True, slots=True)
class SourceLine:
    """What numbers were computed from; equal ones give equal numbers."""

    offset: str
    register_version: str
    rules: str
    sets: str


def quarter_name(period: Period, texts: Texts) -> str:
    """`III квартал 2026 года`."""
    return texts("quarter.name", quarter=texts(f"quarter.{period.quarter}"), year=period.year)


def _short(period: Period, texts: Texts) -> str:
    return texts("quarter.short", quarter=texts(f"quarter.{period.quarter}"), year=period.year)


def name_of(indicator: Indicator, texts: Texts) -> str:
    """An indicator's name in the reader's language."""
    return indicator.name_ru if texts.language == "ru" else indicator.name_en


def quarter_page(report: Report, *, changed: AbstractSet[str], texts: Texts, now: Instant) -> QuarterPage:
    """The page of a report; `changed` are the numbers that are no longer as they were closed."""
    lines = {
        part: tuple(
            indicator_line(one, report, changed=changed, texts=texts, now=now)
            for one in report.items
            if one.indicator.part is part
        )
        for part in Part
    }
    planned = [line for line in lines[Part.QUANTITATIVE] if line.progress is not None]
    return QuarterPage(
        quantitative=lines[Part.QUANTITATIVE],
        qualitative=lines[Part.QUALITATIVE],
        analytics=lines[Part.ANALYTICS],
        directions=tuple(_direction(one, texts) for one in report.directions),
        official=set_line(report.official, texts),
        analytics_set=set_line(report.analytics, texts),
        reached=sum(1 for line in planned if line.progress is not None and line.progress.reached),
        planned=len(planned),
        source=source_line(report.computed_from, texts),
    )


def source_line(computed_from: ComputedFrom, texts: Texts) -> SourceLine:
    """What numbers were computed from."""
    return SourceLine(
        offset=texts.number(computed_from.offset, 0),
        register_version=texts.number(computed_from.register_version, 0),
        rules=", ".join(computed_from.rules) or texts("register.none"),
        sets=", ".join(f"{name} {version}" for name, version in computed_from.sets),
    )


def indicator_line(
    item: Measured, report: Report, *, changed: AbstractSet[str], texts: Texts, now: Instant
) -> IndicatorLine:
    """One row of the page."""
    one, unit = item.indicator, item.indicator.unit
    trend, trend_text = _trend(item, texts)
    return IndicatorLine(
        number=one.number,
        anchor=f"i-{one.number.replace('.', '-')}",
        name=name_of(one, texts),
        unit=unit_text(item.year_to_date, unit, texts),
        verified=one.verified,
        value=amount_text(item.year_to_date, unit, texts),
        quarter=amount_text(item.quarter, unit, texts) if has_value(item.quarter, unit) else "",
        told=has_value(item.year_to_date, unit),
        target=whole_text(item.target, unit, texts),
        minimum=whole_text(one.minimum if one.minimum != item.target else None, unit, texts),
        progress=progress_of(item.year_to_date, item.target, unit, texts),
        how=item.how.word,
        manual=_manual(item, texts, now),
        groups=_groups(item, report.names, texts),
        spark=_spark(item),
        trend=trend,
        trend_text=trend_text,
        text=item.text,
        chart=_chart(item, texts),
        series=tuple(
            (_short(period, texts), amount_text(quarter, unit, texts), amount_text(to_date, unit, texts))
            for period, quarter, to_date in item.series
        ),
        changed=one.number in changed,
    )


def _manual(item: Measured, texts: Texts, now: Instant) -> ManualLine | None:
    if item.manual is None:
        return None
    value = manual_text(item.manual, item.indicator.unit, texts)
    return ManualLine(value, item.manual.reason, item.manual.document, stamped(item.manual.stamp, texts, now))


def _groups(item: Measured, names: Mapping[Dimension, Mapping[str, str]], texts: Texts) -> tuple[PartGroup, ...]:
    groups = []
    for by, found in groupby(item.components, key=lambda part: part.by):
        unit = item.indicator.unit
        parts = sorted(found, key=lambda part: -(magnitude(part.amount, unit) or 0.0))
        most = 100.0 if unit is Unit.SHARE else max(magnitude(part.amount, unit) or 0.0 for part in parts)
        lines = tuple(_part(part, item, most, names.get(by, {}), texts) for part in parts)
        if [line.key for line in lines] != [""]:  # nothing is told by the only key that says nothing
            groups.append(PartGroup(by.value, texts(f"dimension.{by.value}"), lines[:FEW], lines[FEW:]))
    return tuple(groups)


def _part(part: Component, item: Measured, most: float, names: Mapping[str, str], texts: Texts) -> PartLine:
    return PartLine(
        key=part.key,
        name=part_name(part.by, part.key, part.name or names.get(part.key, ""), texts),
        value=amount_text(part.amount, item.indicator.unit, texts),
        percent=min(round(100 * (magnitude(part.amount, item.indicator.unit) or 0.0) / most), 100) if most else 0,
        how=part.how.word,
    )


def part_name(by: Dimension, key: str, name: str, texts: Texts) -> str:
    """What a key of a dimension is called: a word of the model, else the name that somebody gave it."""
    if not key:
        return texts("monitoring.unnamed")
    for group in _WORDS.get(by, ()):
        told = texts.table.get(f"{group}.{key}")
        if isinstance(told, str):
            return told
    return name or key


_WORDS: Mapping[Dimension, Sequence[str]] = {
    Dimension.CATEGORY: ("choice.Category",),
    Dimension.LEVEL: ("choice.AchievementLevel", "choice.Level"),
    Dimension.RESULT: ("choice.Result", "outcome"),
    Dimension.FORM: ("choice.Form", "choice.MentoringForm"),
    Dimension.KIND: ("choice.EventKind", "choice.ProjectKind", "choice.ChannelKind", "kind", "happening"),
    Dimension.DIRECTION: ("choice.Direction",),
    Dimension.STATUS: ("status",),
}
"""Where the words of a dimension's keys stand, where they are words of the model."""


def _spark(item: Measured) -> tuple[Bar, ...]:
    values = [magnitude(quarter, item.indicator.unit) or 0.0 for _period, quarter, _to_date in item.series]
    most = max(values, default=0.0)
    highs = [max(round(SPARK_HIGH * value / most), 1 if value else 0) if most else 0 for value in values]
    return tuple(
        Bar(place * SPARK_STEP, SPARK_HIGH - high, high, place == len(highs) - 1) for place, high in enumerate(highs)
    )


def _trend(item: Measured, texts: Texts) -> tuple[str, str]:
    """`up`, `down` or `same` against the same quarter a year before, year to date, and the words; empty without one."""
    unit = item.indicator.unit
    before = next((to_date for period, _quarter, to_date in item.series if period == _year_before(item.series)), None)
    was = None if before is None else magnitude(before, unit)
    value = magnitude(item.year_to_date, unit)
    if was is None or value is None or not (was or value):
        return "", ""
    word = "same" if value == was else "up" if value > was else "down"
    return word, texts(f"trend.{word}", was=amount_text(before, unit, texts))


def _year_before(series: Sequence[tuple[Period, object, object]]) -> Period:
    last = series[-1][0]
    return Period(last.year - 1, last.quarter)


def _chart(item: Measured, texts: Texts) -> Mapping[str, object]:
    unit = item.indicator.unit
    return {
        "labels": [_short(period, texts) for period, _quarter, _to_date in item.series],
        "quarter": [magnitude(quarter, unit) for _period, quarter, _to_date in item.series],
        "year": [magnitude(to_date, unit) for _period, _quarter, to_date in item.series],
        "target": item.target,
        "percent": unit.value == "share",
    }


def _direction(direction: Direction, texts: Texts) -> DirectionLine:
    lines = tuple(
        WorkLine(ident, name, day_text(planned, texts), "" if done is None else day_text(done, texts), outcome)
        for ident, name, planned, done, outcome in direction.lines
    )
    return DirectionLine(
        code=direction.code,
        name=texts.word("choice.Direction", direction.code),
        planned=direction.planned,
        done=direction.done,
        percent=min(round(100 * direction.done / direction.planned), 100) if direction.planned else 0,
        lines=lines,
        text=direction.text,
    )


def day_text(day: int, texts: Texts) -> str:
    """A local day with its year."""
    told = date.fromordinal(_EPOCH + day)
    return texts.days(told, told)


def set_line(one: IndicatorSet, texts: Texts) -> SetLine:
    """Where indicators come from."""
    return SetLine(one.name_ru if texts.language == "ru" else one.name_en, one.version, one.source, one.verified)
