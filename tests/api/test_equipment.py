from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from edge.errors import Damaged, Full
from telemetry.model import EquipmentId, EquipmentSeen, JobOutcome, JobPhase, JobSeen, State
from tests.api.lab import HOUR, MILL, MINUTE, NOW, PRINTER, Lab, S, link, reading, state

TODAY = {"start": "2026-09-21T13:00:00Z", "end": "2026-09-21T14:00:00Z"}


def test_equipment_says_everything_that_is_known_of_it_now(lab: Lab) -> None:
    lab.keep([state(NOW - MINUTE, State.FAULT, word="Alarm:1", reason="hard limit"), link(NOW - HOUR, up=True)])
    got = lab.get("/api/v1/equipment/mill-1")
    assert got | {"computed_from": 0} == {
        "id": "mill-1",
        "name": "Фрезер 1",
        "kind": "cnc_mill",
        "track": "hightech",
        "room": "workshop",
        "driver": "grbl",
        "inventory_number": "",
        "configured": True,
        "state": "fault",
        "since": "2026-09-21T13:59:00Z",
        "source": "device",
        "word": "Alarm:1",
        "reason": "hard limit",
        "link": {"up": True, "since": "2026-09-21T13:00:00Z", "reason": ""},
        "last_seen_at": "2026-09-21T13:59:00Z",
        "channels": [],
        "job": None,
        "computed_from": 0,
    }
    assert got["computed_from"] == {"offset": 2, "register_version": 0, "rules": None, "configuration": None}


def test_equipment_carries_its_newest_values_and_its_job(lab: Lab) -> None:
    lab.keep(
        [
            reading(NOW - S, 200.0),
            reading(NOW, 210.5),
            JobSeen(PRINTER, NOW - HOUR, NOW - HOUR, "a", JobPhase.STARTED, "часы.gcode"),
            JobSeen(PRINTER, NOW, NOW, "a", JobPhase.PROGRESSED, progress=0.25),
        ]
    )
    got = lab.get("/api/v1/equipment/printer-1")
    assert got["channels"] == [{"channel": "tool0_temperature", "unit": "°C", "t": "2026-09-21T14:00:00Z", "v": 210.5}]
    assert got["job"] == {
        "job": "a",
        "name": "часы.gcode",
        "progress": 0.25,
        "started": "2026-09-21T13:00:00Z",
        "paused": False,
    }


def test_equipment_that_said_nothing_is_unknown_without_a_since(lab: Lab) -> None:
    got = lab.get("/api/v1/equipment/mill-1")
    assert (got["state"], got["since"], got["source"], got["last_seen_at"]) == ("unknown", None, "no_data", None)
    assert got["link"] == {"up": None, "since": None, "reason": ""}


def test_pages_of_the_list_meet_without_gap_or_overlap(lab: Lab) -> None:
    lab.keep([EquipmentSeen(EquipmentId(f"pc-{n}"), NOW, NOW, "it", "labedge") for n in range(5)])
    seen: list[str] = []
    page: dict[str, Any] = {"next": ""}
    while page["next"] is not None:
        page = lab.get("/api/v1/equipment", limit=3, after=page["next"])
        seen += [one["id"] for one in page["items"]]
    assert seen == ["mill-1", *(f"pc-{n}" for n in range(5)), "printer-1"]


def test_intervals_add_up_to_the_window_and_meet(lab: Lab) -> None:
    lab.keep([state(NOW - 50 * MINUTE, State.BUSY), state(NOW - 20 * MINUTE - 7, State.IDLE)])
    got = lab.get("/api/v1/equipment/mill-1/intervals", **TODAY)
    assert sum(got["totals_ns"].values()) == HOUR
    assert got["totals_ns"]["busy"] == 30 * MINUTE - 7
    assert [one["state"] for one in got["intervals"]] == ["unknown", "busy", "idle"]
    assert all(a["end"] == b["start"] for a, b in pairwise(got["intervals"]))
    assert (got["intervals"][0]["start"], got["intervals"][-1]["end"]) == (TODAY["start"], TODAY["end"])


