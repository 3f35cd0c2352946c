"""Whether a value by hand can stand: for an indicator of the sets in force at the period's end, in its unit.

It judges what is entered now; what was entered before stays as it is, and nothing is changed here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from edge.faults import near
from edge.monitoring.sets import chosen
from edge.register.contract import Change, Fault, Judge, Put
from edge.register.quarters import ManualValue
from telemetry.indicators.definition import IndicatorSet, Unit
from telemetry.indicators.periods import quarter_window

_FULL_HUNDREDTHS = 100_00
"""100 %."""

_WHOLE = frozenset({Unit.ITEMS, Unit.LEARNERS, Unit.PEOPLE})


def judge_of(sets: Sequence[IndicatorSet], kind: str) -> Judge:
    """The judge of values by hand in a centre of a kind that knows these sets."""

    def judge(change: Change) -> Iterable[Fault]:
        return faults_of(change, sets, kind)

    return judge


def faults_of(change: Change, sets: Sequence[IndicatorSet], kind: str) -> Iterator[Fault]:
    """What is wrong with a change, if it is a value by hand."""
    if not (isinstance(change, Put) and isinstance(change.value, ManualValue)):
        return
    value, place = change.value, f"{change.kind} {change.id}"
    day = quarter_window(value.year, value.quarter)[1]
    choice = chosen(sets, kind, day)
    held = {one.id: one for one in (choice.official, choice.analytics) if one.indicators}
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
    if unit is Unit.SHARE and hundredths > _FULL_HUNDREDTHS:
        message = f"the indicator is a share, 0 to 100 percent, and this is {told}"
        yield Fault(
            place, message, "Give percent from 0 to 100; hundredths, as the API takes it, up to 10000.", "hundredths"
        )
