from __future__ import annotations

import base64
import json
from typing import Any

import numpy as np
import pytest
from starlette.testclient import WebSocketTestSession
from starlette.websockets import WebSocketDisconnect

from edge import live as live_module
from telemetry.model import (
    Channel,
    ClockJumped,
    EquipmentSeen,
    JobOutcome,
    JobPhase,
    JobSeen,
    LinkChanged,
    ReadingBatch,
    Record,
    Rejected,
    RunPhase,
    RunSeen,
    State,
    StateSeen,
)
from tests.api.lab import MILL, NOW, PRINTER, Lab, S, reading, state

AT = "2026-09-21T14:00:00Z"
ONE_OF_EACH: tuple[Record, ...] = (
    StateSeen(MILL, NOW, NOW, State.PAUSED, valid_ns=5, word="Hold:0", reason="door"),
    reading(NOW, 1.5),
    ReadingBatch(MILL, Channel("u"), np.array([NOW, NOW + 1]), np.array([1.0, -2.0]), NOW, "V", "run-1"),
    JobSeen(MILL, NOW, NOW, "j1", JobPhase.ENDED, "часы", 0.5, JobOutcome.FAILED, "runaway"),
    LinkChanged(MILL, NOW, NOW, up=False, reason="unplugged"),
    Rejected(MILL, NOW, NOW, "noise", b"\xff\x00", 4000, "port"),
    EquipmentSeen(MILL, NOW, NOW, "workshop", "labedge"),
    ClockJumped(NOW, NOW, -3),
    RunSeen(MILL, NOW, NOW, "run-1", RunPhase.STARTED, (Channel("u"),), "Резание", "№ 2", "pr-1", S),
)


def test_every_kind_of_record_is_told_whole(lab: Lab) -> None:
    lab.keep(ONE_OF_EACH)
    items = {one["kind"]: one for one in lab.get("/api/v1/records")["items"]}
    assert set(items) == {"state", "readings", "job", "run", "link", "rejected", "equipment_seen", "clock_jumped"}
    assert (items["state"]["state"], items["state"]["valid_ns"], items["state"]["word"]) == ("paused", 5, "Hold:0")
    assert (items["job"]["phase"], items["job"]["outcome"], items["job"]["progress"]) == ("ended", "failed", 0.5)
    run = items["run"]
    assert (run["run"], run["phase"], run["channels"], run["period_ns"]) == ("run-1", "started", ["u"], S)
    assert (run["title"], run["lab_work"], run["group"]) == ("Резание", "№ 2", "pr-1")
    assert (items["link"]["up"], items["link"]["reason"], items["link"]["at"]) == (False, "unplugged", AT)
    assert base64.b64decode(items["rejected"]["raw_base64"]) == b"\xff\x00"
    assert (items["equipment_seen"]["driver"], items["clock_jumped"]["by_ns"]) == ("labedge", -3)


def test_batches_of_readings_come_as_arrays(lab: Lab) -> None:
    lab.keep(ONE_OF_EACH)
    (batch,) = [one for one in lab.get("/api/v1/records")["items"] if one.get("channel") == "u"]
    assert batch["t"] == ["2026-09-21T14:00:00.000000000Z", "2026-09-21T14:00:00.000000001Z"]
    assert (batch["v"], batch["unit"], batch["run"]) == ([1.0, -2.0], "V", "run-1")


def test_a_follower_sees_each_record_once_and_learns_where_the_log_ends(lab: Lab) -> None:
    lab.keep(state(NOW + n, State.IDLE) for n in range(5))
    seen, after = [], 0
    while True:
        page = lab.get("/api/v1/records", after=after, limit=2)
        seen += [one["offset"] for one in page["items"]]
        after = page["offset"]
        if page["next"] is None:
            break
    assert seen == [1, 2, 3, 4, 5]
    assert (page["instance"], lab.get("/api/v1/records", after=after)["items"]) == (lab.store.instance(), [])
    assert lab.get("/api/v1/records", after=after)["offset"] == 5


