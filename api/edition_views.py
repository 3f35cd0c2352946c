"""The JSON shapes of closed editions, and of what is no longer as it was closed.

A body is never shown in another shape than its own bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from api.amount_views import AmountView, amount_view
from api.instants import format_instant
from edge.monitoring.contract import Difference, Edition, Period
from telemetry.indicators.definition import Unit
from telemetry.indicators.facts import Amount


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
    """A value that is no longer as closed: `was` and `now` (null where there is none), and `why`."""

    number: str
    by: str | None
    key: str
    was: AmountView | None
    now: AmountView | None
    why: list[str]


@dataclass(frozen=True, slots=True)
class DifferenceList:
    """What has changed since a closing; empty where nothing has."""

    period: str
    edition: int
    items: list[DifferenceView]
    next: str | None


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
    period: Period, number: int, found: Iterable[Difference], units: Mapping[str, Unit]
) -> DifferenceList:
    """What has changed; `units` tells those of the indicators."""

    def told(amount: Amount | None, one: Difference) -> AmountView | None:
        return None if amount is None else amount_view(amount, units.get(one.number, Unit.ITEMS))

    items = [
        DifferenceView(
            one.number, None if one.by is None else one.by.value, one.key, told(one.was, one), told(one.now, one),
            list(one.why),
        )
        for one in found
    ]  # fmt: skip
    return DifferenceList(period.label, number, items, None)
