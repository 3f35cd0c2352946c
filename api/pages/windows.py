"""The windows of time that an equipment's page shows: presets, and what any other one is called.

It only does sums; checking what a request asks for is the route's.
"""

from __future__ import annotations

from dataclasses import dataclass

from api.instants import format_instant
from api.pages.texts import Texts
from telemetry.model import NS_PER_S, Instant

MINUTE_NS = 60 * NS_PER_S
PRESETS = {
    "1m": MINUTE_NS,
    "10m": 10 * MINUTE_NS,
    "1h": 60 * MINUTE_NS,
    "8h": 480 * MINUTE_NS,
    "1d": 1440 * MINUTE_NS,
    "7d": 7 * 1440 * MINUTE_NS,
    "30d": 30 * 1440 * MINUTE_NS,
    "91d": 91 * 1440 * MINUTE_NS,
    "365d": 365 * 1440 * MINUTE_NS,
}
DEFAULT = "8h"


@dataclass(frozen=True, slots=True)
class Choice:
    """A link to another window."""

    text: str
    query: str
    current: bool


@dataclass(frozen=True, slots=True)
class Span:
    """The window that is shown, the ways to others, and the preset's name where it moves on with the time.

    `later` is empty where there is nothing later yet.
    """

    start: str
    end: str
    text: str
    presets: tuple[Choice, ...]
    earlier: str
    later: str
    follows: str


def span_of(start: Instant, end: Instant, *, preset: str, texts: Texts, now: Instant) -> Span:
    """The window [start, end); `preset` is its name where it ends now, else empty."""
    presets = tuple(
        Choice(texts(f"window.{name}"), f"window={name}", name == (preset or _preset_of(end - start)))
        for name in PRESETS
    )
    half = max((end - start) // 2, NS_PER_S)
    return Span(
        start=format_instant(start),
        end=format_instant(end),
        text=texts.range(start, end, now),
        presets=presets,
        earlier=_query(start - half, end - half),
        later=_query(start + half, end + half) if end < now and not preset else "",
        follows=preset,
    )


def _preset_of(length: int) -> str:
    return next((name for name, ns in PRESETS.items() if ns == length), "")


def _query(start: Instant, end: Instant) -> str:
    return f"start={format_instant(start)}&end={format_instant(end)}"
