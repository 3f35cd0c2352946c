from __future__ import annotations

from typing import Any

import pytest

from edge.monitoring.contract import Period
from telemetry.model import EquipmentId, JobPhase, JobSeen, RunPhase, RunSeen, State
from tests.api.lab import HOUR, MILL, MINUTE, NOW, PRINTER, Lab, reading, state
from tests.api.school import SESSION, lesson, one, school

ASKED: dict[str, Any] = {"year": 2026, "quarter": 3}
OF_TIME = ["A.4", "A.5", "A.6", "A.7"]
LAPTOP = EquipmentId("laptop-1")


@pytest.fixture(name="full", scope="module")
def full_lab() -> Lab:
    lab = Lab()
    lab.enter(*school())
    lesson(lab)
    lab.keep([state(NOW - 9 * HOUR, State.MAINTENANCE), state(NOW - 8 * HOUR, State.IDLE)])
    lab.keep([state(NOW - 50 * HOUR, State.BUSY), state(NOW - 49 * HOUR, State.IDLE)])
    lab.keep([reading(NOW - n * MINUTE, 20.5 + n, PRINTER) for n in range(1, 31)])
    lab.keep([state(NOW - 30 * MINUTE, State.BUSY, PRINTER)])
    lab.keep([JobSeen(MILL, NOW - 40 * MINUTE, NOW - 40 * MINUTE, "a/1", JobPhase.STARTED, "куб", 0.5)])
    lab.keep([JobSeen(MILL, NOW - 10 * MINUTE, NOW - 10 * MINUTE, "a/1", JobPhase.ENDED, "куб", 1.0)])
    lab.keep([RunSeen(PRINTER, NOW - 20 * MINUTE, NOW, "diode-1", RunPhase.STARTED, title="ВАХ")])
    lab.keep([RunSeen(PRINTER, NOW - 5 * MINUTE, NOW, "diode-1", RunPhase.STOPPED)])
    lab.clock.advance(5 * MINUTE)
    return lab


def deep(lab: Lab, number: str, **words: Any) -> Any:
    return lab.get(f"/api/v1/indicators/{number}/evidence", **ASKED, depth="intervals", **words)


def whole(lab: Lab, number: str) -> list[dict[str, Any]]:
    """What is behind all pages."""
    found: list[dict[str, Any]] = []
    after: str | None = "0"
    while after is not None:
        got = deep(lab, number, after=after)
        assert [(row["kind"], row["id"]) for row in got["behind"]] == [(row["kind"], row["id"]) for row in got["items"]]
        found += got["behind"]
        after = got["next"]
    return found


@pytest.mark.parametrize("number", OF_TIME)
def test_intervals_of_every_day_of_equipment_add_up_to_it_and_all_of_them_to_the_value(full: Lab, number: str) -> None:
    behind = whole(full, number)
    assert behind
    for row in behind:
        assert (row["resum_amount"], row["resum_base"]) == (row["amount"], row["base"])
        (place,) = row["places"]
        lengths = [one["length_ns"] for one in place["intervals"]]
        assert (sum(lengths), place["truncated"]) == (24 * HOUR, False)
    if number != "A.7":
        told = [sum(row[name] for row in behind) for name in ("resum_amount", "resum_base")]
        amount = deep(full, number)["amount"]
        assert told == [amount["numerator"], amount["denominator"]]


def test_intervals_keep_their_ids_and_lead_to_where_the_rest_is(full: Lab) -> None:
    first, second = whole(full, "A.6"), whole(full, "A.4")
    ids = [one["id"] for row in first for place in row["places"] for one in place["intervals"]]
    assert len(ids) == len(set(ids))
    assert set(ids) >= {one["id"] for row in second for place in row["places"] for one in place["intervals"]}
    place = second[0]["places"][0]
    shown = full.get(place["href"])["intervals"]
    assert [(one["start"], one["state"]) for one in shown] == [
        (one["start"], one["state"]) for one in place["intervals"]
    ]


