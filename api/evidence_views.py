"""The JSON shapes of what is behind one value of the monitoring.

No learner is in any of them, not even by pseudonym: numbers stand for them within one answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

from orjson import Fragment

from api.amount_views import AmountView, MadeOfView, amount_view, last_day_view, made_of_view, value_of
from api.answers import dumped
from api.depth_views import DepthView
from edge.monitoring.contract import Evidence, EvidenceRow, Measured
from telemetry.civil import text_of
from telemetry.indicators.definition import Dimension, How
from telemetry.indicators.facts import Amount


@dataclass(frozen=True, slots=True)
class EvidenceRowView:
    """One fact: an entry of the register, a session, a job, a run, or a day of one equipment.

    `members` are numbers that stand for learners within this answer alone.
    """

    kind: str
    id: str
    name: str
    first: str
    last: str | None
    amount: int
    base: int
    members: list[int]
    unlisted: int
    how: str
    document: str
    labels: dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class CellEvidence:
    """What is behind one value; `resum` is added up from `items` alone, of all pages, and equals `value`.

    Both are in the unit, as the indicator and its components tell them; `amount` and `resum_amount` are the same two
    with the exact whole numbers. `behind`, where it was asked for, is what machines told behind those of `items` that
    machines told.
    """

    number: str
    period: str
    by: str | None
    key: str
    unit: str
    aggregation: str
    value: float | int | None
    resum: float | int | None
    amount: AmountView
    resum_amount: AmountView
    items: list[EvidenceRowView]
    next: str | None
    edition: int | None
    computed_from: MadeOfView
    behind: list[DepthView] | None = None


def evidence_json(
    found: Evidence, shown: Measured, page: slice, edition: int | None, behind: list[DepthView] | None = None
) -> bytes:
    """A page of evidence of one indicator as a `CellEvidence`; its value has the coverage that `shown` tells of it."""
    unit = shown.indicator.unit
    coverage = _told(found, shown).coverage
    view = CellEvidence(
        number=found.number,
        period=found.period.label,
        by=None if found.by is None else found.by.value,
        key=found.key,
        unit=unit.value,
        aggregation=shown.indicator.aggregation.value,
        value=value_of(found.amount, unit),
        resum=value_of(found.resum, unit),
        amount=amount_view(replace(found.amount, coverage=coverage), unit),
        resum_amount=amount_view(replace(found.resum, coverage=coverage), unit),
        items=[],
        next=str(page.stop) if page.stop < len(found.rows) else None,
        edition=edition,
        computed_from=made_of_view(found.computed_from),
        behind=behind,
    )
    told = {field.name: getattr(view, field.name) for field in fields(view)}
    return dumped(told | {"items": _rows(found.rows[page])})


def _told(found: Evidence, shown: Measured) -> Amount:
    """The value as its report tells it."""
    if found.by is None:
        return shown.year_to_date
    parts = (one.amount for one in shown.components if (one.by, one.key) == (found.by, found.key))
    return next(parts, found.amount)


_HOW = {how: how.word for how in How}
_BY = {by: by.value for by in Dimension}


def _rows(rows: Sequence[EvidenceRow]) -> list[dict[str, object]]:
    """Each as an `EvidenceRowView`; ten thousands of plain dicts are made and written in a quarter of the time."""
    # The rows of one answer share their labels, of which there are far fewer; they live as long as the rows do.
    different = {id(one.labels): one.labels for one in rows}
    labels = {at: Fragment(dumped({_BY[by]: keys for by, keys in one.items()})) for at, one in different.items()}
    return [
        {
            "kind": one.kind,
            "id": one.id,
            "name": one.name,
            "first": text_of(one.first),
            "last": last_day_view(one.last),
            "amount": one.amount,
            "base": one.base,
            "members": one.members,
            "unlisted": one.unlisted,
            "how": _HOW[one.how],
            "document": one.document,
            "labels": labels[id(one.labels)],
        }
        for one in rows
    ]
