"""What of a report may leave the school: values of small groups of people are withheld, and their parts with them.

Nothing here computes a value. Behind a curtain a withheld value is a text, never a number.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from edge.monitoring.contract import Component, EvidenceRow
from telemetry.indicators.definition import How, Indicator, Unit
from telemetry.indicators.facts import Amount
from telemetry.indicators.suppression import is_small, suppressed

_UNITS = frozenset({Unit.LEARNERS, Unit.PEOPLE})
_SHARES = frozenset({"retention", "completed_pairs", "satisfaction"})
"""Facts whose shares are shares of people."""


@dataclass(frozen=True, slots=True)
class Withheld:
    """A value that is not shown; a part of a whole may be withheld only so that another cannot be had from it."""

    label: str


Shown = Amount | Withheld


def counts_people(indicator: Indicator) -> bool:
    """Whether a small value of an indicator could tell who is meant."""
    return indicator.unit in _UNITS or indicator.facts in _SHARES


@dataclass(frozen=True, slots=True)
class Curtain:
    """What is withheld: values of people under `threshold`; 0 withholds nothing."""

    threshold: int

    def whole(self, indicator: Indicator, amount: Amount) -> Shown:
        """A value that is no part of a breakdown: `<5` where it is small."""
        hidden = counts_people(indicator) and is_small(amount, self.threshold)
        return Withheld(f"<{self.threshold}") if hidden else amount

    def parts(self, indicator: Indicator, components: Sequence[Component]) -> Iterator[tuple[Component, Shown]]:
        """The components of all breakdowns: `<5*` for whatever is withheld, small or not."""
        for _, group in groupby(components, key=lambda one: one.by):
            listed = list(group)
            triples = [(one.key, one.amount, one.how) for one in listed]
            yield from zip(listed, self._covered(indicator, triples), strict=True)

    def rows(self, indicator: Indicator, rows: Iterable[EvidenceRow]) -> list[Shown]:
        """How many people each row of evidence is about; of rows that are about things, as it is."""
        amounts = [(Amount(people_of(row)), row.how) for row in rows]
        if not self._hides(indicator):
            return [amount for amount, _ in amounts]
        return self._covered(indicator, [(str(place), *pair) for place, pair in enumerate(amounts)])

    def _hides(self, indicator: Indicator) -> bool:
        return bool(self.threshold) and counts_people(indicator)

    def _covered(self, indicator: Indicator, triples: Sequence[tuple[str, Amount, How]]) -> list[Shown]:
        if not self._hides(indicator):
            return [amount for _, amount, _ in triples]
        label = Withheld(f"<{self.threshold}*")
        return [label if amount is None else amount for _, amount, _ in suppressed(triples, self.threshold)]


def people_of(row: EvidenceRow) -> int:
    """How many people a row of evidence is about."""
    return len(row.members) + row.unlisted
