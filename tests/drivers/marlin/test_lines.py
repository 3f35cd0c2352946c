"""Every form of line that real firmwares say."""

from __future__ import annotations

import pytest

from drivers.contract import Publish
from drivers.marlin import SPEC
from drivers.marlin.messages import (
    Action,
    Busy,
    Capability,
    Card,
    CardFile,
    CardPosition,
    Firmware,
    Halt,
    Message,
    Ok,
    Progress,
    Report,
    Resend,
    Sign,
    Target,
    Tool,
    Unknown,
    UnknownCommand,
)
from drivers.marlin.protocol import parse
from drivers.marlin.questions import numbered
from drivers.marlin.temperatures import TemperatureReport, begins_report, parse_report, sensible
from tests.transcripts import read

RECORDINGS = ["marlin-linux-native"] + [
    f"octoprint-virtual-printer-{name}" for name in ("marlin", "busy-slow", "repetier", "smoothie", "klipper")
]

LINES: list[tuple[str, Message]] = [
    ("ok", Ok("")),
    ("ok P15 B3", Ok("")),
    ("ok N0 P15 B3", Ok("")),
    ("ok N0 P4 B1", Ok("")),
    ("ok T:19.37 /0.00 B:19.37 /0.00 @:0 B@:0", Ok(" T:19.37 /0.00 B:19.37 /0.00 @:0 B@:0")),
    ("ok N0 P4 B1 T:21.30/ 0.00 B:21.30/ 0.00 @:64", Ok(" T:21.30/ 0.00 B:21.30/ 0.00 @:64")),
    ("ok T0:21.30/ 0.00 B:21.30/ 0.00 @:64", Ok(" T0:21.30/ 0.00 B:21.30/ 0.00 @:64")),
    ("ok X:0.0 Y:0.0 Z:0.0 E:0.0 Count: A:0 B:0 C:0", Ok("")),
    (" T:34.17 /80.00 B:30.83 /40.00 @:127 B@:0 W:?", Report("T:34.17 /80.00 B:30.83 /40.00 @:127 B@:0 W:?")),
    ("T:29.40", Report("T:29.40")),
    ("B:31.00", Report("B:31.00")),
    ("TargetExtr0:210", Target("tool0", 210)),
    ("TargetBed:60", Target("bed", 60)),
    ("TargetChamber:40", Target("chamber", 40)),
    ("echo:busy: processing", Busy("processing")),
    ("busy:processing", Busy("processing")),
    ("busy: processing", Busy("processing")),
    ("echo:busy: paused for user", Busy("paused for user")),
    ("echo:busy: paused for input", Busy("paused for input")),
    ("echo:busy paused for user", Busy("paused for user")),
    ("echo:busy: knitting", Busy("knitting")),
    ("//action:paused", Action("paused", "")),
    ("// action:pause", Action("pause", "")),
    ("// action:resume", Action("resume", "")),
    ("//action:cancel", Action("cancel", "")),
    ("//action:notification Bed Heating...", Action("notification", "Bed Heating...")),
    ("//action:prompt_begin Heater Timeout", Action("prompt_begin", "Heater Timeout")),
    ("//action:prompt_button Reheat", Action("prompt_button", "Reheat")),
    ("//action:poweroff", Halt("action:poweroff")),
    ("SD printing byte 123/456", CardPosition(123, 456, paused=False)),
    ("SD printing byte 123/456.", CardPosition(123, 456, paused=False)),
    ("SD print paused at byte 123/456", CardPosition(123, 456, paused=True)),
    ("SD print is paused at 123/456", CardPosition(123, 456, paused=True)),
    ("Not SD printing", Card.NONE),
    ("Not SD printing.", Card.NONE),
    ("Not currently playing", Card.NONE),
    ("SD print standby", Card.NONE),
    ("SD print paused", Card.PAUSED),
    ("Print saved", Card.PAUSED),
    ("Done printing file", Card.FINISHED),
    ("Finished printing file part.gcode, print time was 0h 1m", Card.FINISHED),
    ("echo:Print Aborted", Card.ABORTED),
    ("Cancelled printing file part.gcode, print time was 0h 1m", Card.ABORTED),
    ("Aborted printing file", Card.ABORTED),
    ("File opened: gear_case_v2.gcode  Size: 41", CardFile("gear_case_v2.gcode")),
    ("File opened:GEAR_C~1.GCO Size:41", CardFile("GEAR_C~1.GCO")),
    ("echo:Now fresh file: деталь.gcode", CardFile("деталь.gcode")),
    ("echo: M73 Progress: 12%; Time left: 30m;", Progress(0.12)),
    ("NORMAL MODE: Percent done: 50; print time remaining in mins: 34; Change in mins: -1", Progress(0.5)),
    ("NORMAL MODE: Percent done: 255; print time remaining in mins: 0", Sign.TALK),
    ("SILENT MODE: Percent done: 49; print time remaining in mins: 36", Sign.TALK),
    ("Cap:AUTOREPORT_TEMP:1", Capability("AUTOREPORT_TEMP", on=True)),
    ("Cap:AUTOREPORT_POS:0", Capability("AUTOREPORT_POS", on=False)),
    ("FIRMWARE_NAME:Virtual Marlin 1.0 PROTOCOL_VERSION:1.0", Firmware("Virtual Marlin 1.0")),
    ("FIRMWARE_VERSION:v0.11 FIRMWARE_NAME:Klipper", Firmware("Klipper")),
    ("Active Extruder: 1", Tool(1)),
    ("Error:checksum mismatch, Last Line: 0", Sign.TALK),
    ("Error:Line Number is not Last Line Number+1, Last Line: 0", Sign.TALK),
    ("Error: Missing checksum", Sign.NEEDS_NUMBERS),
    ("Error:No Line Number with checksum, Last Line: 9", Sign.NEEDS_NUMBERS),
    ("Error:No Checksum with line number, Last Line: 9", Sign.NEEDS_NUMBERS),
    ("Resend: 1", Resend(1)),
    ("Resend:1", Resend(1)),
    ("rs N12", Resend(12)),
    ('echo:Unknown command: "M27"', UnknownCommand("M27")),
    ('// Unknown command:"M155"', UnknownCommand("M155")),
    ("Error: Unknown command F", UnknownCommand("")),
    ("Error: Bad command: M155", UnknownCommand("M155")),
    ("echo:Homing Failed", Halt("echo:Homing Failed")),
    ("Error:Printer halted. kill() called!", Halt("Error:Printer halted. kill() called!")),
    (
        "Error:Thermal Runaway, system stopped! Heater_ID: bed",
        Halt("Error:Thermal Runaway, system stopped! Heater_ID: bed"),
    ),
    ("Error: MAXTEMP triggered!", Halt("Error: MAXTEMP triggered!")),
    ("Error:0: Err: MINTEMP", Halt("Error:0: Err: MINTEMP")),
    ("echo:EMERGENCY SHUTDOWN DETECTED. KILLED.", Halt("echo:EMERGENCY SHUTDOWN DETECTED. KILLED.")),
    ("fatal: Heater/sensor error - Printer stopped", Halt("fatal: Heater/sensor error - Printer stopped")),
    ("!! Lost communication with MCU 'mcu'", Halt("Lost communication with MCU 'mcu'")),
    ("!!", Halt("!!")),
    ("ALARM: Kill button pressed", Halt("ALARM: Kill button pressed")),
    ("// Klipper state: Shutdown", Halt("Klipper state: Shutdown")),
    ("!! Move out of range: 300.0 0.0 0.0", Sign.TALK),
    ("// Klipper state: Ready", Sign.CONTINUED),
    ("info:Continue from fatal state", Sign.CONTINUED),
    ("start", Sign.BANNER),
    ("PowerUp", Sign.BANNER),
    ("echo: External Reset", Sign.BANNER),
    ("Info:External Reset", Sign.BANNER),
    (" Info:Watchdog Reset", Sign.BANNER),
    ("Marlin bugfix-2.0.x", Sign.BANNER),
    ("Marlin: Virtual Marlin!", Sign.BANNER),
    ("echo:Marlin 1.1.0-RC8", Sign.BANNER),
    ("Smoothie", Sign.BANNER),
    ("wait", Sign.WAIT),
    ("", Sign.TALK),
    ("echo:No EEPROM.", Sign.TALK),
    ("echo:Printing...", Sign.TALK),
    ("echo:Print time: 0s", Sign.TALK),
    ("// Going AWOL", Sign.TALK),
    ("X:0.00 Y:0.00 Z:0.00 E:0.00 Count X:0 Y:0 Z:0", Sign.TALK),
    ("Reporting endstop status", Sign.TALK),
    ("x_min: open", Sign.TALK),
    ("SD card ok", Sign.TALK),
    ('gear_c~1.gco 41 "gear_case_v2.gcode"', Sign.TALK),
    ('GEAR_C~1.GCO 41 0x28210000 "gear_case_v2.gcode"', Sign.TALK),
    ("\u0080", Unknown()),
    ("half a wo", Unknown()),
    ("okay", Unknown()),
]


