"""Rows of evidence, which are made column by column, against the facts that they tell of, one by one."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from edge.monitoring.contract import EvidenceRow
from edge.monitoring.evidence import labels_of
from telemetry.indicators.definition import Dimension, How
from telemetry.indicators.facts import Facts
from telemetry.indicators.measures import rows_of
from tests.edge.monitoring.facts import BREAKDOWNS, WINDOW, behind, some_facts, title


def told(facts: Facts, row: int) -> EvidenceRow:
    """One row of facts, as its evidence has to tell it."""
    kind, one = facts.kind[row], facts.id[row]
    name, document = title(kind, one)
    return EvidenceRow(
        kind=kind,
        id=one,
        name=name,
        first=int(facts.first[row]),
        last=int(facts.last[row]),
        amount=int(facts.amount[row]),
        base=int(facts.base[row]),
        members=tuple(facts.member[facts.member_start[row] : facts.member_start[row + 1]].tolist()),
        unlisted=int(facts.unlisted[row]),
        how=How(int(facts.how[row])),
        document=document,
        labels=labels_of(facts, row),
    )


@settings(deadline=None)
@given(some_facts, st.sampled_from(BREAKDOWNS) | st.none(), st.sampled_from(("", "a", "b")))
def test_every_row_is_what_the_facts_tell_of_it(facts: Facts, by: Dimension | None, key: str) -> None:
    under = key if by else ""
    found, rows = behind(facts, by, under).rows, rows_of(facts, WINDOW, by=by, key=under).tolist()
    assert list(found) == [told(facts, row) for row in rows]
    assert [list(one.labels) for one in found] == [list(labels_of(facts, row)) for row in rows]
    assert {type(number) for one in found for number in (*one.members, one.first, one.amount, one.base)} <= {int}


@settings(deadline=None)
@given(some_facts)
def test_rows_with_the_same_keys_share_one_mapping_of_them(facts: Facts) -> None:
    rows = behind(facts).rows
    assert len({id(one.labels) for one in rows}) == len({tuple(one.labels.items()) for one in rows})
