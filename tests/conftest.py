"""What every test's process does once. It must not change what a test sees."""

from __future__ import annotations

import gc

ALLOCATIONS = 20_000
"""Objects made before the young ones are looked through: 700 is meant for programs that hold little."""


def pytest_collection_finish() -> None:
    """Leaves the thousands of tests and modules, which never die, out of every later search for garbage."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(ALLOCATIONS)
