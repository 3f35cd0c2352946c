"""The kernels against their slow twins, on arbitrary facts; and what always holds of values."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telemetry.civil import LAST_DAY
from telemetry.indicators.build import Fact, facts_of
from telemetry.indicators.definition import Aggregation, Dimension, How
from telemetry.indicators.facts import Amount, Facts
from telemetry.indicators.measures import EvidenceRow, amount, amounts, components, how_of, resum, rows_of
from telemetry.indicators.periods import Window, quarter_window
from tests.telemetry.indicators import twins
from tests.telemetry.indicators.worlds import int64s

BY = Dimension.TRACK
YEAR = 2026
QUARTERS = tuple(quarter_window(YEAR, quarter) for quarter in (1, 2, 3, 4))
WHOLE = (QUARTERS[0][0], QUARTERS[3][1])

days = st.integers(0, 12)
people = st.lists(st.sampled_from("abcde"), max_size=4).map(tuple)
keys = st.lists(st.sampled_from(("", "x", "y", "z")), max_size=3).map(tuple)
stretches = st.builds(
    lambda first, length, **values: Fact(first=first, last=first + length, **values),
    days,
    st.integers(0, 8),
    kind=st.sampled_from(("event", "job")),
    id=st.sampled_from("123456"),
    labels=st.fixed_dictionaries({BY: keys}),
    amount=st.integers(-3, 9) | st.just(2**62),
    base=st.integers(0, 9),
    how=st.sampled_from(How),
    members=people,
    unlisted=st.integers(0, 3),
    rank=st.integers(0, 2),
)
some_facts = st.lists(stretches, max_size=12).map(lambda rows: facts_of(rows, (BY,), today=LAST_DAY))
windows = st.tuples(days, days)
aggregations = st.sampled_from(Aggregation)
dimensions = st.sampled_from((BY, Dimension.ROOM))


def evidence(facts: Facts, rows: list[int]) -> list[EvidenceRow]:
    """The rows as an answer tells them."""
    numbers = {name: number for number, name in enumerate(facts.members)}
    return [
        (
            int(facts.amount[row]),
            int(facts.base[row]),
            int(facts.unlisted[row]),
            tuple(numbers[name] for name in twins.members(facts, row)),
            int(facts.first[row]),
            int(facts.last[row]),
            facts.id[row],
        )
        for row in rows
    ]


@settings(deadline=None)
@given(some_facts, windows)
def test_rows_of_a_window_are_those_of_the_twin(facts: Facts, window: Window) -> None:
    assert rows_of(facts, window).tolist() == twins.rows_of(facts, window, None, "")


@settings(deadline=None)
@given(some_facts, windows, dimensions, st.sampled_from(("", "x", "y", "z", "other")))
def test_rows_under_a_key_are_those_of_the_twin(facts: Facts, window: Window, by: Dimension, key: str) -> None:
    assert rows_of(facts, window, by=by, key=key).tolist() == twins.rows_of(facts, window, by, key)


@settings(deadline=None)
@given(some_facts, aggregations, windows)
def test_an_amount_is_that_of_the_twin(facts: Facts, aggregation: Aggregation, window: Window) -> None:
    rows = twins.rows_of(facts, window, None, "")
    assert amount(facts, aggregation, window) == twins.amount(facts, aggregation, rows)


@settings(deadline=None)
@given(some_facts, aggregations, st.lists(windows, max_size=5))
def test_amounts_of_many_windows_are_those_of_each(facts: Facts, aggregation: Aggregation, asked: list[Window]) -> None:
    assert amounts(facts, aggregation, asked) == [amount(facts, aggregation, window) for window in asked]


@settings(deadline=None)
@given(some_facts, aggregations, windows, dimensions)
def test_components_are_those_of_the_twin(
    facts: Facts, aggregation: Aggregation, window: Window, by: Dimension
) -> None:
    assert components(facts, aggregation, window, by) == tuple(twins.components(facts, aggregation, window, by))


@settings(deadline=None)
@given(some_facts, windows)
def test_a_value_came_as_its_weakest_fact_did(facts: Facts, window: Window) -> None:
    rows = rows_of(facts, window)
    assert how_of(facts, rows) == max((facts.how[row] for row in rows.tolist()), default=How.REGISTER)


@settings(deadline=None)
@given(some_facts, aggregations, windows)
def test_evidence_adds_up_to_every_value(facts: Facts, aggregation: Aggregation, window: Window) -> None:
    rows = rows_of(facts, window)
    assert resum(evidence(facts, rows.tolist()), aggregation) == amount(facts, aggregation, window)
    for key, part, _ in components(facts, aggregation, window, BY):
        under = rows_of(facts, window, by=BY, key=key)
        assert resum(evidence(facts, under.tolist()), aggregation) == part
        assert amount(facts, aggregation, window, rows=under) == part


@settings(deadline=None)
@given(some_facts, windows)
def test_components_hold_every_fact_of_the_window_and_no_other(facts: Facts, window: Window) -> None:
    whole = {twins.who(facts, row) for row in rows_of(facts, window).tolist()}
    parts = [
        {twins.who(facts, row) for row in rows_of(facts, window, by=BY, key=key).tolist()}
        for key, _, _ in components(facts, Aggregation.COUNT, window, BY)
    ]
    assert set().union(*parts) == whole
    assert all(part <= whole and part for part in parts)


@settings(deadline=None)
@given(st.lists(stretches, max_size=12, unique_by=lambda row: (row.kind, row.id)), windows)
def test_rows_of_components_are_rows_of_the_whole_where_a_fact_is_one_row(rows: list[Fact], window: Window) -> None:
    facts = facts_of(rows, (BY,), today=LAST_DAY)
    under = [
        set(rows_of(facts, window, by=BY, key=key).tolist())
        for key, _, _ in components(facts, Aggregation.COUNT, window, BY)
    ]
    assert set().union(*under) == set(rows_of(facts, window).tolist())


@settings(deadline=None)
@given(some_facts)
def test_a_union_over_parts_is_no_more_than_their_sum(facts: Facts) -> None:
    whole = amount(facts, Aggregation.UNIQUE, (0, 20)).numerator
    assert whole <= sum(amount(facts, Aggregation.UNIQUE, part).numerator for part in ((0, 5), (6, 11), (12, 20)))


one_day = st.builds(
    lambda number, day, worth: Fact("job", str(number), day, day, amount=worth),
    st.integers(0, 999),
    st.integers(WHOLE[0], WHOLE[1]),
    st.integers(0, 9),
)


@settings(deadline=None)
@given(
    st.lists(one_day, max_size=20, unique_by=lambda row: row.id), st.sampled_from((Aggregation.COUNT, Aggregation.SUM))
)
def test_counts_and_sums_of_one_day_facts_add_up_over_the_quarters(rows: list[Fact], aggregation: Aggregation) -> None:
    facts = facts_of(rows, (), today=LAST_DAY)
    by_quarter = [amount(facts, aggregation, window).numerator for window in QUARTERS]
    assert sum(by_quarter) == amount(facts, aggregation, WHOLE).numerator


def test_a_share_over_nothing_has_no_value() -> None:
    facts = facts_of([Fact("event", "1", 0, 0, base=0, amount=0)], (), today=LAST_DAY)
    assert amount(facts, Aggregation.SHARE, (0, 9)) == Amount(0, 0)
    assert not amount(facts, Aggregation.SHARE, (0, 9)).is_value


@pytest.mark.parametrize(("value", "shown"), [(Amount(0), True), (Amount(0, 5), True), (Amount(0, 0), False)])
def test_zero_is_a_value_and_nothing_is_none(value: Amount, *, shown: bool) -> None:
    assert value.is_value == shown


@pytest.mark.parametrize("aggregation", Aggregation)
def test_nothing_at_all_is_zero_with_no_components(aggregation: Aggregation) -> None:
    facts = facts_of([], (BY,), today=LAST_DAY)
    assert amount(facts, aggregation, WHOLE).numerator == 0
    assert components(facts, aggregation, WHOLE, BY) == ()
    assert how_of(facts, rows_of(facts, WHOLE)) is How.REGISTER


def test_a_learner_in_two_facts_counts_once_and_the_unlisted_in_each() -> None:
    rows = [
        Fact("event", "1", 0, 5, members=("a", "b"), unlisted=2, labels={BY: ("x",)}),
        Fact("event", "2", 3, 9, members=("b", "c"), unlisted=1, labels={BY: ("x", "y")}),
    ]
    facts = facts_of(rows, (BY,), today=LAST_DAY)
    assert amount(facts, Aggregation.UNIQUE, (0, 9)) == Amount(6)
    assert components(facts, Aggregation.UNIQUE, (0, 9), BY) == (
        ("x", Amount(6), How.REGISTER),
        ("y", Amount(3), How.REGISTER),
    )


def test_sums_are_exact_beyond_what_64_bits_hold() -> None:
    rows = [Fact("job", str(number), 0, 0, amount=2**62 + number) for number in range(9)]
    assert amount(facts_of(rows, (), today=LAST_DAY), Aggregation.SUM, (0, 0)) == Amount(9 * 2**62 + 36)


def test_the_last_value_is_that_of_the_latest_day() -> None:
    rows = [Fact("job", "1", 0, 9, amount=5), Fact("job", "2", 4, 4, amount=7), Fact("job", "3", 4, 9, amount=8)]
    facts = facts_of(rows, (), today=LAST_DAY)
    assert amount(facts, Aggregation.LAST, (0, 3)) == Amount(5)
    assert amount(facts, Aggregation.LAST, (0, 9)) == Amount(15)


def test_a_fact_without_a_key_in_the_window_has_none_even_if_it_gets_one_later() -> None:
    rows = [Fact("program", "1", 0, 4), Fact("program", "1", 5, 9, labels={BY: ("x",)})]
    facts = facts_of(rows, (BY,), today=LAST_DAY)
    assert components(facts, Aggregation.COUNT, (0, 4), BY) == (("", Amount(1), How.REGISTER),)
    assert components(facts, Aggregation.COUNT, (0, 9), BY) == (("x", Amount(1), How.REGISTER),)


def test_amounts_of_chosen_rows_are_theirs_alone() -> None:
    facts = facts_of([Fact("job", "1", 0, 0, amount=5), Fact("job", "2", 0, 0, amount=7)], (), today=LAST_DAY)
    assert amount(facts, Aggregation.SUM, (0, 0), rows=int64s([1])) == Amount(7)
