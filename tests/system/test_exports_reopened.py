"""Exports in the programs that people open them with: LibreOffice, and Chromium's printer."""

from __future__ import annotations

import csv
import math
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest

from api.exports.formats import Format, bytes_of
from edge.register.exports.table import Cell
from tests.api.exports.centre import FORMULA, MARKUP, entries
from tests.api.exports.tables import COLUMNS, book
from tests.api.lab import Lab
from tests.api.school import lesson
from tests.system.test_board_browser import CHROMIUM

pytestmark = pytest.mark.system

DEADLINE_S = 100
ASKED = "year=2026&quarter=3"
EVERY_SHEET_RAW = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,false,false,-1"
"""`,`, `"`, UTF-8, from line 1, cells as they are and not as shown, every sheet to a file of its own."""

ROWS: list[tuple[Cell, ...]] = [
    ("=1+1", "busy", 1, 0.1, "<5*", 0.25, 3_600_000_000_000, True, date(2026, 9, 1), 1_790_000_000 * 10**9, "@x"),
    ("'=x", "=idle", -(10**14), -1e-7, 12.5, 1.0, 1, False, date(1900, 3, 1), 0, 7),
    ('a"b;c,d', "unheard", 10**15, 1e21, 3, 0.0, 5 * 10**14, None, date(2199, 12, 31), 4 * 10**18, None),
    ("два\nслова & <b>", None, None, None, None, None, None, None, None, None, date(2026, 2, 28)),
]


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(words, check=True, capture_output=True, text=True, timeout=DEADLINE_S)


@pytest.fixture(scope="module")
def converted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Every workbook as LibreOffice reads it: one start for all to CSV, one for all to PDF."""
    folder = tmp_path_factory.mktemp("office")
    lab = Lab()
    lab.enter(*entries())
    lesson(lab)
    files = {
        "monitoring": f"/api/v1/exports/monitoring?{ASKED}&format=xlsx",
        "form": f"/api/v1/exports/forms/quarterly-book?{ASKED}",
        "utilisation": "/api/v1/exports/utilisation?start=2026-09-21T00:00:00Z&end=2026-09-22T00:00:00Z&format=xlsx",
        "timetable": "/api/v1/exports/timetable?format=xlsx",
    }
    for name, path in files.items():
        answer = lab.client.get(path)
        assert answer.status_code == 200, answer.text
        (folder / f"{name}.xlsx").write_bytes(answer.content)
    (folder / "all.xlsx").write_bytes(bytes_of(book(ROWS), Format.XLSX))
    names = [str(path) for path in sorted(folder.glob("*.xlsx"))]
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    for form in (EVERY_SHEET_RAW, "pdf"):
        run("soffice", profile, "--headless", "--convert-to", form, "--outdir", str(folder / "out"), *names)
    yield folder
    shutil.rmtree(folder / "profile")


BOOKS = ("all", "form", "monitoring", "timetable", "utilisation")


@pytest.mark.parametrize("name", BOOKS)
def test_libreoffice_reads_every_cell_as_it_was_written(converted: Path, name: str) -> None:
    workbook = openpyxl.load_workbook(converted / f"{name}.xlsx")
    for sheet in workbook:
        path = converted / "out" / f"{name}-{sheet.title}.csv"
        with path.open(encoding="utf-8", newline="") as file:
            lines = list(csv.reader(file))
        told = [
            (cell.coordinate, meant, text)
            for row, line in zip(sheet.iter_rows(), lines, strict=False)
            for cell, text in zip(row, line, strict=False)
            if cell.data_type != "f" and (meant := cell.value) not in (None, "")
        ]
        assert told
        assert [one for one in told if not same(*one[1:])] == []


def same(meant: object, told: str) -> bool:
    """Whether LibreOffice's raw text of a cell is what stands in the file."""
    if isinstance(meant, bool):
        return told in {"TRUE": (True,), "FALSE": (False,), "1": (True,), "0": (False,)} and meant == (
            told in {"TRUE", "1"}
        )
    if isinstance(meant, datetime):
        return told in {f"{meant:%m/%d/%Y}", f"{meant:%m/%d/%Y %H:%M:%S}"}
    if isinstance(meant, int | float):
        number = float(told.removesuffix("%")) / (100 if told.endswith("%") else 1)
        return math.isclose(number, meant, rel_tol=1e-13, abs_tol=1e-15)
    return told == meant


@pytest.mark.parametrize("name", BOOKS)
def test_libreoffice_prints_it(converted: Path, name: str) -> None:
    content = (converted / "out" / f"{name}.pdf").read_bytes()
    assert content.startswith(b"%PDF-")
    assert len(re.findall(rb"/Type\s*/Page\b", content)) >= 1


def test_the_authoritys_own_formulas_are_computed(converted: Path) -> None:
    with (converted / "out" / "form-Показатели.csv").open(encoding="utf-8", newline="") as file:
        lines = {line[0]: line for line in csv.reader(file)}
    assert float(lines["1.2"][4].removesuffix("%")) in {0.925, 92.5}
    assert lines["1.2"][6] == f"Стало больше. {MARKUP}"


def test_a_text_that_looks_like_a_formula_stays_a_text(converted: Path) -> None:
    told = (converted / "out" / "monitoring-Составляющие.csv").read_text("utf-8")
    assert FORMULA in told.replace('""', '"')
    assert len(COLUMNS) == len(ROWS[0])


def test_the_report_prints_to_a_clean_pdf(tmp_path: Path) -> None:
    lab = Lab()
    lab.enter(*entries())
    page, pdf = tmp_path / "report.html", tmp_path / "report.pdf"
    page.write_bytes(lab.client.get(f"/api/v1/exports/monitoring?{ASKED}&format=html").content)
    said = run(
        "chromium", *CHROMIUM, f"--user-data-dir={tmp_path / 'browser'}", "--no-pdf-header-footer",
        "--enable-logging=stderr", f"--print-to-pdf={pdf}", page.as_uri(),
    )  # fmt: skip
    content = pdf.read_bytes()
    assert content.startswith(b"%PDF-")
    assert 3 <= len(re.findall(rb"/Type\s*/Page\b", content)) <= 12
    assert "CONSOLE" not in said.stderr


MEASURE = """
import resource, sys
sys.path.insert(0, {root!r})
from tests.system.many_rows import book_of_evidence
from api.exports.formats import FORMATS, Format
book, form = book_of_evidence(50_000), Format({form!r})
if form is Format.PARQUET:
    import pyarrow.parquet
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
with open({out!r}, "w+b") as file:
    FORMATS[form].write(book, file)
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""
"""Prints the peak of memory that writing took, in MiB; its time is told by `make bench`."""

MEMORY_MIB = 150


@pytest.mark.parametrize("form", ["xlsx", "csv", "csv-excel", "json", "parquet"])
def test_fifty_thousand_rows_of_evidence_are_streamed(tmp_path: Path, form: str) -> None:
    root = str(Path(__file__).parents[2])
    said = run(sys.executable, "-c", MEASURE.format(root=root, form=form, out=str(tmp_path / "many")))
    assert int(said.stdout) <= MEMORY_MIB
