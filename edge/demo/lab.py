"""The demo lab as a whole: its settings, its history and its simulated devices.

It touches no real port: its terminals, its sockets and its broker's port are made for it, in its own folder.
"""

from __future__ import annotations

import logging
import socket
import tomllib
import zlib
from contextlib import ExitStack
from pathlib import Path
from zoneinfo import ZoneInfo

from drivers.catalog import CATALOG
from drivers.contract import LinkKind, Publish, Setting, Spec
from edge.clock import Clock, ManualClock
from edge.demo import closing, school
from edge.demo.calendar import quarter_before, quarter_start
from edge.demo.history import Past
from edge.demo.script import life
from edge.demo.stage import Actor, MqttPort, Port, PtyPort, Stage, TcpPort
from edge.health import Health
from edge.journal.sqlite import SqliteJournal
from edge.metrics import Metrics
from edge.register.sqlite import SqliteRegister
from edge.settings import Equipment, Kind, LinkSettings, Settings
from edge.store.local import LocalStore
from telemetry.model import NS_PER_S, EquipmentId, Instant

log = logging.getLogger(__name__)

SEED = 40
ROSTER = Path(__file__).with_name("lab.toml")
STRANGER = Equipment(id="tablet-7", name="tablet-7", kind=Kind.LAB_COMPUTER, room="chembio", driver="labedge")
"""A lab computer that nobody configured: it appears on the board as discovered."""

CATCH_UP_NS = 600 * NS_PER_S
"""A shorter time without the demo is left as the gap that it was."""

FILES = {
    Kind.PRINTER_3D: ("gear_case_v2.gcode", "robot_hand.gcode", "bracket.gcode", "drone_frame.gcode"),
    Kind.CNC_MILL: ("plate.nc", "gearbox.nc"),
    Kind.LASER_ENGRAVER: ("keyring_40.nc", "box.nc"),
    Kind.LAB_COMPUTER: ("run",),
}


class DemoLab:
    """Settings to run a gateway with, and the devices to run it on."""

    def __init__(self, settings: Settings, folder: Path, clock: Clock) -> None:
        """Choose ports; `settings` is what the user's file and environment say beside the equipment."""
        self._folder = folder
        self._clock = clock
        tcp_port, broker_port = free_ports(2)
        self._network = TcpPort(tcp_port)
        (folder / "ports").mkdir(parents=True, exist_ok=True)
        roster = ROSTER.read_text("utf-8")
        roster = roster.replace("{ports}", str(folder.resolve() / "ports")).replace("{tcp}", str(tcp_port))
        cast = Settings.model_validate(tomllib.loads(roster))
        equipment = cast.equipment
        mqtt = settings.mqtt.model_copy(update={"url": "managed", "host": "127.0.0.1", "port": broker_port})
        centre = cast.centre.model_copy(
            update={name: getattr(settings.centre, name) for name in settings.centre.model_fields_set}
        )
        self.settings = settings.model_copy(
            update={"centre": centre, "equipment": equipment, "mqtt": mqtt, "demo": True}
        )
        self._stage = Stage([self._actor(e) for e in (*equipment, STRANGER)], clock)

    def write_history(self) -> int:
        """Write what happened in this quarter and the one before, or since the demo last ran; returns how many records.

        The quarter before is closed, so its sessions and hours need what they are counted from.
        """
        zone = ZoneInfo(self.settings.centre.timezone)
        now = self._clock.now()
        clock = ManualClock(now)
        journal = SqliteJournal(
            self._folder / "journal.sqlite",
            clock=clock,
            settings=self.settings.journal,
            health=Health(),
            metrics=Metrics(),
        )
        try:
            start = journal.previous_alive or quarter_before(now, zone)
            return self._write(journal, start, now, zone) if now - start > CATCH_UP_NS else 0
        finally:
            journal.close()

    def enter_register(self) -> None:
        """Enter a timetable that matches the history, where nothing was ever entered."""
        register = SqliteRegister(self._folder / "register.sqlite")
        try:
            zone = ZoneInfo(self.settings.centre.timezone)
            school.enter(register, self.settings.equipment, zone, seed=SEED, now=self._clock.now())
        finally:
            register.close()

    def enter_year(self) -> None:
        """Enter what the monitoring is made of and close the last quarter, once, after history and timetable."""
        with ExitStack() as opened:
            register = SqliteRegister(self._folder / "register.sqlite")
            opened.callback(register.close)
            store = LocalStore(self._folder / "journal.sqlite")
            opened.callback(store.close)
            zone = ZoneInfo(self.settings.centre.timezone)
            closing.enter(closing.Desk(self.settings, store, register, zone, self._clock.now()), seed=SEED)

    def start(self) -> None:
        """Plug the devices in."""
        self._stage.start()

    def stop(self) -> None:
        """Take them away."""
        self._stage.stop()

    def _write(self, journal: SqliteJournal, start: Instant, end: Instant, zone: ZoneInfo) -> int:
        count = 0
        past = Past(self.settings.equipment, zone, SEED, dense_from=quarter_start(end, zone))
        for day in past.days(start, end):
            journal.append(day)
            count += len(day)
        return count

    def _actor(self, equipment: Equipment) -> Actor:
        spec = CATALOG[equipment.driver]
        setting = self._setting(equipment)
        options = spec.settings.model_validate(equipment.options)
        cues = life(
            equipment.id,
            seed=SEED,
            files=FILES.get(equipment.kind, ("",)),
            cable=spec.link is LinkKind.LINE,
        )
        return Actor(
            equipment.id, spec.simulator(setting, options, _seed(equipment)), self._port(equipment, spec, setting), cues
        )

    def _port(self, equipment: Equipment, spec: Spec, setting: Setting) -> Port:
        if spec.link is LinkKind.MQTT:
            return MqttPort(equipment.id, self.settings.mqtt.port, _will(equipment, setting))
        link = equipment.link or LinkSettings(simulator=True)
        return PtyPort(Path(link.serial)) if link.serial else self._network

    def _setting(self, equipment: Equipment) -> Setting:
        centre = self.settings.centre.id
        own = f"labedge/v1/{centre}/{equipment.room}/{equipment.id}/#"
        topic = (equipment.link.mqtt if equipment.link else None) or own
        return Setting(EquipmentId(equipment.id), topic=topic, room=equipment.room, centre=centre)


def _will(equipment: Equipment, setting: Setting) -> Publish:
    stem = setting.topic.removesuffix("#")
    if equipment.driver == "tasmota":
        return Publish(f"{stem}LWT", b"Offline", retained=True)
    return Publish(f"{stem}$link", b"offline", retained=True)


def _seed(equipment: Equipment) -> int:
    return SEED + zlib.crc32(equipment.id.encode())


def free_ports(count: int) -> list[int]:
    """Loopback ports that nobody listens on now, each another one."""
    with ExitStack() as held:
        probes = [held.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]
