"""What every byte link promises, run on each real one by the tests of its own kind."""

from __future__ import annotations

import threading

import pytest

from edge.errors import Retry
from edge.links.contract import Link
from tests.edge.toys import DEADLINE_S


def a_close_wakes_a_reader_and_closing_again_is_harmless(link: Link, *, said: str) -> None:
    """`link` is open and nothing comes; a use after the close is a `Retry` that says `said`."""
    lost: list[Retry] = []
    started = threading.Event()

    def read() -> None:
        started.set()
        with pytest.raises(Retry) as error:
            link.read(DEADLINE_S)
        lost.append(error.value)

    reader = threading.Thread(target=read)
    reader.start()
    started.wait(DEADLINE_S)
    link.close()
    reader.join(DEADLINE_S / 2)
    assert lost
    link.close()
    for use in (lambda: link.read(0.0), lambda: link.write(b"?")):
        with pytest.raises(Retry, match=said):
            use()
