"""How long the disk takes to keep a small write, asked now and then beside a figure that waits for the same disk."""

from __future__ import annotations

import os
import tempfile
import threading
import time
from typing import Self

import numpy as np

EVERY_S = 0.1
BLOCK = b"x" * 16_384
"""About what one group commit appends."""


class DiskProbe:
    """Writes and syncs in a thread of its own inside the `with` block."""

    def __init__(self) -> None:
        self._ms: list[float] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def percentile_ms(self, percent: float) -> float:
        """Of all writes so far."""
        return float(np.percentile(self._ms, percent)) if self._ms else 0.0

    def _run(self) -> None:
        with tempfile.NamedTemporaryFile(prefix="labedge-bench-") as file:
            while not self._stop.wait(EVERY_S):
                file.write(BLOCK)
                file.flush()
                began = time.perf_counter()
                os.fsync(file.fileno())
                self._ms.append((time.perf_counter() - began) * 1000)