def test_a_session_leads_to_what_kept_it_open(full: Lab) -> None:
    got = one(deep(full, "A.1")["behind"], id=SESSION)
    assert (got["resum_amount"], got["busy_ns"]) == (got["amount"], 30 * MINUTE)
    assert [place["equipment"] for place in got["places"]] == ["mill-1"]
    evidence = full.get(f"/api/v1/practical-sessions/{SESSION}/evidence")
    assert evidence["resum_ns"] == got["busy_ns"]
    assert one(deep(full, "A.3")["behind"], id=SESSION)["resum_amount"] == 12 * HOUR


def test_a_job_leads_to_the_states_while_it_ran(full: Lab) -> None:
    (got,) = deep(full, "A.8")["behind"]
    (place,) = got["places"]
    assert (got["id"], got["busy_ns"], place["start"]) == ("mill-1/a/1", 30 * MINUTE, "2026-09-21T13:20:00Z")


def test_a_run_leads_to_its_series_of_readings(full: Lab) -> None:
    (got,) = deep(full, "A.9")["behind"]
    (place,) = got["places"]
    (series,) = place["readings"]
    assert (got["id"], series["channel"], series["unit"], series["count"]) == ("diode-1", "tool0_temperature", "°C", 15)
    assert len(full.get(series["href"])["t"]) == series["count"]


def test_entries_of_the_register_have_no_machine_behind_them_and_nobody_asks_by_default(full: Lab) -> None:
    assert deep(full, "1.1")["behind"] == []
    assert full.get("/api/v1/indicators/A.6/evidence", **ASKED)["behind"] is None
    assert full.client.get("/api/v1/indicators/A.6/evidence", params={**ASKED, "depth": "abyss"}).status_code == 422


def test_a_table_has_no_depth(full: Lab) -> None:
    refused = full.client.get("/api/v1/indicators/A.6/evidence?year=2026&quarter=3&depth=intervals&format=csv")
    assert (refused.status_code, bool(refused.json()["fix"])) == (422, True)


def test_pages_of_depth_are_short_and_meet(full: Lab) -> None:
    first = deep(full, "A.6", limit=1)
    second = deep(full, "A.6", limit=1, after=first["next"])
    assert (len(first["behind"]), len(second["behind"])) == (1, 1)
    assert first["behind"][0]["id"] != second["behind"][0]["id"]


def test_what_is_behind_an_edition_is_as_of_its_offset() -> None:
    lab = Lab()
    lab.enter(*school())
    lesson(lab)
    lab.clock.advance(30 * 24 * HOUR)
    lab.monitoring.close_period(Period(2026, 3), author="Иванова", reason="срок", at=lab.clock.now())
    lab.keep([state(NOW - 5 * HOUR, State.BUSY), state(NOW - 4 * HOUR, State.IDLE)])
    closed = one(deep(lab, "A.7", edition=1)["behind"], id="mill-1/2026-09-21")
    assert closed["resum_amount"] == closed["amount"] == 30 * MINUTE
    now = one(deep(lab, "A.7")["behind"], id="mill-1/2026-09-21")
    assert now["resum_amount"] == now["amount"] == 90 * MINUTE


def test_a_fact_of_which_nothing_is_left_says_so() -> None:
    lab = Lab()
    lab.enter(*school())
    lesson(lab)
    lab.keep([RunSeen(LAPTOP, NOW - 2 * HOUR, NOW, "r-1", RunPhase.STARTED)])
    (run,) = deep(lab, "A.9")["behind"]
    assert [place["equipment"] for place in run["places"]] == ["laptop-1"]
    assert run["places"][0]["intervals"][0]["timetabled_ns"] == 0


def test_a_session_that_moved_since_has_nothing_behind_it() -> None:
    lab = Lab()
    lab.enter(*school())
    lesson(lab)
    lab.clock.advance(30 * 24 * HOUR)
    lab.monitoring.close_period(Period(2026, 3), author="Иванова", reason="срок", at=lab.clock.now())
    words = {"author": "И", "reason": "-"}
    gone = lab.client.delete("/api/v1/register/slot/mon-1", params=words, headers={"If-Match": '"1"'})
    assert gone.status_code == 204
    got = one(deep(lab, "A.3", edition=1)["behind"], id=SESSION)
    assert (got["places"], got["amount"], got["resum_amount"]) == ([], 12 * HOUR, 0)
