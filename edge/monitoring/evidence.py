"""The facts behind a value as rows that a person can look up, with numbers in place of learners.

Nothing here adds up by the way that the value itself came; the rows are summed anew from what is shown of them alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from itertools import pairwise, starmap
from typing import TypeAlias

import numpy as np

from edge.monitoring.contract import ComputedFrom, Evidence, EvidenceRow, Period
from telemetry.columns import Int32s, Int64s
from telemetry.indicators.definition import Dimension, How, Indicator
from telemetry.indicators.facts import Facts, Labels
from telemetry.indicators.lists import items_of, starts_of, taken
from telemetry.indicators.measures import amount, resum, rows_of
from telemetry.indicators.periods import Window

Title: TypeAlias = tuple[str, str]
"""What a person calls a fact, and the document that proves it."""

Titles: TypeAlias = Callable[[str, str], Title]
"""From the kind and the id of a fact."""


def shown(facts: Facts, window: Window) -> Facts:
    """The rows that meet a window, with numbers from 0 in place of members, in an order that no name of them changes.

    Members are numbered by the rows that they stand in: by the first, then the next. Those that stand in the very same
    rows cannot be told apart by anybody, so it does not matter which of them comes first.
    """
    met = np.flatnonzero((facts.first <= window[1]) & (facts.last >= window[0]))
    members = taken(Labels(facts.members, facts.member_start, facts.member), met)
    number = _numbers(members)
    _, place = np.unique(facts.fact[met], return_inverse=True)
    column = {name: getattr(facts, name)[met] for name in _COLUMNS}
    return replace(
        facts,
        kind=tuple(facts.kind[row] for row in met.tolist()),
        id=tuple(facts.id[row] for row in met.tolist()),
        **column,
        members=tuple(map(str, range(len(number)))),
        member_start=members.start,
        member=_sorted_lists(members.start, number[members.code]),
        labels={by: taken(labels, met) for by, labels in facts.labels.items()},
        fact=place.astype(np.int64),
    )


def evidence_of(
    facts: Facts,
    indicator: Indicator,
    window: Window,
    *,
    asked: tuple[Period, Dimension | None, str],
    titles: Titles,
    computed_from: ComputedFrom,
) -> Evidence:
    """Everything behind a value of facts that `shown` gave, whole or under one key."""
    period, by, key = asked
    rows = rows_of(facts, window, by=by, key=key)
    items = _items(facts, rows, titles)
    summed = [(one.amount, one.base, one.unlisted, one.members, one.first, one.last, one.id) for one in items]
    return Evidence(
        number=indicator.number,
        period=period,
        by=by,
        key=key,
        amount=amount(facts, indicator.aggregation, window, rows=rows),
        resum=resum(summed, indicator.aggregation),
        rows=items,
        computed_from=computed_from,
    )


_COLUMNS = ("first", "last", "amount", "base", "how", "unlisted", "rank")


def _numbers(members: Labels) -> Int64s:
    """The number of each member, int64[len(members.keys)]."""
    standing: list[list[int]] = [[] for _ in members.keys]
    for row, one in zip(np.repeat(np.arange(len(members.start) - 1), np.diff(members.start)).tolist(),
                        members.code.tolist(), strict=True):  # fmt: skip
        standing[one].append(row)
    number = np.empty(len(standing), np.int64)
    number[sorted(range(len(standing)), key=standing.__getitem__)] = np.arange(len(standing))
    return number


def _sorted_lists(start: Int64s, number: Int64s) -> Int32s:
    """The numbers of each row in their order."""
    row = np.repeat(np.arange(len(start) - 1), np.diff(start))
    return number[np.lexsort((number, row))].astype(np.int32)


def _items(facts: Facts, rows: Int64s, titles: Titles) -> tuple[EvidenceRow, ...]:
    """The rows, column by column, because there may be ten thousands of them."""
    at = rows.tolist()
    kinds, ids = [facts.kind[row] for row in at], [facts.id[row] for row in at]
    titled = [titles(kind, one) for kind, one in zip(kinds, ids, strict=True)]
    first, last, amounts, base, unlisted = (getattr(facts, name)[rows].tolist() for name in _NUMBERS)
    columns = zip(
        kinds,
        ids,
        [name for name, _document in titled],
        first,
        last,
        amounts,
        base,
        _lists(facts.member_start, facts.member, rows),
        unlisted,
        [_HOW[how] for how in facts.how[rows].tolist()],
        [document for _name, document in titled],
        _labelled(facts.labels, rows),
        strict=True,
    )
    return tuple(starmap(EvidenceRow, columns))


_NUMBERS = ("first", "last", "amount", "base", "unlisted")
_HOW = tuple(How)


def _labelled(labels: Mapping[Dimension, Labels], rows: Int64s) -> list[Mapping[Dimension, tuple[str, ...]]]:
    """The keys of each row, by dimension; the many rows that have all of them in common share one mapping."""
    row, code = _codes(labels, rows)
    told, bounds = code.tobytes(), starts_of(np.bincount(row, minlength=len(rows)) * code.itemsize).tolist()
    lists = [told[first:last] for first, last in pairwise(bounds)]
    every = [(by, key) for by, one in labels.items() for key in one.keys]
    known = {one: _mapped(every[code] for code in np.frombuffer(one, code.dtype).tolist()) for one in set(lists)}
    return [known[one] for one in lists]


def _codes(labels: Mapping[Dimension, Labels], rows: Int64s) -> tuple[Int64s, Int32s]:
    """The rows, from 0 and rising, and what each has of all the keys of the dimensions, one dimension after another."""
    row, code, before = [np.empty(0, np.int64)], [np.empty(0, np.int32)], 0
    for one in labels.values():
        lengths, codes = items_of(one.start, one.code, rows)
        row.append(np.repeat(np.arange(len(rows)), lengths))
        code.append(codes + np.int32(before))
        before += len(one.keys)
    told = np.concatenate(row)
    order = np.argsort(told, kind="stable")
    return told[order], np.concatenate(code)[order]


def _mapped(keys: Iterable[tuple[Dimension, str]]) -> Mapping[Dimension, tuple[str, ...]]:
    found: dict[Dimension, tuple[str, ...]] = {}
    for by, key in keys:
        found[by] = (*found.get(by, ()), key)
    return found


def _lists(start: Int64s, item: Int32s, rows: Int64s) -> list[tuple[int, ...]]:
    """The items of each row."""
    lengths, items = items_of(start, item, rows)
    every, bounds = tuple(items.tolist()), starts_of(lengths).tolist()
    return [every[first:last] for first, last in pairwise(bounds)]


def labels_of(facts: Facts, row: int) -> Mapping[Dimension, tuple[str, ...]]:
    """The keys of one row, by dimension, where it has any."""
    found = {
        by: tuple(labels.keys[code] for code in labels.code[labels.start[row] : labels.start[row + 1]].tolist())
        for by, labels in facts.labels.items()
    }
    return {by: keys for by, keys in found.items() if keys}
