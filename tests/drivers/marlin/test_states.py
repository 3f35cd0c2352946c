"""The states that a driver reads, faults and new starts among them."""

from __future__ import annotations

import pytest

from drivers.marlin.states import STATES, Facts, state_of, word_of
from telemetry.model import NS_PER_S, State
from tests.drivers.marlin.talks import COLD, HEATING, Talk, printing


def test_every_word_of_the_table_is_a_state_and_every_other_unknown() -> None:
    assert set(STATES.values()) == {State.IDLE, State.SETUP, State.BUSY, State.PAUSED, State.FAULT}
    assert state_of("busy: dancing") is State.UNKNOWN
    assert word_of(Facts()) == ("", "it has not answered yet")


def test_heating_without_a_print_is_setup() -> None:
    talk = Talk().ready().hear(HEATING)
    assert (talk.state, talk.words, talk.said[-1].reason) == (State.SETUP, ["heating"], "bed 60 °C, tool0 200 °C")
    assert talk.hear(COLD).state is State.IDLE


def test_a_blocking_command_is_setup_until_its_ok() -> None:
    talk = Talk().ready().wait(2).hear("echo:busy: processing")
    assert talk.state is State.SETUP
    assert talk.hear("ok").state is State.IDLE


def test_a_busy_line_holds_until_the_next_is_overdue() -> None:
    talk = Talk().ready().hear("echo:busy: paused for user").wait(5.9)
    assert talk.state is State.PAUSED
    assert talk.wait(0.1).state is State.IDLE


@pytest.mark.parametrize(
    "line", ["echo:busy: paused for user", "echo:busy: paused for input", "echo:busy paused for user"]
)
def test_waiting_for_a_person_is_a_pause_and_no_ok_ends_it(line: str) -> None:
    assert Talk().ready().hear(line, "ok").state is State.PAUSED


def test_a_busy_word_of_newer_firmware_is_unknown_and_told() -> None:
    talk = Talk().ready().hear("echo:busy: dancing")
    assert (talk.state, talk.words) == (State.UNKNOWN, ["busy: dancing"])


def test_host_actions_pause_and_resume() -> None:
    talk = Talk().ready().hear("//action:paused", "//action:prompt_end", "//action:prompt_begin Heater Timeout")
    assert talk.words == ["action: paused"]
    talk.hear("//action:notification hello", "//action:prompt_show", "echo:busy: paused for user", "//action:resumed")
    assert talk.states == [State.PAUSED, State.PAUSED, State.IDLE]
    assert talk.said[1].reason == "Heater Timeout"


def test_a_resumption_does_not_end_what_the_firmware_works_at() -> None:
    assert (
        Talk().ready().hear("//action:paused", "echo:busy: processing", "//action:resumed").words[-1]
        == "busy: processing"
    )


def test_a_prompt_alone_is_no_pause() -> None:
    assert Talk().ready().hear("//action:prompt_begin Nozzle parked").states == []


def test_a_state_is_said_once() -> None:
    talk = Talk().ready()
    for _ in range(10):
        talk.wait(1).hear(HEATING)
    assert talk.states == [State.SETUP]


@pytest.mark.parametrize(
    "lines",
    [
        ("echo:Homing Failed", "Error:Printer halted. kill() called!", "//action:poweroff"),
        ("Error:Thermal Runaway, system stopped! Heater_ID: bed", "Error:Printer halted. kill() called!"),
        ("fatal: Heater/sensor error - Printer stopped and heaters disabled due to this error.",),
        ("!! Lost communication with MCU 'mcu'",),
        ("//action:poweroff",),
    ],
)
def test_a_halt_is_a_fault_through_all_silence_until_a_banner(lines: tuple[str, ...]) -> None:
    talk = printing().hear(*lines).wait(3600)
    assert talk.states == [State.BUSY, State.FAULT]
    assert talk.phases[-1] == "ended failed"
    assert talk.hear("start").states[-1] is State.UNKNOWN
    talk.wait(1).hear("ok").hear(COLD).hear("Not SD printing", "ok")
    assert talk.state is State.IDLE


def test_the_first_reason_of_a_halt_is_kept() -> None:
    talk = Talk().ready().hear("echo:Homing Failed", "Error:Printer halted. kill() called!")
    assert [seen.reason for seen in talk.said] == ["echo:Homing Failed"]


def test_a_halted_printer_is_asked_seldom() -> None:
    talk = Talk().ready().hear("Error:Printer halted. kill() called!").wait(60)
    assert 0 < len(talk.asked) <= 4


