"""The simulated board: what it prints, and that the driver reads it right."""

from __future__ import annotations

from typing import Any

import pytest

from drivers.contract import Act, Setting, Step
from drivers.lines.settings import LinesSettings, Signal
from drivers.lines.simulator import MOST_ROWS, LinesSimulator
from telemetry.model import State
from tests.drivers.lines.bench import BOARD, Bench, at


class Lab:
    """A driver and a simulator, joined without delay."""

    def __init__(self, seed: int = 7, **options: Any) -> None:
        settings = LinesSettings.model_validate(options)
        self.bench = Bench(settings).opened()
        self.board = LinesSimulator(Setting(BOARD), settings, seed)
        self.printed = ""
        self.wake_at: int | None = None
        self.hear(self.board.opened(at(0)), 0)

    def hear(self, step: Step, seconds: float) -> None:
        self.wake_at = step.wake_at
        for unit in step.send:
            assert isinstance(unit, bytes)
            self.printed += unit.decode()
            self.bench.said(unit, seconds)

    def until(self, seconds: float) -> Lab:
        while self.wake_at is not None and self.wake_at < at(seconds):
            now = (self.wake_at - at(0)) / 1e9
            self.hear(self.board.woken(self.wake_at), now)
        self.bench.until(seconds)
        return self

    def act(self, act: Act, seconds: float) -> Lab:
        self.until(seconds)
        self.hear(self.board.act(act, at(seconds), name="ignored"), seconds)
        return self


@pytest.mark.parametrize("form", ["csv", "json", "pairs"])
@pytest.mark.parametrize("signal", list(Signal))
def test_every_signal_in_every_format_is_read(signal: Signal, form: str) -> None:
    lab = Lab(time_column="time_ms", simulated={"signal": signal, "format": form}).act(Act.START, 10).until(40)
    readings = lab.bench.values()
    assert readings
    assert all(len(values) >= 29 for values in readings.values())
    assert {reject.raw.strip() for reject in lab.bench.rejects()} <= {b"# boot v1.2"}
    assert lab.bench.words()[-1].endswith("busy streaming")


def test_the_time_of_the_board_is_kept() -> None:
    lab = Lab(time_column="time_ms").act(Act.START, 10).until(13)
    assert lab.bench.times("temp_c") == [10.0, 11.0, 12.0]


def test_start_and_finish_are_busy_and_idle() -> None:
    lab = Lab().act(Act.START, 10)
    assert lab.until(50).board.state is State.BUSY
    assert lab.act(Act.FINISH, 50).until(200).board.state is State.IDLE
    assert lab.bench.words() == ["10.0 busy streaming", "50.0 idle silent"]


@pytest.mark.parametrize("act", [Act.PAUSE, Act.CANCEL])
def test_a_stopped_board_goes_on(act: Act) -> None:
    lab = Lab().act(Act.START, 10).act(act, 20)
    assert lab.board.state is State.IDLE
    assert lab.act(Act.RESUME, 30).board.state is State.BUSY
    assert lab.act(Act.RESUME, 31).board.state is State.BUSY


def test_an_act_without_sense_does_nothing() -> None:
    lab = Lab()
    before = lab.printed
    assert lab.act(Act.FAIL, 10).printed == before


def test_a_reset_breaks_a_line_off_and_counts_anew() -> None:
    lab = Lab(time_column="time_ms").act(Act.START, 10).act(Act.RESET, 20.5).until(40)
    assert len(lab.bench.rejects()) == 3
    values = lab.bench.values()["temp_c"]
    assert len(values) >= 29
    assert lab.board.state is State.BUSY


def test_a_reset_at_rest_stays_at_rest() -> None:
    lab = Lab().act(Act.RESET, 10)
    assert lab.board.state is State.IDLE
    assert lab.printed.count("# boot v1.2") == 2


def test_a_decimal_comma_is_printed_as_set() -> None:
    lab = Lab(decimal=",", separator=";").act(Act.START, 1).until(5)
    assert "time_ms;temp_c;room_c" in lab.printed
    assert 20 < lab.bench.values()["room_c"][0] < 25


def test_the_same_seed_lives_the_same_life() -> None:
    lives = [Lab(seed=seed).act(Act.START, 5).until(30).printed for seed in (1, 1, 2)]
    assert lives[0] == lives[1]
    assert lives[0] != lives[2]


def test_a_link_that_opens_again_hears_the_stream_go_on() -> None:
    lab = Lab().act(Act.START, 5).until(10)
    step = lab.board.opened(at(12))
    assert b"boot" not in b"".join(unit for unit in step.send if isinstance(unit, bytes))


def test_nothing_that_is_said_to_it_matters() -> None:
    lab = Lab()
    assert lab.board.received(b"?", at(3)) == Step()


def test_rows_nobody_read_are_lost_beyond_a_buffer() -> None:
    lab = Lab().act(Act.START, 5)
    step = lab.board.woken(at(5 + 10 * MOST_ROWS))
    (said,) = step.send
    assert isinstance(said, bytes)
    assert said.count(b"\n") == MOST_ROWS
    assert step.wake_at == at(5 + 10 * MOST_ROWS + 1)


def test_a_board_that_starts_unopened_counts_from_its_start() -> None:
    board = LinesSimulator(Setting(BOARD), LinesSettings(), 1)
    (said,) = board.act(Act.START, at(5)).send
    assert said == b"time_ms,temp_c,room_c\r\n"
    (row,) = board.woken(at(5)).send
    assert isinstance(row, bytes)
    assert row.startswith(b"0,")
