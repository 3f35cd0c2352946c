from __future__ import annotations

import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

from api.tagged import Tagged
from edge.monitoring.contract import Period
from edge.register.contract import Put
from edge.register.lessons import Teacher
from telemetry.model import RunPhase, RunSeen, State
from tests.api.lab import HOUR, NOW, PRINTER, Lab, reading, state
from tests.api.school import lesson, school
from tests.api.test_openapi import ANSWERS, READINGS

API = sorted({*ANSWERS.values(), f"{READINGS}&points=5"} - {"/health", "/ready"})
REST = [
    *("/api/v1/indicators/schema", "/api/v1/exports/schema.json", "/api/v1/editions/2026-Q2/1"),
    *("/api/v1/timetable?format=ics", "/api/v1/timetable?format=csv", "/api/v1/exports/timetable?format=xlsx"),
    "/api/v1/register/group?format=csv",
]


@pytest.fixture(name="full", scope="module")
def full_lab() -> Lab:
    lab = Lab()
    lab.enter(*school())
    lesson(lab)
    lab.keep([reading(NOW - HOUR, 1.5), state(NOW - HOUR, State.BUSY, PRINTER)])
    lab.keep([RunSeen(PRINTER, NOW - 2 * HOUR, NOW, "diode-1", RunPhase.STARTED, title="ВАХ")])
    lab.monitoring.close_period(Period(2026, 2), author="Иванова", reason="срок", at=NOW)
    return lab


@pytest.mark.parametrize("address", [*API, *REST])
def test_every_answer_has_a_strong_etag_and_is_not_sent_to_who_has_it(full: Lab, address: str) -> None:
    first = full.client.get(address)
    assert first.status_code == 200, first.text
    tag = first.headers["etag"]
    assert not tag.startswith("W/")
    again = full.client.get(address, headers={"If-None-Match": tag})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert "no-cache" in again.headers["cache-control"]
    other = full.client.get(address, headers={"If-None-Match": '"another"'})
    assert (other.status_code, other.content) == (200, first.content)


@pytest.mark.parametrize("path", ["/api/v1/timetable", "/api/v1/register/teacher", "/api/v1/audit"])
def test_who_has_an_old_answer_is_sent_the_new_one(path: str) -> None:
    lab = Lab()
    lab.enter(*school())
    tag = lab.client.get(path).headers["etag"]
    lab.enter(Put("ivanova", Teacher(name="Иванова А. П.")))
    lab.register.forget_learner("u-1", author="Д", reason="просьба", at=NOW)
    assert lab.client.get(path, headers={"If-None-Match": tag}).status_code == 200


def test_what_people_entered_says_of_which_version_of_the_register_it_is(full: Lab) -> None:
    version = full.register.version()
    for path in ("timetable", "register/slot", "register/slot/mon-1/history"):
        told = full.get(f"/api/v1/{path}")
        assert told["computed_from"] | {"offset": 0, "register_version": version} == told["computed_from"]


COMPUTED = [
    *("equipment", "equipment/mill-1", "runs", "runs/diode-1", "practical-sessions", "practical-sessions/{session}"),
    *("practical-sessions/{session}/evidence", "practical-sessions/{session}/corrections", "hour-meters"),
    *("equipment/{equipment}/hour-meter", "register/{kind}", "register/{kind}/{entry}/history", "timetable"),
    *("indicators", "indicators/{number}/evidence", "editions/{period}/{number}/differences", "utilisation"),
    *("utilisation/evidence", "exports/forms/{form}/check", "readings", "equipment/{equipment}/intervals"),
]


@pytest.mark.parametrize("path", COMPUTED)
def test_an_answer_that_is_computed_says_from_what(full: Lab, path: str) -> None:
    known = {"equipment/mill-1": "/api/v1/equipment/mill-1", "runs/diode-1": "/api/v1/runs/diode-1"}
    told = full.get(known.get(path) or ANSWERS[f"/api/v1/{path}"])["computed_from"]
    assert {"offset", "register_version"} <= set(told)


def test_a_refusal_and_an_answer_to_a_change_have_no_tag_of_their_bytes(full: Lab) -> None:
    assert "etag" not in full.client.get("/api/v1/equipment/nobody").headers
    words = {"learner": "u-9", "author": "Д", "reason": "просьба"}
    assert "etag" not in full.client.post("/api/v1/learners/forget", json=words).headers


async def _toy(scope: Scope, receive: Receive, send: Send) -> None:
    path = Request(scope).url.path
    answers: dict[str, Response] = {
        "/api/pieces": StreamingResponse(iter([b"a", b"b"])),
        "/api/own": JSONResponse(1, headers={"ETag": '"own"', "Cache-Control": "max-age=9"}),
        "/page": JSONResponse(1),
    }
    await answers[path](scope, receive, send)


def test_what_comes_in_pieces_or_is_no_answer_of_the_api_passes_as_it_is() -> None:
    client = TestClient(Tagged(_toy, "/api/"))
    pieces = client.get("/api/pieces", headers={"If-None-Match": "*"})
    assert (pieces.content, "etag" in pieces.headers) == (b"ab", False)
    assert "etag" not in client.get("/page").headers


def test_an_etag_of_a_routes_own_is_kept_and_obeyed() -> None:
    client = TestClient(Tagged(_toy, "/api/"))
    answer = client.get("/api/own")
    assert (answer.headers["etag"], answer.headers["cache-control"]) == ('"own"', "max-age=9")
    unsent = client.get("/api/own", headers={"If-None-Match": 'W/"own"'})
    assert (unsent.status_code, unsent.content, "content-type" in unsent.headers) == (304, b"", False)
