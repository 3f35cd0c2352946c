from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.edge.monitoring.centre import Place, centre, machines, year


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """A centre after the end of a quarter in which something was entered and done."""
    with centre(tmp_path) as one:
        one.keep(machines())
        one.enter(*year())
        yield one
