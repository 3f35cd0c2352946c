"""Bars of a report's charts in the coordinates of their picture; the template draws them.

A value that is withheld has no height from which it could be read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 320.0, 116.0
"""Of a chart of quarters, in its own units: two stand side by side on an A4 page."""

_TOP, _BOTTOM, _GAP = 16.0, 22.0, 4.0


@dataclass(frozen=True, slots=True)
class Point:
    """One quarter: its label below, its value or None, and what is written above it."""

    label: str
    value: float | None
    told: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar and its two texts; `hidden` where there is no value to draw."""

    x: float
    y: float
    width: float
    height: float
    middle: float
    label: str
    told: str
    hidden: bool


@dataclass(frozen=True, slots=True)
class Chart:
    """One indicator's quarters, side by side."""

    title: str
    bars: tuple[Bar, ...]
    width: float = WIDTH
    height: float = HEIGHT
    floor: float = HEIGHT - _BOTTOM


def chart_of(title: str, points: Sequence[Point]) -> Chart:
    """Bars as high as their values, the highest one as high as the picture lets it."""
    highest = max((point.value for point in points if point.value is not None), default=0.0)
    step = WIDTH / max(len(points), 1)
    return Chart(title, tuple(_bar(point, place * step, step, highest) for place, point in enumerate(points)))


def _bar(point: Point, x: float, step: float, highest: float) -> Bar:
    room = HEIGHT - _TOP - _BOTTOM
    height = room * point.value / highest if point.value and highest else 0.0
    return Bar(
        x=round(x + _GAP / 2, 1),
        y=round(HEIGHT - _BOTTOM - height, 1),
        width=round(step - _GAP, 1),
        height=round(height, 1),
        middle=round(x + step / 2, 1),
        label=point.label,
        told=point.told,
        hidden=point.value is None,
    )
