"""Which numbers of a report about people may leave the school, so that nobody can add and subtract his way to a few.

Decides by the facts behind all of them, whatever part is asked for; what cannot be shown to be safe stays hidden.

All indicators that count the same people are judged as one, in the order in which their numbers are wanted: the year to
date, which is hidden only where it is small itself, the quarter, the components, then the quarters before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import TypeAlias

import numpy as np

from edge.monitoring.contract import Evidence, EvidenceRow, Measured, Period
from telemetry.columns import Float64s, Int64s
from telemetry.indicators.definition import Aggregation, Dimension
from telemetry.indicators.facts import Amount
from telemetry.indicators.periods import quarter_window, year_to_date_window
from telemetry.indicators.suppression import counts_in, is_small, let_through, secrets, suppressed

Behind: TypeAlias = Callable[[str, Dimension | None, str], Evidence]
"""The evidence of an indicator by its number, or of one component by its dimension and key."""

ROWS_LIMIT = 2000
"""Rows of evidence that are judged; of more, which no school has of more than a few people each, none is told."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A number of a report: of a period, as year to date or of its own days; with `by`, of one component."""

    period: Period
    to_date: bool = True
    by: Dimension | None = None
    key: str = ""


@dataclass(frozen=True, slots=True)
class Veil:
    """What stays hidden of the facts of indicators; `rows` tells whether the numbers of their evidence do, too."""

    hidden: frozenset[Cell]
    rows: bool


Entry: TypeAlias = tuple[str, str]
"""The kind and the id of a fact."""

Unknown: TypeAlias = tuple[str | int, ...]
"""A person, or people of one entry whom nobody tells apart: what numbers about people are sums of."""

People: TypeAlias = Mapping[Unknown, tuple[int, ...]]
"""Unknown numbers, none of them 0 throughout."""


@dataclass(frozen=True, slots=True, eq=False)
class Subject:
    """Indicators of the same facts and aggregation, and the people behind each entry.

    `apart`: others count some of the entries too, but who of their people is who cannot be told.
    """

    items: tuple[Measured, ...]
    values: Mapping[Cell, Amount]
    rows: Sequence[EvidenceRow]
    people: Mapping[Entry, People]
    apart: bool = False

    @property
    def number(self) -> str:
        """That of the first indicator, by which evidence is asked for."""
        return self.items[0].indicator.number

    def of(self, rows: Iterable[EvidenceRow]) -> People:
        """All people behind rows, each once."""
        found: dict[Unknown, tuple[int, ...]] = {}
        for row in rows:
            found.update(self.people.get((row.kind, row.id), {}))
        return found

    def under(self, cell: Cell, behind: Behind) -> People | None:
        """The people of a number; None where the rows do not make it."""
        if self.apart and cell != _headline(self):
            return None
        amount = self.values[cell]
        found = self.of(_rows_of(cell, self.rows))
        if not _make(found, amount) and cell.by is not None:
            found = self.of(behind(self.number, cell.by, cell.key).rows)
        return found if _make(found, amount) else None


def subjects_of(groups: Iterable[Sequence[Measured]], behind: Behind) -> list[Subject]:
    """Each group of indicators of the same facts; an entry that several of them count is the same people in each."""
    shared: dict[Entry, People] = {}
    found = []
    for items in groups:
        indicator = items[0].indicator
        rows = behind(indicator.number, None, "").rows
        own = {(row.kind, row.id): _people(row, indicator.facts, indicator.aggregation) for row in rows}
        joined = {entry: shared.get(entry, people) for entry, people in own.items()}
        subject = Subject(tuple(items), _values(items), rows, joined)
        if not _make(subject.of(rows), items[0].year_to_date):  # somebody stands in a shared entry and in another
            subject = Subject(tuple(items), subject.values, rows, own, apart=joined != own)
        shared |= subject.people
        found.append(subject)
    return found


def people_veils(subjects: Sequence[Subject], threshold: int, behind: Behind) -> list[Veil]:
    """What is hidden of each of the subjects; those that have entries in common are judged together."""
    found = {
        place: veil
        for places in _linked(subjects)
        for place, veil in zip(places, _judged([subjects[at] for at in places], threshold, behind), strict=True)
    }
    return [found[place] for place in range(len(subjects))]


