"""Conversations with a GRBL controller: states, runs, positions, questions and silences."""

from __future__ import annotations

from itertools import pairwise

import pytest
from pydantic import ValidationError

from drivers.contract import Publish, Setting
from drivers.grbl.driver import REASON_LIMIT, GrblDriver
from drivers.grbl.settings import GrblSettings
from telemetry.model import NS_PER_S, JobSeen, Reading, Rejected, State, StateSeen
from tests.drivers.grbl.bench import MILL, START, Bench, at

BANNER = "\r\nGrbl 1.1h ['$' for help]\r\n"
UNLOCK = "[MSG:'$H'|'$X' to unlock]\r\n"


def opened(**settings: float) -> Bench:
    return Bench(GrblSettings.model_validate(settings)).opened()


def test_nothing_is_asked_before_the_board_has_settled() -> None:
    assert opened().until(3.5).asked == [2.0, 3.0]


def test_a_settle_time_of_none_asks_at_once() -> None:
    assert opened(settle_s=0).asked == [0.0]


def test_the_banner_cuts_the_settle_time_short() -> None:
    assert opened().said(BANNER, 0.4).asked == [0.4]


def test_many_banners_do_not_hasten_the_questions() -> None:
    bench = opened()
    for tenth in range(1, 11):
        bench.said(BANNER, tenth / 20)
    assert bench.asked == [0.05, 0.25, 0.45]


def test_a_moving_machine_is_asked_oftener_than_a_resting_one() -> None:
    bench = opened().until(2.1).said("<Run|FS:1,0>\r\n", 2.1).until(2.7)
    assert bench.asked == [2.0, 2.6]
    assert bench.said("<Idle|FS:1,0>\r\n", 2.7).until(3.8).asked == [2.0, 2.6, 3.7]


def test_reports_that_come_unasked_are_answers() -> None:
    bench = opened()
    for fifth in range(50):
        bench.said("<Run|FS:1,0>\r\n[GC:G0 G54]\r\n", 1 + fifth / 5)
    assert bench.asked == []


def test_a_flood_of_reports_is_no_reason_to_ask_sooner() -> None:
    bench = opened(busy_period_s=0.2).until(2.1)
    bench.said("<Run|FS:1,0>\r\n", 2.1).until(3.0)
    assert all(later - sooner > 0.1999 for sooner, later in pairwise(bench.asked))


def test_a_deaf_device_is_asked_three_times_and_then_seldom() -> None:
    assert opened().until(20).asked == [2.0, 3.0, 4.0, 9.0, 14.0, 19.0]


def test_silence_after_opening_is_unknown_with_a_reason() -> None:
    assert opened().until(20).words() == ["7.0 unknown no status report for 5 s"]


def test_silence_is_unknown_and_the_device_comes_back_by_itself() -> None:
    bench = opened(silence_s=4).said("<Idle|FS:0,0>\r\n", 1).until(10).said("<Idle|FS:0,0>\r\n", 10)
    assert bench.words() == ["1.0 idle Idle", "5.0 unknown no status report for 4 s", "10.0 idle Idle"]


def test_noise_is_no_answer() -> None:
    bench = opened().said("<Idle|FS:0,0>\r\n", 1)
    for second in range(2, 8):
        bench.said(b"\xf0\xff\n", second)
    assert bench.words() == ["1.0 idle Idle", "6.0 unknown no status report for 5 s"]
    assert len(bench.rejects()) == 6


def test_one_late_waking_is_no_silence() -> None:
    bench = opened().said("<Idle|FS:0,0>\r\n", 1)
    bench.take(bench.driver.woken(at(3600)), at(3600))
    bench.said("<Idle|FS:0,0>\r\n", 3600.1)
    assert bench.words() == ["1.0 idle Idle"]


