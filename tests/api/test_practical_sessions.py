from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from edge.numbers import practice
from edge.numbers.practice import Practice
from edge.register.contract import Put
from edge.register.lessons import Cancellation
from telemetry.model import EquipmentId, JobOutcome, JobPhase, JobSeen, State
from tests.api.lab import EQUIPMENT, HOUR, MILL, MINUTE, NOW, Lab, settings, state
from tests.api.school import DAY, SESSION, lesson, one, school

PATH = "/api/v1/practical-sessions"
ONE = f"{PATH}/{SESSION}"
WORD = {"author": "Иванова А. П.", "reason": "была на уроке"}


@pytest.fixture
def taught(lab: Lab) -> Lab:
    lab.enter(*school())
    lesson(lab)
    return lab


def post(lab: Lab, path: str, body: dict[str, Any], expected: int = 201) -> Any:
    answer = lab.client.post(path, json=WORD | body)
    assert answer.status_code == expected, answer.text
    return answer.json()


def test_a_lesson_with_use_is_confirmed_and_says_why(taught: Lab) -> None:
    got = taught.get(PATH, **DAY)
    session = one(got["items"], id=SESSION)
    assert session | {"confidence": 0} == {
        "id": SESSION,
        "kind": "lesson",
        "start": "2026-09-21T13:00:00Z",
        "end": "2026-09-21T14:00:00Z",
        "room": "workshop",
        "group": "pr-1",
        "program": "robotics",
        "teacher": "",
        "partner": "",
        "form": "in_person",
        "status": "confirmed_by_telemetry",
        "original": "confirmed_by_telemetry",
        "counts": True,
        "confidence": 0,
        "rule": "1",
        "learners": 12,
        "learner_ns": 12 * HOUR,
        "stations": 1,
        "used_stations": 1,
        "busy_ns": 30 * MINUTE,
        "most_busy_ns": 30 * MINUTE,
        "needed_ns": 6 * MINUTE,
        "known_ns": HOUR,
        "base_ns": HOUR,
        "used": ["mill-1"],
        "corrections": 0,
    }
    assert 0.5 < session["confidence"] <= 1
    assert got["computed_from"] == {"offset": 3, "register_version": 1, "rules": "1"}


@pytest.mark.parametrize(
    ("records", "status"),
    [
        ([state(NOW - 3 * HOUR, State.IDLE)], "unconfirmed"),
        ([], "no_data"),
        ([state(NOW - 3 * HOUR, State.IDLE), state(NOW - 5 * MINUTE, State.BUSY)], "unconfirmed"),
    ],
)
def test_a_lesson_without_use_or_data_does_not_count(lab: Lab, records: list[Any], status: str) -> None:
    lab.enter(*school())
    lab.keep(records)
    session = one(lab.get(PATH, **DAY)["items"], id=SESSION)
    assert (session["status"], session["counts"], session["learner_ns"]) == (status, False, 0)
    evidence = lab.get(f"{ONE}/evidence")
    assert evidence["resum_ns"] == session["busy_ns"]
    assert (evidence["opened"], evidence["closed"]) == (None, None)


def test_a_lesson_to_come_is_planned_and_one_called_off_is_cancelled(taught: Lab) -> None:
    later = {"start": "2026-09-28T00:00:00+03:00", "end": "2026-09-29T00:00:00+03:00"}
    assert taught.get(PATH, **later)["items"][0]["status"] == "planned"
    taught.enter(Put("off", Cancellation(lesson="mon-1:2026-09-28")))
    assert taught.get(PATH, **later)["items"][0]["status"] == "cancelled"


def test_evidence_names_the_intervals_and_jobs_and_adds_up(taught: Lab) -> None:
    started = NOW - 40 * MINUTE
    taught.keep(
        [
            JobSeen(MILL, started, started, "j1", JobPhase.STARTED, "плата.nc"),
            JobSeen(MILL, NOW - 10 * MINUTE, NOW, "j1", JobPhase.ENDED, "плата.nc", outcome=JobOutcome.COMPLETED),
        ]
    )
    got = taught.get(f"{ONE}/evidence")
    (interval,) = got["intervals"]
    assert got["resum_ns"] == got["session"]["busy_ns"] == interval["counted_ns"] == 30 * MINUTE
    assert got["opened"] == got["closed"] == interval
    assert got["jobs"] == [{"equipment": "mill-1", "job": "j1", "name": "плата.nc", "started": "2026-09-21T13:20:00Z"}]
    assert (got["window_start"], got["window_end"]) == ("2026-09-21T12:50:00Z", "2026-09-21T14:00:00Z")


def test_a_job_that_still_runs_is_evidence_too(taught: Lab) -> None:
    started = NOW - 40 * MINUTE
    taught.keep([JobSeen(MILL, started, started, "j1", JobPhase.STARTED, "плата.nc")])
    assert [job["job"] for job in taught.get(f"{ONE}/evidence")["jobs"]] == ["j1"]


