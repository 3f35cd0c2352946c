"""Whether what people say of an indicator can stand: a value by hand, a target, a text, of one of the sets in force.

It judges what is entered now; what was entered before stays as it is, and nothing is changed here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial

from edge.faults import near
from edge.monitoring.sets import chosen
from edge.register.contract import Change, Fault, Judge, Put
from edge.register.events import Direction
from edge.register.quarters import ManualValue, QuarterText, Target
from telemetry.indicators.definition import IndicatorSet, Unit
from telemetry.indicators.periods import quarter_window

_FULL = 100
"""Percent."""

_QUARTERS = (1, 2, 3, 4)

_WHOLE = frozenset({Unit.ITEMS, Unit.LEARNERS, Unit.PEOPLE})


def judge_of(sets: Sequence[IndicatorSet], kind: str) -> Judge:
    """The judge of values by hand, targets and texts in a centre of a kind that knows these sets."""

    def judge(change: Change) -> Iterable[Fault]:
        return faults_of(change, sets, kind)

    return judge


def faults_of(change: Change, sets: Sequence[IndicatorSet], kind: str) -> Iterator[Fault]:
    """What is wrong with a change, if it says something of an indicator."""
    place, known = f"{change.kind} {change.id}", partial(_in_force, sets, kind)
    match change.value if isinstance(change, Put) else None:
        case ManualValue() as value:
            yield from _of_value(value, known(value.year, value.quarter), place)
        case Target() as value:
            yield from _of_target(value, [one for quarter in _QUARTERS for one in known(value.year, quarter)], place)
        case QuarterText() as value if value.subject not in set(Direction):
            numbers = _units(known(value.year, value.quarter))
            label = f"{value.year}-Q{value.quarter}"
            yield from _unknown("subject", value.subject, (*numbers, *(one.value for one in Direction)), label, place)


def _in_force(sets: Sequence[IndicatorSet], kind: str, year: int, quarter: int) -> list[IndicatorSet]:
    """The sets that a report of the quarter is made by."""
    choice = chosen(sets, kind, quarter_window(year, quarter)[1])
    return [one for one in (choice.official, choice.analytics) if one.indicators]


def _units(sets: Sequence[IndicatorSet]) -> dict[str, set[Unit]]:
    """What each number counts; several where the sets of a year differ."""
    units: dict[str, set[Unit]] = {}
    for one in sets:
        for indicator in one.indicators:
            units.setdefault(indicator.number, set()).add(indicator.unit)
    return units


def _unknown(field: str, number: str, known: Sequence[str], when: str, place: str) -> Iterator[Fault]:
    if number not in known:
        message = f"no indicator of the sets in force for {when} has the number {number!r}{near(number, known)}"
        fix = "Take the number of an indicator; a set that comes later is put beside the configuration first."
        yield Fault(place, message, fix, field)


def _of_target(value: Target, sets: Sequence[IndicatorSet], place: str) -> Iterator[Fault]:
    """A year may have two sets, one after the other: the number is one of either."""
    units = _units(sets)
    yield from _unknown("number", value.number, tuple(units), str(value.year), place)
    if units.get(value.number) == {Unit.SHARE} and value.target > _FULL:
        message = f"the indicator is a share, 0 to 100 percent, and this is {value.target}"
        yield Fault(place, message, "Give percent from 0 to 100.", "target")


def _of_value(value: ManualValue, sets: Sequence[IndicatorSet], place: str) -> Iterator[Fault]:
    held = {one.id: one for one in sets}
    label = f"{value.year}-Q{value.quarter}"
    if value.set not in held:
        message = f"no set of indicators {value.set!r} is in force for {label}{near(value.set, held)}"
        yield Fault(place, message, "Take a set that is in force at the end of the quarter.", "set")
        return
    units = {one.number: one.unit for one in held[value.set].indicators}
    if value.number not in units:
        message = f"the set {value.set} has no indicator {value.number!r} for {label}{near(value.number, units)}"
        yield Fault(place, message, "Take the number of an indicator of the set.", "number")
        return
    yield from _out_of_unit(value.hundredths, units[value.number], place)


def _out_of_unit(hundredths: int, unit: Unit, place: str) -> Iterator[Fault]:
    told = f"{hundredths // 100}.{hundredths % 100:02}"
    if unit in _WHOLE and hundredths % 100:
        message = f"the indicator counts what is whole, and this is {told}"
        yield Fault(place, message, "Give a whole number; hundredths, as the API takes it, end in 00.", "hundredths")
    if unit is Unit.SHARE and hundredths > 100 * _FULL:
        message = f"the indicator is a share, 0 to 100 percent, and this is {told}"
        yield Fault(
            place, message, "Give percent from 0 to 100; hundredths, as the API takes it, up to 10000.", "hundredths"
        )
