"""Sets of indicators as data files: read, checked, and the ones in force on a day chosen.

A new letter of the ministry is a new file; nothing here computes a value or knows a wording.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeVar

from edge.faults import Fault, Faults
from edge.monitoring import set_file
from edge.monitoring.set_file import EVERY_KIND
from telemetry.civil import Day
from telemetry.indicators.definition import IndicatorSet

SHIPPED = Path(__file__).parent / "sets"
"""The sets that come with labedge."""

OWN = "indicators.d"
"""The folder of a centre's own sets, beside its configuration."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Choice:
    """The sets of one centre and day; `official` has no indicators where there is none, and its `source` says why."""

    official: IndicatorSet
    analytics: IndicatorSet


@cache
def shipped() -> tuple[IndicatorSet, ...]:
    """The sets that come with labedge; read once, since they change only with it."""
    return load(SHIPPED)


def beside(config: Path | None) -> tuple[IndicatorSet, ...]:
    """The shipped sets and, behind them, those beside a configuration; raises `Faults` with all that is wrong."""
    return shipped() + (load(config.parent / OWN) if config is not None else ())


def checked(config: Path | None, settings: Callable[[], T]) -> T:
    """The settings that a configuration gives, once the sets beside it are sound too; raises `Faults` of both."""
    faults: list[Fault] = []
    try:
        made = settings()
    except Faults as error:
        faults += error.faults
    try:
        beside(config)
    except Faults as error:
        faults += error.faults
    if faults:
        raise Faults(faults)
    return made


def load(folder: Path) -> tuple[IndicatorSet, ...]:
    """The sets of a folder's `*.toml`, by file name, none where there is no folder; raises `Faults`."""
    faults: list[Fault] = []
    found: dict[tuple[str, str], Path] = {}
    sets: list[IndicatorSet] = []
    for path in sorted(folder.glob("*.toml")):
        try:
            one = set_file.read(path)
        except Faults as error:
            faults += error.faults
            continue
        first = found.setdefault((one.id, one.version), path)
        if first is not path:
            faults.append(Fault(str(path), 1, f"version {one.version} of the set {one.id!r} is in {first} too"))
        sets.append(one)
    if faults:
        raise Faults(faults)
    return tuple(sets)


def chosen(sets: Sequence[IndicatorSet], kind: str, day: Day) -> Choice:
    """The sets in force on `day` for a kind of centre: of several the highest version, of equals the last of `sets`."""
    held = [
        one for one in sets if one.effective_from <= day <= one.effective_to and one.centre_kind in (kind, EVERY_KIND)
    ]
    official = _highest([one for one in held if one.official])
    analytics = _highest([one for one in held if not one.official])
    return Choice(official or _none(kind), analytics or _no_analytics())


def _highest(sets: Sequence[IndicatorSet]) -> IndicatorSet | None:
    """What is made for one kind of centre goes before what is for any."""

    def rank(pair: tuple[int, IndicatorSet]) -> tuple[bool, list[int], Day, int]:
        place, one = pair
        version = [int(part) for part in one.version.split(".")]
        return one.centre_kind != EVERY_KIND, version, one.effective_from, place

    return max(enumerate(sets), key=rank)[1] if sets else None


def _none(kind: str) -> IndicatorSet:
    reason = f"no set of official indicators is in force for a centre of the kind {kind} at the period's end"
    return IndicatorSet("none", "0", "Официальных показателей нет", "No official indicators", kind, reason, 0, 0,
                        official=True, indicators=())  # fmt: skip


def _no_analytics() -> IndicatorSet:
    reason = "no set of analytics is in force at the period's end"
    return IndicatorSet("none", "0", "Аналитики нет", "No analytics", EVERY_KIND, reason, 0, 0,
                        official=False, indicators=())  # fmt: skip
