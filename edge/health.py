"""What is wrong now, in sentences for a person: one entry a part, kept in memory.

History is in the journal (`LinkChanged`, `Rejected`); nothing here is written to disk.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the gateway: `message` says what happened and where, `fix` what to do; both empty while `ok`.

    A part that is not `vital` may fail while the gateway is still ready: one broken device, for example.
    """

    name: str
    ok: bool
    message: str = ""
    fix: str = ""
    vital: bool = True


class Health:
    """The parts and how they are; safe from any thread."""

    def __init__(self) -> None:
        self._parts: dict[str, Part] = {}
        self._lock = threading.Lock()

    def report(self, part: Part) -> None:
        """Replace what was known of `part.name`."""
        with self._lock:
            self._parts[part.name] = part

    def forget(self, name: str) -> None:
        """Drop a part that is no more; unknown names are fine."""
        with self._lock:
            self._parts.pop(name, None)

    def parts(self) -> tuple[Part, ...]:
        """Every part, by name."""
        with self._lock:
            return tuple(self._parts[name] for name in sorted(self._parts))

    def ready(self) -> bool:
        """Whether every vital part is well."""
        return all(part.ok for part in self.parts() if part.vital)
