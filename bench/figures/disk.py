"""Disk per reading of a hundred lab channels at 50 Hz, two decimals, after compaction."""

from __future__ import annotations

import lzma
import sqlite3
import tempfile
import time
from contextlib import closing
from pathlib import Path

import numpy as np

from bench import lab
from bench.outcome import Row

CHANNELS = 100
BAR_BYTES = 1.0
JITTER_MS = 2


def measure() -> list[Row]:
    """An hour of all channels through the journal, then through a round of housekeeping."""
    with tempfile.TemporaryDirectory(prefix="labedge-bench-") as folder:
        path = Path(folder) / "journal.sqlite"
        fresh, joined, seconds, joining = _sizes(path, CHANNELS)
        _, jittered, _, _ = _sizes(Path(folder) / "jitter.sqlite", 12, jitter_ms=JITTER_MS)
        plain = _plain_table(Path(folder) / "plain.sqlite")
    readings = CHANNELS * lab.HOUR_READINGS
    note = f"before compaction {fresh:.2f}; with times that jitter by {JITTER_MS} ms {jittered:.2f} (12 channels)"
    return [
        Row(
            figure="disk",
            what="disk per reading, 100 lab channels, 50 Hz, two decimals, after compaction",
            measured=joined,
            unit="bytes",
            beside="the values alone as differences in xz (6 channels)",
            beside_measured=_xz(),
            bar=f"at most {BAR_BYTES:g} byte",
            met=joined <= BAR_BYTES,
            note=note,
        ),
        Row(figure="disk", what="the same, beside a table of one row a reading", measured=joined, unit="bytes",
            beside="SQLite, (channel, t, v)", beside_measured=plain),
        Row(figure="disk", what="readings committed straight into the journal", measured=readings / seconds,
            unit="readings/s", note="batches of 250, all channels"),
        Row(figure="disk", what="readings joined by compaction", measured=readings / joining, unit="readings/s"),
    ]  # fmt: skip


def _sizes(path: Path, channels: int, *, jitter_ms: int = 0) -> tuple[float, float, float, float]:
    """Bytes per reading before and after compaction, and the seconds of filling and of compaction."""
    journal = lab.journal(path)
    try:
        seconds = lab.fill(journal, channels, jitter_ms=jitter_ms)
        fresh = path.stat().st_size
        began = time.monotonic()
        journal.housekeep_now()
        joining = time.monotonic() - began
    finally:
        journal.close()
    joined = sum(part.stat().st_size for part in path.parent.glob(path.name + "*"))
    readings = channels * lab.HOUR_READINGS
    return fresh / readings, joined / readings, seconds, joining


def _plain_table(path: Path) -> float:
    t, v = lab.times(lab.closed_hour()), lab.values(0)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(
            "CREATE TABLE r (channel INTEGER, t INTEGER, v REAL, PRIMARY KEY (channel, t)) WITHOUT ROWID"
        )
        rows = zip(t.tolist(), v.tolist(), strict=True)
        connection.executemany("INSERT INTO r VALUES (1, ?, ?)", rows)
        connection.commit()
    return path.stat().st_size / len(t)


def _xz() -> float:
    """What a strong general compressor leaves of the values' differences in last digits."""
    size = 0
    for number in range(len(lab.NOISE_DIGITS)):
        digits = np.rint(lab.values(number) * 100).astype(np.int16)
        size += len(lzma.compress(np.diff(digits, prepend=digits[:1]).astype("<i2").tobytes()))
    return size / (len(lab.NOISE_DIGITS) * lab.HOUR_READINGS)
