"""What each line of each GRBL firmware says: the lines of the design's device notes, and their kin."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.grbl import SPEC
from drivers.grbl.protocol import Alarm, Banner, Chatter, Message, Option, Report, Said, alarm_words, parse
from drivers.grbl.states import state_of
from telemetry.model import State

XYZ = (0.0, 0.0, 0.0)
CHATTER = Chatter()
GRBLHAL_EXTRA = "|WCS:G54|Ov:100,100,100|A:|Sc:|MPG:0|H:0|T:0|P:0|TLR:0|FW:grblHAL"

REPORTS = [
    # GRBL 1.1
    (
        "<Run|MPos:0.116,0.000,0.000|FS:120,0|Ov:100,100,100>",
        Report("Run", machine=(0.116, 0, 0), feed=120, spindle=0),
    ),
    ("<Run|MPos:0.468,0.000,0.000|FS:210,0>", Report("Run", machine=(0.468, 0, 0), feed=210, spindle=0)),
    (
        "<Idle|MPos:0.000,0.000,0.000|FS:0,0|Pn:PXYZRHS|WCO:1.000,-2.000,0.500>",
        Report("Idle", machine=XYZ, offset=(1, -2, 0.5), feed=0, spindle=0),
    ),
    ("<Hold:1|MPos:3.976,0.000,0.000|FS:312,0>", Report("Hold", "1", machine=(3.976, 0, 0), feed=312, spindle=0)),
    ("<Hold:0|MPos:5.552,0.000,0.000|FS:0,0>", Report("Hold", "0", machine=(5.552, 0, 0), feed=0, spindle=0)),
    ("<Door:0|WPos:0.000,0.000,0.000|FS:0,0>", Report("Door", "0", work=XYZ, feed=0, spindle=0)),
    ("<Sleep|MPos:0.000,0.000,0.000|F:0>", Report("Sleep", machine=XYZ, feed=0)),
    # other order, fields missing
    ("<Idle|WCO:0.000,0.000,0.000|FS:10,20|MPos:1,2,3>", Report("Idle", "", (1, 2, 3), (), XYZ, 10, 20)),
    ("<Idle>", Report("Idle")),
    ("<Idle|>", Report("Idle")),
    ("<Idle|FS:5>", Report("Idle", feed=5)),
    # GRBL 0.9 and 0.8
    ("<Idle,MPos:0.000,0.000,0.000,WPos:0.000,0.000,0.000>", Report("Idle", machine=XYZ, work=XYZ)),
    (
        "<Run,MPos:0.368,0.000,0.000,WPos:0.368,0.000,0.000,Buf:1,RX:0,Lim:000>",
        Report("Run", machine=(0.368, 0, 0), work=(0.368, 0, 0)),
    ),
    ("<Queue,MPos:0.000,0.000,0.000>", Report("Queue", machine=XYZ)),
    # grblHAL
    (
        f"<Idle|MPos:0.000,0.000,0.000|Bf:100,1023|FS:0,0|WCO:0.000,0.000,0.000{GRBLHAL_EXTRA}>",
        Report("Idle", machine=XYZ, offset=XYZ, feed=0, spindle=0),
    ),
    (
        "<Tool|MPos:11.512,0.000,0.000|Bf:100,1023|FS:0,0|A:|T:0>",
        Report("Tool", machine=(11.512, 0, 0), feed=0, spindle=0),
    ),
    ("<Idle|FS:0,1000,987|A:S>", Report("Idle", feed=0, spindle=987)),
    # Smoothie and others
    (
        "<Idle|MPos:1.0,2.0,3.0|WPos:1.0,2.0,3.0|F:4000.0,4000.0,100.0>",
        Report("Idle", machine=(1, 2, 3), work=(1, 2, 3), feed=4000),
    ),
    ("<Idle|MPos:1,2,3,4,5,6>", Report("Idle", machine=(1, 2, 3, 4, 5, 6))),
    ("<Alarm:1|MPos:0,0,0>", Report("Alarm", "1", machine=XYZ)),
    ("<Alarm:banana|MPos:0,0,0>", Report("Alarm", "banana", machine=XYZ)),
    ("<Idle|MPos:0,0,0|SN:0,sign:0|APP:17|USB:1|TEMP:0.0>", Report("Idle", machine=XYZ)),
    # numbers that are none
    ("<Run|MPos:1.0,nan,0|FS:1,2>", Report("Run", feed=1, spindle=2, broken=("MPos",))),
    ("<Run|MPos:1.0,x,0>", Report("Run", broken=("MPos",))),
    ("<Run|FS:1e999,0|WCO:>", Report("Run", broken=("WCO", "FS"))),
    ("  <Idle|FS:1,2>  ", Report("Idle", feed=1, spindle=2)),
]

OTHERS: list[tuple[str, Said | None]] = [
    ("Grbl 1.1h ['$' for help]", Banner("Grbl 1.1h ['$' for help]")),
    ("Grbl 0.8c ['$' for help]", Banner("Grbl 0.8c ['$' for help]")),
    ("GrblHAL 1.1f ['$' or '$HELP' for help]", Banner("GrblHAL 1.1f ['$' or '$HELP' for help]")),
    (
        "Grbl 4.x [FluidNC v4.x.x (noGit) (linux-capture) '$' for help]",
        Banner("Grbl 4.x [FluidNC v4.x.x (noGit) (linux-capture) '$' for help]"),
    ),
    ("Smoothie", Banner("Smoothie")),
    ("ALARM:1", Alarm(1, "")),
    ("ALARM:10 spindle", Alarm(10, "spindle")),
    ("ALARM: Hard limit", Alarm(None, "Hard limit")),
    ("ALARM: Abort during cycle. MPos?", Alarm(None, "Abort during cycle. MPos?")),
    ("[MSG:Reset to continue]", Message("Reset to continue")),
    ("[Reset to continue]", Message("Reset to continue")),
    ("[MSG:'$H'|'$X' to unlock]", Message("'$H'|'$X' to unlock")),
    ("[MSG:INFO: '$H'|'$X' to unlock]", Message("'$H'|'$X' to unlock")),
    ("[MSG:Sleeping]", Message("Sleeping")),
    ("[MSG:Disabled]", Message("Disabled")),
    ("[MSG:]", Message("")),
    ("[MSG:INFO: ALARM: Spindle Control]", Message("ALARM: Spindle Control")),
    ("[MSG:ERR: Bad GCode: XYZZY]", Message("Bad GCode: XYZZY")),
    ("[VER:1.1h.20190830:]", Message("VER:1.1h.20190830:")),
    ("[VER:4.x FluidNC v4.x.x:]", Message("VER:4.x FluidNC v4.x.x:")),
    ("[FIRMWARE:grblHAL]", Message("FIRMWARE:grblHAL")),
    ("[0.9j.20160726:]", Message("0.9j.20160726:")),
    ("[GC:G0 G54 G17 G21 G90 G94 M5 M9 T0 F0 S0]", Message("GC:G0 G54 G17 G21 G90 G94 M5 M9 T0 F0 S0")),
    ("$13=1", Option("13", "1")),
    ("$0=10 (step pulse, usec)", Option("0", "10")),
    ("$N0=G21", Option("N0", "G21")),
    ("$/axes/x/steps_per_mm=80.000", Option("/axes/x/steps_per_mm", "80.000")),
    ("ok", CHATTER),
    ("", CHATTER),
    ("error:7", CHATTER),
    ("error:9", CHATTER),
    ("error: Alarm lock", CHATTER),
    ("error: Bad number format", CHATTER),
    ("error: EEPROM read fail. Using defaults", CHATTER),
    (">G20G54:ok", CHATTER),
    ("$$ (view Grbl settings)", CHATTER),
    ("ctrl-x (reset Grbl)", CHATTER),
    # cut first lines, other machines, noise
    ("e, usec)", None),
    ("dle|MPos:0.000,0.000,0.000|FS:0,0>", None),
    ("<Idle|MPos:0.000,0.0<Idle|FS:0,0>", None),
    ("<Idle|MPos:0.000", None),
    ("<>", None),
    ('{"sr":{"posx":0.000,"stat":3}}', None),
    ("okay", None),
    ("Grblx", None),
]


@pytest.mark.parametrize(("line", "said"), [*REPORTS, *OTHERS])
def test_what_a_line_says(line: str, said: Said | None) -> None:
    assert parse(line) == said


@given(st.text(max_size=60))
def test_no_text_is_too_odd(line: str) -> None:
    said = parse(line)
    assert said is None or isinstance(said, (Report, Banner, Alarm, Message, Option, Chatter))


def test_the_alarm_that_a_message_announces() -> None:
    assert alarm_words(Message("ALARM: Spindle Control")) == "Spindle Control"
    assert alarm_words(Message("Check Door")) == ""


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("Idle", State.IDLE),
        ("Check", State.IDLE),
        ("Run", State.BUSY),
        ("Jog", State.SETUP),
        ("Home", State.SETUP),
        ("Hold", State.PAUSED),
        ("Door", State.PAUSED),
        ("Tool", State.PAUSED),
        ("Queue", State.PAUSED),
        ("Alarm", State.FAULT),
        ("Sleep", State.OFFLINE),
        ("Frobbing", State.UNKNOWN),
        ("idle", State.UNKNOWN),
    ],
)
def test_the_state_of_a_word(word: str, state: State) -> None:
    assert state_of(word) is state


@pytest.mark.parametrize("line", [line for line, _ in REPORTS])
def test_a_report_proves_a_controller(line: str) -> None:
    assert SPEC.answers(line.strip().encode())


@pytest.mark.parametrize("heard", [b"\r\nGrbl 1.1h ['$' for help]\r\n", b"GrblHAL 1.1f ['$'", b"\xff<Idle,MPos:0>"])
def test_a_banner_or_a_report_among_noise_proves_a_controller(heard: bytes) -> None:
    assert SPEC.answers(heard)


@pytest.mark.parametrize("heard", [b"", b"ok\r\n", b"start\nMarlin 2.1", b"<html>", b"<?xml"])
def test_other_bytes_prove_none(heard: bytes) -> None:
    assert not SPEC.answers(heard)
