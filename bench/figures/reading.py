"""One channel, an hour at 50 Hz, from disk to numpy."""

from __future__ import annotations

import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bench import lab
from bench.gateway import forget_file
from bench.outcome import Row
from edge.journal.chunks import HOUR_NS
from edge.store.local import LocalStore

BAR_PER_S = 5e6
CHANNELS = 12
ROUNDS = 9


def measure() -> list[Row]:
    """Each round reads another way from a file that the system's cache has been told to forget."""
    begin = lab.closed_hour()
    with tempfile.TemporaryDirectory(prefix="labedge-bench-") as name:
        folder = Path(name)
        path = folder / "journal.sqlite"
        journal = lab.journal(path)
        lab.fill(journal, CHANNELS)
        journal.housekeep_now()
        journal.close()
        np.save(folder / "channel.npy", np.stack([lab.times(begin).view(np.float64), lab.values(3)]))
        _plain_table(folder / "plain.sqlite")
        store = LocalStore(path)
        by_labedge = _rate(path, lambda: store.readings(lab.EQUIPMENT, lab.channel_named(3), begin, begin + HOUR_NS).v)
        by_chart = _seconds(
            path,
            lambda: store.envelope(lab.EQUIPMENT, lab.channel_named(3), begin, begin + HOUR_NS, points=1000).mean,
        )
        store.close()
        by_numpy = _rate(folder / "channel.npy", lambda: np.load(folder / "channel.npy")[1])
        by_rows = _rate(folder / "plain.sqlite", lambda: _rows(folder / "plain.sqlite"))
    what = "one channel, an hour at 50 Hz, from disk to numpy"
    return [
        Row(figure="reading", what=what, measured=by_labedge, unit="readings/s", beside="numpy.load of the bare arrays",
            beside_measured=by_numpy, bar="at least 5 M readings/s", met=by_labedge >= BAR_PER_S,
            note=f"cold file, median of {ROUNDS}"),
        Row(figure="reading", what="the same, beside rows of SQLite", measured=by_labedge, unit="readings/s",
            beside="SELECT from (channel, t, v)", beside_measured=by_rows),
        Row(figure="reading", what="a chart of 1,000 pixels of that hour", measured=by_chart * 1000, unit="ms"),
    ]  # fmt: skip


def _seconds(path: Path, read: Callable[[], npt.NDArray[np.float64]]) -> float:
    took = []
    for _ in range(ROUNDS):
        forget_file(path)
        began = time.perf_counter()
        read()
        took.append(time.perf_counter() - began)
    return statistics.median(took)


def _rate(path: Path, read: Callable[[], npt.NDArray[np.float64]]) -> float:
    if len(read()) != lab.HOUR_READINGS:
        raise RuntimeError("not all readings came back")
    return lab.HOUR_READINGS / _seconds(path, read)


def _plain_table(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(
            "CREATE TABLE r (channel INTEGER, t INTEGER, v REAL, PRIMARY KEY (channel, t)) WITHOUT ROWID"
        )
        t = lab.times(lab.closed_hour()).tolist()
        for number in range(CHANNELS):
            rows = zip([number] * len(t), t, lab.values(number).tolist(), strict=True)
            connection.executemany("INSERT INTO r VALUES (?, ?, ?)", rows)
        connection.commit()


def _rows(path: Path) -> npt.NDArray[np.float64]:
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT t, v FROM r WHERE channel = 3 ORDER BY t").fetchall()
    return np.array(rows, np.float64)[:, 1]
