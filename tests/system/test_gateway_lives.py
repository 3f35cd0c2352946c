from __future__ import annotations

import os
import tty
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge.clock import SystemClock
from edge.main import Gateway
from edge.settings import LinkSettings, Mqtt, Settings
from telemetry.model import NS_PER_S, State
from tests.edge.toys import CATALOG, TOY_ID, poll, toy

pytestmark = pytest.mark.system


@pytest.fixture(name="silent_port")
def _silent_port(tmp_path: Path) -> Iterator[Path]:
    device, port = os.openpty()
    tty.setraw(device)
    path = tmp_path / "usb-silent-if00"
    path.symlink_to(os.ttyname(port))
    yield path
    os.close(port)
    os.close(device)


def test_it_starts_its_broker_serves_both_sides_and_stops_all_in_time(tmp_path: Path, silent_port: Path) -> None:
    equipment = (
        toy("toy-1"),
        toy("toy-2", link=LinkSettings(serial=str(silent_port))),
        toy("radio-1", driver="radio", link=LinkSettings(mqtt="radio/#")),
    )
    gateway = Gateway(Settings(equipment=equipment, mqtt=Mqtt(port=0)), tmp_path / "data", catalog=CATALOG)
    broker = gateway.broker
    assert broker is not None
    gateway.start()
    try:
        poll(lambda: {part.name: part.ok for part in gateway.health.parts()}.get("mqtt"))
        poll(lambda: (p := gateway.live.picture(TOY_ID, gateway.clock.now())) and p.state is State.IDLE)
        poll(lambda: broker.pid)
    finally:
        clock = SystemClock()
        begun = clock.monotonic()
        gateway.stop()
        took_ns = clock.monotonic() - begun
    assert broker.pid is None
    assert took_ns < 10 * NS_PER_S
