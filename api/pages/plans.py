"""What the page of imports shows of a file: what it would change, what is wrong with it, and what has to be asked.

It words a plan; nothing is read or entered here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from api.import_views import CellView, PlanLineView, PlanView
from api.pages.lesson_forms import Choice
from api.pages.plan_words import Words
from api.pages.texts import Texts
from edge.register.imports.matching import DAYS
from edge.register.lessons import Slot

MAX_LINES = 500
"""Lines of a plan on a page: more nobody reads; they are counted."""

_ORDER = ("add", "change", "remove")


@dataclass(frozen=True, slots=True)
class Told:
    """One fault or note: where it is and how to mend it."""

    place: str
    message: str
    fix: str


@dataclass(frozen=True, slots=True)
class Line:
    """What would happen to one entry."""

    action: str
    action_text: str
    kind: str
    label: str
    place: str
    differences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """A header that nobody told about yet, and what it may mean."""

    header: str
    place: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class ShownPlan:
    """A plan in the reader's words."""

    applied: bool
    ready: bool
    changes: int
    counts: tuple[tuple[str, str, int], ...]
    faults: tuple[Told, ...]
    faults_more: int
    notes: tuple[Told, ...]
    asked: tuple[Asked, ...]
    lines: tuple[Line, ...]
    more: int
    same: int


def shown_plan(plan: PlanView, texts: Texts, words: Words) -> ShownPlan:
    """A plan for a page: what stays the same is counted alone."""
    changed = sorted((line for line in plan.lines if line.action in _ORDER), key=lambda line: _ORDER.index(line.action))
    return ShownPlan(
        applied=plan.applied,
        ready=plan.ready,
        changes=len(changed),
        counts=tuple((action, texts(f"plan.{action}"), plan.counts.get(action, 0)) for action in _ORDER),
        faults=told(plan.faults, texts, words),
        faults_more=plan.faults_left_out,
        notes=told(plan.notes, texts, words),
        asked=tuple(
            Asked(one.header, one.place, tuple(Choice(name, words.name_of(name)) for name in one.fields))
            for one in plan.questions
        ),
        lines=tuple(_line(line, texts, words) for line in changed[:MAX_LINES]),
        more=max(len(changed) - MAX_LINES, 0),
        same=plan.counts.get("same", 0),
    )


def told(cells: Sequence[CellView], texts: Texts, words: Words) -> tuple[Told, ...]:
    """Faults or notes, each with the sheet, row and column as a spreadsheet shows them."""
    return tuple(Told(_place(one, texts), words.said(one.message), texts.said(one.fix)) for one in cells)


def _place(cell: CellView, texts: Texts) -> str:
    if not cell.row:
        return cell.place
    row = texts("plan.row", row=cell.row)
    parts = (cell.sheet, row, texts("plan.column", column=cell.column) if cell.column else "")
    return ", ".join(filter(None, parts))


def _label(line: PlanLineView, texts: Texts, words: Words) -> str:
    """What an entry is called; a weekly lesson's begins with its weekday, in the reader's words."""
    day, space, rest = line.label.partition(" ")
    if line.kind == Slot.kind and space and day in DAYS:
        return f"{texts(f'weekday_short.{DAYS.index(day) + 1}')} {rest}"
    return words.label(line.label) or line.id


def _line(line: PlanLineView, texts: Texts, words: Words) -> Line:
    return Line(
        action=line.action,
        action_text=texts(f"plan.{line.action}"),
        kind=texts.word("entry", line.kind),
        label=_label(line, texts, words),
        place=texts("plan.row", row=line.place) if line.place.isdigit() else line.place,
        differences=tuple(
            texts(
                "plan.difference",
                field=words.name_of(one.field),
                before=words.value(one.field, one.before) or texts("lesson.none"),
                after=words.value(one.field, one.after) or texts("lesson.none"),
            )
            for one in line.differences
        ),
    )
