"""Meetings of spans against twins that ask every single nanosecond."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from telemetry.spans import Spans, difference, merged
from telemetry.timelines import (
    by_group,
    first_greatest,
    greatest,
    joined,
    listed,
    meet,
    meet_overlapping,
    outside,
    starts_of,
    sums,
    timeline,
)

Row: TypeAlias = tuple[int, int, int]

N = 3
rows = st.lists(
    st.tuples(st.integers(0, N - 1), st.integers(0, 30), st.integers(0, 9)).map(lambda r: (r[0], r[1], r[1] + r[2])),
    max_size=12,
)
lists = st.lists(st.lists(st.integers(0, 5), max_size=4), max_size=5)


def spans_of(listed_rows: list[Row]) -> Spans:
    table = np.array(sorted(listed_rows), np.int64).reshape(-1, 3)
    return Spans(table[:, 0].astype(np.int32), table[:, 1], table[:, 2])


def rows_of(spans: Spans) -> list[Row]:
    return list(zip(*(column.tolist() for column in spans), strict=True))


@given(rows, rows)
def test_a_question_meets_what_it_has_time_in_common_with(told: list[Row], asked: list[Row]) -> None:
    spans, questions = merged(spans_of(told)), spans_of(asked)
    met = meet(timeline(spans, n_groups=N), questions)
    common = [
        [max(min(b, end) - max(a, start), 0) if g == group else 0 for g, a, b in rows_of(spans)]
        for group, start, end in rows_of(questions)
    ]
    assert met.ns.tolist() == [sum(parts) for parts in common]
    question, row = listed(met.first, met.last)
    expected = [(q, r) for q, parts in enumerate(common) for r, ns in enumerate(parts) if ns]
    assert list(zip(question.tolist(), row.tolist(), strict=True)) == expected


@given(rows, rows)
def test_overlapping_spans_meet_the_questions_that_they_touch(told: list[Row], asked: list[Row]) -> None:
    spans, questions = spans_of(told), spans_of(asked)
    question, row = meet_overlapping(spans, questions, n_groups=N)
    expected = [
        (q, r)
        for q, (group, start, end) in enumerate(rows_of(questions))
        for r, (g, a, b) in enumerate(rows_of(spans))
        if g == group and a < end and b > start
    ]
    assert list(zip(question.tolist(), row.tolist(), strict=True)) == expected


@given(rows, rows)
def test_outside_is_difference_without_a_sort(told: list[Row], others: list[Row]) -> None:
    spans = merged(spans_of(told))
    assert rows_of(outside(spans, spans_of(others))) == rows_of(difference(spans, spans_of(others)))


@given(rows, st.integers(0, 5))
def test_pauses_up_to_the_gap_are_joined(told: list[Row], gap: int) -> None:
    spans = merged(spans_of(told))
    expected: list[Row] = []
    for group, start, end in rows_of(spans):
        if expected and expected[-1][0] == group and start - expected[-1][2] <= gap:
            expected[-1] = (group, expected[-1][1], end)
        else:
            expected.append((group, start, end))
    assert rows_of(joined(spans, gap)) == expected


@given(lists)
def test_sums_and_greatest_are_those_of_each_list(told: list[list[int]]) -> None:
    starts = np.cumsum([0, *map(len, told)]).astype(np.int64)
    values = np.array([value for one in told for value in one], np.int64)
    assert sums(starts, values).tolist() == [sum(one) for one in told]
    assert greatest(starts, values).tolist() == [max(one, default=0) for one in told]
    where = [int(at) + one.index(max(one)) if one else -1 for at, one in zip(starts, told, strict=False)]
    assert first_greatest(starts, values).tolist() == where
    owner = np.repeat(np.arange(len(told)), np.diff(starts))
    assert starts_of(owner, len(told)).tolist() == starts.tolist()


@given(st.lists(st.sampled_from([0, 1, 2, 40_000]), max_size=9))
def test_rows_by_group_keep_their_order(group: list[int]) -> None:
    expected = sorted(range(len(group)), key=lambda row: (group[row], row))
    assert by_group(np.array(group, np.int32)).tolist() == expected
