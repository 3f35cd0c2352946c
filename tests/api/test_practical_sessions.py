from __future__ import annotations

import csv
import io
from datetime import date
from typing import Any

import pytest

from edge.numbers import practice
from edge.numbers.practice import Practice
from edge.register.contract import Put, Remove
from edge.register.evidence import Attendance, RuleSet
from edge.register.lessons import Cancellation
from telemetry.model import EquipmentId, JobOutcome, JobPhase, JobSeen, State
from tests.api.lab import EQUIPMENT, HOUR, MILL, MINUTE, NOW, Lab, S, settings, state
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
    made_of = got["computed_from"]
    assert [made_of[name] for name in ("offset", "register_version", "rules")] == [3, 1, "1"]


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


def test_the_use_of_its_work_places_is_that_of_utilisation(taught: Lab) -> None:
    lesson_alone = {"start": "2026-09-21T13:00:00Z", "end": "2026-09-21T14:00:00Z"}
    row = one(taught.get("/api/v1/utilisation", **lesson_alone, by="group")["items"], key="pr-1")
    got = taught.get(f"{ONE}/evidence")
    assert (got["station_busy_ns"], got["station_lesson_ns"]) == (30 * MINUTE, HOUR)
    assert got["station_utilisation"] == row["station_utilisation"] == 0.5


def test_a_proposal_has_no_lesson_whose_work_places_were_used(club: Lab) -> None:
    got = club.get(f"{PATH}/{proposed(club)}/evidence")
    assert (got["station_busy_ns"], got["station_lesson_ns"], got["station_utilisation"]) == (0, 0, None)


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


def test_a_lesson_that_has_not_begun_cannot_be_confirmed_but_cancelled(taught: Lab) -> None:
    ahead = f"{PATH}/mon-1:2026-09-28/corrections"
    answer = taught.client.post(ahead, json=WORD | {"status": "confirmed_manually"})
    assert (answer.status_code, answer.json()["detail"]) == (422, "the practical session has not been held yet")
    assert taught.get(f"{PATH}/mon-1:2026-09-28")["counts"] is False
    assert post(taught, ahead, {"status": "cancelled"})["status"] == "cancelled"


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


MILL_2 = EquipmentId("mill-2")


@pytest.fixture
def club() -> Lab:
    """Two mills worked together from 14:00:20 to 15:00:20 local time, and no slot announced it."""
    lab = Lab(settings((*EQUIPMENT, EQUIPMENT[0].model_copy(update={"id": MILL_2}))))
    lab.enter(*school()[:-1])
    for mill in (MILL, MILL_2):
        lab.keep([state(NOW - 3 * HOUR + 20 * S, State.BUSY, mill), state(NOW - 2 * HOUR + 20 * S, State.IDLE, mill)])
    return lab


def proposed(lab: Lab) -> str:
    (found,) = lab.get(PATH, **DAY, status="detected")["items"]
    return str(found["id"])


def test_use_that_no_slot_announced_is_proposed_and_not_counted(club: Lab) -> None:
    (found,) = club.get(PATH, **DAY)["items"]
    assert (found["status"], found["counts"], found["room"], found["group"]) == ("detected", False, "workshop", "")
    assert club.get(f"{PATH}/{found['id']}/evidence")["resum_ns"] == 2 * HOUR


def test_a_proposal_that_is_accepted_is_a_lesson_of_its_own_in_one_change_set(club: Lab) -> None:
    old, before = proposed(club), club.register.version()
    words = {"group": "pr-1", "program": "robotics", "name": "клуб", "learners": 7}
    got = post(club, f"{PATH}/{old}/corrections", {"status": "confirmed_manually", "lesson": words})
    name = got["session"]
    assert (got["status"], name, club.register.version()) == (
        "confirmed_manually", "accepted-20260921-1400-workshop", before + 1,
    )  # fmt: skip
    (session,) = club.get(PATH, **DAY)["items"]
    assert (session["id"], session["start"], session["end"]) == (name, "2026-09-21T11:00:00Z", "2026-09-21T12:01:00Z")
    assert (session["counts"], session["group"], session["program"], session["learners"]) == (
        True, "pr-1", "robotics", 7,
    )  # fmt: skip
    assert session["original"] == "detected"
    assert club.get(f"{PATH}/{name}/corrections")["original"] == "detected"
    (lesson_past,) = club.get(f"/api/v1/register/one_off/{name}/history")["items"]
    (word,) = club.get(f"/api/v1/register/session_correction/{name}:1/history")["items"]
    assert (lesson_past["author"], word["value"]["accepted_from"]) == ("Иванова А. П.", old)


def test_an_accepted_session_counts_for_good_though_late_data_move_where_it_began(club: Lab) -> None:
    old = proposed(club)
    name = post(club, f"{PATH}/{old}/corrections", {"status": "confirmed_manually"})["session"]
    for mill in (MILL, MILL_2):
        club.keep([state(NOW - 3 * HOUR - 12 * MINUTE, State.BUSY, mill)])
    (session,) = [one for one in club.get(PATH, **DAY)["items"] if one["counts"]]
    assert (session["id"], session["start"], session["status"]) == (
        name, "2026-09-21T11:00:00Z", "confirmed_manually",
    )  # fmt: skip


