from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest

from edge import logs


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    root = logging.getLogger()
    before = (root.handlers[:], root.level)
    yield
    root.handlers[:], root.level = before


def test_a_log_line_is_one_json_object_with_its_error() -> None:
    stream = io.StringIO()
    logs.configure(verbose=False, stream=stream)
    try:
        raise ValueError("two\nlines")
    except ValueError:
        logging.getLogger("x").exception("порт %s", "A")
    [line] = stream.getvalue().splitlines()
    entry = json.loads(line)
    assert (entry["level"], entry["message"]) == ("error", "порт A")
    assert "two\nlines" in entry["error"]


def test_details_are_logged_when_asked_for() -> None:
    stream = io.StringIO()
    logs.configure(verbose=True, stream=stream)
    logging.getLogger("x").debug("detail")
    assert "detail" in stream.getvalue()


def test_a_terminal_gets_plain_lines() -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    stream = Terminal()
    logs.configure(verbose=False, stream=stream)
    logging.getLogger("x").info("ready")
    assert stream.getvalue().endswith("INFO x: ready\n")
