"""The simulated controller: what it tells the driver, and that the driver reads it right."""

from __future__ import annotations

import pytest

from drivers.contract import Act, Publish, Setting, Step
from drivers.grbl.settings import Dialect, GrblSettings, Simulated
from drivers.grbl.simulator import GrblSimulator
from telemetry.model import Instant, State
from tests.drivers.grbl.bench import MILL, Bench, at

ALL = list(Dialect)


class Lab:
    """A driver and a simulator, joined without delay; both live as they ask."""

    def __init__(self, dialect: Dialect, *, seed: int = 7, job_s: float = 600) -> None:
        settings = GrblSettings(simulated=Simulated(dialect=dialect, job_s=job_s))
        self.bench = Bench(settings)
        self.device = GrblSimulator(Setting(MILL), settings, seed)
        self.device_wakes: Instant | None = None
        self.hear(self.device.opened(at(0)), at(0), first=self.bench.driver.opened(at(0)))

    def hear(self, said: Step, now: Instant, first: Step | None = None) -> None:
        self.device_wakes = said.wake_at
        if first is not None:
            self.to_device(first, now)
        for unit in said.send:
            self.to_device(self.bench.driver.received(unit, now), now)

    def to_device(self, step: Step, now: Instant) -> None:
        self.bench.take(step, now)
        for unit in step.send:
            self.hear(self.device.received(unit, now), now)

    def until(self, seconds: float) -> Lab:
        while wishes := [wish for wish in (self.bench.wake_at, self.device_wakes) if wish and wish <= at(seconds)]:
            now = min(wishes)
            if now == self.device_wakes:
                self.hear(self.device.woken(now), now)
            else:
                self.to_device(self.bench.driver.woken(now), now)
        return self

    def act(self, act: Act, seconds: float) -> Lab:
        self.until(seconds)
        self.hear(self.device.act(act, at(seconds), name="ignored"), at(seconds))
        return self

    def agreed(self, seconds: float) -> State | None:
        """The state that both sides know, if it is one."""
        seen = self.seen(seconds)
        return seen if seen is self.device.state else None

    def seen(self, seconds: float) -> State:
        self.until(seconds)
        return self.bench.last().state


@pytest.mark.parametrize("dialect", ALL)
def test_a_run_with_a_pause_is_read_right(dialect: Dialect) -> None:
    lab = Lab(dialect)
    assert lab.agreed(5) is State.IDLE
    assert lab.act(Act.START, 10).agreed(12) is State.BUSY
    assert lab.act(Act.PAUSE, 20).agreed(22) is State.PAUSED
    assert lab.act(Act.RESUME, 30).agreed(32) is State.BUSY
    assert lab.act(Act.FINISH, 40).agreed(45) is State.IDLE
    assert [phase.split(" ", 1)[1] for phase in lab.bench.jobs()] == [
        "started",
        "paused",
        "resumed",
        "ended completed",
    ]
    assert lab.bench.rejects() == []


@pytest.mark.parametrize("dialect", ALL)
def test_a_run_ends_by_itself(dialect: Dialect) -> None:
    lab = Lab(dialect, job_s=30).act(Act.START, 10)
    assert lab.seen(39) is State.BUSY
    assert lab.agreed(45) is State.IDLE
    assert lab.bench.jobs()[-1].endswith("ended completed")


def test_a_pause_makes_a_run_longer() -> None:
    lab = Lab(Dialect.GRBL_1_1, job_s=30).act(Act.START, 10).act(Act.PAUSE, 20).act(Act.RESUME, 100)
    assert lab.seen(118) is State.BUSY
    assert lab.seen(125) is State.IDLE


@pytest.mark.parametrize("dialect", ALL)
def test_a_cancelled_run_is_cancelled(dialect: Dialect) -> None:
    lab = Lab(dialect).act(Act.START, 10).act(Act.CANCEL, 20)
    assert lab.agreed(25) is State.IDLE
    assert lab.bench.jobs()[-1] == "20.0 ended cancelled reset"


@pytest.mark.parametrize("dialect", ALL)
def test_a_hard_limit_is_a_fault_until_a_person_resets_and_unlocks(dialect: Dialect) -> None:
    lab = Lab(dialect).act(Act.START, 10).act(Act.FAIL, 20)
    assert lab.agreed(200) is State.FAULT
    assert lab.bench.jobs()[-1].startswith("20.0 ended failed ALARM")
    lab.act(Act.RESET, 200)
    assert lab.agreed(201.5) is State.FAULT
    assert lab.agreed(210) is State.IDLE
    assert lab.bench.rejects() == []


@pytest.mark.parametrize("act", [Act.RESUME, Act.START])
@pytest.mark.parametrize("dialect", ALL)
def test_a_person_may_unlock_by_going_on(dialect: Dialect, act: Act) -> None:
    lab = Lab(dialect).act(Act.FAIL, 10).act(act, 20)
    assert lab.agreed(25) is (State.BUSY if act is Act.START else State.IDLE)


@pytest.mark.parametrize("dialect", ALL)
def test_a_reset_in_motion_cancels_the_run_and_locks(dialect: Dialect) -> None:
    lab = Lab(dialect).act(Act.START, 10).act(Act.RESET, 20)
    assert lab.agreed(21) is State.FAULT
    assert "ended cancelled ALARM" in lab.bench.jobs()[-1]
    assert lab.seen(30) is State.IDLE


def test_a_reset_at_rest_locks_nothing() -> None:
    lab = Lab(Dialect.GRBL_1_1).act(Act.RESET, 10)
    assert lab.seen(10.5) is State.IDLE


@pytest.mark.parametrize("act", [Act.PAUSE, Act.RESUME, Act.FINISH, Act.CANCEL])
def test_an_act_without_sense_does_nothing(act: Act) -> None:
    lab = Lab(Dialect.GRBL_1_1).until(5)
    before = lab.bench.words()
    assert lab.act(act, 10).until(20).bench.words() == before


def test_positions_move_with_the_run() -> None:
    lab = Lab(Dialect.GRBL_0_9, job_s=60).act(Act.START, 5).until(80)
    readings = lab.bench.readings()
    assert len(readings["machine_x"]) > 50
    assert readings["work_x"][3] == pytest.approx(readings["machine_x"][3] + 120)


def test_the_same_seed_lives_the_same_life() -> None:
    lives = [Lab(Dialect.GRBL_1_1, seed=seed).act(Act.START, 5).until(30).bench.records for seed in (1, 1, 2)]
    assert lives[0] == lives[1]
    assert lives[0] != lives[2]


def test_the_banner_comes_once() -> None:
    device = GrblSimulator(Setting(MILL), GrblSettings(), 1)
    assert device.opened(at(0)).send
    assert device.opened(at(1)) == Step()


def test_only_questions_are_answered() -> None:
    device = GrblSimulator(Setting(MILL), GrblSettings(), 1)
    assert device.received(b"$X\n", at(1)) == Step()
    assert device.received(Publish("a", b"?"), at(1)) == Step()
    (said,) = device.received(b"??", at(2)).send
    assert isinstance(said, bytes)
    assert said.count(b"<Idle|") == 2
