"""Where the broker is and who the gateway is there, from the settings and the environment.

The password is read here at the last moment and shown nowhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from edge.errors import GiveUp
from edge.settings import Mqtt

PLAIN_PORT: Final = 1883
TLS_PORT: Final = 8883


@dataclass(frozen=True, slots=True)
class Address:
    """`password` is the secret itself; `ca` is the path of a PEM file, empty for the system's authorities."""

    host: str
    port: int
    client_id: str
    tls: bool = False
    user: str = ""
    password: str = field(default="", repr=False)
    ca: str = ""

    def __str__(self) -> str:
        """As in the settings."""
        return f"{'mqtts' if self.tls else 'mqtt'}://{self.host}:{self.port}"


def address_of(mqtt: Mqtt, *, centre: str, environ: Mapping[str, str]) -> Address:
    """The address of a broker with a URL; raises `GiveUp` for what only a person can mend."""
    url = urlsplit(mqtt.url)
    tls = url.scheme == "mqtts"
    try:
        host, port = url.hostname or "", url.port or (TLS_PORT if tls else PLAIN_PORT)
    except ValueError as error:
        raise GiveUp(f"[mqtt] url has no usable port: {error}.", fix="Write it as mqtt://host:1883.") from error
    return Address(
        host=host,
        port=port,
        client_id=client_id_of(mqtt, centre=centre),
        tls=tls,
        user=mqtt.user,
        password=secret_of(mqtt, environ),
        ca=mqtt.ca,
    )


def client_id_of(mqtt: Mqtt, *, centre: str) -> str:
    """Who we are to the broker: the same at every start, or its queue for us would be lost; so it is the centre's."""
    return mqtt.client_id or f"labedge-{centre}"


def secret_of(mqtt: Mqtt, environ: Mapping[str, str]) -> str:
    """The password that the settings point to, empty where they name none; raises `GiveUp` where it is not there."""
    name = mqtt.password.removeprefix("env:")
    if name and name not in environ:
        raise GiveUp(
            f"[mqtt] password points to the environment variable {name}, which is not set.",
            fix=f"Set {name} where the gateway is started, or mend [mqtt] password.",
        )
    return environ[name] if name else ""
