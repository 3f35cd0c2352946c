"""What a driver makes of what a printer says: each test is one conversation."""

from __future__ import annotations

import itertools

import pytest

from drivers.contract import Publish
from drivers.marlin.settings import MarlinSettings
from drivers.marlin.states import STATES, Facts, state_of, word_of
from telemetry.model import NS_PER_S, JobOutcome, JobPhase, State
from tests.drivers.marlin.talks import NAME, START, Talk, replayed

COLD = "ok T:20.00 /0.00 B:20.00 /0.00 @:0 B@:0"
WARM = " T:60.00 /60.00 B:40.00 /40.00 @:0 B@:0"
HEATING = " T:30.00 /200.00 B:20.00 /60.00 @:127 B@:127"
BOTH = ("Cap:AUTOREPORT_TEMP:1", "Cap:AUTOREPORT_SD_STATUS:1")


# opening and asking


def test_nothing_is_sent_before_the_board_has_booted() -> None:
    talk = Talk().opened().wait(1.9)
    assert talk.asked == []
    assert talk.wait(0.1).asked == ["M115"]


def test_a_banner_ends_the_wait() -> None:
    talk = Talk(MarlinSettings(settle_s=30)).opened().wait(1).hear("start", "Marlin 2.1.2")
    assert talk.asked == []
    assert talk.wait(1).asked == ["M115"]


def test_the_state_is_unknown_until_the_questions_are_answered() -> None:
    talk = Talk().opened().wait(2).hear("FIRMWARE_NAME:Marlin", "ok").hear(COLD)
    assert talk.states == [State.UNKNOWN]
    assert talk.hear("Not SD printing", "ok").states == [State.UNKNOWN, State.IDLE]
    assert talk.asked == ["M115", "M105", "M27"]


def test_there_is_never_a_second_question_before_the_answer_to_the_first() -> None:
    talk = Talk().ready().wait(2)
    asked = len(talk.asked)
    for _ in range(100):
        talk.hear("echo:busy: processing").wait(2)
    assert len(talk.asked) == asked


def test_late_answers_in_a_burst_are_taken_calmly() -> None:
    talk = Talk().ready().wait(2)
    for _ in range(10):
        talk.hear("echo:busy: processing").wait(2)
    talk.hear("ok P15 B0", "ok T:81.00 /80.00 B:35.00 /40.00 @:6 B@:8", "ok", "ok", "ok")
    assert len(talk.asked) == 2
    assert talk.state is State.SETUP


def test_a_firmware_without_auto_reports_is_polled() -> None:
    talk = Talk().ready()
    for _ in range(3):
        talk.wait(2).hear(COLD).hear("Not SD printing", "ok")
    assert talk.asked == ["M105", "M27"] * 3


def test_a_firmware_that_reports_by_itself_is_told_to() -> None:
    talk = Talk().opened().wait(2).hear("FIRMWARE_NAME:Marlin", *BOTH, "ok").hear(COLD).hear("ok").hear("ok").hear("ok")
    assert talk.asked == ["M115", "M105", "M27", "M155 S2", "M27 S2"]
    for _ in range(20):
        talk.wait(2).hear(" T:20.00 /0.00 B:20.00 /0.00 @:0 B@:0", "Not SD printing")
    assert len(talk.asked) == 5


def test_reports_that_stay_away_are_asked_for() -> None:
    talk = Talk().ready(*BOTH).wait(6)
    assert talk.asked == ["M105"]


def test_a_firmware_that_cannot_do_what_it_says_is_polled() -> None:
    talk = Talk().opened().wait(2).hear("FIRMWARE_NAME:Marlin", *BOTH, "ok").hear(COLD).hear("ok")
    talk.hear('echo:Unknown command: "M155 S2"', "ok").hear("ok")
    talk.sent.clear()
    assert talk.wait(2).asked == ["M105"]


def test_a_printer_without_a_card_is_not_asked_for_it_again() -> None:
    talk = Talk().opened().wait(2).hear(*BOTH, "ok").hear(COLD)
    talk.hear('echo:Unknown command: "M27"', "ok").hear("ok")
    assert talk.asked == ["M115", "M105", "M27", "M155 S2"]
    assert talk.state is State.IDLE
    assert talk.wait(6).asked[4:] == ["M105"]


def test_an_unnamed_unknown_command_is_the_open_question() -> None:
    talk = Talk().opened().wait(2).hear("ok").hear(COLD).hear("Error: Unknown command", "ok").wait(4).hear(COLD)
    assert "M27" not in talk.asked[3:]


def test_the_card_need_not_be_asked_for() -> None:
    talk = Talk(MarlinSettings(sd=False)).opened().wait(2).hear(*BOTH, "ok").hear(COLD).hear("ok")
    assert talk.state is State.IDLE
    assert talk.asked == ["M115", "M105", "M155 S2"]


