"""Hour-meters, faults and jobs, worked out by hand, and against the reliability figures of the `oee` package."""

from __future__ import annotations

import math
from typing import TypeAlias

import numpy as np
import oee
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry.columns import Intervals, Jobs, Life
from telemetry.life import life_of
from telemetry.model import EquipmentId, JobOutcome, State
from telemetry.sessions import no_jobs

Part: TypeAlias = tuple[State, int]

IDS = (EquipmentId("a"), EquipmentId("b"))
LAST = np.iinfo(np.int64).max
BUSY, FAULT, IDLE, UNKNOWN, OFFLINE, SERVICE = (
    State.BUSY,
    State.FAULT,
    State.IDLE,
    State.UNKNOWN,
    State.OFFLINE,
    State.MAINTENANCE,
)


def intervals(*of_each: list[Part], start: int = 0) -> Intervals:
    """States of each equipment one after the other, with their lengths."""
    rows = []
    for code, parts in enumerate(of_each):
        at = start
        for state, length in parts:
            rows.append((code, at, at + length, state))
            at += length
    table = np.array(rows, np.int64).reshape(-1, 4)
    source = np.full(len(table), 6, np.int8)
    return Intervals(IDS, table[:, 0].astype(np.int32), table[:, 1], table[:, 2], table[:, 3].astype(np.int8), source)


def life(
    told: Intervals, *, window: tuple[int, int] = (0, 100), since: tuple[int, int] = (0, 0), jobs: Jobs | None = None
) -> Life:
    return life_of(told, jobs or no_jobs(), window=window, since=np.array(since, np.int64))


def test_the_hour_meter_counts_busy_time_in_the_window() -> None:
    told = intervals([(IDLE, 10), (BUSY, 30), (UNKNOWN, 20), (BUSY, 40)], [(IDLE, 100)])
    assert life(told).busy_ns.tolist() == [70, 0]
    assert life(told).known_ns.tolist() == [80, 100]
    assert life(told, window=(20, 70)).busy_ns.tolist() == [30, 0]


def test_since_a_service_everything_begins_anew() -> None:
    told = intervals([(BUSY, 30), (FAULT, 10), (SERVICE, 10), (BUSY, 50)], [(BUSY, 100)])
    after = life(told, since=(50, -5))
    assert after.since.tolist() == [50, 0]
    assert after.base_ns.tolist() == [50, 100]
    assert after.busy_ns.tolist() == [50, 100]
    assert (after.faults.tolist(), after.fault_ns.tolist()) == ([0, 0], [0, 0])


def test_a_service_to_come_leaves_nothing_to_count() -> None:
    told = intervals([(BUSY, 100)], [(FAULT, 100)])
    future = life(told, since=(500, 500))
    assert (future.base_ns.tolist(), future.busy_ns.tolist(), future.fault_ns.tolist()) == ([0, 0], [0, 0], [0, 0])


def test_faults_and_repairs() -> None:
    # Busy 60 in all, two faults of 10 and 20: 60 / 2 = 30 between faults, (10 + 20) / 2 = 15 to repair.
    told = intervals([(BUSY, 20), (FAULT, 10), (IDLE, 10), (BUSY, 40), (FAULT, 20)], [(IDLE, 110)])
    found = life(told, window=(0, 100))
    assert (found.faults.tolist(), found.repairs.tolist()) == ([2, 0], [1, 0])
    assert (found.fault_ns.tolist(), found.repair_ns.tolist()) == ([30, 0], [10, 0])
    assert found.mean_time_between_faults_ns[0] == 30
    assert found.mean_time_to_repair_ns[0] == 10
    assert np.isnan([found.mean_time_between_faults_ns[1], found.mean_time_to_repair_ns[1]]).all()


@pytest.mark.parametrize("silence", [UNKNOWN, OFFLINE])
def test_silence_within_a_fault_neither_ends_nor_lengthens_it(silence: State) -> None:
    told = intervals([(BUSY, 20), (FAULT, 10), (silence, 30), (FAULT, 10), (silence, 10), (IDLE, 20)], [(IDLE, 100)])
    found = life(told)
    assert (found.faults[0], found.repairs[0], found.repair_ns[0]) == (1, 1, 20)


