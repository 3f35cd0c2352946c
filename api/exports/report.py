"""The monitoring report as a page that prints: numbers, dynamics, ten directions, and the text that tells them.

It is complete in itself: no script, no font, no picture from elsewhere. Everything that people entered is escaped.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from api.exports.charts import Chart, Point, chart_of
from api.exports.monitoring import Told, date_of, key_name, name_of, progress_of
from api.exports.privacy import Withheld
from api.exports.values import counted, manual_cell, number_of, told_cell
from api.exports.values import told as value_told
from edge.monitoring.contract import Direction, Measured
from edge.settings import Settings
from telemetry.civil import Day
from telemetry.indicators.definition import Dimension, Part, Unit

PARTS_LIMIT = 12
"""Components of one breakdown that a page tells; the workbook has all of them."""

CHART_POINTS = 8
"""Quarters of one chart: two years."""


@dataclass(frozen=True, slots=True)
class Line:
    """One indicator as the page tells it; `reached` is its progress in percent for a bar, at most 100."""

    number: str
    name: str
    unit: str
    target: str
    value: str
    reached: float | None
    progress: str
    quarter: str
    how: str
    manual: str
    sentence: str
    change: str
    text: str
    parts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the indicators; analytics are no official ones."""

    title: str
    official: bool
    lines: tuple[Line, ...]
    charts: tuple[Chart, ...]


@dataclass(frozen=True, slots=True)
class Work:
    """One direction of work: what was planned and done, line by line."""

    title: str
    planned: int
    done: int
    lines: tuple[tuple[str, str, str, str], ...]
    text: str


def printed(told: Told, settings: Settings, about: Mapping[str, str]) -> str:
    """The page as HTML."""
    report, texts = told.report, told.texts
    return (
        _templates()
        .get_template("report.html")
        .render(
            t=texts,
            lang=texts.language,
            centre=settings.centre.name,
            period=texts("period", quarter=report.period.quarter, year=report.period.year),
            sections=[_section(told, part) for part in Part],
            directions=[_work(told, one) for one in report.directions],
            about=about,
            verified=report.official.verified,
            withheld=texts("withheld.by", least=told.curtain.threshold) if told.curtain.threshold else "",
        )
    )


@cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        auto_reload=False,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _section(told: Told, part: Part) -> Section:
    items = [item for item in told.report.items if item.indicator.part is part]
    charts = (_chart(told, item) for item in items)
    return Section(
        title=told.texts(f"part.{part.value}"),
        official=part is not Part.ANALYTICS,
        lines=tuple(_line(told, item) for item in items),
        charts=tuple(chart for chart in charts if any(not bar.hidden and bar.height for bar in chart.bars)),
    )


def _line(told: Told, item: Measured) -> Line:
    indicator, texts = item.indicator, told.texts
    total, quarter = told.curtain.total(item), told.curtain.quarter(item)
    progress = progress_of(item, total)
    return Line(
        number=indicator.number,
        name=name_of(indicator, texts),
        unit=texts(f"unit_word.{indicator.unit.value}"),
        target=value_told(item.target, indicator.unit, texts),
        value=value_told(told_cell(total, indicator.unit, texts), indicator.unit, texts),
        reached=None if progress is None else round(min(progress, 1.0) * 100, 1),
        progress="" if progress is None else _percent(progress, told),
        quarter=value_told(told_cell(quarter, indicator.unit, texts), indicator.unit, texts),
        how=texts(f"how.{item.how.word}"),
        manual=_manual(told, item),
        sentence=_sentence(told, item),
        change=_change(told, item),
        text=item.text,
        parts=_parts(told, item),
    )


def _percent(progress: float, told: Told) -> str:
    return value_told(float(progress * 100), Unit.SHARE, told.texts)


def _sentence(told: Told, item: Measured) -> str:
    """The year to date, the quarter and the target in words; nothing where there is nothing to tell."""
    unit, texts = item.indicator.unit, told.texts
    total, quarter = (told_cell(one, unit, texts) for one in (told.curtain.total(item), told.curtain.quarter(item)))
    if total in (None, 0) and not item.text and item.manual is None:
        return ""
    told_of = texts("sentence.value", value=counted(total, unit, texts), quarter=counted(quarter, unit, texts))
    if item.target is None:
        return told_of
    return f"{told_of} {texts('sentence.target', target=counted(item.target, unit, texts))}"


def _manual(told: Told, item: Measured) -> str:
    if item.manual is None:
        return ""
    value = counted(manual_cell(told.curtain.manual(item)), item.indicator.unit, told.texts)
    return told.texts("by_hand", value=value, document=item.manual.document, reason=item.manual.reason)


def _change(told: Told, item: Measured) -> str:
    """How the year to date stands against the one of the same quarter a year before."""
    period, unit = told.report.period, item.indicator.unit
    totals = {(one.year, one.quarter): total for one, _, total in told.curtain.series(item)}
    before = totals.get((period.year - 1, period.quarter))
    if before is None:
        return ""
    shown = [before, told.curtain.total(item)]
    numbers = [None if isinstance(one, Withheld) else number_of(one, unit) for one in shown]
    if numbers[0] is None or numbers[1] is None:
        return ""
    if not any(numbers):
        return ""
    difference = numbers[1] - numbers[0]
    word = "same" if not difference else "more" if difference > 0 else "less"
    return told.texts(f"change.{word}", by=value_told(abs(difference), unit, told.texts), year=period.year - 1)


def _parts(told: Told, item: Measured) -> tuple[tuple[str, str], ...]:
    """Each breakdown as one text: the greatest parts first."""
    by: dict[Dimension, list[tuple[float, str]]] = {}
    for part, shown in told.curtain.parts(item):
        value = told_cell(shown, item.indicator.unit, told.texts)
        name = key_name(told, part.by, part.key, part.name)
        size = value if isinstance(value, int | float) else -1.0
        by.setdefault(part.by, []).append((-size, f"{name} — {value_told(value, item.indicator.unit, told.texts)}"))
    told_of = {one.by for one in item.components if one.key}
    return tuple(
        (told.texts(f"dimension.{one.value}"), _joined(told, sorted(listed)))
        for one, listed in by.items()
        if one in told_of
    )


def _joined(told: Told, listed: Sequence[tuple[float, str]]) -> str:
    shown = "; ".join(text for _, text in listed[:PARTS_LIMIT])
    more = len(listed) - PARTS_LIMIT
    return told.texts("parts_more", shown=shown, more=more) if more > 0 else shown


def _chart(told: Told, item: Measured) -> Chart:
    indicator, texts = item.indicator, told.texts
    points = []
    for period, quarter, _ in list(told.curtain.series(item))[-CHART_POINTS:]:
        value = told_cell(quarter, indicator.unit, texts)
        label = texts("chart.quarter", quarter=period.quarter, year=period.year % 100)
        number = value if isinstance(value, int | float) else None
        points.append(Point(label, number, value_told(value, indicator.unit, texts)))
    return chart_of(f"{indicator.number} {name_of(indicator, texts)}", points)


def _work(told: Told, one: Direction) -> Work:
    lines = tuple(
        (name, _day(told, planned), _day(told, done), outcome) for _, name, planned, done, outcome in one.lines
    )
    return Work(told.texts(f"direction.{one.code}"), one.planned, one.done, lines, one.text)


def _day(told: Told, day: Day | None) -> str:
    found = date_of(day)
    if found is None:
        return "—"
    return f"{found:%d.%m.%Y}" if told.texts.language == "ru" else found.isoformat()
