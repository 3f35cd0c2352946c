"""The tables of a monitoring report: plan against fact, components, dynamics, directions of work.

Shows what a report says and computes nothing but progress; what may not leave the school is behind the curtain.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from api.exports.privacy import Curtain, Shown, Withheld
from api.exports.values import coverage_cell, manual_cell, number_of, told_cell
from api.exports.words import Shape, table_of
from api.pages.texts import Texts
from edge.monitoring.contract import Measured, Report
from edge.register.exports.table import Cell, Lazily, Table, Type
from telemetry.civil import FIRST_DAY, LAST_DAY, Day
from telemetry.indicators.definition import Dimension, Indicator

INDICATORS: Shape = {
    "number": Type.TEXT,
    "name": Type.TEXT,
    "part": "part",
    "unit": "unit_word",
    "target": Type.AMOUNT,
    "year_to_date": Type.AMOUNT,
    "progress": Type.SHARE,
    "quarter": Type.AMOUNT,
    "minimum": Type.AMOUNT,
    "how": "how",
    "manual": Type.AMOUNT,
    "manual_reason": Type.TEXT,
    "manual_document": Type.TEXT,
    "manual_author": Type.TEXT,
    "text": Type.TEXT,
    "numerator": Type.WHOLE,
    "denominator": Type.WHOLE,
    "coverage": Type.SHARE,
    "verified": Type.FLAG,
}

COMPONENTS: Shape = {
    "number": Type.TEXT,
    "name": Type.TEXT,
    "unit": "unit_word",
    "by": "dimension",
    "key": Type.TEXT,
    "key_name": Type.TEXT,
    "year_to_date": Type.AMOUNT,
    "how": "how",
    "numerator": Type.WHOLE,
    "denominator": Type.WHOLE,
    "coverage": Type.SHARE,
}

SERIES: Shape = {
    "number": Type.TEXT,
    "name": Type.TEXT,
    "unit": "unit_word",
    "year": Type.WHOLE,
    "quarter": Type.WHOLE,
    "quarter_value": Type.AMOUNT,
    "year_to_date": Type.AMOUNT,
}

DIRECTIONS: Shape = {
    "direction": "direction",
    "planned": Type.WHOLE,
    "done": Type.WHOLE,
    "work": Type.TEXT,
    "planned_day": Type.DAY,
    "done_day": Type.DAY,
    "outcome": Type.TEXT,
    "text": Type.TEXT,
}

_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Told:
    """A report, the curtain before it and the words that tell it."""

    report: Report
    curtain: Curtain
    texts: Texts


def name_of(indicator: Indicator, texts: Texts) -> str:
    """An indicator's name in the reader's language."""
    return indicator.name_ru if texts.language == "ru" else indicator.name_en


def key_name(told: Told, by: Dimension, key: str, name: str = "") -> str:
    """What people call a key of a breakdown: by the report, else by the words of labedge, else the key itself."""
    if not key:
        return told.texts("no_key")
    named = told.report.names.get(by, {}).get(key, "")
    for text in (named, name if name != key else ""):
        if text:
            return text
    for group in (f"key.{by.value}", "key", "session_status", "outcome", "kind", "direction"):
        if isinstance(word := told.texts.table.get(f"{group}.{key}"), str):
            return word
    return key


@lru_cache(4096)
def date_of(day: Day | None) -> date | None:
    """A day as a date; none where it stands for "since ever" or "for good"."""
    return None if day is None or not FIRST_DAY < day < LAST_DAY else _EPOCH + timedelta(days=day)


def progress_of(item: Measured, shown: Shown) -> float | None:
    """The part of the year's target that is reached; None where there is no target, no value, or it is withheld."""
    if isinstance(shown, Withheld) or not item.target:
        return None
    value = number_of(shown, item.indicator.unit)
    return None if value is None else value / item.target


def report_tables(told: Told) -> tuple[Table, ...]:
    """Every sheet of the report but the evidence."""
    return (
        table_of("indicators", INDICATORS, Lazily(lambda: _indicators(told)), told.texts),
        table_of("components", COMPONENTS, Lazily(lambda: _components(told)), told.texts),
        table_of("series", SERIES, Lazily(lambda: _series(told)), told.texts),
        table_of("directions", DIRECTIONS, Lazily(lambda: _directions(told)), told.texts),
    )


def exact(shown: Shown) -> tuple[int | None, int | None]:
    """Numerator and denominator of what is shown."""
    return (None, None) if isinstance(shown, Withheld) else (shown.numerator, shown.denominator)


def _indicators(told: Told) -> Iterator[Sequence[Cell]]:
    for item in told.report.items:
        indicator, manual = item.indicator, item.manual
        total, quarter = told.curtain.total(item), told.curtain.quarter(item)
        by_hand: tuple[Cell, ...] = (None, None, None, None)
        if manual is not None:
            given = manual_cell(told.curtain.manual(item))
            by_hand = (given, manual.reason, manual.document, manual.stamp.author)
        yield (
            *(indicator.number, name_of(indicator, told.texts), indicator.part.value, indicator.unit.value),
            *(item.target, told_cell(total, indicator.unit, told.texts), progress_of(item, total)),
            *(told_cell(quarter, indicator.unit, told.texts), indicator.minimum, item.how.word, *by_hand, item.text),
            *(*exact(total), coverage_cell(total), indicator.verified),
        )


def _components(told: Told) -> Iterator[Sequence[Cell]]:
    for item in told.report.items:
        indicator = item.indicator
        head = (indicator.number, name_of(indicator, told.texts), indicator.unit.value)
        for part, shown in told.curtain.parts(item):
            named = key_name(told, part.by, part.key, part.name)
            value = told_cell(shown, indicator.unit, told.texts)
            yield (*head, part.by.value, part.key, named, value, part.how.word, *exact(shown), coverage_cell(shown))


def _series(told: Told) -> Iterator[Sequence[Cell]]:
    for item in told.report.items:
        indicator = item.indicator
        head = (indicator.number, name_of(indicator, told.texts), indicator.unit.value)
        for period, *values in told.curtain.series(item):
            yield (*head, period.year, period.quarter, *(told_cell(one, indicator.unit, told.texts) for one in values))


def _directions(told: Told) -> Iterator[Sequence[Cell]]:
    for one in told.report.directions:
        head = (one.code, one.planned, one.done)
        if not one.lines:
            yield (*head, None, None, None, None, one.text)
        for place, (_id, name, planned, done, outcome) in enumerate(one.lines):
            yield (*head, name, date_of(planned), date_of(done), outcome, "" if place else one.text)
