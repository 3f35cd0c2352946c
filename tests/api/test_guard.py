from __future__ import annotations

from typing import Any

import pytest
from starlette.websockets import WebSocketDisconnect

from api.guard import allowed_hosts
from edge.settings import Api
from tests.api.lab import Lab, settings


@pytest.mark.parametrize(
    "host", ["127.0.0.1:8080", "localhost", "localhost:1", "[::1]:8080", "127.8.8.8", "LOCALHOST."]
)
def test_loopback_answers_to_its_own_names(lab: Lab, host: str) -> None:
    assert lab.client.get("/health", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil:8080", "", "[::1", "10.0.0.2"]
)
def test_loopback_refuses_names_that_are_not_its_own(lab: Lab, host: str) -> None:
    answer = lab.client.get("/health", headers={"host": host})
    assert (answer.status_code, answer.headers["content-type"]) == (421, "application/problem+json")
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_gateway_bound_wider_answers_to_any_name() -> None:
    lab = Lab(settings=settings(api=Api(host="0.0.0.0")))  # noqa: S104 what the test is about
    assert lab.client.get("/health", headers={"host": "lab.school.example"}).status_code == 200
    assert allowed_hosts("::1")("localhost")


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:9999"])
def test_pages_of_other_sites_may_not_post(lab: Lab, origin: str) -> None:
    headers = {"origin": origin, "content-type": "application/json"}
    assert lab.client.post("/api/v1/readings", content=b"{}", headers=headers).status_code == 403
    assert lab.store.offset() == 0


def test_the_gateways_own_pages_may_post(lab: Lab) -> None:
    headers = {"origin": "http://127.0.0.1", "content-type": "application/json"}
    assert lab.client.post("/api/v1/readings", content=b"{}", headers=headers).status_code == 422


def test_pages_of_other_sites_may_not_listen(lab: Lab) -> None:
    with (
        pytest.raises(WebSocketDisconnect) as refused,
        lab.listen(origin="http://evil.example"),
    ):
        pass
    assert refused.value.code == 1008


@pytest.mark.parametrize("path", ["/", "/health", "/static/app.css", "/api/v1/equipment", "/no-such-page"])
def test_every_answer_carries_the_headers_that_browsers_obey(lab: Lab, path: str) -> None:
    headers: Any = lab.client.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "*" not in policy
    assert headers["x-frame-options"] == "DENY"
    assert "access-control-allow-origin" not in headers


def test_no_page_holds_a_script_or_a_style_of_its_own(lab: Lab) -> None:
    for path in ("/", "/board?kiosk", "/equipment/mill-1", "/equipment/mill-1/history"):
        text = lab.page(path)
        assert "<style" not in text
        assert " style=" not in text
        assert " onclick" not in text
        assert "<script>" not in text
        assert "http://" not in text
        assert "https://" not in text


@pytest.mark.parametrize(
    "path", ["/static/../main.py", "/static/..%2f..%2fmain.py", "/static/%2e%2e/%2e%2e/main.py", "/static//etc/passwd"]
)
def test_no_path_of_a_request_reaches_the_file_system(lab: Lab, path: str) -> None:
    assert lab.client.get(path).status_code == 404
