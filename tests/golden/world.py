"""Golden cases as they stand in the YAML files, read into plain values.

Nothing here computes a result or uses the product: the reference and the product both begin from these words.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

HERE = Path(__file__).parent
NS = {"h": 3_600_000_000_000, "min": 60_000_000_000, "s": 1_000_000_000, "ms": 1_000_000, "ns": 1}
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
STATES = ("unknown", "offline", "idle", "setup", "paused", "busy", "maintenance", "fault")
SOURCES = (
    "no_data", "expired", "gateway", "link", "activity_inferred", "power_inferred", "device", "manual",
)  # fmt: skip
EVER, FOR_GOOD = date(1900, 1, 1), date(2200, 1, 1)


@dataclass(frozen=True)
class Device:
    id: str
    room: str
    stations: int = 1


@dataclass(frozen=True)
class Change:
    equipment: str
    at: int
    state: str
    source: str = "device"
    valid_ns: int = 0


@dataclass(frozen=True)
class Days:
    """From `first` to `last`, both included."""

    first: date = EVER
    last: date = FOR_GOOD

    def hold(self, day: date) -> bool:
        return self.first <= day <= self.last


@dataclass(frozen=True)
class Term:
    name: str
    days: Days
    weeks: str = "term"
    first: str = "a"


@dataclass(frozen=True)
class Holiday:
    days: Days
    closed: bool = True


@dataclass(frozen=True)
class Bells:
    weekdays: frozenset[int]
    times: Mapping[int, tuple[int, int]]
    days: Days


@dataclass(frozen=True)
class Bound:
    """What a lesson takes, and when: `number` rings, or else `times`, minutes after midnight."""

    times: tuple[int, int] | None
    number: int
    room: str
    equipment: tuple[str, ...]
    group: str
    learners: int
    kind: str


@dataclass(frozen=True)
class Slot:
    id: str
    weekday: int
    weeks: str
    days: Days
    bound: Bound


@dataclass(frozen=True)
class Rule:
    version: str
    effective_from: int
    busy_min_ns: int = 5 * NS["min"]
    busy_part: str = "0.1"
    before_ns: int = 10 * NS["min"]
    after_ns: int = 10 * NS["min"]
    coverage_min: str = "0.8"
    detect_devices: int = 2
    detect_gap_ns: int = 10 * NS["min"]
    detect_min_ns: int = 15 * NS["min"]
    detect_max_ns: int = 360 * NS["min"]


@dataclass(frozen=True)
class Correction:
    session: str
    at: int
    status: str
    author: str
    reason: str


@dataclass(frozen=True)
class World:
    zone: str
    window: tuple[int, int]
    now: int
    devices: tuple[Device, ...]
    changes: tuple[Change, ...]
    terms: tuple[Term, ...] = ()
    holidays: tuple[Holiday, ...] = ()
    bells: tuple[Bells, ...] = ()
    moved: Mapping[date, int] = field(default_factory=dict)
    slots: tuple[Slot, ...] = ()
    substitutions: Mapping[str, Bound] = field(default_factory=dict)
    cancelled: frozenset[str] = frozenset()
    one_offs: Mapping[str, tuple[date, Bound]] = field(default_factory=dict)
    opening: tuple[tuple[frozenset[int], tuple[int, int]], ...] = ()
    maintenance: tuple[tuple[str, int, int], ...] = ()
    rules: tuple[Rule, ...] = ()
    corrections: tuple[Correction, ...] = ()
    attendance: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Case:
    name: str
    world: World
    expect: Mapping[str, Any]


def cases() -> list[Case]:
    """Every case of every file, by name."""
    listed = [
        Case(one["case"], world_of(one), one["expect"])
        for path in sorted(HERE.glob("*.yaml"))
        for one in yaml.load(path.read_text("utf-8"), yaml.BaseLoader)  # noqa: S506 - words alone, no objects
    ]
    names = [case.name for case in listed]
    assert len(names) == len(set(names))
    return listed


def world_of(told: Mapping[str, Any]) -> World:
    zone = told.get("zone", "Europe/Moscow")
    start, end = (instant(text, zone) for text in told["window"].split(" .. "))
    day = told["window"][:10]

    def at(text: str) -> int:
        return instant(text if re.match(r"\d{4}-", text) else f"{day}T{text}", zone)

    def service(text: str) -> tuple[str, int, int]:
        name, span = text.split()
        first, last = span.split("..")
        return name, at(first), at(last)

    devices = tuple(device(name, words) for name, words in told["equipment"].items())
    return World(
        zone=zone,
        window=(start, end),
        now=at(told["now"]) if "now" in told else end,
        devices=devices,
        changes=tuple(
            change(one, text, zone, day) for one, texts in told.get("changes", {}).items() for text in listed(texts)
        ),
        terms=tuple(term(name, text) for name, text in told.get("terms", {"year": f"{day} .. {day}"}).items()),
        holidays=tuple(holiday(text) for text in listed(told.get("holidays", ""))),
        bells=tuple(bells(text) for text in told.get("bells", ())),
        moved={date.fromisoformat(k): DAYS.index(v) for k, v in told.get("moved", {}).items()},
        slots=tuple(slot(name, text) for name, text in told.get("slots", {}).items()),
        substitutions={name: bound(text.split()) for name, text in told.get("substitutions", {}).items()},
        cancelled=frozenset(listed(told.get("cancelled", ""))),
        one_offs={
            name: (date.fromisoformat(text.split()[0]), bound(text.split()[1:]))
            for name, text in told.get("one_offs", {}).items()
        },
        opening=tuple((weekdays(t.split()[0]), minutes(t.split()[1])) for t in listed(told.get("open", ""))),
        maintenance=tuple(service(text) for text in listed(told.get("service", ""))),
        rules=tuple(rule(name, words, zone) for name, words in told.get("rules", {}).items()),
        corrections=tuple(correction(text, zone) for text in listed(told.get("corrections", ""))),
        attendance={name: int(text) for name, text in told.get("attendance", {}).items()},
    )


def listed(texts: str | list[str]) -> list[str]:
    """A list as YAML has it, or words between commas."""
    return [text.strip() for text in (texts.split(",") if isinstance(texts, str) else texts) if text.strip()]


def instant(text: str, zone: str) -> int:
    """`2026-03-29T01:00` on the wall, the first of two; `…~` the second; `…Z` or `…+03:00` as it says."""
    second = text.endswith("~")
    moment = datetime.fromisoformat(text.rstrip("~"))
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=ZoneInfo(zone), fold=int(second))
    since = moment.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)
    return (since.days * 86_400 + since.seconds) * NS["s"] + since.microseconds * 1000


def wall(ns: int, zone: str) -> datetime:
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=ns // 1000)
    return moment.astimezone(ZoneInfo(zone))


def length(text: str) -> int:
    """`1 h 30 min` in ns."""
    parts = re.findall(r"(-?[\d.]+) ?(h|min|s|ms|ns)\b", text)
    assert parts or text.strip() == "0", text
    return sum(round(float(number) * NS[unit]) for number, unit in parts)


def device(name: str, words: str) -> Device:
    parts = words.split()
    return Device(name, parts[0], int(parts[1]) if len(parts) > 1 else 1)


def change(name: str, text: str, zone: str, day: str) -> Change:
    """`09:00 busy`, `2026-11-23T09:00 busy for 10min by power_inferred`."""
    when, state, *rest = text.split()
    words = dict(zip(rest[::2], rest[1::2], strict=True))
    full = when if re.match(r"\d{4}-", when) else f"{day}T{when}"
    valid = length(words["for"]) if "for" in words else 0
    assert state in STATES
    return Change(name, instant(full, zone), state, words.get("by", "device"), valid)


def days(text: str) -> Days:
    first, _, last = text.partition(" .. ")
    return Days(date.fromisoformat(first), date.fromisoformat(last or first))


def term(name: str, text: str) -> Term:
    """`2026-09-01 .. 2026-12-31 weeks=iso first=b`."""
    found = re.fullmatch(r"(.*?)(?: weeks=(\w+))?(?: first=(\w))?", text)
    assert found
    return Term(name, days(found[1]), found[2] or "term", found[3] or "a")


def holiday(text: str) -> Holiday:
    return Holiday(days(text.removesuffix(" open")), closed=not text.endswith(" open"))


def weekdays(text: str) -> frozenset[int]:
    first, _, last = text.partition("-")
    return frozenset(range(DAYS.index(first), DAYS.index(last or first) + 1))


def minutes(text: str) -> tuple[int, int]:
    """`09:00-09:45` in minutes after midnight; an end that is not later is of the next day."""
    first, last = (int(t[:2]) * 60 + int(t[3:]) for t in text.split("-"))
    return first, last if last > first else last + 1440


def bells(text: str) -> Bells:
    """`mon-sat 1=09:00-09:45 2=09:55-10:40 on 2026-11-01 .. 2026-11-30`."""
    body, _, valid = text.partition(" on ")
    weekday, *rings = body.split()
    times = {int(ring.partition("=")[0]): minutes(ring.partition("=")[2]) for ring in rings}
    return Bells(weekdays(weekday), times, days(valid) if valid else Days())


def bound(words: list[str]) -> Bound:
    """`09:00-09:45` or `#2`, then `room=… equipment=a+b group=… learners=… kind=…`."""
    when = words[0]
    named = dict(word.split("=") for word in words[1:])
    return Bound(
        times=None if when.startswith("#") else minutes(when),
        number=int(when[1:]) if when.startswith("#") else 0,
        room=named.get("room", ""),
        equipment=tuple(named["equipment"].split("+")) if "equipment" in named else (),
        group=named.get("group", ""),
        learners=int(named.get("learners", 0)),
        kind=named.get("kind", "lesson"),
    )


def slot(name: str, text: str) -> Slot:
    """`mon 09:00-09:45 room=workshop weeks=a valid=2026-09-01..2026-10-31`."""
    weekday, *words = text.split()
    named = dict(word.split("=") for word in words[1:])
    valid = days(named["valid"].replace("..", " .. ")) if "valid" in named else Days()
    return Slot(name, DAYS.index(weekday), named.get("weeks", "both"), valid, bound(words))


def rule(name: str, words: Mapping[str, str], zone: str) -> Rule:
    values: dict[str, Any] = {
        key: length(text) if key.endswith("_ns") else int(text) if key == "detect_devices" else text
        for key, text in words.items()
        if key != "from"
    }
    return Rule(name, instant(words["from"], zone) if "from" in words else -(2**63), **values)


def correction(text: str, zone: str) -> Correction:
    """`mon-1:2026-11-23 confirmed_manually 2026-11-24T12:00 ivanova "the plug was off"`."""
    session, status, at, author, reason = text.split(maxsplit=4)
    return Correction(session, instant(at, zone), status, author, reason)
