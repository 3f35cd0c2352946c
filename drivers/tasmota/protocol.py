"""Tasmota's topics and payloads as plain values: what was measured, how the relays are, whether the plug is there.

Nothing here knows an equipment, a state or the gateway's time. Topics are `<prefix>/<topic>/<word>` or, by the plug's
own setting, `<topic>/<prefix>/<word>`, with `tele` or `stat` as prefix. Formats: Tasmota's documentation of MQTT and of
`ENERGY`, and messages seen on a broker.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

import orjson

from telemetry.model import Channel

PAYLOAD_LIMIT = 16_384
"""Bytes of a message: the firmware's own buffer is 5,120 at most."""

VALUES_LIMIT = 200
"""Values of one message: a plug with a dozen sensors has fifty."""


class MalformedError(Exception):
    """A message is none of Tasmota's; its text is the reason."""


class Word(Enum):
    """What a message is about, by the last word of its topic."""

    SENSOR = "sensor"
    LINK = "link"
    RELAY = "relay"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Value:
    """One measured value."""

    channel: Channel
    value: float
    unit: str


@dataclass(slots=True)
class Report:
    """What one JSON message tells; `time` is its `Time` as written, empty where it has none."""

    values: list[Value] = field(default_factory=list)
    relays: dict[str, str] = field(default_factory=dict)
    time: str = ""
    faults: list[str] = field(default_factory=list)

    @property
    def power_w(self) -> float | None:
        """The whole power, W; None where the message tells none."""
        return next((one.value for one in self.values if one.channel == "power"), None)

    def take(self, name: str, value: float, unit: str) -> None:
        """Keep a value whose name makes a channel, or say why not."""
        channel = _NO_CHANNEL.sub("_", name.lower())[:64]
        if not math.isfinite(value):
            self.faults.append(f"{channel} is not finite")
        elif len(self.values) >= VALUES_LIMIT:
            self.faults.append(f"more than {VALUES_LIMIT} values")
        else:
            self.values.append(Value(Channel(channel), value, unit))


_NO_CHANNEL = re.compile(r"[^a-z0-9_.-]")
_RELAY = re.compile(r"POWER\d{0,2}", re.ASCII)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")

_WORDS: Mapping[str, Word] = {
    **dict.fromkeys(("SENSOR", "STATE", "RESULT", "STATUS"), Word.SENSOR),
    **{f"STATUS{number}": Word.SENSOR for number in range(16)},
    "LWT": Word.LINK,
    **dict.fromkeys(("INFO1", "INFO2", "INFO3", "UPTIME", "LOGGING", "MARGINS", "HASS_STATE", "SENSORS"), Word.OTHER),
}

_ENERGY: Mapping[str, tuple[str, str]] = {
    "Power": ("power", "W"),
    "ApparentPower": ("apparent_power", "VA"),
    "ReactivePower": ("reactive_power", "var"),
    "Factor": ("power_factor", ""),
    "Voltage": ("voltage", "V"),
    "Current": ("current", "A"),
    "Frequency": ("frequency", "Hz"),
    "Total": ("energy_total", "kWh"),
    "Today": ("energy_today", "kWh"),
    "Yesterday": ("energy_yesterday", "kWh"),
    "Period": ("energy_period", "Wh"),
    "ExportActive": ("energy_export", "kWh"),
    "ExportTariff": ("energy_export_tariff", "kWh"),
    "TotalTariff": ("energy_total_tariff", "kWh"),
}
"""The quantities of `ENERGY`; `TotalStartTime` and what newer firmware adds are not among them."""

_SUMMED = frozenset({"Power", "ApparentPower", "ReactivePower", "Current", "Total", "Today", "Yesterday", "Period",
                     "ExportActive"})  # fmt: skip
"""Quantities of several phases whose sum has a meaning."""

_SENSOR_UNITS: Mapping[str, str] = {
    "Humidity": "%",
    "Illuminance": "lx",
    "CarbonDioxide": "ppm",
    "eCO2": "ppm",
    "TVOC": "ppb",
    "PM1": "µg/m³",
    "PM2.5": "µg/m³",
    "PM10": "µg/m³",
    "Distance": "cm",
    "Weight": "kg",
    "Noise": "dB",
    "UvIndex": "",
    "Gas": "kΩ",
}
_TEMPERATURES = frozenset({"Temperature", "DewPoint"})
_PRESSURES = frozenset({"Pressure", "SeaPressure"})


