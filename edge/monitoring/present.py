"""The present of a centre, what it entered and what machines told, read anew only where something has changed.

It never hands out learners but to the reckoning, and writes down in the audit that it reads them.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass

from edge.clock import Clock
from edge.monitoring.machines import Part, Wanted, part_of
from edge.numbers.entered import Entered, entered_of
from edge.register.calendar import BellSchedule, Holiday, MovedDay, OpeningHours, Term
from edge.register.contract import E, Register, RegisterVersion, Row, Snapshot
from edge.register.entry import Entry
from edge.register.evidence import Attendance, RuleSet, SessionCorrection
from edge.register.kinds import KINDS
from edge.register.lessons import Cancellation, Group, OneOff, Partner, Program, Slot, Substitution, Teacher
from edge.register.people import Linked
from edge.register.upkeep import PlannedMaintenance, Service
from edge.settings import Equipment
from edge.store.contract import Offset, Store
from telemetry.model import EquipmentId, Instant
from telemetry.zones import Zone

READER = "labedge"
"""Who reads learners for the sizes of unions, as the audit names it."""

REASON = "unique learners of the monitoring"

_OF_MACHINES: tuple[type[Entry], ...] = (
    BellSchedule, Term, Holiday, MovedDay, OpeningHours, Slot, Substitution, Cancellation, OneOff, PlannedMaintenance,
    Service, Attendance, SessionCorrection, RuleSet, Program, Group, Partner, Teacher,
)  # fmt: skip
"""What practical sessions and utilisation are made of; a change of anything else leaves them as they are."""

PARTS_LIMIT = 48
"""Quarters that are kept: twelve years, some thousand sessions and equipment days each."""

_Rows = tuple[tuple[Row[Entry], ...], ...]


class Whole:
    """A snapshot of the register with its learners; see `edge.register.contract.Snapshot`."""

    def __init__(self, bare: Snapshot, linked: Snapshot) -> None:
        """Take entries that hold learners from `linked`, all others from `bare`."""
        self.register_version = bare.register_version
        self._bare = bare
        self._linked = linked

    def rows(self, kind: type[E]) -> tuple[Row[E], ...]:
        """Every living entry of a kind, by id."""
        return (self._linked if issubclass(kind, Linked) else self._bare).rows(kind)


@dataclass(slots=True)
class _Kept:
    """A quarter's part as known at an instant of a journal; nothing up to `offset` has touched it since."""

    part: Part
    entered: Entered
    made_of: tuple[Instant, str]
    offset: Offset


class Present:
    """What holds now; any thread may ask."""

    def __init__(self, store: Store, register: Register, zone: Zone, clock: Clock) -> None:
        """Read from a journal and a register in the centre's own zone."""
        self._store = store
        self._register = register
        self._zone = zone
        self._clock = clock
        self._lock = threading.RLock()
        self._entered: tuple[tuple[Equipment, ...], _Rows, Entered] | None = None
        self._linked: tuple[Snapshot, RegisterVersion] | None = None
        self._parts: dict[tuple[tuple[Instant, Instant], bool], _Kept] = {}

    def register(self) -> Snapshot:
        """The register as it is, with its learners, which are read anew only where one of those entries changed."""
        with self._lock:
            if self._linked is None:
                whole = self.learners(self._register.version())
                self._linked = whole, whole.register_version
                return whole
            bare = self._register.snapshot()
            linked, known_until = self._linked
            if self._learners_changed(known_until):
                linked = self.learners(bare.register_version)
            self._linked = linked, bare.register_version
            return Whole(bare, linked)

    def _learners_changed(self, since: RegisterVersion) -> bool:
        changed = self._register.changed_since(since).value
        return any(issubclass(KINDS[one.kind], Linked) for one in changed)

    def learners(self, version: RegisterVersion) -> Snapshot:
        """The register as of a version with its learners, told to the audit."""
        return self._register.with_learners(version, reader=READER, reason=REASON, at=self._clock.now())

    def entered(self, register: Snapshot, equipment: tuple[Equipment, ...]) -> Entered:
        """Timetable, rules and corrections; the same object for as long as none of them changed."""
        with self._lock:
            rows = _rows(register, _OF_MACHINES)
            if self._entered is None or self._entered[0] != equipment or not _same(self._entered[1], rows):
                self._entered = equipment, rows, entered_of(register, equipment, self._zone)
            return self._entered[2]

    def part(self, entered: Entered, wanted: Wanted) -> Part:
        """What machines told of a window; the same object for as long as nothing in it changed."""
        with self._lock:
            key = wanted.window, wanted.former
            kept, instance, offset = self._parts.get(key), self._store.instance(), self._store.offset()
            if kept is None or kept.made_of != (wanted.until, instance) or kept.entered is not entered or (
                not self._untouched(kept, wanted, offset)
            ):  # fmt: skip
                kept = _Kept(part_of(self._store, entered, wanted), entered, (wanted.until, instance), offset)
                self._parts.pop(key, None)
                self._parts[key] = kept
            while len(self._parts) > PARTS_LIMIT:
                del self._parts[next(iter(self._parts))]
            return kept.part

    def _untouched(self, kept: _Kept, wanted: Wanted, offset: Offset) -> bool:
        if kept.offset != offset:
            if touched_before(self._store.touched_since(kept.offset), wanted.until):
                return False
            kept.offset = offset
        return True


def touched_before(touched: Mapping[EquipmentId, Instant], until: Instant) -> bool:
    """Whether anything that was committed since belongs to the time before an instant."""
    return any(at < until for at in touched.values())


def _rows(register: Snapshot, kinds: tuple[type[Entry], ...]) -> _Rows:
    return tuple(register.rows(kind) for kind in kinds)


def _same(before: _Rows, now: _Rows) -> bool:
    """Whether a register gave the very same rows, as it does for kinds that did not change."""
    return all(one is other for one, other in zip(before, now, strict=True))
