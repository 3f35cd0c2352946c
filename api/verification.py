"""What `labedge verify` finds: damage of the journal, the register and the editions, and editions made anew.

Works while the gateway runs, and changes nothing but the audit.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from edge.clock import Clock
from edge.errors import Damaged, GiveUp
from edge.journal.verify import verify as journal_faults
from edge.main import JOURNAL, REGISTER
from edge.monitoring.contract import Edition
from edge.monitoring.editions import edition_of
from edge.monitoring.verification import faults_of
from edge.register.sqlite import SqliteRegister
from edge.register.verify import verify as register_faults
from edge.store.local import LocalStore

_EDITION = re.compile(r"(\d{4})-Q([1-4])(?:/([1-9]\d{0,5}))?")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, and where."""

    place: str
    message: str
    fix: str = ""


def findings(folder: Path) -> tuple[Finding, ...]:
    """All damage of what is kept in a data folder; raises `GiveUp` where there is no journal."""
    found = [Finding(fault.place, fault.message) for fault in journal_faults(folder / JOURNAL)]
    register = folder / REGISTER
    if register.is_file():
        found += [Finding(fault.place, fault.message, fault.fix) for fault in register_faults(register)]
    return tuple(found)


def made_anew(folder: Path, edition: str, clock: Clock) -> tuple[Finding, ...]:
    """Why an edition, `2026-Q3` or `2026-Q3/1`, is another one when it is made anew; none where it is the same.

    Raises `GiveUp` where there is no such edition.
    """
    store = LocalStore(folder / JOURNAL)
    try:
        register = SqliteRegister(folder / REGISTER)
        try:
            found = faults_of(_named(edition, register), store, register, at=clock.now())
        finally:
            register.close()
    except Damaged as error:
        return (Finding(f"edition {edition}", str(error), error.fix),)
    finally:
        store.close()
    return tuple(Finding(fault.place, fault.message, fault.fix) for fault in found)


def _named(edition: str, register: SqliteRegister) -> Edition:
    words = _EDITION.fullmatch(edition)
    if words is None:
        raise GiveUp(f"{edition!r} names no edition.", fix="Write 2026-Q3 for the last one of a quarter, or 2026-Q3/1.")
    year, quarter, number = (int(word) if word else None for word in words.groups())
    closed = [row for row in register.closed_periods() if (row.year, row.quarter) == (year, quarter)]
    found = [row for row in closed if number in (None, row.number)]
    if not found:
        known = ", ".join(f"{row.year}-Q{row.quarter}/{row.number}" for row in register.closed_periods()) or "none"
        raise GiveUp(f"There is no edition {edition}.", fix=f"Closed are: {known}.")
    return edition_of(found[-1])
