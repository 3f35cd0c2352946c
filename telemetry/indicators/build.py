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


def day_rows(day: Int64s, ids: Sequence[str], today: Day) -> Int64s:
    """The rows of facts of one day each, by day, then by id, without those that lie ahead, int64[k]."""
    order = by_then_id(day, ids)
    return order[day[order] <= today]


@dataclass(frozen=True, slots=True, eq=False)
class DayFacts:
    """n facts of one kind, each of one day and with an id of its own, as `day_rows` orders them; columns as in `Facts`.

    Of members and labels there are only words that some row has.
    """

    kind: str
    id: Codes
    day: Int64s
    amount: Int64s
    base: Int64s
    how: Int8s
    members: Labels
    labels: Mapping[Dimension, Labels]


def day_facts_of(columns: DayFacts) -> Facts:
    """The same as facts."""
    n = len(columns.id)
    return Facts(
        kind=(columns.kind,) * n,
        id=columns.id,
        first=columns.day,
        last=columns.day,
        amount=columns.amount,
        base=columns.base,
        how=columns.how,
        members=columns.members.keys,
        member_start=columns.members.start,
        member=columns.members.code,
        unlisted=np.zeros(n, np.int64),
        labels=columns.labels,
        fact=np.arange(n),
        rank=np.zeros(n, np.int64),
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
