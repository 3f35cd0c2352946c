"""The only lines that may ever be sent to a printer of this family: none moves, heats, writes or resets."""

from __future__ import annotations

import re

from drivers.contract import Unit

QUESTIONS = re.compile(r"M105|M27(?: S\d{1,3})?|M115|M155 S\d{1,3}|M110 N0")

_NUMBERED = re.compile(rf"(N\d{{1,9}} (?:{QUESTIONS.pattern}))\*(\d{{1,3}})", re.ASCII)


def numbered(question: str, number: int) -> str:
    """`question` with its line number and checksum: the exclusive or of all bytes before the star."""
    line = f"N{number} {question}"
    return f"{line}*{checksum(line)}"


def checksum(line: str) -> int:
    """The exclusive or of the bytes of `line` (RepRap wiki, G-code: checking)."""
    total = 0
    for byte in line.encode():
        total ^= byte
    return total


def allowed(unit: Unit) -> bool:
    """Whether `unit` may leave: exactly one question, plain or with its right checksum, and its line feed."""
    if not isinstance(unit, bytes) or not unit.endswith(b"\n") or not unit.isascii():
        return False
    line = unit[:-1].decode("ascii")
    whole = _NUMBERED.fullmatch(line)
    if whole is not None:
        return checksum(whole[1]) == int(whole[2])
    return QUESTIONS.fullmatch(line) is not None
