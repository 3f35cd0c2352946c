"""From the settings of an equipment to its link.

It opens nothing: a link is opened by its pump, and no other path than the one that the settings name.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeAlias

from drivers.contract import DriverSettings, LinkKind, Setting, Spec
from edge.backoff import Backoff
from edge.clock import Clock
from edge.errors import GiveUp
from edge.links.contract import Link
from edge.links.memory import MemoryLink
from edge.links.replay import ReplayLink
from edge.links.serial import SerialLink
from edge.links.tcp import TcpLink
from edge.settings import Equipment, LinkSettings
from telemetry.model import EquipmentId

USUAL_BAUD = 115_200
"""What most boards speak when neither the settings nor the family say."""

LOCAL = Backoff(ceiling_s=5.0)
"""To try a path again costs nothing, and whoever plugs a device back in is watching the board."""

NETWORK = Backoff(ceiling_s=30.0)
"""An attempt costs both sides something, and a whole room may come back at once."""

Way: TypeAlias = Callable[[Equipment, LinkSettings, Spec, Clock], Link]


def setting_of(equipment: Equipment, *, centre: str) -> Setting:
    """What the equipment's driver is built from."""
    topic = (equipment.link.mqtt if equipment.link else None) or ""
    return Setting(EquipmentId(equipment.id), topic, equipment.room, centre)


def options_of(equipment: Equipment, spec: Spec) -> DriverSettings:
    """The options in the family's own words; raises pydantic's `ValidationError`."""
    return spec.settings.model_validate(equipment.options)


def link_of(equipment: Equipment, spec: Spec, clock: Clock) -> Link | None:
    """The equipment's link, not yet open; None where it has none; raises `GiveUp` for a way that does not fit."""
    if equipment.link is None:
        return None
    for name, way in WAYS.items():
        if getattr(equipment.link, name):
            if spec.link is not LinkKind.LINE:
                break
            return way(equipment, equipment.link, spec, clock)
    raise GiveUp(
        f"the driver {spec.family} of {equipment.id} cannot speak over this kind of link",
        fix=f"give {equipment.id} one of the links: {', '.join(WAYS)}",
    )


def backoff_of(equipment: Equipment) -> Backoff:
    """How its link is tried again."""
    return NETWORK if equipment.link and equipment.link.tcp else LOCAL


def _serial(_equipment: Equipment, link: LinkSettings, spec: Spec, _clock: Clock) -> Link:
    return SerialLink(link.serial or "", baud=link.baud or spec.baud or USUAL_BAUD)


def _tcp(_equipment: Equipment, link: LinkSettings, _spec: Spec, _clock: Clock) -> Link:
    host, _, port = (link.tcp or "").partition(":")
    return TcpLink(host, int(port))


def _simulator(equipment: Equipment, _link: LinkSettings, spec: Spec, clock: Clock) -> Link:
    seed = zlib.crc32(equipment.id.encode())
    simulator = spec.simulator(setting_of(equipment, centre=""), options_of(equipment, spec), seed)
    return MemoryLink(simulator, clock=clock, name=f"simulator:{equipment.id}")


def _replay(_equipment: Equipment, link: LinkSettings, _spec: Spec, clock: Clock) -> Link:
    return ReplayLink(Path(link.replay or ""), clock=clock)


WAYS: Mapping[str, Way] = {"serial": _serial, "tcp": _tcp, "simulator": _simulator, "replay": _replay}