def test_three_clean_answers_end_a_halt_whose_banner_was_lost() -> None:
    talk = Talk().ready().hear("Error:Printer halted. kill() called!")
    for answered in range(3):
        assert talk.state is State.FAULT, answered
        talk.wait(20).hear("ok")
    assert talk.state is State.IDLE


def test_a_firmware_that_answers_a_halt_to_every_question_stays_halted() -> None:
    talk = Talk().ready().hear("HALT asserted - reset or M999 required")
    for _ in range(10):
        talk.wait(20).hear("!!", "ok")
    assert talk.states == [State.FAULT]


def test_a_halt_is_remembered_over_a_lost_link() -> None:
    talk = Talk().ready().hear("Error:Printer halted. kill() called!").opened().wait(5)
    assert talk.states == [State.FAULT, State.FAULT]


def test_a_halt_that_is_over_after_a_lost_link_is_over_with_the_first_answers() -> None:
    talk = Talk().ready().hear("Error:Printer halted. kill() called!").opened().wait(2)
    talk.hear("FIRMWARE_NAME:Marlin 2.1", "ok").hear(COLD)
    assert talk.state is State.FAULT
    assert talk.hear("Not SD printing", "ok").state is State.IDLE


def test_a_halt_that_is_not_over_after_a_lost_link_is_told_by_the_answers() -> None:
    talk = Talk().ready().hear("HALT asserted - reset or M999 required").opened().wait(2)
    talk.hear("FIRMWARE_NAME:Smoothieware", "ok").hear(COLD).hear("!!").wait(60)
    assert talk.state is State.FAULT


def test_a_recoverable_error_is_no_fault() -> None:
    assert Talk().ready().hear("!! Move out of range: 300 0 0", "Error:checksum mismatch, Last Line: 0").states == []


@pytest.mark.parametrize(
    "boot", [b"\x80start\nPowerUp\nMarlin 1.1.9\n", b"ok T:20.0 /0\x80\xffstart\r\necho:PowerUp\r\n", b"\0\0start\n"]
)
def test_a_boot_byte_on_the_line_of_the_start_hides_no_reset(boot: bytes) -> None:
    talk = printing().bytes(boot).wait(1)
    assert talk.phases == ["started", "progressed", "ended failed"]
    assert (talk.said[-1].reason, talk.asked) == ("it has just started", ["M115"])
    assert [noise.raw.rstrip() for noise in talk.noise] == [line for line in boot.splitlines() if not line.isascii()]


def test_a_reset_ends_the_print_and_asks_all_anew() -> None:
    talk = printing().hear("start", "PowerUp", "Marlin 2.1").wait(1)
    assert talk.phases[-1] == "ended failed"
    assert talk.asked[-1] == "M115"
    assert talk.asked.count("M115") == 1
    assert [seen.reason for seen in talk.said][-1] == "it has just started"


def test_a_print_is_believed_after_a_lost_link_only_when_it_is_told_again() -> None:
    talk = printing().opened()
    assert talk.state is State.UNKNOWN
    assert talk.hear("SD printing byte 20/1000").state is State.BUSY
    assert talk.phases == ["started", "progressed", "progressed"]


def test_a_print_that_is_over_after_a_lost_link_ended_in_a_way_that_nobody_saw() -> None:
    talk = printing().opened().hear("Not SD printing")
    assert talk.phases[-1] == "ended unknown"


def test_a_print_of_the_host_that_is_not_told_again_ended_in_a_way_that_nobody_saw() -> None:
    talk = Talk().ready().hear("echo: M73 Progress: 7%;").opened().wait(2)
    talk.hear("ok").hear(COLD).hear('echo:Unknown command: "M27"', "ok")
    assert talk.phases[-1] == "ended unknown"
    assert talk.state is State.IDLE


def test_the_same_file_from_its_beginning_after_a_lost_link_is_another_print() -> None:
    talk = printing(500).opened().hear("SD printing byte 20/1000")
    assert talk.phases == ["started", "progressed", "ended unknown", "started", "progressed"]


def test_half_a_line_before_a_lost_link_is_noise() -> None:
    talk = Talk().ready().bytes(b"T:2").opened()
    assert [noise.raw for noise in talk.noise] == [b"T:2"]


def test_a_clock_set_back_costs_nothing_but_time() -> None:
    talk = Talk().ready().wait(2)
    talk.now -= 10 * 365 * 86_400 * NS_PER_S
    talk.hear(COLD).hear("Not SD printing", "ok").wait(10)
    assert talk.states == []
    assert len(talk.asked) == 3
