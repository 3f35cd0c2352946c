from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from edge.register.contract import Register
from edge.register.database import MEMORY
from edge.register.sqlite import SqliteRegister


@pytest.fixture(params=["file", "memory"])
def register(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Register]:
    """The register on disk, and its fake in memory: both keep the same contract."""
    opened: Register = SqliteRegister(MEMORY if request.param == "memory" else tmp_path / "data" / "register.sqlite")
    yield opened
    opened.close()