def test_a_clock_set_back_costs_only_time() -> None:
    bench = opened().said("<Run|FS:0,0>\r\n", 10).said("<Idle|FS:0,0>\r\n", 10.4)
    bench.take(bench.driver.woken(at(-3590)), at(-3590))
    bench.asked.clear()
    bench.until(-3580)
    assert bench.asked == [-3589.0, -3588.0, -3587.0, -3582.0]
    assert bench.jobs() == ["10.0 started", "-3590.0 ended completed"]
    assert bench.words()[-1] == "-3585.0 unknown no status report for 5 s"


def test_after_a_hard_limit_the_fault_lasts_through_the_silence_until_the_reset() -> None:
    bench = opened().said("<Run|FS:9,0>\r\n", 1).said("ALARM:1\r\n[MSG:Reset to continue]\r\n", 2).until(500)
    assert bench.words() == ["1.0 busy Run", "2.0 fault Alarm ALARM:1 hard limit"]
    assert bench.jobs() == ["1.0 started", "2.0 ended failed ALARM:1 hard limit"]
    bench.said(BANNER + UNLOCK, 500).said("<Alarm|FS:0,0>\r\n", 501)
    assert bench.words()[2:] == [
        "500.0 unknown the controller was reset and has not reported yet",
        "500.0 fault Alarm '$H'|'$X' to unlock",
    ]
    assert bench.until(520).last().state is State.UNKNOWN


def test_the_fault_of_a_deaf_device_is_told_again_when_the_link_opens_again() -> None:
    bench = opened().said("[MSG:Reset to continue]\r\n", 2).opened(60).until(300)
    assert bench.words() == ["2.0 fault Alarm Reset to continue", "60.0 fault Alarm Reset to continue"]


def test_a_deaf_device_that_answers_again_is_deaf_no_more() -> None:
    bench = opened().said("ALARM:1\r\n[MSG:Reset to continue]\r\n", 2).said("<Idle|FS:0,0>\r\n", 9).until(60)
    assert bench.words()[1:] == ["9.0 idle Idle", "14.0 unknown no status report for 5 s"]


def test_locked_after_start_is_a_fault() -> None:
    assert opened().said(BANNER + UNLOCK, 1).last().state is State.FAULT


def test_unlocked_is_seen_in_the_next_report() -> None:
    bench = opened().said(BANNER + UNLOCK, 1).said("[MSG:Caution: Unlocked]\r\nok\r\n<Idle|FS:0,0>\r\n", 2)
    assert bench.last().state is State.IDLE
    assert bench.last().reason == ""


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ("ALARM:2\r\n", "ALARM:2 soft limit"),
        ("ALARM:99\r\n", "ALARM:99"),
        ("ALARM: Hard limit\r\n", "ALARM Hard limit"),
        ("ALARM: Abort during cycle. MPos?\r\n", "ALARM Abort during cycle. MPos?"),
        ("[MSG:INFO: ALARM: Spindle Control]\r\nALARM:10\r\n", "ALARM:10 Spindle Control"),
        ("ALARM:10 Spindle\r\n<Alarm|FS:0,0>\r\n", "ALARM:10 Spindle"),
        ("ALARM:1\r\nALARM:2\r\n", "ALARM:2 soft limit"),
        ("<Alarm:1|FS:0,0>\r\n", "ALARM:1 hard limit"),
        ("<Alarm:77|FS:0,0>\r\n", "ALARM:77"),
        ("<Alarm:banana|FS:0,0>\r\n", "banana"),
        ("<Alarm|FS:0,0>\r\n", ""),
        ("ALARM: " + "x" * 500 + "\r\n", ("ALARM " + "x" * 500)[:REASON_LIMIT]),
    ],
)
def test_why_there_is_an_alarm(lines: str, reason: str) -> None:
    last = opened().said(lines, 1).last()
    assert (last.state, last.reason) == (State.FAULT, reason)


