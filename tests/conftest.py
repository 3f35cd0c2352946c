"""What every test's process does once, and which tests count as covering. It must not change what a test sees."""

from __future__ import annotations

import gc
import os
from collections.abc import Generator

import pytest
from coverage import Coverage
from hypothesis import is_hypothesis_test, settings

ALLOCATIONS = 20_000
"""Objects made before the young ones are looked through: 700 is meant for programs that hold little."""

EVERY_LINE = ("tests/telemetry/", "tests/drivers/")
"""Whose packages are covered to the last line: there all tests count."""

settings.register_profile("labedge", settings.default, deadline=None)  # a clock on the wall tells the machine's load
settings.load_profile("labedge")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest first, then those that wait for other processes: who is done early finds short ones left.

    The order among equals stays the random one.
    """
    items.sort(key=lambda item: (not item.get_closest_marker("timeout"), not item.get_closest_marker("system")))


def pytest_collection_finish() -> None:
    """Leaves the thousands of tests and modules, which never die, out of every later search for garbage."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(ALLOCATIONS)
    os.environ.pop("COVERAGE_PROCESS_CONFIG", None)  # what tests start as a process of its own does not count


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Watches which lines a test runs, where that counts.

    A line is covered by an example that says what it gives; tests of any input and pages in a browser run over lines
    by chance, and to watch them doubles their price.
    """
    watching = Coverage.current() if _by_chance(item) else None
    if watching:
        watching.stop()
    try:
        return (yield)
    finally:
        if watching:
            watching.start()


def _by_chance(item: pytest.Item) -> bool:
    if not isinstance(item, pytest.Function) or item.nodeid.startswith(EVERY_LINE):
        return False
    return is_hypothesis_test(item.obj) or "browser" in item.fixturenames
