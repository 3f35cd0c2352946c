"""When the demo lab is open and what is held: lessons, clubs and holidays of any date, by seed.

A stand-in for a timetable that a real centre enters; only the demo uses it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from telemetry.model import NS_PER_S, Instant

BELLS = (time(8, 30), time(9, 25), time(10, 30), time(11, 35), time(12, 30), time(13, 25))
LESSON_MIN = 40
CLUB_STARTS = (time(15, 0), time(16, 45))
CLUB_MIN = 90

FIXED_HOLIDAYS = frozenset(
    [(1, day) for day in range(1, 9)] + [(2, 23), (3, 8), (5, 1), (5, 9), (6, 12), (11, 4), (12, 31)]
)
"""State holidays of Russia as (month, day)."""

BREAKS = (((10, 26), (11, 3)), ((12, 29), (12, 31)), ((1, 1), (1, 10)), ((3, 23), (3, 31)), ((6, 1), (8, 31)))
"""School holidays as usual in schools with quarters: first and last (month, day), both included."""


@dataclass(frozen=True, slots=True)
class Held:
    """A lesson or club in one room: [start, end) ns UTC."""

    room: str
    start: Instant
    end: Instant
    is_club: bool


def is_open(day: date) -> bool:
    """Whether anyone comes to the lab on `day`."""
    if day.weekday() == 6 or (day.month, day.day) in FIXED_HOLIDAYS:
        return False
    return not any(first <= (day.month, day.day) <= last for first, last in BREAKS)


def held_on(day: date, rooms: tuple[str, ...], *, seed: int, zone: ZoneInfo) -> list[Held]:
    """What is held on `day` in `rooms`, by room and start; the same seed and day give the same."""
    if not is_open(day):
        return []
    rng = Random(f"{seed}:{day.isocalendar().week % 2}:{day.weekday()}")  # weeks A and B
    held: list[Held] = []
    for room in rooms:
        bells = BELLS[:4] if day.weekday() == 5 else BELLS
        held += [_held(room, day, bell, LESSON_MIN, zone) for bell in bells if rng.random() < 0.55]
        clubs = () if day.weekday() == 5 else CLUB_STARTS
        held += [_held(room, day, start, CLUB_MIN, zone) for start in clubs if rng.random() < 0.5]
    return held


def instant(day: date, at: time, zone: ZoneInfo) -> Instant:
    """The instant of a wall-clock time in `zone`."""
    return int(datetime.combine(day, at, zone).timestamp()) * NS_PER_S


def days(start: Instant, end: Instant, zone: ZoneInfo) -> list[date]:
    """Every date of `zone` that [start, end) touches."""
    if end <= start:
        return []
    first = datetime.fromtimestamp(start / NS_PER_S, zone).date()
    last = datetime.fromtimestamp((end - 1) / NS_PER_S, zone).date()
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def quarter_start(now: Instant, zone: ZoneInfo) -> Instant:
    """The first instant of the calendar quarter that holds `now`."""
    today = datetime.fromtimestamp(now / NS_PER_S, zone).date()
    first = date(today.year, (today.month - 1) // 3 * 3 + 1, 1)
    return instant(first, time(0), zone)


def quarter_before(now: Instant, zone: ZoneInfo) -> Instant:
    """The first instant of the calendar quarter before the one that holds `now`."""
    return quarter_start(quarter_start(now, zone) - 24 * 3600 * NS_PER_S, zone)


def _held(room: str, day: date, start: time, minutes: int, zone: ZoneInfo) -> Held:
    begins = instant(day, start, zone)
    return Held(room, begins, begins + minutes * 60 * NS_PER_S, is_club=minutes == CLUB_MIN)
