"""The components of an indicator: a group for each dimension, its greatest parts first.

Counts nothing: a part is what the report says.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby

from api.pages.amounts import amount_text, magnitude
from api.pages.monitoring_words import part_name
from api.pages.texts import Texts
from edge.monitoring.contract import Component, Measured
from telemetry.indicators.definition import Dimension, Unit

FEW = 8
"""Parts of one dimension that stand open; the others unfold."""


@dataclass(frozen=True, slots=True)
class PartLine:
    """A component; `percent` is of the greatest beside it, a share's own where it is one.

    Of one that `is_sparse` too little is known, and its value is words.
    """

    key: str
    name: str
    value: str
    percent: int
    how: str
    is_sparse: bool = False


@dataclass(frozen=True, slots=True)
class PartGroup:
    """The components of one dimension; `sparse` are those of which too little is known, told apart from the others."""

    by: str
    name: str
    lines: tuple[PartLine, ...]
    more: tuple[PartLine, ...]
    sparse: tuple[PartLine, ...]


def groups_of(item: Measured, names: Mapping[Dimension, Mapping[str, str]], texts: Texts) -> tuple[PartGroup, ...]:
    """Every dimension that tells anything; `names` are those that people gave."""
    groups = []
    for by, found in groupby(item.components, key=lambda part: part.by):
        unit = item.indicator.unit
        parts = sorted(found, key=lambda part: -(magnitude(part.amount, unit) or 0.0))
        most = 100.0 if unit is Unit.SHARE else max(magnitude(part.amount, unit) or 0.0 for part in parts)
        lines = tuple(_part(part, item, most, names.get(by, {}), texts) for part in parts)
        if [line.key for line in lines] != [""]:  # nothing is told by the only key that says nothing
            groups.append(_group(by, lines, texts))
    return tuple(groups)


def _group(by: Dimension, lines: tuple[PartLine, ...], texts: Texts) -> PartGroup:
    known = tuple(line for line in lines if not line.is_sparse)
    sparse = tuple(line for line in lines if line.is_sparse)
    return PartGroup(by.value, texts(f"dimension.{by.value}"), known[:FEW], known[FEW:], sparse)


def _part(part: Component, item: Measured, most: float, names: Mapping[str, str], texts: Texts) -> PartLine:
    return PartLine(
        key=part.key,
        name=part_name(part.by, part.key, part.name or names.get(part.key, ""), texts),
        value=amount_text(part.amount, item.indicator.unit, texts),
        percent=min(round(100 * (magnitude(part.amount, item.indicator.unit) or 0.0) / most), 100) if most else 0,
        how=part.how.word,
        is_sparse=not part.amount.is_sufficient,
    )
