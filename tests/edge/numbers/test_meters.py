from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from edge.numbers.meters import Meters
from edge.numbers.observed import Observations, Span
from edge.numbers.practice import job_columns
from edge.store.memory import MemoryStore
from telemetry.columns import Changes
from telemetry.life import life_of
from telemetry.model import EquipmentId, Instant, State
from telemetry.zones import NS_PER_DAY
from tests.api.lab import HOUR, MILL, MINUTE, NOW, Lab, state

MIDNIGHT = NOW // NS_PER_DAY * NS_PER_DAY


@pytest.fixture
def lab() -> Lab:
    return Lab()


class Watched(MemoryStore):
    """Notes from when on states are read."""

    def __init__(self, lab: Lab) -> None:
        super().__init__(lab.journal)
        self.asked: list[Instant] = []

    def changes(self, equipment: Sequence[EquipmentId], start: Instant, end: Instant) -> Changes:
        self.asked.append(start)
        return super().changes(equipment, start, end)


def worn(lab: Lab) -> None:
    """A fault through midnight, work before and after it."""
    lab.keep(
        [
            state(MIDNIGHT - 30 * HOUR, State.BUSY),
            state(MIDNIGHT - 2 * HOUR, State.FAULT),
            state(MIDNIGHT + HOUR, State.IDLE),
            state(MIDNIGHT + 2 * HOUR, State.BUSY),
        ]
    )


def test_days_that_are_over_and_today_add_up_to_the_whole(lab: Lab) -> None:
    worn(lab)
    readout = lab.numbers.meters.readout()
    ids = readout.life.ids
    whole = Observations(lab.store).seen(ids, Span(0, NOW, NOW)).intervals
    since = np.array([MIDNIGHT - 30 * HOUR if one == MILL else NOW for one in ids], np.int64)
    wanted = life_of(whole, job_columns(ids, ()), window=(0, NOW), since=since)
    for name in ("since", "base_ns", "known_ns", "busy_ns", "faults", "repairs", "fault_ns", "repair_ns"):
        assert getattr(readout.life, name).tolist() == getattr(wanted, name).tolist(), name
    assert (readout.life.faults.sum(), readout.life.fault_ns.sum()) == (1, 3 * HOUR)


def test_another_minute_reads_only_today(lab: Lab) -> None:
    worn(lab)
    store = Watched(lab)
    meters = Meters(lab.numbers.desk, Observations(store), store, lab.clock)
    first = meters.readout()
    assert meters.readout() is first
    store.asked.clear()
    lab.clock.advance(MINUTE)
    later = meters.readout()
    assert later.life.busy_ns.sum() == first.life.busy_ns.sum() + MINUTE
    assert set(store.asked) == {MIDNIGHT}


def test_late_data_of_an_earlier_day_are_counted(lab: Lab) -> None:
    worn(lab)
    before = lab.numbers.meters.readout().life.busy_ns.sum()
    lab.keep([state(MIDNIGHT - 31 * HOUR, State.BUSY)])
    assert lab.numbers.meters.readout().life.busy_ns.sum() == before + HOUR


def test_a_meter_at_midnight_is_read_once(lab: Lab) -> None:
    worn(lab)
    lab.clock.advance(MIDNIGHT + NS_PER_DAY - NOW)
    assert lab.numbers.meters.readout().until == MIDNIGHT + NS_PER_DAY