def test_the_log_as_csv(lab: Lab) -> None:
    lab.keep([LinkChanged(MILL, NOW, NOW, up=True)])
    lines = lab.client.get("/api/v1/records", params={"format": "csv"}).text.splitlines()
    assert lines[0] == "offset,kind,record"
    assert lines[1].startswith('1,link,"{""offset"":1')


def told(socket: WebSocketTestSession) -> dict[str, Any]:
    message: dict[str, Any] = json.loads(socket.receive_text())
    return message


def test_the_live_feed_starts_with_a_snapshot_and_goes_on_with_changes(lab: Lab) -> None:
    lab.keep([state(NOW, State.IDLE)])
    with lab.listen() as socket:
        first = told(socket)
        assert (first["type"], first["offset"], first["instance"]) == ("snapshot", 1, lab.store.instance())
        assert [(one["id"], one["state"]) for one in first["equipment"]] == [
            ("mill-1", "idle"),
            ("printer-1", "unknown"),
        ]
        lab.keep([state(NOW + S, State.BUSY)])
        change = told(socket)
        assert (change["type"], change["offset"]) == ("changes", 2)
        assert [one["state"] for one in change["items"]] == ["busy"]
        assert [(one["id"], one["state"]) for one in change["equipment"]] == [("mill-1", "busy")]


def test_a_reader_may_ask_for_some_equipment_only(lab: Lab) -> None:
    with lab.listen("?equipment=printer-1") as socket:
        assert [one["id"] for one in told(socket)["equipment"]] == ["printer-1"]
        lab.keep([state(NOW, State.BUSY)])
        lab.keep([state(NOW, State.FAULT, PRINTER), ClockJumped(NOW, NOW, 1)])
        change = told(socket)
        assert [one["kind"] for one in change["items"]] == ["state", "clock_jumped"]
        assert [one["id"] for one in change["equipment"]] == ["printer-1"]


def test_what_a_reader_says_is_ignored(lab: Lab) -> None:
    with lab.listen() as socket:
        told(socket)
        socket.send_text("hello")
        socket.send_bytes(b"\xff")
        lab.keep([state(NOW, State.BUSY)])
        assert told(socket)["type"] == "changes"


def test_a_slow_reader_is_told_what_it_missed_and_gets_a_new_snapshot(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_module, "MAX_UPDATES", 1)
    with lab.listen() as socket:
        told(socket)
        subscription = next(iter(lab.live._subscriptions))
        with lab.live._lock:
            updates = [live_module.Update(n, frozenset({MILL}), ((n, state(NOW + n, State.BUSY)),)) for n in (1, 2, 3)]
            for update in updates[:-1]:
                subscription._updates.append((update, 1))
        with subscription._lock:
            subscription._missed = 2
        subscription.offer(updates[-1], 1)
        missed = told(socket)
        assert missed["type"] == "missed"
        assert missed["missed"] >= 2
        assert told(socket)["type"] == "snapshot"


def test_a_state_that_runs_out_is_told_without_a_record(lab: Lab) -> None:
    with lab.listen() as socket:
        told(socket)
        lab.keep([state(NOW, State.BUSY, PRINTER, valid_ns=S)])
        assert told(socket)["equipment"][0]["state"] == "busy"
        lab.clock.advance(2 * S)
        change = told(socket)
        assert (change["items"], change["equipment"][0]["source"]) == ([], "expired")


def test_the_feed_ends_when_the_gateway_stops(lab: Lab) -> None:
    with lab.listen() as socket:
        told(socket)
        lab.live.close()
        with pytest.raises(WebSocketDisconnect) as gone:
            told(socket)
    assert gone.value.code == 1001


def test_one_reader_too_many_is_sent_away(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_module, "MAX_SUBSCRIBERS", 0)
    with lab.listen() as socket, pytest.raises(WebSocketDisconnect) as gone:
        told(socket)
    assert gone.value.code == 1013


def test_a_reader_that_leaves_is_forgotten(lab: Lab) -> None:
    with lab.listen() as socket:
        told(socket)
        assert len(lab.live._subscriptions) == 1
    assert lab.live._subscriptions == set()