@pytest.mark.parametrize(
    "lines",
    [
        "error:9\r\n[MSG:ERR: GCode cannot be executed in lock or alarm state]\r\n",
        "[MSG:ERR: Bad GCode: XYZZY]\r\nerror:2\r\n[MSG:ERR: Bad GCode number format]\r\n",
    ],
)
def test_errors_with_words_before_or_behind_change_nothing(lines: str) -> None:
    bench = opened().said("<Idle|FS:0,0>\r\n" + lines, 1)
    assert bench.words() == ["1.0 idle Idle"]
    assert bench.rejects() == []


def test_a_report_may_come_amid_the_answer_to_an_earlier_command() -> None:
    bench = opened().said("<Idle|MPos:0.000,0.000,0.000|FS:0,0>\r\n[VER:1.1h.20190830:]\r\n[OPT:V,15,128]\r\nok\r\n", 1)
    assert bench.words() == ["1.0 idle Idle"]
    assert bench.rejects() == []


def test_a_reset_after_the_check_mode_is_one() -> None:
    bench = (
        opened().said("<Check|FS:0,0>\r\n", 1).said("[MSG:Disabled]\r\nok\r\n" + BANNER, 2).said("<Idle|FS:0,0>\r\n", 3)
    )
    assert bench.words() == [
        "1.0 idle Check",
        "2.0 unknown the controller was reset and has not reported yet",
        "3.0 idle Idle",
    ]
    assert bench.rejects() == []


def test_asleep_is_offline() -> None:
    bench = opened().said("[MSG:Sleeping]\r\n<Sleep|FS:0,0>\r\n", 1)
    assert bench.words() == ["1.0 offline Sleep"]


def test_an_unknown_word_is_unknown_and_rejected_once_while_it_lasts() -> None:
    line = "<Frobbing:3|FS:0,0>\r\n"
    bench = opened().said("<Idle|FS:0,0>\r\n" + line + line + "<Idle|FS:0,0>\r\n" + line, 1)
    assert [change.state for change in bench.records if isinstance(change, StateSeen)] == [
        State.IDLE,
        State.UNKNOWN,
        State.IDLE,
        State.UNKNOWN,
    ]
    assert [reject.reason for reject in bench.rejects()] == ["unknown state 'Frobbing'"] * 2
    assert bench.rejects()[0].raw == b"<Frobbing:3|FS:0,0>\r"


def test_broken_numbers_are_rejected_and_the_state_is_kept() -> None:
    bench = opened().said("<Run|MPos:1.0,x,0|FS:nan,0>\r\n", 1)
    assert bench.states() == [State.BUSY]
    assert [reject.reason for reject in bench.rejects()] == ["MPos is not numbers; FS is not numbers"]
    assert bench.readings() == {}


def test_a_cut_first_line_is_rejected_with_its_bytes() -> None:
    (reject,) = opened().said("e, usec)\r\n", 1).rejects()
    assert reject == Rejected(MILL, at(1), at(1), "not a line of GRBL", b"e, usec)\r", 9)


def test_half_a_line_at_a_new_opening_is_rejected() -> None:
    bench = opened().said("<Idle|MP", 1).opened(2).said("<Idle|FS:0,0>\r\n", 3)
    assert [reject.raw for reject in bench.rejects()] == [b"<Idle|MP"]
    assert bench.states() == [State.IDLE]


def test_a_message_on_a_line_is_rejected() -> None:
    step = GrblDriver(Setting(MILL), GrblSettings()).received(Publish("a/b", b"xyz"), at(1))
    assert step.records == (Rejected(MILL, at(1), at(1), "a message on a line", b"xyz", 3),)


def test_states_of_one_chunk_stay_in_order() -> None:
    bench = opened().said("<Run|FS:1,0>\r\n<Hold:0|FS:0,0>\r\n<Idle|FS:0,0>\r\n", 1)
    changes = [record for record in bench.records if isinstance(record, StateSeen)]
    assert [change.at - START for change in changes] == [NS_PER_S, NS_PER_S + 1, NS_PER_S + 2]


