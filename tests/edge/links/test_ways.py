from __future__ import annotations

import pytest

from drivers.contract import Setting
from edge.clock import SystemClock
from edge.errors import GiveUp
from edge.links import ways
from edge.links.memory import MemoryLink
from edge.links.replay import ReplayLink
from edge.links.serial import SerialLink
from edge.links.tcp import TcpLink
from edge.settings import LinkSettings
from telemetry.model import EquipmentId
from tests.edge.toys import RADIO, TOY, ToySettings, toy


@pytest.mark.parametrize(
    ("link", "kind", "name"),
    [
        (
            LinkSettings(serial="/dev/serial/by-id/usb-1a86-if00", baud=250_000),
            SerialLink,
            "/dev/serial/by-id/usb-1a86-if00",
        ),
        (LinkSettings(tcp="10.0.0.5:8899"), TcpLink, "10.0.0.5:8899"),
        (LinkSettings(simulator=True), MemoryLink, "simulator:toy-1"),
        (LinkSettings(replay="toy.jsonl"), ReplayLink, "replay:toy.jsonl"),
    ],
)
def test_every_way_leads_to_its_link(link: LinkSettings, kind: type, name: str) -> None:
    made = ways.link_of(toy(link=link), TOY, SystemClock())
    assert made is not None
    assert (type(made), made.name) == (kind, name)


def test_a_way_that_does_not_fit_is_given_up_with_the_ways_that_do() -> None:
    for equipment, spec in [(toy(link=LinkSettings(folder="/srv")), TOY), (toy(), RADIO)]:
        with pytest.raises(GiveUp, match="cannot speak over this kind of link") as error:
            ways.link_of(equipment, spec, SystemClock())
        assert "serial, tcp, simulator, replay" in error.value.fix


def test_no_link_is_no_fault() -> None:
    assert ways.link_of(toy(link=None), TOY, SystemClock()) is None


def test_a_driver_is_told_who_and_where_it_is() -> None:
    told = ways.setting_of(toy("radio-1", link=LinkSettings(mqtt="tele/plug-7/#")), centre="school")
    assert told == Setting(EquipmentId("radio-1"), "tele/plug-7/#", "hall", "school")
    assert ways.options_of(toy(options={"poll_s": 2}), TOY) == ToySettings(poll_s=2.0)


def test_a_network_is_asked_more_seldom_than_a_port() -> None:
    assert ways.backoff_of(toy(link=LinkSettings(tcp="10.0.0.5:8899"))) == ways.NETWORK
    assert ways.backoff_of(toy(link=LinkSettings(serial="/dev/ttyUSB0"))) == ways.LOCAL
