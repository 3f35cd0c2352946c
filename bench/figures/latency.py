"""From publish to committed and acknowledged at 1,000 messages a second."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import numpy as np

from bench.broker import broker
from bench.disk_probe import DiskProbe
from bench.outcome import Row
from bench.payloads import FIRST_SEQ
from bench.publisher import Publisher
from bench.subjects import LABEDGE, NULL, SQLITE, SUBJECTS
from bench.tap import Tap

RATE = 1000
SECONDS = 20
WARM_UP = RATE
"""The first second is left out: the subject's first commits make tables and channels."""

BAR_MS = 40.0
WAITS_S = 10.0


def measure() -> list[Row]:
    """The gateway, the limit and the short script through the same tap."""
    with DiskProbe() as disk:
        ms = _latencies_ms(LABEDGE)
    found = {LABEDGE: ms, **{name: _latencies_ms(name) for name in (NULL, SQLITE)}}
    p99 = {name: float(np.percentile(ms, 99)) for name, ms in found.items()}
    what = f"publish to committed and acknowledged at {RATE:,} messages/s, p99"
    spread = f"median {np.median(ms):.1f}, p99.9 {np.percentile(ms, 99.9):.1f}, greatest {ms.max():.1f} ms; "
    spread += (
        f"the disk's own fsync meanwhile: p99 {disk.percentile_ms(99):.1f}, greatest {disk.percentile_ms(100):.1f} ms"
    )
    return [
        Row(figure="latency", what=what, measured=p99[LABEDGE], unit="ms", beside=NULL, beside_measured=p99[NULL],
            bar=f"at most {BAR_MS:g} ms", met=p99[LABEDGE] <= BAR_MS, note=spread),
        Row(figure="latency", what="the same, beside a peer", measured=p99[LABEDGE], unit="ms", beside=SQLITE,
            beside_measured=p99[SQLITE]),
    ]  # fmt: skip


def _latencies_ms(name: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    count = RATE * SECONDS
    with broker() as port, tempfile.TemporaryDirectory(prefix="labedge-bench-") as folder:
        sent_file = Path(folder) / "sent"
        (Path(folder) / "subject").mkdir()
        tap = Tap(port)
        try:
            publisher = Publisher(port, "small", count, rate=RATE, sent_file=sent_file)
            with SUBJECTS[name](tap.port, Path(folder) / "subject"):
                publisher.go()
                publisher.seconds()
                ends = time.monotonic() + WAITS_S
                while len(tap.acknowledged) < count and time.monotonic() < ends:
                    time.sleep(0.02)
        finally:
            tap.close()
        sent_at = np.fromfile(sent_file, np.int64)
    if len(tap.acknowledged) < count:
        raise RuntimeError(f"{name} acknowledged {len(tap.acknowledged):,} of {count:,}")
    acknowledged_at = np.array([tap.acknowledged[FIRST_SEQ + number] for number in range(count)], np.int64)
    return (acknowledged_at - sent_at)[WARM_UP:] / 1e6