def test_a_state_is_told_again_when_the_link_opens_again() -> None:
    bench = opened().said("<Idle|FS:0,0>\r\n", 1).opened(5).said("<Idle|FS:0,0>\r\n", 6)
    assert bench.words() == ["1.0 idle Idle", "6.0 idle Idle"]


def test_short_idle_gaps_belong_to_the_run() -> None:
    bench = opened()
    for second, word in enumerate(["Run", "Idle", "Run", "Idle", "Idle", "Idle", "Idle", "Idle"]):
        bench.said(f"<{word}|FS:0,0>\r\n", 10 + second)
    assert bench.jobs() == ["10.0 started", "13.0 ended completed"]


def test_a_gap_ends_by_waking_alone_and_is_dated_to_its_begin() -> None:
    bench = opened().said("<Run|FS:1,0>\r\n", 1).said("<Idle|FS:0,0>\r\n", 2).until(5.5)
    (end,) = [record for record in bench.records if isinstance(record, JobSeen) and record.outcome]
    assert (end.at, end.received_at) == (at(2), at(5))


def test_without_a_gap_each_idle_ends_the_run() -> None:
    bench = opened(job_gap_s=0).said("<Run|FS:1,0>\r\n<Idle|FS:0,0>\r\n<Run|FS:1,0>\r\n", 1)
    assert bench.jobs() == ["1.0 started", "1.0 ended completed", "1.0 started"]
    assert len({record.job for record in bench.records if isinstance(record, JobSeen)}) == 2


def test_holds_are_phases_of_the_run() -> None:
    bench = opened()
    for second, word in enumerate(["Run", "Hold:1", "Hold:0", "Run", "Door:1", "Door:0", "Run"]):
        bench.said(f"<{word}|FS:0,0>\r\n", 10 + second)
    assert bench.jobs() == ["10.0 started", "11.0 paused", "13.0 resumed", "14.0 paused", "16.0 resumed"]


@pytest.mark.parametrize(
    ("lines", "end"),
    [
        ("ALARM:2\r\n", "2.0 ended failed ALARM:2 soft limit"),
        ("<Alarm|FS:0,0>\r\n", "2.0 ended failed"),
        ("ALARM:3\r\n", "2.0 ended cancelled ALARM:3 reset in motion"),
        ("ALARM: Abort during cycle. MPos?\r\n", "2.0 ended cancelled ALARM Abort during cycle. MPos?"),
        (BANNER, "2.0 ended cancelled reset"),
        ("<Jog|FS:0,0>\r\n", "2.0 ended completed"),
        ("[MSG:Sleeping]\r\n", "2.0 ended completed"),
        ("<Idle|FS:0,0>\r\n" + BANNER, "2.0 ended completed"),
        ("<Idle|FS:0,0>\r\n<Home|FS:0,0>\r\n", "2.0 ended completed"),
        ("<Idle|FS:0,0>\r\nALARM:1\r\n", "2.0 ended failed ALARM:1 hard limit"),
    ],
)
def test_how_a_run_ends(lines: str, end: str) -> None:
    assert opened().said("<Run|FS:0,0>\r\n", 1).said(lines, 2).jobs() == ["1.0 started", end]


@pytest.mark.parametrize(
    "lines", ["<Hold:0|FS:0,0>\r\n", "<Idle|FS:0,0>\r\n", BANNER, "ALARM:1\r\n", "<Home|FS:0,0>\r\n"]
)
def test_there_is_no_run_without_a_run(lines: str) -> None:
    assert opened().said(lines, 1).until(60).jobs() == []


def test_a_run_that_is_seen_again_after_a_silence_goes_on() -> None:
    bench = opened().said("<Run|FS:0,0>\r\n", 1).until(20).said("<Run|FS:0,0>\r\n", 20)
    assert bench.jobs() == ["1.0 started"]
    assert bench.words()[1:] == ["6.0 unknown no status report for 5 s", "20.0 busy Run"]