def _linked(subjects: Sequence[Subject]) -> list[list[int]]:
    linked: list[tuple[set[Entry], list[int]]] = []
    for at, subject in enumerate(subjects):
        entries, places, others = set(subject.people), [at], []
        for one in linked:
            if one[0] & entries:
                entries, places = entries | one[0], one[1] + places
            else:
                others.append(one)
        linked = [*others, (entries, places)]
    return [places for _, places in linked]


def _judged(subjects: Sequence[Subject], threshold: int, behind: Behind) -> list[Veil]:
    found = {
        (at, cell): people
        for at, subject in enumerate(subjects)
        for cell in subject.values
        if (people := subject.under(cell, behind)) is not None
    }
    order = sorted(found, key=lambda one: _wanted(subjects[one[0]], one[1]))
    vectors, counts = _table([found[one] for one in order])
    kept = secrets(vectors, counts, threshold)
    lone = {(at, cell) for at, subject in enumerate(subjects) for cell in _alone(subject, threshold)}
    free = [place for place, one in enumerate(order) if one not in lone]
    given = sum(order[place][1] == _headline(subjects[order[place][0]]) for place in free)
    passed = let_through(vectors[free], kept, given=given)
    told = {order[place] for place, goes in zip(free, passed.tolist(), strict=True) if goes}
    if not len(kept):
        told |= {
            (at, cell) for at, one in enumerate(subjects) for cell in one.values if _stands_off(one, cell, threshold)
        }
    told |= {(at, _headline(one)) for at, one in enumerate(subjects)} - lone
    safe = not len(kept) and _rows_safe(subjects, [found[one] for one in order], threshold)
    return [
        Veil(
            _years_before(subject.items[0], threshold) | {cell for cell in subject.values if (at, cell) not in told},
            rows=not safe,
        )
        for at, subject in enumerate(subjects)
    ]


def hours_veil(item: Measured, held: Measured | None, threshold: int) -> Veil:
    """What is hidden of learner-hours, which divided by the length of lessons tell how many learners were there.

    Of all lessons together they are told where at least `threshold` lessons were held, which `held` counts; the parts
    are for the school itself.
    """
    parts = {cell for cell in _values([item]) if cell.by is not None}
    wholes = {cell for one, _, _ in item.series for cell in (Cell(one), Cell(one, to_date=False))}
    return Veil(frozenset(parts | (wholes if held is None else _by_years(held, threshold))), rows=True)


def _people(row: EvidenceRow, facts: str, aggregation: Aggregation) -> People:
    if aggregation is Aggregation.UNIQUE:
        found: dict[Unknown, tuple[int, ...]] = {(facts, member): (1,) for member in row.members}
        return found | ({(facts, row.kind, row.id): (row.unlisted,)} if row.unlisted else {})
    if aggregation is Aggregation.SHARE:
        counts = counts_in(Amount(row.amount, row.base))
    else:
        counts = (1 if aggregation is Aggregation.COUNT else row.amount,)
    return {(facts, row.kind, row.id): counts} if any(counts) else {}


def _make(people: People, amount: Amount) -> bool:
    return _sum(people) == counts_in(amount) or not (people or any(counts_in(amount)))


def _sum(people: People) -> tuple[int, ...]:
    return tuple(map(sum, zip(*people.values(), strict=True)))


def _values(items: Sequence[Measured]) -> dict[Cell, Amount]:
    """Every number of the year of the report."""
    series = items[0].series
    year = series[-1][0].year
    found: dict[Cell, Amount] = {}
    for period, quarter, total in series:
        if period.year == year:
            found |= {Cell(period): total, Cell(period, to_date=False): quarter}
    period = series[-1][0]
    return found | {Cell(period, by=one.by, key=one.key): one.amount for item in items for one in item.components}


def _headline(subject: Subject) -> Cell:
    return Cell(subject.items[0].series[-1][0])


