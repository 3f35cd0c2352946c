from __future__ import annotations

import json
from typing import Any

import msgpack
import pytest

from edge.errors import Full
from telemetry.model import Rejected
from tests.api.lab import HOUR, NOW, Lab, S, reading

WHERE = {
    "equipment": "printer-1",
    "channel": "tool0_temperature",
    "start": "2026-09-21T13:00:00Z",
    "end": "2026-09-21T14:00:00Z",
}
POST = "/api/v1/readings"
BATCH = {
    "equipment": "pc-7",
    "channel": "u",
    "t0": "2026-09-21T13:00:00Z",
    "dt": 0.5,
    "v": [1.0, 2.0, 3.0],
    "unit": "V",
}


def post(lab: Lab, body: Any, kind: str = "application/json") -> Any:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return lab.client.post(POST, content=content, headers={"content-type": kind})


def test_readings_come_as_two_arrays_by_time(lab: Lab) -> None:
    lab.keep([reading(NOW - HOUR + 2 * S, 2.5), reading(NOW - HOUR + S, 1.5)])
    got = lab.get("/api/v1/readings", **WHERE)
    assert got["t"] == ["2026-09-21T13:00:01Z", "2026-09-21T13:00:02Z"]
    assert (got["v"], got["unit"]) == ([1.5, 2.5], "°C")
    assert got["computed_from"] == {
        "offset": lab.store.offset(),
        "register_version": 0,
        "rules": None,
        "configuration": None,
    }


@pytest.mark.parametrize(
    ("ns", "text"), [(1, "00.000000001Z"), (1000, "00.000001Z"), (1_000_000, "00.001Z"), (S, "01Z")]
)
def test_no_time_loses_a_nanosecond(lab: Lab, ns: int, text: str) -> None:
    lab.keep([reading(NOW - HOUR + ns, 1.0)])
    assert lab.get("/api/v1/readings", **WHERE)["t"] == [f"2026-09-21T13:00:{text}"]


def test_points_give_least_and_greatest_of_each_pixel_and_leave_empty_ones_out(lab: Lab) -> None:
    lab.keep([reading(NOW - HOUR + n * S, float(n)) for n in range(10)])
    got = lab.get("/api/v1/readings", points=4, **WHERE)
    assert (got["t"], got["min"], got["max"]) == (["2026-09-21T13:00:00Z"], [0.0], [9.0])
    assert (got["v"], got["count"], got["points"]) == ([4.5], [10], 4)


def test_readings_as_csv_raw_and_per_pixel(lab: Lab) -> None:
    lab.keep([reading(NOW - HOUR, -1.5)])
    raw = lab.client.get("/api/v1/readings", params=WHERE | {"format": "csv"}).text
    assert raw == "t,v\r\n2026-09-21T13:00:00Z,-1.5\r\n"
    per_pixel = lab.client.get("/api/v1/readings", params=WHERE | {"format": "csv", "points": "1"}).text
    assert per_pixel == "t,v,min,max,count\r\n2026-09-21T13:00:00Z,-1.5,-1.5,-1.5,1\r\n"


def test_too_many_raw_readings_are_a_problem_that_names_points(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.routes.readings.MAX_READINGS", 1)
    lab.keep([reading(NOW - HOUR, 1.0), reading(NOW - HOUR + S, 1.0)])
    answer = lab.client.get("/api/v1/readings", params=WHERE)
    assert answer.status_code == 422
    assert "points" in answer.json()["fix"]


@pytest.mark.parametrize("change", [{"channel": "nothing"}, {"equipment": "nobody"}])
def test_unknown_channels_and_equipment_are_not_found(lab: Lab, change: dict[str, str]) -> None:
    lab.keep([reading(NOW - HOUR, 1.0)])
    assert lab.client.get("/api/v1/readings", params=WHERE | change).status_code == 404


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (json.dumps(BATCH).encode(), "application/json"),
        (json.dumps([BATCH]).encode(), "application/json; charset=utf-8"),
        (json.dumps(BATCH).encode() + b"\n", "application/x-ndjson"),
        (msgpack.packb(BATCH), "application/msgpack"),
    ],
)
def test_a_posted_batch_is_on_disk_when_it_is_answered(lab: Lab, body: bytes, kind: str) -> None:
    answer = post(lab, body, kind)
    assert (answer.status_code, answer.json()["accepted"], answer.json()["rejected"]) == (200, 3, 0)
    assert answer.json()["offset"] == lab.store.offset()
    got = lab.get("/api/v1/readings", **WHERE | {"equipment": "pc-7", "channel": "u"})
    assert got["v"] == [1.0, 2.0, 3.0]


