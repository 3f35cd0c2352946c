from __future__ import annotations

import csv
import io
from datetime import date
from typing import Any

import numpy as np
import pytest

from api.rendered import Rendered, has_it
from edge.clock import ManualClock
from edge.numbers.entered import Desk
from edge.numbers.figures import Bookkeeper, By, Cut, Question
from edge.numbers.observed import Observations
from edge.numbers.practice import around
from edge.register.calendar import Holiday
from edge.register.contract import Put
from edge.register.evidence import RuleSet
from edge.register.lessons import Group
from edge.register.upkeep import PlannedMaintenance
from edge.settings import Equipment
from telemetry.model import State
from tests.api.lab import EQUIPMENT, HOUR, MILL, MINUTE, NOW, PRINTER, Lab, S, settings, state
from tests.api.school import DAY, SLOT, lesson, one, school

PATH = "/api/v1/utilisation"
TOMORROW = date(2026, 9, 22)
STATES = [f"{s.word}_ns" for s in State]


@pytest.fixture
def taught(lab: Lab) -> Lab:
    lab.enter(*school())
    lesson(lab)
    return lab


def test_a_lesson_of_a_day_is_measured_against_its_three_bases(taught: Lab) -> None:
    got = taught.get(PATH, **DAY)
    mill = one(got["items"], key="mill-1")
    assert (mill["timetabled_ns"], mill["scheduled_ns"], mill["calendar_ns"]) == (HOUR, 10 * HOUR, 24 * HOUR)
    assert (mill["busy_ns"], mill["busy_in_timetable_ns"], mill["busy_outside_timetable_ns"]) == (
        30 * MINUTE,
        30 * MINUTE,
        0,
    )
    assert mill["utilisation_timetable"] == 0.5
    assert mill["utilisation_scheduled"] == pytest.approx(0.5 / 9)
    assert mill["utilisation_calendar"] == pytest.approx(0.5 / 24)
    assert mill["coverage"] == pytest.approx(10 / 24)
    assert mill["availability"] == 1.0
    assert "utilisation_calendar" in mill["insufficient"]
    assert "utilisation_timetable" not in mill["insufficient"]
    assert (mill["bucket"], mill["start"], mill["end"]) == ("total", "2026-09-20T21:00:00Z", "2026-09-21T21:00:00Z")
    assert mill["name"] == "Фрезер 1"
    made_of = got["computed_from"]
    assert [made_of[name] for name in ("offset", "register_version", "rules")] == [3, 1, "1"]
    assert (got["timezone"], got["coverage_min"], got["next"]) == ("Europe/Moscow", 0.8, None)


def test_a_zero_base_is_null_and_silence_is_insufficient_not_idle(taught: Lab) -> None:
    printer = one(taught.get(PATH, **DAY)["items"], key="printer-1")
    assert printer["timetabled_ns"] == 0
    assert printer["utilisation_timetable"] is None
    assert (printer["idle_ns"], printer["unknown_ns"]) == (0, 24 * HOUR)
    assert printer["utilisation_scheduled"] is None
    assert printer["coverage"] == 0
    assert "utilisation_scheduled" in printer["insufficient"]


@pytest.mark.parametrize("bucket", [cut.value for cut in Cut])
def test_states_add_up_to_every_bucket_and_buckets_to_the_window(taught: Lab, bucket: str) -> None:
    window = {"start": "2026-09-18T05:30:00Z", "end": "2026-09-22T03:10:00Z"}
    rows = taught.get(PATH, **window, bucket=bucket, by="centre")["items"]
    for row in rows:
        assert sum(row[name] for name in STATES) == row["calendar_ns"]
    whole = one(taught.get(PATH, **window, by="centre")["items"], key="lab")
    for name in (*STATES, "timetabled_ns", "scheduled_ns", "calendar_ns", "busy_in_timetable_ns"):
        assert sum(row[name] for row in rows) == whole[name]
    assert (rows[0]["start"], rows[-1]["end"]) == (window["start"], window["end"])


