"""A temperature report of any dialect as channels and values; a report that is cut or garbled gives nothing at all.

ok T:19.37 /0.00 B:19.37 /0.00 @:0 B@:0              Marlin
 T:34.17 /80.00 B:30.83 /40.00 @:127 B@:0 W:?        Marlin while it waits: W: seconds to go
T:170.0 E:0 W:?                                      Marlin 1 while it waits: E: the extruder meant
T:21.3/ 0.0 T0:21.3/ 0.0 T1:21.3/ 0.0 B:.. C:..      several extruders: T: repeats the active one
T:26.1 /0.0 @0 T1:inf /0.0 @0 B:inf /0.0 @0          Smoothie: T: is the first extruder
T0:21.3/ 0.0 B:21.3/ 0.0                             Klipper
T:21.3 B:21.3 @:64                                   Repetier: targets come in lines of their own
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

_NUMBER = r"[-+]?(?:\d+(?:\.\d*)?|\.\d+|nan|inf(?:inity)?)"
_BEGINS = re.compile(rf"\s*(?:T\d{{0,2}}|B|C)\s*:\s*{_NUMBER}", re.IGNORECASE | re.ASCII)
_TOKEN = re.compile(
    rf"""\s*(?:
        (?P<power>[A-Z]{{0,2}}\d{{0,2}}@\d{{0,2}}:?\s?[-+]?\d*(?:\.\d+)?)
      | (?P<wait>W:\s?(?:\?|\d+))
      | E:(?P<extruder>\d{{1,2}})
      | (?P<raw>\([-+.\d]+\))
      | (?P<heater>[A-Z]\d{{0,2}}):\s?(?P<actual>{_NUMBER})(?:\s?/\s?(?P<target>{_NUMBER}))?
    )(?=\s|$)""",
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)

LOWEST_C = -60.0
HIGHEST_C = 1000.0
"""Outside of these no heater of a printer lives; broken and missing sensors read -98.9, -273.1, 1999.9, nan, inf."""


@dataclass(frozen=True, slots=True)
class Heat:
    """One heater in a report, °C as said; `target` is None where the report tells none."""

    heater: str
    actual: float
    target: float | None


@dataclass(frozen=True, slots=True)
class TemperatureReport:
    """A whole report: its heaters by name (`tool0`, `bed`, `chamber`); `waiting` where a command blocks until warm."""

    heats: tuple[Heat, ...]
    waiting: bool


@dataclass(slots=True)
class _Scan:
    """What the tokens of one report gave so far."""

    heaters: dict[str, tuple[float, float | None]]
    extruder: int | None = None
    waiting: bool = False


def sensible(celsius: float) -> bool:
    """Whether a heater can be that warm."""
    return math.isfinite(celsius) and LOWEST_C < celsius < HIGHEST_C


def begins_report(text: str) -> bool:
    """Whether `text` (without `ok`) begins as a temperature report does."""
    return _BEGINS.match(text) is not None


def parse_report(text: str, *, active: int) -> TemperatureReport | None:
    """The report in `text`, None where any part of it is no part of a report; `active` is the tool a bare T: means."""
    scan = _scan(text)
    if scan is None:
        return None
    found = scan.heaters
    bare = found.pop("T", None)
    if bare is not None and "T0" not in found:
        several = any(name.startswith("T") for name in found)
        tool = 0 if several else scan.extruder if scan.extruder is not None else active
        found[f"T{tool}"] = bare
    heats = (Heat(name, *values) for letter, values in found.items() if (name := _channel(letter)))
    return TemperatureReport(tuple(sorted(heats, key=lambda heat: heat.heater)), scan.waiting)


def _scan(text: str) -> _Scan | None:
    scan, place, end = _Scan({}), 0, len(text.rstrip())
    while place < end:
        token = _TOKEN.match(text, place)
        if token is None:
            return None
        place = token.end()
        if token["heater"]:
            target = token["target"]
            scan.heaters[token["heater"].upper()] = (float(token["actual"]), None if target is None else float(target))
        elif token["extruder"]:
            scan.extruder = int(token["extruder"])
        elif token["wait"]:
            scan.waiting = True
    return scan


def _channel(letter: str) -> str:
    """The heater's name; empty for what is no heater (probe, ambient, board, redundant sensor)."""
    if letter[0] == "T":
        return f"tool{int(letter[1:])}"
    return {"B": "bed", "C": "chamber"}.get(letter, "")