@pytest.mark.parametrize("last", [State.BUSY, State.UNKNOWN])
def test_time_to_come_is_unknown(lab: Lab, last: State) -> None:
    lab.keep([state(NOW - HOUR, last)])
    window = {"start": "2026-09-21T16:59:00+03:00", "end": "2026-09-21T18:00:00+03:00"}
    got = lab.get("/api/v1/equipment/mill-1/intervals", **window)
    known = 0 if last is State.UNKNOWN else MINUTE
    assert got["totals_ns"]["unknown"] == HOUR + MINUTE - known
    assert sum(got["totals_ns"].values()) == HOUR + MINUTE


def test_a_window_wholly_in_the_future_is_one_unknown_interval(lab: Lab) -> None:
    lab.keep([state(NOW - HOUR, State.BUSY)])
    got = lab.get("/api/v1/equipment/mill-1/intervals", start="2026-09-22T00:00:00Z", end="2026-09-22T01:00:00Z")
    assert [one["state"] for one in got["intervals"]] == ["unknown"]
    assert got["totals_ns"]["unknown"] == HOUR


def test_intervals_as_csv(lab: Lab) -> None:
    lab.keep([state(NOW - HOUR, State.BUSY)])
    answer = lab.client.get("/api/v1/equipment/mill-1/intervals", params=TODAY | {"format": "csv"})
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.text == "start,end,state,source\r\n2026-09-21T13:00:00Z,2026-09-21T14:00:00Z,busy,device\r\n"


def test_too_many_intervals_are_a_problem_with_a_way_out(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.history.MAX_INTERVALS", 1)
    lab.keep([state(NOW - MINUTE, State.BUSY), state(NOW - 1, State.IDLE)])
    answer = lab.client.get("/api/v1/equipment/mill-1/intervals", params=TODAY)
    assert (answer.status_code, answer.json()["fix"]) == (422, "Ask for a shorter window.")


def test_jobs_tell_their_outcome_and_come_in_pages(lab: Lab) -> None:
    for n in range(3):
        at = NOW - HOUR + n * MINUTE
        lab.keep(
            [
                JobSeen(PRINTER, at, at, f"j{n}", JobPhase.STARTED, f"=деталь {n}"),
                JobSeen(PRINTER, at + S, at + S, f"j{n}", JobPhase.ENDED, outcome=JobOutcome.COMPLETED),
            ]
        )
    first = lab.get("/api/v1/equipment/printer-1/jobs", limit=2, **TODAY)
    rest = lab.get("/api/v1/equipment/printer-1/jobs", limit=2, after=first["next"], **TODAY)
    assert [one["job"] for one in first["items"] + rest["items"]] == ["j0", "j1", "j2"]
    assert rest["next"] is None
    assert first["items"][0] == {
        "job": "j0",
        "name": "=деталь 0",
        "started": "2026-09-21T13:00:00Z",
        "ended": "2026-09-21T13:00:01Z",
        "outcome": "completed",
        "progress": None,
        "paused": False,
        "reason": "",
    }
    text = lab.client.get("/api/v1/equipment/printer-1/jobs", params=TODAY | {"format": "csv"}).text
    assert text.splitlines()[1].startswith("j0,'=деталь 0,2026-09-21T13:00:00Z")


def test_the_list_as_csv_has_one_line_a_device(lab: Lab) -> None:
    lab.keep([link(NOW, up=True), JobSeen(PRINTER, NOW, NOW, "a", JobPhase.STARTED, "куб")])
    lines = lab.client.get("/api/v1/equipment", params={"format": "csv"}).text.splitlines()
    assert lines[1].startswith("mill-1,Фрезер 1,cnc_mill,hightech,workshop,grbl,unknown,,no_data,true,")
    assert lines[2].endswith(",куб")


@pytest.mark.parametrize(("error", "status"), [(Full("no room", fix="Free some."), 503), (Damaged("bad page"), 500)])
def test_what_a_part_of_the_gateway_raises_becomes_a_problem(
    lab: Lab, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int
) -> None:
    def broken() -> int:
        raise error

    monkeypatch.setattr(lab.store, "offset", broken)
    answer = lab.client.get("/api/v1/equipment/mill-1/intervals", params=TODAY)
    assert (answer.status_code, answer.json()["status"], bool(answer.json()["fix"])) == (status, status, True)
    assert MILL not in answer.json()["fix"]