@pytest.mark.parametrize(
    ("by", "keys"),
    [
        ("equipment", ["mill-1", "printer-1"]),
        ("room", ["printers", "workshop"]),
        ("track", ["", "hightech"]),
        ("kind", ["cnc_mill", "printer_3d"]),
        ("centre", ["lab"]),
        ("program", ["robotics"]),
        ("group", ["pr-1"]),
        ("partner", []),
    ],
)
def test_rows_are_for_what_was_asked(taught: Lab, by: str, keys: list[str]) -> None:
    rows = taught.get(PATH, **DAY, by=by)["items"]
    assert [row["key"] for row in rows] == keys
    assert sum(row["busy_in_timetable_ns"] for row in rows) == (30 * MINUTE if keys else 0)


def test_codes_carry_the_names_that_people_gave_them(taught: Lab) -> None:
    assert one(taught.get(PATH, **DAY, by="group")["items"], key="pr-1")["name"] == "ПР-1"
    assert one(taught.get(PATH, **DAY, by="room")["items"], key="workshop")["name"] == "Мастерская"
    assert taught.get(PATH, **DAY, by="centre")["items"][0]["name"] == "Кванториум «Опыт»"


def test_a_holiday_and_planned_maintenance_leave_the_bases(taught: Lab) -> None:
    taught.enter(Put("service", PlannedMaintenance(room="workshop", start="2026-09-21T16:00", end="2026-09-21T16:30")))
    assert one(taught.get(PATH, **DAY)["items"], key="mill-1")["timetabled_ns"] == 30 * MINUTE
    taught.enter(Put("day-off", Holiday(name="Выходной", first_day="2026-09-21", last_day="2026-09-21")))
    mill = one(taught.get(PATH, **DAY)["items"], key="mill-1")
    assert (mill["timetabled_ns"], mill["scheduled_ns"]) == (0, 0)


def test_the_rules_in_force_say_what_is_insufficient(taught: Lab) -> None:
    taught.enter(Put("strict", RuleSet(name="Строже", effective_from="2026-09-01", least_coverage=0.3)))
    got = taught.get(PATH, **DAY)
    assert got["computed_from"]["rules"] == "strict"
    assert "utilisation_calendar" not in one(got["items"], key="mill-1")["insufficient"]


def test_the_same_question_has_the_same_bytes_and_is_not_sent_again(taught: Lab) -> None:
    first = taught.client.get(PATH, params=DAY)
    second = taught.client.get(PATH, params=DAY)
    assert (first.content, first.headers["etag"]) == (second.content, second.headers["etag"])
    unsent = taught.client.get(PATH, params=DAY, headers={"If-None-Match": first.headers["etag"]})
    assert (unsent.status_code, unsent.content, unsent.headers["etag"]) == (304, b"", first.headers["etag"])


def test_only_what_an_answer_read_makes_it_anew(taught: Lab) -> None:
    early = {"start": "2026-09-20T05:00:00Z", "end": "2026-09-20T12:00:00Z"}
    tag = taught.client.get(PATH, params=early).headers["etag"]

    def unchanged() -> bool:
        return taught.client.get(PATH, params=early, headers={"If-None-Match": tag}).status_code == 304

    taught.keep([state(NOW - MINUTE, State.FAULT)])
    taught.clock.advance(HOUR)
    assert unchanged()
    taught.keep([state(NOW - 26 * HOUR - 30 * MINUTE, State.BUSY)])
    assert not unchanged()
    mill = one(taught.get(PATH, **early)["items"], key="mill-1")
    assert mill["busy_ns"] == 30 * MINUTE


def test_a_change_of_the_register_is_in_the_next_answer(taught: Lab) -> None:
    tag = taught.client.get(PATH, params=DAY).headers["etag"]
    taught.enter(Put("day-off", Holiday(name="Выходной", first_day="2026-09-21", last_day="2026-09-21")))
    answer = taught.client.get(PATH, params=DAY, headers={"If-None-Match": tag})
    assert answer.status_code == 200
    assert answer.json()["computed_from"]["register_version"] == 2


def test_the_present_is_unknown_from_the_running_minute_on(taught: Lab) -> None:
    taught.clock.advance(30 * S)
    mill = one(taught.get(PATH, **DAY)["items"], key="mill-1")
    assert mill["idle_ns"] + mill["busy_ns"] == 10 * HOUR


def test_pages_meet_without_gap_or_overlap(taught: Lab) -> None:
    whole = taught.get(PATH, **DAY, bucket="hour")
    seen: list[Any] = []
    after: str | None = "0"
    while after is not None:
        page = taught.get(PATH, **DAY, bucket="hour", limit=7, after=after)
        seen += page["items"]
        after = page["next"]
    assert seen == whole["items"]
    assert len(seen) == 48


