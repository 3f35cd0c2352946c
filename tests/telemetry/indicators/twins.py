"""The slow, obvious twins of the kernels: facts one by one, in plain Python."""

from __future__ import annotations

from collections.abc import Iterator

from telemetry.indicators.definition import Aggregation, Dimension, How
from telemetry.indicators.facts import Amount, Facts
from telemetry.indicators.periods import Window


def met(facts: Facts, window: Window) -> list[int]:
    first, last = window
    return [row for row in range(len(facts)) if facts.first[row] <= last and facts.last[row] >= first]


def keys(facts: Facts, row: int, by: Dimension) -> set[str]:
    if by not in facts.labels:
        return set()
    labels = facts.labels[by]
    return {labels.keys[code] for code in labels.code[labels.start[row] : labels.start[row + 1]].tolist()}


def who(facts: Facts, row: int) -> tuple[str, str]:
    return facts.kind[row], facts.id[row]


def keys_of_fact(facts: Facts, one: tuple[str, str], window: Window, by: Dimension) -> set[str]:
    return {key for row in met(facts, window) if who(facts, row) == one for key in keys(facts, row, by)}


def _standing(facts: Facts, candidates: list[int]) -> list[int]:
    best: dict[tuple[str, str], int] = {}
    for row in candidates:
        one = who(facts, row)
        if one not in best or (facts.rank[row], row) > (facts.rank[best[one]], best[one]):
            best[one] = row
    return sorted(best.values())


def rows_of(facts: Facts, window: Window, by: Dimension | None, key: str) -> list[int]:
    candidates = met(facts, window)
    if by is not None and key:
        candidates = [row for row in candidates if key in keys(facts, row, by)]
    elif by is not None:
        candidates = [row for row in candidates if not keys_of_fact(facts, who(facts, row), window, by)]
    return _standing(facts, candidates)


def members(facts: Facts, row: int) -> list[str]:
    codes = facts.member[facts.member_start[row] : facts.member_start[row + 1]]
    return [facts.members[code] for code in codes.tolist()]


def amount(facts: Facts, aggregation: Aggregation, rows: list[int]) -> Amount:
    amounts = {row: int(facts.amount[row]) for row in rows}
    if aggregation is Aggregation.COUNT:
        return Amount(len(rows))
    if aggregation is Aggregation.UNIQUE:
        people: set[object] = set()
        for row in rows:
            people |= set(members(facts, row))
            people |= {(row, nth) for nth in range(int(facts.unlisted[row]))}
        return Amount(len(people))
    if aggregation is Aggregation.SUM:
        return Amount(sum(amounts.values()))
    if aggregation is Aggregation.LAST:
        latest = max((int(facts.first[row]) for row in rows), default=None)
        return Amount(sum(amounts[row] for row in rows if facts.first[row] == latest))
    return Amount(sum(amounts.values()), sum(int(facts.base[row]) for row in rows))


def components(
    facts: Facts, aggregation: Aggregation, window: Window, by: Dimension
) -> Iterator[tuple[str, Amount, How]]:
    found = {key for row in met(facts, window) for key in keys(facts, row, by)} | {""}
    for key in sorted(found):
        rows = rows_of(facts, window, by, key)
        if rows:
            yield key, amount(facts, aggregation, rows), How(max(int(facts.how[row]) for row in rows))
