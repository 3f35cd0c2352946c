"""Both journals, for the tests of the contract."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.edge.journal.labs import LABS, Lab


@pytest.fixture(params=sorted(LABS))
def lab(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Lab]:
    with LABS[request.param](tmp_path) as one:
        yield one
