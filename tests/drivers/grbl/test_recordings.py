"""Recordings of real controllers replay to the states that they went through."""

from __future__ import annotations

from tests.drivers.grbl.bench import replayed

ANEW = "unknown the controller was reset and has not reported yet"


def test_grbl_1_1_on_its_simulator() -> None:
    bench = replayed("grbl-sim")
    assert bench.words() == [
        f"0.6 {ANEW}",
        "2.9 idle Idle",
        "4.7 busy Run",
        "7.3 paused Hold:1",
        "8.6 paused Hold:0",
        f"9.1 {ANEW}",
        "10.6 idle Idle",
        "11.7 busy Run",
        "13.7 idle Idle",
        f"15.0 {ANEW}",
        "16.4 idle Idle",
        f"19.1 {ANEW}",
    ]
    assert bench.jobs() == [
        "4.7 started",
        "7.3 paused",
        "9.1 ended cancelled reset",
        "11.7 started",
        "13.7 ended completed",
    ]
    assert bench.rejects() == []


def test_grblhal_on_its_simulator() -> None:
    bench = replayed("grblhal-sim")
    assert bench.words() == [
        "3.7 idle Idle",
        "6.6 busy Run",
        "8.3 paused Hold:1",
        "8.6 paused Hold:0",
        "9.4 busy Run",
        "10.2 fault Alarm ALARM:3 reset in motion",
        f"10.3 {ANEW}",
        "10.3 fault Alarm '$H'|'$X' to unlock",
        "12.8 idle Idle",
        "17.0 idle Check",
        f"17.0 {ANEW}",
        "18.2 setup Jog",
        "19.6 idle Idle",
        "20.9 paused Tool",
        "21.2 idle Idle",
        "22.2 fault Alarm ALARM:1 hard limit",
    ]
    assert bench.jobs() == [
        "6.6 started",
        "8.3 paused",
        "9.4 resumed",
        "10.2 ended cancelled ALARM:3 reset in motion",
    ]
    assert bench.rejects() == []


def test_the_locked_controller_of_the_recording_stays_a_fault_in_its_silence() -> None:
    bench = replayed("grblhal-sim").until(600)
    assert bench.words()[-1] == "22.2 fault Alarm ALARM:1 hard limit"


def test_positions_are_told_when_they_change() -> None:
    readings = replayed("grbl-sim").readings()
    assert readings["machine_x"][:6] == [0.0, 0.06, 0.244, 0.548, 0.992, 1.544]
    assert readings["work_x"][:3] == [0.0, 0.06, 0.244]
    assert readings["feed_rate"][:4] == [0, 96, 162, 228]
    assert set(readings["machine_y"]) == {0.0}
