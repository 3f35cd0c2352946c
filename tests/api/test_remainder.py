"""A refusal waits for the rest of the body, up to a bound."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest
from starlette.types import Message, Receive, Scope, Send

from api.remainder import Remainder

LIMIT = 100


class Sender:
    """A client that sends parts of a body and then stalls; it counts what was taken."""

    def __init__(self, parts: Sequence[bytes], *, ends: bool = True) -> None:
        self._parts = list(parts)
        self._ends = ends
        self.taken = 0
        self.answers: list[Message] = []

    async def receive(self) -> Message:
        if not self._parts:
            await asyncio.Event().wait()
        part = self._parts.pop(0)
        self.taken += len(part)
        return {"type": "http.request", "body": part, "more_body": bool(self._parts) or not self._ends}

    async def send(self, message: Message) -> None:
        self.answers.append({**message, "taken": self.taken})


async def refuses(_scope: Scope, _receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 413})


async def hears_one_part_and_refuses(_scope: Scope, receive: Receive, send: Send) -> None:
    await receive()
    await send({"type": "http.response.start", "status": 413})


async def answers(_scope: Scope, _receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200})


def taken_before_the_answer(sender: Sender, app: object = refuses, **headers: str) -> int:
    told = {"content_length": "90"} | headers
    pairs = [(name.replace("_", "-").encode(), value.encode()) for name, value in told.items()]
    asyncio.run(
        Remainder(app, LIMIT, 0.05)({"type": "http", "headers": pairs}, sender.receive, sender.send)  # type: ignore[arg-type]  # an ASGI application of these tests
    )
    (answer,) = sender.answers
    return int(answer["taken"])


@pytest.mark.parametrize("app", [refuses, hears_one_part_and_refuses])
def test_a_refusal_comes_after_the_whole_body(app: object) -> None:
    assert taken_before_the_answer(Sender([b"x" * 30] * 3), app) == 90


def test_a_body_whose_length_is_not_told_is_heard_out_to_the_limit() -> None:
    endless = Sender([b"x" * 30] * 50)
    assert taken_before_the_answer(endless, content_length="", transfer_encoding="chunked") == 120


def test_a_body_that_is_announced_beyond_the_limit_is_not_heard() -> None:
    assert taken_before_the_answer(Sender([b"x" * 30] * 50), content_length="101") == 0


def test_who_waits_to_be_asked_for_the_body_is_not_asked() -> None:
    assert taken_before_the_answer(Sender([b"x"] * 90), expect="100-continue") == 0


def test_who_stalls_is_answered_all_the_same() -> None:
    assert taken_before_the_answer(Sender([b"x" * 30], ends=False)) == 30


def test_an_answer_that_is_no_refusal_waits_for_nothing() -> None:
    assert taken_before_the_answer(Sender([b"x" * 30] * 3), answers) == 0


def test_a_request_without_a_body_waits_for_nothing() -> None:
    assert taken_before_the_answer(Sender([]), content_length="") == 0
