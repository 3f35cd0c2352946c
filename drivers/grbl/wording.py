"""How each GRBL firmware words its lines: what the simulator says.

Knows no time and no plan; the words are those of the recordings and of `report.c` of each firmware.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from drivers.grbl.settings import Dialect

OFFSET = (-120.0, -80.0, 0.0)
"""The work offset that the simulated machine was set up with, mm."""

OFFSET_EVERY = 10
"""Every how many reports GRBL 1.1 names the work offset."""


@dataclass(frozen=True, slots=True)
class Moment:
    """What a report tells: mm, mm/min, rpm; `count` numbers the reports since the last reset."""

    word: str
    sub: str
    place: tuple[float, float, float]
    feed: float
    spindle: float
    count: int


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of one firmware; `alarm` takes the number, `end` is the line end."""

    banner: tuple[str, ...]
    report: Callable[[Moment], str]
    alarm: Callable[[int], tuple[str, ...]]
    reset_to_continue: str
    unlock: str
    unlocked: str
    deaf_in_alarm: bool
    end: str = "\r\n"

    def spoken(self, *lines: str) -> bytes:
        """The lines as bytes."""
        return "".join(line + self.end for line in lines).encode()


def _numbers(values: tuple[float, ...]) -> str:
    return ",".join(f"{value:.3f}" for value in values)


def _work(place: tuple[float, ...]) -> str:
    return _numbers(tuple(p - o for p, o in zip(place, OFFSET, strict=True)))


def _said(moment: Moment) -> str:
    return f"{moment.word}:{moment.sub}" if moment.sub else moment.word


def _report_0_9(moment: Moment) -> str:
    return f"<{moment.word},MPos:{_numbers(moment.place)},WPos:{_work(moment.place)},Buf:1,RX:0,Lim:000>"


def _report_1_1(moment: Moment) -> str:
    extra = ("", "|Ov:100,100,100")[moment.count % OFFSET_EVERY == 1]
    extra = f"|WCO:{_numbers(OFFSET)}" if moment.count % OFFSET_EVERY == 0 else extra
    return f"<{_said(moment)}|MPos:{_numbers(moment.place)}|FS:{moment.feed:.0f},{moment.spindle:.0f}{extra}>"


def _report_grblhal(moment: Moment) -> str:
    spindle = "A:S" if moment.spindle else "A:"
    return _report_1_1(moment).replace("|FS:", "|Bf:100,1023|FS:").replace(">", f"|{spindle}|TLR:0>")


def _report_smoothie(moment: Moment) -> str:
    place, rates = f"MPos:{_numbers(moment.place)}|WPos:{_work(moment.place)}", f"F:{moment.feed:.1f},4000.0,100.0"
    return f"<{moment.word}|{place}|{rates}>"


_WORDS_0_9 = {1: "Hard limit", 3: "Abort during cycle"}


def _alarm_0_9(number: int) -> tuple[str, ...]:
    return (f"ALARM: {_WORDS_0_9[number]}",)


def _alarm_1_1(number: int) -> tuple[str, ...]:
    return (f"ALARM:{number}",)


_WORDS_FLUIDNC = {1: "Hard Limit", 3: "Abort Cycle"}


def _alarm_fluidnc(number: int) -> tuple[str, ...]:
    return (f"[MSG:INFO: ALARM: {_WORDS_FLUIDNC[number]}]", f"ALARM:{number}")


_GRBL_1_1 = Wording(
    banner=("", "Grbl 1.1h ['$' for help]"),
    report=_report_1_1,
    alarm=_alarm_1_1,
    reset_to_continue="[MSG:Reset to continue]",
    unlock="[MSG:'$H'|'$X' to unlock]",
    unlocked="[MSG:Caution: Unlocked]",
    deaf_in_alarm=True,
)

_FLUIDNC_BOOT = ("[MSG:INFO: FluidNC v4.0.0]", "[MSG:INFO: Machine mill]", "[MSG:INFO: Axis count 3]")

WORDINGS: Mapping[Dialect, Wording] = MappingProxyType(
    {
        Dialect.GRBL_0_9: Wording(
            banner=("", "Grbl 0.9j ['$' for help]"),
            report=_report_0_9,
            alarm=_alarm_0_9,
            reset_to_continue="[Reset to continue]",
            unlock="['$H'|'$X' to unlock]",
            unlocked="[Caution: Unlocked]",
            deaf_in_alarm=True,
        ),
        Dialect.GRBL_1_1: _GRBL_1_1,
        Dialect.GRBLHAL: Wording(
            banner=("", "GrblHAL 1.1f ['$' or '$HELP' for help]"),
            report=_report_grblhal,
            alarm=_alarm_1_1,
            reset_to_continue=_GRBL_1_1.reset_to_continue,
            unlock=_GRBL_1_1.unlock,
            unlocked=_GRBL_1_1.unlocked,
            deaf_in_alarm=False,
        ),
        Dialect.FLUIDNC: Wording(
            banner=(*_FLUIDNC_BOOT, "Grbl 4.0 [FluidNC v4.0.0 (wifi) '$' for help]"),
            report=_report_1_1,
            alarm=_alarm_fluidnc,
            reset_to_continue="[MSG:INFO: Reset to continue]",
            unlock="[MSG:INFO: '$H'|'$X' to unlock]",
            unlocked="[MSG:INFO: Caution: Unlocked]",
            deaf_in_alarm=False,
            end="\n",
        ),
        Dialect.SMOOTHIE: Wording(
            banner=("Smoothie", "ok"),
            report=_report_smoothie,
            alarm=_alarm_0_9,
            reset_to_continue="[Reset to continue]",
            unlock="['$H'|'$X' to unlock]",
            unlocked="[Caution: Unlocked]",
            deaf_in_alarm=False,
        ),
    }
)
