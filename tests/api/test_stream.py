from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from api import boards
from api.deps import Parts
from api.feed import LONGEST_WAIT_S, SHORTEST_WAIT_S, Feed, feed_of, seconds_until
from api.pages.stream import BoardStream
from api.routes import board
from edge import live as live_module
from edge.health import Part
from telemetry.model import EquipmentId, EquipmentSeen, State
from tests.api.lab import HOUR, NOW, PRINTER, Lab, S, reading, state

DEADLINE_S = 20


def events(chunk: bytes) -> dict[str, Any]:
    blocks = [block.split("\n") for block in chunk.decode().strip().split("\n\n") if block]
    assert all(len(block) == 2 for block in blocks)
    return {block[0].removeprefix("event: "): json.loads(block[1].removeprefix("data: ")) for block in blocks}


class Reader:
    """An open board."""

    def __init__(self, lab: Lab) -> None:
        parts: Parts = lab.app.state.parts
        self.feed = Feed(parts.live)
        self._chunks: AsyncIterator[bytes] = board.board_events(
            parts, self.feed, BoardStream(parts.pages, "ru", version="1"), "ru"
        )

    async def next(self) -> dict[str, Any]:
        return events(await asyncio.wait_for(anext(self._chunks), DEADLINE_S))

    async def until(self, name: str) -> Any:
        """The next event of this name; signs of life go by."""
        while name not in (told := await self.next()):
            pass
        return told[name]


def read(lab: Lab, act: Callable[[Reader], Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(board, "GATHER_S", 0.0)
    monkeypatch.setattr(board, "LOOK_S", 0.01)
    monkeypatch.setattr(boards, "SHARED_S", 0.0)

    async def reading_board() -> None:
        await act(Reader(lab))

    asyncio.run(reading_board())


def test_an_open_board_gets_everything_first_and_then_only_what_changes(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def act(reader: Reader) -> None:
        first = await reader.next()
        assert set(first) == {"board", "summary", "troubles", "now"}
        assert first["board"]["html"].count("<article") == 2
        assert first["now"] == {"ms": NOW // 1_000_000, "version": "1"}
        lab.keep([state(NOW, State.BUSY, PRINTER)])
        change = await reader.next()
        assert set(change) == {"cards", "summary"}
        assert change["cards"]["html"].count("<article") == 1
        assert "Работает" in change["cards"]["html"]

    read(lab, act, monkeypatch)


def test_a_stranger_makes_the_whole_board_anew(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    async def act(reader: Reader) -> None:
        await reader.next()
        lab.keep([EquipmentSeen(EquipmentId("tablet-7"), NOW, NOW, "it", "labedge")])
        assert "tablet-7" in (await reader.until("board"))["html"]

    read(lab, act, monkeypatch)


def test_a_state_that_runs_out_and_a_failed_part_are_told_without_a_commit(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def act(reader: Reader) -> None:
        lab.keep([state(NOW, State.BUSY, PRINTER, valid_ns=S)])
        await reader.next()
        lab.health.report(Part("mqtt", ok=False, message="Брокер молчит."))
        assert "Брокер молчит." in (await reader.until("troubles"))["html"]
        lab.clock.advance(S)
        assert "данные устарели" in (await reader.until("cards"))["html"]

    read(lab, act, monkeypatch)


def test_a_quiet_board_gets_a_sign_of_life(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    async def act(reader: Reader) -> None:
        await reader.next()
        lab.clock.advance(6 * S)
        assert (await reader.until("now"))["ms"] == (NOW + 6 * S) // 1_000_000

    read(lab, act, monkeypatch)


def test_the_stream_ends_when_the_gateway_stops_and_leaves_no_subscription(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def act(reader: Reader) -> None:
        await reader.next()
        lab.live.close()
        with pytest.raises(StopAsyncIteration):
            await reader.next()

    read(lab, act, monkeypatch)
    assert lab.live._subscriptions == set()


def test_what_cannot_be_seen_is_not_sent(lab: Lab) -> None:
    pages = lab.app.state.parts.pages
    stream = BoardStream(pages, "ru", version="1")
    lab.keep([reading(NOW, 210.06)])
    stream.catch_up(lab.app.state.parts.boards.fresh("ru").board)
    lab.keep([reading(NOW + 1, 210.07)])
    lab.clock.advance(HOUR)
    assert stream.catch_up(lab.app.state.parts.boards.fresh("ru").board) == b""


def test_readers_of_one_language_share_a_board_until_it_is_old(lab: Lab) -> None:
    made = lab.app.state.parts.boards
    first = made.shared("ru")
    lab.keep([state(NOW, State.BUSY, PRINTER)])
    assert made.shared("ru") is first
    assert made.shared("en") is not first
    lab.clock.advance(S)
    assert made.shared("ru").offset == lab.live.offset() > first.offset


def test_a_reader_of_a_board_that_is_a_little_old_looks_again(lab: Lab) -> None:
    async def act() -> None:
        reader = Reader(lab)
        await reader.next()
        lab.keep([state(NOW, State.BUSY, PRINTER)])
        waiting = asyncio.ensure_future(reader.until("cards"))
        while not waiting.done():
            lab.clock.advance(S // 100)
            await asyncio.sleep(0)
        assert "Работает" in waiting.result()["html"]

    asyncio.run(act())


def test_the_stream_is_served_as_events(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    subscribe = lab.live.subscribe

    def ended_at_once(wake: Callable[[], None]) -> live_module.Subscription:
        subscription = subscribe(wake)
        subscription.end()
        return subscription

    monkeypatch.setattr(lab.live, "subscribe", ended_at_once)
    answer = lab.client.get("/board/events?lang=en")
    assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert set(events(answer.content)) == {"board", "summary", "troubles", "now"}
    assert "Мастерская" in answer.text
    assert lab.live._subscriptions == set()


def test_one_board_too_many_is_told_to_wait(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_module, "MAX_SUBSCRIBERS", 0)
    answer = lab.client.get("/board/events")
    assert (answer.status_code, "retry-after" in answer.headers) == (503, True)


def test_a_bell_that_rings_after_its_loop_has_ended_harms_nobody(lab: Lab) -> None:
    kept: list[Feed] = []

    async def make() -> None:
        kept.append(Feed(lab.live))

    asyncio.run(make())
    lab.keep([state(NOW, State.BUSY)])
    assert len(kept[0].subscription.take().updates) == 1


def test_a_feed_is_forgotten_at_the_end_of_its_block(lab: Lab) -> None:
    async def use() -> None:
        with feed_of(lab.live) as feed:
            assert (await feed.next(0.0)).updates == ()
            assert len(lab.live._subscriptions) == 1

    asyncio.run(use())
    assert lab.live._subscriptions == set()


@pytest.mark.parametrize(
    ("instant", "wait_s"),
    [(None, LONGEST_WAIT_S), (NOW - S, SHORTEST_WAIT_S), (NOW + S, 1.0), (NOW + HOUR, LONGEST_WAIT_S)],
)
def test_a_feed_waits_no_longer_than_until_the_picture_changes_by_itself(instant: int | None, wait_s: float) -> None:
    assert seconds_until(instant, NOW) == wait_s
