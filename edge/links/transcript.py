r"""Transcripts of devices: their file format, its reader and writer, and the records that a driver makes of one.

Nothing here moves a device: what a driver sends while a transcript is played goes nowhere.

The format is JSON lines, UTF-8, one object a line, in order of time:

    {"t": 0.0, "link": "up"}                        the link opened
    {"t": 0.12, "tx": "M115\n"}                    the gateway sent it
    {"t": 0.52, "rx": "ok T:20.1 /0.0\n"}          the device said it
    {"t": 0.60, "rx": {"hex": "ff00aa"}}            the same for bytes that are not UTF-8
    {"t": 9.75, "topic": "tele/plug-7/LWT", "rx": "Online", "retained": true}    an MQTT message
    {"t": 30.0, "link": "down", "reason": "unplugged"}
    {"t": 31.0, "note": "free text, such as maker, model and firmware"}

`t` is seconds since the transcript's start, never falling. Exactly one of `rx`, `tx`, `link`, `note` is in a line.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any, TextIO

from drivers.contract import Driver, Publish, Step, Unit
from edge.errors import Damaged
from telemetry.model import NS_PER_S, Instant, Record

LINE_LIMIT = 1 << 20
"""Characters of one line: a read of 64 KiB in hex is 128 Ki; what is longer is no transcript."""

WAKE_LIMIT = 10_000
"""Wakings between two lines: a driver that asks for more without time passing would never come to an end."""


class Event(Enum):
    """What a line tells; the value is its key in the file."""

    RECEIVED = "rx"
    SENT = "tx"
    LINK = "link"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: ns since the start, what happened, the unit moved, or words.

    `text` is `up` or `down` of a link, or the note; `reason` tells why a link went down.
    """

    at_ns: int
    event: Event
    unit: Unit = b""
    text: str = ""
    reason: str = ""


def read(path: Path) -> Iterator[Entry]:
    """The lines of a transcript in order; raises `Damaged`, naming the line, for what is none, or an `OSError`."""
    with path.open(encoding="utf-8", errors="replace") as file:
        last_ns = 0
        number = 0
        while line := file.readline(LINE_LIMIT):
            number += 1
            if line.isspace():
                continue
            try:
                entry = parse(line)
            except ValueError as error:
                raise _damaged(path, number, str(error)) from error
            if entry.at_ns < last_ns:
                raise _damaged(path, number, "its time is before the line above")
            last_ns = entry.at_ns
            yield entry


def parse(line: str) -> Entry:
    """One line; raises `ValueError` with a sentence for what is none."""
    fields = json.loads(line)
    if not isinstance(fields, dict):
        message = "it is no JSON object"
        raise ValueError(message)  # noqa: TRY004 - one type for every fault of a line
    event = _event(fields)
    seconds = fields.get("t")
    if not isinstance(seconds, int | float) or not 0 <= seconds < 1e9:
        message = "t is not a number of seconds from 0"
        raise ValueError(message)
    at_ns = round(seconds * NS_PER_S)
    if event in {Event.LINK, Event.NOTE}:
        return Entry(at_ns, event, text=str(fields[event.value]), reason=str(fields.get("reason", "")))
    data = _bytes(fields[event.value])
    topic = fields.get("topic")
    unit = data if topic is None else Publish(str(topic), data, retained=fields.get("retained") is True)
    return Entry(at_ns, event, unit)


def format_entry(entry: Entry) -> str:
    """The line of an entry, with its line end."""
    fields: dict[str, Any] = {"t": round(entry.at_ns / NS_PER_S, 6)}
    match entry.event, entry.unit:
        case ((Event.LINK | Event.NOTE), _):
            fields[entry.event.value] = entry.text
        case _, Publish(topic, payload, retained):
            fields |= {"topic": topic, entry.event.value: _literal(payload)} | ({"retained": True} if retained else {})
        case _, bytes() as data:
            fields[entry.event.value] = _literal(data)
    if entry.reason:
        fields["reason"] = entry.reason
    return json.dumps(fields, ensure_ascii=False) + "\n"


class Writer:
    """Writes entries to a text file, each at once: a recording that is broken off keeps what it has."""

    def __init__(self, file: TextIO) -> None:
        """Write to `file`, which stays the caller's to close."""
        self._file = file

    def write(self, entry: Entry) -> None:
        """Append `entry`."""
        self._file.write(format_entry(entry))
        self._file.flush()


def play(entries: Iterable[Entry], driver: Driver, *, started: Instant) -> Iterator[Record]:
    """The records that `driver` makes of a transcript that began at `started`, woken when it asked to be."""
    wake: Instant | None = None
    opened = False
    for entry in entries:
        at = started + entry.at_ns
        for step in _until(driver, wake, at):
            wake = step.wake_at
            yield from step.records
        for call in _entries(driver, entry, opened=opened):
            opened = True
            step = call(at)
            wake = step.wake_at
            yield from step.records


def _until(driver: Driver, wake: Instant | None, at: Instant) -> Iterator[Step]:
    for _ in range(WAKE_LIMIT):
        if wake is None or wake > at:
            return
        step = driver.woken(wake)
        yield step
        wake = None if step.wake_at is None else max(step.wake_at, wake)


def _entries(driver: Driver, entry: Entry, *, opened: bool) -> list[Callable[[Instant], Step]]:
    if entry.event is Event.LINK:
        return [driver.opened] if entry.text == "up" else []
    if entry.event is not Event.RECEIVED:
        return []
    unit = entry.unit
    return [*([] if opened else [driver.opened]), lambda at: driver.received(unit, at)]


def _event(fields: dict[str, Any]) -> Event:
    events = [event for event in Event if event.value in fields]
    if len(events) != 1:
        message = (
            f"a line has exactly one of rx, tx, link, note; this has {[event.value for event in events] or 'none'}"
        )
        raise ValueError(message)
    return events[0]


def _bytes(value: object) -> bytes:
    if isinstance(value, str):
        return value.encode("utf-8", "surrogatepass")
    if isinstance(value, dict) and isinstance(value.get("hex"), str):
        return bytes.fromhex(value["hex"])
    message = 'rx and tx are text or {"hex": "…"}'
    raise ValueError(message)


def _literal(data: bytes) -> str | dict[str, str]:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return {"hex": data.hex()}


def _damaged(path: Path, number: int, why: str) -> Damaged:
    return Damaged(f"{path}, line {number}: {why}", fix="record it anew, or mend the line")