def test_a_table_has_all_rows_with_the_same_words(taught: Lab) -> None:
    answer = taught.client.get(PATH, params={**DAY, "bucket": "hour", "format": "csv"})
    assert answer.headers["content-disposition"] == 'attachment; filename="utilisation.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    items = taught.get(PATH, **DAY, bucket="hour")["items"]
    assert [row["busy_ns"] for row in rows] == [str(item["busy_ns"]) for item in items]
    assert [row["insufficient"].split() for row in rows] == [item["insufficient"] for item in items]
    assert {row["utilisation_timetable"] for row in rows if row["key"] == "printer-1"} == {""}


def test_what_cannot_be_answered_says_what_to_ask_instead(taught: Lab) -> None:
    long = {"start": "2024-01-01T00:00:00Z", "end": "2026-12-31T00:00:00Z"}
    several = taught.client.get(PATH, params={**long, "bucket": "hour", "by": "equipment"})
    assert several.status_code == 200
    taught.settings = taught.settings.model_copy(
        update={"equipment": tuple(EQUIPMENT[0].model_copy(update={"id": f"mill-{n}"}) for n in range(5))}
    )
    refused = taught.client.get(PATH, params={**long, "bucket": "hour", "by": "equipment"})
    assert refused.status_code == 422
    assert "131" in refused.json()["detail"]
    assert refused.json()["fix"] == "Ask for a shorter window or for longer buckets."


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"by": "room", "key": "workshop"},
        {"equipment": "mill-1"},
        {"by": "centre"},
        {"by": "track", "key": "hightech"},
        {"by": "group", "key": "pr-1"},
        {"by": "program", "key": "robotics"},
    ],
)
def test_the_evidence_of_a_cell_adds_up_to_it(taught: Lab, params: dict[str, str]) -> None:
    got = taught.get(f"{PATH}/evidence", **DAY, **params)
    assert got["resum"] == got["value"]
    assert got["value"]["states_ns"]["busy"] == 30 * MINUTE
    assert got["value"]["busy_in_timetable_ns"] == 30 * MINUTE
    assert "mill-1" in got["equipment"]
    busy = one(got["items"], state="busy")
    assert (busy["start"], busy["length_ns"], busy["timetabled_ns"]) == (
        "2026-09-21T13:20:00Z",
        30 * MINUTE,
        30 * MINUTE,
    )


def test_the_evidence_of_every_bucket_is_that_of_its_row(taught: Lab) -> None:
    rows = taught.get(PATH, **DAY, bucket="hour", by="room")["items"]
    for row in rows:
        got = taught.get(f"{PATH}/evidence", start=row["start"], end=row["end"], by="room", key=row["key"])
        assert got["resum"] == got["value"]
        assert {f"{word}_ns": ns for word, ns in got["resum"]["states_ns"].items()} == {n: row[n] for n in STATES}
        assert got["resum"]["timetabled_ns"] == row["timetabled_ns"]


def test_a_key_that_is_not_there_is_told_so(taught: Lab) -> None:
    assert taught.client.get(f"{PATH}/evidence", params={**DAY, "equipment": "mill-9"}).status_code == 404
    refused = taught.client.get(f"{PATH}/evidence", params={**DAY, "by": "group"})
    assert refused.status_code == 422
    assert "key" in refused.json()["fix"]


def test_the_evidence_of_a_group_is_what_happened_in_its_lessons_alone(taught: Lab) -> None:
    times = {"start": "2026-09-21T16:50", "end": "2026-09-21T17:30"}
    served = PlannedMaintenance.model_validate({"equipment": ("mill-1",), **times})
    twice = SLOT.model_copy(update={"start": "16:30", "end": "17:00"})
    taught.enter(Put("fix", served), Put("mon-2", twice), Put("pr-2", Group(name="ПР-2")))
    taught.enter(Put("mon-3", SLOT.model_copy(update={"group": "pr-2", "start": "10:00", "end": "11:00"})))
    for by, key, minutes in (("group", "pr-1", 50), ("group", "pr-2", 60), ("program", "robotics", 110)):
        got = taught.get(f"{PATH}/evidence", **DAY, by=by, key=key)
        assert got["resum"] == got["value"]
        assert got["resum"]["timetabled_ns"] == minutes * MINUTE
        assert got["resum"]["calendar_ns"] == 0