def test_a_correction_is_added_and_the_original_stays(taught: Lab) -> None:
    first = post(taught, f"{ONE}/corrections", {"status": "unconfirmed"})
    assert (first["original"], first["status"]) == ("confirmed_by_telemetry", "unconfirmed")
    taught.clock.advance(MINUTE)
    second = post(taught, f"{ONE}/corrections", {"status": "confirmed_manually", "reason": "ошибка"})
    assert [(one["status"], one["author"], one["reason"]) for one in second["items"]] == [
        ("unconfirmed", "Иванова А. П.", "была на уроке"),
        ("confirmed_manually", "Иванова А. П.", "ошибка"),
    ]
    assert taught.get(f"{ONE}/corrections") == second
    session = taught.get(ONE)
    assert (session["status"], session["original"]) == ("confirmed_manually", "confirmed_by_telemetry")
    assert (session["corrections"], session["confidence"]) == (2, 1.0)


@pytest.mark.parametrize(
    "body", [{"status": "planned"}, {"status": "cancelled", "author": " "}, {"status": "cancelled", "reason": ""}]
)
def test_a_word_without_author_reason_or_known_status_is_refused(taught: Lab, body: dict[str, str]) -> None:
    answer = taught.client.post(f"{ONE}/corrections", json=WORD | body)
    assert answer.status_code == 422
    assert answer.json()["errors"]
    assert taught.get(f"{ONE}/corrections")["items"] == []


def test_learners_are_counted_and_the_count_may_be_corrected(taught: Lab) -> None:
    for count in (9, 10):
        answer = taught.client.patch(ONE, json=WORD | {"learners": count})
        assert answer.status_code == 200, answer.text
        assert (answer.json()["learners"], answer.json()["learner_ns"]) == (count, count * HOUR)


def test_an_extra_lesson_is_entered_and_judged(taught: Lab) -> None:
    body = {"day": "2026-09-21", "start": "09:00", "end": "10:30", "room": "workshop", "learners": 5}
    made = post(taught, PATH, body)
    assert (made["id"].startswith("extra-"), made["status"], made["learners"]) == (True, "unconfirmed", 5)
    named = post(taught, PATH, {**body, "id": "club", "happening": "event"})
    assert (named["id"], named["kind"]) == ("club", "event")
    twice = post(taught, PATH, {**body, "id": "club", "name": "ещё раз"}, 409)
    assert "Иванова" in twice["detail"]
    dangling = post(taught, PATH, {**body, "group": "nobody"}, 422)
    assert dangling["errors"][0]["message"] == "its group is the group nobody, which does not exist"


def test_use_that_no_slot_announced_is_proposed_and_counts_once_accepted() -> None:
    plotter = EQUIPMENT[0].model_copy(update={"id": "mill-2"})
    lab = Lab(settings((*EQUIPMENT, plotter)))
    for mill in (MILL, EquipmentId("mill-2")):
        lab.keep([state(NOW - 3 * HOUR, State.BUSY, mill), state(NOW - 2 * HOUR, State.IDLE, mill)])
    (found,) = lab.get(PATH, **DAY)["items"]
    assert (found["status"], found["counts"], found["room"], found["group"]) == ("detected", False, "workshop", "")
    assert lab.get(f"{PATH}/{found['id']}/evidence")["resum_ns"] == 2 * HOUR
    post(lab, f"{PATH}/{found['id']}/corrections", {"status": "confirmed_manually"})
    assert lab.get(f"{PATH}/{found['id']}")["counts"] is True


@pytest.mark.parametrize("session", ["mon-1:2026-09-22", "mon-1", "mon-1:2026-13-45", "detected:workshop:1"])
def test_a_session_that_is_not_there_is_told_so(taught: Lab, session: str) -> None:
    answer = taught.client.get(f"{PATH}/{session}")
    assert answer.status_code == 404
    assert "practical-sessions" in answer.json()["fix"]


def test_lists_are_filtered_paged_and_cached(taught: Lab) -> None:
    month = {"start": "2026-09-01T00:00:00+03:00", "end": "2026-10-01T00:00:00+03:00"}
    whole = taught.get(PATH, **month)
    assert [item["id"][-5:] for item in whole["items"]] == ["09-07", "09-14", "09-21", "09-28"]
    first = taught.get(PATH, **month, limit=3)
    assert first["items"] + taught.get(PATH, **month, limit=3, after=first["next"])["items"] == whole["items"]
    assert [item["id"] for item in taught.get(PATH, **month, status="planned")["items"]] == ["mon-1:2026-09-28"]
    assert taught.get(PATH, **month, group="nobody")["items"] == []
    answer = taught.client.get(PATH, params=month)
    again = taught.client.get(PATH, params=month, headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304
    taught.enter(Put("off", Cancellation(lesson="mon-1:2026-09-28")))
    changed = taught.client.get(PATH, params=month, headers={"If-None-Match": answer.headers["etag"]})
    assert changed.status_code == 200


def test_a_table_has_the_same_words(taught: Lab) -> None:
    answer = taught.client.get(PATH, params={**DAY, "format": "csv"})
    (row,) = csv.DictReader(io.StringIO(answer.text))
    assert (row["id"], row["status"], row["used"], row["counts"]) == (
        SESSION,
        "confirmed_by_telemetry",
        "mill-1",
        "true",
    )


def test_sessions_that_are_kept_are_bounded(taught: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(practice, "ROWS_LIMIT", 10)
    keeper: Practice = taught.numbers.practice
    for hours in range(1, 30):
        keeper.meetings(NOW - hours * HOUR, NOW)
    assert len(keeper._kept) <= 10
