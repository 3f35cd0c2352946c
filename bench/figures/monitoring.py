"""The quarterly monitoring of a year, asked of `labedge run` over HTTP: cold, cached, and as a workbook.

The journal holds 1.5 million changes of 25 equipment, 3,300 jobs and 500 runs; the register 6,000 lessons, 400 learners
and what a school enters in a year. The quarter asked for is the last one of that year, so its report reads all of it.
Cold is the first report after a start, of files that the system was told to forget, with the evidence of two cells.
"""

from __future__ import annotations

import gc
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np

from bench import lab, processes, school
from bench.centre import EQUIPMENT, ROOMS, Centre, centre, timetable
from bench.gateway import AGAIN, STARTS, Asked, Gateway, asked, forget, median
from bench.outcome import Row
from bench.rounds import seconds
from edge.register.sqlite import SqliteRegister
from telemetry.columns import Jobs
from telemetry.model import (
    Channel,
    EquipmentId,
    JobOutcome,
    JobPhase,
    JobSeen,
    Record,
    RunPhase,
    RunSeen,
    Source,
    State,
    StateSeen,
)

BAR_COLD_MS, BAR_CACHED_MS, BAR_BOOK_S, BAR_BOOK_MIB = 500.0, 20.0, 5.0, 150.0
LEAST_ROWS = 50_000
BOOKS = 3
AT_A_TIME = 20_000

_QUESTION = "year=2026&quarter=3"
_REPORT = f"/api/v1/indicators?{_QUESTION}"
_CELLS = (f"/api/v1/indicators/1.2/evidence?{_QUESTION}", f"/api/v1/indicators/A.1/evidence?{_QUESTION}")
_BOOK = f"/api/v1/exports/evidence?{_QUESTION}&format=xlsx"

_ROOMS = tuple((f"machine-{one:02}", f"room-{one % ROOMS}") for one in range(EQUIPMENT))


def measure() -> list[Row]:
    """Cold and cached, the workbook's time and memory, each with its bar, and the peer that writes the same rows."""
    with tempfile.TemporaryDirectory(prefix="labedge-bench-") as name:
        folder = Path(name)
        (folder / "data").mkdir()
        changes = _journal(centre(), folder / "data" / "journal.sqlite")
        _register(folder / "data" / "register.sqlite")
        gc.collect()
        typical = median([asked(folder, _ROOMS, _answers, _check) for _ in range(STARTS)])
        return [*_quarter(typical, changes), *_book(folder)]


def _quarter(typical: Asked, changes: int) -> list[Row]:
    cold_ms, processor_ms, cached_ms = (1000 * took for took in typical)
    told = f"{changes:,} changes, 3,300 jobs, {school.LEARNERS} learners, 6,000 lessons"
    return [
        Row(figure="monitoring", what="API, a quarter's monitoring with the evidence of two cells, cold from disk",
            measured=cold_ms, unit="ms", beside="what it took of the processor", beside_measured=processor_ms,
            bar=f"at most {BAR_COLD_MS:g} ms", met=cold_ms <= BAR_COLD_MS,
            note=f"{told}; the first question after a start, median of {STARTS} starts"),
        Row(figure="monitoring", what="the same, asked again",
            measured=cached_ms, unit="ms", bar=f"at most {BAR_CACHED_MS:g} ms", met=cached_ms <= BAR_CACHED_MS,
            note=f"three whole answers, without their ETags; median of {AGAIN} in each of {STARTS} starts"),
    ]  # fmt: skip


def _answers(gateway: Gateway) -> list[tuple[int, bytes]]:
    """The report and its evidence."""
    return [gateway.get(path, within_s=60) for path in (_REPORT, *_CELLS)]


def _check(answers: list[tuple[int, bytes]]) -> None:
    """Raise `RuntimeError` where they say less than they must."""
    if [status for status, _ in answers] != [200] * len(answers):
        raise RuntimeError(f"{answers[0][0]}: {answers[0][1][:200]!r}")
    report, *cells = (json.loads(body) for _, body in answers)
    values = {item["number"]: item["value"] for item in report["items"]}
    summed = all(cell["value"] == cell["resum"] and cell["items"] for cell in cells)
    if values["1.2"] != school.LEARNERS or not values["A.1"] or not summed:
        raise RuntimeError(f"the answers are not those of the year: {values}")


