"""Everything but readings as a row of the log, and back.

Nothing here knows a database; two records with the same key are the same record, whatever else they say.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from hashlib import blake2b
from typing import Any, TypeAlias, cast

from edge import checksum
from telemetry.model import (
    Channel,
    ClockJumped,
    EquipmentId,
    EquipmentSeen,
    Instant,
    JobOutcome,
    JobPhase,
    JobSeen,
    LinkChanged,
    Rejected,
    RunPhase,
    RunSeen,
    Source,
    State,
    StateSeen,
)

Sparse: TypeAlias = StateSeen | JobSeen | RunSeen | LinkChanged | Rejected | EquipmentSeen | ClockJumped
"""What is kept one by one."""

LEAST = -(2**63)
GREATEST = 2**63 - 1
"""What a column of whole numbers holds."""

_MARK_BYTES = 16


class Kind(IntEnum):
    """The kinds of rows; the number is in the file."""

    STATE = 0
    JOB = 1
    LINK = 2
    REJECTED = 3
    EQUIPMENT = 4
    CLOCK = 5
    RUN = 6


@dataclass(frozen=True, slots=True)
class LogRow:
    """One row of the log without its offset; unique by `equipment`, `kind`, `at` and `mark`."""

    kind: int
    equipment: str
    at: Instant
    mark: int | bytes
    received_at: Instant
    valid_ns: int
    words: str
    raw: bytes
    crc32: int

    def key(self) -> tuple[str, int, Instant, int | bytes]:
        """What makes it the same record as another."""
        return (self.equipment, self.kind, self.at, self.mark)

    def row(self, offset: int) -> tuple[object, ...]:
        """The values of a row of `log`, in the schema's order; its checksum is of the offset too."""
        return (
            offset, self.kind, self.equipment, self.at, self.mark, self.received_at, self.valid_ns, self.words,
            self.raw, checksum.placed(offset, self.crc32),
        )  # fmt: skip


COLUMNS = "kind, equipment, at, mark, received_at, valid_ns, words, raw, crc32"
"""The columns that `LogRow(*row)` takes, for SELECT."""


def to_row(record: Sparse) -> LogRow:
    """The row of a record; raises `ValueError` where a word does not fit (a number beyond 64 bits, broken text)."""
    named, words, mark = _WRITERS[type(record)](record)
    kind = int(named)
    equipment = "" if isinstance(record, ClockJumped) else str(record.equipment)
    equipment.encode()
    valid_ns = int(record.valid_ns) if isinstance(record, StateSeen) else 0
    raw = record.raw if isinstance(record, Rejected) else b""
    numbers = (int(record.at), int(record.received_at), valid_ns)
    if not all(LEAST <= number <= GREATEST for number in numbers):
        message = f"{type(record).__name__} of {equipment!r} has a number beyond 64 bits: {numbers}"
        raise ValueError(message)
    text = json.dumps({name: word for name, word in words.items() if word not in ("", None)}, separators=(",", ":"))
    if mark is None:
        mark = blake2b(text.encode() + b"\0" + raw, digest_size=_MARK_BYTES).digest()
    row = LogRow(kind, equipment, numbers[0], mark, numbers[1], valid_ns, text, raw, 0)
    return LogRow(kind, equipment, numbers[0], mark, numbers[1], valid_ns, text, raw, crc_of(row))


def to_record(row: LogRow) -> Sparse:
    """The record of a row."""
    return _READERS[Kind(row.kind)](row, _words(row))


def job_key(job: str) -> bytes:
    """A job's name as bytes, which any text has."""
    return job.encode(errors="surrogatepass")


def job_name(key: bytes) -> str:
    """The name that `job_key` made bytes of."""
    return key.decode(errors="surrogatepass")


def crc_of(row: LogRow) -> int:
    """What `row.crc32` has to be before it has an offset."""
    words = repr((row.kind, row.equipment, row.at, row.mark, row.received_at, row.valid_ns, row.words))
    return zlib.crc32(row.raw, zlib.crc32(words.encode(errors="surrogatepass")))


def is_sound(row: LogRow, offset: int, earlier: int | None) -> bool:
    """Whether a row is what was written at `offset`; `earlier` is what the table of that name says of the offset."""
    crc = crc_of(row)
    return row.crc32 == checksum.placed(offset, crc) or (row.crc32 == crc and earlier == checksum.of(offset, crc))


