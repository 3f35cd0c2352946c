"""The JSON shapes of closed editions, and of what is no longer as it was closed.

A body is never shown in another shape than its own bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from api.amount_views import AmountView, MadeOfView, amount_view, made_of_view
from api.instants import format_instant
from api.pages.monitoring_words import key_text, name_of
from api.pages.texts import Texts
from edge.monitoring.contract import Difference, Edition, Report
from telemetry.indicators.definition import Dimension, Indicator, Unit


@dataclass(frozen=True, slots=True)
class EditionView:
    """A closed period: `sha256` is of its body, `chain` binds it to the edition before, whose chain is `previous`."""

    period: str
    year: int
    quarter: int
    number: int
    sha256: str
    previous: str
    chain: str
    register_version: int
    author: str
    at: str
    reason: str


@dataclass(frozen=True, slots=True)
class EditionList:
    """Every closed period, in the order of closing."""

    items: list[EditionView]
    next: str | None


@dataclass(frozen=True, slots=True)
class DifferenceView:
    """A value that is no longer as closed: `was` and `now` (null where there is none), and `why`.

    `number`, `by`, `key` and `why` are the same in every language; `name`, `key_name` and `why_told` are in the one
    that was asked for. `number` is an indicator's, or the code of a direction of work.
    """

    number: str
    name: str
    by: str | None
    key: str
    key_name: str
    was: AmountView | None
    now: AmountView | None
    why: list[str]
    why_told: list[str]


@dataclass(frozen=True, slots=True)
class DifferenceList:
    """What has changed since a closing, compared with what is `computed_from` now; empty where nothing has."""

    period: str
    edition: int
    items: list[DifferenceView]
    next: str | None
    computed_from: MadeOfView


def edition_view(edition: Edition) -> EditionView:
    """An edition without its body."""
    period, stamp = edition.period, edition.stamp
    return EditionView(
        period=period.label,
        year=period.year,
        quarter=period.quarter,
        number=edition.number,
        sha256=edition.sha256,
        previous=edition.previous,
        chain=edition.chain,
        register_version=stamp.register_version,
        author=stamp.author,
        at=format_instant(stamp.at),
        reason=stamp.reason,
    )


def differences_view(
    edition: Edition, found: Iterable[Difference], reports: tuple[Report, Report], texts: Texts
) -> DifferenceList:
    """What has changed; `reports` are the one that was closed and the one of now, whose words are taken first."""
    known = {one.indicator.number: one.indicator for report in reports for one in report.items}
    names = reports[1].names
    items = [_difference(one, known.get(one.number), names, texts) for one in found]
    made_of = made_of_view(reports[1].computed_from)
    return DifferenceList(edition.period.label, edition.number, items, None, made_of)


def _difference(
    one: Difference, indicator: Indicator | None, names: Mapping[Dimension, Mapping[str, str]], texts: Texts
) -> DifferenceView:
    unit = indicator.unit if indicator else Unit.ITEMS
    was, now = (None if amount is None else amount_view(amount, unit) for amount in (one.was, one.now))
    return DifferenceView(
        number=one.number,
        name=name_of(indicator, texts) if indicator else texts.word("choice.Direction", one.number),
        by=None if one.by is None else one.by.value,
        key=one.key,
        key_name="" if one.by is None else key_text(one.by, one.key, names.get(one.by, {}).get(one.key, ""), texts),
        was=was,
        now=now,
        why=list(one.why),
        why_told=[texts.said(why) for why in one.why],
    )
