"""Over a real socket: who sends too much reads why, and no broken connection."""

from __future__ import annotations

import http.client
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import closing

import pytest
import uvicorn

from api.routes.readings import MAX_BODY
from tests.api.lab import Lab
from tests.waiting import becomes_true

pytestmark = pytest.mark.system


@pytest.fixture
def port() -> Iterator[int]:
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(Lab().app, log_config=None, lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    assert becomes_true(lambda: server.started)
    yield int(listener.getsockname()[1])
    server.should_exit = True
    thread.join(20)
    listener.close()


@pytest.mark.parametrize(
    ("path", "size", "status"),
    [
        ("/api/v1/readings", 4 * MAX_BODY, 413),
        ("/api/v1/register/term", 4 * 4 * 2**20, 413),
        ("/api/v1/timetable/import", 64 * 2**20, 413),
        ("/api/v1/nothing", 2**20, 404),
    ],
)
@pytest.mark.parametrize("declared", [True, False])
def test_a_body_four_times_too_large_is_refused_with_an_answer(
    port: int, path: str, size: int, status: int, *, declared: bool
) -> None:
    part = b" " * 2**20
    body = part * (size // len(part)) if declared else iter([part] * (size // len(part)))
    headers = {"content-type": "application/json"}
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=20)) as connection:
        connection.request("POST", path, body, headers, encode_chunked=not declared)
        answer = connection.getresponse()
        assert (answer.status, json.loads(answer.read())["status"]) == (status, status)
