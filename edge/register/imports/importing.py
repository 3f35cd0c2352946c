"""A file of a timetable as a plan: read, understood and compared, in that order.

Changes nothing; `plan.apply_plan` does what a person has looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from edge.errors import GiveUp
from edge.register.contract import Snapshot
from edge.register.imports import flat, grid, icalendars
from edge.register.imports.files import check_size, is_calendar, read_sheets
from edge.register.imports.headers import Layout, Question
from edge.register.imports.options import Options
from edge.register.imports.plan import Draft, Plan
from edge.register.imports.records import Reader, Record
from edge.register.imports.several import told_apart
from edge.register.imports.sheets import Sheet
from edge.register.imports.timetable import TimetableDraft
from edge.register.imports.understanding import lesson_of
from edge.register.imports.unseen import tell_cells
from edge.register.mappings import ImportMapping, Subject

_NAME = "Раскладка столбцов"


@dataclass(slots=True)
class _Read:
    """What was read of a file so far."""

    records: list[Record] = field(default_factory=list)
    layouts: list[Layout] = field(default_factory=list)

    @property
    def questions(self) -> tuple[Question, ...]:
        """Every question once, whatever number of sheets asks it."""
        return tuple({question.header: question for layout in self.layouts for question in layout.questions}.values())


def plan_timetable(data: bytes, register: Snapshot, options: Options) -> Plan:
    """What the import of a file would do; raises `GiveUp` where it is no file that can be read."""
    check_size(data)
    reader = Reader()
    read = _Read()
    if is_calendar(data):
        read.records.extend(icalendars.records(data, register, reader, timezone=options.timezone))
    else:
        for sheet in _tables(read_sheets(data)):
            tell_cells(sheet, reader)
            _read_sheet(sheet, register, options, read, reader)
    if read.questions:
        return Plan(register.register_version, questions=read.questions, fingerprint=read.layouts[0].fingerprint)
    if not read.records and not reader.told:
        raise GiveUp("No lesson was found in the file.", fix="Take the file that has the timetable.")
    lessons = [lesson for record in read.records if (lesson := lesson_of(record, reader))]
    draft = TimetableDraft(register, options, reader).take(lessons)
    saved = remember(register, read.layouts, Subject.TIMETABLE)
    return Plan(
        register.register_version,
        (*draft.lines, *saved.lines),
        tuple(reader.faults),
        tuple(reader.notes),
        changes=(*draft.changes, *saved.changes),
        fingerprint=read.layouts[0].fingerprint if read.layouts else "",
        faults_left_out=reader.rest,
    )


def saved_answers(register: Snapshot, subject: Subject, fingerprint: str) -> Mapping[str, str]:
    """What was said of a layout before; empty where nothing was."""
    for row in register.rows(ImportMapping):
        if row.value.subject is subject and row.value.fingerprint == fingerprint:
            return row.value.columns
    return {}


def remember(register: Snapshot, layouts: Iterable[Layout], subject: Subject) -> Draft:
    """Save what was answered, for the next file of the same layout."""
    draft = Draft({(ImportMapping.kind, row.id): row for row in register.rows(ImportMapping)})
    for layout in {layout.fingerprint: layout for layout in layouts if layout.answers}.values():
        columns = dict(layout.answers)
        value = ImportMapping(name=_NAME, subject=subject, fingerprint=layout.fingerprint, columns=columns)
        draft.put(f"{subject.value}-{layout.fingerprint[:16]}", value, label=_NAME, place=None)
    return draft


def _tables(sheets: tuple[Sheet, ...]) -> Iterator[Sheet]:
    """The sheets that have a table; where none has, the first one, so that it tells what is missing."""
    found = [sheet for sheet in sheets if grid.is_grid(sheet) or flat.has_headers(sheet, Subject.TIMETABLE, {})]
    yield from found or sheets[:1]


def _read_sheet(sheet: Sheet, register: Snapshot, options: Options, read: _Read, reader: Reader) -> None:
    if grid.is_grid(sheet):
        answers = _answers(register, options, grid.layout(sheet, {}))
        layout = grid.layout(sheet, answers)
        read.layouts.extend([layout] if layout.questions or layout.answers else [])
        read.records.extend(grid.records(sheet, answers, reader))
        return
    row = flat.header_row(sheet, Subject.TIMETABLE, options.answers)
    answers = _answers(register, options, flat.layout(sheet, row, Subject.TIMETABLE, {}))
    answers = {header: name for header, name in answers.items() if header in sheet.rows[row]}
    layout = flat.layout(sheet, row, Subject.TIMETABLE, answers)
    read.layouts.append(layout)
    for record in flat.records(sheet, row, layout.columns):
        read.records.extend(told_apart(record, reader))


def _answers(register: Snapshot, options: Options, asked: Layout) -> Mapping[str, str]:
    """What was said of the headers of a layout, now or before."""
    return {**saved_answers(register, Subject.TIMETABLE, asked.fingerprint), **options.answers}
