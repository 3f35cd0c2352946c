from __future__ import annotations

import csv
import io
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.numbers.figures import By, Cut
from edge.register.calendar import OpeningHours
from edge.register.contract import Put
from edge.register.evidence import Attendance, SessionCorrection, Verdict
from edge.register.lessons import Cancellation, Group, OneOff, Partner, Program, Slot
from edge.register.upkeep import PlannedMaintenance
from edge.settings import Equipment, Kind
from telemetry.model import EquipmentId, State
from tests.api.lab import HOUR, MILL, MINUTE, NOW, PRINTER, Lab, state
from tests.api.lab import settings as settings_of
from tests.api.school import SESSION, TERM, one

PATH = "/api/v1/utilisation"
WEEK = {"start": "2026-09-16T00:00:00+03:00", "end": "2026-09-22T00:00:00+03:00"}
YEAR = {"start": "2026-01-01T00:00:00+03:00", "end": "2026-10-01T00:00:00+03:00"}
LASER = EquipmentId("laser-1")
WORDS: dict[str, Any] = {"driver": "grbl"}
EQUIPMENT = (
    Equipment(id=MILL, name="Ф", kind=Kind.CNC_MILL, track="hightech", room="workshop", stations=2, **WORDS),
    Equipment(id=LASER, name="Л", kind=Kind.LASER_ENGRAVER, track="robo", room="workshop", stations=3, **WORDS),
    Equipment(id=PRINTER, name="П", kind=Kind.PRINTER_3D, track="", room="printers", **WORDS),
)
SHARED = [by.value for by in (By.EQUIPMENT, By.KIND)]
"""A session may count under several keys of these."""


def entries() -> tuple[Put, ...]:
    at = {"start": "16:00", "end": "17:00", "room": "workshop"}
    told = {"author": "Иванова", "reason": "была", "at": "2026-09-21T17:00:00+03:00"}
    return (
        Put("q1", TERM),
        Put("open", OpeningHours(weekdays=(1, 2, 3, 4, 5, 6), start="08:00", end="18:00")),
        Put("school-7", Partner(name="Школа № 7")),
        Put("robotics", Program(name="Робототехника", track="hightech")),
        Put("chess", Program(name="Шахматы", track="games")),
        Put("pr-1", Group(name="ПР-1", program="robotics", learners=12)),
        Put("pr-2", Group(name="ПР-2", program="robotics", partner="school-7", learners=7)),
        Put("mon", Slot(weekday=1, group="pr-1", **at)),
        Put("mon-2", Slot(weekday=1, group="pr-2", learners=5, **at)),
        Put("sat", Slot(weekday=6, program="robotics", learners=9, **at)),
        Put("thu", Slot(weekday=4, group="pr-1", start="10:00", end="11:30", room="printers")),
        Put("night", OneOff(day=date(2026, 9, 17), start="23:30", end="00:30", room="workshop", learners=4)),
        Put(
            "hall", OneOff(day=date(2026, 9, 18), start="12:00", end="13:00", room="hall", program="chess", learners=20)
        ),
        Put("a", Attendance(session=SESSION.replace("mon-1", "mon"), count=11)),
        Put("c", SessionCorrection(session="hall", status=Verdict.CONFIRMED, **told)),
        Put("d", SessionCorrection(session="night", status=Verdict.CONFIRMED, **told)),
        Put("gone", Cancellation(lesson="thu:2026-09-17")),
        Put("fix", PlannedMaintenance(equipment=("mill-1",), start="2026-09-21T16:10", end="2026-09-21T16:20")),
    )


def lab_of(told: list[tuple[EquipmentId, int, State]]) -> Lab:
    lab = Lab(settings_of(EQUIPMENT))
    lab.enter(*entries())
    lab.keep([state(NOW - minutes * MINUTE, now_in, one) for one, minutes, now_in in told])
    return lab


BUSY = [
    *[(MILL, 40, State.BUSY), (MILL, 10, State.FAULT), (LASER, 55, State.BUSY), (LASER, 3, State.MAINTENANCE)],
    *[(MILL, 6 * 24 * 60, State.IDLE), (MILL, 2 * 24 * 60 + 55, State.BUSY), (MILL, 2 * 24 * 60, State.IDLE)],
    *[(PRINTER, 5 * 24 * 60, State.BUSY), (PRINTER, 3 * 24 * 60, State.IDLE)],
]
TOLD = st.lists(
    st.tuples(
        st.sampled_from([MILL, LASER, PRINTER]), st.integers(0, 6 * 24 * 60), st.sampled_from([*State, State.BUSY])
    ),
    max_size=12,
)


def check(lab: Lab, by: str, bucket: str) -> None:
    """Every row is told by its own evidence, of which every sum and every ratio is made anew."""
    for row in lab.get(PATH, **WEEK, by=by, bucket=bucket)["items"]:
        got = lab.get(f"{PATH}/evidence", start=row["start"], end=row["end"], by=by, key=row["key"])
        assert got["resum"] == got["value"]
        states = {f"{word}_ns": ns for word, ns in got["value"].pop("states_ns").items()}
        told = {name: row[name] for name in row if name not in ("key", "name", "bucket", "start", "end")}
        assert {**states, **got["value"]} == told


@settings(max_examples=12, deadline=None)
@given(told=TOLD, by=st.sampled_from([by.value for by in By]), bucket=st.sampled_from(["none", "day", "week", "month"]))
def test_every_field_of_every_cell_is_added_up_anew_from_what_is_behind_it(
    told: list[tuple[EquipmentId, int, State]], by: str, bucket: str
) -> None:
    check(lab_of([*BUSY, *told]), by, bucket)


@pytest.fixture(name="busy", scope="module")
def busy_lab() -> Lab:
    return lab_of(BUSY)


