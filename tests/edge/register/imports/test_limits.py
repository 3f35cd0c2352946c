from __future__ import annotations

import io
import random
import time
import zipfile

import pytest

from edge.errors import GiveUp
from edge.register.database import MEMORY
from edge.register.imports import sheets, workbooks
from edge.register.imports.files import read_sheets
from edge.register.imports.importing import plan_timetable
from edge.register.imports.sheets import CELL_LIMIT, sheet_of
from edge.register.imports.texts import read_csv
from edge.register.sqlite import SqliteRegister
from tests.edge.register.imports.files import OPTIONS, csv_of, xls, xlsx
from tests.edge.register.imports.test_flat import FORMATS, ROWS


def bomb(megabytes: int) -> bytes:
    """A workbook whose one part unpacks to much."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b" " * (megabytes * 2**20))
    return stream.getvalue()


def test_a_bomb_is_refused_before_it_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "UNPACKED_LIMIT", 8 * 2**20)
    with pytest.raises(GiveUp, match="unpacks to more than 8 MiB"):
        read_sheets(bomb(9))


def test_a_size_that_lies_in_its_header_does_not_help_a_bomb(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "UNPACKED_LIMIT", 2**20)
    data = bytearray(bomb(9))
    directory = data.rindex(b"PK\x01\x02")
    data[directory + 24 : directory + 28] = (100).to_bytes(4, "little")
    with pytest.raises(GiveUp):
        read_sheets(bytes(data))


def test_entities_of_xml_do_not_multiply() -> None:
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "ha"}">' for n in range(12))
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(xlsx(ROWS))) as good, zipfile.ZipFile(stream, "w") as archive:
        for part in good.infolist():
            data = good.read(part)
            if part.filename.startswith("xl/worksheets/sheet"):
                data = f"<?xml version='1.0'?><!DOCTYPE x [{entities}]><worksheet>&e11;</worksheet>".encode()
            archive.writestr(part, data)
    with pytest.raises(GiveUp, match="cannot be read"):
        read_sheets(stream.getvalue())


@pytest.mark.parametrize(("rows", "columns"), [(50_001, 1), (1, 1_001), (50_000, 100)])
def test_tables_are_bounded(rows: int, columns: int) -> None:
    with pytest.raises(GiveUp, match="at most"):
        sheets.bounded(rows, columns)


def test_merges_beyond_the_table_are_cut() -> None:
    sheet = sheet_of("", [["a", "b"]], ((0, 5, 0, 9),))
    assert sheet.rows == (("a", "a"),)
    assert sheet.origin(0, 1) == (0, 0)


@pytest.mark.parametrize("name", FORMATS)
def test_damaged_files_are_refused_or_read_and_never_raise_anything_else(name: str) -> None:
    register = SqliteRegister(MEMORY)
    dice = random.Random(name)
    for _try in range(25):
        data = bytearray(FORMATS[name])
        for _change in range(dice.randint(1, 12)):
            data[dice.randrange(len(data))] = dice.randrange(256)
        cut = dice.choice([len(data), dice.randrange(len(data))])
        try:
            plan_timetable(bytes(data[:cut]), register.snapshot(), OPTIONS)
        except GiveUp as error:
            assert error.fix
    register.close()


def test_a_year_of_a_whole_school_is_planned_in_seconds_and_found_the_same_again() -> None:
    header = ["День", "Урок", "Группа", "Программа", "Педагог", "Каб"]
    days = ("пн", "вт", "ср", "чт", "пт", "сб")
    rows = [
        [days[n % 6], n // 6 % 8, f"Группа {n // 48}", f"П {n % 40}", f"Учитель {n % 50}", n % 30 + 1]
        for n in range(6000)
    ]
    register = SqliteRegister(MEMORY)
    made = plan_timetable(csv_of([header, *rows]), register.snapshot(), OPTIONS)
    assert made.faults == ()
    register.apply(made.changes, author="a", reason="b", at=1)
    again = plan_timetable(xls([header, *rows]), register.snapshot(), OPTIONS)
    assert again.changes == ()
    register.close()


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ('"a";"b";"c"\r\n"x, y";"p; q";""\r\n"1,2";"r, s";"t; u, v"', ("a", "b", "c")),
        ("a;b\r\n1,5;2,5\r\n3,5;4,5", ("a", "b")),
        ('a,b\r\n"x; y; z",1\r\n"p; q; r",2', ("a", "b")),
        ("alone\r\nx", ("alone",)),
    ],
)
def test_a_separator_within_quotes_cuts_nothing(text: str, cells: tuple[str, ...]) -> None:
    assert read_csv(text.encode()).rows[0] == cells


def test_a_quote_that_never_closes_is_told() -> None:
    text = 'a;b\r\n"never closed;1\r\n' + "x;y\r\n" * 60_000
    with pytest.raises(GiveUp, match="no CSV") as e:
        read_csv(text.encode())
    assert e.value.fix


@pytest.mark.parametrize("text", ["(", "каб.\n", "(\n", "1,", "I ", "2 н. ", "А.", "; ", "Иванов\n"])
def test_a_cell_full_of_anything_is_read_in_no_time(text: str) -> None:
    register = SqliteRegister(MEMORY)
    cell = (text * CELL_LIMIT)[:CELL_LIMIT]
    began = time.process_time()
    rows: list[list[object]] = [["День", "Урок", "10А"], ["Пн", 1, cell], ["Вт", 1, "Химия"]]
    plan_timetable(xlsx(rows), register.snapshot(), OPTIONS)
    assert time.process_time() - began < 5  # seconds; what is quadratic takes a minute
    register.close()
