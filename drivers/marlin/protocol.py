"""Lines of the Marlin family as messages.

A line that no rule knows is `Unknown`; nothing here keeps anything from one line to the next.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TypeAlias

from drivers.marlin.messages import (
    Action,
    Busy,
    Capability,
    Card,
    CardFile,
    CardPosition,
    Firmware,
    Halt,
    Message,
    Ok,
    Progress,
    Report,
    Resend,
    Sign,
    Target,
    Tool,
    Unknown,
    UnknownCommand,
)
from drivers.marlin.temperatures import begins_report

WORD_LIMIT = 120
"""Characters of a file name, reason or word that are kept: what fits a line of the board."""


Rule: TypeAlias = tuple[re.Pattern[str], Callable[[re.Match[str]], Message]]


def bounded(text: str) -> str:
    """`text` as it is kept in words, names and reasons."""
    return text.strip()[:WORD_LIMIT]


def _rules(table: Iterable[tuple[str, Callable[[re.Match[str]], Message]]]) -> tuple[Rule, ...]:
    return tuple((re.compile(pattern, re.IGNORECASE | re.ASCII), make) for pattern, make in table)


def _always(message: Message) -> Callable[[re.Match[str]], Message]:
    return lambda _match: message


def _halt(match: re.Match[str]) -> Message:
    return Halt(bounded(match.string.removeprefix("//").removeprefix("!!")) or "!!")


def _progress(match: re.Match[str]) -> Message:
    percent = float(match[1])
    return Progress(percent / 100) if percent <= 100 else Sign.TALK  # Prusa says 255 while it does not know


def _ok(match: re.Match[str]) -> Message:
    rest = match.string[match.end() :]
    return Ok(rest if begins_report(rest) else "")


_DEADLY = (
    r"kill\(\) ?called|printer halted|thermal ?runaway|system stopped|heating failed|heater decoupled"
    r"|(?:max|min)temp (?:triggered|error|bed)|err(?:or)?: ?(?:max|min)temp|(?:max|min)temp or|dry run mode until"
    r"|emergency (?:stop|shutdown)|homing failed|halt asserted|heating fault|heater \d+ fault"
    r"|temperature reading is unreliable"
)
"""What no printer says while it works; the lines around it (`!!`, `fatal:`, `ALARM`) are told apart below."""

_ABORTED = (
    r"(?:echo:\s*)?(?:sd )?print(?:ing)? (?:aborted|cancelled|canceled)"
    r"|cancelled printing file|abort(?:ed|ing) (?:sd )?print"
)

_BANNER = (
    r"start$|smoothie\b|(?:echo:\s*)?marlin[: ]\D{0,12}\d|marlin: |repetier[ _]?(?:firmware)? ?v?\d"
    r"|(?:echo:|info:|\s)*(?:power-?up|(?:external|watchdog|software|brown ?out) reset)\b"
    r"|reprapfirmware .*is (?:up|running)"
)
"""One boot says several of these; the first noise on the line may have eaten the others."""

_BORING = (
    r"$|echo:|info:|compiled:|free memory|planner|sd card|sd init|sd_|begin file list|end file list|no start"
    r"|reporting endstop|[xyze]\d?_(?:min|max|probe)|z_probe|probe:|filament:|endstops"
    r"|file (?:selected|created|deleted)|writing to file|done saving file|open failed|error writing|volume|m\d+ "
    r"|deletion failed|invalid extruder"
    r"|(?:c(?:ount)?:? ?)?[xyz]: ?-?\d|bed x:|last updated|author|marlin configuration|print time|stats:"
    r"|debug_|t\d|cap:|area:|uuid:|\[|;|//|unrecognized|invalid|homing|selecttool|activetool"
    r"|[\w~!#$%&'()@^{}-]{1,8}\.[a-z0-9_~]{1,3}(?:\s|$)|printer locked|incorrect passcode|octoprint virtualprinter"
    r"|speedmultiply|flowmultiply|floatmultiply|fanspeed|transform matrix|print saved|normal mode|silent mode"
)

_RULES = _rules(
    (
        (r"ok(?: N-?\d+)?(?: P\d+)?(?: B\d+)?(?=[\s:]|$)", _ok),
        (r"(?:echo:\s*)?busy[: ]\s*(.+)", lambda m: Busy(bounded(m[1]).lower())),
        (r"//\s*action:\s*poweroff\b", _halt),
        (r"//\s*action:\s*(\w+)\s*(.*)", lambda m: Action(m[1].lower(), bounded(m[2]))),
        (r"wait$", _always(Sign.WAIT)),
        (r"SD print(?:ing)?( paused| is paused)?(?: at)? (?:byte )?(\d{1,15})\s*/\s*(\d{1,15})\.?$",
         lambda m: CardPosition(int(m[2]), int(m[3]), paused=m[1] is not None)),
        (r"(?:not sd printing|not currently playing|sd print (?:standby|complete|error))\.?$", _always(Card.NONE)),
        (r"(?:echo:\s*)?sd print paused|print saved$", _always(Card.PAUSED)),
        (r"done printing file|finished printing file", _always(Card.FINISHED)),
        (_ABORTED, _always(Card.ABORTED)),
        (r"file opened:\s*(.*?)\s*(?:size:\s*\d+)?$", lambda m: CardFile(bounded(m[1]))),
        (r"echo:\s*now (?:fresh|doing) file:\s*(.+)", lambda m: CardFile(bounded(m[1]))),
        (r"(?:echo:\s*)?(?:normal mode:\s*)?(?:m73 )?(?:percent done|progress):\s*(\d{1,3}(?:\.\d+)?)\s*%?(?=[;\s]|$)",
         _progress),
        (r"cap:(\w+):([01])", lambda m: Capability(m[1].upper(), on=m[2] == "1")),
        (r".*?firmware_name:\s*(.+?)(?=\s+[A-Z_]+:|$)", lambda m: Firmware(bounded(m[1]))),
        (r"active extruder:\s*(\d)\s*$", lambda m: Tool(int(m[1]))),
        (r"target(?:extr(\d):|(bed):|(chamber):)\s*(-?\d{1,4}(?:\.\d+)?)$",
         lambda m: Target(f"tool{m[1]}" if m[1] else (m[2] or m[3]).lower(), float(m[4]))),
        (r"(?:resend|rs)\b:?\s*N?:?(\d{1,9})", lambda m: Resend(int(m[1]))),
        (r'(?:echo:\s*|//\s*|error:\s*)?(?:unknown|bad) (?:command|m-code)[:\s]*"?\s*([GMT]\d+\b)?',
         lambda m: UnknownCommand((m[1] or "").upper())),
        (r"error:\s*(?:missing (?:checksum|line ?number)|no (?:checksum|line ?number) with)",
         _always(Sign.NEEDS_NUMBERS)),
        (rf"(?:error:|echo:|fatal:|//|!!|alarm\b)?.*?(?:{_DEADLY})", _halt),
        (r"(?:fatal:|alarm\b|!!\s*$)", _halt),
        (r"(?://\s*klipper state:\s*(?:shutdown|disconnect|error))", _halt),
        (r"!!.*(?:shutdown|lost communication|not heating|mcu|internal error|halted)", _halt),
        (r"//\s*klipper state:\s*ready|info:\s*continue from fatal", _always(Sign.CONTINUED)),
        (_BANNER, _always(Sign.BANNER)),
        (r"error:|!!|warning:", _always(Sign.TALK)),
        (_BORING, _always(Sign.TALK)),
    )
)  # fmt: skip


def parse(text: str) -> Message:
    """The message in one line; blanks around it mean nothing."""
    text = text.strip()
    if begins_report(text):
        return Report(text)
    for pattern, make in _RULES:
        match = pattern.match(text)
        if match is not None:
            return make(match)
    return Unknown()
