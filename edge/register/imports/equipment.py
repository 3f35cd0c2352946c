"""A list of equipment against the configuration: what would be new, what would change.

The equipment's home is the configuration, so that a plan ends in the text of a drop-in file and writes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from pydantic import ValidationError

from edge.register.contract import Change, Snapshot
from edge.register.imports import flat
from edge.register.imports.cells import code_of, count_of, folded, label_of, plain
from edge.register.imports.files import read_sheets
from edge.register.imports.headers import Question
from edge.register.imports.importing import remember, saved_answers
from edge.register.imports.naming import Names
from edge.register.imports.plan import Action, Difference, PlanLine
from edge.register.imports.records import CellFault, Reader, Record
from edge.register.imports.unseen import tell_cells
from edge.register.mappings import Subject
from edge.settings import Equipment, Kind

_KINDS: Mapping[str, Kind] = {
    "фрезер": Kind.CNC_MILL, "фрезерный станок": Kind.CNC_MILL, "станок с чпу": Kind.CNC_MILL,
    "лазер": Kind.LASER_ENGRAVER, "лазерный гравер": Kind.LASER_ENGRAVER, "лазерный станок": Kind.LASER_ENGRAVER,
    "3d-принтер": Kind.PRINTER_3D, "3d принтер": Kind.PRINTER_3D, "принтер": Kind.PRINTER_3D,
    "робот-манипулятор": Kind.ROBOT_ARM, "манипулятор": Kind.ROBOT_ARM, "робот": Kind.ROBOT_ARM,
    "робототехнический набор": Kind.ROBOT_KIT, "набор": Kind.ROBOT_KIT, "конструктор": Kind.ROBOT_KIT,
    "цифровая лаборатория": Kind.DIGITAL_LAB, "лаборатория": Kind.DIGITAL_LAB,
    "компьютер": Kind.LAB_COMPUTER, "ноутбук": Kind.LAB_COMPUTER, "розетка": Kind.METERING_PLUG,
    "прочее": Kind.OTHER, "": Kind.OTHER,
}  # fmt: skip

_NOTHING: Mapping[str, str] = MappingProxyType({})

DEFAULT_DRIVER = "labedge"
"""Of equipment whose list names none: it may speak over MQTT some day, and harms nothing until then."""


@dataclass(frozen=True, slots=True)
class EquipmentPlan:
    """What would change; `equipment` is all that the file names, as it would be.

    `changes` are for the register: what was answered about the file's headers.
    """

    lines: tuple[PlanLine, ...] = ()
    faults: tuple[CellFault, ...] = ()
    notes: tuple[CellFault, ...] = ()
    questions: tuple[Question, ...] = ()
    equipment: tuple[Equipment, ...] = ()
    fingerprint: str = ""
    changes: tuple[Change, ...] = ()
    faults_left_out: int = 0

    @property
    def ready(self) -> bool:
        """Whether no fault and no question is left."""
        return not self.faults and not self.questions


def plan_equipment(
    data: bytes,
    known: Sequence[Equipment],
    register: Snapshot,
    *,
    answers: Mapping[str, str],
    rooms: Mapping[str, str],
    tracks: Mapping[str, str] = _NOTHING,
) -> EquipmentPlan:
    """Compare a list with the equipment that is configured; raises `GiveUp` where it cannot be read.

    A row is an equipment by its id, else by its inventory number, else by its name; `rooms` and `tracks` are the names
    of codes.
    """
    sheet = read_sheets(data)[0]
    row = flat.header_row(sheet, Subject.EQUIPMENT, answers)
    asked = flat.layout(sheet, row, Subject.EQUIPMENT, {})
    told = {**saved_answers(register, Subject.EQUIPMENT, asked.fingerprint), **answers}
    told = {header: name for header, name in told.items() if header in sheet.rows[row]}
    layout = flat.layout(sheet, row, Subject.EQUIPMENT, told)
    if layout.questions:
        return EquipmentPlan(questions=layout.questions, fingerprint=layout.fingerprint)
    reader = Reader()
    tell_cells(sheet, reader)
    draft = _Draft(known, {"room": rooms, "track": tracks}, reader)
    for record in flat.records(sheet, row, layout.columns):
        draft.take(record)
    saved = remember(register, (layout,), Subject.EQUIPMENT)
    return EquipmentPlan(
        tuple(draft.lines),
        tuple(reader.faults),
        tuple(reader.notes),
        equipment=tuple(draft.made),
        fingerprint=layout.fingerprint,
        changes=tuple(saved.changes),
        faults_left_out=reader.rest,
    )


class _Draft:
    def __init__(
        self, known: Sequence[Equipment], named: Mapping[Literal["room", "track"], Mapping[str, str]], reader: Reader
    ) -> None:
        self._known = {one.id: one for one in known}
        self._names = {
            word: Names({code: "" for one in known if (code := getattr(one, word))} | dict(names), word=word)
            for word, names in named.items()
        }
        self._reader = reader
        self._taken: dict[str, Record] = {}
        self.lines: list[PlanLine] = []
        self.made: list[Equipment] = []

    def take(self, record: Record) -> None:
        """One row of the list."""
        before = self._match(record)
        entry = before.id if before else plain(record.text("id")) or self._new_id(record)
        if entry in self._taken:
            message = f"The equipment {entry} already stands in {self._taken[entry].place}."
            self._reader.fault(record.place, message, fix="Leave one of the rows out.")
            return
        self._taken[entry] = record
        after = self._equipment(entry, record, before)
        if after is not None:
            self.made.append(after)
            differences = _differences(before, after) if before else ()
            action = Action.ADD if before is None else Action.CHANGE if differences else Action.SAME
            self.lines.append(PlanLine(action, "equipment", entry, after.name, record.place, differences))

    def _match(self, record: Record) -> Equipment | None:
        if record.text("id"):
            return self._known.get(plain(record.text("id")))
        free = [one for one in self._known.values() if one.id not in self._taken]
        number, name = plain(record.text("inventory_number")), folded(record.text("name"))
        alike = [one for one in free if number and one.inventory_number == number]
        alike += [one for one in free if not number and folded(one.name) == name]
        return alike[0] if alike else None

    def _new_id(self, record: Record) -> str:
        wanted = code_of(record.text("name")) or "equipment"
        entry, number = wanted, 1
        while entry in self._known or entry in self._taken:
            number += 1
            entry = f"{wanted}-{number}"
        return entry

    def _equipment(self, entry: str, record: Record, before: Equipment | None) -> Equipment | None:
        reader, faults = self._reader, self._reader.told
        kind = reader.read(record, "kind", _kind_of, fix=f"Write one of {', '.join(Kind)}.")
        stations = reader.read(record, "stations", count_of, fix="Write a whole number.")
        told: dict[str, object] = {
            "name": plain(record.text("name")),
            "kind": kind,
            "track": self._code("track", record),
            "room": self._code("room", record),
            "stations": stations,
            "inventory_number": label_of(record.text("inventory_number")),
            "driver": plain(record.text("driver")),
        }
        old = before.model_dump(exclude_unset=True) if before else {"driver": DEFAULT_DRIVER}
        try:
            made = Equipment.model_validate(
                {**old, "id": entry, **{k: v for k, v in told.items() if v not in ("", None)}}
            )
        except ValidationError as error:
            for line in error.errors():
                field = str(line["loc"][0])
                reader.fault(record.place_of(field), f"{field}: {line['msg']}", fix="Fill in the cell.")
            return None
        return made if reader.told == faults else None

    def _code(self, word: Literal["room", "track"], record: Record) -> str:
        """The code of a room or a track; one that is made is told, for its name is kept nowhere."""
        name, names = label_of(record.text(word)), self._names[word]
        before = len(names.made)
        code = names.code(name)
        if len(names.made) > before and code != name:
            message = f"The {word} «{name}» gets the code {code}; the configuration does not know its name."
            fix = f"Add {code} = {json.dumps(name, ensure_ascii=False)} to [centre.{word}s]."
            self._reader.note(record.place_of(word), message, fix=fix)
        return code


def _kind_of(text: str) -> Kind:
    word = folded(text)
    if word in _KINDS:
        return _KINDS[word]
    try:
        return Kind(word)
    except ValueError as error:
        message = f"«{plain(text)}» is no kind of equipment"
        raise ValueError(message) from error


def _differences(before: Equipment, after: Equipment) -> tuple[Difference, ...]:
    names = ("name", "kind", "track", "room", "stations", "inventory_number", "driver")
    pairs = ((name, str(getattr(before, name)), str(getattr(after, name))) for name in names)
    return tuple(Difference(*pair) for pair in pairs if pair[1] != pair[2])
