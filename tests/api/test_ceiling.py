from __future__ import annotations

from collections.abc import Iterator

import pytest

from api.ceiling import BODY_LIMIT, JSON_LIMIT
from tests.api.lab import Lab

MIB = 2**20
PATH = "/api/v1/practical-sessions"


def streamed(size: int) -> Iterator[bytes]:
    """A body whose length is not told before it comes."""
    for at in range(0, size, MIB):
        yield b" " * min(MIB, size - at)


@pytest.mark.parametrize("is_declared", [True, False], ids=["declared", "streamed"])
@pytest.mark.parametrize(
    ("kind", "limit"), [("application/json", JSON_LIMIT), ("text/plain", BODY_LIMIT)], ids=["json", "other"]
)
def test_a_body_over_the_ceiling_is_refused(lab: Lab, kind: str, limit: int, *, is_declared: bool) -> None:
    body = b" " * (limit + 1) if is_declared else streamed(limit + 1)
    answer = lab.client.post(PATH, content=body, headers={"content-type": kind})
    assert (answer.status_code, answer.headers["content-type"]) == (413, "application/problem+json")
    assert str(limit) in answer.json()["detail"]
    assert lab.client.get("/health").status_code == 200


@pytest.mark.parametrize("is_declared", [True, False], ids=["declared", "streamed"])
def test_a_body_of_the_ceilings_size_is_heard(lab: Lab, *, is_declared: bool) -> None:
    body = b" " * JSON_LIMIT if is_declared else streamed(JSON_LIMIT)
    assert lab.client.post(PATH, content=body, headers={"content-type": "application/json"}).status_code == 422


def test_readings_keep_their_own_limit_and_what_was_too_long_as_evidence(lab: Lab) -> None:
    headers = {"content-type": "application/json"}
    answer = lab.client.post("/api/v1/readings", content=streamed(9 * MIB), headers=headers)
    assert answer.status_code == 413
    assert lab.store.counts().rejected == 1
