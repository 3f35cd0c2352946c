from __future__ import annotations

from pathlib import Path

from serial.tools.list_ports_common import ListPortInfo

from edge.discovery import Port, found, ports
from edge.settings import LinkSettings
from tests.edge.toys import toy


def listed(device: Path, *, vendor: int | None = 0x1A86, title: str = "USB Serial") -> ListPortInfo:
    device.touch()
    info = ListPortInfo(str(device))
    info.vid, info.pid, info.description = vendor, 0x7523 if vendor else None, title
    return info


def test_a_port_is_named_by_what_is_plugged_in_and_by_who_uses_it(tmp_path: Path) -> None:
    by_id = tmp_path / "by-id"
    by_id.mkdir()
    (by_id / "usb-1a86-if00").symlink_to(tmp_path / "ttyUSB0")
    listing = [listed(tmp_path / "ttyUSB0"), listed(tmp_path / "ttyUSB1"), listed(tmp_path / "ttyS0", vendor=None)]
    users = [toy("mill-1", link=LinkSettings(serial=str(by_id / "usb-1a86-if00"))), toy("other")]
    assert found(listing, users, by_id=by_id) == (
        Port(str(by_id / "usb-1a86-if00"), str(tmp_path / "ttyUSB0"), "USB Serial", 0x1A86, 0x7523, "mill-1"),
        Port(str(tmp_path / "ttyUSB1"), str(tmp_path / "ttyUSB1"), "USB Serial", 0x1A86, 0x7523),
    )


def test_a_machine_without_names_by_id_is_listed_all_the_same(tmp_path: Path) -> None:
    listing = [listed(tmp_path / "ttyACM0")]
    assert [port.path for port in found(listing, [], by_id=tmp_path / "none")] == [str(tmp_path / "ttyACM0")]
    assert {port.equipment for port in ports([], by_id=tmp_path / "none")} <= {""}