_Written: TypeAlias = tuple[Kind, dict[str, Any], int | bytes | None]


def _of_state(r: StateSeen) -> _Written:
    return Kind.STATE, {"word": r.word, "reason": r.reason}, 256 * r.source + r.state


def _of_job(r: JobSeen) -> _Written:
    progress = None if r.progress is None else float(r.progress)
    words = {
        "job": r.job, "phase": int(r.phase), "name": r.name, "progress": progress, "outcome": int(r.outcome),
        "reason": r.reason,
    }  # fmt: skip
    return Kind.JOB, words, bytes([r.phase]) + job_key(r.job)


def _of_run(r: RunSeen) -> _Written:
    words = {
        "run": r.run, "phase": int(r.phase), "channels": list(r.channels) or None, "title": r.title,
        "lab_work": r.lab_work, "group": r.group, "period_ns": int(r.period_ns) or None,
    }  # fmt: skip
    return Kind.RUN, words, bytes([r.phase]) + r.run.encode()


def _of_link(r: LinkChanged) -> _Written:
    return Kind.LINK, {"up": bool(r.up), "reason": r.reason}, None


def _of_rejected(r: Rejected) -> _Written:
    return Kind.REJECTED, {"reason": r.reason, "size": int(r.size), "origin": r.origin}, None


def _of_equipment(r: EquipmentSeen) -> _Written:
    return Kind.EQUIPMENT, {"room": r.room, "driver": r.driver}, None


def _of_clock(r: ClockJumped) -> _Written:
    return Kind.CLOCK, {"by_ns": int(r.by_ns)}, None


_WRITERS = cast(
    "Mapping[type[Sparse], Callable[[Sparse], _Written]]",
    {
        StateSeen: _of_state,
        JobSeen: _of_job,
        RunSeen: _of_run,
        LinkChanged: _of_link,
        Rejected: _of_rejected,
        EquipmentSeen: _of_equipment,
        ClockJumped: _of_clock,
    },
)


def _words(row: LogRow) -> dict[str, Any]:
    return cast("dict[str, Any]", json.loads(row.words))


def _state(row: LogRow, words: dict[str, Any]) -> StateSeen:
    source, state = divmod(cast("int", row.mark), 256)
    return StateSeen(
        EquipmentId(row.equipment), row.at, row.received_at, State(state), Source(source), row.valid_ns, **words
    )


def _job(row: LogRow, words: dict[str, Any]) -> JobSeen:
    words["phase"], words["outcome"] = JobPhase(words["phase"]), JobOutcome(words["outcome"])
    words.setdefault("job", "")
    return JobSeen(EquipmentId(row.equipment), row.at, row.received_at, **words)


def _run(row: LogRow, words: dict[str, Any]) -> RunSeen:
    channels = tuple(Channel(name) for name in words.get("channels", ()))
    words |= {"phase": RunPhase(words["phase"]), "channels": channels}
    return RunSeen(EquipmentId(row.equipment), row.at, row.received_at, **{"run": "", **words})


def _link(row: LogRow, words: dict[str, Any]) -> LinkChanged:
    return LinkChanged(EquipmentId(row.equipment), row.at, row.received_at, **words)


def _rejected(row: LogRow, words: dict[str, Any]) -> Rejected:
    return Rejected(EquipmentId(row.equipment), row.at, row.received_at, raw=row.raw, **{"reason": "", **words})


def _equipment(row: LogRow, words: dict[str, Any]) -> EquipmentSeen:
    return EquipmentSeen(
        EquipmentId(row.equipment), row.at, row.received_at, words.get("room", ""), words.get("driver", "")
    )


def _clock(row: LogRow, words: dict[str, Any]) -> ClockJumped:
    return ClockJumped(row.at, row.received_at, **words)


_READERS: Mapping[Kind, Callable[[LogRow, dict[str, Any]], Sparse]] = {
    Kind.STATE: _state,
    Kind.JOB: _job,
    Kind.RUN: _run,
    Kind.LINK: _link,
    Kind.REJECTED: _rejected,
    Kind.EQUIPMENT: _equipment,
    Kind.CLOCK: _clock,
}
