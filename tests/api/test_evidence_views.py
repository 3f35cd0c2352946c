"""Evidence as JSON, which is written from plain rows, against the shapes that the API describes."""

from __future__ import annotations

from dataclasses import fields

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from api.amount_views import last_day_view
from api.evidence_views import CellEvidence, EvidenceRowView, evidence_json
from edge.monitoring.contract import EvidenceRow, Measured
from telemetry.civil import text_of
from telemetry.indicators.definition import How
from telemetry.indicators.facts import Amount, Facts
from tests.edge.monitoring.facts import INDICATOR, behind, some_facts

MEASURED = Measured(INDICATOR, Amount(0), Amount(0), How.REGISTER, None, None, (), (), "")


def view(row: EvidenceRow) -> EvidenceRowView:
    """One row as the API describes it."""
    return EvidenceRowView(
        kind=row.kind,
        id=row.id,
        name=row.name,
        first=text_of(row.first),
        last=last_day_view(row.last),
        amount=row.amount,
        base=row.base,
        members=list(row.members),
        unlisted=row.unlisted,
        how=row.how.word,
        document=row.document,
        labels={by.value: list(keys) for by, keys in row.labels.items()},
    )


@settings(deadline=None)
@given(some_facts, st.integers(0, 9), st.integers(1, 20))
def test_a_page_has_the_very_bytes_of_its_views(facts: Facts, first: int, limit: int) -> None:
    found, page = behind(facts), slice(first, first + limit)
    body = evidence_json(found, MEASURED, page, None)
    items = orjson.dumps([view(row) for row in found.rows[page]])
    assert b'"items":' + items + b',"next":' in body
    assert list(orjson.loads(body)) == [field.name for field in fields(CellEvidence)]
    assert orjson.loads(body)["next"] == (str(first + limit) if first + limit < len(found.rows) else None)
