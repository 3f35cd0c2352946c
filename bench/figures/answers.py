"""One quarter of the centre by day, asked of `labedge run` over HTTP: cold from the journal on disk, then cached.

The journal holds that quarter and the week around it, about 400,000 changes of 25 equipment; the register the weekly
slots of the centre. Cold is the first question after a start, of a file that the system has been told to forget. In
the journal days that are over are packed, as housekeeping leaves them minutes later; what it takes before is told too.
"""

from __future__ import annotations

import json
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

import numpy as np

from bench import lab
from bench.centre import ROOMS, Centre, centre
from bench.gateway import AGAIN, STARTS, Asked, asked, median
from bench.outcome import Row
from edge.register.calendar import OpeningHours, Term
from edge.register.contract import Put
from edge.register.lessons import Slot
from edge.register.sqlite import SqliteRegister
from telemetry import civil
from telemetry.columns import Int64s
from telemetry.model import Source, State, StateSeen
from telemetry.zones import NS_PER_DAY

BAR_COLD_MS, BAR_CACHED_MS = 300.0, 15.0
AT_A_TIME = 20_000

_FIRST, _LAST = "2025-10-01", "2026-01-01"
_PATH = "/api/v1/utilisation?by=centre&bucket=day&start={}&end={}".format(
    *(quote(f"{day}T00:00:00+03:00") for day in (_FIRST, _LAST))
)
_DAYS = 92


def measure() -> list[Row]:
    """Cold and cached, each with its bar."""
    year = centre()
    with tempfile.TemporaryDirectory(prefix="labedge-bench-") as name:
        folder = Path(name)
        (folder / "data").mkdir()
        journal = folder / "data" / "journal.sqlite"
        changes = _write(year, journal)
        _register(folder / "data" / "register.sqlite")
        unpacked = _asked(year, folder)
        _housekeep(journal)
        typical = median([_asked(year, folder) for _ in range(STARTS)])
    cold_ms, cached_ms = 1000 * typical.cold, 1000 * typical.again
    return [
        Row(figure="answers", what="API, one quarter by day for the centre, cold from the journal on disk",
            measured=cold_ms, unit="ms", bar=f"at most {BAR_COLD_MS:g} ms", met=cold_ms <= BAR_COLD_MS,
            note=f"{changes:,} changes in the journal; the first question after a start, median of {STARTS} starts"),
        Row(figure="answers", what="the same, asked again", measured=cached_ms, unit="ms",
            bar=f"at most {BAR_CACHED_MS:g} ms", met=cached_ms <= BAR_CACHED_MS,
            note=f"the whole answer, without its ETag; median of {AGAIN} in each of {STARTS} starts"),
        Row(figure="answers", what="the same, cold, before housekeeping has packed a single day",
            measured=1000 * unpacked.cold, unit="ms", note="once; an upgraded journal, until its first round"),
    ]  # fmt: skip


def _asked(year: Centre, folder: Path) -> Asked:
    rooms = zip(year.inventory.ids, year.inventory.room, strict=True)
    return asked(folder, rooms, lambda gateway: gateway.get(_PATH), _check)


def _check(answer: tuple[int, bytes]) -> None:
    """Raise `RuntimeError` where it is not a row a day."""
    status, body = answer
    rows = json.loads(body).get("items", []) if status == 200 else []
    if len(rows) != _DAYS:
        raise RuntimeError(f"{status}, {len(rows)} days: {body[:200]!r}")


def _write(year: Centre, path: Path) -> int:
    """Write the changes of the quarter, as devices told them in turn; how many there are."""
    rows = _rows_of_quarter(year)
    journal, changes = lab.journal(path), year.changes
    try:
        for part in np.split(rows, range(AT_A_TIME, len(rows), AT_A_TIME)):
            columns = (changes.equipment, changes.at, changes.state, changes.valid_ns)
            listed = zip(*(column[part].tolist() for column in columns), strict=True)
            journal.append(
                [StateSeen(changes.ids[who], at, at, State(code), Source.DEVICE, ns) for who, at, code, ns in listed]
            )
        journal.commit([])
    finally:
        journal.close()
    return len(rows)


def _housekeep(path: Path) -> None:
    journal = lab.journal(path)
    try:
        journal.housekeep_now()
    finally:
        journal.close()


def _rows_of_quarter(year: Centre) -> Int64s:
    """By time, from a week before the quarter to a week after it."""
    first, last = (civil.day_of(day) * NS_PER_DAY for day in (_FIRST, _LAST))
    at = year.changes.at
    rows = np.flatnonzero((at >= first - 7 * NS_PER_DAY) & (at < last + 7 * NS_PER_DAY))
    by_time: Int64s = rows[np.argsort(at[rows], kind="stable")]
    return by_time


def _register(path: Path) -> None:
    """Four lessons a day in every room, and opening hours."""
    slots = [
        Put(
            f"slot-{room}-{weekday}-{number}",
            Slot(weekday=weekday, start=f"{9 + 2 * number:02}:00", end=f"{10 + 2 * number:02}:30", room=f"room-{room}"),
        )
        for room in range(ROOMS)
        for weekday in range(1, 7)
        for number in range(4)
    ]
    opened = Put("open", OpeningHours(weekdays=(1, 2, 3, 4, 5, 6), start="08:00", end="20:00"))
    term = Put("year", Term(name="2025/2026", first_day="2025-09-01", last_day="2026-05-31"))
    register = SqliteRegister(path)
    register.apply([term, opened, *slots], author="bench", reason="bench", at=time.time_ns())
    register.close()
