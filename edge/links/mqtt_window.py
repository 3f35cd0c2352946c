"""Remembers which messages of a broker were taken over, so that each is acknowledged once, in order and never early.

Nothing here knows a socket, a record or the time; one thread uses it.
"""

from __future__ import annotations

from array import array
from collections import deque
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from edge.links.mqtt_frames import Incoming
from edge.links.mqtt_session import DELIVERY, Deliveries, Session, session_of

RECENT: Final = 32_768
"""Messages within which a packet id means the same message: half of the ids, so that a counting broker's next round
never meets the last one."""

NOTED_BYTES: Final = RECENT * DELIVERY.itemsize
"""Of one note: what is older counts for no repetition."""

_LEAST_WINDOW: Final = 20
"""Messages that a broker sends unacknowledged at least: Mosquitto's default, the smallest that we know."""


@dataclass(slots=True, eq=False)
class Block:
    """Messages that are acknowledged together, on the connection that they came by."""

    connection: int
    mids: list[int] = field(default_factory=list)
    committed: bool = False


class Window:
    """From the first sight of a message to its acknowledgement, over lost connections, restarts and redeliveries.

    A broker sends again what it saw no acknowledgement for, with the same packet id and its mark. Such a message
    was already given to its driver, so it only waits for the commit of the first one. An acknowledgement is never
    sent on another connection than the one that asked for it, since there the packet id may mean another message.
    What the journal is to keep of this, so that it outlives the gateway, is `take_note`.
    """

    def __init__(self, session: Session | None = None, recorded: Deliveries | None = None) -> None:
        """Know what an earlier life recorded in `session`: see `edge.links.mqtt_session.recalled`."""
        self.session = session or session_of("", "")
        self._marks = array("Q", bytes(8 * 65_536))
        self._serials = array("q", [-RECENT - 1] * 65_536)
        self._serial = 0
        self._connection = 0
        self._outstanding: deque[Block] = deque()
        self._waiting: set[int] = set()
        self._again: set[int] = set()
        self._open = Block(0)
        self._ready: list[int] = []
        self._size = _LEAST_WINDOW
        self._unacknowledged = 0
        self._unnoted = bytearray()
        if recorded is not None:
            self._remember(recorded)

    def connected(self, *, resumed: bool) -> None:
        """A new connection: nothing of the last one may be acknowledged; `resumed` tells whether the broker knew us."""
        self._connection += 1
        self._waiting = {mid for block in self._outstanding for mid in block.mids} if resumed else set()
        self._open = Block(self._connection)
        self._again.clear()
        self._ready.clear()
        self._unacknowledged = 0
        if not resumed:
            self._serial += RECENT + 1
            self.session = self.session.renewed()
            self._unnoted.clear()

    def admit(self, message: Incoming) -> bool:
        """Whether `message` is new; a repeated one is acknowledged when its first self has been committed."""
        mid = message.mid
        if mid == 0:
            return True
        self._unacknowledged += 1
        if message.again and self._marks[mid] == message.mark and self._serial - self._serials[mid] <= RECENT:
            (self._again.add if mid in self._waiting else self._open.mids.append)(mid)
            return False
        self._serial += 1
        self._marks[mid] = message.mark
        self._serials[mid] = self._serial
        self._open.mids.append(mid)
        return True

    def close_block(self) -> Block:
        """The messages admitted since the last block."""
        block = self._open
        self._outstanding.append(block)
        self._unnoted += self._deliveries(block)
        del self._unnoted[:-NOTED_BYTES]
        self._open = Block(self._connection)
        self._size = max(self._size, self._unacknowledged)
        return block

    def take_note(self) -> bytes:
        """For the journal, to be kept in one commit with the records of the block closed last; empty where it has none.

        Messages of earlier blocks without records are in it too: they need not come again either, and packet ids are
        told from those of an earlier round by how many messages lie between.
        """
        note = self.session.note(bytes(self._unnoted)) if self._unnoted else b""
        self._unnoted.clear()
        return note

    def commit(self, block: Block) -> None:
        """All of `block` is on disk (or gave nothing to keep)."""
        block.committed = True
        while self._outstanding and self._outstanding[0].committed:
            done = self._outstanding.popleft()
            if done.connection == self._connection:
                self._ready += done.mids
            else:
                self._ready += [mid for mid in done.mids if mid in self._again]
                self._waiting.difference_update(done.mids)
                self._again.difference_update(done.mids)

    def take_ready(self) -> list[int]:
        """The packet ids to acknowledge now, in the order of their messages; each is given once."""
        ready, self._ready = self._ready, []
        self._unacknowledged -= len(ready)
        return ready

    @property
    def unfinished(self) -> bool:
        """Whether messages of this connection or an earlier one still wait for the disk."""
        return bool(self._outstanding)

    @property
    def full(self) -> bool:
        """Whether the broker has probably sent all that it may before an acknowledgement.

        Its limit is not told in MQTT 3.1.1, so the most that was ever seen counts.
        """
        return self._unacknowledged >= self._size

    def _deliveries(self, block: Block) -> bytes:
        rows = np.empty(len(block.mids), DELIVERY)
        rows["mid"] = block.mids
        rows["mark"] = np.frombuffer(self._marks, np.uint64)[rows["mid"]]
        return rows.tobytes()

    def _remember(self, recorded: Deliveries) -> None:
        for mid, mark in recorded[-RECENT:].tolist():
            self._serial += 1
            self._marks[mid] = mark
            self._serials[mid] = self._serial
