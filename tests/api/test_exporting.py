from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner

from api.command import MISUSED, OK, WRONG, app, main
from api.exporting import Lab, Words, demo_roster, export, format_of, window
from api.exports.formats import TABLES, Format
from edge.clock import ManualClock
from edge.errors import GiveUp
from edge.health import Health
from edge.journal.sqlite import SqliteJournal
from edge.main import JOURNAL, REGISTER
from edge.metrics import Metrics
from edge.register.sqlite import SqliteRegister
from telemetry.model import JobPhase, JobSeen, RunPhase, RunSeen, State
from tests.api.lab import MILL, MINUTE, NOW, settings, state
from tests.api.school import SESSION, school

CONFIG = """
[[equipment]]
id = "mill-1"
name = "Фрезер"
room = "workshop"
driver = "grbl"
link = { simulator = true }
"""
DAY = datetime(2026, 9, 21, tzinfo=UTC)
DAYS = ("--from", "2026-09-21", "--to", "2026-09-21")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    told = settings()
    clock = ManualClock(NOW)
    journal = SqliteJournal(tmp_path / JOURNAL, clock=clock, settings=told.journal, health=Health(), metrics=Metrics())
    journal.commit(
        [
            state(NOW - 600 * MINUTE, State.IDLE),
            state(NOW - 40 * MINUTE, State.BUSY),
            state(NOW - 10 * MINUTE, State.IDLE),
            JobSeen(MILL, NOW - 40 * MINUTE, NOW, "j1", JobPhase.STARTED, "=плата.nc"),
            RunSeen(MILL, NOW - 40 * MINUTE, NOW, "r1", RunPhase.STARTED, title="=Резание"),
        ]
    )
    journal.close()
    register = SqliteRegister(tmp_path / REGISTER)
    register.apply(school(), author="Иванова", reason="начало года", at=NOW)
    register.close()
    (tmp_path / "labedge.toml").write_text(CONFIG, "utf-8")
    return tmp_path


def written(folder: Path, name: str, form: Format = Format.CSV) -> bytes:
    target = folder / f"out.{form}"
    words = Words(name, first=DAY, last=DAY)
    size = export(words, form, target, Lab(settings(), folder, ManualClock(NOW)))
    content = target.read_bytes()
    assert size == len(content)
    return content


NAMES = ("utilisation", "practical-sessions", "jobs", "runs", "equipment", "timetable")


@pytest.mark.parametrize(
    ("name", "column", "value"),
    [
        ("utilisation", "busy_ns", str(30 * MINUTE)),
        ("practical-sessions", "id", SESSION),
        ("sessions", "id", SESSION),
        ("jobs", "name", "'=плата.nc"),
        ("runs", "title", "'=Резание"),
        ("runs", "closed_by", "silence"),
        ("equipment", "Код", "mill-1"),
        ("timetable", "Код", "mon-1"),
    ],
)
def test_a_table_holds_what_was_asked(folder: Path, name: str, column: str, value: str) -> None:
    rows = list(csv.DictReader(io.StringIO(written(folder, name).decode())))
    assert rows[0][column] == value


@pytest.mark.parametrize("form", TABLES)
@pytest.mark.parametrize("name", NAMES)
def test_the_same_question_gives_the_same_bytes(folder: Path, name: str, form: Format) -> None:
    assert written(folder, name, form) == written(folder, name, form)


@pytest.mark.parametrize("name", NAMES)
def test_a_workbook_has_the_rows_of_the_table_and_no_formula(folder: Path, name: str) -> None:
    book = openpyxl.load_workbook(io.BytesIO(written(folder, name, Format.XLSX)))
    sheet = book.worksheets[0]
    rows = list(csv.reader(io.StringIO(written(folder, name).decode())))
    assert (sheet.max_row, sheet.max_column) == (len(rows), len(rows[0]))
    assert sheet["A2"].value == rows[1][0]
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    assert book.sheetnames[-1] == "Метаданные"


def test_the_command_writes_a_file(folder: Path) -> None:
    target = folder / "sessions.csv"
    words = ["export", "sessions", *DAYS, "-o", str(target), "--config", str(folder / "labedge.toml")]
    result = CliRunner().invoke(app, [*words, "--data-dir", str(folder)])
    assert result.exit_code == OK, result.output
    assert SESSION in target.read_text("utf-8")


def test_the_command_prints_a_table_as_json(folder: Path) -> None:
    words = ["export", "sessions", *DAYS, "--json", "--config", str(folder / "labedge.toml")]
    result = CliRunner().invoke(app, [*words, "--data-dir", str(folder)])
    assert result.exit_code == OK, result.output
    assert SESSION in json.dumps(json.loads(result.stdout))
    assert json.loads(result.stdout) == json.loads(written(folder, "sessions", Format.JSON))


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["x"], "practical-sessions"),
        (["jobs", "--by", "x"], "equipment"),
        (["jobs", "--bucket", "x"], "month"),
        (["jobs", "--lang", "x"], "ru, en"),
        (["jobs", "--format", "x"], "csv-excel"),
        (["jobs", "--format", "html"], "csv-excel"),
    ],
)
def test_a_word_that_is_not_known_is_told_with_those_that_are(folder: Path, words: list[str], told: str) -> None:
    with pytest.raises(GiveUp) as caught:
        run(["export", *words, *DAYS, "-o", str(folder / "a.csv"), "--data-dir", str(folder)])
    assert caught.value.fix.startswith("Take one of")
    assert told in caught.value.fix
    assert not (folder / "a.csv").exists()


