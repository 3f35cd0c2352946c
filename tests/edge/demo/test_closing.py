from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from edge.clock import ManualClock
from edge.demo import calendar, closing, school
from edge.demo.lab import DemoLab
from edge.journal.memory import MemoryJournal
from edge.monitoring.contract import Monitoring, Period
from edge.monitoring.office import monitoring_of
from edge.register.sqlite import SqliteRegister
from edge.settings import Centre, Equipment, Kind, Settings
from edge.store.local import LocalStore
from edge.store.memory import MemoryStore

ZONE = ZoneInfo("Europe/Moscow")
SETTINGS = Settings(
    centre=Centre(id="demo"),
    equipment=tuple(
        Equipment(id=f"{room}-machine", name=room, kind=Kind.OTHER, track=room, room=room, driver="grbl")
        for room in ("chembio", "hightech", "it", "promrobo", "workshop")
    ),
)


@pytest.fixture(params=[date(2026, 11, 22), date(2027, 1, 2), date(2026, 7, 1)], ids=str)
def today(request: pytest.FixtureRequest) -> date:
    return request.param  # type: ignore[no-any-return]  # pytest does not know its parameters


@pytest.fixture
def register(tmp_path: Path) -> Iterator[SqliteRegister]:
    opened = SqliteRegister(tmp_path / "register.sqlite")
    yield opened
    opened.close()


@pytest.fixture
def monitoring(today: date, register: SqliteRegister) -> Monitoring:
    """The monitoring of a demo centre on some day, its machines silent."""
    now = calendar.instant(today, time(12), ZONE)
    clock = ManualClock(now)
    store = MemoryStore(MemoryJournal(clock=clock))
    school.enter(register, SETTINGS.equipment, ZONE, seed=40, now=now)
    desk = closing.Desk(SETTINGS, store, register, ZONE, now)
    closing.enter(desk, seed=40)
    closing.enter(desk, seed=40)
    return monitoring_of(store, register, lambda: SETTINGS.equipment, centre=SETTINGS.centre, clock=clock)


def test_the_last_quarter_is_closed_once_and_one_protocol_came_late(monitoring: Monitoring, today: date) -> None:
    (edition,) = monitoring.editions()
    last = Period(today.year - (today.month < 4), (today.month - 1) // 3 or 4)
    assert (edition.period, edition.number) == (last, 1)
    changed = [one.number for one in monitoring.differences(edition) if one.by is None]
    assert changed == ["1.8", "2.8"]


def test_every_official_indicator_has_a_believable_value(monitoring: Monitoring) -> None:
    (edition,) = monitoring.editions()
    report = monitoring.closed_report(edition)
    empty = [one.indicator.number for one in report.items if not one.year_to_date.numerator]
    assert [number for number in empty if not number.startswith("A.")] == []
    assert all(one.text for one in report.directions)


def test_the_register_of_the_demo_is_whole(monitoring: Monitoring, register: SqliteRegister) -> None:
    assert (len(monitoring.editions()), register.verify()) == (1, ())


def test_the_closed_quarter_has_the_sessions_that_its_telemetry_proves(tmp_path: Path) -> None:
    clock = ManualClock(calendar.instant(date(2026, 11, 22), time(12), ZONE))
    lab = DemoLab(Settings(), tmp_path, clock)
    lab.write_history()
    lab.enter_register()
    lab.enter_year()
    store, register = LocalStore(tmp_path / "journal.sqlite"), SqliteRegister(tmp_path / "register.sqlite")
    try:
        equipment, centre = lab.settings.equipment, lab.settings.centre
        monitoring = monitoring_of(store, register, lambda: equipment, centre=centre, clock=clock)
        (edition,) = monitoring.editions()
        report = monitoring.closed_report(edition)
        empty = [one.indicator.number for one in report.items if not one.year_to_date.numerator]
        assert (edition.period, empty) == (Period(2026, 3), [])
        assert {one.number for one in monitoring.differences(edition)} == {"1.8", "2.8"}
    finally:
        register.close()
        store.close()