def test_a_run_that_ended_unseen_has_an_unknown_outcome() -> None:
    bench = opened().said("<Run|FS:0,0>\r\n", 1).opened(20).said("<Idle|FS:0,0>\r\n", 30)
    assert bench.jobs() == ["1.0 started", "30.0 ended unknown its end was not seen"]


def test_a_run_that_rested_before_the_link_was_lost_is_complete() -> None:
    bench = opened().said("<Run|FS:0,0>\r\n", 1).said("<Idle|FS:0,0>\r\n", 2).opened(20)
    assert bench.jobs() == ["1.0 started", "2.0 ended completed"]


def test_an_unknown_word_leaves_the_run_as_it_is() -> None:
    bench = opened().said("<Run|FS:0,0>\r\n<Frobbing>\r\n<Run|FS:0,0>\r\n", 1)
    assert bench.jobs() == ["1.0 started"]


def test_the_last_work_offset_is_kept() -> None:
    bench = opened().said("<Idle|MPos:10,20,30>\r\n<Idle|MPos:10,20,30|WCO:1,2,3>\r\n<Run|MPos:11,20,30>\r\n", 1)
    assert bench.readings() == {
        "machine_x": [10, 11],
        "machine_y": [20],
        "machine_z": [30],
        "work_x": [9, 10],
        "work_y": [18],
        "work_z": [27],
    }


def test_a_machine_position_follows_from_the_work_position() -> None:
    bench = opened().said("<Idle|WPos:1,2,3|WCO:10,20,30>\r\n", 1)
    assert bench.readings()["machine_y"] == [22]


def test_a_reset_forgets_the_offset() -> None:
    bench = opened().said("<Idle|MPos:1,2,3|WCO:1,1,1>\r\n" + BANNER + "<Idle|MPos:1,2,3>\r\n", 1)
    assert bench.readings()["machine_x"] == [1, 1]
    assert bench.readings()["work_x"] == [0]


def test_six_axes_and_no_more() -> None:
    readings = opened().said("<Idle|MPos:1,2,3,4,5,6,7|FS:8,9>\r\n", 1).readings()
    assert readings["machine_c"] == [6]
    assert len(readings) == 8


def test_units_are_told() -> None:
    bench = opened().said("<Idle|MPos:1|FS:8,9>\r\n", 1)
    units = {record.channel: record.unit for record in bench.records if isinstance(record, Reading)}
    assert units == {"machine_x": "mm", "feed_rate": "mm/min", "spindle_speed": "rpm"}


def test_inches_become_millimetres() -> None:
    bench = opened(inches=1).said("<Idle|MPos:1|FS:2,9>\r\n$13=0\r\n$14=1\r\n<Idle|MPos:1|FS:2,9>\r\n$13=1\r\n", 1)
    bench.said("<Idle|MPos:2>\r\n", 2)
    assert bench.readings() == {"machine_x": [25.4, 1, 50.8], "feed_rate": [50.8, 2], "spindle_speed": [9]}


def test_fluidnc_boots_with_talk() -> None:
    talk = "".join(f"[MSG:INFO: line {n}]\n" for n in range(17))
    banner = "Grbl 4.x [FluidNC v4.x.x (noGit) (linux-capture) '$' for help]\n"
    bench = opened().said(talk + banner + "<Idle|MPos:0|FS:0,0>\nok\nok\n", 1)
    assert bench.states() == [State.UNKNOWN, State.IDLE]
    assert bench.rejects() == []


def test_a_silence_shorter_than_two_periods_is_refused() -> None:
    with pytest.raises(ValidationError, match=r"at least twice the longest period: 20\.0 s"):
        GrblSettings(idle_period_s=10)


@pytest.mark.parametrize("key", ["idle_period_s", "busy_period_s"])
def test_asking_oftener_than_five_times_a_second_is_refused(key: str) -> None:
    with pytest.raises(ValidationError, match=r"greater than or equal to 0\.2"):
        GrblSettings.model_validate({key: 0.19})
