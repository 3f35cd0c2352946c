"""What holds of every line of `INDICATORS`, whatever the world."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from telemetry.indicators.definition import Aggregation
from telemetry.indicators.facts import Facts, Labels
from telemetry.indicators.measures import amount, components, how_of, resum, rows_of
from telemetry.indicators.periods import Window, quarter_window, year_to_date_window
from telemetry.indicators.table import INDICATORS
from telemetry.indicators.world import World
from tests.telemetry.indicators import twins
from tests.telemetry.indicators.test_measures import evidence
from tests.telemetry.indicators.worlds import (
    EMPTY,
    HOUR_NS,
    Meeting,
    day,
    enrolment,
    meetings,
    program,
    shuffled,
    worlds,
)

QUARTERS = [quarter_window(2026, quarter) for quarter in (1, 2, 3, 4)]
WINDOWS = [*QUARTERS, *(year_to_date_window(2026, quarter) for quarter in (2, 3, 4))]

# A world is dear and an indicator cheap: each world that is drawn goes through every line of the table.
quick = settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)


def facts_of_all(world: World) -> dict[str, Facts]:
    return {name: facts_in(world) for name, facts_in in INDICATORS.items()}


def told(facts: Facts) -> dict[str, object]:
    """Facts as plain values."""
    return {one.name: plain(getattr(facts, one.name)) for one in fields(facts)}


def standing(facts: Facts, window: Window) -> list[tuple[object, ...]]:
    """What the evidence of a window shows of each fact, but for its days."""

    def keys(row: int) -> list[tuple[object, ...]]:
        return [
            (by, *(one.keys[code] for code in one.code[one.start[row] : one.start[row + 1]].tolist()))
            for by, one in facts.labels.items()
        ]

    columns = [facts.amount.tolist(), facts.base.tolist(), facts.how.tolist()]
    return [
        (facts.kind[row], facts.id[row], *(column[row] for column in columns), *keys(row))
        for row in rows_of(facts, window).tolist()
    ]


def plain(value: object) -> object:
    if isinstance(value, np.ndarray):
        return (str(value.dtype), value.tolist())
    if isinstance(value, Labels):
        return (value.keys, plain(value.start), plain(value.code))
    return {key: plain(one) for key, one in value.items()} if isinstance(value, dict) else value


@quick
@given(world=worlds, seed=st.integers(0, 9))
def test_the_order_in_which_a_world_is_told_changes_nothing(world: World, seed: int) -> None:
    once, again = facts_of_all(world), facts_of_all(shuffled(world, seed))
    assert {name: told(facts) for name, facts in once.items()} == {name: told(facts) for name, facts in again.items()}


@quick
@given(world=worlds, aggregation=st.sampled_from(Aggregation), window=st.sampled_from(WINDOWS))
def test_evidence_adds_up_to_the_value_and_to_each_component(
    world: World, aggregation: Aggregation, window: tuple[int, int]
) -> None:
    for name, facts in facts_of_all(world).items():
        rows = rows_of(facts, window)
        assert resum(evidence(facts, rows.tolist()), aggregation) == amount(facts, aggregation, window), name
        for by in facts.labels:
            for key, part, how in components(facts, aggregation, window, by):
                under = rows_of(facts, window, by=by, key=key)
                assert resum(evidence(facts, under.tolist()), aggregation) == part, (name, by, key)
                assert how == how_of(facts, under), (name, by, key)


@quick
@given(world=worlds, window=st.sampled_from(WINDOWS))
def test_components_hold_all_facts_of_the_value_and_no_other(world: World, window: tuple[int, int]) -> None:
    for name, facts in facts_of_all(world).items():
        whole = {twins.who(facts, row) for row in rows_of(facts, window).tolist()}
        for by in facts.labels:
            parts = [
                {twins.who(facts, row) for row in rows_of(facts, window, by=by, key=key).tolist()}
                for key, _, _ in components(facts, Aggregation.COUNT, window, by)
            ]
            assert set().union(*parts) == whole, (name, by)


@quick
@given(world=worlds)
def test_a_union_over_the_year_is_no_more_than_the_sum_of_its_quarters(world: World) -> None:
    for name, facts in facts_of_all(world).items():
        for aggregation in (Aggregation.UNIQUE, Aggregation.COUNT):
            quarters = [amount(facts, aggregation, window).numerator for window in QUARTERS]
            year = amount(facts, aggregation, year_to_date_window(2026, 4)).numerator
            assert max(quarters) <= year <= sum(quarters), name


@quick
@given(world=worlds)
def test_each_row_stands_well_formed_in_the_order_of_facts(world: World) -> None:
    for name, facts in facts_of_all(world).items():
        order = list(zip(facts.first.tolist(), facts.kind, facts.id, strict=True))
        assert order == sorted(order), name
        assert np.all(facts.first <= facts.last), name
        assert not np.any(facts.first > world.today), name
        for labels in facts.labels.values():
            assert "" not in labels.keys, name
            assert len(labels.start) == len(facts) + 1, name
            assert labels.start[-1] == len(labels.code), name


@pytest.mark.parametrize("facts_in", INDICATORS.values(), ids=INDICATORS)
def test_in_an_empty_world_nothing_counts_and_no_share_has_a_value(facts_in: Callable[[World], Facts]) -> None:
    facts = facts_in(EMPTY)
    assert len(facts) == 0
    assert amount(facts, Aggregation.COUNT, WINDOWS[-1]).numerator == 0
    assert not amount(facts, Aggregation.SHARE, WINDOWS[-1]).is_value


@quick
@given(world=worlds, later=st.integers(QUARTERS[1][0], QUARTERS[2][1]))
def test_a_lesson_of_a_later_quarter_changes_nothing_of_an_earlier_one(world: World, later: int) -> None:
    """Otherwise every closed quarter would seem to have changed."""
    known = replace(
        world,
        programs=(program("x", first=day("2025-09-01")),),
        enrolments=(enrolment("x", "2025-09-01", "2026-12-31", group="x", learners=("a",)),),
        meetings=meetings(),
    )
    lesson = Meeting("new", later, group="x", program="x", partner="x", used=("mill",), learner_ns=HOUR_NS)
    after = facts_of_all(replace(known, meetings=meetings(lesson)))
    for name, before in facts_of_all(known).items():
        for by in before.labels:
            was = components(before, Aggregation.SHARE, QUARTERS[0], by)
            assert components(after[name], Aggregation.SHARE, QUARTERS[0], by) == was, (name, by)
        assert standing(after[name], QUARTERS[0]) == standing(before, QUARTERS[0]), name


def test_the_table_names_each_of_its_functions() -> None:
    assert all(function.__name__ == name for name, function in INDICATORS.items())
    assert all((function.__doc__ or "").endswith(".") for function in INDICATORS.values())
