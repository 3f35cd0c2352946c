"""What the pages of closed periods show: the list of editions, one of them, and what has changed since.

A closed number is never worded anew from today's data.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from api.pages.amounts import amount_text
from api.pages.behind import differs
from api.pages.monitoring_words import name_of, part_name, quarter_name
from api.pages.texts import Texts
from edge.monitoring.contract import Difference, Edition, Period, Report
from telemetry.indicators.definition import Indicator, Unit
from telemetry.model import Instant

SHORT = 12
"""Digits of a hash that tell it from others at a glance."""


@dataclass(frozen=True, slots=True)
class EditionLine:
    """A closed period."""

    href: str
    period: str
    number: int
    who: str
    at: str
    reason: str
    sha256: str
    chain: str
    previous: str
    short: str


@dataclass(frozen=True, slots=True)
class Shift:
    """From one value to another; `by` has its sign. `part` is empty for the whole."""

    part: str
    was: str
    now: str
    by: str


@dataclass(frozen=True, slots=True)
class DifferenceLine:
    """An indicator or a direction of work that is no longer as it was closed, with those of its parts that are not."""

    number: str
    name: str
    whole: Shift | None
    parts: tuple[Shift, ...]
    why: tuple[str, ...]


def edition_line(edition: Edition, texts: Texts, now: Instant) -> EditionLine:
    """One edition."""
    return EditionLine(
        href=href_of(edition.period, edition.number),
        period=quarter_name(edition.period, texts),
        number=edition.number,
        who=edition.stamp.author,
        at=texts.dated(edition.stamp.at, now),
        reason=edition.stamp.reason,
        sha256=edition.sha256,
        chain=edition.chain,
        previous=edition.previous,
        short=edition.sha256[:SHORT],
    )


def href_of(period: Period, number: int) -> str:
    """The page of an edition."""
    return f"/monitoring/editions/{period.label}/{number}"


def difference_lines(found: Sequence[Difference], closed: Report, now: Report, texts: Texts) -> list[DifferenceLine]:
    """What has changed, one line for each indicator or direction of work."""
    known = {one.indicator.number: one.indicator for report in (now, closed) for one in report.items}
    return [
        _line(number, list(group), known.get(number), now, texts=texts)
        for number, group in groupby(found, key=lambda one: one.number)
    ]


def _line(
    number: str, group: Sequence[Difference], indicator: Indicator | None, now: Report, *, texts: Texts
) -> DifferenceLine:
    shifts = [(one, _shift(one, indicator, now, texts)) for one in group]
    whole = next((shift for one, shift in shifts if one.by is None or indicator is None), None)
    return DifferenceLine(
        number=number if indicator else "",
        name=name_of(indicator, texts) if indicator else texts.word("choice.Direction", number),
        whole=whole,
        parts=tuple(shift for _one, shift in shifts if shift is not whole),
        why=tuple(texts.with_days(texts.said(why)) for why in group[0].why),
    )


def _shift(one: Difference, indicator: Indicator | None, now: Report, texts: Texts) -> Shift:
    unit = indicator.unit if indicator else Unit.ITEMS
    part = ""
    if one.by is not None and indicator is not None:
        name = part_name(one.by, one.key, now.names.get(one.by, {}).get(one.key, ""), texts)
        part = f"{texts(f'dimension.{one.by.value}')}: {name}"
    return Shift(
        part=part,
        was="" if one.was is None else amount_text(one.was, unit, texts),
        now="" if one.now is None else amount_text(one.now, unit, texts),
        by=differs(one.was, one.now, unit, texts),
    )
