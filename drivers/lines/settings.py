"""The `options` of an equipment that sends text lines, and what its simulator measures."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from drivers.contract import DriverSettings
from telemetry.model import NS_PER_MS, NS_PER_S


class Format(StrEnum):
    """What a line is; `auto` finds out whether it is CSV, JSON or pairs, and keeps to it."""

    AUTO = "auto"
    CSV = "csv"
    JSON = "json"
    PAIRS = "pairs"
    REGEX = "regex"


class Separator(StrEnum):
    """What stands between the cells of a CSV line; `auto` finds out."""

    AUTO = "auto"
    COMMA = ","
    SEMICOLON = ";"
    TAB = "\t"
    BLANK = " "


class TimeUnit(StrEnum):
    """The unit of a time column, counted from the device's start."""

    US = "us"
    MS = "ms"
    S = "s"

    @property
    def ns(self) -> int:
        """One of it in ns."""
        return {TimeUnit.US: 1000, TimeUnit.MS: NS_PER_MS, TimeUnit.S: NS_PER_S}[self]


class Signal(StrEnum):
    """What the simulator measures."""

    TEMPERATURE = "temperature"
    LIGHT = "light"
    PH = "ph"
    PENDULUM = "pendulum"


class Simulated(DriverSettings):
    """The device that the simulator is: what it measures, how often, and how it writes it."""

    signal: Signal = Signal.TEMPERATURE
    format: Literal[Format.CSV, Format.JSON, Format.PAIRS] = Format.CSV
    rate_hz: Annotated[float, Field(ge=0.001, le=200)] = 1.0


class Column(DriverSettings):
    """One value of a line, found by the `name` that the device gives it, or by its place where it gives none.

    The reading is `value * scale + offset` in `unit`, on `channel` (made from the name if empty). `ignore` is for
    values that are no measurements: counters, texts.
    """

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64)]
    channel: Annotated[str, StringConstraints(pattern=r"^(?:[a-z0-9][a-z0-9_]{0,63})?$")] = ""
    unit: Annotated[str, StringConstraints(max_length=16)] = ""
    scale: Annotated[float, Field(allow_inf_nan=False)] = 1.0
    offset: Annotated[float, Field(allow_inf_nan=False)] = 0.0
    ignore: bool = False


def _safe_pattern(pattern: str) -> str:
    """`pattern`, if it compiles, names groups and repeats none: nested repeats are what makes matching explode."""
    try:
        groups = re.compile(pattern).groupindex
    except re.error as error:
        message = f"no regular expression: {error}"
        raise ValueError(message) from error
    if pattern and not groups:
        message = "the pattern names no group: write (?P<name>...) around each value"
        raise ValueError(message)
    if re.search(r"\)[*+{]", pattern):
        message = "a repeated group can take for ever on some lines: repeat single characters or classes only"
        raise ValueError(message)
    return pattern


class LinesSettings(DriverSettings):
    r"""How lines are read.

    `pattern` is the regular expression of format `regex`, searched in each line of at most 256 characters; every
    named group is a value. It comes from the lab, never from a device, and repeated groups are refused; a pattern of
    many neighbouring `.*` is still slow, so write classes (`\d+`, `[^,]+`).
    `columns` gives channels, units and scales; without it every number is recorded under the name that it has.
    `time_column` names the column that counts `time_unit` from the device's start; without it the time is that of
    receipt. `period_s` is the sampling period (0: measured): silence of more than three periods, and of more than a
    minute, is idle.
    """

    format: Format = Format.AUTO
    pattern: Annotated[str, StringConstraints(max_length=500), AfterValidator(_safe_pattern)] = ""
    separator: Separator = Separator.AUTO
    decimal: Literal[".", ","] = "."
    columns: Annotated[tuple[Column, ...], Field(max_length=64)] = ()
    time_column: Annotated[str, StringConstraints(strip_whitespace=True, max_length=64)] = ""
    time_unit: TimeUnit = TimeUnit.MS
    period_s: Annotated[float, Field(ge=0, le=86_400)] = 0.0
    simulated: Simulated = Simulated()

    @model_validator(mode="after")
    def _sound(self) -> Self:
        faults = {
            "a pattern belongs to format regex, and format regex needs one": (
                (self.format is Format.REGEX) is not bool(self.pattern)
            ),
            "a decimal comma needs another separator than the comma": (
                self.decimal == "," and self.separator is Separator.COMMA
            ),
            "two columns have one name": _repeats([column.name for column in self.columns]),
            "two columns have one channel": _repeats([column.channel for column in self.columns if column.channel]),
        }
        for message, present in faults.items():
            if present:
                raise ValueError(message)
        return self

    @property
    def period_ns(self) -> int:
        """The sampling period; 0 where it is to be measured."""
        return round(self.period_s * NS_PER_S)


def _repeats(names: list[str]) -> bool:
    return len(set(names)) < len(names)
