from __future__ import annotations

import tomllib
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.catalog import CATALOG
from drivers.contract import Act, Setting, Step
from edge.demo import calendar
from edge.demo.history import Past
from edge.demo.lab import ROSTER
from edge.settings import Equipment
from telemetry.model import (
    NS_PER_S,
    EquipmentId,
    JobOutcome,
    JobPhase,
    JobSeen,
    Reading,
    ReadingBatch,
    Record,
    RunPhase,
    RunSeen,
    State,
    StateSeen,
)

ZONE = ZoneInfo("Europe/Moscow")
NOW = int(datetime(2026, 11, 19, 12, tzinfo=UTC).timestamp()) * NS_PER_S
START = calendar.quarter_start(NOW, ZONE)
ROOMS = ("it", "workshop")


def roster() -> tuple[Equipment, ...]:
    text = ROSTER.read_text("utf-8").replace("{tcp}", "1")
    return tuple(Equipment.model_validate(table) for table in tomllib.loads(text)["equipment"])


@pytest.fixture(scope="module")
def past() -> list[Record]:
    return [record for day in Past(roster(), ZONE, 40).days(START, NOW) for record in day]


def test_the_same_seed_lives_the_same_past(past: list[Record]) -> None:
    assert [r for day in Past(roster(), ZONE, 40).days(START, NOW) for r in day] == past
    assert [r for day in Past(roster(), ZONE, 41).days(START, NOW) for r in day] != past


def test_the_past_lies_in_its_window(past: list[Record]) -> None:
    for record in past:
        if isinstance(record, ReadingBatch):
            assert START <= record.t[0] <= record.t[-1] < NOW
        else:
            assert START <= record.at < NOW


def test_every_equipment_has_worked_and_something_broke(past: list[Record]) -> None:
    states = [record for record in past if isinstance(record, StateSeen)]
    assert {s.equipment for s in states if s.state is State.BUSY} == {e.id for e in roster()}
    assert {s.state for s in states} == set(State) - {State.UNKNOWN}


@pytest.mark.parametrize("equipment", roster(), ids=lambda e: str(e.id))
def test_the_past_has_the_channels_and_units_of_the_live_device(equipment: Equipment, past: list[Record]) -> None:
    live = live_channels(equipment)
    told = {(r.channel, r.unit) for r in past if isinstance(r, ReadingBatch) and r.equipment == equipment.id}
    assert told <= live, "what the past has and the live device has not would stand on its card for ever"


def live_channels(equipment: Equipment) -> set[tuple[str, str]]:
    """What a driver reads of the device's simulator in the first minutes of its work."""
    spec = CATALOG[equipment.driver]
    topic = equipment.link.mqtt if equipment.link and equipment.link.mqtt else "#"
    setting = Setting(EquipmentId(equipment.id), topic=topic)
    options = spec.settings.model_validate(equipment.options)
    device, driver = spec.simulator(setting, options, 3), spec.driver(setting, options)
    found: set[tuple[str, str]] = set()

    def told(step: Step, at: int) -> None:
        for unit in step.send:
            heard = driver.received(unit, at)
            found.update((r.channel, r.unit) for r in heard.records if isinstance(r, Reading | ReadingBatch))
            for asked in heard.send:
                told(device.received(asked, at), at)

    driver.opened(NOW)
    told(device.opened(NOW), NOW)
    told(device.act(Act.START, NOW, name="x.gcode"), NOW)
    for at in range(NOW, NOW + 120 * NS_PER_S, NS_PER_S):
        told(device.woken(at), at)
        for asked in driver.woken(at).send:
            told(device.received(asked, at), at)
    return found


def test_prints_run_at_night_and_jobs_end_in_every_way(past: list[Record]) -> None:
    night = [r for r in past if isinstance(r, ReadingBatch) and r.channel == "bed_temperature"]
    hours = {datetime.fromtimestamp(int(r.t[-1]) / NS_PER_S, ZONE).hour for r in night}
    assert hours & {0, 1, 2, 3, 4}
    ends = {r.outcome for r in past if isinstance(r, JobSeen) and r.phase is JobPhase.ENDED}
    assert ends == {JobOutcome.COMPLETED, JobOutcome.CANCELLED, JobOutcome.FAILED}


