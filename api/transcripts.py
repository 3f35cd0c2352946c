"""Transcripts at the command line: record what a device says, and see what a driver makes of a recording.

While it records it sends only what the family named is allowed to ask, and without a family nothing at all.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import orjson

from api.record_views import record_view
from drivers.catalog import CATALOG
from drivers.contract import Driver, Setting, Spec, Step
from edge.clock import Clock
from edge.errors import GiveUp
from edge.links import transcript
from edge.links.contract import Link
from edge.links.replay import RecordingLink
from edge.links.serial import SerialLink
from edge.links.tcp import TcpLink
from telemetry.model import NS_PER_S, EquipmentId

NAME = EquipmentId("replayed")
READ_S = 0.25
"""The longest wait for bytes: so soon an interruption or the end is seen."""


def family(name: str) -> Spec:
    """The family `name`; raises `GiveUp` naming those there are."""
    spec = CATALOG.get(name)
    if spec is None:
        raise GiveUp(f"There is no driver {name!r}.", fix=f"Choose one of {', '.join(CATALOG)}")
    return spec


def records(path: Path, driver: str, topic: str, clock: Clock) -> Iterator[bytes]:
    """One line of JSON for each record that `driver` makes of the transcript `path`, as if it began now."""
    made = _driver(family(driver), topic)
    for number, record in enumerate(transcript.play(transcript.read(path), made, started=clock.now()), 1):
        yield orjson.dumps(asdict(record_view(number, record)))


def link_named(text: str) -> Link:
    """`/dev/serial/by-id/…[@baud]` or `host:port` as a link, not yet open; raises `GiveUp` for anything else."""
    path, _, speed = text.partition("@")
    if path.startswith("/") and (not speed or speed.isdigit()):
        return SerialLink(path, baud=int(speed or 115_200))
    host, _, port = text.rpartition(":")
    if host and port.isdigit() and int(port) < 65536:
        return TcpLink(host, int(port))
    raise GiveUp(f"{text!r} is no link.", fix="Write /dev/serial/by-id/NAME@115200 or HOST:PORT")


def record(link: Link, output: Path, *, driver: str, seconds: float, clock: Clock) -> None:
    """Write what moves over `link` to `output` for `seconds` (0: until interrupted), asking as `driver` would."""
    spec = family(driver) if driver else None
    machine = _driver(spec, "") if spec else None
    with output.open("w", encoding="utf-8") as file:
        recorded = RecordingLink(link, transcript.Writer(file), clock=clock)
        recorded.open()
        try:
            _converse(
                recorded, spec, machine, end=clock.monotonic() + seconds * NS_PER_S if seconds else None, clock=clock
            )
        except KeyboardInterrupt:
            return
        finally:
            recorded.close()


def _converse(link: Link, spec: Spec | None, machine: Driver | None, *, end: float | None, clock: Clock) -> None:
    step = machine.opened(clock.now()) if machine else Step()
    while end is None or clock.monotonic() < end:
        for unit in step.send:
            if isinstance(unit, bytes) and spec and spec.allowed(unit):
                link.write(unit)
        wake_at = step.wake_at
        heard = link.read(READ_S)
        step = Step(wake_at=wake_at)
        if machine and heard:
            step = machine.received(heard, clock.now())
        elif machine and wake_at is not None and wake_at <= clock.now():
            step = machine.woken(clock.now())


def _driver(spec: Spec, topic: str) -> Driver:
    return spec.driver(Setting(NAME, topic=topic), spec.settings())