def test_a_refused_question_is_asked_again_a_little_later_and_later() -> None:
    talk = Talk().ready().wait(2)
    for _ in range(8):
        talk.hear("Error:checksum mismatch, Last Line: 0", "Resend: 1", "ok").wait(12)
    delays = [time - 4 - 12 * turn for turn, (time, _) in enumerate(talk.sent[1:])]
    assert delays == [0.5, 1.0, 2.0, 4.0, 8.0, 10.0, 10.0, 10.0]
    assert set(talk.asked) == {"M105"}


def test_a_waiting_printer_never_got_the_question() -> None:
    talk = Talk().ready().wait(2).hear("wait")
    assert talk.asked == ["M105"]
    assert talk.wait(2).hear("wait").wait(0.5).asked == ["M105", "M105"]


def test_a_question_lost_on_the_way_is_asked_again_though_the_printer_lives() -> None:
    talk = Talk().ready(*BOTH).wait(6)
    for _ in range(15):
        talk.wait(1).hear(" T:20.00 /0.00 B:20.00 /0.00 @:0 B@:0", "Not SD printing")
    assert talk.asked == ["M105", "M105"]


def test_checksums_are_sent_where_they_are_wanted() -> None:
    talk = Talk().opened().wait(2).hear("Error: Missing checksum").wait(0.5).hear("ok")
    talk.hear("FIRMWARE_NAME:Repetier", "ok").hear("ok", "T:20.00 B:20.00 @:64").hear("ok", "Not SD printing")
    assert talk.asked == ["M115", "N0 M110 N0*125", "N1 M115*39", "N2 M105*37", "N3 M27*21"]
    assert talk.state is State.IDLE


def test_a_lost_count_of_lines_is_begun_anew() -> None:
    talk = Talk().opened().wait(2).hear("Error: Missing checksum").wait(0.5).hear("ok")
    talk.hear("Error: expected line 5 got 1", "Resend:5", "ok").wait(1).hear("ok")
    assert talk.asked[2:] == ["N1 M115*39", "N0 M110 N0*125", "N1 M115*39"]


def test_a_foreign_complaint_about_checksums_changes_nothing() -> None:
    assert Talk().ready().hear("Error: Missing checksum", "Resend: 1", "ok").wait(2).asked == ["M105"]


# silence


def test_silence_is_unknown_and_ends_with_any_word() -> None:
    talk = Talk().ready().wait(2).hear(COLD).hear("Not SD printing", "ok").wait(14)
    assert talk.states == []
    talk.wait(1)
    assert (talk.state, talk.said[-1].reason) == (State.UNKNOWN, "nothing heard for 15 s")
    assert talk.hear("ok").state is State.IDLE


def test_a_port_that_never_speaks_says_so() -> None:
    talk = Talk().opened().wait(20)
    assert [seen.reason for seen in talk.said] == ["it has not answered yet", "nothing heard for 15 s"]


def test_a_silent_printer_is_asked_more_and_more_seldom() -> None:
    talk = Talk().ready().wait(400)
    times = [time for time, _ in talk.sent]
    assert [round(after - before) for before, after in itertools.pairwise(times)] == [
        15,
        30,
        60,
        60,
        60,
        60,
        60,
    ]


def test_busy_lines_are_no_silence() -> None:
    talk = Talk().ready()
    for _ in range(30):
        talk.wait(10).hear(" T:34.17 /80.00 B:30.83 /40.00 @:127 B@:0 W:?")
    assert talk.states == [State.SETUP]
    assert talk.asked == ["M105"]


# states


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


# prints


def printing(done: int = 10, total: int = 1000) -> Talk:
    return (
        Talk().ready().hear("File opened: part.gcode Size: 1000", "File selected", f"SD printing byte {done}/{total}")
    )


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
        talk.wait(1).hear("SD printing byte 10/1000", line)
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
    talk = printing().hear("SD printing byte 5/2000")
    assert talk.phases == ["started", "progressed", "ended unknown", "started", "progressed"]
    assert len({job.job for job in talk.jobs}) == 2


def test_two_prints_of_one_instant_are_two() -> None:
    talk = Talk().ready().hear("Done printing file", "Done printing file")
    assert talk.phases == ["started", "ended completed"] * 2
    assert len({job.job for job in talk.jobs}) == 2


def test_another_file_after_a_nearly_finished_one_finished_it() -> None:
    assert "ended completed" in printing(999).hear("SD printing byte 5/2000").phases


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


# faults


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


def test_a_recoverable_error_is_no_fault() -> None:
    assert Talk().ready().hear("!! Move out of range: 300 0 0", "Error:checksum mismatch, Last Line: 0").states == []


# starting anew


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


# values


