from __future__ import annotations

import pytest

from edge.clock import ManualClock
from edge.health import Health, Part
from edge.timekeeper import NOTICE_NS, OLDEST_NS, Timekeeper
from telemetry.model import NS_PER_MS, NS_PER_S, ClockJumped, EquipmentId, State, StateSeen
from tests.edge.toys import ListJournal

START = 1_800_000_000 * NS_PER_S


class Lab:
    def __init__(self, now: int = START) -> None:
        self.clock = ManualClock(now)
        self.journal = ListJournal()
        self.health = Health()
        self.timekeeper = Timekeeper(self.clock, self.journal, self.health)

    def look(self) -> Part:
        self.timekeeper.look()
        return self.health.parts()[0]


@pytest.mark.parametrize("by_s", [3600, -3600, 2])
def test_a_clock_that_was_set_is_recorded_once_and_told(by_s: int) -> None:
    lab = Lab()
    lab.clock.jump(by_s * NS_PER_S)
    part = lab.look()
    lab.look()
    assert lab.journal.records == [ClockJumped(lab.clock.now(), lab.clock.now(), by_s * NS_PER_S)]
    assert (part.ok, part.vital, f"{by_s:+} s" in part.message) == (False, False, True)


def test_a_jump_is_told_for_a_while_only() -> None:
    lab = Lab()
    lab.clock.jump(60 * NS_PER_S)
    lab.look()
    lab.clock.advance(NOTICE_NS)
    assert lab.look().ok


def test_time_that_passes_and_a_slow_drift_are_no_jump() -> None:
    lab = Lab()
    for _ in range(100):
        lab.clock.advance(NS_PER_S)
        lab.clock.jump(500 * NS_PER_MS)
        assert lab.look().ok
    assert lab.journal.records == []


def test_a_jump_waits_for_room_in_the_journal() -> None:
    lab = Lab()
    lab.timekeeper.look()
    lab.journal.room = 0
    lab.clock.jump(60 * NS_PER_S)
    assert lab.look().ok
    lab.journal.make_room()
    assert not lab.look().ok
    assert [type(record) for record in lab.journal.records] == [ClockJumped]


def test_a_clock_that_was_never_set_is_told() -> None:
    assert "before 2025" in Lab(0).look().message
    assert Lab(OLDEST_NS).look().ok


def test_what_is_said_again_after_a_jump_goes_with_its_record() -> None:
    lab = Lab()
    said: list[tuple[int, int]] = []

    def after_jump(before: int, now: int) -> list[StateSeen]:
        said.append((before, now))
        return [StateSeen(EquipmentId("mill-1"), now, now, State.IDLE)]

    timekeeper = Timekeeper(lab.clock, lab.journal, lab.health, after_jump=after_jump)
    lab.clock.jump(-3600 * NS_PER_S)
    timekeeper.look()
    assert said == [(START, START - 3600 * NS_PER_S)]
    assert [type(record) for record in lab.journal.records] == [ClockJumped, StateSeen]


def test_when_the_clock_passes_where_it_was_set_back_from_states_are_said_once_more() -> None:
    lab = Lab()
    said: list[tuple[int, int]] = []

    def after_jump(before: int, now: int) -> list[StateSeen]:
        said.append((before - START, now - START))
        return [StateSeen(EquipmentId("mill-1"), now, now, State.BUSY)]

    timekeeper = Timekeeper(lab.clock, lab.journal, lab.health, after_jump=after_jump)
    lab.clock.jump(-10 * NS_PER_S)
    for _ in range(20):
        timekeeper.look()
        lab.clock.advance(NS_PER_S)
    assert said == [(0, -10 * NS_PER_S), (NS_PER_S, NS_PER_S)]
    assert [type(record) for record in lab.journal.records] == [ClockJumped, StateSeen, StateSeen]


def test_a_clock_that_is_set_forward_again_has_said_its_states_already() -> None:
    lab = Lab()
    said: list[int] = []

    def after_jump(_before: int, now: int) -> list[StateSeen]:
        said.append(now)
        return []

    timekeeper = Timekeeper(lab.clock, lab.journal, lab.health, after_jump=after_jump)
    for by_s in (-10, 60):
        lab.clock.jump(by_s * NS_PER_S)
        timekeeper.look()
    lab.clock.advance(100 * NS_PER_S)
    timekeeper.look()
    assert len(said) == 2


def test_states_that_are_due_once_more_wait_for_room() -> None:
    lab = Lab()
    lab.timekeeper = Timekeeper(
        lab.clock,
        lab.journal,
        lab.health,
        after_jump=lambda _before, now: [StateSeen(EquipmentId("mill-1"), now, now, State.BUSY)],
    )
    lab.clock.jump(-10 * NS_PER_S)
    lab.look()
    lab.clock.advance(11 * NS_PER_S)
    lab.journal.room = 0
    lab.look()
    lab.journal.make_room()
    lab.look()
    assert [type(record) for record in lab.journal.records] == [ClockJumped, StateSeen, StateSeen]
