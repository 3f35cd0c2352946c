"""Waiting for what another thread or process does: asks again and again until a deadline, and never longer."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

DEADLINE_S = 60.0
"""Far longer than anything takes on a loaded machine; only a failure waits it out."""

_PAUSE = threading.Event()


def becomes_true(condition: Callable[[], object], *, deadline_s: float = DEADLINE_S) -> bool:
    """Whether `condition` holds before the deadline."""
    end = time.monotonic() + deadline_s
    while not condition():
        if time.monotonic() > end:
            return False
        _PAUSE.wait(0.01)
    return True