def test_temperatures_become_readings() -> None:
    talk = Talk().ready().hear("T:30.00/ 0.00 T0:21.30/ 0.00 T1:30.00/ 5.00 B:21.00/ 0.00 C:22.00/ 1.00 @:64")
    assert talk.readings == {
        "tool0_temperature": 21.3,
        "tool0_target": 0.0,
        "tool1_temperature": 30.0,
        "tool1_target": 5.0,
        "bed_temperature": 21.0,
        "bed_target": 0.0,
        "chamber_temperature": 22.0,
        "chamber_target": 1.0,
    }


def test_targets_of_their_own_lines_become_readings() -> None:
    talk = Talk().ready().hear("TargetExtr0:210", "TargetBed:60")
    assert talk.readings == {"tool0_target": 210.0, "bed_target": 60.0}
    assert talk.state is State.SETUP


def test_a_bare_temperature_is_of_the_extruder_that_was_chosen() -> None:
    assert Talk().ready().hear("Active Extruder: 1", "T:29.40").readings == {"tool1_temperature": 29.4}


@pytest.mark.parametrize("value", ["-98.90", "nan", "inf", "1999.90", "-273.10"])
def test_nonsense_is_rejected_once_and_its_neighbours_are_read(value: str) -> None:
    talk = Talk().ready()
    for _ in range(5):
        talk.hear(f"ok T:{value} /0.00 B:20.00 /0.00 @:0 B@:0")
    assert set(talk.readings) == {"bed_temperature", "bed_target"}
    assert len(talk.noise) == 1
    talk.hear(COLD, f"ok T:{value} /0.00 B:20.00 /0.00 @:0 B@:0")
    assert len(talk.noise) == 2


def test_a_target_that_cannot_be_is_rejected() -> None:
    assert len(Talk().ready().hear("T:20.0 /9999 B:20.0 /0").noise) == 1
    assert len(Talk().ready().hear("TargetBed:9999").noise) == 1


def test_the_memory_of_nonsense_is_bounded() -> None:
    talk = Talk().ready().hear(*(f"T{tool}:nan /0.0" for tool in range(40)))
    assert len(talk.noise) == 40


def test_a_garbled_report_is_rejected_whole_though_its_ok_counts() -> None:
    talk = Talk().ready().wait(2).hear("ok T:20.00 /0.00 B:2\u2603")
    assert talk.readings == {}
    assert len(talk.noise) == 1
    assert talk.asked == ["M105", "M27"]


def test_lines_that_no_printer_says_are_noise_with_their_bytes() -> None:
    talk = Talk().ready().bytes(b"hello world\r\n\x80\xff\n")
    assert [noise.raw for noise in talk.noise] == [b"hello world\r", b"\x80\xff"]
    assert {noise.equipment for noise in talk.noise} == {NAME}


def test_a_message_on_a_line_is_noise() -> None:
    assert [noise.raw for noise in Talk().ready().bytes(Publish("a/b", b"T:20")).noise] == [b"T:20"]


# recordings


def test_the_linux_native_marlin_warms_up_and_never_prints() -> None:
    talk = replayed("marlin-linux-native")
    assert [state for state, _ in groups(talk)] == [State.UNKNOWN, State.IDLE, State.SETUP, State.UNKNOWN]
    assert talk.jobs == []
    assert talk.noise == []
    assert talk.readings["tool0_target"] == 80.0


@pytest.mark.parametrize("name", ["marlin", "busy-slow", "smoothie", "klipper"])
def test_the_virtual_printers_warm_up_pause_print_pause_and_fall_silent(name: str) -> None:
    talk = replayed(f"octoprint-virtual-printer-{name}")
    states = [state for state, _ in groups(talk)]
    assert states[:4] == [State.UNKNOWN, State.IDLE, State.SETUP, State.PAUSED]
    assert states[-3:] == [State.PAUSED, State.SETUP, State.UNKNOWN]
    assert [(job.phase, job.outcome, job.name) for job in talk.jobs] == [
        (JobPhase.STARTED, JobOutcome.NONE, "gear_case_v2.gcode"),
        (JobPhase.ENDED, JobOutcome.COMPLETED, "gear_case_v2.gcode"),
    ]
    assert talk.noise == []


def test_the_virtual_repetier_that_answers_nobody_is_unknown() -> None:
    talk = replayed("octoprint-virtual-printer-repetier")
    assert set(talk.states) == {State.UNKNOWN}
    assert talk.asked[2] == "N0 M110 N0*125"


def groups(talk: Talk) -> list[tuple[State, int]]:
    """The states one after the other, without repetitions, with how often each was said."""
    seen: list[tuple[State, int]] = []
    for state in talk.states:
        if seen and seen[-1][0] is state:
            seen[-1] = (state, seen[-1][1] + 1)
        else:
            seen.append((state, 1))
    return seen
