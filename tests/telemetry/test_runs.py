"""Runs by what was said of them, by the readings that name them, and by silence."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry.model import NS_PER_S, EquipmentId, Instant, RunPhase
from telemetry.runs import (
    PERIOD_LIMIT_NS,
    SILENCE_NS,
    RunPart,
    Said,
    Stretch,
    joined,
    parts_of,
    silence_ns,
    streamed_until,
    stretches,
)

S = NS_PER_S
LAB = EquipmentId("laptop-1")
STARTED, STOPPED = RunPhase.STARTED, RunPhase.STOPPED


def said(*words: tuple[RunPhase, int]) -> Said:
    """The earliest start and the earliest stop."""
    starts, stops = ([second * S for phase, second in words if phase is one] for one in (STARTED, STOPPED))
    return min(starts, default=None), min(stops, default=None)


def parts(
    words: Said, *named: tuple[int, int], period_s: int = 0, unnamed: int | None = None
) -> list[tuple[int, int, int | None]]:
    """In seconds; `unnamed` ends the readings that name nothing, where they may be asked for at all."""

    def until(start: Instant) -> Instant:
        assert unnamed is not None
        return max(start, unnamed * S)

    stretched = [(first * S, last * S) for first, last in named]
    found = parts_of(LAB, words, stretched, period_ns=period_s * S, unnamed_until=until)
    return [(p.start // S, p.last // S, None if p.stopped is None else p.stopped // S) for p in found]


def test_a_pause_is_a_minute_or_three_planned_periods() -> None:
    assert (silence_ns(0), silence_ns(20 * S), silence_ns(21 * S)) == (SILENCE_NS, SILENCE_NS, 63 * S)
    assert silence_ns(2**62) == 3 * PERIOD_LIMIT_NS


def test_nothing_said_and_nothing_named_is_no_run() -> None:
    assert parts(said()) == []


def test_a_run_is_from_its_first_start_to_its_first_stop() -> None:
    assert parts(said((STOPPED, 90), (STARTED, 5), (STARTED, 9), (STOPPED, 50))) == [(5, 50, 50)]


def test_readings_that_only_name_it_are_a_part_for_each_stretch() -> None:
    assert parts(said(), (500, 600), (0, 9)) == [(0, 9, None), (500, 600, None)]


def test_a_run_that_nobody_stopped_ends_with_the_readings_that_name_it_near_its_start() -> None:
    assert parts(said((STARTED, 10)), (12, 300)) == [(10, 300, None)]
    assert parts(said((STARTED, 10)), (8, 300)) == [(8, 300, None)], "a clock that is a little behind"
    assert parts(said((STARTED, 10)), (400, 500)) == [(10, 10, None), (400, 500, None)]


def test_where_none_name_it_those_that_name_nothing_are_followed() -> None:
    assert parts(said((STARTED, 10)), unnamed=70) == [(10, 70, None)]


def test_readings_within_a_stopped_run_are_no_part_of_their_own_and_those_far_from_it_are() -> None:
    words = said((STARTED, 100), (STOPPED, 200))
    assert parts(words, (0, 9), (110, 120), (195, 230), (900, 901)) == [(0, 9, None), (100, 200, 200), (900, 901, None)]


def test_a_clock_that_was_set_back_before_the_stop_leaves_what_the_readings_tell() -> None:
    words = said((STARTED, 4000), (STOPPED, 700))
    assert parts(words, (100, 650)) == [(100, 700, 700)]
    assert parts(words) == [(700, 700, 700)]


def test_a_run_that_was_stopped_as_it_started_begins_then() -> None:
    assert parts(said((STARTED, 700), (STOPPED, 700)), (0, 9)) == [(0, 9, None), (700, 700, 700)]


def test_a_stop_alone_ends_the_last_stretch_that_began_before_it() -> None:
    assert parts(said((STOPPED, 700)), (0, 9), (500, 690), (990, 991)) == [
        (0, 9, None),
        (500, 700, 700),
        (990, 991, None),
    ]


def test_a_plan_of_rare_readings_joins_their_stretches() -> None:
    rare = ((0, 0), (300, 300), (601, 700), (1400, 1500))
    assert parts(said(), *rare, period_s=100) == [(0, 300, None), (601, 700, None), (1400, 1500, None)]
    assert joined([(50, 60), (0, 99)], 0) == ((0, 99),)


@pytest.mark.parametrize(
    ("now", "period_s", "ended"), [(60, 0, None), (61, 0, 1), (90, 30, None), (91, 30, 30 * S), (-999, 0, None)]
)
def test_silence_ends_a_run_one_period_after_its_last_reading(now: int, period_s: int, ended: int | None) -> None:
    part = RunPart(LAB, -500 * S, 0, None)
    assert part.ended(now * S, period_ns=period_s * S) == ended


def test_a_stop_ends_a_run_whatever_the_clock_says() -> None:
    assert RunPart(LAB, 0, 9, 9).ended(-5, period_ns=0) == 9


_times = st.lists(st.integers(-300, 300), max_size=30)


@given(_times, st.integers(0, 30))
def test_stretches_hold_every_reading_and_differ_by_more_than_a_pause(seconds: list[int], period_s: int) -> None:
    found = stretches(np.array(seconds, np.int64) * S, period_s * S)
    assert {second * S for second in seconds} >= {edge for one in found for edge in one}
    assert all(any(first <= second * S <= last for first, last in found) for second in seconds)
    assert all(b[0] - a[1] > silence_ns(period_s * S) for a, b in pairwise(found))
    inside = [sorted(s * S for s in seconds if first <= s * S <= last) for first, last in found]
    assert all(b - a <= silence_ns(period_s * S) for one in inside for a, b in pairwise(one))


@given(_times)
def test_streaming_ends_at_the_first_pause(seconds: list[int]) -> None:
    later = sorted(second * S for second in seconds if second > 0)
    reached = 0
    for at in later:
        if at - reached > SILENCE_NS:
            break
        reached = at
    assert streamed_until(0, np.array(later, np.int64), period_ns=0) == reached


_words = st.lists(st.tuples(st.sampled_from(RunPhase), st.integers(-300, 600)), max_size=4)


@given(_words, _times, st.integers(0, 40))
def test_parts_never_overlap_hold_every_stretch_and_know_no_order(
    words: list[tuple[RunPhase, int]], seconds: list[int], period_s: int
) -> None:
    named: tuple[Stretch, ...] = stretches(np.array(seconds, np.int64) * S)
    wanted = parts_of(LAB, said(*words), named, period_ns=period_s * S, unnamed_until=lambda start: start)
    assert parts_of(LAB, said(*words), named[::-1], period_ns=period_s * S, unnamed_until=lambda start: start) == wanted
    assert bool(wanted) == bool(words or seconds)
    for a, b in pairwise(wanted):
        assert a.start <= a.last <= b.start
    covered = [(p.start, p.last) for p in wanted]
    pause = silence_ns(period_s * S)
    for first, last in joined(named, period_s * S):
        assert any(start - pause <= last and first <= end + pause for start, end in covered)
