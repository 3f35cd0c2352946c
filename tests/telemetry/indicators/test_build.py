from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from telemetry.indicators.build import DayFacts, Fact, day_facts_of, day_rows, facts_of, some_of
from telemetry.indicators.definition import Dimension, How
from telemetry.indicators.facts import Facts, Labels
from telemetry.indicators.lists import (
    by_then_id,
    each_once,
    items_of,
    no_words,
    one_word_of,
    starts_of,
    taken,
    words_of,
)
from tests.telemetry.indicators.worlds import int64s

words = st.sampled_from(("", "b", "a", "c"))
lists_of_words = st.lists(st.lists(words, max_size=4).map(tuple), max_size=6)


def listed(rows: list[tuple[str, ...]]) -> list[list[str]]:
    return [sorted(set(row) - {""}) for row in rows]


@settings(deadline=None)
@given(lists_of_words)
def test_words_of_rows_come_back_each_once_and_in_order(rows: list[tuple[str, ...]]) -> None:
    labels = words_of(rows)
    lengths, code = items_of(labels.start, labels.code, np.arange(len(rows)))
    cut = np.split(code, np.cumsum(lengths)[:-1]) if rows else []
    assert [[labels.keys[at] for at in one.tolist()] for one in cut] == listed(rows)
    assert labels.keys == tuple(sorted({word for row in rows for word in row} - {""}))


@settings(deadline=None)
@given(st.lists(words, max_size=6))
def test_one_word_a_row_is_a_list_of_one(rows: list[str]) -> None:
    one, several = one_word_of(rows), words_of([(word,) for word in rows])
    assert (one.keys, one.start.tolist(), one.code.tolist()) == (
        several.keys,
        several.start.tolist(),
        several.code.tolist(),
    )


@settings(deadline=None)
@given(lists_of_words, st.data())
def test_taken_rows_are_as_if_nothing_else_had_been(rows: list[tuple[str, ...]], data: st.DataObject) -> None:
    chosen = data.draw(st.lists(st.integers(0, len(rows) - 1), max_size=5)) if rows else []
    found, expected = taken(words_of(rows), int64s(chosen)), words_of([rows[at] for at in chosen])
    assert found.keys == expected.keys
    assert found.start.tolist() == expected.start.tolist()
    assert found.code.tolist() == expected.code.tolist()


def plain(labels: Labels) -> tuple[tuple[str, ...], list[int], list[int]]:
    return labels.keys, labels.start.tolist(), labels.code.tolist()


@settings(deadline=None)
@given(lists_of_words, st.permutations(("", "c", "a", "b")))
def test_lists_of_codes_are_those_of_their_words(rows: list[tuple[str, ...]], keys: list[str]) -> None:
    code = np.array([keys.index(word) for row in rows for word in row], np.int32)
    start = starts_of(int64s([len(row) for row in rows]))
    assert plain(each_once(tuple(keys), start, code)) == plain(words_of(rows))


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 99)), max_size=12, unique=True))
def test_rows_are_by_number_then_by_id(rows: list[tuple[int, int]]) -> None:
    named = [(number, f"{name}") for number, name in rows]
    order = by_then_id(int64s([number for number, _ in named]), [name for _, name in named])
    assert [named[row] for row in order.tolist()] == sorted(named)


def test_days_that_lie_ahead_are_no_facts() -> None:
    assert day_rows(int64s([8, 7, 7, 9, 5]), ["a", "c", "b", "d", "e"], today=7).tolist() == [4, 2, 1]


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 9), words, words), max_size=8), st.data())
def test_some_of_the_facts_are_as_if_nothing_else_had_been(
    rows: list[tuple[int, str, str]], data: st.DataObject
) -> None:
    whole = days_told(rows)
    kept = sorted(data.draw(st.sets(st.integers(0, len(whole) - 1)))) if len(whole) else []
    found = some_of(whole, int64s(kept), amount=whole.amount[kept], base=whole.base[kept])
    alone = days_told([rows[int(whole.amount[row])] for row in kept])
    assert (found.kind, found.id, found.members) == (alone.kind, whole_ids(whole, kept), alone.members)
    assert plain(found.labels[Dimension.TRACK]) == plain(alone.labels[Dimension.TRACK])
    for name in ("first", "last", "base", "how", "member_start", "member", "unlisted", "fact", "rank"):
        assert getattr(found, name).tolist() == getattr(alone, name).tolist()


def days_told(rows: list[tuple[int, str, str]]) -> Facts:
    """Facts of a day, a track and a member each, whose amounts are their places."""
    ids = [f"{place:03}" for place in range(len(rows))]
    places = day_rows(int64s([day for day, _, _ in rows]), ids, today=9)
    told = [rows[place] for place in places.tolist()]
    return day_facts_of(
        DayFacts(
            kind="day",
            id=tuple(ids[place] for place in places.tolist()),
            day=int64s([day for day, _, _ in told]),
            amount=places,
            base=np.zeros(len(told), np.int64),
            how=np.zeros(len(told), np.int8),
            members=one_word_of([member for _, _, member in told]),
            labels={Dimension.TRACK: one_word_of([track for _, track, _ in told])},
        )
    )


def whole_ids(whole: Facts, kept: list[int]) -> tuple[str, ...]:
    return tuple(whole.id[row] for row in kept)


def test_no_words_are_in_any_row() -> None:
    assert no_words(3).start.tolist() == starts_of(int64s([0, 0, 0])).tolist()


def test_facts_are_ordered_by_first_day_kind_and_id() -> None:
    rows = [Fact("b", "1", 5, 9), Fact("a", "2", 5, 6), Fact("a", "1", 5, 6), Fact("c", "1", 4, 4)]
    facts = facts_of(rows, (), today=9)
    assert list(zip(facts.first.tolist(), facts.kind, facts.id, strict=True)) == [
        (4, "c", "1"),
        (5, "a", "1"),
        (5, "a", "2"),
        (5, "b", "1"),
    ]
    assert facts.fact.tolist() == [0, 1, 2, 3]


def test_what_lies_ahead_and_what_has_no_day_is_no_fact() -> None:
    rows = [Fact("a", "runs on", 5, 99), Fact("a", "lies ahead", 8, 9), Fact("a", "no day", 5, 4)]
    assert facts_of(rows, (), today=7).id == ("runs on",)


def test_rows_of_one_kind_and_id_are_one_fact() -> None:
    rows = [Fact("a", "1", 0, 1), Fact("a", "1", 2, 3), Fact("b", "1", 2, 3)]
    assert facts_of(rows, (), today=9).fact.tolist() == [0, 0, 1]


def test_learners_and_labels_belong_to_their_row() -> None:
    rows = [
        Fact("a", "2", 0, 0, members=("z", "x", "z"), labels={Dimension.TRACK: ("t",)}, how=How.TELEMETRY),
        Fact("a", "1", 0, 0, members=("y",)),
    ]
    facts = facts_of(rows, (Dimension.TRACK,), today=9)
    assert facts.members == ("x", "y", "z")
    assert (facts.member_start.tolist(), facts.member.tolist()) == ([0, 1, 3], [1, 0, 2])
    assert facts.labels[Dimension.TRACK].start.tolist() == [0, 0, 1]
    assert facts.how.tolist() == [How.REGISTER, How.TELEMETRY]
