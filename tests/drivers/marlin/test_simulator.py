"""The simulated printer, in every dialect, and the driver that reads it."""

from __future__ import annotations

import random

import pytest

from drivers.contract import Act, Publish, Setting, Step
from drivers.marlin.driver import MarlinDriver
from drivers.marlin.settings import Dialect, MarlinSettings, SimulatorSettings
from drivers.marlin.simulator import MarlinSimulator
from telemetry.model import NS_PER_S, JobOutcome, JobPhase, JobSeen, Reading, Record, Rejected, State, StateSeen
from tests.drivers.marlin.talks import NAME, START

every_dialect = pytest.mark.parametrize("dialect", list(Dialect))


class Pair:
    """A driver on a simulator, over a line without faults; entries take turns in virtual time."""

    def __init__(self, seed: int = 0, **simulator: object) -> None:
        settings = MarlinSettings(simulator=SimulatorSettings(job_s=120, heat_s=20).model_copy(update=simulator))
        self.driver = MarlinDriver(Setting(NAME), settings)
        self.printer = MarlinSimulator(Setting(NAME), settings, seed)
        self.now = START
        self.records: list[Record] = []
        self.heard: list[bytes] = []
        self._wakes: dict[bool, int | None] = {True: None, False: None}
        self._take(self.printer.opened(self.now), of_driver=False)
        self._take(self.driver.opened(self.now), of_driver=True)

    def run(self, seconds: float) -> Pair:
        end = self.now + round(seconds * NS_PER_S)
        for _ in range(100_000):
            wakes = [(wake, who) for who, wake in self._wakes.items() if wake is not None]
            wake, who = min(wakes, default=(end + 1, True))
            if wake > end:
                break
            self.now = max(self.now, wake)
            step = self.driver.woken(self.now) if who else self.printer.woken(self.now)
            self._take(step, of_driver=who)
        self.now = end
        return self

    def act(self, act: Act, name: str = "") -> Pair:
        self._take(self.printer.act(act, self.now, name=name), of_driver=False)
        return self

    def agree(self) -> State:
        """The state that both say."""
        last = [record for record in self.records if isinstance(record, StateSeen)][-1].state
        assert last is self.printer.state
        return last

    @property
    def jobs(self) -> list[JobSeen]:
        return [record for record in self.records if isinstance(record, JobSeen)]

    def _take(self, step: Step, *, of_driver: bool) -> None:
        self._wakes[of_driver] = step.wake_at
        self.records += step.records
        for unit in step.send:
            assert isinstance(unit, bytes)
            self.heard += [] if of_driver else [unit]
            other = self.printer.received(unit, self.now) if of_driver else self.driver.received(unit, self.now)
            self._take(other, of_driver=not of_driver)


@every_dialect
@pytest.mark.parametrize("checksum", [False, True])
def test_a_print_is_read_from_warm_up_to_its_end(dialect: Dialect, checksum: bool) -> None:  # noqa: FBT001 - a table
    pair = Pair(dialect=dialect, force_checksum=checksum, extruders=2, chamber=True).run(10)
    assert pair.agree() is State.IDLE
    assert pair.act(Act.START, "part.gcode").run(10).agree() is State.SETUP
    assert pair.run(60).agree() is State.BUSY
    assert pair.run(80).agree() is State.IDLE
    (ended,) = [job for job in pair.jobs if job.phase is JobPhase.ENDED]
    assert (ended.name, ended.outcome) == ("part.gcode", JobOutcome.COMPLETED)
    progress = [job.progress for job in pair.jobs if job.phase is JobPhase.PROGRESSED and job.progress is not None]
    assert progress == sorted(progress)
    assert len(progress) > 30
    assert not [record for record in pair.records if isinstance(record, Rejected)]
    channels = {record.channel for record in pair.records if isinstance(record, Reading)}
    heaters = ("tool0", "tool1", "bed", "chamber")
    assert channels == {f"{heater}_{kind}" for heater in heaters for kind in ("temperature", "target")}


@every_dialect
@pytest.mark.parametrize("seed", range(4))
def test_pauses_are_read_whether_the_firmware_blocks_or_not(dialect: Dialect, seed: int) -> None:
    pair = Pair(seed, dialect=dialect).run(10).act(Act.START).run(40)
    assert pair.act(Act.PAUSE).run(100).agree() is State.PAUSED
    assert pair.act(Act.RESUME).run(20).agree() is State.BUSY
    pair.act(Act.FINISH).run(20)
    assert [job.phase for job in pair.jobs if job.phase is not JobPhase.PROGRESSED] == [
        JobPhase.STARTED,
        JobPhase.PAUSED,
        JobPhase.RESUMED,
        JobPhase.ENDED,
    ]


