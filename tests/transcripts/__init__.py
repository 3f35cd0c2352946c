"""Recordings of real firmware and real programs, and the one reader of their format.

A line is `seconds > literal` (sent to the device), `seconds < literal` (said by the device), `seconds ~ literal` (a
part of the next line, seen before it was whole; left out here), `seconds topic payload` (MQTT) or `# comment`.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import Path

from drivers.contract import Publish, Unit

FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Line:
    """One line: ns since the recording's start, whether the device said it, what was moved, or a comment."""

    at_ns: int
    from_device: bool
    unit: Unit
    comment: str = ""


def read(name: str) -> list[Line]:
    """The recording `name` (`grbl-sim`), comments included as empty units with the time of the line before."""
    lines: list[Line] = []
    for text in (FOLDER / f"{name}.txt").read_text("utf-8").splitlines():
        if text.strip():
            lines.append(_line(text.strip(), lines[-1].at_ns if lines else 0))
    return [line for line in lines if line.comment != "~"]


def _line(text: str, last_ns: int) -> Line:
    if text.startswith("#"):
        return Line(last_ns, from_device=False, unit=b"", comment=text[1:].strip())
    seconds, rest = text.split(" ", 1)
    at_ns = round(float(seconds) * 1e9)
    mark, _, body = rest.strip().partition(" ")
    if mark == "~":
        return Line(at_ns, from_device=True, unit=b"", comment="~")
    if mark in {"<", ">"}:
        literal = ast.literal_eval(body)
        raw = literal if isinstance(literal, bytes) else str(literal).encode("utf-8")
        return Line(at_ns, from_device=mark == "<", unit=raw)
    return Line(at_ns, from_device=True, unit=Publish(mark, body.encode("utf-8")))
