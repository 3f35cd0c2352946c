"""What one line says: a row of named numbers, or a heading that names them.

Knows nothing of earlier lines (that is `table`), of channels or of time; never raises.

    {"t":0.2,"co2":1377,"acc":{"x":1}}     JSON object: t, co2, acc_x
    Temp: 23.5 C, Hum=40 %                 pairs, several on a line
    T=23.5 H=40                            pairs divided by blanks
    # boot v1.2   DEBUG: n=7   I (31) x:   comments
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from math import isfinite
from typing import TypeAlias

import orjson

from drivers.lines.quantities import number

REGEX_LINE_LIMIT = 256
"""Characters of a line that a regular expression is tried on: more would let a careless pattern take seconds."""

Cell: TypeAlias = tuple[str, float, str]
"""A value: the device's name for it, the finite number, the unit or nothing."""


@dataclass(frozen=True, slots=True)
class Row:
    """The numbers of a line; `faults` names what should be a number and is none."""

    cells: tuple[Cell, ...]
    faults: tuple[str, ...] = ()

    @property
    def sound(self) -> bool:
        """Whether the line is surely a row: numbers, and nothing else."""
        return bool(self.cells) and not self.faults


@dataclass(frozen=True, slots=True)
class Heading:
    """Names for the rows to come."""

    names: tuple[str, ...]


Said: TypeAlias = Row | Heading | None

_COMMENT = re.compile(
    r"#|//|(?i:debug|info|warn|warning|error|trace|log)\b|(?:\[[ \d]{0,12}\])?\[[EWIDV]\]|[EWIDV] \(\d"
)


def is_comment(text: str) -> bool:
    """Whether a line is meant for people: comments, debug output, ESP-IDF's log."""
    return _COMMENT.match(text) is not None


def row_of(named: Iterator[tuple[str, float | str | None, str]]) -> Row:
    """A row of (name, number or what stands in its place, unit); `None` is a value that is missing."""
    cells, faults = [], []
    for name, value, unit in named:
        if isinstance(value, float) and isfinite(value):
            cells.append((name, value, unit))
        elif value is not None:
            faults.append(f"{name}: {'not finite' if isinstance(value, float) else f'{value[:40]!r} is no number'}")
    return Row(tuple(cells), tuple(faults))


def json_row(text: str) -> Row | None:
    """The numbers of a JSON object; texts that are no numbers are labels, deeper levels and lists are faults."""
    if not text.startswith("{"):
        return None
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    return row_of(_flat(found))


def _flat(found: dict[str, object]) -> Iterator[tuple[str, float | str | None, str]]:
    for name, value in found.items():
        if isinstance(value, dict):
            for inner, deep in value.items():
                yield _json_value(f"{name}_{inner}", deep)
        else:
            yield _json_value(name, value)


def _json_value(name: str, value: object) -> tuple[str, float | str | None, str]:
    if isinstance(value, int | float):
        return name, float(value), ""
    if isinstance(value, str):
        return name, *(number(value) or (None, ""))
    return name, None if value is None else "a nested value", ""


_NEXT_PAIR = re.compile(r"[ \t]{1,16}(?=[^\W\d]\w{0,63}[ \t]{0,4}[:=])")
_DIVIDER = re.compile(r"[:=]")
_PAIR = re.compile(r"([^\W\d][^:=]{0,63})[:=](.+)")


def pairs_row(text: str, decimal: str = ".") -> Row | None:
    """The numbers of `name:value` or `name=value` pairs; `None` where no part of the line is a pair with a number."""
    parts = re.split(r"[,;|\t]" if decimal == "." else r"[;|\t]", text)
    pairs = [pair for part in parts if part.strip() for pair in _divided(part.strip())]
    found = [_PAIR.fullmatch(pair) for pair in pairs]
    values = [number(pair[2], decimal) if pair else None for pair in found]
    if not any(values):
        return None
    return row_of(
        (pair[1].strip(), *value) if pair and value else ("line", text, "")
        for text, pair, value in zip(pairs, found, values, strict=True)
    )


def _divided(part: str) -> list[str]:
    """The pairs between two separators; blanks divide them only behind a pair: `Air temp:23 Hum:40` has two."""
    pairs: list[str] = []
    for piece in _NEXT_PAIR.split(part):
        if pairs and not _DIVIDER.search(pairs[-1]):
            pairs[-1] += f" {piece}"
        else:
            pairs.append(piece)
    return pairs


def regex_row(text: str, pattern: re.Pattern[str], decimal: str = ".") -> Row | None:
    """The numbers in the named groups of `pattern`; groups that took no part are missing values."""
    found = pattern.search(text) if len(text) <= REGEX_LINE_LIMIT else None
    if found is None:
        return None
    return row_of(
        (name, *(number(value, decimal) or (value, ""))) if value else (name, None, "")
        for name, value in found.groupdict().items()
    )