@pytest.mark.parametrize(("text", "message"), LINES, ids=[text for text, _ in LINES])
def test_a_line_is_understood(text: str, message: Message) -> None:
    assert parse(text) == message


@pytest.mark.parametrize("name", RECORDINGS)
def test_no_line_of_a_recording_is_unknown(name: str) -> None:
    lines = [line.unit for line in read(name) if line.from_device and isinstance(line.unit, bytes)]
    assert not [raw for raw in lines if parse(raw.decode()) == Unknown()]


REPORTS: list[tuple[str, dict[str, tuple[float, float | None]], bool]] = [
    ("T:19.37 /0.00 B:19.37 /0.00 @:0 B@:0", {"tool0": (19.37, 0), "bed": (19.37, 0)}, False),
    ("T:34.17 /80.00 B:30.83 /40.00 @:127 B@:0 W:?", {"tool0": (34.17, 80), "bed": (30.83, 40)}, True),
    ("T:79.09 /80.00 @:15 B@:10 W:9", {"tool0": (79.09, 80)}, True),
    ("T:21.30/ 0.00 B:21.30/ 0.00 @:64", {"tool0": (21.3, 0), "bed": (21.3, 0)}, False),
    ("T0:21.30/ 0.00 B:21.30/ 0.00 @:64", {"tool0": (21.3, 0), "bed": (21.3, 0)}, False),
    (
        "T:30.00/ 0.00 T0:21.30/ 0.00 T1:30.00/ 5.00 B:21.30/ 0.00 C:22.00/ 0.00 @:64",
        {"tool0": (21.3, 0), "tool1": (30, 5), "bed": (21.3, 0), "chamber": (22, 0)},
        False,
    ),
    ("T:26.1 /0.0 @0 T1:27.5 /0.0 @0 B:25.0 /0.0 @0", {"tool0": (26.1, 0), "tool1": (27.5, 0), "bed": (25, 0)}, False),
    ("T:170.0 E:1 W:?", {"tool1": (170, None)}, True),
    ("T:21.30 B:21.30 @:64", {"tool0": (21.3, None), "bed": (21.3, None)}, False),
    (
        "T:24.4 /0.0 (123.45) B:24.1 /0.0 (7) T0:24.4 /0.0 @:0 B@:0 P:33.1 A:30.2",
        {"tool0": (24.4, 0), "bed": (24.1, 0)},
        False,
    ),
    ("B:21.3 /0.0 T0:-5.0 /0.0", {"tool0": (-5, 0), "bed": (21.3, 0)}, False),
]


