"""What the page of a quarter shows: every indicator with plan, fact, progress, parts and dynamics; directions of work.

It words a report; analytics stand apart and are never among what is official.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from api.pages.directions import DirectionLine, direction_line
from api.pages.indicator_line import IndicatorLine, indicator_line
from api.pages.texts import Texts
from edge.monitoring.contract import ComputedFrom, Report
from telemetry.indicators.definition import IndicatorSet, Part
from telemetry.model import Instant


@dataclass(frozen=True, slots=True)
class SetLine:
    """Where the indicators come from."""

    name: str
    version: str
    source: str
    verified: bool


@dataclass(frozen=True, slots=True)
class SourceLine:
    """What numbers were computed from; equal ones give equal numbers."""

    offset: str
    register_version: str
    rules: str
    sets: str


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
        directions=tuple(direction_line(one, texts) for one in report.directions),
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


def set_line(one: IndicatorSet, texts: Texts) -> SetLine:
    """Where indicators come from."""
    return SetLine(one.name_ru if texts.language == "ru" else one.name_en, one.version, one.source, one.verified)
