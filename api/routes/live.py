"""The live feed for programs: a snapshot, then every change, over a WebSocket.

What a reader sends is ignored; a reader that is too slow is told what it missed and gets a new snapshot.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Annotated

import anyio
from fastapi import APIRouter, Query, WebSocket
from starlette.websockets import WebSocketDisconnect

from api.answers import dumped
from api.deps import Parts, PartsIn
from api.feed import Feed, feed_of, seconds_until
from api.record_views import LiveChanges, LiveMissed, LiveSnapshot, record_view
from api.views import EquipmentView, equipment_view
from edge.errors import Full
from edge.live import Taken, Update
from edge.store.contract import Offset
from telemetry.model import ClockJumped, EquipmentId, Instant, Record

router = APIRouter(tags=["live"])

TRY_AGAIN_LATER = 1013
GOING_AWAY = 1001
MAX_FILTER = 256
"""Equipment that one reader may name."""


@router.websocket("/live")
async def live_feed(
    socket: WebSocket, parts: PartsIn, equipment: Annotated[list[str] | None, Query(max_length=MAX_FILTER)] = None
) -> None:
    """Snapshot first, then changes; `?equipment=` (repeatable) narrows both."""
    await socket.accept()
    try:
        with feed_of(parts.live) as feed:
            sender = _Sender(socket, parts, frozenset(equipment or ()))
            async with anyio.create_task_group() as group:
                group.start_soon(_cancel_when_left, socket, group.cancel_scope)
                await sender.run(feed)
                group.cancel_scope.cancel()
    except Full as full:
        await socket.close(TRY_AGAIN_LATER, str(full))


async def _cancel_when_left(socket: WebSocket, scope: anyio.CancelScope) -> None:
    """Stop sending when the reader has gone; what it says is read and forgotten."""
    while (await socket.receive())["type"] != "websocket.disconnect":
        pass
    scope.cancel()


class _Sender:
    """Writes the messages of one reader."""

    def __init__(self, socket: WebSocket, parts: Parts, only: frozenset[str]) -> None:
        self._socket = socket
        self._parts = parts
        self._only = only
        self._offset: Offset = 0
        self._runs_out: Instant | None = None

    async def run(self, feed: Feed) -> None:
        """Send until the feed ends or the reader has gone in the middle of a message."""
        with suppress(WebSocketDisconnect):
            await self._until_closed(feed)
            await self._socket.close(GOING_AWAY)

    async def _until_closed(self, feed: Feed) -> None:
        await self._snapshot()
        taken = await self._next(feed)
        while not taken.closed:
            if taken.missed:
                await self._send(LiveMissed("missed", taken.missed, self._offset))
                await self._snapshot()
            else:
                await self._changes(taken.updates)
            taken = await self._next(feed)

    async def _next(self, feed: Feed) -> Taken:
        return await feed.next(seconds_until(self._runs_out, self._parts.clock.now()))

    async def _snapshot(self) -> None:
        snapshot = self._parts.live.snapshot(self._parts.clock.now())
        self._offset, self._runs_out = snapshot.offset, snapshot.changes_at
        views = [equipment_view(one) for one in snapshot.equipment if self._wants(one.id)]
        await self._send(LiveSnapshot("snapshot", self._parts.store.instance(), snapshot.offset, views))

    async def _changes(self, updates: tuple[Update, ...]) -> None:
        """What came after the last message; also equipment whose state ran out by itself."""
        fresh = [(offset, record) for update in updates for offset, record in update.records if offset > self._offset]
        items = [record_view(offset, record) for offset, record in fresh if self._concerns(record)]
        touched = frozenset[EquipmentId]().union(*(update.equipment for update in updates))
        views = self._touched(touched)
        if items or views:
            self._offset = max([self._offset, *(update.offset for update in updates)])
            await self._send(LiveChanges("changes", self._offset, items, views))

    def _touched(self, touched: frozenset[EquipmentId]) -> list[EquipmentView]:
        now = self._parts.clock.now()
        snapshot = self._parts.live.snapshot(now)
        ran_out = self._runs_out is not None and now >= self._runs_out
        self._runs_out = snapshot.changes_at
        chosen = (one for one in snapshot.equipment if self._wants(one.id))
        return [equipment_view(one) for one in chosen if one.id in touched or (ran_out and one.expired)]

    def _wants(self, equipment: str) -> bool:
        return not self._only or equipment in self._only

    def _concerns(self, record: Record) -> bool:
        return isinstance(record, ClockJumped) or self._wants(record.equipment)

    async def _send(self, message: LiveSnapshot | LiveChanges | LiveMissed) -> None:
        await self._socket.send_text(dumped(message).decode())
