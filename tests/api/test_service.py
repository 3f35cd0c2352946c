from __future__ import annotations

import pytest

from edge.health import Part
from tests.api.lab import Lab


def test_health_says_that_the_process_lives(lab: Lab) -> None:
    assert lab.get("/health") == {"status": "ok", "version": lab.app.version, "centre": "lab"}


def test_ready_while_every_vital_part_is_well(lab: Lab) -> None:
    lab.health.report(Part("journal", ok=True))
    lab.health.report(Part("mill-1", ok=False, message="unplugged", fix="Plug it in.", vital=False))
    failed = [{"name": "mill-1", "message": "unplugged", "fix": "Plug it in.", "vital": False}]
    assert lab.get("/ready") == {"ready": True, "failed": failed}


def test_not_ready_names_the_failed_parts_and_what_to_do(lab: Lab) -> None:
    lab.health.report(Part("journal", ok=False, message="disk full", fix="Free some space."))
    answer = lab.client.get("/ready")
    told = answer.json()
    assert (answer.status_code, answer.headers["content-type"]) == (503, "application/problem+json")
    assert (told["ready"], told["fix"], [part["name"] for part in told["failed"]]) == (
        False,
        "Free some space.",
        ["journal"],
    )
    assert int(answer.headers["retry-after"]) > 0


@pytest.mark.parametrize(
    "name", ["messages_received", "readings_committed", "records_committed", "rejected", "dropped", "commit_seconds"]
)
def test_metrics_are_there_for_prometheus(lab: Lab, name: str) -> None:
    answer = lab.client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert f"# TYPE labedge_{name}" in answer.text


def test_assets_are_kept_by_browsers_until_they_change(lab: Lab) -> None:
    address = lab.app.state.parts.pages.assets.address("app.css")
    answer = lab.client.get(address, headers={"accept-encoding": "gzip"})
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["content-encoding"] == "gzip"
    assert ".card" in answer.text
    plain = lab.client.get("/static/app.css", headers={"accept-encoding": "identity"})
    assert "immutable" not in plain.headers["cache-control"]
    assert plain.text == answer.text
    again = lab.client.get(address, headers={"if-none-match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_the_icon_is_found_by_both_names(lab: Lab) -> None:
    assert lab.client.get("/favicon.ico").headers["content-type"] == "image/svg+xml"
    assert lab.client.get("/static/favicon.svg").text.startswith("<svg")


def test_assets_that_are_not_there_are_not_found(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    assert lab.client.get("/static/nothing.js").status_code == 404
    assert lab.app.state.parts.pages.assets.address("nothing.js") == "/static/nothing.js?v=missing"
    monkeypatch.delitem(lab.app.state.parts.pages.assets._assets, "favicon.svg")
    assert lab.client.get("/favicon.ico").status_code == 404


def test_parts_come_only_from_create_app(lab: Lab) -> None:
    lab.app.state.parts = None
    assert lab.client.get("/health").status_code == 500
