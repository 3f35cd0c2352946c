"""The prints that a driver follows."""

from __future__ import annotations

import pytest

from telemetry.model import NS_PER_S, State
from tests.drivers.marlin.talks import COLD, HEATING, START, WARM, Talk, printing


def test_a_print_from_the_card_runs_from_its_first_byte_to_its_end() -> None:
    talk = printing().wait(2).hear("SD printing byte 500/1000", "SD printing byte 501/1000").hear("Done printing file")
    assert talk.phases == ["started", "progressed", "progressed", "ended completed"]
    assert {job.job for job in talk.jobs} == {f"part.gcode@{START + 2 * NS_PER_S}"}
    assert [job.progress for job in talk.jobs] == [None, 0.01, 0.5, 1.0]
    assert talk.states == [State.BUSY, State.IDLE]


def test_a_file_that_is_only_chosen_is_no_print() -> None:
    assert printing(done=0).jobs == []


def test_an_empty_file_is_no_print() -> None:
    assert printing(done=0, total=0).jobs == []


def test_a_print_too_short_to_be_seen_is_told_all_the_same() -> None:
    talk = Talk().ready().hear("File opened: part.gcode Size: 41", "Done printing file")
    assert talk.phases == ["started", "ended completed"]
    assert talk.jobs[0].name == "part.gcode"


def test_a_print_without_a_name_has_an_identity() -> None:
    talk = Talk().ready().hear("SD printing byte 5/10")
    assert (talk.jobs[0].name, talk.jobs[0].job) == ("", f"print@{START + 2 * NS_PER_S}")


def test_the_busy_line_of_a_printing_firmware_leaves_it_busy() -> None:
    assert printing().hear("echo:busy: processing").states == [State.BUSY]


def test_a_pause_and_a_resumption_are_phases_of_the_print() -> None:
    talk = printing().hear("//action:paused").wait(10).hear("//action:resumed", "SD printing byte 20/1000")
    assert talk.states == [State.BUSY, State.PAUSED, State.BUSY]
    assert talk.phases == ["started", "progressed", "paused", "resumed", "progressed"]


@pytest.mark.parametrize("line", ["SD print paused", "SD print paused at byte 10/1000", "Print saved"])
def test_a_card_that_says_so_is_paused(line: str) -> None:
    talk = printing().hear(line)
    assert talk.state is State.PAUSED
    assert talk.hear("SD printing byte 12/1000").state is State.BUSY


def test_a_pause_of_which_only_the_moving_file_tells_the_end_ends() -> None:
    talk = printing().hear("//action:paused", "SD printing byte 11/1000")
    assert talk.state is State.PAUSED
    assert talk.hear("SD printing byte 11/1000").state is State.PAUSED
    assert talk.hear("SD printing byte 12/1000").state is State.BUSY


def stalled(talk: Talk, line: str, seconds: int = 31) -> Talk:
    for _ in range(seconds):
        talk.wait(1).hear("SD printing byte 10/1000" if talk.jobs else "wait", line)
    return talk


def test_a_file_that_stands_still_is_a_pause() -> None:
    talk = stalled(printing(), COLD)
    assert talk.said[-1].reason == "the file's position stands still"
    assert talk.states == [State.BUSY, State.PAUSED]
    assert talk.hear("SD printing byte 11/1000").state is State.BUSY


@pytest.mark.parametrize("line", ["echo:busy: processing", HEATING])
def test_a_file_that_stands_still_while_something_warms_or_works_is_no_pause(line: str) -> None:
    assert stalled(printing(), line).states == [State.BUSY]


def test_a_print_whose_end_was_not_heard_was_finished_if_it_was_nearly_over() -> None:
    talk = printing(done=996).hear(WARM, "Not SD printing")
    assert talk.phases[-1] == "ended completed"


def test_a_card_that_stops_before_the_end_is_a_cancelled_print_once_the_heaters_are_off() -> None:
    talk = printing(500).hear(WARM, "Not SD printing")
    assert (talk.state, talk.said[-1].reason) == (State.PAUSED, "the card stopped before the end")
    talk.hear(COLD)
    assert talk.phases[-2:] == ["paused", "ended cancelled"]
    assert talk.state is State.IDLE


@pytest.mark.parametrize("line", ["//action:cancel", "echo:Print Aborted", "Cancelled printing file part.gcode"])
def test_a_cancelled_print_is_cancelled(line: str) -> None:
    assert printing().hear(line).phases[-1] == "ended cancelled"


def test_another_file_is_another_print() -> None:
    talk = printing().hear("SD printing byte 5/2000", "SD printing byte 5/2000")
    assert talk.phases == ["started", "progressed", "ended unknown", "started", "progressed"]
    assert len({job.job for job in talk.jobs}) == 2


@pytest.mark.parametrize("line", ["SD printing byte 20/100", "SD printing byte 2000/1000"])
def test_one_garbled_position_is_no_other_print(line: str) -> None:
    talk = printing().hear(line, "SD printing byte 11/1000", line, "SD printing byte 12/1000")
    assert talk.phases == ["started", "progressed"]


def test_a_printer_without_a_print_never_stands_still() -> None:
    assert stalled(Talk().ready().hear("SD printing byte 0/1000"), "SD printing byte 0/1000").states == []


def test_two_prints_of_one_instant_are_two() -> None:
    talk = Talk().ready().hear("Done printing file", "Done printing file")
    assert talk.phases == ["started", "ended completed"] * 2
    assert len({job.job for job in talk.jobs}) == 2


def test_another_file_after_a_nearly_finished_one_finished_it() -> None:
    assert "ended completed" in printing(999).hear("SD printing byte 5/2000", "SD printing byte 6/2000").phases


def test_a_print_told_by_its_progress_alone_runs_to_its_hundredth_percent() -> None:
    talk = Talk().ready()
    for percent in (0, 1, 1, 50, 100, 100):
        talk.wait(1).hear(f"echo: M73 Progress: {percent}%;")
    assert talk.phases == ["started", "progressed", "progressed", "progressed", "progressed", "ended completed"]
    assert talk.states == [State.BUSY, State.IDLE]


def test_the_card_knows_better_than_the_progress_lines() -> None:
    talk = printing().hear("echo: M73 Progress: 70%;")
    assert [job.progress for job in talk.jobs] == [None, 0.01]


def test_a_print_begun_by_a_host_action_is_one() -> None:
    talk = Talk().ready().hear("//action:start", "//action:start")
    assert talk.phases == ["started"]
    assert talk.hear("Not SD printing").state is State.BUSY
