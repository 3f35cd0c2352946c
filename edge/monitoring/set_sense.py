"""What in a set of indicators is spelt well and makes no sense all the same: every such fault with its place.

It reads what TOML gave, sound or not, so that these faults are told beside those of spelling; it changes nothing.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any, TypeAlias

from edge.faults import near
from edge.monitoring.machines import joined_days, joined_meetings
from edge.toml_lines import Path
from telemetry.indicators.definition import Aggregation, Dimension, How, Part, Unit
from telemetry.indicators.table import INDICATORS, SENSE
from telemetry.indicators.world import World

Found: TypeAlias = tuple[Path, str]
"""Where, and what."""

FULL_PERCENT = 100


@lru_cache
def dimensions_of(facts: str) -> tuple[str, ...]:
    """What the facts of a line of `INDICATORS` may be broken down by."""
    nothing: tuple[()] = ()
    fields = {name.name: nothing for name in dataclasses.fields(World) if name.name not in ("tracks", "today")}
    empty = World(**{**fields, "meetings": joined_meetings([]), "days": joined_days([]), "tracks": {}})  # type: ignore[arg-type]  # all other fields are tuples
    return tuple(sorted(one.value for one in INDICATORS[facts](empty).labels))


def faults_of(tree: Mapping[str, Any]) -> Iterator[Found]:
    """Every fault of sense in the tree of a file."""
    yield from _dates(tree)
    tables = list(_tables(tree))
    for number, table in tables:
        for check in _CHECKS:
            yield from ((("indicator", number, key), message) for key, message in check(table))
        yield from ((("indicator", number, "part"), message) for message in _misplaced(table, tree))
    yield from _same_numbers(tables)


def day_in_file(value: object) -> date | None:
    """A day as TOML or a text gives it; None for anything else."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _dates(tree: Mapping[str, Any]) -> Iterator[Found]:
    first, last = day_in_file(tree.get("effective_from")), day_in_file(tree.get("effective_to"))
    if first is not None and last is not None and last < first:
        yield ("effective_to",), f"effective_to ({last}) is before effective_from ({first})"


def _tables(tree: Mapping[str, Any]) -> Iterator[tuple[int, Mapping[str, Any]]]:
    tables = tree.get("indicator", [])
    listed = tables if isinstance(tables, list) else []
    return ((number, table) for number, table in enumerate(listed) if isinstance(table, dict))


def _same_numbers(tables: Iterable[tuple[int, Mapping[str, Any]]]) -> Iterator[Found]:
    seen: set[str] = set()
    for number, table in tables:
        named = table.get("number")
        if isinstance(named, str):
            if named in seen:
                yield ("indicator", number, "number"), f"the number {named!r} stands twice"
            seen.add(named)


_OfTable: TypeAlias = Iterator[tuple[str, str]]
"""The key within an indicator, and what is wrong with it."""


def _word(table: Mapping[str, Any], key: str) -> str:
    """What stands there, "" where it is no word."""
    said = table.get(key)
    return said if isinstance(said, str) else ""


def _facts(table: Mapping[str, Any]) -> _OfTable:
    facts = table.get("facts")
    if isinstance(facts, str) and facts not in INDICATORS:
        yield "facts", f"no facts are called {facts!r}{near(facts, INDICATORS)}"


def _aggregation(table: Mapping[str, Any]) -> _OfTable:
    facts, aggregation = _word(table, "facts"), _word(table, "aggregation")
    if facts in SENSE and aggregation in tuple(Aggregation) and aggregation not in SENSE[facts]:
        known = ", ".join(sorted(SENSE[facts]))
        yield "aggregation", f"the facts {facts!r} cannot be added up by {aggregation!r}; take one of: {known}"


def _unit(table: Mapping[str, Any]) -> _OfTable:
    facts, aggregation, unit = _word(table, "facts"), _word(table, "aggregation"), _word(table, "unit")
    if facts not in SENSE or aggregation not in SENSE[facts] or unit not in tuple(Unit):
        return
    known = SENSE[facts][Aggregation(aggregation)]
    if unit not in known:
        yield "unit", f"{aggregation!r} of the facts {facts!r} is not in {unit!r}; take one of: {', '.join(known)}"


def _breakdowns(table: Mapping[str, Any]) -> _OfTable:
    facts, listed = _word(table, "facts"), table.get("breakdowns", [])
    if facts not in INDICATORS or not isinstance(listed, list):
        return
    known = dimensions_of(facts)
    for one in listed:
        if one in tuple(Dimension) and one not in known:
            yield "breakdowns", f"the facts {facts!r} know no {one!r}{near(one, known)}"


def _twice(table: Mapping[str, Any]) -> _OfTable:
    for key, words in (("breakdowns", tuple(Dimension)), ("how", tuple(one.word for one in How))):
        listed = table.get(key, [])
        told = [one for one in listed if one in words] if isinstance(listed, list) else []
        for one in sorted({one for one in told if told.count(one) > 1}):
            yield key, f"{one!r} stands twice in {key!r}; leave one"


def _plan(table: Mapping[str, Any]) -> _OfTable:
    planned = {key: value for key in ("minimum", "target") if (value := _whole(table, key)) is not None}
    if len(planned) > 1 and planned["minimum"] > planned["target"]:
        yield "minimum", f"the minimum ({planned['minimum']}) is above the target ({planned['target']})"
    for key, value in planned.items():
        if _word(table, "unit") == Unit.SHARE and value > FULL_PERCENT:
            yield key, f"{key} of a share is in percent, 0 to {FULL_PERCENT}, this is {value}"


def _whole(table: Mapping[str, Any], key: str) -> int | None:
    value = table.get(key)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _misplaced(table: Mapping[str, Any], tree: Mapping[str, Any]) -> Iterator[str]:
    """Analytics are never shown as official, and what is not official never among what is."""
    part, official = table.get("part"), tree.get("official", True)
    if part not in tuple(Part) or not isinstance(official, bool):
        return
    if official and part == Part.ANALYTICS:
        yield "analytics are never official: move it to a set with official = false, or take another part"
    if not official and part != Part.ANALYTICS:
        yield f"a set with official = false has analytics only, this is {part!r}; take 'analytics'"


_CHECKS: tuple[Callable[[Mapping[str, Any]], _OfTable], ...] = (_facts, _aggregation, _unit, _breakdowns, _twice, _plan)