def word_of(topic: str) -> tuple[Word, str]:
    """What a message on `topic` is about, and its last word; raises `MalformedError` where it is none of Tasmota's."""
    *before, last = topic.rsplit("/", 64)
    if "tele" in before or "stat" in before:
        if last in _WORDS:
            return _WORDS[last], last
        if _RELAY.fullmatch(last):
            return Word.RELAY, last
    raise MalformedError("not a topic of Tasmota")


def report_of(payload: bytes) -> Report:
    """What a JSON message tells; raises `MalformedError` where it is no JSON object."""
    if len(payload) > PAYLOAD_LIMIT:
        raise MalformedError(f"longer than {PAYLOAD_LIMIT} bytes")
    try:
        message = orjson.loads(payload)
    except orjson.JSONDecodeError as error:
        raise MalformedError(f"no JSON: {error}") from error
    if not isinstance(message, dict):
        raise MalformedError("no object")
    report = Report()
    _read(message, report)
    return report


def _read(message: Mapping[str, Any], report: Report) -> None:
    for wrapper in ("StatusSNS", "StatusSTS"):
        if isinstance(message.get(wrapper), dict):
            _read({**message[wrapper], wrapper: None}, report)
    if isinstance(message.get("Time"), str):
        report.time = message["Time"]
    report.relays |= {key: word for key, word in message.items() if _RELAY.fullmatch(key) and isinstance(word, str)}
    units = _units_of(message)
    for name, table in message.items():
        if name == "ENERGY" and isinstance(table, dict):
            _read_energy(table, report)
        elif isinstance(table, dict) and name not in _NO_SENSORS:
            _read_sensor(name, table, units=units, report=report)


_NO_SENSORS = frozenset({"StatusSNS", "StatusSTS", "Wifi", "Eth", "Berry", "Status", "StatusPRM", "StatusFWR",
                         "StatusLOG", "StatusMEM", "StatusNET", "StatusMQT", "StatusTIM", "StatusPTH"})  # fmt: skip
"""Tables that tell of the plug itself."""


def _units_of(message: Mapping[str, Any]) -> Mapping[str, str]:
    degrees = {"F": "°F"}.get(str(message.get("TempUnit")), "°C")
    pressure = message.get("PressureUnit")
    pressure = pressure if isinstance(pressure, str) and len(pressure) <= 8 else "hPa"
    return {**_SENSOR_UNITS, **dict.fromkeys(_TEMPERATURES, degrees), **dict.fromkeys(_PRESSURES, pressure)}


def _read_energy(table: Mapping[str, Any], report: Report) -> None:
    for quantity, (name, unit) in _ENERGY.items():
        value = table.get(quantity)
        if value is None:
            continue
        phases = _phases(value)
        if phases is None:
            report.take(name, _number(value), unit)
            continue
        for number, phase in enumerate(phases, start=1):
            report.take(f"{name}_{number}", phase, unit)
        if quantity in _SUMMED and phases:
            report.take(name, math.fsum(phases), unit)


def _phases(value: object) -> list[float] | None:
    """The numbers of a quantity that is told per phase, as a list or as `Phase1` …; None where it is one number."""
    if isinstance(value, list):
        return [_number(one) for one in value[:VALUES_LIMIT]]
    if isinstance(value, dict):
        return [_number(one) for _, one in sorted(value.items())[:VALUES_LIMIT]]
    return None


def _number(value: object) -> float:
    """A number, also one written as a string; NaN where it is none."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return math.nan
    try:
        return float(value)
    except ValueError:
        return math.nan


def _read_sensor(sensor: str, table: Mapping[str, Any], *, units: Mapping[str, str], report: Report) -> None:
    for quantity, value in _quantities(table, units):
        report.take(f"{sensor}_{_CAMEL.sub('_', quantity)}", _number(value), units.get(quantity, ""))


def _quantities(table: Mapping[str, Any], known: Mapping[str, str]) -> Iterator[tuple[str, object]]:
    """Numbers, and strings where the quantity is known to be a number: `Id` is a string of digits too."""
    for quantity, value in table.items():
        if (type(value) in {int, float}) or (quantity in known and isinstance(value, str)):
            yield quantity, value
