from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow.parquet as pq
import pytest

from api.exports import shapes
from api.exports.catalog import EXPORTS, Asks
from api.exports.delivery import disposition
from api.exports.formats import TABLES, Format
from api.exports.words import own_words, words_of
from api.pages.texts import FORMS
from edge.monitoring.contract import Period
from edge.register.calendar import Bell, BellSchedule
from edge.register.contract import Put
from edge.register.events import Direction
from edge.register.evidence import Attendance
from edge.register.imports.columns import COLUMNS
from edge.register.kinds import KINDS
from telemetry.indicators.definition import Dimension, How, Part, Unit
from telemetry.model import JobPhase, JobSeen
from tests.api.exports.centre import entries
from tests.api.lab import MILL, MINUTE, NOW, PRINTER, Lab, reading
from tests.api.school import SESSION, lesson, school

WINDOW = "start=2026-09-21T00:00:00Z&end=2026-09-22T00:00:00Z"
LISTS = {
    "/api/v1/equipment": "",
    "/api/v1/equipment/mill-1/intervals": WINDOW,
    "/api/v1/equipment/mill-1/jobs": WINDOW,
    "/api/v1/readings": f"equipment=printer-1&channel=tool0_temperature&{WINDOW}",
    "/api/v1/readings?points=4": f"equipment=printer-1&channel=tool0_temperature&{WINDOW}",
    "/api/v1/records": "",
    "/api/v1/utilisation": WINDOW,
    "/api/v1/practical-sessions": WINDOW,
    "/api/v1/utilisation/evidence": WINDOW,
    f"/api/v1/practical-sessions/{SESSION}/corrections": "",
    f"/api/v1/practical-sessions/{SESSION}/evidence": "",
    "/api/v1/exports": "",
    "/api/v1/editions": "",
    "/api/v1/audit": "",
    **{f"/api/v1/register/{kind}": "" for kind in ("slot", "term", "opening_hours", "session_correction", "group")},
    "/api/v1/hour-meters": "",
    "/api/v1/timetable": "",
}


@pytest.fixture
def busy(lab: Lab) -> Lab:
    lab.enter(*entries())
    lesson(lab)
    lab.keep([reading(NOW - n * MINUTE, 20.5 + n, PRINTER) for n in range(1, 4)])
    lab.keep([JobSeen(MILL, NOW - 9, NOW - 9, "j1", JobPhase.STARTED, "=плата.nc")])
    body = {"status": "unconfirmed", "author": "Иванова", "reason": "=нет"}
    assert lab.client.post(f"/api/v1/practical-sessions/{SESSION}/corrections", json=body).status_code == 201
    lab.monitoring.close_period(Period(2026, 2), author="Иванова", reason="срок", at=NOW)
    return lab


def listed(lab: Lab, path: str, form: str) -> bytes:
    address = f"{path}{'&' if '?' in path else '?'}{LISTS[path]}&format={form}"
    answer = lab.client.get(address)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-disposition"].startswith("attachment; filename=")
    assert lab.client.get(address).content == answer.content
    return answer.content


@pytest.mark.parametrize("path", LISTS)
def test_every_list_is_the_same_table_in_every_format(busy: Lab, path: str) -> None:
    lines = list(csv.reader(io.StringIO(listed(busy, path, "csv").decode())))
    assert len(lines) > 1
    sheet = openpyxl.load_workbook(io.BytesIO(listed(busy, path, "xlsx"))).worksheets[0]
    columns = pq.read_table(io.BytesIO(listed(busy, path, "parquet")))
    people = list(csv.reader(io.StringIO(listed(busy, path, "csv-excel").decode("utf-8-sig")), delimiter=";"))
    assert (sheet.max_row, sheet.max_column) == (len(lines), len(lines[0]))
    assert (columns.num_rows, columns.column_names) == (len(lines) - 1, lines[0])
    assert (len(people), len(people[0])) == (len(lines), len(lines[0]))
    assert [cell.value for cell in sheet[1]] == people[0]


@pytest.mark.parametrize("path", LISTS)
def test_a_page_is_no_format_of_a_list(busy: Lab, path: str) -> None:
    answer = busy.client.get(f"{path}{'&' if '?' in path else '?'}{LISTS[path]}&format=html")
    assert answer.status_code in {406, 422}
    assert answer.headers["content-type"] == "application/problem+json"


ONE_FORMAT = [
    *("/api/v1/equipment/mill-1", "/api/v1/indicators/sets", "/api/v1/exports/forms"),
    *("/api/v1/register/slot/mon-1", "/api/v1/register/slot/mon-1/history", "/api/v1/editions/2026-Q2/1"),
    *("/api/v1/editions/2026-Q2/1/differences", "/api/v1/equipment/mill-1/hour-meter"),
]


@pytest.mark.parametrize("path", ONE_FORMAT)
@pytest.mark.parametrize("form", ["csv", "xlsx", "nonsense"])
def test_a_format_that_there_is_not_is_refused_and_json_is_not(busy: Lab, path: str, form: str) -> None:
    refused = busy.client.get(f"{path}?format={form}")
    assert (refused.status_code, bool(refused.json()["fix"])) == (406, True)
    assert f"as {form}, but as json alone" in refused.json()["detail"]
    assert busy.client.get(f"{path}?format=json").status_code == 200


def test_a_file_of_its_own_kind_is_had_as_no_other(busy: Lab) -> None:
    refused = busy.client.get("/api/v1/exports/forms/quarterly-book?year=2026&quarter=2&format=csv")
    assert (refused.status_code, "one file of its own kind" in refused.json()["detail"]) == (406, True)


