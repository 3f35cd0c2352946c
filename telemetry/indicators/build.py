"""How facts are made: from rows that name everything, or from columns where there are thousands.

Nothing here decides what counts, except that what begins after today does not, and neither does a row without a day.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter

import numpy as np

from telemetry.civil import Day
from telemetry.columns import Int8s, Int64s
from telemetry.indicators.definition import Dimension, How
from telemetry.indicators.facts import Facts, Labels
from telemetry.indicators.lists import by_then_id, taken, words_of
from telemetry.indicators.world import Codes


@dataclass(frozen=True, slots=True)
class Fact:
    """One row to be: see `Facts`. What it has no key for needs no label."""

    kind: str
    id: str
    first: Day
    last: Day
    labels: Mapping[Dimension, Codes] = field(default_factory=dict)
    amount: int = 1
    base: int = 0
    how: How = How.REGISTER
    members: Codes = ()
    unlisted: int = 0
    rank: int = 0


def facts_of(rows: Iterable[Fact], dimensions: Sequence[Dimension], *, today: Day) -> Facts:
    """The facts that `rows`, any order, tell, with a label for each of `dimensions`.

    Rows of one fact that differ in labels alone stay in the order in which they came.
    """
    listed = sorted((row for row in rows if row.first <= min(row.last, today)), key=_order)
    members = words_of([row.members for row in listed])
    return Facts(
        kind=tuple(row.kind for row in listed),
        id=tuple(row.id for row in listed),
        first=_int64s(row.first for row in listed),
        last=_int64s(row.last for row in listed),
        amount=_int64s(row.amount for row in listed),
        base=_int64s(row.base for row in listed),
        how=_int64s(row.how for row in listed).astype(np.int8),
        members=members.keys,
        member_start=members.start,
        member=members.code,
        unlisted=_int64s(row.unlisted for row in listed),
        labels={one: words_of([row.labels.get(one, ()) for row in listed]) for one in dimensions},
        fact=_numbered([(row.kind, row.id) for row in listed]),
        rank=_int64s(row.rank for row in listed),
    )


_order = attrgetter("first", "kind", "id", "last", "rank", "how", "amount")


def _int64s(values: Iterable[int]) -> Int64s:
    return np.fromiter(values, np.int64)


def _numbered(names: list[tuple[str, str]]) -> Int64s:
    """Equal names get equal numbers, from 0 in the order in which they come first."""
    numbers = {name: number for number, name in enumerate(dict.fromkeys(names))}
    return _int64s(numbers[name] for name in names)


@dataclass(frozen=True, slots=True, eq=False)
class DayFacts:
    """n facts of one kind, any order, each of one day and with an id of its own; columns as in `Facts`."""

    kind: str
    id: Codes
    day: Int64s
    amount: Int64s
    base: Int64s
    how: Int8s
    members: Labels
    labels: Mapping[Dimension, Labels]


def day_facts_of(columns: DayFacts, *, today: Day) -> Facts:
    """The same as facts."""
    order = by_then_id(columns.day, columns.id)
    order = order[columns.day[order] <= today]
    members = taken(columns.members, order)
    return Facts(
        kind=(columns.kind,) * len(order),
        id=tuple(map(columns.id.__getitem__, order.tolist())),
        first=columns.day[order],
        last=columns.day[order],
        amount=columns.amount[order],
        base=columns.base[order],
        how=columns.how[order],
        members=members.keys,
        member_start=members.start,
        member=members.code,
        unlisted=np.zeros(len(order), np.int64),
        labels={one: taken(labels, order) for one, labels in columns.labels.items()},
        fact=np.arange(len(order)),
        rank=np.zeros(len(order), np.int64),
    )


def some_of(facts: Facts, rows: Int64s, *, amount: Int64s, base: Int64s) -> Facts:
    """Facts of `day_facts_of` of rows that rise, each with another amount and base, int64[len(rows)]."""
    members = taken(Labels(facts.members, facts.member_start, facts.member), rows)
    listed = rows.tolist()
    return Facts(
        kind=facts.kind[: len(rows)],
        id=tuple(map(facts.id.__getitem__, listed)),
        first=facts.first[rows],
        last=facts.last[rows],
        amount=amount,
        base=base,
        how=facts.how[rows],
        members=members.keys,
        member_start=members.start,
        member=members.code,
        unlisted=facts.unlisted[rows],
        labels={one: taken(labels, rows) for one, labels in facts.labels.items()},
        fact=np.arange(len(rows)),
        rank=facts.rank[rows],
    )
