"""The shapes of an import's plan: what would change, what is wrong with the file and how to mend it.

Plain values only; nothing here reads a file or the register.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from edge.register.imports.headers import Question
from edge.register.imports.plan import Action, Plan, PlanLine
from edge.register.imports.records import CellFault
from edge.register.imports.sheets import Place, column_letters


@dataclass(frozen=True, slots=True)
class DifferenceView:
    """One field of an entry before and after."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class PlanLineView:
    """What would happen to one entry: `add`, `change`, `remove` or `same`; `place` is empty where no cell names it."""

    action: str
    kind: str
    id: str
    label: str
    place: str
    differences: list[DifferenceView]


@dataclass(frozen=True, slots=True)
class CellView:
    """What is wrong with a cell, or worth knowing of it, and how to mend it; `column` is empty for the whole row."""

    place: str
    sheet: str
    row: int
    column: str
    message: str
    fix: str


@dataclass(frozen=True, slots=True)
class QuestionView:
    """A header that nobody told about yet; the answer is one of `fields`, or nothing to leave the column out."""

    place: str
    header: str
    fields: list[str]


@dataclass(frozen=True, slots=True)
class PlanView:
    """The plan of a file; `ready` is false while a fault or a question is left, and then it is not applied.

    `faults_left_out` counts faults beyond the first thousand.
    """

    applied: bool
    ready: bool
    register_version: int
    counts: dict[str, int]
    lines: list[PlanLineView]
    faults: list[CellView]
    faults_left_out: int
    notes: list[CellView]
    questions: list[QuestionView]


@dataclass(frozen=True, slots=True)
class EquipmentPlanView(PlanView):
    """The plan of a list of equipment; `file` is the drop-in file of what is new, `drop_in` its text."""

    file: str
    drop_in: str


def plan_view(plan: Plan, *, applied: int | None = None) -> PlanView:
    """A plan; `applied` is the version of the register that it made."""
    return PlanView(
        applied is not None,
        plan.ready,
        plan.register_version if applied is None else applied,
        {action.value: plan.count(action) for action in Action},
        [line_view(line) for line in plan.lines],
        cell_views(plan.faults),
        plan.faults_left_out,
        cell_views(plan.notes),
        question_views(plan.questions),
    )


def line_view(line: PlanLine) -> PlanLineView:
    """One line of a plan."""
    differences = [DifferenceView(one.field, one.before, one.after) for one in line.differences]
    return PlanLineView(line.action.value, line.kind, line.id, line.label, _told(line.place), differences)


def cell_views(found: Iterable[CellFault]) -> list[CellView]:
    """Faults or notes, each with its cell."""
    return [
        CellView(
            *(str(one.place), one.place.sheet, one.place.row, column_letters(one.place.column)),
            *(one.message, one.fix),
        )
        for one in found
    ]


def question_views(questions: Iterable[Question]) -> list[QuestionView]:
    """What a person has to say of a file's headers."""
    return [QuestionView(str(one.place), one.header, list(one.fields)) for one in questions]


def _told(place: Place | None) -> str:
    return "" if place is None else str(place)
