"""One lesson that a person typed into a form: read, understood and compared as a file of one row is.

Changes nothing; a fault is told with the field that it belongs to.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from edge.register.contract import Snapshot
from edge.register.imports.options import Options
from edge.register.imports.plan import Action, Plan
from edge.register.imports.records import CellFault, Reader, Record
from edge.register.imports.sheets import Place
from edge.register.imports.timetable import TimetableDraft
from edge.register.imports.understanding import lesson_of
from edge.register.lessons import OneOff, Slot

FIELDS = (
    "id", "happening", "name", "day", "week", "lesson", "start", "end", "room", "equipment", "group", "program",
    "teacher", "partner", "form", "learners", "first_day", "last_day",
)  # fmt: skip
"""What a form of a lesson may hold; each is a column of a timetable."""

_ROW = Place("", 1)
_PLANNED = frozenset({Slot.kind, OneOff.kind})


@dataclass(frozen=True, slots=True)
class FieldFault:
    """What is wrong with a field, empty for the form as a whole, and how to mend it."""

    field: str
    message: str
    fix: str


def plan_lesson(fields: Mapping[str, str], register: Snapshot, options: Options) -> Plan:
    """What a form asks for: a weekly slot, or a one-off where `day` is a date; `id` is that of the entry it changes.

    Without `id` it only adds: a lesson that the timetable holds already is a fault.
    """
    places = {name: Place("", 1, number) for number, name in enumerate(FIELDS, start=1)}
    texts = {name: fields[name] for name in FIELDS if fields.get(name)}
    reader = Reader()
    lesson = lesson_of(Record(_ROW, texts, places), reader)
    draft = TimetableDraft(register, options, reader).take([lesson] if lesson else [])
    plan = Plan(
        register.register_version,
        tuple(draft.lines),
        tuple(reader.faults),
        tuple(reader.notes),
        changes=tuple(draft.changes),
    )
    there = [line for line in plan.lines if line.kind in _PLANNED and line.action is not Action.ADD]
    if not fields.get("id") and there:
        message = "The timetable holds such a lesson already."
        fault = CellFault(_ROW, message, "Change that one, or give another time or group.")
        plan = replace(plan, faults=(*plan.faults, fault))
    return plan


def field_faults(plan: Plan) -> tuple[FieldFault, ...]:
    """The faults of a plan by field."""
    return tuple(FieldFault(_field(one.place), one.message, one.fix) for one in plan.faults)


def entry_of(plan: Plan) -> str:
    """The id of the slot or one-off that a plan of a form is about, empty where it is about none."""
    return next((line.id for line in plan.lines if line.kind in _PLANNED), "")


def _field(place: Place) -> str:
    return FIELDS[place.column - 1] if place.column else ""
