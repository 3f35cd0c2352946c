"""Flags of readings against a twin that looks at one reading after the other."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry.model import NS_PER_S
from telemetry.quality import EARLIEST_NS, Quality, flags, plausible, plausible_instant

NOW = EARLIEST_NS + 6 * 365 * 86_400 * NS_PER_S
LATE = 2**63 - 1
EARLY = -(2**63)

GAP_NS = 10
STALE_NS = 5


def twin(readings: list[tuple[int, int]], jumps: list[tuple[int, int]]) -> list[Quality]:
    times = [t for t, _ in readings]
    found = []
    for row, (t, received_at) in enumerate(readings):
        earlier = [other for other in times if other < t]
        in_span = any(at - max(by, 0) <= t < at - min(by, 0) for at, by in jumps)
        first_after = any(t == min((other for other in times if other >= at), default=None) for at, _ in jumps)
        is_first_of_its_time = t not in times[:row]
        rules = [
            (Quality.DUPLICATE, not is_first_of_its_time),
            (Quality.OUT_OF_ORDER, t < max(times[: row + 1])),
            (Quality.CLOCK_JUMP, in_span or (first_after and is_first_of_its_time)),
            (Quality.GAP, bool(earlier) and t - max(earlier) > GAP_NS),
            (Quality.STALE, received_at - t > STALE_NS),
        ]
        found.append(next((quality for quality, holds in rules if holds), Quality.GOOD))
    return found


def columns(pairs: list[tuple[int, int]]) -> tuple[np.ndarray[tuple[int], np.dtype[np.int64]], ...]:
    both = np.array(pairs, np.int64).reshape(-1, 2)
    return both[:, 0], both[:, 1]


@given(
    st.lists(st.tuples(st.integers(0, 80), st.integers(0, 100)), max_size=20),
    st.lists(st.tuples(st.integers(-5, 90), st.integers(-30, 30)), max_size=3),
)
def test_flags_are_those_of_the_twin(readings: list[tuple[int, int]], jumps: list[tuple[int, int]]) -> None:
    t, received_at = columns(readings)
    at, by_ns = columns(jumps)
    result = flags(t, received_at, gap_ns=GAP_NS, stale_ns=STALE_NS, jumps=(at, by_ns))
    assert [Quality(code) for code in result.tolist()] == twin(readings, jumps)


def test_times_at_the_limits_of_int64_are_flagged_without_overflow() -> None:
    t, received_at = columns([(EARLY, LATE), (LATE, EARLY)])
    nothing = np.empty(0, np.int64)
    result = flags(t, received_at, gap_ns=LATE, stale_ns=LATE, jumps=(nothing, nothing))
    assert result.tolist() == [Quality.STALE, Quality.GAP]


@pytest.mark.parametrize(
    ("t", "believed"),
    [
        (NOW, True),
        (EARLIEST_NS, True),
        (EARLIEST_NS - 1, False),
        (NOW + 86_400 * NS_PER_S, True),
        (NOW + 86_400 * NS_PER_S + 1, False),
        (0, False),
        (EARLY, False),
        (LATE, False),
    ],
)
def test_a_device_time_is_believed_from_2020_to_one_day_ahead(t: int, *, believed: bool) -> None:
    assert plausible_instant(t, NOW) is believed
    assert plausible(np.array([t]), np.array([NOW])).tolist() == [believed]


@given(st.lists(st.tuples(st.integers(EARLY, LATE), st.integers(EARLY, LATE)), max_size=20))
def test_arrays_of_times_are_judged_as_single_ones(pairs: list[tuple[int, int]]) -> None:
    assert plausible(*columns(pairs)).tolist() == [plausible_instant(*pair) for pair in pairs]


def test_the_earliest_believed_time_is_the_first_second_of_2020() -> None:
    assert np.datetime64(EARLIEST_NS, "ns") == np.datetime64("2020-01-01T00:00:00")


def test_the_codes_of_the_column_are_fixed_and_rise_with_precedence() -> None:
    assert [(quality.name, int(quality)) for quality in Quality] == [
        ("GOOD", 0),
        ("STALE", 1),
        ("GAP", 2),
        ("CLOCK_JUMP", 3),
        ("OUT_OF_ORDER", 4),
        ("DUPLICATE", 5),
    ]


@pytest.mark.parametrize(
    ("by_ns", "odd"),
    [(30, range(70, 101)), (-30, range(100, 130)), (0, range(100, 101))],
)
def test_a_jump_marks_the_span_skipped_or_run_through_twice_and_the_first_after_it(by_ns: int, odd: range) -> None:
    t = np.arange(60, 140, dtype=np.int64)
    jumps = (np.array([100], np.int64), np.array([by_ns], np.int64))
    found = flags(t, t, gap_ns=GAP_NS, stale_ns=STALE_NS, jumps=jumps)
    assert t[found == Quality.CLOCK_JUMP].tolist() == list(odd)