def run(words: list[str]) -> None:
    CliRunner().invoke(app, words, catch_exceptions=False)


def test_what_cannot_be_written_says_what_to_do(folder: Path) -> None:
    with pytest.raises(GiveUp, match=r"\.pdf"):
        format_of(folder / "a.pdf")
    with pytest.raises(GiveUp, match="before"):
        window(DAY, DAY.replace(day=1), "Europe/Moscow")
    with pytest.raises(GiveUp, match="some days"):
        run(["export", "jobs", "-o", str(folder / "a.csv"), "--data-dir", str(folder)])
    with pytest.raises(GiveUp, match="cannot be written"):
        run(["export", "jobs", *DAYS, "-o", str(folder / "none" / "a.csv"), "--data-dir", str(folder)])


@pytest.mark.parametrize(
    ("name", "form"),
    [("a.csv", Format.CSV), ("a.xlsx", Format.XLSX), ("a.json", Format.JSON), ("a.parquet", Format.PARQUET)],
)
def test_a_suffix_tells_the_format_and_a_word_overrules_it(name: str, form: Format) -> None:
    assert format_of(Path(name)) is form
    assert format_of(Path(name), "csv-excel") is Format.CSV_EXCEL


def test_without_a_configuration_it_is_the_demo_lab() -> None:
    assert "mill-1" in [one.id for one in demo_roster().equipment]


PERIOD = ("--year", "2026", "--quarter", "3")


def invoked(folder: Path, *words: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["export", *words, "--data-dir", str(folder)], catch_exceptions=False)
    return result.exit_code, result.output


@pytest.mark.parametrize("suffix", ["xlsx", "csv", "json", "parquet", "html"])
def test_the_report_of_a_quarter_is_written_by_suffix(folder: Path, suffix: str) -> None:
    target = folder / f"report.{suffix}"
    code, said = invoked(folder, "monitoring", *PERIOD, "-o", str(target))
    assert (code, said) == (OK, f"{target}: {target.stat().st_size} bytes\n")


def test_the_evidence_of_one_component_is_written_for_the_school(folder: Path) -> None:
    target = folder / "evidence.csv"
    words = ("--number", "A.2", "--by", "group", "--key", "pr-1", "--inside", "--lang", "en")
    assert invoked(folder, "evidence", *PERIOD, *words, "-o", str(target))[0] == OK
    rows = list(csv.DictReader(io.StringIO(target.read_text("utf-8"))))
    assert {row["fact_id"].split(":")[0] for row in rows} == {"mon-1"}
    assert "members" in rows[0]


def test_a_form_is_checked_and_filled(folder: Path) -> None:
    target = folder / "form.xlsx"
    code, said = invoked(folder, "form", "--mapping", "quarterly-book", *PERIOD, "--check", "-o", str(target))
    assert (code, target.exists()) == (WRONG, False)
    assert "Показатели!G4: 1.1 text: не внесено" in said
    code, said = invoked(folder, "form", "--mapping", "quarterly-book", *PERIOD, "-o", str(target))
    assert code == WRONG
    assert openpyxl.load_workbook(target)["Показатели"]["A4"].value == "1.1"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("monitoring", "-o", "x.csv"), "of a quarter"),
        (("evidence", *PERIOD, "--by", "x", "-o", "x.csv"), "no 'x'"),
        (("form", *PERIOD, "--mapping", "none", "-o", "x.csv"), "cannot be read"),
        (("form", *PERIOD, "--mapping", "quarterly-book", "--template", "x.pdf"), "cannot be read"),
        (("form", *PERIOD, "--mapping", "people-by-category", "-o", "x.xlsx"), r"x\.xlsx: the form .* \.csv"),
    ],
)
def test_what_a_period_needs_is_told(folder: Path, words: tuple[str, ...], said: str) -> None:
    with pytest.raises(GiveUp, match=said):
        invoked(folder, *words)


def test_every_place_that_a_form_lacks_is_told_at_once(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "own.csv").write_text("a;b\r\n", "utf-8")
    places = "".join(f'[[place]]\nat = "{at}"\nabout = "year"\n' for at in ("A2", "B7", "C1"))
    (folder / "own.toml").write_text(f'title = "Своя"\ntemplate = "own.csv"\n{places}', "utf-8")
    options = ("--mapping", str(folder / "own.toml"), "-o", str(folder / "filled.csv"), "--data-dir", str(folder))
    monkeypatch.setattr("sys.argv", ["labedge", "export", "form", *PERIOD, *options])
    with pytest.raises(SystemExit) as ended:
        main()
    said = capsys.readouterr().err
    assert ended.value.code == MISUSED
    assert [line.partition(":")[0] for line in said.splitlines()] == ["A2", "B7", "C1"]
    assert not (folder / "filled.csv").exists()


def test_an_export_needs_a_file(folder: Path) -> None:
    assert invoked(folder, "jobs", *DAYS)[0] == MISUSED