@pytest.mark.parametrize(("text", "heaters", "waiting"), REPORTS, ids=[text for text, *_ in REPORTS])
def test_a_report_gives_its_heaters(
    text: str,
    heaters: dict[str, tuple[float, float | None]],
    waiting: bool,  # noqa: FBT001 - a table's column
) -> None:
    assert begins_report(text)
    report = parse_report(text, active=0)
    assert isinstance(report, TemperatureReport)
    assert {heat.heater: (heat.actual, heat.target) for heat in report.heats} == heaters
    assert report.waiting is waiting


def test_a_bare_report_is_of_the_active_extruder() -> None:
    report = parse_report("T:29.40", active=1)
    assert report is not None
    assert [heat.heater for heat in report.heats] == ["tool1"]


@pytest.mark.parametrize("text", ["T:21.3 /0.0 B:2\u00b0", "T:21.3/", "T:21.3 ok", "T:1.2.3", "T:20 B:30 hello"])
def test_a_garbled_report_gives_nothing(text: str) -> None:
    assert parse_report(text, active=0) is None


@pytest.mark.parametrize("celsius", [float("nan"), float("inf"), -98.9, -273.1, 1999.9])
def test_nonsense_is_no_temperature(celsius: float) -> None:
    assert not sensible(celsius)


@pytest.mark.parametrize(
    "line",
    [b"M105\n", b"M27\n", b"M27 S2\n", b"M115\n", b"M155 S2\n", b"M110 N0\n", b"N0 M110 N0*125\n", b"N1 M105*38\n"],
)
def test_the_questions_may_leave(line: bytes) -> None:
    assert SPEC.allowed(line)


@pytest.mark.parametrize(
    "line",
    [
        b"M105", b"M105\nM112\n", b"\nM105\n", b"M105 \n", b"m105\n", b"M104 S200\n", b"M25\n", b"M524\n", b"M27 C\n",
        b"N1 M105*39\n", b"N1 M104 S200*101\n", b"N1 M112*35\n", b"M110 N5\n", b"M155\n", b"\xd1\x81\n", b"M27 S1000\n",
        b"N1 M105*38\n\n", b"G28\n", b"M108\n", b"M112\n", b"M999\n", "M27 S\u0661\n".encode(), Publish("t", b"M105\n"),
    ],
)  # fmt: skip
def test_nothing_else_may_leave(line: bytes | Publish) -> None:
    assert not SPEC.allowed(line)


def test_a_checksum_is_the_exclusive_or_of_the_line() -> None:
    assert numbered("M110 N0", 0) == "N0 M110 N0*125"
    assert numbered("M105", 1) == "N1 M105*38"


@pytest.mark.parametrize(
    ("heard", "known"),
    [
        (b"FIRMWARE_NAME:Virtual Marlin 1.0\n", True),
        (b"start\nCap:AUTOREPORT_TEMP:1\n", True),
        (b"ok T:21.30/ 0.00\n", True),
        (b"Error: Missing checksum\n", True),
        (b"Grbl 1.1h ['$' for help]\n", False),
        (b"ok\n", False),
        (b"", False),
    ],
)
def test_a_printer_is_known_by_its_answers(heard: bytes, known: bool) -> None:  # noqa: FBT001 - a table's column
    assert SPEC.answers(heard) is known