def test_late_data_of_one_equipment_leave_the_rows_of_the_others_alone(lab: Lab) -> None:
    lab.enter(*school())
    lesson(lab)
    desk = Desk(lab.register, lambda: EQUIPMENT, "Europe/Moscow")
    observations = Observations(lab.store)
    keeper = Bookkeeper(desk, observations, lab.clock, centre="lab")
    question = Question(NOW - 24 * HOUR, NOW, By.EQUIPMENT, Cut.HOUR)
    before = keeper.utilisation(question)
    assert keeper.utilisation(question) is before
    lab.keep([state(NOW - 30 * MINUTE, State.FAULT, PRINTER)])
    after = keeper.utilisation(question)
    fresh = Bookkeeper(desk, Observations(lab.store), lab.clock, centre="lab").utilisation(question)
    assert np.array_equal(after.table.state_ns, fresh.table.state_ns)
    assert np.array_equal(after.table.station_timetabled_ns, fresh.table.station_timetabled_ns)
    reads = observations.seen(desk.entered().inventory.ids, around(lab.clock, question.start, question.end)).revisions
    assert reads[PRINTER] > reads[MILL]


def test_another_journal_makes_everything_anew(lab: Lab) -> None:
    lesson(lab)
    observations = Observations(lab.store)
    keeper = Bookkeeper(Desk(lab.register, lambda: EQUIPMENT, "Europe/Moscow"), observations, lab.clock, centre="lab")
    question = Question(NOW - 24 * HOUR, NOW, By.CENTRE, Cut.NONE)
    assert int(keeper.utilisation(question).table.state_ns[0, State.BUSY]) == 30 * MINUTE
    lab.journal.instance = "another"
    lab.journal.records.clear()
    assert int(keeper.utilisation(question).table.state_ns[0, State.BUSY]) == 0


def test_what_is_kept_is_bounded(lab: Lab) -> None:
    lesson(lab)
    observations = Observations(lab.store, rows_limit=10)
    desk = Desk(lab.register, lambda: EQUIPMENT, "Europe/Moscow")
    keeper = Bookkeeper(desk, observations, ManualClock(NOW), centre="lab", rows_limit=100)
    for hours in range(1, 40):
        keeper.utilisation(Question(NOW - hours * HOUR, NOW, By.EQUIPMENT, Cut.HOUR))
    assert sum(kept.rows() for kept in observations._kept.values()) <= 10
    assert sum(len(kept.table) for kept in keeper._kept.values()) <= 100
    bodies = Rendered(bytes_limit=100)
    for number in range(10):
        bodies.body(number, None, lambda: b"x" * 30)
    assert sum(len(kept.content) for kept in bodies._kept.values()) == 90


@pytest.mark.parametrize(
    ("told", "has"), [('"a"', True), ('W/"a"', True), ('"b", "a"', True), ("*", True), ("", False), ('"b"', False)]
)
def test_an_etag_is_compared_as_browsers_send_it(told: str, *, has: bool) -> None:
    assert has_it(told, '"a"') is has


def test_what_is_bought_today_leaves_the_past_as_it_was_and_another_configuration_shows() -> None:
    bought = Equipment(id="mill-2", name="Фрезер 2", room="workshop", driver="grbl", stations=3)
    found = {}
    for name, more in {
        "before": (),
        "new": (bought,),
        "dated": (bought.model_copy(update={"since": TOMORROW}),),
    }.items():
        lab = Lab(settings((*EQUIPMENT, *more)))
        lab.enter(*school())
        lesson(lab)
        found[name] = lab.get(PATH, **DAY, by="room")
        assert lab.get(PATH, **DAY, by="room")["computed_from"] == found[name]["computed_from"]
    workshop = {name: one(got["items"], key="workshop") for name, got in found.items()}
    timetabled = {name: row["timetabled_ns"] for name, row in workshop.items()}
    assert timetabled == {"before": HOUR, "new": 2 * HOUR, "dated": HOUR}
    assert workshop["dated"]["utilisation_timetable"] == workshop["before"]["utilisation_timetable"]
    assert len({got["computed_from"]["configuration"] for got in found.values()}) == 3
