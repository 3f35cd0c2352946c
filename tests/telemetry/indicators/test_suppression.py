"""No hidden number can be told, proven by going through every table of small numbers."""

from __future__ import annotations

import itertools
from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telemetry.indicators.definition import How
from telemetry.indicators.facts import Amount
from telemetry.indicators.suppression import is_small, let_through, secrets, size_of, suppressed

Sizes = tuple[int, ...]
Shown = tuple[int | None, ...]


def shown(sizes: Sizes, threshold: int) -> Shown:
    components = [(str(at), Amount(size), How.REGISTER) for at, size in enumerate(sizes)]
    return tuple(None if amount is None else amount.numerator for _, amount, _ in suppressed(components, threshold))


def published(sizes: Sizes, threshold: int) -> tuple[Shown, int | None]:
    """What somebody outside sees: the components and the whole, which parts that do not overlap add up to."""
    whole = sum(sizes)
    return shown(sizes, threshold), None if is_small(Amount(whole), threshold) else whole


@pytest.mark.parametrize("threshold", [3, 4, 5])
@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_whoever_knows_the_rule_and_the_whole_still_cannot_tell_a_hidden_number(n: int, threshold: int) -> None:
    answers: defaultdict[tuple[Shown, int | None], list[Sizes]] = defaultdict(list)
    for sizes in itertools.product(range(threshold + 4), repeat=n):
        answers[published(sizes, threshold)].append(sizes)
    hiding = {seen: tables for seen, tables in answers.items() if None in seen[0]}
    assert hiding
    for (components, _), tables in hiding.items():
        hidden = [at for at, one in enumerate(components) if one is None]
        assert all(len({table[at] for table in tables}) > 1 for at in hidden), (components, tables)


@settings(deadline=None)
@given(st.lists(st.integers(0, 30), max_size=8).map(tuple), st.integers(3, 12))
def test_nothing_small_is_shown_and_what_is_shown_is_true(sizes: Sizes, threshold: int) -> None:
    seen = shown(sizes, threshold)
    assert all(one is None or one == size for one, size in zip(seen, sizes, strict=True))
    assert not any(one is not None and 0 < one < threshold for one in seen)


@settings(deadline=None)
@given(st.lists(st.integers(0, 30), max_size=8).map(tuple), st.integers(3, 12))
def test_a_hidden_number_never_stands_alone_where_there_are_others(sizes: Sizes, threshold: int) -> None:
    assert shown(sizes, threshold).count(None) != 1 or len(sizes) == 1


@settings(deadline=None)
@given(st.lists(st.integers(0, 30), max_size=8).map(tuple), st.integers(3, 12))
def test_equal_numbers_share_one_fate(sizes: Sizes, threshold: int) -> None:
    fates = {(size, one is None) for size, one in zip(sizes, shown(sizes, threshold), strict=True)}
    assert len(fates) == len(set(sizes))


def test_tables_without_small_numbers_are_shown_whole() -> None:
    assert shown((0, 5, 7), 5) == (0, 5, 7)


def test_a_threshold_of_nothing_hides_nothing() -> None:
    assert shown((1, 2, 70), 0) == (1, 2, 70)


@pytest.mark.parametrize("threshold", [1, 2])
def test_a_threshold_that_cannot_hide_is_refused(threshold: int) -> None:
    with pytest.raises(ValueError, match="hides nobody"):
        suppressed((), threshold)


def test_a_share_is_as_small_as_those_of_whom_it_is_true_or_as_the_others() -> None:
    components = [
        ("a", Amount(0, 2), How.REGISTER),
        ("b", Amount(8, 9), How.REGISTER),
        ("c", Amount(1, 9), How.REGISTER),
        ("d", Amount(8, 30), How.MANUAL),
        ("e", Amount(80, 160), How.MANUAL),
    ]
    assert size_of(Amount(1, 9)) == 9
    assert [is_small(amount, 5) for _, amount, _ in components] == [True, True, True, False, False]
    assert [amount for _, amount, _ in suppressed(components, 5)] == [None, None, None, None, Amount(80, 160)]


def test_what_is_left_of_a_number_without_one_inside_of_it_is_kept() -> None:
    cells = np.array([[1, 1, 0], [1, 0, 0], [0, 0, 1], [0, 0, 0]], np.float64)
    found = secrets(cells, np.array([[22], [20], [9], [0]], np.int64), 5)
    assert found.tolist() == [[0.0, 1.0, 0.0]]
    assert not len(secrets(cells, np.array([[30], [20], [9], [0]], np.int64), 5))


def test_the_first_to_come_are_told_until_one_would_give_a_kept_one_away() -> None:
    cells = np.array([[1, 1, 1], [1, 1, 0], [0, 1, 0], [0, 0, 1], [1, 1, 1], [0, 0, 0]], np.float64)
    kept = np.array([[1, 0, 0]], np.float64)
    assert let_through(cells, kept, given=0).tolist() == [True, True, False, True, True, True]
    assert let_through(cells[::-1], kept, given=0).tolist() == [True, True, True, False, True, True]


def test_what_the_given_ones_give_away_is_no_longer_kept() -> None:
    cells = np.array([[1, 1, 0], [0, 1, 0], [0, 0, 1], [0, 1, 1]], np.float64)
    kept = np.array([[1, 0, 0], [0, 0, 1]], np.float64)
    assert let_through(cells, kept, given=2).tolist() == [True, True, False, False]
    assert let_through(cells[[0, 0, 3]], kept, given=2).tolist() == [True, True, True]


@settings(deadline=None)
@given(
    st.lists(st.lists(st.sampled_from((0.0, 1.0)), min_size=6, max_size=6), min_size=1, max_size=9), st.integers(1, 4)
)
def test_nothing_kept_is_a_sum_of_told_ones_by_least_squares(rows: list[list[float]], n_kept: int) -> None:
    cells = np.array(rows)
    kept = np.unique(cells[:n_kept][cells[:n_kept].any(axis=1)], axis=0)
    told = cells[let_through(cells, kept, given=0)]
    for secret in kept:
        found = np.linalg.lstsq(told.T, secret, rcond=None)[0]
        assert np.abs(told.T @ found - secret).max() > 1e-6


def test_what_is_hidden_keeps_its_key_and_its_order() -> None:
    components = [("b", Amount(9), How.MANUAL), ("a", Amount(1), How.TELEMETRY)]
    assert suppressed(components, 5) == (("b", None, How.MANUAL), ("a", None, How.TELEMETRY))
