"""When readings that name a run came: stretches without a pause, by run and equipment, whatever order they came in.

Nothing here looks at a chunk: a reading that was said twice, under two runs, counts for both.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping

import numpy as np

from edge.journal.series import Series
from telemetry.columns import Int64s
from telemetry.model import EquipmentId
from telemetry.runs import SILENCE_NS, Stretch, stretches

_MEETING = """
    SELECT first, last FROM run_stretches WHERE run = ? AND equipment = ? AND first <= ? AND last >= ? ORDER BY first
"""
_DELETE = "DELETE FROM run_stretches WHERE run = ? AND equipment = ? AND first = ?"
_INSERT = "INSERT INTO run_stretches VALUES (?1, ?2, ?3, ?4, crc32_of(?1, ?2, ?3, ?4))"


def named(series: Iterable[Series]) -> Mapping[tuple[str, EquipmentId], Int64s]:
    """The times, in any order, at which readings name a run, by run and equipment."""
    times: dict[tuple[str, EquipmentId], list[Int64s]] = {}
    for one in series:
        if one.run:
            times.setdefault((one.run, one.equipment), []).append(one.times())
    return {key: np.concatenate(parts) for key, parts in times.items()}


def keep(connection: sqlite3.Connection, series: Iterable[Series]) -> None:
    """Write what one group adds to the stretches, inside the caller's transaction."""
    for key, times in named(series).items():
        for stretch in stretches(times):
            _widen(connection, key, stretch)


def _widen(connection: sqlite3.Connection, key: tuple[str, EquipmentId], stretch: Stretch) -> None:
    first, last = stretch
    met = connection.execute(_MEETING, (*key, last + SILENCE_NS, first - SILENCE_NS)).fetchall()
    whole = (min([first, *(one[0] for one in met)]), max([last, *(one[1] for one in met)]))
    if met != [whole]:
        connection.executemany(_DELETE, [(*key, one[0]) for one in met])
        connection.execute(_INSERT, (*key, *whole))
