"""What a driver reads and what it rejects; the recordings as a whole."""

from __future__ import annotations

import pytest

from drivers.contract import Publish
from telemetry.model import JobOutcome, JobPhase, State
from tests.drivers.marlin.talks import COLD, NAME, WARM, Talk, replayed


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


def test_a_heater_that_only_a_garbled_line_named_does_not_stay_warm() -> None:
    talk = Talk().ready().hear("T7:21.00 /210.00 B:20.00 /0.00")
    assert talk.state is State.SETUP
    assert talk.hear(COLD, COLD).state is State.SETUP
    assert talk.hear(COLD).state is State.IDLE


def test_a_heater_that_is_named_now_and_then_stays() -> None:
    talk = Talk().ready().hear(WARM)
    for _ in range(10):
        talk.hear("T:60.00 /60.00 @:0 W:?", "T:60.00", "B:40.00 /40.00", "T:60.00 /60.00", WARM)
    assert talk.said[-1].reason == "bed 40 °C, tool0 60 °C"
    assert len(talk.states) == 1


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
