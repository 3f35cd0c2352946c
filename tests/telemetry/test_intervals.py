"""Intervals from changes, against a twin that asks for the state of every single nanosecond."""

from __future__ import annotations

import itertools
import random
from typing import TypeAlias

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry.columns import Changes, Intervals
from telemetry.intervals import Stated, clipped, coverage, from_changes, intervals_of, spans_of, totals_of
from telemetry.model import EquipmentId, Source, State

N_GROUPS = 3
LATE = 2**63 - 1
EARLY = -(2**63)
IDS = tuple(EquipmentId(f"mill-{n}") for n in range(N_GROUPS))

Change: TypeAlias = tuple[int, int, int, int, int]
"""group, at, state, source, valid_ns"""

one_change = st.tuples(
    st.integers(0, N_GROUPS - 1),
    st.integers(-10, 30),
    st.sampled_from(State).map(int),
    st.sampled_from(Source).map(int),
    st.sampled_from((0, 0, 1, 3, 8, 40, LATE)),
)
some_changes = st.lists(one_change, max_size=14)
windows = st.tuples(st.integers(-12, 20), st.integers(0, 20)).map(lambda pair: (pair[0], pair[0] + pair[1]))


def changes_from(listed: list[Change]) -> Changes:
    columns = np.array(listed, np.int64).reshape(-1, 5)
    return Changes(
        IDS,
        columns[:, 0].astype(np.int32),
        columns[:, 1],
        columns[:, 2].astype(np.int8),
        columns[:, 3].astype(np.int8),
        columns[:, 4],
    )


def state_at(listed: list[Change], group: int, ns: int) -> tuple[int, int]:
    """The slow, obvious twin."""
    before = [change for change in listed if change[0] == group and change[1] <= ns]
    if not before:
        return State.UNKNOWN, Source.NO_DATA
    _, at, state, source, valid_ns = max(before, key=lambda c: (c[1], c[3], c[2], c[4] or LATE))
    return (State.UNKNOWN, Source.EXPIRED) if valid_ns and ns >= at + valid_ns else (state, source)


def cells(intervals: Intervals) -> dict[tuple[int, int], tuple[int, int]]:
    columns = (intervals.equipment, intervals.start, intervals.end, intervals.state, intervals.source)
    listed = zip(*(column.tolist() for column in columns), strict=True)
    return {(g, ns): (state, source) for g, start, end, state, source in listed for ns in range(start, end)}


def raw(stated: Stated) -> bytes:
    return b"|".join(column.tobytes() for column in (*stated.spans, stated.state, stated.source))


def kernel(listed: list[Change], window: tuple[int, int], n_groups: int = N_GROUPS) -> Stated:
    c = changes_from(listed)
    return from_changes(c.equipment, c.at, c.state, c.source, c.valid_ns, window=window, n_groups=n_groups)


@given(some_changes, windows)
def test_every_nanosecond_has_the_state_that_the_twin_tells(listed: list[Change], window: tuple[int, int]) -> None:
    expected = {(g, ns): state_at(listed, g, ns) for g in range(N_GROUPS) for ns in range(*window)}
    assert cells(intervals_of(changes_from(listed), *window)) == expected


@given(some_changes, windows)
def test_intervals_have_no_hole_no_overlap_and_no_equal_neighbours(
    listed: list[Change], window: tuple[int, int]
) -> None:
    (group, start, end), state, source = kernel(listed, window)
    assert (start < end).all()
    same = group[1:] == group[:-1]
    assert (start[1:][same] == end[:-1][same]).all()
    assert not (same & (state[1:] == state[:-1]) & (source[1:] == source[:-1])).any()


@given(some_changes, windows)
def test_totals_add_up_to_the_window_to_the_nanosecond(listed: list[Change], window: tuple[int, int]) -> None:
    sums = totals_of(intervals_of(changes_from(listed), *window))
    assert sums.sum(axis=1).tolist() == [window[1] - window[0]] * N_GROUPS


@given(some_changes, windows, st.lists(st.integers(0, 40), max_size=4))
def test_totals_over_any_partition_add_up_to_the_whole(
    listed: list[Change], window: tuple[int, int], cuts: list[int]
) -> None:
    start, end = window
    edges = [start, *sorted(min(start + cut, end) for cut in cuts), end]
    changes = changes_from(listed)
    whole = intervals_of(changes, start, end)
    parts = list(itertools.pairwise(edges))
    by_window = np.sum([totals_of(intervals_of(changes, *part)) for part in parts], axis=0)
    by_clip = np.sum([totals_of(clipped(whole, *part)) for part in parts], axis=0)
    assert by_window.tolist() == by_clip.tolist() == totals_of(whole).tolist()


@given(some_changes, windows, st.randoms(use_true_random=False), st.integers(0, 5))
def test_order_and_repetition_of_changes_leave_every_byte_alike(
    listed: list[Change], window: tuple[int, int], rng: random.Random, repeats: int
) -> None:
    shuffled = listed + [rng.choice(listed) for _ in range(repeats if listed else 0)]
    rng.shuffle(shuffled)
    assert raw(kernel(shuffled, window)) == raw(kernel(listed, window))


