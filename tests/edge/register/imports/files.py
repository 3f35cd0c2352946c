"""Files as schools have them, made anew for each test."""

from __future__ import annotations

import io
from collections.abc import Sequence

import openpyxl
import xlwt

from edge.register.contract import Register
from edge.register.imports.importing import plan_timetable
from edge.register.imports.options import Options
from edge.register.imports.plan import Plan, apply_plan
from tests.edge.register.school import T

Cells = Sequence[Sequence[object]]
Spans = Sequence[tuple[int, int, int, int]]
"""First row, last row, first column, last column, from 0."""

ROOMS = {"workshop": "Мастерская", "physics": "Кабинет физики", "34": "34"}
EQUIPMENT = {"mill-1": "Фрезер 1", "laser-1": "Лазер"}
OPTIONS = Options(rooms=ROOMS, equipment=EQUIPMENT)


def xlsx(cells: Cells, spans: Spans = (), *, title: str = "Расписание") -> bytes:
    """A workbook of one sheet."""
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet.title = title
    for row in cells:
        sheet.append(list(row))
    for top, bottom, left, right in spans:
        sheet.merge_cells(start_row=top + 1, end_row=bottom + 1, start_column=left + 1, end_column=right + 1)
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def xls(cells: Cells, spans: Spans = ()) -> bytes:
    """An old workbook of one sheet."""
    workbook = xlwt.Workbook()
    sheet = workbook.add_sheet("Лист1")
    merged = {(top, left): (top, bottom, left, right) for top, bottom, left, right in spans}
    covered = {
        (r, c) for top, bottom, left, right in spans for r in range(top, bottom + 1) for c in range(left, right + 1)
    }
    for number, row in enumerate(cells):
        for column, value in enumerate(row):
            if (number, column) in merged:
                top, bottom, left, right = merged[number, column]
                sheet.write_merge(top, bottom, left, right, value)
            elif (number, column) not in covered and value is not None:
                sheet.write(number, column, value)
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def csv_of(cells: Cells, *, separator: str = ";", encoding: str = "cp1251") -> bytes:
    """A CSV as Russian Excel saves it."""
    rows = (separator.join("" if cell is None else str(cell) for cell in row) for row in cells)
    return "\r\n".join(rows).encode(encoding)


def plan(register: Register, data: bytes, options: Options = OPTIONS) -> Plan:
    """The plan of a file against the register as it is."""
    return plan_timetable(data, register.snapshot(), options)


def done(register: Register, data: bytes, options: Options = OPTIONS) -> Plan:
    """Import a file that has no fault; returns the plan that was done."""
    made = plan(register, data, options)
    assert made.faults == ()
    assert made.questions == ()
    apply_plan(register, made, author="завуч", reason="новое расписание", at=T)
    return made
