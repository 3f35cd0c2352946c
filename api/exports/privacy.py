"""What of a report may leave the school: numbers of few people are withheld, with what would give them away.

Nothing here computes a value. Behind a curtain a withheld value is a text, never a number.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

from api.exports.veil import Behind, Cell, Veil, hours_veil, people_veils, subjects_of
from edge.monitoring.contract import Component, EvidenceRow, Manual, Measured, Period, Report
from telemetry.indicators.definition import Aggregation, Indicator, Unit
from telemetry.indicators.facts import Amount
from telemetry.indicators.suppression import is_small

_UNITS = frozenset({Unit.LEARNERS, Unit.PEOPLE})
_FACTS = frozenset(
    {
        *("learners", "network_participants", "event_participants", "mentoring_participants", "volunteers"),
        *("retention", "completed_pairs", "satisfaction"),
    }
)
"""Facts that are people, or whose shares are shares of people."""

_OF_THE_SAME = {"retention": "learners", "completed_pairs": "mentoring_participants"}
"""Shares that are told of nobody of whom the number is withheld: their denominators would tell it."""

_HOURS, _HELD = "learner_hours", "practical_sessions"

Kind: TypeAlias = tuple[str, Aggregation]
"""The facts of an indicator, and how they become a value."""


@dataclass(frozen=True, slots=True)
class Withheld:
    """A value that is not shown; one may be withheld only so that another cannot be had from it."""

    label: str


Shown = Amount | Withheld


def counts_people(indicator: Indicator) -> bool:
    """Whether a small value of an indicator could tell who is meant."""
    return indicator.unit in _UNITS or indicator.facts in _FACTS


def _counts_hours(indicator: Indicator) -> bool:
    return indicator.unit is Unit.LEARNER_HOURS or indicator.facts == _HOURS


class Curtain:
    """What of one report is withheld: numbers of people under `threshold`; 0 withholds nothing.

    What it withholds follows from the report and its facts, so every file of a period or an edition withholds the same.
    """

    def __init__(self, threshold: int, report: Report, behind: Behind) -> None:
        """`behind` is asked once anything about people is; it may raise what it raises."""
        self.threshold = threshold
        self._report = report
        self._behind = behind

    def decide(self) -> None:
        """Decide now, by evidence of this moment, what is withheld."""
        self._veils  # noqa: B018 - it is kept

    def total(self, item: Measured) -> Shown:
        """The year to date: `<5` where it is small."""
        return self._shown(item, Cell(self._report.period), item.year_to_date)

    def quarter(self, item: Measured) -> Shown:
        """The quarter by its own days."""
        return self._shown(item, Cell(self._report.period, to_date=False), item.quarter)

    def series(self, item: Measured) -> Iterator[tuple[Period, Shown, Shown]]:
        """Every quarter of the dynamics: its own days, and the year to date."""
        for period, quarter, total in item.series:
            own = self._shown(item, Cell(period, to_date=False), quarter)
            yield period, own, self._shown(item, Cell(period), total)

    def parts(self, item: Measured) -> Iterator[tuple[Component, Shown]]:
        """The components of all breakdowns."""
        for one in item.components:
            yield one, self._shown(item, Cell(self._report.period, by=one.by, key=one.key), one.amount)

    def manual(self, item: Measured) -> Manual | Withheld | None:
        """What a person gave: withheld where it is a small number of people, or stands for a share that is withheld."""
        if item.manual is None or not self._hides(item.indicator):
            return item.manual
        people = item.indicator.unit in _UNITS
        small = people and 0 < abs(item.manual.hundredths) < 100 * self.threshold
        withheld = small or (not people and isinstance(self.total(item), Withheld))
        return self.label if withheld else item.manual

    def covers_rows(self, indicator: Indicator) -> bool:
        """Whether the numbers of the rows of its evidence are withheld, all of them."""
        veil = self._veil(indicator)
        return veil is not None and veil.rows

    @property
    def label(self) -> Withheld:
        """What stands for a number that is small, or would give a small one away."""
        return Withheld(f"<{self.threshold}*")

    def _shown(self, item: Measured, cell: Cell, amount: Amount) -> Shown:
        veil = self._veil(item.indicator)
        if veil is None or cell not in veil.hidden:
            return amount
        small = cell == Cell(self._report.period) and is_small(amount, self.threshold)
        return Withheld(f"<{self.threshold}") if small and item.indicator.unit in _UNITS else self.label

    def _hides(self, indicator: Indicator) -> bool:
        return bool(self.threshold) and (counts_people(indicator) or _counts_hours(indicator))

    def _veil(self, indicator: Indicator) -> Veil | None:
        return self._veils[indicator.facts, indicator.aggregation] if self._hides(indicator) else None

    @cached_property
    def _veils(self) -> Mapping[Kind, Veil]:
        """Those who are counted once stand together; shares and sums of entries each for themselves."""
        groups: dict[Kind, list[Measured]] = {}
        for item in self._report.items:
            if self._hides(item.indicator):
                groups.setdefault((item.indicator.facts, item.indicator.aggregation), []).append(item)
        hours = {kind: items for kind, items in groups.items() if _counts_hours(items[0].indicator)}
        united = [kind for kind in groups if kind[1] is Aggregation.UNIQUE and kind not in hours]
        others = [[kind] for kind in groups if kind not in united and kind not in hours]
        found = {kind: self._hours(items[0]) for kind, items in hours.items()}
        for kinds in filter(None, [united, *others]):
            subjects = subjects_of([groups[kind] for kind in kinds], self._behind)
            found |= zip(kinds, people_veils(subjects, self.threshold, self._behind), strict=True)
        return {kind: _followed(veil, kind, found) for kind, veil in found.items()}

    def _hours(self, item: Measured) -> Veil:
        held = next((one for one in self._report.items if one.indicator.facts == _HELD), None)
        return hours_veil(item, held, self.threshold)


def _followed(veil: Veil, kind: Kind, found: Mapping[Kind, Veil]) -> Veil:
    """What is withheld of a share, with what is withheld of the people that it is a share of."""
    people = found.get((_OF_THE_SAME.get(kind[0], ""), Aggregation.UNIQUE), veil)
    return Veil(veil.hidden | people.hidden, rows=veil.rows or people.rows)


def people_of(row: EvidenceRow) -> int:
    """How many people a row of evidence is about."""
    return len(row.members) + row.unlisted
