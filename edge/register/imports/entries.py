"""A file of any kind of entry as a plan: each row read, matched with what is entered, and told in all that is wrong.

Changes nothing; a column that a file has not leaves that field as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from edge.errors import GiveUp
from edge.register.contract import Register, Row, Snapshot
from edge.register.entry import Entry
from edge.register.events import Event
from edge.register.imports import flat
from edge.register.imports.amounts import Known
from edge.register.imports.entrydraft import EntryDraft
from edge.register.imports.files import read_sheets
from edge.register.imports.headers import Layout
from edge.register.imports.importing import remember, saved_answers
from edge.register.imports.naming import Names
from edge.register.imports.options import Options
from edge.register.imports.plan import Draft, Plan
from edge.register.imports.records import FAULTS_LIMIT, CellFault, Reader, Record
from edge.register.imports.sheets import Place, Sheet
from edge.register.imports.unseen import tell_cells
from edge.register.lessons import Group, Partner, Program
from edge.register.mappings import ImportMapping, Subject
from edge.register.mentoring import MentoringModel
from edge.register.people import Linked
from edge.register.publicity import InformationChannel
from telemetry.model import Instant

_NAMED: tuple[type[Entry], ...] = (Partner, Program, Group, Event, MentoringModel, InformationChannel)
"""What other entries name."""


@dataclass(slots=True)
class _Read:
    """The tables of a file so far; `header` is where the first one's headers stand."""

    records: list[Record] = field(default_factory=list)
    layouts: list[Layout] = field(default_factory=list)
    tables: list[Sheet] = field(default_factory=list)
    header: Place = field(default_factory=lambda: Place("", 1))


def known_of(register: Snapshot, options: Options) -> Known:
    """The names of everything that an entry may name."""
    tracks = {row.value.track: "" for row in register.rows(Program) if row.value.track}
    known: dict[str, Mapping[str, str]] = {"equipment": options.equipment, "track": tracks | dict(options.tracks)}
    for kind in _NAMED:
        known[kind.kind] = {row.id: str(getattr(row.value, "name", "")) for row in register.rows(kind)}
    return {what: Names(names, word=what.replace("_", " ")) for what, names in known.items()}


def plan_file(
    data: bytes, kind: type[Entry], register: Register, options: Options, *, reader: str, at: Instant
) -> Plan:
    """As `plan_entries`, of the register as it is; that `reader` read what holds learners is in the audit."""
    if issubclass(kind, Linked):
        reason = "a file is compared with what is entered"
        living: Sequence[Row[Any]] = register.learners(kind, reader=reader, reason=reason, at=at).value
    else:
        living = register.rows(kind).value
    return _judged(plan_entries(data, kind, living, register.snapshot(), options), register)


def _judged(plan: Plan, register: Register) -> Plan:
    """With what the register would refuse, at the row that says it."""
    places = {f"{line.kind} {line.id}": line.place for line in plan.lines if line.place is not None}
    faults = [
        CellFault(places[fault.place], fault.message, fault.fix)
        for fault in register.judged(plan.changes)
        if fault.place in places
    ]
    kept = faults[: max(0, FAULTS_LIMIT - len(plan.faults))]
    left_out = plan.faults_left_out + len(faults) - len(kept)
    return replace(plan, faults=(*plan.faults, *kept), faults_left_out=left_out)


def plan_entries(
    data: bytes, kind: type[Entry], living: Sequence[Row[Any]], register: Snapshot, options: Options
) -> Plan:
    """What the import of a file would do; raises `GiveUp` where it is no file that can be read.

    `living` are the entries of the kind with their learners, which a file without that column leaves as they are.
    """
    subject = Subject(kind.kind)
    read = _read(read_sheets(data), subject, register, options)
    questions = {question.header: question for layout in read.layouts for question in layout.questions}
    if questions:
        fingerprint = read.layouts[0].fingerprint
        return Plan(register.register_version, questions=tuple(questions.values()), fingerprint=fingerprint)
    if not read.records:
        raise GiveUp("There is no row below the headers.", fix="Take the file that has the table.")
    reader = Reader()
    for sheet in read.tables:
        tell_cells(sheet, reader)
    draft = Draft({(kind.kind, row.id): row for row in living})
    entries = EntryDraft(kind, living, known_of(register, options), reader)
    for wanted in entries.wanted(read.records, read.header):
        draft.put(wanted.id, wanted.value, label=entries.label(wanted.value), place=wanted.record.place)
    saved = remember(register, read.layouts, subject)
    return Plan(
        register.register_version,
        (*draft.lines, *saved.lines),
        tuple(reader.faults),
        tuple(reader.notes),
        changes=(*draft.changes, *saved.changes),
        fingerprint=read.layouts[0].fingerprint,
        faults_left_out=reader.rest,
    )


def _read(sheets: Sequence[Sheet], subject: Subject, register: Snapshot, options: Options) -> _Read:
    """Every sheet that has headers; where none has, the first one tells what is missing."""
    read = _Read()
    ever = {header: name for row in register.rows(ImportMapping) for header, name in _said(row.value, subject)}
    answers = {**ever, **options.answers}
    tables = [sheet for sheet in sheets if flat.has_headers(sheet, subject, answers)] or sheets[:1]
    for sheet in tables:
        row = flat.header_row(sheet, subject, answers)
        asked = flat.layout(sheet, row, subject, {})
        told = {**saved_answers(register, subject, asked.fingerprint), **options.answers}
        layout = flat.layout(sheet, row, subject, {h: name for h, name in told.items() if h in sheet.rows[row]})
        read.header = read.header if read.layouts else sheet.place(row)
        read.layouts.append(layout)
        read.tables.append(sheet)
        read.records.extend(flat.records(sheet, row, layout.columns))
    return read


def _said(mapping: ImportMapping, subject: Subject) -> Iterable[tuple[str, str]]:
    """What was ever said of the headers of files about one thing."""
    return mapping.columns.items() if mapping.subject is subject else ()
