"""Conversations with a marlin driver as tests tell them: what it hears and when, what it says and asks."""

from __future__ import annotations

from collections.abc import Iterable

from drivers.contract import Driver, Setting, Step, Unit
from drivers.marlin import SPEC
from drivers.marlin.settings import MarlinSettings
from telemetry.model import NS_PER_S, EquipmentId, Instant, JobSeen, Reading, Record, Rejected, State, StateSeen
from tests.transcripts import read

START: Instant = 1_795_305_600 * NS_PER_S
NAME = EquipmentId("printer-1")

COLD = "ok T:20.00 /0.00 B:20.00 /0.00 @:0 B@:0"
WARM = " T:60.00 /60.00 B:40.00 /40.00 @:0 B@:0"
HEATING = " T:30.00 /200.00 B:20.00 /60.00 @:127 B@:127"
BOTH = ("Cap:AUTOREPORT_TEMP:1", "Cap:AUTOREPORT_SD_STATUS:1")


class Talk:
    """One driver with its port open, woken whenever it asks; time passes only as told."""

    def __init__(self, settings: MarlinSettings | None = None, driver: Driver | None = None) -> None:
        self.driver = driver or SPEC.driver(Setting(NAME), settings or MarlinSettings())
        self.now = START
        self.records: list[Record] = []
        self.sent: list[tuple[float, bytes]] = []
        self._wake_at: Instant | None = None

    def opened(self) -> Talk:
        self._take(self.driver.opened(self.now))
        return self

    def hear(self, *lines: str) -> Talk:
        """These lines come now, each with its line end."""
        return self.bytes("".join(f"{line}\n" for line in lines).encode())

    def bytes(self, unit: Unit) -> Talk:
        self._take(self.driver.received(unit, self.now))
        return self

    def wait(self, seconds: float) -> Talk:
        """Time passes, and the driver is woken as it wishes."""
        return self.until(self.now + round(seconds * NS_PER_S))

    def until(self, end: Instant) -> Talk:
        for _ in range(100_000):
            if self._wake_at is None or self._wake_at > end:
                break
            self.now = max(self.now, self._wake_at)
            self._take(self.driver.woken(self.now))
        else:
            raise AssertionError("the driver spins")
        self.now = end
        return self

    def ready(self, *lines: str) -> Talk:
        """A printer that stands idle: its first questions answered, `lines` in its answer to M115."""
        self.opened().wait(2)
        self.hear("FIRMWARE_NAME:Marlin 2.1", *lines, "ok")
        self.hear("ok T:20.00 /0.00 B:20.00 /0.00 @:0 B@:0").hear("Not SD printing", "ok")
        while self.sent[-1][1].startswith((b"M155", b"M27 S")):
            asked = len(self.sent)
            self.hear("ok")
            if len(self.sent) == asked:
                break
        self.records.clear()
        self.sent.clear()
        return self

    def _take(self, step: Step) -> None:
        self.records += step.records
        self._wake_at = step.wake_at
        for unit in step.send:
            assert SPEC.allowed(unit), unit
            assert isinstance(unit, bytes)
            self.sent.append(((self.now - START) / NS_PER_S, unit))

    @property
    def states(self) -> list[State]:
        return [seen.state for seen in self.said]

    @property
    def state(self) -> State:
        return self.states[-1]

    @property
    def said(self) -> list[StateSeen]:
        return [record for record in self.records if isinstance(record, StateSeen)]

    @property
    def words(self) -> list[str]:
        return [seen.word for seen in self.said]

    @property
    def jobs(self) -> list[JobSeen]:
        return [record for record in self.records if isinstance(record, JobSeen)]

    @property
    def phases(self) -> list[str]:
        return [f"{job.phase.word} {job.outcome.word}" if job.outcome else job.phase.word for job in self.jobs]

    @property
    def noise(self) -> list[Rejected]:
        return [record for record in self.records if isinstance(record, Rejected)]

    @property
    def readings(self) -> dict[str, float]:
        """The last value of each channel."""
        return {record.channel: record.value for record in self.records if isinstance(record, Reading)}

    @property
    def asked(self) -> list[str]:
        return [line.decode().strip() for _, line in self.sent]


def replayed(name: str, *, after_s: float = 30.0) -> Talk:
    """The device's lines of a recording at their times, and then silence."""
    heard: Iterable[tuple[Instant, Unit]] = [
        (START + line.at_ns, line.unit) for line in read(name) if line.from_device and line.unit
    ]
    talk = Talk().opened()
    for at, unit in heard:
        talk.until(at).bytes(unit)
    return talk.wait(after_s)


def printing(done: int = 10, total: int = 1000) -> Talk:
    return (
        Talk().ready().hear("File opened: part.gcode Size: 1000", "File selected", f"SD printing byte {done}/{total}")
    )
