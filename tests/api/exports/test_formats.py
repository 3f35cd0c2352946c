from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zipfile import ZipFile
from zoneinfo import ZoneInfo

import openpyxl
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.utils.escape import unescape
from xlsxwriter.worksheet import Worksheet

from api.exports import workbook
from api.exports.book import Book
from api.exports.delimited import NS_PER_HOUR
from api.exports.document import schema
from api.exports.formats import FORMATS, TABLES, Format, bytes_of
from api.instants import format_instant
from edge.errors import GiveUp
from edge.register.exports.table import FORMULA, Cell, Column, Table, Type
from tests.api.exports.tables import COLUMNS, HEADERS, ROWS, WORDS, book

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MOSCOW = ZoneInfo("Europe/Moscow")
MANY = settings(max_examples=30, deadline=None)


def bare(text: str) -> str:
    """Without the apostrophe that keeps a spreadsheet from computing a text."""
    return text[1:] if text[:1] == "'" and text[1:2] and text[1] in FORMULA + "'" else text


def local(ns: int) -> datetime:
    return (EPOCH + timedelta(seconds=ns // 10**9)).astimezone(MOSCOW).replace(tzinfo=None)


def each(rows: list[tuple[Cell, ...]]) -> list[tuple[Column, Cell]]:
    return [(column, cell) for row in rows for column, cell in zip(COLUMNS, row, strict=True)]


def rfc4180(column: Column, cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, date):
        return cell.isoformat()
    if column.type is Type.INSTANT and isinstance(cell, int):
        return format_instant(cell)
    return str(cell)


@MANY
@given(rows=st.lists(ROWS, max_size=4))
def test_rfc_4180_is_read_back_cell_by_cell(rows: list[tuple[Cell, ...]]) -> None:
    content = bytes_of(book(rows), Format.CSV)
    lines = list(csv.reader(io.StringIO(content.decode("utf-8"), newline=""), strict=True))
    assert lines[0] == [column.name for column in COLUMNS]
    assert [bare(cell) for line in lines[1:] for cell in line] == [rfc4180(*one) for one in each(rows)]


def russian_lines(content: bytes) -> list[list[tuple[str, bool]]]:
    """The cells of the flavour that Russian Excel reads, and whether each was quoted."""
    assert content.startswith(b"\xef\xbb\xbf")
    text, lines, line = content.decode("utf-8-sig"), [], []
    place = 0
    while place < len(text):
        if text[place] == '"':
            end = place + 1
            while text[end] != '"' or text[end + 1 : end + 2] == '"':
                end += 2 if text[end] == '"' else 1
            line.append((text[place + 1 : end].replace('""', '"'), True))
            place = end + 1
        else:
            end = min(at for at in (text.find(";", place), text.find("\r\n", place)) if at >= 0)
            line.append((text[place:end], False))
            place = end
        if text[place] != ";":
            assert text[place : place + 2] == "\r\n"
            lines.append(line)
            line = []
        place += 1 if text[place] == ";" else 2
    return lines


def russian(column: Column, cell: Cell, told: str, *, quoted: bool) -> bool:
    """Whether a Russian spreadsheet has, in a cell that shows `told`, what was meant."""
    if isinstance(cell, str):
        return quoted and bare(told) == column.words.get(cell, cell) and told[:1] not in tuple(FORMULA)
    if cell is None or isinstance(cell, bool):
        return (told, quoted) == ({None: "", True: "ИСТИНА", False: "ЛОЖЬ"}[cell], False)
    if isinstance(cell, date):
        return (told, quoted) == (cell.strftime("%d.%m.%Y"), False)
    if column.type is Type.INSTANT:
        return (told, quoted) == (local(int(cell)).strftime("%d.%m.%Y %H:%M:%S"), False)
    meant = cell / NS_PER_HOUR if column.type is Type.HOURS else cell
    number = float(told.replace(",", ".")) == pytest.approx(meant, abs=1e-15)
    return number and not quoted and "." not in told and "e" not in told


@MANY
@given(rows=st.lists(ROWS, max_size=4))
def test_the_russian_flavour_is_read_back_by_russian_rules(rows: list[tuple[Cell, ...]]) -> None:
    header, *lines = russian_lines(bytes_of(book(rows), Format.CSV_EXCEL))
    assert header == [(name, True) for name in HEADERS]
    told = [cell for line in lines for cell in line]
    assert len(told) == len(each(rows))
    wrong = [
        (one, cell) for one, cell in zip(each(rows), told, strict=True) if not russian(*one, cell[0], quoted=cell[1])
    ]
    assert wrong == []


def excel(column: Column, cell: Cell) -> Any:
    if cell is None or cell == "":
        return None
    if isinstance(cell, str):
        return column.words.get(cell, cell)
    if isinstance(cell, bool):
        return cell
    if isinstance(cell, date):
        return datetime(cell.year, cell.month, cell.day)  # noqa: DTZ001 - a day has no zone
    if column.type is Type.INSTANT:
        return local(int(cell))
    return pytest.approx(cell / NS_PER_HOUR if column.type is Type.HOURS else cell, rel=1e-15)


@settings(max_examples=12, deadline=None)
@given(rows=st.lists(ROWS, max_size=4))
def test_a_workbook_is_read_back_with_real_numbers_and_dates(rows: list[tuple[Cell, ...]]) -> None:
    opened = openpyxl.load_workbook(io.BytesIO(bytes_of(book(rows), Format.XLSX)))
    assert opened.sheetnames == ["Лист   1", "Метаданные"]
    sheet = opened["Лист   1"]
    assert tuple(cell.value for cell in sheet[1]) == HEADERS
    cells = [sheet.cell(2 + at // len(COLUMNS), 1 + at % len(COLUMNS)) for at in range(len(each(rows)))]
    assert [bare(unescape(c.value)) if isinstance(c.value, str) else c.value for c in cells] == [
        excel(*told) for told in each(rows)
    ]
    assert all(cell.data_type != "f" for cell in cells)
    assert all(cell.quotePrefix for cell in cells if isinstance(cell.value, str))
    assert [cell.value for cell in opened["Метаданные"]["B"]] == ["=2026", "ab"]


@MANY
@given(rows=st.lists(ROWS, max_size=4))
def test_json_says_the_same_and_keeps_to_its_published_schema(rows: list[tuple[Cell, ...]]) -> None:
    told = json.loads(bytes_of(book(rows), Format.JSON))
    root = json.loads(schema())
    assert list(faults(root, told, root, "$")) == []
    (table,) = told["tables"]
    cells = [cell for row in table["rows"] for cell in row.values()]
    assert cells == [
        rfc4180(*one) if isinstance(one[1], date) or (one[0].type is Type.INSTANT and one[1] is not None) else one[1]
        for one in each(rows)
    ]


KINDS: dict[str, tuple[type, ...]] = {
    "object": (dict,), "array": (list,), "string": (str,), "number": (int, float), "boolean": (bool,),
    "null": (type(None),),
}  # fmt: skip


def faults(rule: dict[str, Any], value: Any, root: dict[str, Any], at: str) -> list[str]:
    """Where a value is not what a JSON Schema says: the part of it that the published one uses."""
    if "$ref" in rule:
        return faults(root["$defs"][rule["$ref"].rsplit("/", 1)[1]], value, root, at)
    if value not in rule.get("enum", [value]) or value != rule.get("const", value):
        return [f"{at}: {value!r}"]
    wanted = [rule["type"]] if isinstance(rule.get("type"), str) else rule.get("type", KINDS)
    if not any(type(value) in KINDS[kind] for kind in wanted):
        return [f"{at}: {value!r} is no {wanted}"]
    found: list[str] = []
    if isinstance(value, dict):
        known, more = rule.get("properties", {}), rule.get("additionalProperties", True)
        found += [f"{at}: no {name}" for name in rule.get("required", []) if name not in value]
        for name, one in value.items():
            inner = known.get(name, more)
            found += (
                [f"{at}.{name}"]
                if inner is False
                else faults(inner, one, root, f"{at}.{name}")
                if inner is not True
                else []
            )
    if isinstance(value, list):
        found += [fault for one in value for fault in faults(rule.get("items", {}), one, root, f"{at}[]")]
    return found


def test_the_checker_of_schemas_itself_finds_faults() -> None:
    root = json.loads(schema())
    told = json.loads(bytes_of(book([]), Format.JSON))
    assert faults(root, told | {"more": 1}, root, "$")
    assert faults(root, told | {"version": 2}, root, "$")
    assert faults(root, {"format": "labedge-export"}, root, "$")


@MANY
@given(rows=st.lists(ROWS, max_size=4))
def test_parquet_has_typed_columns_and_the_same_cells(rows: list[tuple[Cell, ...]]) -> None:
    file = pq.ParquetFile(io.BytesIO(bytes_of(book(rows), Format.PARQUET)))
    table = file.read()
    assert [str(field.type) for field in table.schema] == [
        *("string", "string", "int64", "double", "double", "double", "int64", "bool"),
        *("date32[day]", "timestamp[ns, tz=UTC]", "string"),
    ]
    assert file.schema_arrow.metadata["labedge.about.Период".encode()] == b"=2026"
    for number, column in enumerate(COLUMNS):
        cells = table.column(number)
        if column.type is Type.INSTANT:
            assert cells.cast("int64").to_pylist() == [row[number] for row in rows]
        elif column.type is Type.AMOUNT:
            assert cells.to_pylist() == [None if isinstance(row[number], str) else row[number] for row in rows]
        elif column.type is Type.ANY:
            assert cells.to_pylist() == [None if row[number] is None else str(row[number]) for row in rows]
        else:
            assert cells.to_pylist() == [row[number] for row in rows]


@pytest.mark.parametrize("form", TABLES)
@settings(max_examples=4, deadline=None)
@given(rows=st.lists(ROWS, max_size=3))
def test_equal_books_are_equal_files(form: Format, rows: list[tuple[Cell, ...]]) -> None:
    assert bytes_of(book(rows), form) == bytes_of(book(list(rows)), form)


def test_a_workbook_does_not_tell_whose_process_wrote_it() -> None:
    before = bytes_of(book([]), Format.XLSX)
    mask = os.umask(0o077)
    try:
        assert bytes_of(book([]), Format.XLSX) == before
    finally:
        os.umask(mask)
    with ZipFile(io.BytesIO(before)) as archive:
        assert {entry.date_time[:3] for entry in archive.infolist()} == {(1980, 1, 31)}
        assert archive.testzip() is None


@settings(max_examples=12, deadline=None)
@given(rows=st.lists(ROWS, max_size=4))
def test_the_rapid_worksheet_writes_what_the_librarys_own_does(rows: list[tuple[Cell, ...]]) -> None:
    rapid = bytes_of(book(rows), Format.XLSX)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(workbook, "RapidSheet", Worksheet)
        assert bytes_of(book(rows), Format.XLSX) == rapid


_TIMELESS = [number for number, column in enumerate(COLUMNS) if column.type is not Type.INSTANT]


def timeless(rows: list[tuple[Cell, ...]]) -> Book:
    """A book without instants, of which whole rows are written in one piece where they can be."""
    columns = tuple(COLUMNS[at] for at in _TIMELESS)
    cells = [tuple(row[at] for at in _TIMELESS) for row in rows]
    return Book("x", "x", (Table("x", tuple(column.name for column in columns), cells, {}, columns),))


@settings(max_examples=25, deadline=None)
@given(rows=st.lists(ROWS, max_size=5))
def test_a_row_in_one_piece_is_what_the_library_writes_cell_by_cell(rows: list[tuple[Cell, ...]]) -> None:
    rapid = bytes_of(timeless(rows), Format.XLSX)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(workbook, "RapidSheet", Worksheet)
        patch.setattr(workbook, "_rapidly", lambda *_: None)
        assert bytes_of(timeless(rows), Format.XLSX) == rapid


@pytest.mark.parametrize("kind", [Type.ANY, Type.TEXT, Type.AMOUNT, Type.NUMBER, Type.HOURS, Type.SHARE, Type.WHOLE])
def test_each_cell_of_a_row_in_one_piece_is_what_the_library_writes(kind: Type) -> None:
    cells: list[Cell] = ["&<a> ", " b", "='x'", "'=1", "<r></r>", "_x0041_", "a\nb", "x" * 17_000, "🙂", 0.0, -0.0, 1,
                         0.1, 1e-7, 1e22, 10**15, -(10**15), float("nan"), True, False, date(1890, 1, 1),
                         date(2026, 9, 1), None, ""]  # fmt: skip
    rows = [(one, two) for one, two in zip(cells, reversed(cells), strict=True)]
    table = Table("x", ("a", "b"), rows, {}, (Column("a", kind), Column("b", kind)))
    rapid = bytes_of(Book("x", "x", (table,)), Format.XLSX)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(workbook, "RapidSheet", Worksheet)
        patch.setattr(workbook, "_rapidly", lambda *_: None)
        assert bytes_of(Book("x", "x", (table,)), Format.XLSX) == rapid


def lone(cell: Cell, kind: Type = Type.ANY) -> Book:
    return Book("x", "x", (Table("x", ("x",), [(cell,)], {}, (Column("x", kind),)),))


def in_excel(cell: Cell, kind: Type = Type.ANY) -> Any:
    return openpyxl.load_workbook(io.BytesIO(bytes_of(lone(cell, kind), Format.XLSX)))["x"]["A2"].value


def test_what_a_spreadsheet_cannot_hold_is_a_text_or_cut_where_it_is_seen() -> None:
    assert in_excel(10**15 + 1) == "1000000000000001"
    assert in_excel(date(1890, 1, 1)) == "1890-01-01"
    assert in_excel("x" * 40_000) == "x" * 32_766 + "…"
    assert in_excel(float("nan"), Type.NUMBER) is None
    assert in_excel("a\x00\ud7ff\ufffe") is not None


def test_a_text_cannot_become_the_markup_of_a_workbook() -> None:
    evil = '<r></t></is></c><c r="B2"><f>1+1</f></c><c><is><t></r>'
    content = bytes_of(lone(evil), Format.XLSX)
    sheet = openpyxl.load_workbook(io.BytesIO(content))["x"]
    assert (sheet["A2"].value, sheet["A2"].data_type, sheet["B2"].value) == (f"{evil} ", "s", None)


@pytest.mark.parametrize("form", [Format.CSV, Format.CSV_EXCEL, Format.JSON, Format.PARQUET])
def test_what_is_no_number_is_an_empty_cell(form: Format) -> None:
    content = bytes_of(lone(float("inf"), Type.NUMBER), form)
    assert b"inf" not in content.lower().replace(b"info", b"")


def test_more_rows_than_a_sheet_has_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "ROWS_LIMIT", 2)
    with pytest.raises(GiveUp, match="more than 2 rows"):
        bytes_of(book([(None,) * len(COLUMNS)] * 3), Format.XLSX)


@pytest.mark.parametrize(
    ("value", "told"), [(0.1, "0,1"), (1e-7, "0,0000001"), (1e22, "1" + "0" * 22), (-0.0, "-0"), (3.0, "3")]
)
def test_a_decimal_has_no_exponent(value: float, told: str) -> None:
    assert bytes_of(lone(value, Type.NUMBER), Format.CSV_EXCEL).decode().splitlines()[1] == told


def test_only_a_report_is_a_page() -> None:
    with pytest.raises(ValueError, match="no report"):
        bytes_of(book([]), Format.HTML)


def test_words_of_codes_are_for_people_only() -> None:
    rows: list[tuple[Cell, ...]] = [(None, "busy", *(None,) * 9)]
    assert WORDS["busy"].encode() in bytes_of(book(rows), Format.CSV_EXCEL)
    assert b"busy" in bytes_of(book(rows), Format.CSV)


def test_every_format_has_a_suffix_and_a_type() -> None:
    written: dict[str, Callable[..., None]] = {kind.suffix: kind.write for kind in FORMATS.values()}
    assert set(written) == {".json", ".csv", ".xlsx", ".parquet", ".html"}
