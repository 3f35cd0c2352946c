"""How much is known of what a ratio of time is about, beside each of its values: whole, by quarter, by component.

It changes no value: whoever shows one says that too little is known where that is so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from edge.monitoring.contract import Component, Measured, Period
from telemetry.indicators.definition import Aggregation, Dimension, How
from telemetry.indicators.facts import Amount, Coverage, Facts
from telemetry.indicators.measures import amounts, components
from telemetry.indicators.periods import quarter_window, year_to_date_window

Series = tuple[tuple[Period, Amount, Amount], ...]
"""The quarters up to that of a report, each by its own days and as year to date."""

_NOTHING = Amount(0, 0)
"""The ratio of what nothing is known of."""


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """The facts of `COVERAGE` of one ratio, the period that is asked about, and the least millionths that do."""

    facts: Facts
    period: Period
    least_ppm: int

    def beside(self, value: Amount, found: Amount) -> Amount:
        """A value with its coverage."""
        return replace(value, coverage=Coverage(found.numerator, found.denominator or 0, self.least_ppm))

    def series(self, values: Series) -> Series:
        """Every quarter with what is known of its own days and of its year to date."""
        quarters = [(one.year, one.quarter) for one, _, _ in values]
        own = amounts(self.facts, Aggregation.SHARE, [quarter_window(*one) for one in quarters])
        whole = amounts(self.facts, Aggregation.SHARE, [year_to_date_window(*one) for one in quarters])
        return tuple(
            (period, self.beside(quarter, in_quarter), self.beside(year_to_date, in_year))
            for (period, quarter, year_to_date), in_quarter, in_year in zip(values, own, whole, strict=True)
        )


def covered(item: Measured, known: Known, *, names: Mapping[Dimension, Mapping[str, str]]) -> Measured:
    """An indicator with the coverage of each value; what nothing is known of is a component too, without a value."""
    series = known.series(item.series)
    _, quarter, year_to_date = series[-1]
    parts = [part for by in item.indicator.breakdowns for part in _components(item, known, by, names.get(by, {}))]
    return replace(item, series=series, quarter=quarter, year_to_date=year_to_date, components=tuple(parts))


def _components(item: Measured, known: Known, by: Dimension, names: Mapping[str, str]) -> list[Component]:
    window = year_to_date_window(known.period.year, known.period.quarter)
    found = {key: part for key, part, _ in components(known.facts, Aggregation.SHARE, window, by)}
    told = {one.key: one for one in item.components if one.by is by}
    for key in found.keys() - told.keys():
        told[key] = Component(by, key, names.get(key, key), _NOTHING, How.TELEMETRY)
    return [
        replace(one, amount=known.beside(one.amount, found.get(key, _NOTHING)))
        for key, one in sorted(told.items())
    ]  # fmt: skip