def _wanted(subject: Subject, cell: Cell) -> tuple[int, int, Period, bool, str, str]:
    """What comes first: year to date, quarter, components, quarters before; of each the greatest."""
    now = _headline(subject).period
    rank = 3 if cell.period != now else 2 if cell.by is not None else 0 if cell.to_date else 1
    return rank, -sum(counts_in(subject.values[cell])), cell.period, cell.to_date, cell.by or "", cell.key


def _table(cells: Sequence[People]) -> tuple[Float64s, Int64s]:
    """Cells over classes of people who are in the very same ones, float64[n, a], and what each counts, int64[n, k]."""
    numbered = {unknown: at for at, unknown in enumerate({unknown: None for people in cells for unknown in people})}
    vectors = np.zeros((len(cells), len(numbered)))
    for row, people in zip(vectors, cells, strict=True):
        row[[numbered[unknown] for unknown in people]] = 1
    width = max((len(_sum(people)) for people in cells), default=1)
    counts = np.array([_sum(people) or (0,) * width for people in cells], np.int64).reshape(len(cells), -1)
    return np.unique(vectors, axis=1), counts


def _rows_of(cell: Cell, rows: Sequence[EvidenceRow]) -> Iterator[EvidenceRow]:
    window = year_to_date_window if cell.to_date else quarter_window
    first, last = window(cell.period.year, cell.period.quarter)
    for row in rows:
        keys = () if cell.by is None else row.labels.get(cell.by) or ("",)
        if row.first <= last and row.last >= first and (cell.by is None or cell.key in keys):
            yield row


def _rows_safe(subjects: Sequence[Subject], cells: Sequence[People], threshold: int) -> bool:
    """Whether also the numbers of all rows give nothing small away."""
    rows = [subject.of([row]) for subject in subjects for row in subject.rows]
    if len(rows) > ROWS_LIMIT:
        return False
    vectors, counts = _table([*cells, *rows])
    return not len(secrets(vectors, counts, threshold))


def _alone(subject: Subject, threshold: int) -> set[Cell]:
    """What is small as a whole, and what each breakdown hides by itself."""
    headline = _headline(subject)
    found = {headline} if is_small(subject.values[headline], threshold) else set()
    for item in subject.items:
        for by, group in groupby(item.components, key=lambda one: one.by):
            hidden = suppressed([(one.key, one.amount, one.how) for one in group], threshold)
            found |= {Cell(headline.period, by=by, key=key) for key, amount, _ in hidden if amount is None}
    return found


def _stands_off(subject: Subject, cell: Cell, threshold: int) -> bool:
    """Whether a number is neither small nor near another one."""
    amount = subject.values[cell]
    others = (_less(amount, other) for at, other in subject.values.items() if at != cell)
    return not any(is_small(one, threshold) for one in (amount, *others))


def _years_before(item: Measured, threshold: int) -> frozenset[Cell]:
    """Of the years before that of the report; their facts are not at hand, so numbers alone decide."""
    year = item.series[-1][0].year
    return frozenset(cell for cell in _by_years(item, threshold) if cell.period.year < year)


def _by_years(item: Measured, threshold: int) -> frozenset[Cell]:
    """Where anything in a year is small, or a difference is, only its last year to date is told, if it is not."""
    found: set[Cell] = set()
    for _, group in groupby(item.series, key=lambda one: one[0].year):
        year = list(group)
        last, _, total = year[-1]
        if _small_in([(quarter, whole) for _, quarter, whole in year], threshold):
            cells = {cell for one, _, _ in year for cell in (Cell(one), Cell(one, to_date=False))}
            found |= cells if is_small(total, threshold) else cells - {Cell(last)}
    return frozenset(found)


def _small_in(year: Sequence[tuple[Amount, Amount]], threshold: int) -> bool:
    totals = [total for _, total in year]
    found = [one for pair in year for one in pair]
    found += [_less(after, before) for before, after in pairwise(totals)]
    found += [_less(total, own) for place, total in enumerate(totals) for own, _ in year[: place + 1]]
    return any(is_small(one, threshold) for one in found)


def _less(one: Amount, other: Amount) -> Amount:
    if one.denominator is None or other.denominator is None:
        return Amount(one.numerator - other.numerator)
    return Amount(one.numerator - other.numerator, one.denominator - other.denominator)
