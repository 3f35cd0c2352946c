"""States from power and activity: the machines, the kernels and a slow twin say the same."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry.inference import (
    MERGE_NS,
    Activity,
    ActivitySettings,
    Inferred,
    PowerInference,
    PowerThresholds,
    gap_of,
    power_states,
)
from telemetry.intervals import from_changes
from telemetry.model import NS_PER_S, Source, State

thresholds_of_a_plug = st.builds(
    PowerThresholds,
    busy_above_w=st.just(10.0),
    idle_above_w=st.sampled_from((0.0, 2.0, 5.0)),
    hysteresis_w=st.sampled_from((0.0, 1.0, 4.0)),
    rise_hold_ns=st.sampled_from((0, 1, 5)),
    fall_hold_ns=st.sampled_from((0, 1, 10)),
    below=st.sampled_from((State.OFFLINE, State.IDLE)),
    idle_hysteresis_w=st.sampled_from((None, 0.0, 0.5)),
)
watts = st.sampled_from((0.0, 1.0, 2.0, 3.0, 4.5, 5.0, 6.0, 8.9, 9.0, 10.0, 12.0, math.nan, math.inf))
samples = st.lists(st.tuples(st.integers(1, 6), watts), max_size=30)


def timed(steps: list[tuple[int, float]]) -> list[tuple[int, float]]:
    at = np.cumsum([step for step, _ in steps]).tolist()
    return list(zip(at, (power_w for _, power_w in steps), strict=True))


def level_twin(
    series: list[tuple[int, float]], on_w: float, band_w: float, *, thresholds: PowerThresholds
) -> dict[int, bool]:
    """The level that counts at each sample, from the whole list: runs that lasted, the others swallowed."""
    raw: list[bool] = []
    for _, power_w in series:
        raw.append(power_w >= (on_w - band_w if raw and raw[-1] else on_w))
    counts: dict[int, bool] = {}
    for row, (at, _) in enumerate(series):
        begin = row
        while begin and raw[begin - 1] == raw[row]:
            begin -= 1
        beyond = next((i for i in range(row, len(raw)) if raw[i] != raw[row]), len(raw) - 1)
        hold_ns = thresholds.rise_hold_ns if raw[row] else thresholds.fall_hold_ns
        lasted = begin == 0 or series[beyond][0] - series[begin][0] >= hold_ns
        counts[at] = raw[row] if lasted else counts[series[row - 1][0]]
    return counts


def state_twin(series: list[tuple[int, float]], thresholds: PowerThresholds) -> list[Inferred]:
    idle = level_twin(series, thresholds.idle_above_w, thresholds.idle_band_w, thresholds=thresholds)
    busy = level_twin(series, thresholds.busy_above_w, thresholds.hysteresis_w, thresholds=thresholds)
    return without_repeats([Inferred(at, thresholds.state(idle=idle[at], busy=busy[at])) for at, _ in series])


def without_repeats(said: list[Inferred]) -> list[Inferred]:
    return [one for row, one in enumerate(said) if row == 0 or one.state != said[row - 1].state]


def said_by_machine(series: list[tuple[int, float]], thresholds: PowerThresholds) -> list[Inferred]:
    machine = PowerInference(thresholds)
    return [said for at, power_w in series for said in machine.seen(power_w, at)]


@given(samples, thresholds_of_a_plug)
def test_power_machine_and_kernel_say_what_the_twin_says(
    steps: list[tuple[int, float]], thresholds: PowerThresholds
) -> None:
    series = timed(steps)
    at, state = power_states(
        np.array([t for t, _ in series], np.int64), np.array([p for _, p in series], np.float64), thresholds
    )
    expected = state_twin([sample for sample in series if math.isfinite(sample[1])], thresholds)
    by_kernel = [Inferred(t, State(code)) for t, code in zip(at.tolist(), state.tolist(), strict=True)]
    assert by_kernel == without_repeats(said_by_machine(series, thresholds)) == expected


@given(samples, thresholds_of_a_plug, st.integers(2, 40))
def test_saying_a_state_again_keeps_it_valid_and_changes_nothing(
    steps: list[tuple[int, float]], thresholds: PowerThresholds, valid_ns: int
) -> None:
    series = timed(steps)
    repeating = replace(thresholds, valid_ns=valid_ns)
    said = said_by_machine(series, repeating)
    assert without_repeats(said) == without_repeats(said_by_machine(series, thresholds))
    assert [one.at for one in said] == sorted(one.at for one in said)


def test_a_state_said_again_in_time_never_expires() -> None:
    thresholds = PowerThresholds(busy_above_w=10, valid_ns=20)
    said = said_by_machine([(at, 50.0) for at in range(0, 200, 7)], thresholds)
    at = np.array([one.at for one in said], np.int64)
    n = len(said)
    stated = from_changes(
        np.zeros(n, np.int32),
        at,
        np.array([one.state for one in said], np.int8),
        np.full(n, Source.POWER_INFERRED, np.int8),
        np.full(n, 20, np.int64),
        window=(0, 200),
        n_groups=1,
    )
    assert stated.state.tolist() == [State.BUSY]
    assert n < 20


def test_a_heater_that_switches_stays_busy_through_its_pauses() -> None:
    thresholds = PowerThresholds(busy_above_w=100, idle_above_w=2, fall_hold_ns=60)
    series = [(at, 200.0 if at % 20 < 10 else 5.0) for at in range(0, 200, 5)]
    series += [(at, 5.0) for at in range(200, 300, 5)]
    assert said_by_machine(series, thresholds) == [Inferred(0, State.BUSY), Inferred(190, State.IDLE)]


def test_an_inrush_peak_is_no_work() -> None:
    thresholds = PowerThresholds(busy_above_w=100, idle_above_w=2, rise_hold_ns=5)
    series = [(0, 0.0), (1, 900.0), (3, 20.0), (9, 20.0)]
    assert said_by_machine(series, thresholds) == [Inferred(0, State.OFFLINE), Inferred(1, State.IDLE)]


def test_a_sample_can_prove_two_levels_at_once() -> None:
    thresholds = PowerThresholds(busy_above_w=100, idle_above_w=2, rise_hold_ns=5)
    series = [(0, 0.0), (1, 20.0), (2, 200.0), (30, 200.0)]
    assert said_by_machine(series, thresholds) == [
        Inferred(0, State.OFFLINE),
        Inferred(1, State.IDLE),
        Inferred(2, State.BUSY),
    ]


def test_a_clock_set_back_begins_holds_anew() -> None:
    machine = PowerInference(PowerThresholds(busy_above_w=10, rise_hold_ns=5, valid_ns=1000))
    said = [*machine.seen(1.0, 100), *machine.seen(50.0, 110), *machine.seen(50.0, 20), *machine.seen(50.0, 24)]
    assert said == [Inferred(100, State.IDLE)]
    assert machine.seen(50.0, 25) == (Inferred(20, State.BUSY),)
    assert machine.state is State.BUSY


def test_a_clock_set_back_says_a_lasting_state_again() -> None:
    machine = PowerInference(PowerThresholds(busy_above_w=10, valid_ns=1000))
    assert machine.seen(50.0, 5000) == (Inferred(5000, State.BUSY),)
    assert machine.seen(50.0, 100) == (Inferred(100, State.BUSY),)


def test_before_the_first_finite_sample_there_is_no_state() -> None:
    machine = PowerInference(PowerThresholds(busy_above_w=10))
    assert machine.seen(math.nan, 0) == ()
    assert machine.state is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"busy_above_w": 1.0, "idle_above_w": 1.0},
        {"busy_above_w": 1.0, "hysteresis_w": -1.0},
        {"busy_above_w": 1.0, "idle_hysteresis_w": -1.0},
        {"busy_above_w": 1.0, "idle_above_w": -1.0},
        {"busy_above_w": math.nan},
    ],
)
def test_thresholds_out_of_order_are_errors(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="power thresholds want"):
        PowerThresholds(**wrong)  # type: ignore[arg-type]  # the floats' names are the case


@given(st.lists(st.integers(1, 30), max_size=30), st.sampled_from((State.IDLE, State.UNKNOWN)))
def test_activity_is_busy_from_the_first_to_the_last_sample_of_each_run(steps: list[int], after: State) -> None:
    t = np.cumsum(steps, dtype=np.int64)
    expected: list[Inferred] = []
    for row, at in enumerate(t.tolist()):
        if row == 0 or at - int(t[row - 1]) > 10:
            expected.append(Inferred(at, State.BUSY))
        if row + 1 == len(t) or int(t[row + 1]) - at > 10:
            expected.append(Inferred(at + 2, after))
    machine = Activity(ActivitySettings(gap_ns=10, tail_ns=2, after=after))
    one_by_one = [said for at in t.tolist() for said in machine.seen(at)] + list(machine.ended())
    batch = Activity(ActivitySettings(gap_ns=10, tail_ns=2, after=after))
    at_once = [*batch.seen_many(t[::-1]), *batch.ended()]
    assert one_by_one == at_once == expected


def test_silence_ends_a_run_in_unknown_unless_something_else_knows() -> None:
    machine = Activity(ActivitySettings(gap_ns=10))
    machine.seen(5)
    assert machine.woken(15) == ()
    assert machine.woken(16) == (Inferred(5, State.UNKNOWN),)
    assert machine.woken(99) == machine.ended() == ()


def test_a_run_asks_to_be_woken_one_nanosecond_after_its_gap() -> None:
    machine = Activity(ActivitySettings(gap_ns=10))
    wishes = [machine.wake_at]
    machine.seen(5)
    wishes.append(machine.wake_at)
    machine.woken(16)
    assert [*wishes, machine.wake_at] == [None, 16, None]


def test_a_sample_inside_the_run_changes_nothing_and_one_just_before_extends_it() -> None:
    machine = Activity(ActivitySettings(gap_ns=10))
    machine.seen(100)
    machine.seen(108)
    assert machine.seen(104) == ()
    assert machine.seen(90) == (Inferred(90, State.BUSY),)
    assert machine.wake_at == 119


def test_samples_long_before_the_run_are_a_run_of_their_own() -> None:
    machine = Activity(ActivitySettings(gap_ns=10))
    machine.seen(100)
    assert machine.seen(20) == (Inferred(100, State.UNKNOWN), Inferred(20, State.BUSY))
    assert machine.seen(101) == (Inferred(20, State.UNKNOWN), Inferred(101, State.BUSY))


def test_a_tail_longer_than_the_gap_is_an_error() -> None:
    with pytest.raises(ValueError, match="activity wants"):
        ActivitySettings(gap_ns=1, tail_ns=2)
    assert ActivitySettings(gap_ns=1, tail_ns=1).tail_ns == 1


def test_the_gap_is_three_periods_and_at_least_a_minute() -> None:
    assert gap_of(NS_PER_S) == MERGE_NS == 60 * NS_PER_S
    assert gap_of(30 * NS_PER_S) == 90 * NS_PER_S
