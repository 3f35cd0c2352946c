from __future__ import annotations

import json
from typing import Any

import pytest
from starlette.testclient import TestClient

from edge.runs import LIVE_LIMIT
from telemetry.model import Channel, EquipmentId, Reading, RunPhase, RunSeen, State
from tests.api.lab import HOUR, MILL, MINUTE, NOW, Lab, S, reading, state
from tests.api.school import SESSION, lesson, school

PATH = "/api/v1/runs"
LAPTOP = "laptop-3"
DIODE: dict[str, Any] = {
    "id": "diode-1",
    "equipment": [LAPTOP, "laptop-4"],
    "channels": ["u", "i"],
    "title": "ВАХ диода",
    "lab_work": "№ 7",
    "group": "ph-9",
    "period_ns": S,
    "room": "physics",
}


def sent(lab: Lab, path: str, body: Any = None, *, status: int = 200) -> Any:
    answer = lab.client.post(path, json=body) if body is not None else lab.client.post(path)
    assert answer.status_code == status, answer.text
    return json.loads(answer.content)


def post(lab: Lab, body: Any, *, status: int = 201) -> Any:
    return sent(lab, PATH, body, status=status)


def stop(lab: Lab, run: str, body: Any = None, *, status: int = 200) -> Any:
    return sent(lab, f"{PATH}/{run}/stop", body, status=status)


