"""What is behind the values of a report, as tables: the sheet «Подтверждение», and facts for programs.

No learner is told: outside the school a row says how many people it is about, inside numbers stand for them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from api.exports.monitoring import Told, date_of, key_name, name_of
from api.exports.privacy import Withheld, counts_people, people_of
from api.exports.values import cell_of
from api.exports.words import Shape, table_of
from edge.monitoring.contract import Evidence, EvidenceRow
from edge.register.exports.table import Cell, Lazily, Table, Type
from telemetry.indicators.definition import Aggregation, Dimension, How, Indicator
from telemetry.indicators.facts import Amount

_HEAD: Shape = {
    "number": Type.TEXT,
    "name": Type.TEXT,
    "fact_kind": "fact_kind",
    "fact_id": Type.TEXT,
    "fact_name": Type.TEXT,
    "first_day": Type.DAY,
    "last_day": Type.DAY,
    "value": Type.AMOUNT,
    "amount": Type.WHOLE,
    "base": Type.WHOLE,
    "people": Type.AMOUNT,
}
_TAIL: Shape = {
    "how": "how",
    "document": Type.TEXT,
    **{dimension.value: Type.TEXT for dimension in Dimension},
}

OUTSIDE: Shape = {**_HEAD, **_TAIL}
INSIDE: Shape = {**_HEAD, "members": Type.TEXT, "unlisted": Type.WHOLE, **_TAIL}
"""With the numbers that stand for learners, so that a union can be summed anew from its rows."""

_HOW = {how: how.word for how in How}
_BY = tuple(Dimension)

Label = Callable[[Dimension, str], str]


@dataclass(frozen=True, slots=True)
class Behind:
    """An indicator and what is behind one of its values."""

    indicator: Indicator
    evidence: Evidence


def evidence_table(told: Told, found: Sequence[Behind], *, codes: bool) -> Table:
    """A row for each fact behind each value; with `codes` the keys of breakdowns stay as programs know them."""
    inside = not told.curtain.threshold
    shape = INSIDE if inside else OUTSIDE
    label: Label = (lambda _by, key: key) if codes else cache(lambda by, key: key_name(told, by, key))

    def rows() -> Iterator[Sequence[Cell]]:
        for one in found:
            yield from _rows(told, one, label, inside=inside)

    return table_of("facts" if codes else "evidence", shape, Lazily(rows), told.texts)


def _rows(told: Told, found: Behind, label: Label, *, inside: bool) -> Iterator[Sequence[Cell]]:
    indicator = found.indicator
    head = (indicator.number, name_of(indicator, told.texts))
    if told.curtain.covers_rows(indicator):
        yield from _covered(told, found, head)
        return
    counts = inside or counts_people(indicator)
    for row in found.evidence.rows:
        yield (
            *(*head, row.kind, row.id, row.name, date_of(row.first), date_of(row.last)),
            *(
                cell_of(_amount(indicator, row), indicator.unit),
                row.amount,
                row.base,
                people_of(row) if counts else None,
            ),
            *((" ".join(map(str, row.members)), row.unlisted) if inside else ()),
            *(_HOW[row.how], row.document),
            *[_labels(keys, dimension, label) if (keys := row.labels.get(dimension)) else "" for dimension in _BY],
        )


def _covered(told: Told, found: Behind, head: tuple[Cell, ...]) -> Iterator[Sequence[Cell]]:
    """Rows by which nobody counts people.

    An entry of one learner counts by merely standing there: so neither its keys nor its days are told, none of one
    component, and none at all where there are few.
    """
    item = next(one for one in told.report.items if one.indicator.number == found.indicator.number)
    if found.evidence.by is not None or isinstance(told.curtain.total(item), Withheld):
        return
    hidden = told.curtain.label.label
    for row in found.evidence.rows:
        numbers = (hidden, None, None, hidden)
        yield *head, row.kind, row.id, "", None, None, *numbers, _HOW[row.how], row.document, *("" for _ in _BY)


def _amount(indicator: Indicator, row: EvidenceRow) -> Amount:
    """What a row adds to the value."""
    if indicator.aggregation is Aggregation.SHARE:
        return Amount(row.amount, row.base)
    if indicator.aggregation is Aggregation.UNIQUE:
        return Amount(people_of(row))
    return Amount(1 if indicator.aggregation is Aggregation.COUNT else row.amount)


def _labels(keys: Sequence[str], dimension: Dimension, label: Label) -> str:
    return label(dimension, keys[0]) if len(keys) == 1 else ", ".join([label(dimension, key) for key in keys])
