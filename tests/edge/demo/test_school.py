from __future__ import annotations

from datetime import date, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from edge.clock import ManualClock
from edge.demo import calendar, school
from edge.demo.lab import SEED, DemoLab
from edge.numbers.entered import entered_of
from edge.register.calendar import Term
from edge.register.contract import Put
from edge.register.database import MEMORY
from edge.register.sqlite import SqliteRegister
from edge.settings import Equipment, Settings
from edge.zones import zone_of
from telemetry.lessons import lessons
from telemetry.model import NS_PER_S

MOSCOW = ZoneInfo("Europe/Moscow")
NOW = 1_790_000_000 * NS_PER_S
EQUIPMENT = tuple(
    Equipment(id=f"one-{room}", name=room, room=room, track=room, driver="grbl")
    for room in ("it", "printers", "workshop")
)


@pytest.mark.parametrize(
    ("first", "days"), [(date(2026, 8, 25), 130), (date(2027, 1, 1), 160), (date(2025, 12, 20), 30)]
)
def test_what_is_entered_is_what_the_history_was_made_of(first: date, days: int) -> None:
    register = SqliteRegister(MEMORY)
    school.enter(register, EQUIPMENT, MOSCOW, seed=SEED, now=NOW)
    entered = entered_of(register.snapshot(), EQUIPMENT, zone_of("Europe/Moscow"))
    rooms = ("it", "printers", "workshop")
    meant = [
        (held.start, held.end, held.room)
        for n in range(days)
        for held in calendar.held_on(first + timedelta(days=n), rooms, seed=SEED, zone=MOSCOW)
    ]
    begin = calendar.instant(first, time(0), MOSCOW)
    end = calendar.instant(first + timedelta(days=days), time(0), MOSCOW)
    found = lessons(entered.timetable, entered.inventory, entered.zone, (begin, end))
    told = zip(found.start.tolist(), found.end.tolist(), found.room.tolist(), strict=True)
    assert sorted((start, stop, found.rooms[room]) for start, stop, room in told) == sorted(meant)
    register.close()


def test_what_somebody_entered_is_left_alone() -> None:
    register = SqliteRegister(MEMORY)
    own = Term(name="моя", first_day=date(2026, 9, 1), last_day=date(2026, 10, 1))
    register.apply([Put("own", own)], author="Иванова", reason="сама", at=NOW)
    school.enter(register, EQUIPMENT, MOSCOW, seed=SEED, now=NOW)
    assert [row.id for row in register.rows(Term).value] == ["own"]
    register.close()


def test_the_demo_lab_enters_its_timetable_once(tmp_path: Path) -> None:
    lab = DemoLab(Settings(), tmp_path, ManualClock(NOW))
    for _ in range(2):
        lab.enter_register()
    register = SqliteRegister(tmp_path / "register.sqlite")
    assert register.version() == 1
    register.close()
