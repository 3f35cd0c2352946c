"""What goes to each place of a form, and why a place stays blank.

Knows no file; a value that may not leave the school is a text, as everywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeAlias

from api.exports.forms.mapping import About, Place, Value
from api.exports.monitoring import Told, date_of, name_of, progress_of
from api.exports.privacy import Shown, Withheld
from api.exports.values import cell_of, manual_cell
from edge.monitoring.contract import Direction, Edition, Measured
from telemetry.indicators.definition import Indicator, Unit
from telemetry.indicators.facts import Amount, Coverage
from telemetry.indicators.periods import quarter_window

Filled: TypeAlias = int | float | str | date
"""What is written into a place."""


class Blank(StrEnum):
    """Why a place has no number."""

    UNKNOWN_INDICATOR = "unknown_indicator"
    UNKNOWN_DIRECTION = "unknown_direction"
    NOT_BROKEN_DOWN = "not_broken_down"
    NO_VALUE = "no_value"
    INSUFFICIENT_DATA = "insufficient_data"
    NOT_ENTERED = "not_entered"
    NOT_CLOSED = "not_closed"
    WITHHELD = "withheld"
    NO_SUCH_PLACE = "no_such_place"
    HOLDS_A_FORMULA = "holds_a_formula"
    NAMED_TWICE = "named_twice"

    @property
    def hinders(self) -> bool:
        """Whether the mapping does not fit, so that no form is written; the others are told and left blank."""
        return self not in _LEFT_BLANK


_LEFT_BLANK = frozenset({Blank.NO_VALUE, Blank.INSUFFICIENT_DATA, Blank.NOT_ENTERED, Blank.NOT_CLOSED, Blank.WITHHELD})


@dataclass(frozen=True, slots=True)
class Entry:
    """What goes to a place; `share` tells that a number is in percent.

    `coverage` is what is known of the time that a ratio is about, where that is too little.
    """

    place: Place
    value: Filled | None
    blank: Blank | None
    share: bool = False
    coverage: Coverage | None = None


@dataclass(frozen=True, slots=True)
class Form:
    """The report that a form is filled from."""

    told: Told
    centre: str
    edition: Edition | None


def entries(form: Form, places: tuple[Place, ...]) -> list[Entry]:
    """Every place with its value or the reason why it has none."""
    return [_entry(form, place) for place in places]


def _entry(form: Form, place: Place) -> Entry:
    if place.about is not None:
        lacks = form.edition is None and place.about in _OF_EDITION
        return Entry(place, None, Blank.NOT_CLOSED) if lacks else _entered(place, _ABOUT[place.about](form))
    if place.direction:
        found = next((one for one in form.told.report.directions if one.code == place.direction), None)
        return Entry(place, None, Blank.UNKNOWN_DIRECTION) if found is None else _of_direction(place, found)
    item = next((one for one in form.told.report.items if one.indicator.number == place.number), None)
    if item is None:
        return Entry(place, None, Blank.UNKNOWN_INDICATOR)
    return _component(form.told, place, item) if place.by is not None else _of_item(form.told, place, item)


def _entered(place: Place, value: Filled | None) -> Entry:
    return Entry(place, value, Blank.NOT_ENTERED if value in (None, "") else None)


def _of_direction(place: Place, found: Direction) -> Entry:
    values: Mapping[Value, Filled] = {Value.PLANNED: found.planned, Value.DONE: found.done, Value.TEXT: found.text}
    return _entered(place, values.get(place.value))


def _component(told: Told, place: Place, item: Measured) -> Entry:
    if place.by not in item.indicator.breakdowns:
        return Entry(place, None, Blank.NOT_BROKEN_DOWN)
    for part, shown in told.curtain.parts(item):
        if (part.by, part.key) == (place.by, place.key):
            return _shown(place, shown, item.indicator)
    return _shown(place, Amount(0, 0 if item.indicator.unit is Unit.SHARE else None), item.indicator)


def _of_item(told: Told, place: Place, item: Measured) -> Entry:
    by_hand = item.manual is not None
    if place.value is Value.YEAR_TO_DATE or (place.value is Value.STATED and not by_hand):
        return _shown(place, told.curtain.total(item), item.indicator)
    if place.value is Value.QUARTER:
        return _shown(place, told.curtain.quarter(item), item.indicator)
    if place.value is Value.PROGRESS:
        return _progress(told, place, item)
    if place.value in _BY_HAND:
        return _manual(told, place, item)
    value = _ENTERED[place.value](told, item) if place.value in _ENTERED else None
    entry = _entered(place, value)
    return Entry(place, entry.value, entry.blank, item.indicator.unit is Unit.SHARE and isinstance(value, int | float))


def _manual(told: Told, place: Place, item: Measured) -> Entry:
    given = told.curtain.manual(item)
    if isinstance(given, Withheld):
        return Entry(place, given.label, Blank.WITHHELD)
    entry = _entered(place, manual_cell(given))
    return Entry(place, entry.value, entry.blank, share=item.indicator.unit is Unit.SHARE and given is not None)


def _progress(told: Told, place: Place, item: Measured) -> Entry:
    shown = told.curtain.total(item)
    if isinstance(shown, Withheld):
        return Entry(place, shown.label, Blank.WITHHELD)
    if item.target and not shown.is_sufficient:
        return _sparse(place, shown)
    found = progress_of(item, shown)
    return Entry(
        place, None if found is None else round(found * 100, 2), Blank.NO_VALUE if found is None else None, share=True
    )


def _shown(place: Place, shown: Shown, indicator: Indicator) -> Entry:
    value = cell_of(shown, indicator.unit)
    if isinstance(shown, Withheld):
        return Entry(place, value, Blank.WITHHELD)
    if not shown.is_sufficient:
        return _sparse(place, shown)
    return Entry(place, value, Blank.NO_VALUE if value is None else None, share=indicator.unit is Unit.SHARE)


def _sparse(place: Place, shown: Amount) -> Entry:
    return Entry(place, None, Blank.INSUFFICIENT_DATA, coverage=shown.coverage)


_BY_HAND = frozenset({Value.MANUAL, Value.STATED})
_ENTERED: Mapping[Value, Callable[[Told, Measured], Filled | None]] = {
    Value.TARGET: lambda _told, item: item.target,
    Value.MINIMUM: lambda _told, item: item.indicator.minimum,
    Value.TEXT: lambda _told, item: item.text,
    Value.NAME: lambda told, item: name_of(item.indicator, told.texts),
    Value.HOW: lambda told, item: told.texts(f"how.{item.how.word}"),
}


def _day(form: Form, *, last: bool) -> date | None:
    period = form.told.report.period
    return date_of(quarter_window(period.year, period.quarter)[1 if last else 0])


def _period(form: Form) -> str:
    period = form.told.report.period
    return form.told.texts("period", quarter=period.quarter, year=period.year)


_OF_EDITION = frozenset({About.EDITION, About.SHA256})
_ABOUT: Mapping[About, Callable[[Form], Filled | None]] = {
    About.CENTRE: lambda form: form.centre,
    About.PERIOD: _period,
    About.YEAR: lambda form: form.told.report.period.year,
    About.QUARTER: lambda form: form.told.report.period.quarter,
    About.FIRST_DAY: lambda form: _day(form, last=False),
    About.LAST_DAY: lambda form: _day(form, last=True),
    About.EDITION: lambda form: None if form.edition is None else form.edition.number,
    About.SHA256: lambda form: None if form.edition is None else form.edition.sha256,
}
