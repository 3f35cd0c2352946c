"""Tables of the numbers as files: `labedge export`.

The same journal and register give the same bytes; nothing here asks a running gateway.
"""

from __future__ import annotations

import io
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import xlsxwriter

from api import session_views, utilisation_views
from api.answers import Cell, csv_text
from api.instants import format_instant
from edge.clock import Clock
from edge.errors import GiveUp
from edge.main import JOURNAL, REGISTER
from edge.numbers.figures import By, Cut, Question
from edge.numbers.office import Numbers, numbers_of
from edge.register.sqlite import SqliteRegister
from edge.register.timetable import day_of
from edge.settings import Settings
from edge.store.contract import Store
from edge.store.local import LocalStore
from edge.zones import zone_of
from telemetry.model import Instant
from telemetry.zones import NS_PER_DAY, earliest

_MADE = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
"""The workbook's own date, fixed so that equal tables are equal files."""

_JOB = ("equipment", "job", "name", "started", "ended", "outcome", "reason")


@dataclass(frozen=True, slots=True)
class Asked:
    """The window [start, end) ns UTC of a table, and how utilisation is cut."""

    start: Instant
    end: Instant
    by: By
    cut: Cut


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table before it is a file."""

    name: str
    header: Sequence[str]
    rows: Iterable[Sequence[Cell]]


def window(first: date, last: date, timezone: str) -> tuple[Instant, Instant]:
    """From the first instant of `first` to the last one of `last`, on the centre's calendar."""
    if last < first:
        raise GiveUp(f"{last} is before {first}.", fix="Give the first day as --from and the last one as --to.")
    days = np.array([day_of(first), day_of(last) + 1], np.int64)
    start, end = earliest(zone_of(timezone), days * NS_PER_DAY).tolist()
    return int(start), int(end)


def exported(name: str, suffix: str, asked: Asked, *, settings: Settings, folder: Path, clock: Clock) -> bytes:
    """A table of the journal and the register in `folder`; raises `GiveUp` where there is no journal."""
    if suffix not in _WRITERS:
        raise GiveUp(f"A file of {suffix or 'no suffix'} is not written.", fix="Name it .csv or .xlsx.")
    with ExitStack() as closing:
        store = LocalStore(folder / JOURNAL)
        closing.callback(store.close)
        register = SqliteRegister(folder / REGISTER)
        closing.callback(register.close)
        numbers = numbers_of(store, register, lambda: settings.equipment, centre=settings.centre, clock=clock)
        return _WRITERS[suffix](TABLES[name](asked, numbers, store))


def demo_roster() -> Settings:
    """The centre and the equipment of the demo lab."""
    from edge.demo.lab import ROSTER  # noqa: PLC0415 - a real lab never loads the simulators

    return Settings.model_validate(tomllib.loads(ROSTER.read_text("utf-8").replace("{tcp}", "1")))


def _utilisation(asked: Asked, numbers: Numbers, _store: Store) -> Sheet:
    figures = numbers.figures.utilisation(Question(asked.start, asked.end, asked.by, asked.cut))
    rows = utilisation_views.row_views(figures, dict(figures.entered.names.get(asked.by.value, {})))
    return Sheet("utilisation", utilisation_views.COLUMNS, utilisation_views.csv_rows(rows))


def _sessions(asked: Asked, numbers: Numbers, _store: Store) -> Sheet:
    meetings = numbers.practice.meetings(asked.start, asked.end)
    views = session_views.session_views(meetings, meetings.rows.tolist())
    return Sheet("sessions", session_views.COLUMNS, session_views.csv_rows(views))


def _jobs(asked: Asked, numbers: Numbers, store: Store) -> Sheet:
    ids = numbers.desk.entered().inventory.ids
    found = sorted(store.jobs(ids, asked.start, asked.end), key=lambda job: (job.equipment, job.started, job.job))
    rows = [
        (
            *(job.equipment, job.job, job.name, format_instant(job.started)),
            *(None if job.ended is None else format_instant(job.ended), job.outcome.word, job.reason),
        )
        for job in found
    ]
    return Sheet("jobs", _JOB, rows)


TABLES: Mapping[str, Callable[[Asked, Numbers, Store], Sheet]] = {
    "utilisation": _utilisation,
    "sessions": _sessions,
    "jobs": _jobs,
}


def _csv(sheet: Sheet) -> bytes:
    return csv_text(sheet.header, sheet.rows).encode()


def _xlsx(sheet: Sheet) -> bytes:
    """Row by row, numbers as numbers, every text as a text."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"constant_memory": True}) as workbook:
        workbook.set_properties({"title": sheet.name, "created": _MADE})
        page = workbook.add_worksheet(sheet.name)
        for number, row in enumerate([sheet.header, *sheet.rows]):
            for column, cell in enumerate(row):
                if isinstance(cell, bool):
                    page.write_boolean(number, column, cell)
                elif isinstance(cell, int | float):
                    page.write_number(number, column, cell)
                elif cell is not None:
                    page.write_string(number, column, cell)
    return stream.getvalue()


_WRITERS: Mapping[str, Callable[[Sheet], bytes]] = {".csv": _csv, ".xlsx": _xlsx}