@given(some_changes, windows)
def test_a_validity_never_raises_known_time(listed: list[Change], window: tuple[int, int]) -> None:
    for_ever = [(group, at, state, source, 0) for group, at, state, source, _ in listed]
    limited = totals_of(intervals_of(changes_from(listed), *window))
    unlimited = totals_of(intervals_of(changes_from(for_ever), *window))
    assert (limited[:, State.UNKNOWN] >= unlimited[:, State.UNKNOWN]).all()


def test_silence_is_unknown_and_never_idle() -> None:
    intervals = intervals_of(changes_from([(1, 10, State.IDLE, Source.DEVICE, 5)]), 0, 100)
    assert cells(intervals)[0, 50] == (State.UNKNOWN, Source.NO_DATA)
    assert cells(intervals)[1, 9] == (State.UNKNOWN, Source.NO_DATA)
    assert cells(intervals)[1, 15] == (State.UNKNOWN, Source.EXPIRED)
    assert totals_of(intervals)[:, State.IDLE].tolist() == [0, 5, 0]


@pytest.mark.parametrize(
    ("first", "second", "winner"),
    [
        ((0, 0, State.FAULT, Source.LINK, 0), (0, 0, State.IDLE, Source.DEVICE, 0), (State.IDLE, Source.DEVICE)),
        ((0, 0, State.IDLE, Source.DEVICE, 0), (0, 0, State.BUSY, Source.DEVICE, 0), (State.BUSY, Source.DEVICE)),
        ((0, 0, State.BUSY, Source.DEVICE, 2), (0, 0, State.BUSY, Source.DEVICE, 9), (State.BUSY, Source.DEVICE)),
        ((0, 0, State.BUSY, Source.DEVICE, 9), (0, 0, State.BUSY, Source.DEVICE, 0), (State.BUSY, Source.DEVICE)),
    ],
)
def test_ties_go_by_source_then_state_then_validity(first: Change, second: Change, winner: tuple[int, int]) -> None:
    assert cells(intervals_of(changes_from([first, second]), 0, 20))[0, 5] == winner
    assert cells(intervals_of(changes_from([second, first]), 0, 20))[0, 5] == winner


def test_of_two_validities_of_one_instant_the_one_without_end_is_the_longest() -> None:
    limited, endless = (0, 0, State.BUSY, Source.DEVICE, 9), (0, 0, State.BUSY, Source.DEVICE, 0)
    assert cells(intervals_of(changes_from([endless, limited]), 0, 20))[0, 19] == (State.BUSY, Source.DEVICE)


@pytest.mark.parametrize(
    "change", [(0, LATE - 5, 5, 6, 10), (0, EARLY, 5, 6, LATE), (0, -5, 5, 6, LATE), (0, LATE, 5, 6, LATE)]
)
def test_times_at_the_limits_of_int64_do_not_overflow(change: Change) -> None:
    (group, start, end), state, _ = kernel([change], (EARLY, LATE), 1)
    assert (start[0], end[-1], len(set(group.tolist()))) == (EARLY, LATE, 1)
    assert (start[1:] == end[:-1]).all()
    expires = change[1] + change[4]
    busy = [(max(change[1], EARLY), min(expires, LATE))] if change[1] < LATE else []
    assert [(s, e) for s, e, code in zip(start.tolist(), end.tolist(), state, strict=True) if code == 5] == busy


@pytest.mark.parametrize(("window", "n_groups"), [((1, 0), 3), ((0, 1), 2), ((0, 1), 0)])
def test_a_backward_window_or_a_foreign_group_is_an_error(window: tuple[int, int], n_groups: int) -> None:
    with pytest.raises(ValueError, match=r"runs backwards|group is not in 0 to"):
        kernel([(2, 0, 5, 6, 0)], window, n_groups)


def test_no_equipment_gives_no_interval() -> None:
    assert len(kernel([], (0, 10), 0).state) == 0


@given(some_changes, windows, windows)
def test_a_clipped_answer_equals_the_answer_to_the_smaller_question(
    listed: list[Change], window: tuple[int, int], inner: tuple[int, int]
) -> None:
    part = (max(window[0], inner[0]), min(window[1], inner[1]))
    result = cells(clipped(intervals_of(changes_from(listed), *window), *inner))
    expected = cells(intervals_of(changes_from(listed), *part)) if part[0] < part[1] else {}
    assert result == expected


def test_spans_of_some_states_leave_the_others_out() -> None:
    intervals = intervals_of(changes_from([(0, 2, 5, 6, 0), (0, 4, 4, 6, 0), (0, 6, 2, 6, 0)]), 0, 10)
    assert spans_of(intervals, State.BUSY, State.PAUSED).start.tolist() == [2, 4]
    assert len(spans_of(intervals).start) == len(intervals)


def test_coverage_is_known_time_over_all_time_and_nan_without_time() -> None:
    changes = changes_from([(0, 2, State.BUSY, Source.DEVICE, 0), (1, 0, State.IDLE, Source.DEVICE, 5)])
    assert coverage(totals_of(intervals_of(changes, 0, 8))).tolist() == [0.75, 0.625, 0.0]
    assert np.isnan(coverage(totals_of(intervals_of(changes, 8, 8)))).all()


def test_an_unknown_that_expires_goes_on_as_one_span() -> None:
    found = intervals_of(changes_from([(0, -5, State.UNKNOWN, Source.EXPIRED, 8)]), 0, 10)
    assert (found.start[0], found.end[0], found.state[0], found.source[0]) == (0, 10, State.UNKNOWN, Source.EXPIRED)
