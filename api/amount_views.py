"""The JSON shapes that all answers about the monitoring share: values in their unit, and what they were made of.

Nothing here computes but a value in its unit from the whole numbers behind it, which are always shown beside it.
"""

from __future__ import annotations

from dataclasses import dataclass

from api.instants import format_instant
from edge.monitoring.contract import ComputedFrom
from telemetry.civil import LAST_DAY, text_of
from telemetry.indicators.definition import Unit
from telemetry.indicators.facts import Amount

NS_PER_HOUR = 3_600_000_000_000


@dataclass(frozen=True, slots=True)
class AmountView:
    """`value` in the indicator's unit: percent for shares, hours for times; null over nothing.

    `numerator` and `denominator` (null but for shares) are the exact whole numbers: ns for times. `coverage` is of
    ratios of time: how much of their base is known, 0 to 1; where that is less than the rules want, they are
    `insufficient` data, shown without a number.
    """

    value: float | int | None
    numerator: int
    denominator: int | None
    coverage: float | None
    insufficient: bool


@dataclass(frozen=True, slots=True)
class MadeOfView:
    """What a report was computed from; equal ones give equal reports.

    `configuration` tells one set of equipment from another, as in every computed answer; null of a closed edition,
    which holds its equipment itself.
    """

    instance: str
    offset: int
    register_version: int
    rules: list[str]
    sets: list[str]
    now: str
    configuration: str | None


def amount_view(amount: Amount, unit: Unit) -> AmountView:
    """A value in its unit."""
    return AmountView(
        value=value_of(amount, unit),
        numerator=amount.numerator,
        denominator=amount.denominator,
        coverage=coverage_of(amount),
        insufficient=not amount.is_sufficient,
    )


def coverage_of(amount: Amount) -> float | None:
    """How much of the base of a ratio of time is known, 0 to 1; None of anything else, and of no time."""
    return None if amount.coverage is None else amount.coverage.part


def value_of(amount: Amount, unit: Unit) -> float | int | None:
    """Percent for shares, hours for times, as many as there are for anything else; None over nothing."""
    if amount.denominator is not None:
        return 100 * amount.numerator / amount.denominator if amount.denominator else None
    if unit in (Unit.HOURS, Unit.LEARNER_HOURS):
        return amount.numerator / NS_PER_HOUR
    return amount.numerator


def made_of_view(one: ComputedFrom) -> MadeOfView:
    """What a report was computed from."""
    return MadeOfView(
        one.instance,
        one.offset,
        one.register_version,
        list(one.rules),
        [f"{name} {version}" for name, version in one.sets],
        format_instant(one.now),
        one.configuration or None,
    )


def last_day_view(day: int) -> str | None:
    """A day, or null where there is no end."""
    return None if day >= LAST_DAY else text_of(day)
