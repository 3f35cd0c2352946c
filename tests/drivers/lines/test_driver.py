"""A streaming device over time: batches, times, states, bounds."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from drivers.contract import Publish
from drivers.lines.boot_clock import MOST_BACKLOG_NS, MOST_LAG_NS, BootClock
from drivers.lines.channels import MOST_CHANNELS, channel_name
from drivers.lines.driver import LOST
from drivers.lines.recognition import LOST_LINES
from telemetry.model import NS_PER_MS, Channel, Reading, ReadingBatch, Rejected, Source, State, StateSeen
from tests.drivers.lines.bench import BOARD, Bench, at, bench


def test_lines_that_come_at_once_are_one_batch_a_channel() -> None:
    it = bench(columns=[{"name": "b", "unit": "V"}]).said("a,b\n1,2\n3,4\n", 1)
    t = np.array([at(1) + 1, at(1) + 2], np.int64)
    assert it.records[1:] == [
        ReadingBatch(BOARD, Channel("a"), t, np.array([1.0, 3.0]), at(1) + 2),
        ReadingBatch(BOARD, Channel("b"), t, np.array([2.0, 4.0]), at(1) + 2, "V"),
    ]


def test_a_line_that_comes_alone_is_one_reading_a_channel() -> None:
    it = bench().said("5\n", 1)
    assert it.records == [
        StateSeen(BOARD, at(1), at(1), State.BUSY, Source.ACTIVITY_INFERRED, word="streaming"),
        Reading(BOARD, Channel("column_1"), at(1), at(1), 5.0),
    ]


def test_times_rise_from_chunk_to_chunk() -> None:
    it = bench().said("1\n2\n3\n", 1).said("4\n5\n", 1).said("6\n", 1)
    times = [record.t.tolist() for record in it.records if isinstance(record, ReadingBatch)]
    assert times == [[at(1), at(1) + 1, at(1) + 2], [at(1) + 3, at(1) + 4]]
    assert it.records[-1] == Reading(BOARD, Channel("column_1"), at(1) + 5, at(1) + 5, 6.0)


def test_a_message_on_a_line_is_rejected() -> None:
    it = bench()
    step = it.driver.received(Publish("a/b", b"xyz"), at(1))
    assert [record.raw for record in step.records if isinstance(record, Rejected)] == [b"xyz"]


def test_half_a_line_at_a_new_opening_is_rejected() -> None:
    it = bench().said("1,2\n3,", 1).opened(2).said("4\n5,6\n", 3)
    assert [reject.raw for reject in it.rejects()] == [b"3,", b"4"]
    assert it.values()["column_1"] == [1, 5]


def test_the_line_behind_garbage_is_whole() -> None:
    it = Bench().opened().said(b"\xff\n1,2\n", 1)
    assert it.values()["column_1"] == [1]
    assert [reject.raw for reject in it.rejects()] == [b"\xff"]


def test_samples_are_busy_and_a_minute_of_silence_is_idle() -> None:
    it = bench()
    for second in range(10, 20):
        it.said("1\n", second)
    it.until(200).said("1\n", 200)
    assert it.words() == ["10.0 busy streaming", "19.0 idle silent", "200.0 busy streaming"]


def test_nothing_heard_since_the_opening_is_idle_after_a_minute() -> None:
    assert bench().until(300).words() == ["60.0 idle silent"]


def test_a_pause_of_less_than_a_minute_is_no_pause() -> None:
    it = bench().said("1\n", 10).said("1\n", 69).until(100)
    assert it.words() == ["10.0 busy streaming"]


def test_a_slow_logger_is_busy_as_set() -> None:
    it = bench(period_s=100).said("1\n", 10).said("1\n", 300).until(900)
    assert it.words() == ["10.0 busy streaming", "400.0 idle silent"]


def test_the_period_of_a_slow_logger_is_measured() -> None:
    it = bench()
    for n in range(10):
        it.said("1\n", 10 + 120 * n)
    assert it.until(3000).words()[-2:] == ["370.0 busy streaming", "1210.0 idle silent"]


def test_a_link_that_opens_again_ends_the_run() -> None:
    it = bench(period_s=30).said("1\n", 10).opened(20).said("\n1\n", 25)
    assert it.words() == ["10.0 busy streaming", "20.0 idle silent", "25.0 busy streaming"]


def test_a_clock_set_back_costs_only_time() -> None:
    it = bench().said("1\n", 1000)
    it.take(it.driver.received(b"2\n", at(-5000)))
    it.until(-4000)
    assert it.words() == [
        "60.0 idle silent",
        "1000.0 busy streaming",
        "-5000.0 busy streaming",
        "-5000.0 idle silent",
    ]


def test_a_clock_set_back_before_any_sample_counts_the_silence_anew() -> None:
    it = bench()
    it.take(it.driver.woken(at(-5000)))
    assert it.until(-4000).words() == ["-4940.0 idle silent"]


def test_waking_too_early_is_harmless() -> None:
    it = bench()
    it.take(it.driver.woken(at(5)))
    assert it.records == []
    assert it.wake_at == at(60)


def test_lines_that_cannot_be_read_are_told_once() -> None:
    it = bench().said(b"\xf0\xf1\n" * LOST_LINES, 1).said(b"\xf0\xf1\n" * 100, 2).until(500)
    assert it.words() == ["1.0 unknown unreadable"]
    assert next(record.reason for record in it.records if isinstance(record, StateSeen)) == LOST
    assert len(it.rejects()) == LOST_LINES + 100


def test_lines_that_can_be_read_again_are_busy_again() -> None:
    it = bench().said("1\n", 1).said("what?\n" * LOST_LINES, 2).said("1\n", 3).said("what?\n" * LOST_LINES, 4)
    assert it.words() == [
        "1.0 busy streaming",
        "1.0 idle silent",
        "2.0 unknown unreadable",
        "3.0 busy streaming",
        "3.0 idle silent",
        "4.0 unknown unreadable",
    ]


def test_a_run_of_one_sample_begins_before_it_ends() -> None:
    it = bench().said("1\n", 10).until(100)
    changes = [(record.at, record.state) for record in it.records if isinstance(record, StateSeen)]
    assert changes == [(at(10), State.BUSY), (at(10) + 1, State.IDLE)]


def test_reading_again_in_the_same_chunk_is_busy_again() -> None:
    it = bench().said("1\n" + "what?\n" * LOST_LINES + "2\n3\n", 1)
    assert [word.split(" ", 1)[1] for word in it.words()] == [
        "busy streaming",
        "idle silent",
        "unknown unreadable",
        "busy streaming",
    ]


def test_names_without_end_are_rejected() -> None:
    it = bench(format="pairs").said("".join(f"n{n}:1\n" for n in range(MOST_CHANNELS + 3)), 1)
    assert len(it.values()) == MOST_CHANNELS
    assert len(it.rejects()) == 3


def test_two_values_of_one_channel_in_one_line_are_told() -> None:
    it = bench().said("T,t\n1,2\n", 1)
    assert it.values() == {"t": [1]}
    assert it.reasons() == ["'t' is a second value of channel t"]


def test_scaling_beyond_all_numbers_is_rejected() -> None:
    it = bench(columns=[{"name": "column_1", "scale": 1e300}]).said("1e300\n", 1)
    assert it.values() == {}
    assert it.reasons() == ["'column_1' is not finite after scaling"]


@pytest.mark.parametrize(
    ("name", "channel"),
    [("Temp (C)", "temp_c"), ("_ms", "ms"), ("°", "value"), ("Свет 1", "свет_1"), ("x" * 99, "x" * 64)],
)
def test_channels_are_made_from_names(name: str, channel: str) -> None:
    assert channel_name(name) == channel


def test_a_time_column_keeps_the_devices_own_spacing() -> None:
    it = bench(time_column="ms").said("ms,v\n1000,1\n1250,2\n1500,3\n", 10)
    assert it.times("v") == [9.5, 9.75, 10.0]
    assert set(it.values()) == {"v"}


@pytest.mark.parametrize(("unit", "ticks"), [("us", "2000000"), ("ms", "2000"), ("s", "2.0")])
def test_time_columns_have_units(unit: str, ticks: str) -> None:
    it = bench(time_column="t", time_unit=unit).said(f"t,v\n0,1\n{ticks},2\n", 10)
    assert it.times("v") == [8.0, 10.0]


def test_without_its_time_column_a_chunk_has_the_time_of_receipt() -> None:
    it = bench(time_column="ms", format="json").said('{"ms":1000,"v":1}\n{"v":2}\n', 10)
    assert it.times("v") == [10.0, 10.0]


@pytest.mark.parametrize("ticks", ["-5", "1e300"])
def test_a_time_that_is_none_is_rejected_and_the_value_kept(ticks: str) -> None:
    it = bench(time_column="ms").said(f"ms,v\n{ticks},1\n", 10)
    assert it.times("v") == [10.0]
    assert it.reasons() == [f"{float(ticks):g} is no time since the start"]


class Clock:
    """A boot clock in ms, told in seconds."""

    def __init__(self) -> None:
        self.clock = BootClock(NS_PER_MS)

    def times(self, ticks: list[float], seconds: float) -> list[float]:
        return [(instant - at(0)) / 1e9 for instant in self.clock.instants(ticks, at(seconds))]


def test_jitter_of_the_link_does_not_shake_the_times() -> None:
    clock = Clock()
    times = [clock.times([1000 * n], 10 + n + late)[0] for n, late in enumerate([0, 0.3, 0.05, 0.6, 0.2, 0.0])]
    steps = [later - sooner for sooner, later in pairwise(times)]
    assert all(0.94 < step < 1.06 for step in steps)


def test_a_reset_starts_the_mapping_anew() -> None:
    clock = Clock()
    assert clock.times([5000, 6000, 0, 1000], 20) == pytest.approx([19, 20, 20, 20], abs=0.001)
    assert clock.times([2000], 21) == pytest.approx([21])


def test_a_slow_clock_is_followed_within_the_bound() -> None:
    clock = Clock()
    for minute in range(1, 600):
        (time,) = clock.times([60_000 * minute * 0.97], 60 * minute)
        assert 0 <= 60 * minute - time <= MOST_LAG_NS / 1e9


def test_a_fast_clock_never_runs_ahead_of_receipt() -> None:
    clock = Clock()
    for minute in range(1, 600):
        (time,) = clock.times([60_000 * minute * 1.03], 60 * minute)
        assert time == pytest.approx(60 * minute)


def test_a_clock_that_stood_still_is_taken_anew() -> None:
    clock = Clock()
    clock.times([1000], 1)
    assert clock.times([2000], 100) == [100]


def test_what_one_chunk_reaches_back_is_bounded() -> None:
    clock = Clock()
    times = clock.times([0, 10_000_000], 1)
    assert times == [1 - MOST_BACKLOG_NS / 1e9, 1]


def test_a_gateway_clock_set_back_takes_the_mapping_along() -> None:
    clock = Clock()
    clock.times([1000], 1000)
    assert clock.times([2000], -1000) == [-1000]


def test_no_samples_have_no_times() -> None:
    assert Clock().times([], 1) == []


def test_equal_ticks_still_rise() -> None:
    times = BootClock(NS_PER_MS).instants([5, 5, 5], at(1))
    assert times == [at(1), at(1) + 1, at(1) + 2]
