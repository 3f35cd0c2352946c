"""What the lab of these tests has entered: lessons on Mondays, opening hours, a term."""

from __future__ import annotations

from datetime import date
from typing import Any

from edge.register.calendar import OpeningHours, Term
from edge.register.contract import Put
from edge.register.lessons import Group, Program, Slot
from telemetry.model import State
from tests.api.lab import MINUTE, NOW, Lab, state

TERM = Term(name="1 четверть", first_day=date(2026, 9, 1), last_day=date(2026, 10, 25))
HOURS = OpeningHours(weekdays=(1, 2, 3, 4, 5), start="08:00", end="18:00")
SLOT = Slot(weekday=1, start="16:00", end="17:00", room="workshop", group="pr-1", program="robotics", learners=12)
"""On the Monday of NOW: 13:00 to 14:00 UTC, just over."""

DAY = {"start": "2026-09-21T00:00:00+03:00", "end": "2026-09-22T00:00:00+03:00"}
SESSION = "mon-1:2026-09-21"


def school() -> tuple[Put, ...]:
    return (
        Put("q1", TERM),
        Put("open", HOURS),
        Put("robotics", Program(name="Робототехника", track="hightech")),
        Put("pr-1", Group(name="ПР-1", program="robotics", learners=12)),
        Put("mon-1", SLOT),
    )


def lesson(lab: Lab) -> None:
    """The mill worked for half of the lesson that has just ended."""
    lab.keep(
        [
            state(NOW - 10 * 60 * MINUTE, State.IDLE),
            state(NOW - 40 * MINUTE, State.BUSY),
            state(NOW - 10 * MINUTE, State.IDLE),
        ]
    )


def one(items: list[dict[str, Any]], **words: str) -> dict[str, Any]:
    """The only item that has these words."""
    (found,) = [item for item in items if all(item[name] == word for name, word in words.items())]
    return found