def test_experiments_of_lab_computers_are_runs_whose_readings_name_them(past: list[Record]) -> None:
    words = [r for r in past if isinstance(r, RunSeen)]
    started = {r.run: r for r in words if r.phase is RunPhase.STARTED}
    stopped = {r.run: r for r in words if r.phase is RunPhase.STOPPED}
    assert {r.equipment for r in words} == {"laptop-1", "laptop-2"}
    assert len(words) == len(started) + len(stopped)
    assert len(started) > 50
    assert set(started) == set(stopped), "none was going on"
    for one in (r for r in past if isinstance(r, ReadingBatch) and r.run):
        assert started[one.run].at <= one.t[0] <= one.t[-1] < stopped[one.run].at
        assert (started[one.run].title, one.equipment) == (stopped[one.run].title, started[one.run].equipment)


def test_long_ago_only_the_readings_of_experiments_are_left_and_all_else_is_whole(past: list[Record]) -> None:
    bare = [r for day in Past(roster(), ZONE, 40, dense_from=NOW).days(START, NOW) for r in day]
    assert bare == [r for r in past if not isinstance(r, ReadingBatch) or r.run]
    assert sum(isinstance(r, ReadingBatch) for r in bare) > 50


def test_nothing_happens_on_a_holiday_but_what_ran_over_from_the_day_before() -> None:
    day = calendar.instant(date(2026, 11, 4), time(12), ZONE)
    assert [r for d in Past(roster(), ZONE, 40).days(day, day + 6 * 3600 * NS_PER_S) for r in d] == []


@settings(deadline=None)
@given(split=st.integers(min_value=NOW - 5 * 86_400 * NS_PER_S, max_value=NOW))
def test_a_past_written_in_two_parts_is_the_past_written_at_once(split: int) -> None:
    first = NOW - 6 * 86_400 * NS_PER_S
    past = Past(roster()[:3], ZONE, 40)

    def times(*windows: tuple[int, int]) -> list[tuple[str, int]]:
        found: list[tuple[str, int]] = []
        for window in windows:
            for record in (r for day in past.days(*window) for r in day):
                if isinstance(record, ReadingBatch):
                    found += [(record.channel, int(t)) for t in np.asarray(record.t)]
                else:
                    found.append((type(record).__name__, record.at))
        return sorted(found)

    assert times((first, split), (split, NOW)) == times((first, NOW))


def test_weeks_alternate_and_weekends_are_short() -> None:
    def starts(day: date) -> list[tuple[str, str]]:
        held = calendar.held_on(day, ROOMS, seed=40, zone=ZONE)
        return [(h.room, f"{datetime.fromtimestamp(h.start / NS_PER_S, ZONE):%H:%M}") for h in held]

    assert starts(date(2026, 11, 16)) == starts(date(2026, 11, 30))
    assert starts(date(2026, 11, 16)) != starts(date(2026, 11, 23))
    assert starts(date(2026, 11, 22)) == []
    assert max(start for _, start in starts(date(2026, 11, 21))) < "12:00"


def test_no_time_touches_no_day() -> None:
    assert calendar.days(NOW, NOW, ZONE) == []


def test_a_quarter_begins_at_local_midnight() -> None:
    assert datetime.fromtimestamp(START / NS_PER_S, ZONE) == datetime(2026, 10, 1, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("day", "first"), [(date(2026, 11, 22), date(2026, 7, 1)), (date(2027, 1, 1), date(2026, 10, 1))]
)
def test_the_quarter_before_begins_three_months_earlier(day: date, first: date) -> None:
    now = calendar.instant(day, time(0, 0), ZONE)
    assert calendar.quarter_before(now, ZONE) == calendar.instant(first, time(0), ZONE)
