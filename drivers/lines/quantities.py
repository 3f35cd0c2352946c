"""Numbers as microcontrollers print them, with or without a unit behind: `31.92 Deg C`, `-.5`, `1e-3 V`, `12,5`.

Never raises; what is no number is `None`, and `nan`, `inf`, `ovf` or too large a number is one that is not finite.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

NAN = float("nan")

_NUMBER = re.compile(
    r"([+-]?(?:[0-9]{1,400}(?:\.[0-9]{0,400})?|\.[0-9]{1,400})(?:[eE][+-]?[0-9]{1,4})?)"
    r"(?:[ \t]{0,8}((?:[^\W\d_]|[°%‰])[^\d,;:=]{0,14}[23²³]?))?"
)

_NOT_FINITE = frozenset({"nan", "inf", "infinity", "ovf"})
"""What C, JavaScript and Arduino's `Print` write for numbers that are none."""

_UNITS: Mapping[str, str] = MappingProxyType(
    {"deg c": "°C", "degc": "°C", "celsius": "°C", "deg f": "°F", "degf": "°F", "deg": "°", "percent": "%"}
)
"""Units that are written out, as one spelling; every other one is kept as the device names it."""


def number(text: str, decimal: str = ".") -> tuple[float, str] | None:
    """The value and the unit that `text` writes."""
    text = text.strip()
    if decimal != ".":
        text = text.replace(decimal, ".", 1)
    if found := _NUMBER.fullmatch(text):
        return float(found[1]), spelled(found[2] or "")
    return (NAN, "") if text.lstrip("+-").lower() in _NOT_FINITE else None


def spelled(unit: str) -> str:
    """A unit in its one spelling."""
    return _UNITS.get(unit.strip().lower(), unit.strip())
