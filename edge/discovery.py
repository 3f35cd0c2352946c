"""What is plugged in: the serial ports of this machine, and which of them nobody has configured.

It opens nothing: opening a port may reset the device behind it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from serial.tools import list_ports
from serial.tools.list_ports_common import ListPortInfo

from edge.settings import Equipment

BY_ID = Path("/dev/serial/by-id")
"""Where udev names ports by what is plugged in, so that the name survives replugging."""


@dataclass(frozen=True, slots=True)
class Port:
    """One port: the path to configure, its device file, who made it (USB numbers, 0 where not USB) and who uses it."""

    path: str
    device: str
    title: str
    vendor: int = 0
    product: int = 0
    equipment: str = ""


def ports(equipment: Iterable[Equipment], *, by_id: Path = BY_ID) -> tuple[Port, ...]:
    """Every serial port that a device is plugged into, by path; `equipment` names those that are taken."""
    return found(list_ports.comports(), equipment, by_id=by_id)


def found(listed: Iterable[ListPortInfo], equipment: Iterable[Equipment], *, by_id: Path = BY_ID) -> tuple[Port, ...]:
    """As `ports`, from a listing; ports of the machine itself, behind which nothing need be, are left out."""
    names = {str(link.resolve()): str(link) for link in sorted(by_id.iterdir())} if by_id.is_dir() else {}
    taken = {_device(one.link.serial): one.id for one in equipment if one.link and one.link.serial}
    usb = (info for info in listed if info.vid is not None)
    return tuple(sorted((_port(info, names, taken) for info in usb), key=lambda port: port.path))


def _port(info: ListPortInfo, names: dict[str, str], taken: dict[str, str]) -> Port:
    device = _device(info.device)
    return Port(
        path=names.get(device, info.device),
        device=info.device,
        title=info.description or "",
        vendor=info.vid or 0,
        product=info.pid or 0,
        equipment=taken.get(device, ""),
    )


def _device(path: str) -> str:
    return str(Path(path).resolve())
