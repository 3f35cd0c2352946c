"""What a journal is: the one place where records become lasting, and the only one that may say so.

No reader of the journal lives here: reading is `edge.store`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol, TypeAlias

from telemetry.model import Record

Offset: TypeAlias = int
"""The place of a record in the journal's order of commit: 1, 2, 3 …; 0 is before the first."""


NOTES_BYTES: Final = 512 * 1024
"""Of notes that are kept: 65,536 deliveries of a broker with the notes' heads, as many as there are packet ids."""


@dataclass(frozen=True, slots=True)
class Committed:
    """One group commit: the records that were new, in order, with their offsets, and the offset reached.

    Records that the journal already had are not in it. Readings appear as `Reading` or `ReadingBatch`,
    one per channel, run, hour of UTC and commit, by time.
    """

    offset: Offset
    records: tuple[tuple[Offset, Record], ...]


class Journal(Protocol):
    """An append-only, idempotent log with group commit.

    The same record twice, in any order, a week late, changes nothing: readings are unique by (equipment, channel,
    time), states by (equipment, time, source, state), jobs by (equipment, job, phase, time), runs by (equipment, run,
    phase, time), the rest by all their words but the receive time.
    """

    def append(
        self,
        records: Sequence[Record],
        done: Callable[[Offset], None] | None = None,
        *,
        timeout_s: float | None = None,
        note: bytes = b"",
    ) -> None:
        """Queue `records` for the next group commit and return at once; `done` is called after they are on disk.

        `done` runs on the writer's thread, must be quick and must not raise. While the queue is full this waits,
        up to `timeout_s` (None: for ever), then raises `Full` with nothing queued. After `close` it raises `GiveUp`.
        While the disk is full nothing is lost: the writer tries again, and `done` waits.

        `note` is kept in the very commit of `records`, or neither is; the journal does not read it. The newest
        `NOTES_BYTES` of notes are kept; an empty one is none.
        """

    def commit(self, records: Sequence[Record], *, timeout_s: float | None = None, note: bytes = b"") -> Offset:
        """Append and wait for the disk; raises `Full` when `timeout_s` ran out.

        The records and the note may still be kept later then.
        """

    def notes(self) -> tuple[bytes, ...]:
        """The committed notes that are kept, in the order of their appends; also those of earlier lives."""

    def hurry(self) -> None:
        """Commit what is queued now instead of at the end of the commit interval."""

    def close(self) -> None:
        """Commit what is queued, stop the writer, close the file; idempotent."""
