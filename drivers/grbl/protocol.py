"""What the lines of GRBL 0.8, 0.9, 1.1, grblHAL, FluidNC and Smoothie's grbl mode say.

Knows no state of the machine and never raises: a line that is none of these is `None`.

    <Idle|MPos:0.000,0.000,0.000|FS:0,0|WCO:0.000,0.000,0.000>   Report, fields in any order, any of them missing
    <Run,MPos:0.368,0.000,0.000,WPos:0.368,0.000,0.000,Buf:1>    Report, the comma form of 0.8 and 0.9
    Grbl 1.1h ['$' for help]                                     Banner
    ALARM:1   ALARM: Hard limit   ALARM: Abort during cycle. MPos?   Alarm
    [MSG:Reset to continue]   [Reset to continue]   [MSG:INFO: ALARM: Spindle Control]   Message
    $13=1   $0=10 (step pulse, usec)                             Option
    ok   error:9   error: Alarm lock   >G20:ok   $$ (view Grbl settings)   Chatter
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from math import isfinite
from typing import TypeAlias

ASK = b"?"
"""The only byte that is ever sent: a status report, without an `ok` and without a side effect."""

AXES = "xyzabc"
"""Names of the axes in the order of a report's positions; more than six are not named."""


@dataclass(frozen=True, slots=True)
class Report:
    """A status report: `word` and `sub` of `Hold:1`; positions in the report's unit, empty where it has none.

    `broken` names the fields that should be numbers and are none.
    """

    word: str
    sub: str = ""
    machine: tuple[float, ...] = ()
    work: tuple[float, ...] = ()
    offset: tuple[float, ...] = ()
    feed: float | None = None
    spindle: float | None = None
    broken: tuple[str, ...] = ()

    @property
    def said(self) -> str:
        """The state as the device says it: `Hold:1`."""
        return f"{self.word}:{self.sub}" if self.sub else self.word


@dataclass(frozen=True, slots=True)
class Banner:
    """The welcome after a reset."""

    text: str


@dataclass(frozen=True, slots=True)
class Alarm:
    """An alarm: its number, where the firmware has one, and its words."""

    number: int | None
    text: str


@dataclass(frozen=True, slots=True)
class Message:
    """A message for a person or any other bracketed line (`[GC:G0 G54]`), without brackets, `MSG:` and level."""

    text: str


@dataclass(frozen=True, slots=True)
class Option:
    """A setting of the firmware, as it lists them: `$13=1`."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Chatter:
    """Understood, and nothing to tell: answers to lines that somebody else sent, lists, help, empty lines."""


Said: TypeAlias = Report | Banner | Alarm | Message | Option | Chatter

_CHATTER = Chatter()
_REPORT = re.compile(r"<([A-Za-z][A-Za-z0-9_-]{0,23})(?::([^|,<>]{0,24}))?(?:([|,])([^<>]*))?>")
_COMMA_FIELD = re.compile(r",(?=[A-Za-z]+:)")
_ALARM_PREFIX = "ALARM:"


def parse(line: str) -> Said | None:
    """What a line says, without its end; `None` for noise."""
    text = line.strip()
    for pattern, said in _FORMS:
        if found := pattern.fullmatch(text):
            return said(found)
    return None


def alarm_words(message: Message) -> str:
    """The words of an alarm that a message announces (FluidNC), or nothing."""
    words = message.text.removeprefix(_ALARM_PREFIX)
    return words.strip() if words != message.text else ""


def _report(found: re.Match[str]) -> Report:
    word, sub, divider, body = found.group(1, 2, 3, 4)
    parts = _COMMA_FIELD.split(body) if divider == "," else (body or "").split("|")
    fields = dict(part.partition(":")[::2] for part in parts)
    numbers = {name: _numbers(fields[name]) for name in _NUMERIC if name in fields}
    machine, work, offset = (numbers.get(name) or () for name in ("MPos", "WPos", "WCO"))
    rates = numbers.get("FS") or numbers.get("F") or ()
    return Report(
        word,
        sub or "",
        machine=machine,
        work=work,
        offset=offset,
        feed=rates[0] if rates else None,
        spindle=rates[-1] if numbers.get("FS") and len(rates) > 1 else None,
        broken=tuple(name for name, value in numbers.items() if value is None),
    )


_NUMERIC = ("MPos", "WPos", "WCO", "FS", "F")
"""`FS`: feed, spindle as programmed and (grblHAL) as measured; `F`: feed, and (Smoothie) feed asked for, override."""


def _numbers(text: str) -> tuple[float, ...] | None:
    try:
        values = tuple(float(part) for part in text.split(","))
    except ValueError:
        return None
    return values if all(isfinite(value) for value in values) else None


def _alarm(found: re.Match[str]) -> Alarm:
    number, text = found.group(1, 2)
    return Alarm(int(number) if number else None, text.strip())


def _message(found: re.Match[str]) -> Message:
    return Message(found.group(1).strip())


_FORMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Said]], ...] = (
    (_REPORT, _report),
    (re.compile(r"ok|(?i:error)\b.*|>.*:(?:ok|error.*)|"), lambda _: _CHATTER),
    (re.compile(r"(?:(?i:grbl(?:hal)?) v?\d|Smoothie\b).*"), lambda found: Banner(found.group())),
    (re.compile(r"ALARM: ?(?:(\d{1,4})\b)?(.*)"), _alarm),
    (re.compile(r"\[(?:MSG: ?)?(?:(?:INFO|WARN|ERR|DBG): ?)?(.*)\]"), _message),
    (re.compile(r"\$([\w/.-]+) ?= ?(\S*).*"), lambda found: Option(found[1], found[2])),
    (re.compile(r"(?:[$~!?]\S*|ctrl-x) \(.*\)"), lambda _: _CHATTER),
)
