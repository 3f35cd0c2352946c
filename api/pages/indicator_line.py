"""One indicator as a row of the quarter's page: fact, plan, progress, parts, dynamics, and what a person says beside.

Words a report; computes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from api.pages.amounts import Progress, amount_text, has_value, manual_text, progress_of, unit_text, whole_text
from api.pages.components import PartGroup, groups_of
from api.pages.dynamics import Bar, chart_of, series_of, spark_of, trend_of
from api.pages.entries import stamped
from api.pages.monitoring_words import name_of
from api.pages.texts import Texts
from edge.monitoring.contract import Measured, Report
from telemetry.model import Instant


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


def indicator_line(
    item: Measured, report: Report, *, changed: AbstractSet[str], texts: Texts, now: Instant
) -> IndicatorLine:
    """One row of the page."""
    one, unit = item.indicator, item.indicator.unit
    trend, trend_text = trend_of(item, texts)
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
        groups=groups_of(item, report.names, texts),
        spark=spark_of(item),
        trend=trend,
        trend_text=trend_text,
        text=item.text,
        chart=chart_of(item, texts),
        series=series_of(item, texts),
        changed=one.number in changed,
    )


def _manual(item: Measured, texts: Texts, now: Instant) -> ManualLine | None:
    if item.manual is None:
        return None
    value = manual_text(item.manual, item.indicator.unit, texts)
    return ManualLine(value, item.manual.reason, item.manual.document, stamped(item.manual.stamp, texts, now))
