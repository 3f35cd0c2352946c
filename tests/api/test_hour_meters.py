from __future__ import annotations

import csv
import io

import pytest

from edge.register.contract import Put
from edge.register.entry import time_of
from edge.register.upkeep import Service
from telemetry.model import JobOutcome, JobPhase, JobSeen, State
from tests.api.lab import HOUR, MILL, MINUTE, NOW, Lab, state
from tests.api.school import one

PATH = "/api/v1/hour-meters"


@pytest.fixture
def worn(lab: Lab) -> Lab:
    """Four hours of work, one fault of ten minutes, one job well done."""
    lab.keep(
        [
            state(NOW - 10 * HOUR, State.IDLE),
            state(NOW - 9 * HOUR, State.BUSY),
            state(NOW - 7 * HOUR, State.FAULT),
            state(NOW - 7 * HOUR + 10 * MINUTE, State.IDLE),
            state(NOW - 2 * HOUR, State.BUSY),
            JobSeen(MILL, NOW - 9 * HOUR, NOW, "a", JobPhase.STARTED, "вал.nc"),
            JobSeen(MILL, NOW - 7 * HOUR, NOW, "a", JobPhase.ENDED, "вал.nc", outcome=JobOutcome.FAILED),
            JobSeen(MILL, NOW - 2 * HOUR, NOW, "b", JobPhase.STARTED, "вал.nc"),
        ]
    )
    return lab


def test_a_meter_counts_from_the_first_word_on(worn: Lab) -> None:
    got = worn.get(PATH)
    meter = one(got["items"], equipment="mill-1")
    life = meter["life"]
    assert (life["since"], life["base_ns"], life["known_ns"]) == ("2026-09-21T04:00:00Z", 10 * HOUR, 10 * HOUR)
    assert (life["hour_meter_ns"], life["faults"], life["repairs"]) == (4 * HOUR, 1, 1)
    assert (life["mean_time_between_faults_ns"], life["mean_time_to_repair_ns"]) == (4 * HOUR, 10 * MINUTE)
    assert (life["jobs_started"], life["jobs_failed"], life["jobs_running"]) == (2, 1, 1)
    assert meter["since_service"] is None
    assert worn.get("/api/v1/equipment/mill-1/hour-meter") == meter | {"computed_from": got["computed_from"]}


def test_what_never_spoke_has_counted_nothing(worn: Lab) -> None:
    life = one(worn.get(PATH)["items"], equipment="printer-1")["life"]
    assert (life["hour_meter_ns"], life["base_ns"], life["mean_time_between_faults_ns"]) == (0, 0, None)


def test_since_a_service_counting_begins_anew(worn: Lab) -> None:
    before = worn.client.get(PATH).headers["etag"]
    worn.enter(
        Put("s-1", Service(equipment="mill-1", at=time_of(NOW - 20 * HOUR), what="ТО")),
        Put("s-2", Service(equipment="mill-1", at=time_of(NOW - HOUR), what="ТО-2")),
    )
    meter = worn.get("/api/v1/equipment/mill-1/hour-meter")
    assert meter["life"]["hour_meter_ns"] == 4 * HOUR
    assert meter["since_service"]["hour_meter_ns"] == HOUR
    assert (meter["since_service"]["faults"], meter["since_service"]["since"]) == (0, "2026-09-21T13:00:00Z")
    assert worn.client.get(PATH, headers={"If-None-Match": before}).status_code == 200


def test_the_same_minute_has_the_same_answer(worn: Lab) -> None:
    before = worn.client.get(PATH).headers["etag"]
    worn.clock.advance(30_000_000_000)
    assert worn.client.get(PATH, headers={"If-None-Match": before}).status_code == 304
    worn.clock.advance(MINUTE)
    assert worn.client.get(PATH, headers={"If-None-Match": before}).status_code == 200


def test_a_table_has_one_row_for_each(worn: Lab) -> None:
    answer = worn.client.get(PATH, params={"format": "csv"})
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [row["equipment"] for row in rows] == ["mill-1", "printer-1"]
    assert (rows[0]["hour_meter_ns"], rows[0]["service_hour_meter_ns"]) == (str(4 * HOUR), "")


def test_what_is_not_configured_has_no_meter(worn: Lab) -> None:
    answer = worn.client.get("/api/v1/equipment/mill-9/hour-meter")
    assert answer.status_code == 404
    assert "hour-meters" in answer.json()["fix"]
