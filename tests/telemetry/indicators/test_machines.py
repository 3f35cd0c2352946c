"""Analytics from lessons and machines: sessions, learner-hours, the three ratios, equipment, jobs and runs."""

from __future__ import annotations

from dataclasses import replace

from telemetry.indicators.definition import Dimension, How
from telemetry.indicators.table import INDICATORS
from telemetry.indicators.world import Work
from tests.telemetry.indicators.worlds import (
    EMPTY,
    HOUR_NS,
    EquipmentDay,
    Meeting,
    day,
    equipment_days,
    how,
    meetings,
    parts,
    value,
)

Q1 = ("2026-01-01", "2026-03-31")
Q2 = ("2026-04-01", "2026-06-30")
HALF = ("2026-01-01", "2026-06-30")

LESSONS = replace(
    EMPTY,
    meetings=meetings(
        Meeting("1", day("2026-03-31"), used=("mill", "laser"), learner_ns=20 * HOUR_NS, partner="school9"),
        Meeting("2", day("2026-04-01"), status="confirmed_manually", by_telemetry=False, learner_ns=HOUR_NS // 2),
        Meeting("3", day("2026-04-01"), status="no_data", held=False, by_telemetry=False, learner_ns=0),
        Meeting("4", day("2026-04-01"), status="cancelled", held=False, by_telemetry=False, learner_ns=0),
        Meeting("5", day("2026-04-02"), kind="event", used=("mill",), learner_ns=5 * HOUR_NS),
    ),
)


def test_a_held_lesson_is_one_practical_session_however_many_machines_ran() -> None:
    assert [value("practical_sessions", LESSONS, *window) for window in (Q1, Q2, HALF)] == [1, 1, 2]
    assert parts("practical_sessions", LESSONS, *HALF, Dimension.EQUIPMENT) == {"": 1, "laser": 1, "mill": 1}
    assert parts("practical_sessions", LESSONS, *HALF, Dimension.PARTNER) == {"": 1, "school9": 1}


def test_every_lesson_that_has_begun_is_told_by_its_status() -> None:
    assert parts("sessions", LESSONS, *HALF, Dimension.STATUS) == {
        "cancelled": 1,
        "confirmed_by_telemetry": 1,
        "confirmed_manually": 1,
        "no_data": 1,
    }


def test_a_session_came_from_telemetry_where_telemetry_confirmed_it() -> None:
    assert [how("practical_sessions", LESSONS, *window) for window in (Q1, Q2)] == [How.TELEMETRY, How.TIMETABLE]


def test_a_session_that_a_person_denied_is_not_proven_by_telemetry() -> None:
    denied = Meeting("1", day("2026-02-02"), status="unconfirmed", held=False, by_telemetry=True, used=("mill",))
    world = replace(EMPTY, meetings=meetings(denied))
    assert value("practical_sessions", world, *Q1) == 0
    assert how("sessions", world, *Q1) is How.TIMETABLE


def test_learner_hours_add_up_in_nanoseconds() -> None:
    assert [value("learner_hours", LESSONS, *window) for window in (Q1, Q2, HALF)] == [
        20 * HOUR_NS,
        HOUR_NS // 2,
        20 * HOUR_NS + HOUR_NS // 2,
    ]


def test_the_last_lesson_of_a_quarter_is_not_in_the_next() -> None:
    assert INDICATORS["practical_sessions"](LESSONS).first.tolist() == [day("2026-03-31"), day("2026-04-01")]


def test_sessions_after_today_lie_ahead() -> None:
    assert value("sessions", replace(LESSONS, today=day("2026-03-31")), *HALF) == 1


MACHINES = replace(
    EMPTY,
    days=equipment_days(
        EquipmentDay("mill", day("2026-04-01"), busy_ns=0, scheduled=(0, 8), timetable=(0, 0)),
        EquipmentDay("mill", day("2026-03-31"), busy_ns=3, calendar_ns=24, scheduled=(2, 10), timetable=(1, 4)),
        EquipmentDay("laser", day("2026-03-31"), busy_ns=6, calendar_ns=24, kind="laser", timetable=(3, 4)),
        EquipmentDay("old", day("2026-03-31"), busy_ns=0, calendar_ns=24, scheduled=(0, 0), timetable=(0, 0)),
    ),
)


def test_a_ratio_of_several_is_the_sum_of_numerators_over_the_sum_of_denominators() -> None:
    assert value("utilisation_timetable", MACHINES, *Q1) == (4, 8)
    assert value("utilisation_calendar", MACHINES, *Q1) == (9, 72)
    assert value("utilisation_scheduled", MACHINES, *HALF, by=Dimension.EQUIPMENT, key="mill") == (2, 18)


def test_a_ratio_over_nothing_has_no_value_and_no_evidence() -> None:
    assert value("utilisation_timetable", MACHINES, *Q2) == (0, 0)
    assert parts("utilisation_timetable", MACHINES, *HALF, Dimension.EQUIPMENT) == {"laser": (3, 4), "mill": (1, 4)}


def test_equipment_counts_once_where_it_was_busy_at_all() -> None:
    again = replace(MACHINES, days=equipment_days(*(EquipmentDay("mill", day("2026-01-05") + at) for at in range(9))))
    assert value("equipment_used", MACHINES, *Q1) == 2
    assert value("equipment_used", again, *Q1) == 1
    assert parts("equipment_used", MACHINES, *Q1, Dimension.KIND) == {"laser": 1, "mill": 1}
    assert how("equipment_used", MACHINES, *Q1) is How.TELEMETRY


def test_a_day_of_an_equipment_is_named_by_both() -> None:
    assert INDICATORS["utilisation_calendar"](MACHINES).id[0] == "laser/2026-03-31"


def test_days_of_equipment_are_by_day_then_by_the_name_of_both() -> None:
    names = ("mill-2", "mill", "laser", "mill2")
    days = equipment_days(*(EquipmentDay(name, day("2026-01-05") - at) for name in names for at in range(2)))
    facts = INDICATORS["utilisation_calendar"](replace(EMPTY, days=days))
    listed = list(zip(facts.first.tolist(), facts.id, strict=True))
    assert len(listed) == 8
    assert listed == sorted(listed)


def test_jobs_and_runs_count_by_outcome_equipment_and_its_track() -> None:
    world = replace(
        EMPTY,
        jobs=(
            Work("mill/1", ("mill",), "done", day("2026-03-31")),
            Work("mill/2", ("mill",), "failed", day("2026-04-01")),
        ),
        runs=(Work("r1", ("lab", "mill"), "done", day("2026-04-01")),),
        tracks={"mill": "hitech", "lab": "bio"},
    )
    assert [value("jobs", world, *window) for window in (Q1, Q2, HALF)] == [1, 1, 2]
    assert parts("jobs", world, *HALF, Dimension.RESULT) == {"done": 1, "failed": 1}
    assert parts("runs", world, *Q2, Dimension.TRACK) == {"bio": 1, "hitech": 1}
    assert how("runs", world, *Q2) is How.TELEMETRY
