"""Blocks of MQTT messages on their way into the journal, and back as messages that may be acknowledged.

It drops nothing: what the journal has no room for is held, and whoever feeds it must wait while it holds something.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

from edge.errors import Full
from edge.journal.contract import Journal, Offset
from edge.links.mqtt_window import Block, Window
from telemetry.model import Record

ROOM_WAIT_S: Final = 0.05
"""How long room in the journal is waited for before the connection gets its turn again."""

log = logging.getLogger(__name__)


class Intake:
    """One thread feeds it; the journal's writer answers from its own, and rings."""

    def __init__(self, journal: Journal, window: Window, *, ring: Callable[[], None]) -> None:
        """`ring` tells the feeding thread that `settle` has something to do."""
        self._journal = journal
        self._window = window
        self._ring = ring
        self._held: deque[tuple[Sequence[Record], Block | None]] = deque()
        self._committed: deque[Block] = deque()

    @property
    def holds(self) -> bool:
        """Whether something waits for room."""
        return bool(self._held)

    def keep(self, records: Sequence[Record], block: Block | None = None) -> None:
        """Take `records`; the messages of `block` may be acknowledged when they are on disk."""
        if records:
            self._held.append((records, block))
            self.offer()
        elif block is not None:
            self._window.commit(block)

    def offer(self) -> None:
        """Give the journal what is held, as far as it takes it; waits `ROOM_WAIT_S` at most."""
        while self._held:
            records, block = self._held[0]
            try:
                self._append(records, partial(self._done, block) if block else None)
            except Full:
                return
            self._held.popleft()
        if self._window.full:
            self._journal.hurry()

    def hurry(self) -> None:
        """Let what was taken be committed now."""
        self._journal.hurry()

    def settle(self) -> None:
        """Tell the window of all commits so far."""
        while self._committed:
            self._window.commit(self._committed.popleft())

    def _append(self, records: Sequence[Record], done: Callable[[Offset], None] | None) -> None:
        try:
            self._journal.append(records, done, timeout_s=ROOM_WAIT_S)
        except ValueError:
            for record in records:
                self._append_alone(record)
            self._journal.append((), done, timeout_s=ROOM_WAIT_S)

    def _append_alone(self, record: Record) -> None:
        """A bug of a driver must not stop all others: what the journal refuses for ever is only told."""
        try:
            self._journal.append((record,), timeout_s=ROOM_WAIT_S)
        except ValueError as error:
            log.error("a driver made a record that cannot be kept (%s): %.300r", error, record)  # noqa: TRY400 - the record tells more than the trace

    def _done(self, block: Block, _offset: Offset) -> None:
        self._committed.append(block)
        self._ring()
