"""A subject that runs: how many it has kept so far, and a way to hold it still while the broker fills up."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Running:
    """`count` tells readings or messages, as `bench.subjects.COUNTS_MESSAGES` says; `pid` is the child process."""

    count: Callable[[], int]
    pid: int

    @contextmanager
    def held(self) -> Iterator[None]:
        """The process stands still; it must not be asked for its count meanwhile."""
        os.kill(self.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(self.pid, signal.SIGCONT)