def test_entries_without_an_import_are_a_row_each_and_what_has_parts_is_json() -> None:
    lab = Lab()
    bell = BellSchedule(name="будни", weekdays=(1, 2), bells=(Bell(lesson=1, start="09:00", end="09:45"),))
    lab.enter(*school(), Put("b", bell), Put("a", Attendance(session=SESSION, count=1, learners=("L-01",))))
    (row,) = csv.DictReader(io.StringIO(lab.client.get("/api/v1/register/bell_schedule?format=csv").text))
    assert (row["id"], row["weekdays"], json.loads(row["bells"])[0]["start"]) == ("b", "1 2", "09:00")
    russian = lab.client.get("/api/v1/register/bell_schedule?format=csv-excel").content.decode("utf-8-sig")
    assert russian.splitlines()[0].startswith('"Код";"Название";"Дни недели";"Звонки"')
    attended = lab.client.get("/api/v1/register/attendance?format=csv").text
    assert attended.splitlines()[0] == "id,count,session"
    assert "L-01" not in attended


def test_every_kind_of_entry_is_had_as_a_table_under_a_name_for_people(lab: Lab) -> None:
    for kind in KINDS:
        assert lab.client.get(f"/api/v1/register/{kind}?format=xlsx").status_code == 200
        assert kind in COLUMNS or f"table.{kind}" in own_words("ru")
        for name in KINDS[kind].model_fields if kind not in COLUMNS else ():
            assert f"column.{name}" in own_words("ru"), (kind, name)


def test_people_read_words_hours_and_local_time_and_programs_codes(busy: Lab) -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(listed(busy, "/api/v1/practical-sessions", "xlsx"))).worksheets[0]
    header, first, *_ = sheet.iter_rows(values_only=True)
    told: dict[Any, Any] = dict(zip(header, first, strict=True))
    assert (told["Состояние"], told["По данным оборудования"]) == ("не подтверждено", "подтверждено оборудованием")
    assert (told["Начало"].hour, told["Работа, ч"]) == (16, 0.5)
    program = next(csv.DictReader(io.StringIO(listed(busy, "/api/v1/practical-sessions", "csv").decode())))
    assert (program["status"], program["start"]) == ("unconfirmed", "2026-09-21T13:00:00Z")
    assert program["busy_ns"] == str(30 * MINUTE)


def test_every_export_is_listed_with_its_formats(lab: Lab) -> None:
    items = {one["name"]: one for one in lab.get("/api/v1/exports")["items"]}
    assert set(items) == set(EXPORTS)
    assert items["monitoring"]["formats"] == [*map(str, TABLES), "html"]
    assert {one["asks"] for one in items.values()} == {ask.value for ask in Asks}
    english = lab.get("/api/v1/exports", lang="en")["items"]
    assert all(one["title"] not in {"", one["name"]} for one in (*items.values(), *english))


@pytest.mark.parametrize("name", [name for name, export in EXPORTS.items() if export.asks is not Asks.PERIOD])
@pytest.mark.parametrize("form", TABLES)
def test_every_export_is_a_file(busy: Lab, name: str, form: Format) -> None:
    answer = busy.client.get(f"/api/v1/exports/{name}?{WINDOW}&format={form}")
    assert answer.status_code == 200, answer.text
    assert answer.content


def test_the_schema_is_published(lab: Lab) -> None:
    assert lab.get("/api/v1/exports/schema.json")["title"]


def test_a_name_that_a_header_cannot_have_is_told_twice() -> None:
    assert disposition("a-1.csv") == 'attachment; filename="a-1.csv"'
    told = disposition('отчёт "1".csv', inline=True)
    assert told.isascii()
    assert told.startswith('inline; filename="')
    assert "filename*=UTF-8''" in told


def test_both_languages_have_the_same_words_of_exports() -> None:
    russian, english = own_words("ru"), own_words("en")
    assert set(russian) == set(english)
    for key, text in russian.items():
        other = english[key]
        assert isinstance(text, str) == isinstance(other, str)
        if isinstance(text, str) and isinstance(other, str):
            assert fields(text) == fields(other), key
        else:
            assert (set(text), set(other)) == (set(FORMS), set(FORMS - {"few"}))


def fields(text: str) -> set[str]:
    return {part.split("}")[0] for part in text.split("{")[1:]}


@pytest.mark.parametrize(
    "shape", [getattr(shapes, name) for name in dir(shapes) if name.isupper() and not name.startswith("_")], ids=str
)
def test_every_column_has_a_header_for_people(shape: Any) -> None:
    for name in shape:
        assert f"column.{name}" in own_words("ru"), name


def test_every_word_of_the_model_is_told_to_people() -> None:
    texts = words_of("ru", "UTC").table
    wanted = {f"part.{one.value}" for one in Part} | {f"unit_word.{one.value}" for one in Unit}
    wanted |= {f"how.{one.word}" for one in How} | {f"dimension.{one.value}" for one in Dimension}
    wanted |= {f"direction.{one.value}" for one in Direction}
    assert wanted <= set(texts)


def test_a_gateway_at_rest_carries_no_reader_or_writer_of_large_files() -> None:
    """They would take tens of MB and a tenth of its start."""
    large = {"pyarrow", "openpyxl", "xlsxwriter", "xlrd", "icalendar"}
    code = f"import api.service, sys; assert not {large} & sys.modules.keys(), {large} & sys.modules.keys()"
    subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[3], check=True)