def batch(lab: Lab, at: int, *, run: str = "", channel: str = "u", **words: Any) -> Any:
    body = {"equipment": LAPTOP, "channel": channel, "t": at // 1_000_000, "v": 1.5, "run": run, **words}
    return sent(lab, "/api/v1/readings", body)


# --- starting


def test_a_run_is_started_told_and_stopped(lab: Lab) -> None:
    view = post(lab, DIODE)
    assert {name: view[name] for name in DIODE if name != "room"} == {
        **{name: DIODE[name] for name in DIODE if name != "room"},
        "channels": ["i", "u"],
    }
    assert (view["started"], view["ended"], view["live"], view["closed_by"]) == (
        "2026-09-21T14:00:00Z",
        None,
        True,
        None,
    )
    lab.clock.advance(20 * S)
    stopped = stop(lab, "diode-1")
    assert (stopped["ended"], stopped["live"], stopped["closed_by"]) == ("2026-09-21T14:00:20Z", False, "stop")
    assert lab.get(f"{PATH}/diode-1") == stopped
    assert stopped["computed_from"]["offset"] == lab.store.offset() == 6  # seen, started and stopped, two of each


def test_a_start_that_is_sent_again_changes_nothing(lab: Lab) -> None:
    first = post(lab, DIODE)
    lab.clock.advance(5 * S)
    assert post(lab, DIODE, status=200) == first
    stop(lab, "diode-1")
    assert post(lab, DIODE, status=200)["live"] is False


def test_a_stop_that_is_sent_again_changes_nothing(lab: Lab) -> None:
    post(lab, DIODE)
    lab.clock.advance(5 * S)
    first = stop(lab, "diode-1")
    lab.clock.advance(5 * S)
    assert stop(lab, "diode-1", {}) == stop(lab, "diode-1", {"stopped": "2026-09-21T14:00:09Z"}) == first


@pytest.mark.parametrize(
    "other", [{"title": "x"}, {"equipment": ["laptop-9"]}, {"channels": []}, {"period_ns": 5}, {"group": "x"}]
)
def test_another_run_of_the_same_id_is_refused(lab: Lab, other: dict[str, Any]) -> None:
    post(lab, DIODE)
    problem = post(lab, {**DIODE, **other}, status=409)
    assert "diode-1" in problem["detail"]
    assert problem["fix"]


def test_a_run_needs_nothing_but_its_equipment(lab: Lab) -> None:
    view = post(lab, {"equipment": LAPTOP})
    assert view["id"].startswith("run-")
    assert (view["equipment"], view["channels"], view["period_ns"]) == ([LAPTOP], [], 0)
    assert post(lab, {"equipment": LAPTOP})["id"] != view["id"]


def test_a_lab_computer_that_nobody_set_up_is_on_the_board_with_its_first_run(lab: Lab) -> None:
    post(lab, DIODE)
    seen = lab.get(f"/api/v1/equipment/{LAPTOP}")
    assert (seen["room"], seen["driver"]) == ("physics", "labedge")


@pytest.mark.parametrize(
    "words",
    [
        {"equipment": []},
        {"equipment": ["Laptop 3"]},
        {"equipment": ["a"] * 65},
        {"channels": ["ток, мА"]},
        {"id": "a/b"},
        {"id": ".."},
        {"id": ""},
        {"id": "a" * 65},
        {"id": "\ud800"},
        {"title": "\ud800"},
        {"title": "a\nb"},
        {"title": "a" * 121},
        {"group": "Иванов Пётр"},
        {"period_ns": -1},
        {"period_ns": 2**62},
        {"started": "yesterday"},
        {"pupil": "Иванов Пётр"},
    ],
    ids=str,
)
def test_words_that_cannot_be_are_refused_and_nothing_is_kept(lab: Lab, words: dict[str, Any]) -> None:
    raw = json.dumps({**DIODE, **words})
    answer = lab.client.post(PATH, content=raw, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422
    assert json.loads(answer.content)["errors"]
    assert lab.store.offset() == 0


@pytest.mark.parametrize("started", ["2019-12-31T00:00:00Z", "2026-09-23T00:00:00Z"])
def test_a_time_that_cannot_be_believed_is_refused(lab: Lab, started: str) -> None:
    problem = post(lab, {**DIODE, "started": started}, status=409)
    assert "clock" in problem["fix"]
    assert lab.store.offset() == 0


def test_a_run_may_be_told_late_and_its_stop_not_before_its_start(lab: Lab) -> None:
    assert post(lab, {**DIODE, "started": "2026-09-21T10:00:00+03:00"})["started"] == "2026-09-21T07:00:00Z"
    stop(lab, "diode-1", {"stopped": "2026-09-21T06:59:59Z"}, status=409)
    assert stop(lab, "diode-1", {"stopped": "2026-09-21T07:10:00Z"})["ended"] == "2026-09-21T07:10:00Z"


def test_nothing_is_acknowledged_while_the_disk_takes_nothing(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.committed.COMMIT_TIMEOUT_S", 0.01)
    monkeypatch.setattr(lab.journal, "append", lambda *_args, **_words: None)
    answer = lab.client.post(PATH, json=DIODE)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]


def test_a_program_that_starts_run_after_run_is_told_to_stop_some(lab: Lab) -> None:
    for _number in range(LIVE_LIMIT):
        post(lab, {"equipment": LAPTOP})
    problem = post(lab, {"equipment": ["laptop-4", LAPTOP]}, status=503)
    assert LAPTOP in problem["detail"]
    stop(lab, lab.get(PATH)["items"][0]["id"])
    post(lab, {"equipment": LAPTOP})
    lab.clock.advance(2 * MINUTE)
    post(lab, {"equipment": LAPTOP})


@pytest.mark.parametrize("path", ["", "/stop", "/data"])
def test_a_run_that_nobody_knows_is_told(lab: Lab, path: str) -> None:
    call = lab.client.post if path == "/stop" else lab.client.get
    answer = call(f"{PATH}/nobody's{path}")
    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "application/problem+json"


# --- silence, names and clocks


def test_a_run_whose_computer_vanished_is_closed_by_silence_and_its_end_is_no_record(lab: Lab) -> None:
    post(lab, {**DIODE, "period_ns": 0})
    batch(lab, NOW + 10 * S)
    offset = lab.store.offset()
    lab.clock.advance(70 * S)
    assert lab.get(f"{PATH}/diode-1")["live"] is True
    lab.clock.advance(S)
    view = lab.get(f"{PATH}/diode-1")
    assert (view["live"], view["closed_by"], view["ended"]) == (False, "silence", "2026-09-21T14:00:10.000000001Z")
    assert lab.store.offset() == offset
    batch(lab, NOW + 40 * S)
    assert lab.get(f"{PATH}/diode-1")["live"] is True, "late readings move the end"


def test_a_run_that_silence_ended_is_stopped_where_it_ended(lab: Lab) -> None:
    post(lab, DIODE)
    batch(lab, NOW + 10 * S)
    lab.clock.advance(HOUR)
    view = stop(lab, "diode-1")
    assert (view["ended"], view["closed_by"]) == ("2026-09-21T14:00:11Z", "stop")
    assert stop(lab, "diode-1") == view


def test_a_clock_that_was_set_back_leaves_a_run_with_its_readings(lab: Lab) -> None:
    post(lab, DIODE)
    lab.clock.jump(-HOUR)
    batch(lab, NOW - HOUR + 5 * S, run="diode-1")
    lab.clock.advance(9 * S)
    view = stop(lab, "diode-1")
    assert (view["started"], view["ended"]) == ("2026-09-21T13:00:05Z", "2026-09-21T13:00:09Z")
    assert [item["t"] for item in lab.get(f"{PATH}/diode-1/data")["items"]] == [["2026-09-21T13:00:05Z"]]


def test_readings_that_name_a_run_make_one_without_a_word(lab: Lab) -> None:
    for second in range(3):
        batch(lab, NOW + second * S, run="урок 7")
    (view,) = lab.get(PATH)["items"]
    assert (view["id"], view["started"], view["live"]) == ("урок 7", "2026-09-21T14:00:00Z", True)
    assert len(lab.get(f"{PATH}/урок 7/data")["items"]) == 3
    lab.clock.advance(2 * S)
    assert stop(lab, "урок 7")["ended"] == "2026-09-21T14:00:02Z"


def test_a_run_that_readings_named_before_it_was_started_is_started(lab: Lab) -> None:
    batch(lab, NOW, run="diode-1")
    lab.clock.advance(5 * S)
    view = post(lab, DIODE)
    assert (view["title"], view["started"]) == ("ВАХ диода", "2026-09-21T14:00:00Z")


# --- lists


def test_runs_are_listed_by_start_page_by_page_and_filtered(lab: Lab) -> None:
    for number in range(5):
        lab.clock.advance(S)
        post(lab, {"id": f"run-{number}", "equipment": f"laptop-{number % 2}"})
    stop(lab, "run-0")
    seen: list[str] = []
    after: str | None = ""
    while after is not None:
        page = lab.get(PATH, limit=2, after=after)
        seen += [one["id"] for one in page["items"]]
        after = page["next"]
    assert seen == [f"run-{number}" for number in range(5)]
    assert [one["id"] for one in lab.get(PATH, equipment="laptop-0")["items"]] == ["run-0", "run-2", "run-4"]
    assert [one["id"] for one in lab.get(PATH, live=False)["items"]] == ["run-0"]
    assert len(lab.get(PATH, live=True)["items"]) == 4


def test_without_a_window_it_is_the_last_month(lab: Lab) -> None:
    post(lab, {"id": "old", "equipment": LAPTOP, "started": "2026-08-01T00:00:00Z"})
    post(lab, {"id": "new", "equipment": LAPTOP, "started": "2026-09-01T00:00:00Z"})
    assert [one["id"] for one in lab.get(PATH)["items"]] == ["new"]
    assert [one["id"] for one in lab.get(PATH, start="2026-07-31T00:00:00Z")["items"]] == ["old", "new"]
    assert [one["id"] for one in lab.get(PATH, end="2026-08-02T00:00:00Z")["items"]] == ["old"]
    assert lab.client.get(PATH, params={"start": "2026-09-24T00:00:00Z"}).status_code == 422
    assert lab.client.get(PATH, params={"start": "1970-01-01T00:00:00Z"}).status_code == 422


def test_a_list_as_csv(lab: Lab) -> None:
    post(lab, {**DIODE, "title": "=1+1"})
    header, row = lab.client.get(PATH, params={"format": "csv"}).text.splitlines()
    assert header == "id,title,lab_work,group,equipment,channels,period_ns,started,ended,live,closed_by"
    assert row.startswith("diode-1,'=1+1,№ 7,ph-9,laptop-3 laptop-4,i u,1000000000,2026-09-21T14:00:00")


# --- data


def follow(lab: Lab, after: int, **words: Any) -> tuple[list[Any], int]:
    page = lab.get(f"{PATH}/diode-1/data", after=after, **words)
    return [(item["channel"], item["t"], item["v"]) for item in page["items"]], page["next"] or page["offset"]


def test_a_live_run_is_followed_from_offset_to_offset(lab: Lab) -> None:
    post(lab, DIODE)
    told, after = [], 0
    for second in (1, 2, 2, 5, 3):
        batch(lab, NOW + second * S)
        batch(lab, NOW + second * S, channel="temperature")
        batch(lab, NOW + second * S, channel="i", run="another")
        items, after = follow(lab, after)
        told += [t for _channel, (t,), _v in items]
    assert told == [f"2026-09-21T14:00:0{second}Z" for second in (1, 2, 5, 3)]
    assert after == lab.store.offset()


def test_data_tell_whether_to_go_on(lab: Lab) -> None:
    post(lab, DIODE)
    for second in range(3):
        batch(lab, NOW + second * S)
    page = lab.get(f"{PATH}/diode-1/data", limit=2)
    assert (len(page["items"]), page["next"], page["live"]) == (2, page["items"][-1]["offset"], True)
    stop(lab, "diode-1", {"stopped": "2026-09-21T14:00:02Z"})
    page = lab.get(f"{PATH}/diode-1/data", after=page["next"])
    assert (page["items"], page["next"], page["live"], page["instance"]) == ([], None, False, lab.store.instance())


def test_data_as_csv(lab: Lab) -> None:
    post(lab, DIODE)
    batch(lab, NOW + S, unit="V")
    header, row = lab.client.get(f"{PATH}/diode-1/data", params={"format": "csv"}).text.splitlines()
    assert header == "offset,equipment,channel,unit,t,v"
    assert row.split(",")[1:4] == [LAPTOP, "u", "V"]


# --- evidence of lessons


def evidence(lab: Lab) -> list[Any]:
    runs: list[Any] = lab.get(f"/api/v1/practical-sessions/{SESSION}/evidence")["runs"]
    return runs


def test_a_session_names_the_runs_that_went_on_in_it(lab: Lab) -> None:
    lab.enter(*school())
    lesson(lab)
    assert evidence(lab) == []
    words = {"equipment": ["mill-1"], "title": "Резание"}
    post(lab, {**words, "id": "in", "started": "2026-09-21T13:20:00Z"})
    post(lab, {**words, "id": "before", "started": "2026-09-21T11:00:00Z"})
    post(lab, {**words, "id": "elsewhere", "equipment": [LAPTOP], "started": "2026-09-21T13:20:00Z"})
    stop(lab, "in", {"stopped": "2026-09-21T13:50:00Z"})
    stop(lab, "before", {"stopped": "2026-09-21T12:00:00Z"})
    assert evidence(lab) == [
        {
            "equipment": "mill-1",
            "run": "in",
            "title": "Резание",
            "started": "2026-09-21T13:20:00Z",
            "ended": "2026-09-21T13:50:00Z",
        }
    ]


def test_a_run_that_only_readings_name_and_one_that_goes_on_are_evidence_too(lab: Lab) -> None:
    lab.enter(*school())
    lab.keep([state(NOW - 10 * HOUR, State.IDLE), state(NOW - 40 * MINUTE, State.BUSY)])
    lab.keep([RunSeen(MILL, NOW - S, NOW, "now", RunPhase.STARTED)])
    lab.keep([Reading(MILL, Channel("u"), NOW - 30 * MINUTE, NOW, 1.0, "V", "named")])
    found = {one["run"]: one["ended"] for one in evidence(lab)}
    assert found == {"named": "2026-09-21T13:30:00.000000001Z", "now": None}


# --- those who only look


def test_a_page_of_another_site_starts_nothing(lab: Lab) -> None:
    answer = lab.client.post(PATH, json=DIODE, headers={"Origin": "http://evil.example"})
    assert answer.status_code == 403
    assert lab.store.offset() == 0


def test_two_followers_on_two_clients_have_the_same(lab: Lab) -> None:
    post(lab, DIODE)
    lab.keep([reading(NOW, 1.0, EquipmentId(LAPTOP), Channel("u"))])
    other = TestClient(lab.app, base_url="http://127.0.0.1")
    assert other.get(f"{PATH}/diode-1/data").content == lab.client.get(f"{PATH}/diode-1/data").content