def test_posting_again_changes_nothing(lab: Lab) -> None:
    post(lab, BATCH)
    before = lab.store.counts().readings
    assert post(lab, BATCH).status_code == 200
    assert lab.store.counts().readings == before


def test_a_stranger_who_posts_is_discovered_once_with_its_room(lab: Lab) -> None:
    post(lab, BATCH | {"room": "chembio"})
    post(lab, BATCH | {"room": "chembio", "t0": "2026-09-21T13:30:00Z"})
    got = lab.get("/api/v1/equipment/pc-7")
    assert (got["room"], got["driver"], got["configured"]) == ("chembio", "labedge", False)
    assert len([one for one in lab.get("/api/v1/records")["items"] if one["kind"] == "equipment_seen"]) == 1


def test_a_bad_part_is_told_and_kept_beside_the_good_ones(lab: Lab) -> None:
    answer = post(lab, [BATCH, {"equipment": "pc-7"}])
    assert (answer.status_code, answer.json()["accepted"], answer.json()["rejected"]) == (200, 3, 1)
    assert answer.json()["reasons"] == ["neither v nor state"]
    assert lab.store.counts().rejected == 1
    assert 'labedge_rejected_total{equipment="pc-7"} 1.0' in lab.client.get("/metrics").text


def test_a_wholly_bad_body_is_a_problem_and_is_kept_too(lab: Lab) -> None:
    answer = post(lab, b"{nonsense")
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert lab.store.counts().rejected == 1


def test_an_unread_media_type_is_refused(lab: Lab) -> None:
    assert post(lab, b"x", "text/plain").status_code == 415


@pytest.mark.parametrize(("packing", "status"), [("gzip", 415), ("br", 415), ("identity", 200)])
def test_a_packed_body_is_refused_with_what_to_send_instead(lab: Lab, packing: str, status: int) -> None:
    headers = {"content-type": "application/json", "content-encoding": packing}
    answer = lab.client.post(POST, content=json.dumps(BATCH).encode(), headers=headers)
    assert answer.status_code == status
    if status == 415:
        assert "unpacked" in answer.json()["fix"]
        assert answer.headers["accept-encoding"] == "identity"


@pytest.mark.parametrize("declared", [True, False])
def test_a_body_above_the_limit_is_refused_and_its_begin_is_kept(
    lab: Lab, monkeypatch: pytest.MonkeyPatch, *, declared: bool
) -> None:
    monkeypatch.setattr("api.routes.readings.MAX_BODY", 10)
    content = b"x" * 11 if declared else iter([b"x" * 6, b"x" * 6])
    answer = lab.client.post(POST, content=content, headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()["title"]) == (413, "Request Entity Too Large")
    [kept] = [record for _, record in lab.journal.records]
    assert isinstance(kept, Rejected)
    assert (kept.raw, kept.size) == (b"x" * len(kept.raw), 11 if declared else 12)
    assert 'labedge_rejected_total{equipment=""} 1.0' in lab.client.get("/metrics").text


def test_a_full_journal_is_told_with_a_time_to_try_again(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_words: object, **_more: object) -> int:
        raise Full("the disk is full", fix="Free some space.")

    monkeypatch.setattr(lab.journal, "append", full)
    answer = post(lab, BATCH)
    assert (answer.status_code, answer.json()["fix"]) == (503, "Free some space.")
    assert int(answer.headers["retry-after"]) > 0


def test_a_disk_that_does_not_keep_up_is_told_with_a_time_to_try_again(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.committed.COMMIT_TIMEOUT_S", 0.01)
    monkeypatch.setattr(lab.journal, "append", lambda *_words, **_more: None)
    answer = post(lab, BATCH)
    assert (answer.status_code, "/ready" in answer.json()["fix"]) == (503, True)
    assert int(answer.headers["retry-after"]) > 0


def test_too_many_bodies_at_once_are_sent_away(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("edge.ingest.HELD_LIMIT", 10)
    answer = post(lab, BATCH)
    assert (answer.status_code, lab.store.offset()) == (503, 0)
    assert int(answer.headers["retry-after"]) > 0


def test_a_posted_state_holds_as_long_as_its_equipment_says(lab: Lab) -> None:
    post(lab, {"equipment": "printer-1", "state": "busy"})
    assert lab.get("/api/v1/equipment/printer-1")["state"] == "busy"
    lab.clock.advance(61 * S)
    got = lab.get("/api/v1/equipment/printer-1")
    assert (got["state"], got["source"]) == ("unknown", "expired")