@every_dialect
@pytest.mark.parametrize("warm", [5, 40])
def test_a_failure_holds_until_the_reset(dialect: Dialect, warm: int) -> None:
    pair = Pair(dialect=dialect).run(10).act(Act.START).run(warm)
    assert pair.act(Act.FAIL).run(600).agree() is State.FAULT
    assert pair.act(Act.START).agree() is State.FAULT
    assert pair.act(Act.RESET).run(10).agree() is State.IDLE
    assert all(job.outcome is JobOutcome.FAILED for job in pair.jobs if job.phase is JobPhase.ENDED)


@every_dialect
def test_a_cancelled_print_is_read_as_such(dialect: Dialect) -> None:
    pair = Pair(dialect=dialect).run(10).act(Act.START).run(40).act(Act.CANCEL).run(10)
    assert pair.agree() is State.IDLE
    assert pair.jobs[-1].outcome is JobOutcome.CANCELLED
    assert pair.act(Act.START).run(3).act(Act.CANCEL).run(10).agree() is State.IDLE


@every_dialect
def test_a_reset_in_mid_print_is_read_as_a_failed_print(dialect: Dialect) -> None:
    pair = Pair(dialect=dialect).run(10).act(Act.START).run(40).act(Act.RESET).run(10)
    assert pair.agree() is State.IDLE
    assert pair.jobs[-1].outcome is JobOutcome.FAILED


def test_a_second_opening_finds_the_printer_as_it_is() -> None:
    pair = Pair().run(10).act(Act.START).run(40)
    assert pair.printer.opened(pair.now).send == ()
    assert pair.run(5).agree() is State.BUSY


def test_acts_that_make_no_sense_now_do_nothing() -> None:
    pair = Pair().run(10)
    before = len(pair.heard)
    for act in (Act.PAUSE, Act.RESUME, Act.FINISH, Act.CANCEL):
        pair.act(act)
    assert len(pair.heard) == before
    assert pair.agree() is State.IDLE


def test_a_printer_without_warm_up_prints_at_once() -> None:
    assert Pair(heat_s=0).run(10).act(Act.START).run(3).agree() is State.BUSY


def test_a_blocked_firmware_holds_few_commands_and_answers_them_in_a_burst() -> None:
    printer = MarlinSimulator(Setting(NAME), MarlinSettings(), 0)
    printer.opened(START)
    printer.act(Act.START, START)
    assert printer.received(b"M105\n" * 20, START).send == ()
    (burst,) = printer.woken(START + 60 * NS_PER_S).send
    assert isinstance(burst, bytes)
    assert burst.count(b"ok T:") == 8


@pytest.mark.parametrize(
    ("heard", "said"),
    [
        (b"FOO\n", b'echo:Unknown command: "FOO"\nok P15 B3\n'),
        (b"M155 S\n", b'echo:Unknown command: "M155 S"\nok P15 B3\n'),
        (b"N7 M105*36\n", b"Error:checksum mismatch, Last Line: 0\nResend: 1\nok P15 B3\n"),
        (b"N9 M105*46\n", b"Error:Line Number is not Last Line Number+1, Last Line: 0\nResend: 1\nok P15 B3\n"),
        (b"N0 M110 N0*125\n", b"ok P15 B3\n"),
        (b"M155 S0\n", b"ok P15 B3\n"),
        (b"\xff\xfe\n", b""),
        (b"M105", b""),
    ],
)
def test_commands_are_answered_as_firmware_does(heard: bytes, said: bytes) -> None:
    printer = MarlinSimulator(Setting(NAME), MarlinSettings(), 0)
    printer.opened(START)
    assert b"".join(unit for unit in printer.received(heard, START).send if isinstance(unit, bytes)) == said


def test_a_message_is_nothing_to_a_printer() -> None:
    assert MarlinSimulator(Setting(NAME), MarlinSettings(), 0).received(Publish("a", b"b"), START).send == ()


def test_reports_that_were_switched_off_stay_away() -> None:
    printer = MarlinSimulator(Setting(NAME), MarlinSettings(), 0)
    printer.opened(START)
    assert printer.received(b"M155 S2\n", START).wake_at == START + 2 * NS_PER_S
    assert printer.received(b"M155 S0\n", START).wake_at is None


def test_one_seed_lives_one_life() -> None:
    lives = [Pair(seed).run(10).act(Act.START).run(60).heard for seed in (1, 1, 2)]
    assert lives[0] == lives[1] != lives[2]


@every_dialect
def test_a_busy_day_ends_in_agreement(dialect: Dialect) -> None:
    dice = random.Random(dialect.value)
    pair = Pair(dialect=dialect, job_s=30, heat_s=5).run(10)
    for _ in range(40):
        pair.act(dice.choice(list(Act))).run(dice.choice((0.1, 1, 7, 30)))
    pair.act(Act.RESET).run(90)
    assert pair.agree() is State.IDLE
