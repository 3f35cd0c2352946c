"""From facts to values: which rows count in a window, what they add up to, whole or by the keys of a dimension.

Nothing here knows an indicator, rounds, or divides: a share stays a numerator and a denominator.

One kernel aggregates rows by group; the whole is one group, and the components are one group a key. So a value is
always the value of the rows that `rows_of` gives, and `resum` can add them up anew in plain Python.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from telemetry.civil import Day
from telemetry.columns import Int64s
from telemetry.indicators.definition import Aggregation, Dimension, How
from telemetry.indicators.facts import Amount, Facts
from telemetry.indicators.lists import items_of, no_words
from telemetry.indicators.periods import Window
from telemetry.indicators.world import Codes

Rows: TypeAlias = npt.NDArray[np.integer]

EvidenceRow: TypeAlias = tuple[int, int, int, tuple[int, ...], Day, Day, str]
"""amount, base, unlisted, members, first day, last day, id."""


def rows_of(facts: Facts, window: Window, *, by: Dimension | None = None, key: str = "") -> Int64s:
    """The rows that count in a window, rising, one for each fact; with `by`, those under one key, "" for no key.

    A fact has no key where none of its rows in the window has one. The first and last day of a window are inside.
    """
    met = _met(facts, window)
    if by is None:
        return np.sort(_standing(facts, _Grouped(np.zeros(len(met), np.int64), met)).row)
    keys, grouped = _by_key(facts, met, by)
    if key not in keys:
        return np.empty(0, np.int64)
    return np.sort(grouped.row[grouped.group == keys.index(key)])


def amount(facts: Facts, aggregation: Aggregation, window: Window, *, rows: Int64s | None = None) -> Amount:
    """The value of a window, or of `rows` of it.

    count: how many facts. unique: how many different learners (or equipment), those without a pseudonym added each as
    another person. sum: of `amount`. last: of `amount` of the facts that begin on the latest day. share: the sum of
    `amount` over the sum of `base`; over 0 there is no value (`Amount.is_value`). Nothing at all is 0.
    """
    row = rows_of(facts, window) if rows is None else rows
    return _KERNELS[aggregation](facts, _Grouped(np.zeros(len(row), np.int64), row), 1)[0]


def amounts(facts: Facts, aggregation: Aggregation, windows: Sequence[Window]) -> list[Amount]:
    """What `amount` says of each of the windows, in one go."""
    met = [_met(facts, window) for window in windows]
    group = np.repeat(np.arange(len(met)), [len(rows) for rows in met])
    grouped = _standing(facts, _Grouped(group, np.concatenate([np.empty(0, np.int64), *met])))
    return _KERNELS[aggregation](facts, grouped, len(met))


def components(
    facts: Facts, aggregation: Aggregation, window: Window, by: Dimension
) -> tuple[tuple[str, Amount, How], ...]:
    """The value under each key that has facts in the window, by key; "" stands for no key and comes first.

    A fact counts under each of its keys, so parts may overlap; together they hold every fact of the window.
    """
    keys, grouped = _by_key(facts, _met(facts, window), by)
    weakest = np.zeros(len(keys), np.int8)
    np.maximum.at(weakest, grouped.group, facts.how[grouped.row])
    amounts = _KERNELS[aggregation](facts, grouped, len(keys))
    return tuple(zip(keys, amounts, map(How, weakest.tolist()), strict=True))


def how_of(facts: Facts, rows: Rows) -> How:
    """The weakest proof among the rows: a value is proven by machines where each of its facts is.

    Of no rows it is `REGISTER`: nothing was entered.
    """
    return How(int(facts.how[rows].max())) if len(rows) else How.REGISTER


class _Grouped(NamedTuple):
    """Rows in groups, any order; a row may be in several groups."""

    group: Int64s
    row: Int64s


def _met(facts: Facts, window: Window) -> Int64s:
    first, last = window
    begun = facts.first.searchsorted(last, side="right")
    return np.flatnonzero(facts.last[:begun] >= first)


def _by_key(facts: Facts, met: Int64s, by: Dimension) -> tuple[Codes, _Grouped]:
    """The keys that rows of `met` have, and which row stands for each fact under each of them."""
    labels = facts.labels.get(by, no_words(len(facts)))
    lengths, code = items_of(labels.start, labels.code, met)
    keyed = np.repeat(met, lengths)
    has_key = np.zeros(len(facts), np.bool_)
    has_key[facts.fact[keyed]] = True
    bare = met[~has_key[facts.fact[met]]]
    # No key is 0, so it comes first; keys that nothing in the window has are left out.
    place = np.concatenate((np.zeros(len(bare), np.int64), code + 1))
    in_use = np.bincount(place, minlength=len(labels.keys) + 1) > 0
    group = (np.cumsum(in_use) - 1)[place]
    keys = tuple(word for word, used in zip(("", *labels.keys), in_use.tolist(), strict=True) if used)
    return keys, _standing(facts, _Grouped(group, np.concatenate((bare, keyed))))


def _standing(facts: Facts, grouped: _Grouped) -> _Grouped:
    """One row for each fact in a group: of greatest rank, of equals the last.

    Group, fact, rank and row make one number, because sorting numbers is ten times faster than sorting by columns; for
    1,000 keys, 100,000 facts and rows and 10 ranks that is 10^14 of the 10^19 that fit.
    """
    n_rows = len(facts)
    if int(facts.fact.max(initial=-1)) + 1 == n_rows:
        return grouped  # One row a fact.
    n_ranks = int(facts.rank.max(initial=0)) + 1
    group, row = grouped
    ordered = np.sort(((group * n_rows + facts.fact[row]) * n_ranks + facts.rank[row]) * n_rows + row)
    of_fact = ordered // (n_ranks * n_rows)
    stands = np.ones(len(ordered), np.bool_)
    stands[:-1] = of_fact[1:] != of_fact[:-1]
    return _Grouped(of_fact[stands] // n_rows, ordered[stands] % n_rows)


def _counted(facts: Facts, grouped: _Grouped, n_groups: int) -> list[Amount]:
    del facts
    return [Amount(count) for count in np.bincount(grouped.group, minlength=n_groups).tolist()]


def _united(facts: Facts, grouped: _Grouped, n_groups: int) -> list[Amount]:
    """A bit for each group and member: 500 keys of 100,000 learners, more than any school has, are 50 MB."""
    n_members = len(facts.members)
    lengths, member = items_of(facts.member_start, facts.member, grouped.row)
    seen = np.zeros(n_groups * n_members, np.bool_)
    seen[np.repeat(grouped.group, lengths) * n_members + member] = True
    listed = np.count_nonzero(seen.reshape(n_groups, n_members), axis=1).tolist()
    return [Amount(sum(both)) for both in zip(listed, _added(facts.unlisted, grouped, n_groups), strict=True)]


def _summed(facts: Facts, grouped: _Grouped, n_groups: int) -> list[Amount]:
    return [Amount(total) for total in _added(facts.amount, grouped, n_groups)]


def _latest(facts: Facts, grouped: _Grouped, n_groups: int) -> list[Amount]:
    latest = np.full(n_groups, np.iinfo(np.int64).min)
    np.maximum.at(latest, grouped.group, facts.first[grouped.row])
    last = facts.first[grouped.row] == latest[grouped.group]
    return _summed(facts, _Grouped(grouped.group[last], grouped.row[last]), n_groups)


def _shared(facts: Facts, grouped: _Grouped, n_groups: int) -> list[Amount]:
    return list(map(Amount, _added(facts.amount, grouped, n_groups), _added(facts.base, grouped, n_groups)))


def _added(column: Int64s, grouped: _Grouped, n_groups: int) -> list[int]:
    """Sums by group, exact: in two halves, because 300 machines have more ns in a year than an int64 holds."""
    values = column[grouped.row]
    if n_groups == 1:
        return [(int((values >> 32).sum()) << 32) + int((values & 0xFFFF_FFFF).sum())]
    upper, lower = np.zeros(n_groups, np.int64), np.zeros(n_groups, np.int64)
    np.add.at(upper, grouped.group, values >> 32)
    np.add.at(lower, grouped.group, values & 0xFFFF_FFFF)
    return [(above << 32) + below for above, below in zip(upper.tolist(), lower.tolist(), strict=True)]


_KERNELS: Mapping[Aggregation, Callable[[Facts, _Grouped, int], list[Amount]]] = MappingProxyType(
    {
        Aggregation.COUNT: _counted,
        Aggregation.UNIQUE: _united,
        Aggregation.SUM: _summed,
        Aggregation.LAST: _latest,
        Aggregation.SHARE: _shared,
    }
)


def resum(rows: Sequence[EvidenceRow], aggregation: Aggregation) -> Amount:
    """What rows of evidence add up to, in plain Python and from them alone: equals `amount` of the same rows."""
    total = sum(row[0] for row in rows)
    if aggregation is Aggregation.COUNT:
        return Amount(len(rows))
    if aggregation is Aggregation.UNIQUE:
        return Amount(len({member for row in rows for member in row[3]}) + sum(row[2] for row in rows))
    if aggregation is Aggregation.SUM:
        return Amount(total)
    if aggregation is Aggregation.LAST:
        latest = max((row[4] for row in rows), default=0)
        return Amount(sum(row[0] for row in rows if row[4] == latest))
    return Amount(total, sum(row[1] for row in rows))
