from __future__ import annotations

import socket
import threading
from pathlib import Path

import pytest

from edge.notify import Watchdog, notify


@pytest.fixture
def manager(tmp_path: Path) -> socket.socket:
    heard = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    heard.bind(str(tmp_path / "notify"))
    heard.settimeout(60)
    return heard


def test_without_a_manager_nobody_is_told() -> None:
    assert not notify("READY=1", {})


def test_a_manager_that_is_gone_does_no_harm(tmp_path: Path) -> None:
    assert not notify("READY=1", {"NOTIFY_SOCKET": str(tmp_path / "gone")})
    assert not notify("READY=1", {"NOTIFY_SOCKET": "@labedge-nobody"})


def test_the_manager_hears_that_we_are_ready(manager: socket.socket) -> None:
    with manager:
        assert notify("READY=1", {"NOTIFY_SOCKET": manager.getsockname()})
        assert manager.recv(100) == b"READY=1"


def test_the_watchdog_speaks_only_while_all_is_alive(manager: socket.socket) -> None:
    asked = threading.Event()
    answers = iter([False, True])

    def alive() -> bool:
        asked.set()
        return next(answers, False)

    environ = {"NOTIFY_SOCKET": manager.getsockname(), "WATCHDOG_USEC": "20000"}
    with manager:
        watchdog = Watchdog(alive, environ)
        watchdog.start()
        assert asked.wait(60)
        assert manager.recv(100) == b"WATCHDOG=1"
        watchdog.stop()
        watchdog.stop()


def test_no_watchdog_where_systemd_asks_for_none() -> None:
    watchdog = Watchdog(lambda: True, {})
    watchdog.start()
    watchdog.stop()
