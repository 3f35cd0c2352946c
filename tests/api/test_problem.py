from __future__ import annotations

import asyncio
import json

import pytest
from starlette.requests import Request

from api import problem
from api.instants import format_instant, parse_instant
from edge.errors import Damaged
from tests.api.lab import MINUTE, NOW, Lab

INTERVALS = "/api/v1/equipment/mill-1/intervals"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/v1/nothing", 404),
        ("GET", "/api/v1/equipment/nobody", 404),
        ("DELETE", "/api/v1/equipment", 405),
        ("GET", INTERVALS, 422),
        ("GET", INTERVALS + "?start=2026-09-21T13:00:00&end=2026-09-21T14:00:00", 422),
        ("GET", INTERVALS + "?start=2026-09-21T14:00:00Z&end=2026-09-21T14:00:00Z", 422),
        ("GET", INTERVALS + "?start=2020-01-01T00:00:00Z&end=2026-09-21T14:00:00Z", 422),
        ("GET", "/api/v1/equipment?limit=1001", 422),
        ("GET", "/api/v1/equipment?limit=0", 422),
        ("GET", "/api/v1/equipment?format=html", 406),
        ("GET", "/api/v1/records?format=html", 406),
        ("GET", "/api/v1/equipment?format=exe", 422),
        ("GET", "/api/v1/records?after=-1", 422),
    ],
)
def test_every_error_is_a_problem_with_a_fix(lab: Lab, method: str, path: str, status: int) -> None:
    answer = lab.client.request(method, path)
    told = json.loads(answer.content)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert told["status"] == status
    assert told["detail"]
    assert told["fix"]


def test_a_validation_problem_names_its_fields(lab: Lab) -> None:
    told = lab.client.get(INTERVALS, params={"start": "yesterday"}).json()
    assert [fault["field"] for fault in told["errors"]] == ["start", "end"]
    assert "RFC 3339" in told["errors"][0]["message"]


def test_an_unforeseen_error_tells_no_inner_thing(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_words: object) -> None:
        raise ZeroDivisionError("secret /etc/path")

    monkeypatch.setattr(lab.store, "records", broken)
    answer = lab.client.get("/api/v1/records")
    assert (answer.status_code, answer.headers["content-type"]) == (500, "application/problem+json")
    assert "secret" not in answer.text
    page = lab.client.get("/api/v1/records", headers={"accept": "text/html"})
    assert page.headers["content-type"] == "application/problem+json"


def test_damage_that_a_request_meets_is_told_to_all_who_look_after_the_gateway(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_words: object) -> None:
        raise Damaged("The journal is damaged.", fix="Run `labedge verify`.")

    monkeypatch.setattr(lab.store, "jobs", broken)
    monkeypatch.setattr(lab.store, "records", broken)
    answer = lab.client.get("/api/v1/records")
    assert (answer.status_code, answer.json()["fix"]) == (500, "Run `labedge verify`.")
    [part] = lab.get("/ready")["failed"]
    assert (part["message"], part["fix"]) == ("The journal is damaged.", "Run `labedge verify`.")
    page = lab.client.get("/equipment/mill-1", headers={"accept": "text/html", "accept-language": "en"})
    assert (page.status_code, "could not show" in page.text) == (500, True)


def test_a_person_gets_a_page_instead(lab: Lab) -> None:
    answer = lab.client.get("/equipment/nobody", headers={"accept": "text/html", "accept-language": "en"})
    assert (answer.status_code, "There is no such page" in answer.text) == (404, True)
    assert lab.client.get("/nothing", headers={"accept": "text/html"}).text.startswith("<!DOCTYPE html>")
    bad = lab.client.get("/equipment/mill-1?start=x", headers={"accept": "text/html"})
    assert (bad.status_code, bad.headers["content-type"]) == (422, "text/html; charset=utf-8")


def test_a_page_that_breaks_says_so_in_words(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_words: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(lab.store, "jobs", broken)
    answer = lab.client.get("/equipment/mill-1", headers={"accept": "text/html", "accept-language": "en"})
    assert (answer.status_code, "could not show" in answer.text) == (500, True)


def test_handlers_pass_on_what_is_not_theirs(lab: Lab) -> None:
    request = Request({"type": "http", "app": lab.app, "headers": [], "method": "GET", "path": "/"})
    for handler in (problem._known, problem._labedge, problem._invalid, problem._http):
        with pytest.raises(KeyError):
            asyncio.run(handler(request, KeyError("x")))


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-09-21T14:00:00Z", NOW),
        ("2026-09-21T17:00:00+03:00", NOW),
        ("2026-09-21T17:00:00 03:00", NOW),
        ("2026-09-21t09:29:00.5-04:30", NOW - MINUTE + 500_000_000),
        ("2026-09-21 14:00:00.000000001z", NOW + 1),
    ],
)
def test_times_are_read_with_any_offset(text: str, instant: int) -> None:
    assert parse_instant(text) == instant


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-09-21",
        "2026-09-21T14:00:00",
        "2026-13-01T00:00:00Z",
        "2026-09-21T25:00:00Z",
        "1969-12-31T23:59:59Z",
        "2100-01-01T00:00:01Z",
        "2026-09-21T14:00:00+24:00",
        "2026-09-21T14:00:00.1234567890Z",
        "٢٠٢٦-09-21T14:00:00Z",
        7,
    ],
)
def test_what_is_no_time_is_refused(text: object) -> None:
    with pytest.raises(ValueError, match=r"RFC 3339|exists|between|offset"):
        parse_instant(text)


@pytest.mark.parametrize("ns", [0, 1, 1_000, 1_000_000, 999_999_999])
def test_a_written_time_reads_back_to_the_nanosecond(ns: int) -> None:
    assert parse_instant(format_instant(NOW + ns)) == NOW + ns
