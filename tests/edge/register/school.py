"""A small school's register, for the tests of all its parts."""

from __future__ import annotations

from collections.abc import Sequence

from edge.register.calendar import Bell, BellSchedule
from edge.register.contract import Change, Put, Register
from edge.register.entry import Entry
from edge.register.evidence import Attendance
from edge.register.lessons import Group, Program, Slot, Teacher
from telemetry.model import Instant

T: Instant = 1_790_000_000_000_000_000

PROGRAM = Program(name="Промробототехника", track="hightech")
GROUP = Group(name="ПР-1", program="robotics", learners=12)
TEACHER = Teacher(name="Иванова А. П.")
SLOT = Slot(weekday=1, lesson=2, room="workshop", group="pr-1", program="robotics", teacher="ivanova", learners=12)
BELLS = BellSchedule(
    name="Обычный день",
    bells=(Bell(lesson=1, start="09:00", end="09:45"), Bell(lesson=2, start="09:55", end="10:40")),
)
ATTENDANCE = Attendance(session="mon-2:2026-11-23", count=3, learners=("L-001", "L-002", "L-003"))


def enter(register: Register, *changes: Change, author: str = "ivanova", at: Instant = T) -> int:
    """Apply changes with a reason."""
    return register.apply(changes, author=author, reason="начало года", at=at)


def put(register: Register, *entries: tuple[str, Entry], at: Instant = T) -> int:
    """Enter what was not there."""
    return enter(register, *(Put(entry, value) for entry, value in entries), at=at)


def school() -> Sequence[tuple[str, Entry]]:
    """A program, a group, a teacher, bells and a slot."""
    return (
        ("robotics", PROGRAM),
        ("pr-1", GROUP),
        ("ivanova", TEACHER),
        ("everyday", BELLS),
        ("mon-2", SLOT),
    )
