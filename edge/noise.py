"""Keeps a device that talks nonsense without end from filling the disk with it.

Nothing goes uncounted: what is not kept by itself is told in the next record that is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from telemetry.model import NS_PER_S, Record, Rejected

BURST = 1_000
"""Rejected units kept one by one: a whole lesson of a stuttering device, or the boot noise of a hundred resets."""

PER_S = 1
"""How many more are kept each second: at most 90 MB a day of one device, however fast it is."""


class Noise:
    """One device's allowance of rejected units: `BURST` at once, refilled by `PER_S`."""

    def __init__(self) -> None:
        """Begin with the whole allowance."""
        self._left = float(BURST)
        self._at = 0
        self._units = self._bytes = 0

    def thinned(self, records: Sequence[Record], monotonic: int) -> Sequence[Record]:
        """`records` without the rejected ones beyond the allowance, in order; `monotonic` in ns tells when."""
        if not any(isinstance(record, Rejected) for record in records):
            return records
        self._left = min(BURST, self._left + (monotonic - self._at) * PER_S / NS_PER_S)
        self._at = monotonic
        return [kept for kept in map(self._kept, records) if kept is not None]

    def _kept(self, record: Record) -> Record | None:
        if not isinstance(record, Rejected):
            return record
        if self._left < 1:
            self._units += 1
            self._bytes += record.size
            return None
        self._left -= 1
        if not self._units:
            return record
        more = f"; before it {self._units} more with {self._bytes} bytes were rejected and not kept"
        self._units = self._bytes = 0
        return replace(record, reason=record.reason + more)
