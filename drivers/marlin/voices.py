"""How each dialect words the same events: what the simulated printer says, as the real firmware does.

Only data: the simulator decides when a line is said.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from drivers.marlin.settings import Dialect
from drivers.marlin.temperatures import Heat


@dataclass(frozen=True, slots=True)
class Voice:
    """The lines of one dialect; an empty one is not said. `{name}` is the file, `{size}` its bytes."""

    banner: tuple[str, ...]
    firmware: tuple[str, ...]
    heat: Callable[[Heat], str]
    paused: tuple[str, ...]
    resumed: tuple[str, ...]
    finished: tuple[str, ...]
    failed: tuple[str, ...]
    cancelled: tuple[str, ...] = ()
    ok: str = "ok"
    ok_first: bool = False
    busy: str = ""
    busy_user: str = ""
    idle_card: str = "Not SD printing"
    opened: tuple[str, ...] = ("File opened: {name} Size: {size}", "File selected")
    halted: str = ""
    waits: bool = False
    end: str = "\n"
    autoreports: bool = False


_LETTERS = {"bed": "B", "chamber": "C"}


def _letter(heat: Heat) -> str:
    return _LETTERS.get(heat.heater, "T" + heat.heater[4:])


def _spaced(heat: Heat) -> str:
    return f"{_letter(heat)}:{heat.actual:.2f} /{heat.target or 0:.2f}"


def _smoothie(heat: Heat) -> str:
    letter = "T" if heat.heater == "tool0" else _letter(heat)
    return f"{letter}:{heat.actual:.1f} /{heat.target or 0:.1f} @0"


_RUNAWAY = ("Error:Thermal Runaway, system stopped! Heater_ID: 0", "Error:Printer halted. kill() called!")

VOICES: Mapping[Dialect, Voice] = MappingProxyType(
    {
        Dialect.MARLIN: Voice(
            banner=("start", "echo: External Reset", "Marlin 2.1.2.4", "", "echo:No EEPROM."),
            firmware=(
                "FIRMWARE_NAME:Marlin 2.1.2.4 (Dec 16 2023 00:13:37) PROTOCOL_VERSION:1.0 MACHINE_TYPE:Lab Printer",
                "Cap:SERIAL_XON_XOFF:0",
                "Cap:AUTOREPORT_TEMP:1",
                "Cap:HOST_ACTION_COMMANDS:1",
                "Cap:AUTOREPORT_SD_STATUS:1",
            ),
            heat=_spaced,
            paused=("//action:paused",),
            resumed=("//action:resumed",),
            finished=("Done printing file",),
            failed=(*_RUNAWAY, "//action:poweroff"),
            cancelled=("//action:cancel",),
            ok="ok P15 B3",
            busy="echo:busy: processing",
            busy_user="echo:busy: paused for user",
            opened=("echo:Now fresh file: {name}", "File opened: {name} Size: {size}", "File selected"),
            autoreports=True,
        ),
        Dialect.MARLIN_1: Voice(
            banner=("start", "echo:PowerUp", "Marlin 1.1.9", "echo: Last Updated: 2018-07-31 | Author: (none)"),
            firmware=("FIRMWARE_NAME:Marlin 1.1.9 PROTOCOL_VERSION:1.0 MACHINE_TYPE:3D Printer EXTRUDER_COUNT:1",),
            heat=_spaced,
            paused=("//action:pause",),
            resumed=("//action:resume",),
            finished=("Done printing file", "echo:Print time: 30m 0s"),
            failed=_RUNAWAY,
            cancelled=("//action:cancel",),
            busy="echo:busy: processing",
            busy_user="echo:busy: paused for user",
        ),
        Dialect.REPRAPFIRMWARE: Voice(
            banner=("RepRapFirmware for Duet 2 WiFi/Ethernet is up and running.",),
            firmware=("FIRMWARE_NAME: RepRapFirmware for Duet 2 WiFi/Ethernet FIRMWARE_VERSION: 3.4.6",),
            heat=_spaced,
            paused=("// action:paused",),
            resumed=("// action:resumed",),
            finished=("Finished printing file {name}, print time was 0h 30m",),
            failed=(
                "Error: Heating fault on heater 1, temperature excursion exceeded 15.0C",
                "Emergency Stop! Reset the controller to continue.",
            ),
            cancelled=("Cancelled printing file {name}, print time was 0h 1m",),
            idle_card="Not SD printing.",
        ),
        Dialect.REPETIER: Voice(
            banner=("start", "Info:External Reset", "Info: Repetier 0.92.10"),
            firmware=("FIRMWARE_NAME:Repetier_0.92.10 PROTOCOL_VERSION:1.0 MACHINE_TYPE:Mendel EXTRUDER_COUNT:1",),
            heat=lambda heat: f"{_letter(heat)}:{heat.actual:.2f} /{heat.target or 0:.0f}",
            paused=("// action:pause",),
            resumed=("// action:resume",),
            finished=("Done printing file",),
            failed=("fatal:Heater/sensor error - Printer stopped and heaters disabled due to this error.",),
            cancelled=("// action:cancel",),
            halted="fatal:Heater/sensor error - Printer stopped and heaters disabled due to this error.",
            ok_first=True,
            busy="busy:processing",
            waits=True,
        ),
        Dialect.SMOOTHIE: Voice(
            banner=("Smoothie", "ok"),
            firmware=("FIRMWARE_NAME:Smoothieware, FIRMWARE_URL:http%3A//smoothieware.org, X-SOURCE_CODE_URL:-",),
            heat=_smoothie,
            paused=("// action:pause",),
            resumed=("// action:resume",),
            finished=("Done printing file",),
            failed=(
                "ERROR: MINTEMP or MAXTEMP triggered on T. Check your temperature sensors!",
                "HALT asserted - reset or M999 required",
            ),
            cancelled=("Aborted printing file",),
            halted="!!",
            end="\r\n",
        ),
        Dialect.KLIPPER: Voice(
            banner=("// Klipper state: Ready",),
            firmware=("FIRMWARE_VERSION:v0.12.0-1 FIRMWARE_NAME:Klipper",),
            heat=_spaced,
            paused=("// action:paused",),
            resumed=("// action:resumed",),
            finished=("Done printing file",),
            failed=("!! MCU 'mcu' shutdown: ADC out of range", "// Klipper state: Shutdown"),
            cancelled=("// action:cancel",),
            idle_card="Not SD printing.",
            halted="!! Printer is shutdown",
        ),
    }
)
