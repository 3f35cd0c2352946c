"""The directions of work of a quarter: what was planned, what was done of it, and what is told.

Judges nothing: done is what somebody entered as done.
"""

from __future__ import annotations

from dataclasses import dataclass

from api.pages.monitoring_words import day_text
from api.pages.texts import Texts
from edge.monitoring.contract import Direction


@dataclass(frozen=True, slots=True)
class WorkLine:
    """A line of the plan of work."""

    id: str
    name: str
    planned: str
    done: str
    outcome: str


@dataclass(frozen=True, slots=True)
class DirectionLine:
    """A direction of work."""

    code: str
    name: str
    planned: int
    done: int
    percent: int
    lines: tuple[WorkLine, ...]
    text: str


def direction_line(direction: Direction, texts: Texts) -> DirectionLine:
    """One direction with the lines of its plan."""
    lines = tuple(
        WorkLine(ident, name, day_text(planned, texts), "" if done is None else day_text(done, texts), outcome)
        for ident, name, planned, done, outcome in direction.lines
    )
    return DirectionLine(
        code=direction.code,
        name=texts.word("choice.Direction", direction.code),
        planned=direction.planned,
        done=direction.done,
        percent=min(round(100 * direction.done / direction.planned), 100) if direction.planned else 0,
        lines=lines,
        text=direction.text,
    )
