"""The golden year as it stands in its file: words and whole numbers.

Nothing here computes a result or uses the product: the reference and the product both begin from these words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.golden.world import Change, change, instant

YEAR = 2026
PERIODS = ((2026, 1), (2026, 2), (2026, 3), (2026, 4))

Entries = Mapping[str, Mapping[str, Mapping[str, Any]]]
"""By kind and id, each field as it is written."""


@dataclass(frozen=True)
class Year:
    """The file, its times in one zone."""

    zone: str
    told: Mapping[str, Any]

    @property
    def register(self) -> Entries:
        entries: Entries = self.told["register"]
        return entries

    @property
    def late_register(self) -> Entries:
        entries: Entries = self.told["late"]["register"]
        return entries

    @property
    def changes(self) -> tuple[Change, ...]:
        return changes(self.told["machines"], self.zone)

    @property
    def late_changes(self) -> tuple[Change, ...]:
        return changes(self.told["late"]["machines"], self.zone)

    def at(self, text: str) -> int:
        return instant(text, self.zone)


def changes(machines: Mapping[str, Any], zone: str) -> tuple[Change, ...]:
    return tuple(change(name, text, zone, "") for name, texts in machines.items() for text in texts)


def year(zone: str) -> Year:
    text = (Path(__file__).parent / "year.yaml").read_text("utf-8")
    return Year(zone, yaml.load(text, yaml.BaseLoader))  # noqa: S506 - words alone, no objects


Value = tuple[int, int | None]
"""Numerator, and for a share denominator."""


def value(text: str, unit: str = "") -> Value:
    """`5`, `3/5`, in minutes where the unit is `min`."""
    times = 60_000_000_000 if unit == "min" else 1
    first, _, second = text.partition("/")
    return int(first) * times, int(second) * times if second else None


def values(text: str, unit: str = "") -> tuple[Value, ...]:
    return tuple(value(word, unit) for word in text.split())


def parts(text: str, unit: str = "") -> dict[str, Value]:
    """`it=2 -=1`, where `-` has no key."""
    words = (word.rpartition("=") for word in text.split())
    return {"" if key == "-" else key: value(number, unit) for key, _, number in words}
