"""Columns of words as codes, against the plain words."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from telemetry.indicators.words import Words, joined, pointed, worded

words = st.sampled_from(("", "b", "a", "c"))
columns = st.lists(words, max_size=6)


@settings(deadline=None)
@given(columns, st.data())
def test_words_come_back_row_by_row(rows: list[str], data: st.DataObject) -> None:
    found = worded(rows)
    chosen = data.draw(st.lists(st.integers(0, len(rows) - 1), max_size=5)) if rows else []
    assert (len(found), list(found)) == (len(rows), rows)
    assert list(found.taken(np.array(chosen, np.int64))) == [rows[at] for at in chosen]
    assert len(set(found.keys)) == len(found.keys)


@settings(deadline=None)
@given(columns, words)
def test_rows_that_have_a_word_are_told(rows: list[str], word: str) -> None:
    assert worded(rows).are(word).tolist() == [row == word for row in rows]


@settings(deadline=None)
@given(columns, st.dictionaries(words, words))
def test_several_words_may_get_one_name(rows: list[str], names: dict[str, str]) -> None:
    found = worded(rows).renamed(lambda word: names.get(word, "?"))
    assert list(found) == [names.get(row, "?") for row in rows]
    assert len(set(found.keys)) == len(found.keys)


@settings(deadline=None)
@given(st.lists(st.tuples(words, words), max_size=6))
def test_where_there_is_no_word_the_others_stand(rows: list[tuple[str, str]]) -> None:
    first, second = worded([row[0] for row in rows]), worded([row[1] for row in rows])
    assert list(first.or_else(second)) == [one or other for one, other in rows]


@settings(deadline=None)
@given(st.lists(columns, max_size=4))
def test_columns_are_joined_in_their_order(parts: list[list[str]]) -> None:
    assert list(joined([worded(part) for part in parts])) == [row for part in parts for row in part]


def test_a_code_of_less_than_zero_points_to_no_word() -> None:
    found: Words = pointed(("a", "b"), np.array([1, -1, 0], np.int8))
    assert list(found) == ["b", "", "a"]
