from __future__ import annotations

import csv
import io
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner

from api.command import MISUSED, OK, app
from api.export import Asked, demo_roster, exported, window
from edge.clock import ManualClock
from edge.errors import GiveUp
from edge.health import Health
from edge.journal.sqlite import SqliteJournal
from edge.main import JOURNAL, REGISTER
from edge.metrics import Metrics
from edge.numbers.figures import By, Cut
from edge.register.sqlite import SqliteRegister
from telemetry.model import JobPhase, JobSeen, State
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
DAY = date(2026, 9, 21)
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
        ]
    )
    journal.close()
    register = SqliteRegister(tmp_path / REGISTER)
    register.apply(school(), author="Иванова", reason="начало года", at=NOW)
    register.close()
    (tmp_path / "labedge.toml").write_text(CONFIG, "utf-8")
    return tmp_path


def written(folder: Path, name: str, suffix: str = ".csv") -> bytes:
    asked = Asked(*window(DAY, DAY, "Europe/Moscow"), By.EQUIPMENT, Cut.DAY)
    return exported(name, suffix, asked, settings=settings(), folder=folder, clock=ManualClock(NOW))


@pytest.mark.parametrize(
    ("name", "column", "value"),
    [("utilisation", "busy_ns", str(30 * MINUTE)), ("sessions", "id", SESSION), ("jobs", "name", "'=плата.nc")],
)
def test_a_table_holds_what_was_asked(folder: Path, name: str, column: str, value: str) -> None:
    rows = list(csv.DictReader(io.StringIO(written(folder, name).decode())))
    assert rows[0][column] == value


@pytest.mark.parametrize("name", ["utilisation", "sessions", "jobs"])
def test_a_workbook_has_the_numbers_of_the_table_and_the_same_bytes_each_time(folder: Path, name: str) -> None:
    content = written(folder, name, ".xlsx")
    assert content == written(folder, name, ".xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(content))[name]
    told = [["" if cell is None else str(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]
    (header, first, *_), titles = csv.reader(io.StringIO(written(folder, name).decode())), told[0]
    assert titles == header
    assert len(told[1]) == len(first)
    assert told[1][0] == first[0]
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


def test_the_command_writes_a_file(folder: Path) -> None:
    target = folder / "sessions.csv"
    words = ["export", "sessions", *DAYS, "-o", str(target), "--config", str(folder / "labedge.toml")]
    result = CliRunner().invoke(app, [*words, "--data-dir", str(folder)])
    assert result.exit_code == OK, result.output
    assert SESSION in target.read_text("utf-8")


@pytest.mark.parametrize(
    "words", [["export", "x"], ["export", "jobs", "--by", "x"], ["export", "jobs", "--bucket", "x"]]
)
def test_a_word_that_is_not_known_is_told_with_those_that_are(folder: Path, words: list[str]) -> None:
    result = CliRunner().invoke(app, [*words, *DAYS, "-o", str(folder / "a.csv"), "--data-dir", str(folder)])
    assert result.exit_code == MISUSED
    assert "Take one of" in result.output


def test_what_cannot_be_written_says_what_to_do(folder: Path) -> None:
    with pytest.raises(GiveUp, match=r"\.pdf"):
        written(folder, "jobs", ".pdf")
    with pytest.raises(GiveUp, match="before"):
        window(DAY, DAY.replace(day=1), "Europe/Moscow")


def test_without_a_configuration_it_is_the_demo_lab() -> None:
    assert "mill-1" in [one.id for one in demo_roster().equipment]
