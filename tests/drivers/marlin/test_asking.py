"""What a driver asks, when, and what it makes of silence."""

from __future__ import annotations

import itertools

import pytest

from drivers.marlin.questions import numbered
from drivers.marlin.settings import MarlinSettings
from telemetry.model import State
from tests.drivers.marlin.talks import BOTH, COLD, Talk


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


def test_a_printer_without_a_card_is_asked_for_it_seldom_after_two_refusals() -> None:
    talk = Talk().opened().wait(2).hear(*BOTH, "ok").hear(COLD)
    talk.hear('echo:Unknown command: "M27"', "ok").hear("ok")
    assert talk.state is State.IDLE
    talk.hear('echo:Unknown command: "M27 S2"', "ok")
    assert talk.asked == ["M115", "M105", "M27", "M155 S2", "M27 S2"]
    for _ in range(30):
        talk.wait(2).hear(COLD)
    assert "M27" not in talk.asked[5:-1]
    assert "M27" in talk.wait(2).hear(COLD).asked[-2:]


def test_a_question_for_the_card_that_was_garbled_once_is_asked_again() -> None:
    talk = Talk().ready().wait(2).hear(COLD).hear('echo:Unknown command: "M27M27"', "ok").wait(2).hear(COLD)
    assert talk.hear("SD printing byte 1/10", 'echo:Unknown command: "M27"', "ok").wait(2).hear(COLD).asked[-1] == "M27"


def test_an_unnamed_unknown_command_is_the_open_question() -> None:
    talk = Talk().opened().wait(2).hear("ok").hear(COLD)
    for _ in range(2):
        talk.hear("Error: Unknown command", "ok").wait(2).hear(COLD)
    assert "M27" not in talk.wait(4).asked[5:]


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


def test_a_question_lost_while_reports_come_unasked_from_before_is_asked_again() -> None:
    talk = Talk().opened()
    for _ in range(20):
        talk.wait(1).hear(" T:20.00 /0.00 B:20.00 /0.00 @:0 B@:0")
    assert talk.asked == ["M115", "M115"]


def test_a_firmware_that_blocks_without_a_word_of_it_is_asked_more_and_more_seldom() -> None:
    talk = Talk().ready().wait(2)
    for _ in range(300):
        talk.wait(1).hear("T:29.40")
    assert len(talk.asked) <= 7


def test_checksums_are_sent_where_they_are_wanted() -> None:
    talk = Talk().opened().wait(2).hear("Error: Missing checksum").wait(0.5).hear("ok")
    talk.hear("FIRMWARE_NAME:Repetier", "ok").hear("ok", "T:20.00 B:20.00 @:64").hear("ok", "Not SD printing")
    assert talk.asked == ["M115", "N0 M110 N0*125", "N1 M115*39", "N2 M105*37", "N3 M27*21"]
    assert talk.state is State.IDLE


def test_a_lost_count_of_lines_is_begun_anew() -> None:
    talk = Talk().opened().wait(2).hear("Error: Missing checksum").wait(0.5).hear("ok")
    talk.hear("Error: expected line 5 got 1", "Resend:5", "ok").wait(1).hear("ok")
    assert talk.asked[2:] == ["N1 M115*39", "N0 M110 N0*125", "N1 M115*39"]


@pytest.mark.parametrize("wanted", [1, 2])
def test_a_wanted_line_is_sent_again_with_the_number_it_is_wanted_with(wanted: int) -> None:
    talk = Talk().opened().wait(2).hear("Error: Missing checksum").wait(0.5).hear("ok")
    talk.hear("Error:checksum mismatch, Last Line: 0", f"Resend: {wanted}", "ok").wait(1)
    assert talk.asked[2:] == ["N1 M115*39", numbered("M115", wanted)]


def test_a_foreign_complaint_about_checksums_changes_nothing() -> None:
    assert Talk().ready().hear("Error: Missing checksum", "Resend: 1", "ok").wait(2).asked == ["M105"]


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