@pytest.mark.parametrize("by", [by.value for by in By])
def test_every_dimension_has_the_evidence_of_its_cells(busy: Lab, by: str) -> None:
    check(busy, by, "day")


@pytest.mark.parametrize("by", [by.value for by in By if by.value not in ("group", "program", "partner")])
def test_all_rows_together_have_their_evidence_and_a_session_counts_once_in_it(busy: Lab, by: str) -> None:
    got = busy.get(f"{PATH}/evidence", **WEEK, by=by)
    assert got["resum"] == got["value"]
    whole = one(busy.get(PATH, **WEEK, by="centre")["items"], key="lab")
    assert got["value"]["learner_ns"] == whole["learner_ns"] == sum(row["learner_ns"] for row in got["sessions"])


def test_learner_hours_are_of_who_was_counted_else_planned_else_in_the_group(busy: Lab) -> None:
    got = busy.get(f"{PATH}/evidence", **WEEK, by="centre")
    told = {row["session"]: (row["learners"], row["learner_ns"] // HOUR) for row in got["sessions"]}
    assert told == {
        "mon:2026-09-21": (11, 11),
        "mon-2:2026-09-21": (5, 5),
        "sat:2026-09-19": (9, 9),
        "night": (4, 4),
        "hall": (20, 20),
    }
    assert one(busy.get(PATH, **WEEK, by="group")["items"], key="pr-1")["learner_ns"] == 11 * HOUR
    busy_room = one(busy.get(PATH, **WEEK, by="room")["items"], key="hall")
    assert (busy_room["learner_ns"], busy_room["calendar_ns"], busy_room["coverage"]) == (20 * HOUR, 0, None)


def test_the_size_of_the_group_stands_where_nobody_was_counted_or_planned() -> None:
    lab = lab_of(BUSY)
    removed = lab.client.delete(
        "/api/v1/register/attendance/a", params={"author": "И", "reason": "-"}, headers={"If-Match": '"1"'}
    )
    assert removed.status_code == 204
    rows = lab.get(PATH, **WEEK, by="group")["items"]
    assert {row["key"]: row["learner_ns"] for row in rows} == {"pr-1": 12 * HOUR, "pr-2": 5 * HOUR}


@pytest.mark.parametrize("by", ["room", "track", "centre"])
@pytest.mark.parametrize("bucket", [cut.value for cut in Cut])
def test_learner_hours_of_any_partition_are_those_of_the_whole(busy: Lab, by: str, bucket: str) -> None:
    whole = one(busy.get(PATH, **WEEK, by="centre")["items"], key="lab")["learner_ns"]
    assert sum(row["learner_ns"] for row in busy.get(PATH, **WEEK, by=by, bucket=bucket)["items"]) == whole == 49 * HOUR


@pytest.mark.parametrize("by", [by.value for by in By])
def test_buckets_of_a_row_have_the_learner_hours_of_the_row(busy: Lab, by: str) -> None:
    whole = {row["key"]: row["learner_ns"] for row in busy.get(PATH, **WEEK, by=by)["items"]}
    rows = busy.get(PATH, **WEEK, by=by, bucket="hour")["items"]
    for key, ns in whole.items():
        assert sum(row["learner_ns"] for row in rows if row["key"] == key) == ns


def test_the_monitoring_counts_the_same_learner_hours(busy: Lab) -> None:
    found = one(busy.get("/api/v1/indicators", year=2026, quarter=3)["items"], number="A.3")
    whole = one(busy.get(PATH, **YEAR, by="centre")["items"], key="lab")
    assert found["year_to_date"]["numerator"] == whole["learner_ns"] == 49 * HOUR
    for by in ("track", "program", "partner", "group", "room", "equipment"):
        told = {part["key"]: part["numerator"] for part in found["components"] if part["by"] == by and part["key"]}
        rows = busy.get(PATH, **YEAR, by=by)["items"]
        ours = {row["key"]: row["learner_ns"] for row in rows if row["learner_ns"] and row["key"]}
        assert not told or told == ours, by


def test_a_lesson_past_midnight_is_cut_at_it(busy: Lab) -> None:
    days = busy.get(PATH, **WEEK, by="centre", bucket="day")["items"]
    assert [row["learner_ns"] // (HOUR // 2) for row in days if row["bucket"] in ("2026-09-17", "2026-09-18")] == [
        4,
        44,
    ]


def test_one_session_counts_in_full_under_each_equipment_that_it_used(busy: Lab) -> None:
    rows = {row["key"]: row["learner_ns"] for row in busy.get(PATH, **WEEK, by="equipment")["items"]}
    assert rows == {"mill-1": 25 * HOUR, "laser-1": 16 * HOUR, "printer-1": 0}


def test_what_is_taught_outside_the_window_is_not_in_it(busy: Lab) -> None:
    early = {"start": "2026-09-16T00:00:00+03:00", "end": "2026-09-17T23:00:00+03:00"}
    assert busy.get(PATH, **early, by="centre")["items"][0]["learner_ns"] == 0


def test_the_export_has_the_learner_hours_of_the_rows(busy: Lab) -> None:
    rows = busy.get(PATH, **WEEK, by="room", bucket="day")["items"]
    asked = {**WEEK, "by": "room", "bucket": "day"}
    file = busy.client.get("/api/v1/exports/utilisation", params={**asked, "format": "csv", "inside": True}).text
    told = list(csv.DictReader(io.StringIO(file)))
    assert [int(row["learner_ns"]) for row in told] == [row["learner_ns"] for row in rows]
    people = busy.client.get(PATH, params={**asked, "format": "csv-excel"}).content.decode("utf-8-sig")
    assert '"Человеко-часы"' in people.splitlines()[0]
