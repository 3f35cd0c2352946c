"""Errors by what to do about them; what a device says wrong is no error but a `Rejected` record.

Foreign errors are translated into these at the border where they arise (a link, the journal), never later.
"""

from __future__ import annotations


class LabedgeError(Exception):
    """What happened, where, and what to do next: `fix` is a sentence for a person."""

    def __init__(self, message: str, *, fix: str = "") -> None:
        """Keep both sentences."""
        super().__init__(message)
        self.fix = fix

    @property
    def lines(self) -> tuple[str, ...]:
        """All that a person is told, sentence by sentence."""
        return (str(self), self.fix) if self.fix else (str(self),)


class Retry(LabedgeError):
    """It may work later without anyone's help: a link that is down, a broker that restarts."""


class GiveUp(LabedgeError):
    """It will not work until a person changes something: a wrong password, a port that may not be opened."""


class Full(LabedgeError):
    """There is no room now, on disk or in a bounded queue: nothing was kept and nothing may be acknowledged."""


class Damaged(LabedgeError):
    """What is on disk is not what was written: the message names the place."""
