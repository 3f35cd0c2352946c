"""How an indicator went over the quarters: a row's small chart, the trend in words, and what the page's script draws.

Says nothing of the plan.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from api.pages.amounts import amount_text, magnitude
from api.pages.monitoring_words import quarter_short
from api.pages.texts import Texts
from edge.monitoring.contract import Measured, Period

SPARK_HIGH = 28
"""Pixels of the highest bar of a row's small chart."""

SPARK_STEP = 9


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of a small chart, in pixels."""

    x: int
    y: int
    high: int
    now: bool


def spark_of(item: Measured) -> tuple[Bar, ...]:
    """The bar of each quarter, the last one told apart."""
    values = [magnitude(quarter, item.indicator.unit) or 0.0 for _period, quarter, _to_date in item.series]
    most = max(values, default=0.0)
    highs = [max(round(SPARK_HIGH * value / most), 1 if value else 0) if most else 0 for value in values]
    return tuple(
        Bar(place * SPARK_STEP, SPARK_HIGH - high, high, place == len(highs) - 1) for place, high in enumerate(highs)
    )


def trend_of(item: Measured, texts: Texts) -> tuple[str, str]:
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


def chart_of(item: Measured, texts: Texts) -> Mapping[str, object]:
    """What the page's script draws."""
    unit = item.indicator.unit
    return {
        "labels": [quarter_short(period, texts) for period, _quarter, _to_date in item.series],
        "quarter": [magnitude(quarter, unit) for _period, quarter, _to_date in item.series],
        "year": [magnitude(to_date, unit) for _period, _quarter, to_date in item.series],
        "target": item.target,
        "percent": unit.value == "share",
    }


def series_of(item: Measured, texts: Texts) -> tuple[tuple[str, str, str], ...]:
    """Each quarter's name, its value and the year to date."""
    unit = item.indicator.unit
    return tuple(
        (quarter_short(period, texts), amount_text(quarter, unit, texts), amount_text(to_date, unit, texts))
        for period, quarter, to_date in item.series
    )
