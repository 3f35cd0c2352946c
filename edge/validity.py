"""How long a device's own word holds, where the settings limit it.

A device that goes on talking keeps its word; only silence lets it run out, and then its state is unknown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from telemetry.model import Instant, Record, Rejected, Source, StateSeen


class Validity:
    """One device's word; `valid_ns` 0 changes nothing."""

    def __init__(self, valid_ns: int) -> None:
        """Begin with nothing said."""
        self._valid_ns = valid_ns
        self._said: StateSeen | None = None

    def forget(self) -> None:
        """The link is new or gone: what was said before holds no longer."""
        self._said = None

    def limited(self, records: Sequence[Record], at: Instant) -> tuple[Record, ...]:
        """`records` of a unit received at `at`, states with their limit, and the last state again when it is half over.

        Drivers tell a state once; that the device still speaks sense is what renews it, so noise does not.
        """
        if not self._valid_ns:
            return tuple(records)
        limited = tuple(self._limit(record) for record in records)
        if self._said is None or any(isinstance(record, Rejected) for record in limited):
            return limited
        if at - self._said.received_at < self._valid_ns // 2:
            return limited
        self._said = replace(self._said, at=at, received_at=at)
        return (*limited, self._said)

    def _limit(self, record: Record) -> Record:
        if not isinstance(record, StateSeen) or record.source is not Source.DEVICE or record.valid_ns:
            return record
        self._said = replace(record, valid_ns=self._valid_ns)
        return self._said
