"""What an import would do, line by line, before it does anything; all of it or nothing.

A plan is made from one version of the register, and is refused where that is no longer the version.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from edge.register.contract import Change, Fault, Put, Refused, Register, RegisterVersion, Remove, Row
from edge.register.entry import Entry
from edge.register.imports.headers import Question
from edge.register.imports.records import CellFault
from edge.register.imports.sheets import Place
from edge.register.people import Linked
from telemetry.model import Instant


class Action(StrEnum):
    """What happens to an entry."""

    ADD = "add"
    CHANGE = "change"
    REMOVE = "remove"
    SAME = "same"


class Scope(StrEnum):
    """Whether a file is all there is, or only more of it."""

    ADDING = "adding"
    REPLACING = "replacing"


@dataclass(frozen=True, slots=True)
class Difference:
    """One field of an entry before and after."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class PlanLine:
    """What would happen to one entry; `place` is None where the file does not name it."""

    action: Action
    kind: str
    id: str
    label: str
    place: Place | None
    differences: tuple[Difference, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """Every line, every fault with its cell, every question; `changes` is what would be applied.

    `faults_left_out` counts the faults beyond those that one person mends before trying again.
    """

    register_version: RegisterVersion
    lines: tuple[PlanLine, ...] = ()
    faults: tuple[CellFault, ...] = ()
    notes: tuple[CellFault, ...] = ()
    questions: tuple[Question, ...] = ()
    changes: tuple[Change, ...] = field(default=())
    fingerprint: str = ""
    faults_left_out: int = 0

    @property
    def ready(self) -> bool:
        """Whether it can be applied: no fault and no question is left."""
        return not self.faults and not self.questions

    def count(self, action: Action) -> int:
        """How many entries that happens to."""
        return sum(line.action is action for line in self.lines)


def apply_plan(register: Register, plan: Plan, *, author: str, reason: str, at: Instant) -> RegisterVersion:
    """Do what the plan says, all or nothing.

    Raises `Refused` where it has faults or questions, `Conflict` where one of its entries has changed since.
    """
    faults = [Fault(str(fault.place), fault.message, fault.fix) for fault in plan.faults]
    faults += [
        Fault(str(q.place), f"«{q.header}» is no known header", "Say which field it is.") for q in plan.questions
    ]
    if faults:
        raise Refused(faults, rest=plan.faults_left_out)
    return register.apply(plan.changes, author=author, reason=reason, at=at)


class Draft:
    """Gathers the lines and changes of a plan against what the register holds of some kinds."""

    def __init__(self, living: Mapping[tuple[str, str], Row[Entry]]) -> None:
        """`living` is every entry that may be changed, by kind and id."""
        self._living = living
        self.lines: list[PlanLine] = []
        self.changes: list[Change] = []

    def put(
        self, entry: str, value: Entry, *, label: str, place: Place | None, instead_of: Entry | None = None
    ) -> None:
        """An entry as it has to be; of a new one it is told how it differs from the one that it stands for."""
        row = self._living.get((value.kind, entry))
        if row is not None and row.value == value:
            self.lines.append(PlanLine(Action.SAME, value.kind, entry, label, place))
            return
        action = Action.ADD if row is None else Action.CHANGE
        before = row.value if row else instead_of
        differences = _differences(before, value) if before else ()
        self.lines.append(PlanLine(action, value.kind, entry, label, place, differences))
        self.changes.append(Put(entry, value, row.version if row else 0))

    def remove(self, row: Row[Entry], *, label: str) -> None:
        """An entry that goes."""
        self.lines.append(PlanLine(Action.REMOVE, row.value.kind, row.id, label, None))
        self.changes.append(Remove(row.value.kind, row.id, row.version))


def _differences(before: Entry, after: Entry) -> tuple[Difference, ...]:
    old, new = before.model_dump(mode="json"), after.model_dump(mode="json")
    told = _counted if isinstance(after, Linked) else _told
    return tuple(
        Difference(name, told(name, old[name]), told(name, new[name])) for name in new if old[name] != new[name]
    )


def _counted(name: str, value: object) -> str:
    """Learners as how many they are."""
    return _told(name, len(value) if name == "learners" and isinstance(value, list) else value)


def _told(_name: str, value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)
