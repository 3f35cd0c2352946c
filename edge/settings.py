"""The settings of one gateway as a frozen tree; `edge.configuration` reads it from files and the environment.

Only shapes and limits live here: nothing reads a file, and no secret is kept, only where to find it (`env:NAME`).
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Literal
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from telemetry.indicators.suppression import LEAST_THRESHOLD

ID_PATTERN = r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?"
"""The pattern of an id, wherever one stands: `a-z 0-9 -`, at most 64 characters, so that it may be a folder's name."""

Id = Annotated[str, StringConstraints(pattern=rf"^{ID_PATTERN}$")]
Day = Annotated[date, Field(ge=date(1970, 1, 1), le=date(2199, 12, 31))]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class CentreKind(StrEnum):
    """The kinds of centres."""

    KVANTORIUM = "kvantorium"
    GROWTH_POINT = "growth_point"
    IT_CUBE = "it_cube"


class Kind(StrEnum):
    """The kinds of equipment."""

    CNC_MILL = "cnc_mill"
    LASER_ENGRAVER = "laser_engraver"
    PRINTER_3D = "printer_3d"
    ROBOT_ARM = "robot_arm"
    ROBOT_KIT = "robot_kit"
    DIGITAL_LAB = "digital_lab"
    LAB_COMPUTER = "lab_computer"
    METERING_PLUG = "metering_plug"
    OTHER = "other"


def _known_zone(zone: str) -> str:
    if zone not in available_timezones():
        message = f"{zone!r} is no time zone of the IANA database"
        raise ValueError(message)
    return zone


class Centre(_Part):
    """The centre that the gateway stands in."""

    id: Id = "lab"
    name: Name = "Лаборатория"
    kind: CentreKind = CentreKind.KVANTORIUM
    timezone: Annotated[str, AfterValidator(_known_zone)] = "Europe/Moscow"
    language: Literal["ru", "en"] = "ru"
    rooms: dict[Id, Name] = {}
    tracks: dict[Id, Name] = {}


class Api(_Part):
    """Where the pages and the API are served; only loopback may go without users."""

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8080


class Mqtt(_Part):
    """The broker: `managed` starts and guards the system's Mosquitto; else `mqtt://host:port` or `mqtts://…`."""

    url: Annotated[str, StringConstraints(pattern=r"^(managed|off|mqtts?://[^\s/]+)/?$")] = "managed"
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 1883
    user: str = ""
    password: Annotated[str, StringConstraints(pattern=r"^(env:[A-Za-z_][A-Za-z0-9_]*)?$")] = ""
    ca: str = ""
    client_id: str = ""
    discovery: bool = False


class Journal(_Part):
    """What is kept, and how much of it."""

    commit_interval_ms: Annotated[int, Field(ge=0, le=1000)] = 20
    commit_records: Annotated[int, Field(ge=1, le=100_000)] = 5000
    max_disk_gib: Annotated[float, Field(gt=0)] = 20.0


class Monitoring(_Part):
    """What of the quarterly monitoring may leave the school; `small_group` is 0 or at least 3."""

    small_group: Annotated[int, Field(ge=0, le=1000)] = 5

    @model_validator(mode="after")
    def _hides(self) -> Monitoring:
        if 0 < self.small_group < LEAST_THRESHOLD:
            message = f"small_group = {self.small_group} hides nobody; write 0 for none, or {LEAST_THRESHOLD} or more"
            raise ValueError(message)
        return self


WAYS = ("serial", "tcp", "http", "mqtt", "folder", "simulator", "replay")


class LinkSettings(_Part):
    """The way to one equipment: exactly one of `serial tcp http mqtt folder simulator replay`."""

    serial: str | None = None
    baud: Annotated[int, Field(ge=50, le=4_000_000)] | None = None
    tcp: Annotated[str, StringConstraints(pattern=r"^[^\s:]+:\d{1,5}$")] | None = None
    http: str | None = None
    token: Annotated[str, StringConstraints(pattern=r"^env:[A-Za-z_][A-Za-z0-9_]*$")] | None = None
    mqtt: str | None = None
    folder: str | None = None
    simulator: Literal[True] | None = None
    replay: str | None = None

    @model_validator(mode="after")
    def _one_way(self) -> LinkSettings:
        ways = [way for way in WAYS if getattr(self, way)]
        if len(ways) != 1:
            message = f"a link has exactly one of {', '.join(WAYS)}; this has {ways or 'none'}"
            raise ValueError(message)
        if self.baud is not None and self.serial is None:
            message = "baud belongs to a serial link only"
            raise ValueError(message)
        return self


class Equipment(_Part):
    """One piece of equipment; `options` are checked by its driver's own settings model.

    It is in service from the day `since` to the day `until`, both included; None has no limit on that side.
    """

    id: Id
    name: Name
    kind: Kind = Kind.OTHER
    track: str = ""
    room: Id
    stations: Annotated[int, Field(ge=0, le=1000)] = 1
    inventory_number: str = ""
    driver: str
    link: LinkSettings | None = None
    validity_s: Annotated[float, Field(ge=0, le=31_536_000)] = 0.0
    since: Day | None = None
    until: Day | None = None
    options: dict[str, Any] = {}

    @model_validator(mode="after")
    def _in_order(self) -> Equipment:
        if self.since is not None and self.until is not None and self.until < self.since:
            message = f"{self.id} is in service until {self.until}, which is before since = {self.since}"
            raise ValueError(message)
        return self


class Settings(_Part):
    """Everything that one gateway is told."""

    centre: Centre = Centre()
    api: Api = Api()
    mqtt: Mqtt = Mqtt()
    journal: Journal = Journal()
    monitoring: Monitoring = Monitoring()
    equipment: tuple[Equipment, ...] = ()
    demo: bool = False