@pytest.mark.parametrize("part", ["", "/evidence", "/corrections"])
def test_the_address_of_a_proposal_leads_to_the_lesson_that_it_became(club: Lab, part: str) -> None:
    old = proposed(club)
    name = post(club, f"{PATH}/{old}/corrections", {"status": "confirmed_manually"})["session"]
    moved = club.client.get(f"{PATH}/{old}{part}", follow_redirects=False)
    assert (moved.status_code, moved.headers["location"]) == (307, f"{PATH}/{name}{part}")
    assert name in moved.json()["fix"]
    assert club.client.get(f"{PATH}/{old}{part}").status_code == 200


def test_the_address_of_a_proposal_leads_to_where_late_data_moved_it(club: Lab) -> None:
    old = proposed(club)
    for mill in (MILL, MILL_2):
        club.keep([state(NOW - 3 * HOUR - 12 * MINUTE, State.BUSY, mill)])
    now = proposed(club)
    assert now != old
    moved = club.client.get(f"{PATH}/{old}/evidence", follow_redirects=False)
    assert (moved.status_code, moved.headers["location"]) == (307, f"{PATH}/{now}/evidence")


def test_whoever_accepts_twice_is_told_where_it_went(club: Lab) -> None:
    old = proposed(club)
    post(club, f"{PATH}/{old}/corrections", {"status": "confirmed_manually"})
    again = post(club, f"{PATH}/{old}/corrections", {"status": "confirmed_manually", "reason": "ещё раз"})
    assert len(again["items"]) == 2
    assert len(club.get("/api/v1/register/one_off")["items"]) == 1


def test_learners_counted_before_the_acceptance_go_with_the_session(club: Lab) -> None:
    old = proposed(club)
    assert club.client.patch(f"{PATH}/{old}", json=WORD | {"learners": 5}).json()["learners"] == 5
    (row,) = club.register.rows(Attendance).value
    club.enter(Put(row.id, Attendance(session=old, count=5, learners=("l1", "l2")), row.version))
    name = post(club, f"{PATH}/{old}/corrections", {"status": "confirmed_manually"})["session"]
    assert club.get(f"{PATH}/{name}")["learners"] == 5
    (kept,) = club.register.learners(Attendance, reader="тест", reason="проверка", at=club.clock.now()).value
    assert (kept.id, kept.value.session, kept.value.learners) == (name, name, ("l1", "l2"))


def test_an_acceptance_that_was_taken_back_can_be_made_anew(club: Lab) -> None:
    old = proposed(club)
    name = post(club, f"{PATH}/{old}/corrections", {"status": "confirmed_manually"})["session"]
    club.enter(Remove("one_off", name, 1))
    assert proposed(club) == old
    again = post(club, f"{PATH}/{old}/corrections", {"status": "confirmed_manually"})["session"]
    assert again == f"{name}-2"
    assert club.get(f"{PATH}/{again}")["counts"] is True


@pytest.mark.parametrize(
    ("lesson", "field"), [({"group": "nobody"}, "one_off"), ({"form": "by post"}, "form"), ({"seats": 3}, "seats")]
)
def test_an_acceptance_that_names_what_is_not_there_changes_nothing(club: Lab, lesson: Any, field: str) -> None:
    old, before = proposed(club), club.register.version()
    refused = post(club, f"{PATH}/{old}/corrections", {"status": "confirmed_manually", "lesson": lesson}, 422)
    assert field in refused["errors"][0]["field"]
    assert (club.register.version(), proposed(club)) == (before, old)


def test_a_proposal_longer_than_any_lesson_is_not_accepted(club: Lab) -> None:
    club.enter(Put("long", RuleSet(name="долгие", effective_from=date(2026, 9, 1), detect_most_minutes=24 * 60)))
    for mill in (MILL, MILL_2):
        club.keep([state(NOW - 17 * HOUR, State.BUSY, mill)])
    refused = post(club, f"{PATH}/{proposed(club)}/corrections", {"status": "confirmed_manually"}, 422)
    assert "hours" in refused["detail"]


def test_whose_lesson_it_was_is_told_of_proposals_alone(taught: Lab, club: Lab) -> None:
    lesson = {"group": "pr-1"}
    post(taught, f"{ONE}/corrections", {"status": "confirmed_manually", "lesson": lesson}, 422)
    post(club, f"{PATH}/{proposed(club)}/corrections", {"status": "unconfirmed", "lesson": lesson}, 422)


def test_a_proposal_that_is_declined_stays_readable(club: Lab) -> None:
    old = proposed(club)
    got = post(club, f"{PATH}/{old}/corrections", {"status": "unconfirmed"})
    assert (got["session"], got["original"], got["status"]) == (old, "detected", "unconfirmed")


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