def test_a_fault_that_was_there_before_is_counted_where_it_began() -> None:
    told = intervals([(FAULT, 10), (IDLE, 90)], [(UNKNOWN, 10), (FAULT, 10), (IDLE, 80)])
    found = life(told)
    assert (found.faults.tolist(), found.repairs.tolist(), found.fault_ns.tolist()) == ([0, 1], [0, 1], [10, 10])
    longer = intervals([(IDLE, 5), (FAULT, 15), (IDLE, 80)], [(IDLE, 100)])
    assert life(longer, window=(10, 100)).faults.tolist() == [0, 0]
    assert life(longer, window=(0, 10)).faults.tolist() == [1, 0]
    assert [life(longer, window=(0, end)).repairs.tolist() for end in (10, 20, 21)] == [[0, 0], [0, 0], [1, 0]]


def test_the_last_fault_of_one_device_is_not_repaired_by_the_next_device() -> None:
    found = life(intervals([(IDLE, 50), (FAULT, 50)], [(IDLE, 100)]))
    assert (found.faults.tolist(), found.repairs.tolist()) == ([1, 0], [0, 0])


def test_jobs_are_counted_by_how_they_ended() -> None:
    rows = [
        ("a", 0, 10, JobOutcome.COMPLETED),
        ("a", 10, 20, JobOutcome.COMPLETED),
        ("a", 20, 30, JobOutcome.CANCELLED),
        ("a", 30, 40, JobOutcome.FAILED),
        ("a", 40, 50, JobOutcome.UNKNOWN),
        ("a", 50, 55, JobOutcome.NONE),
        ("a", 90, LAST, JobOutcome.NONE),
        ("a", -20, 5, JobOutcome.COMPLETED),
        ("a", 95, 130, JobOutcome.COMPLETED),
        ("a", 130, 140, JobOutcome.COMPLETED),
        ("a", -9, 100, JobOutcome.COMPLETED),
        ("b", 5, 15, JobOutcome.FAILED),
        ("z", 5, 15, JobOutcome.FAILED),
    ]
    names = (EquipmentId("z"), *IDS)
    code = np.array([names.index(EquipmentId(row[0])) for row in rows], np.int32)
    start, end = (np.array([row[n] for row in rows], np.int64) for n in (1, 2))
    jobs = Jobs(names, ("",) * len(rows), code, start, end, np.array([row[3] for row in rows], np.int8))
    found = life(intervals([(IDLE, 100)], [(IDLE, 100)]), since=(0, 10), jobs=jobs)
    assert found.started.tolist() == [8, 0]
    assert found.completed.tolist() == [3, 0]
    assert found.cancelled.tolist() == [1, 0]
    assert found.failed.tolist() == [1, 1]
    assert found.ended_unknown.tolist() == [2, 0]
    assert found.running.tolist() == [3, 0]


def test_no_equipment_has_no_life() -> None:
    codes, times, words = np.empty(0, np.int32), np.empty(0, np.int64), np.empty(0, np.int8)
    nobody = Intervals((), codes, times, times, words, words)
    assert len(life_of(nobody, no_jobs(), window=(0, 9), since=np.empty(0, np.int64))) == 0


@given(st.lists(st.tuples(st.integers(1, 50), st.integers(1, 20)), max_size=8))
def test_mean_times_equal_those_of_the_oee_package(cycles: list[tuple[int, int]]) -> None:
    # Its operating time is our hour-meter and its repairs are our faults: busy, then in fault, again and again.
    parts = [part for busy, fault in cycles for part in ((BUSY, busy), (FAULT, fault))]
    total = sum(length for _, length in parts)
    found = life(intervals([*parts, (IDLE, 1)], [(IDLE, total + 1)]), window=(0, total + 1))
    theirs = oee.reliability(int(found.busy_ns[0]), repair_times=[fault for _, fault in cycles])
    assert found.faults[0] == theirs.failures
    ours = (found.mean_time_between_faults_ns[0], found.mean_time_to_repair_ns[0])
    for mine, their in zip(ours, (theirs.mtbf, theirs.mttr), strict=True):
        assert math.isnan(mine) if their is None else mine == pytest.approx(their)
