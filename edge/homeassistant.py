"""The words of Home Assistant's MQTT discovery: topics and payloads that show one equipment there as a device.

Sources: the documentation of its integrations `mqtt` (discovery messages, availability, birth message) and
`sensor.mqtt`. One message for each sensor rather than one for each device, which only newer versions understand.
Nothing here sends anything or knows what was said before.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final
from zlib import crc32

import orjson

from edge.picture import LastValue, Picture
from edge.settings import Settings
from telemetry.model import EquipmentId, State

PREFIX: Final = "homeassistant"
"""Home Assistant's default, which hardly anyone changes."""

STATUS: Final = f"{PREFIX}/status"
"""Where Home Assistant says `online` when it has started: then it has forgotten the values that are not retained."""

ONLINE: Final = b"online"
OFFLINE: Final = b"offline"

DEVICE_CLASSES: Final = {
    "°C": "temperature",
    "°F": "temperature",
    "V": "voltage",
    "mV": "voltage",
    "A": "current",
    "mA": "current",
    "W": "power",
    "kW": "power",
    "VA": "apparent_power",
    "var": "reactive_power",
    "Hz": "frequency",
    "kHz": "frequency",
    "Pa": "pressure",
    "hPa": "pressure",
    "kPa": "pressure",
    "bar": "pressure",
    "mbar": "pressure",
    "lx": "illuminance",
}
"""Units that one class alone has. Not `%`, `mm`, `dB`, `ppm`, which several have, nor `kWh`, whose classes also tell
whether it is a meter."""

STATE_NAMES: Final = {"ru": "Состояние", "en": "State"}

_PLAIN = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)
_TOPIC = re.compile(r"[A-Za-z0-9_.-]+", re.ASCII)


class Words:
    """The topics and payloads of one centre."""

    def __init__(self, settings: Settings) -> None:
        """Take the centre, its language and the names of its rooms from `settings`."""
        centre = settings.centre
        self._rooms = centre.rooms
        self._node = f"labedge-{centre.id}"
        self._state_name = STATE_NAMES[centre.language]
        self.own = f"labedge/v1/{centre.id}/$gateway/"
        """Under this the gateway speaks of itself and of its equipment."""
        self.configs = f"{PREFIX}/sensor/{self._node}/"
        """Under this it announces its equipment."""

    @property
    def filters(self) -> frozenset[str]:
        """What has to be heard: the birth of Home Assistant, and what we announced in earlier lives."""
        return frozenset({STATUS, f"{self.configs}+/config"})

    def state_topic(self, equipment: EquipmentId) -> str:
        """Retained: a word of `State`."""
        return f"{self.own}{equipment}/$state"

    def link_topic(self, equipment: EquipmentId) -> str:
        """Retained: `online` or `offline`."""
        return f"{self.own}{equipment}/$link"

    def value_topic(self, equipment: EquipmentId, channel: str) -> str:
        """Not retained: the value as a number."""
        return f"{self.own}{equipment}/{_safe(channel, _TOPIC)}"

    def config_topic(self, equipment: EquipmentId, channel: str = "") -> str:
        """Retained: the announcement of a channel's sensor, or of the state's; an id of an equipment has no `_`."""
        return f"{self.configs}{equipment}{'_' + _safe(channel, _PLAIN) if channel else ''}/config"

    def equipment_of(self, config_topic: str) -> EquipmentId:
        """Whose announcement that is."""
        return EquipmentId(config_topic[len(self.configs) :].partition("/")[0].partition("_")[0])

    def announcements(self, picture: Picture, channels: Sequence[LastValue]) -> dict[str, bytes]:
        """Payloads by topic: the state's sensor and one for each of `channels`."""
        device = {
            "identifiers": [f"{self._node}-{picture.id}"],
            "name": picture.name,
            "model": picture.driver,
            "suggested_area": self._rooms.get(picture.room, picture.room),
        }
        common = {
            "device": device,
            "origin": {"name": "labedge"},
            "availability": [{"topic": f"{self.own}$link"}, {"topic": self.link_topic(picture.id)}],
            "availability_mode": "all",
            "qos": 1,
        }
        said = {self.config_topic(picture.id): orjson.dumps(common | self._state(picture.id))}
        for one in channels:
            said[self.config_topic(picture.id, one.channel)] = orjson.dumps(common | self._sensor(picture.id, one))
        return said

    def _state(self, equipment: EquipmentId) -> dict[str, Any]:
        return {
            "name": self._state_name,
            "unique_id": f"{self._node}-{equipment}",
            "state_topic": self.state_topic(equipment),
            "device_class": "enum",
            "options": [state.word for state in State],
        }

    def _sensor(self, equipment: EquipmentId, one: LastValue) -> dict[str, Any]:
        sensor = {
            "name": one.channel,
            "unique_id": f"{self._node}-{equipment}_{one.channel}",
            "state_topic": self.value_topic(equipment, one.channel),
            "state_class": "measurement",
        }
        if one.unit:
            sensor["unit_of_measurement"] = one.unit
        if one.unit in DEVICE_CLASSES:
            sensor["device_class"] = DEVICE_CLASSES[one.unit]
        return sensor


def _safe(channel: str, plain: re.Pattern[str]) -> str:
    """`channel`, or where it has other characters a name that no other channel gets."""
    if plain.fullmatch(channel):
        return channel
    return f"{re.sub('[^A-Za-z0-9_-]', '-', channel)}-{crc32(channel.encode('utf-8', 'replace')):08x}"