def _book(folder: Path) -> list[Row]:
    """The workbook of all evidence, and the same cells written by openpyxl."""
    path = folder / "evidence.xlsx"
    took: list[float] = []
    above: list[float] = []
    processor: list[float] = []
    forget(folder / "data")
    with Gateway(folder, rooms=_ROOMS) as gateway:
        _check(_answers(gateway))
        for _ in range(BOOKS):
            rest, worked = processes.begin_peak(gateway.pid), processes.processor_s([gateway.pid])
            took.append(seconds(lambda: path.write_bytes(gateway.get(_BOOK, within_s=60)[1])))
            above.append(processes.peak_mib(gateway.pid) - rest)
            processor.append(processes.processor_s([gateway.pid]) - worked)
    peer = json.loads(subprocess.run([sys.executable, "-m", "bench.peers.workbook", str(path)],
                                     check=True, capture_output=True).stdout)  # fmt: skip
    rows, book_s, mib = peer["rows"], statistics.median(took), max(above)
    if rows < LEAST_ROWS:
        raise RuntimeError(f"{rows} rows of evidence, {LEAST_ROWS} are meant")
    beside = "openpyxl, write-only, the same cells"
    return [
        Row(figure="monitoring", what=f"workbook of {rows:,} rows of evidence over HTTP", measured=book_s, unit="s",
            beside=beside, beside_measured=peer["seconds"], bar=f"at most {BAR_BOOK_S:g} s", met=book_s <= BAR_BOOK_S,
            note=f"the question, its rows and the whole file of {path.stat().st_size / 2**20:.1f} MiB; the peer has "
            f"its rows in memory already; {statistics.median(processor):.1f} s of the processor; median of {BOOKS}"),
        Row(figure="monitoring", what="peak memory of that workbook above rest", measured=mib, unit="MiB",
            beside=beside, beside_measured=peer["mib"], bar=f"at most {BAR_BOOK_MIB:g} MiB", met=mib <= BAR_BOOK_MIB,
            note=f"of the gateway that has answered the quarter; the greatest of {BOOKS}"),
    ]  # fmt: skip


def _journal(year: Centre, path: Path) -> int:
    """Write the year as it was told, in the order of time; how many changes there are."""
    journal, changes = lab.journal(path), year.changes
    rows = np.argsort(changes.at, kind="stable")
    try:
        for part in np.split(rows, range(AT_A_TIME, len(rows), AT_A_TIME)):
            columns = (changes.equipment, changes.at, changes.state, changes.valid_ns)
            listed = zip(*(column[part].tolist() for column in columns), strict=True)
            journal.append(
                [StateSeen(changes.ids[who], at, at, State(code), Source.DEVICE, ns) for who, at, code, ns in listed]
            )
        journal.append([*_jobs(year), *_runs(year)])
        journal.commit([])
        journal.housekeep_now()
    finally:
        journal.close()
    return len(rows)


def _jobs(year: Centre) -> Iterator[Record]:
    """3,300 jobs, 130 a machine."""
    for equipment, start, end, name in _told(year.jobs, one_of=3):
        yield JobSeen(equipment, start, start, name, JobPhase.STARTED, "вал")
        yield JobSeen(equipment, end, end, name, JobPhase.ENDED, "вал", outcome=JobOutcome.COMPLETED)


def _runs(year: Centre) -> Iterator[Record]:
    """500 experiments."""
    for equipment, start, end, name in _told(year.runs, one_of=4):
        yield RunSeen(equipment, start, start, name, RunPhase.STARTED, (Channel("temperature"),), "опыт")
        yield RunSeen(equipment, end, end, name, RunPhase.STOPPED)


def _told(of: Jobs, *, one_of: int) -> Iterator[tuple[EquipmentId, int, int, str]]:
    listed = zip(of.equipment.tolist(), of.start.tolist(), of.end.tolist(), of.id, strict=True)
    for who, start, end, name in islice(listed, None, None, one_of):
        yield of.ids[who], start, end, name


def _register(path: Path) -> None:
    register = SqliteRegister(path)
    try:
        register.apply(school.entries(timetable()), author="bench", reason="bench", at=time.time_ns())
    finally:
        register.close()
