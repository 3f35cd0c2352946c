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

BEGIN_WAIT_S: Final = 1.0
"""How long the disk is waited for at the begin of a session with the broker: as long as at a start of the gateway."""

log = logging.getLogger(__name__)


class Intake:
    """One thread feeds it; the journal's writer answers from its own, and rings."""

    def __init__(self, journal: Journal, window: Window, *, ring: Callable[[], None]) -> None:
        """`ring` tells the feeding thread that `settle` has something to do."""
        self._journal = journal
        self._window = window
        self._ring = ring
        self._held: deque[tuple[Sequence[Record], Block | None, bytes]] = deque()
        self._committed: deque[Block] = deque()

    @property
    def holds(self) -> bool:
        """Whether something waits for room."""
        return bool(self._held)

    def keep(self, records: Sequence[Record], block: Block | None = None) -> None:
        """Take `records`; the messages of `block` may be acknowledged when they are on disk, and are noted there."""
        if records:
            self._held.append((records, block, self._window.take_note() if block is not None else b""))
            self.offer()
        elif block is not None:
            self._window.commit(block)

    def offer(self) -> None:
        """Give the journal what is held, as far as it takes it; waits `ROOM_WAIT_S` at most."""
        while self._held:
            records, block, note = self._held[0]
            try:
                self._append(records, partial(self._done, block) if block else None, note)
            except Full:
                return
            self._held.popleft()
        if self._window.full:
            self._journal.hurry()

    def begin(self) -> None:
        """The broker forgot us: let the journal know before the first message of the new session can come.

        While the disk keeps nothing this waits `BEGIN_WAIT_S` only: without subscriptions the broker would keep nothing
        either, and what was recorded under an old packet id is hardly ever the same message.
        """
        try:
            self._journal.commit((), timeout_s=BEGIN_WAIT_S, note=self._window.session.note())
        except Full as error:
            log.warning("a new session with the broker is not noted yet: %s", error)

    def hurry(self) -> None:
        """Let what was taken be committed now."""
        self._journal.hurry()

    def settle(self) -> None:
        """Tell the window of all commits so far."""
        while self._committed:
            self._window.commit(self._committed.popleft())

    def _append(self, records: Sequence[Record], done: Callable[[Offset], None] | None, note: bytes) -> None:
        try:
            self._journal.append(records, done, timeout_s=ROOM_WAIT_S, note=note)
        except ValueError:
            for record in records:
                self._append_alone(record)
            self._journal.append((), done, timeout_s=ROOM_WAIT_S, note=note)

    def _append_alone(self, record: Record) -> None:
        """A bug of a driver must not stop all others: what the journal refuses for ever is only told."""
        try:
            self._journal.append((record,), timeout_s=ROOM_WAIT_S)
        except ValueError as error:
            log.error("a driver made a record that cannot be kept (%s): %.300r", error, record)  # noqa: TRY400 - the record tells more than the trace

    def _done(self, block: Block, _offset: Offset) -> None:
        self._committed.append(block)
        self._ring()
