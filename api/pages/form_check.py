"""What the page of a form's check shows: the places that would stay blank, by what is missing, and the filled ones.

It words a filled form; it fills none, and computes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from urllib.parse import urlencode

from api.exports.forms.filling import Blank, Entry, Filled
from api.exports.forms.mapping import Place, Value
from api.exports.forms.template import Filling, known_of
from api.exports.monitoring import Told, key_name, name_of
from api.pages.texts import Texts
from edge.register.quarters import ManualValue, QuarterText, Target
from telemetry.indicators.definition import Dimension

FEW = 8
"""Lines of a group that stands open; a longer one unfolds."""


@dataclass(frozen=True, slots=True)
class PlaceLine:
    """One place: `number` is of an indicator that there is, else empty; `enter` leads to where it can be entered."""

    at: str
    number: str
    what: str
    detail: str
    value: str
    enter: str


@dataclass(frozen=True, slots=True)
class BlankGroup:
    """Places that are blank for one reason; with `hinders` no form is written. `closes` tells that an edition helps."""

    what: str
    reason: str
    fix: str
    hinders: bool
    closes: bool
    lines: tuple[PlaceLine, ...]
    is_open: bool


@dataclass(frozen=True, slots=True)
class FormPage:
    """A form's check; `withheld` is whether a blank hides a small group."""

    places: int
    blank: int
    hindering: int
    withheld: bool
    groups: tuple[BlankGroup, ...]
    filled: tuple[PlaceLine, ...]


@dataclass(frozen=True, slots=True)
class Wording:
    """What a check is worded with: `told` has the words of files, `texts` those of pages; `query` is of the quarter."""

    told: Told
    texts: Texts
    query: str
    back: str
    is_edition: bool


def form_page(filling: Filling, wording: Wording) -> FormPage:
    """Every place of a form: blanks by what is missing, those that hinder it first."""
    blanks = [(entry, entry.blank) for entry in filling.entries if entry.blank is not None]
    return FormPage(
        places=len(filling.entries),
        blank=len(blanks),
        hindering=sum(blank.hinders for _, blank in blanks),
        withheld=any(blank is Blank.WITHHELD for _, blank in blanks),
        groups=tuple(_groups(blanks, wording)),
        filled=tuple(_line(entry, wording, wholly=True) for entry in filling.entries if entry.blank is None),
    )


def _groups(blanks: list[tuple[Entry, Blank]], wording: Wording) -> Iterable[BlankGroup]:
    order = list(Blank)

    def kind(one: tuple[Entry, Blank]) -> tuple[bool, int, str]:
        entry, blank = one
        return not blank.hinders, order.index(blank), "" if blank.hinders else _fills(entry.place)

    for _key, found in groupby(sorted(blanks, key=kind), key=kind):
        group = list(found)
        entry, blank = group[0]
        lines = tuple(_line(one, wording, wholly=blank.hinders) for one, _ in group)
        yield BlankGroup(
            what="" if blank.hinders else wording.texts(f"fills.{_fills(entry.place)}"),
            reason=wording.told.texts(f"blank.{blank}"),
            fix=_fix(entry.place, blank, wording),
            hinders=blank.hinders,
            closes=blank is Blank.NOT_CLOSED,
            lines=lines,
            is_open=blank.hinders or len(lines) <= FEW,
        )


def _fills(place: Place) -> str:
    """The word of what goes to a place."""
    return (place.about or place.value).value


def _fix(place: Place, blank: Blank, wording: Wording) -> str:
    if blank is Blank.WITHHELD:
        return wording.texts("forms.withheld_fix")
    own = wording.texts.table.get(f"forms.fix_{_fills(place)}") if blank is Blank.NOT_ENTERED else None
    return own if isinstance(own, str) else wording.told.texts(f"blank_fix.{blank}")


def _line(entry: Entry, wording: Wording, *, wholly: bool) -> PlaceLine:
    number, what = _meant(entry.place, wording)
    return PlaceLine(
        at=entry.place.at,
        number=number,
        what=what,
        detail=_detail(entry, wording, wholly=wholly),
        value="" if entry.value is None else _shown(entry.value, wording.texts, share=entry.share),
        enter=_enter(entry, wording),
    )


def _shown(value: Filled, texts: Texts, *, share: bool) -> str:
    """What goes to a place as people read it."""
    if isinstance(value, date):
        return texts.days(value, value)
    if isinstance(value, str):
        return value
    told = texts.number(value, 0 if value == int(value) else 2)
    return f"{told}\u00a0%" if share else told


_ENTERED_AS: Mapping[Value, str] = {
    Value.TARGET: Target.kind,
    Value.MANUAL: ManualValue.kind,
    Value.TEXT: QuarterText.kind,
}


def _enter(entry: Entry, wording: Wording) -> str:
    """The form in which what is missing is entered, if there is such a one and the quarter is still open."""
    place, subject = entry.place, entry.place.number or entry.place.direction
    if entry.blank is not Blank.NOT_ENTERED or place.value not in _ENTERED_AS or not subject or wording.is_edition:
        return ""
    query = urlencode({"subject": subject, "back": wording.back})
    return f"/monitoring/enter/{_ENTERED_AS[place.value]}?{wording.query}&{query}"


def _meant(place: Place, wording: Wording) -> tuple[str, str]:
    """The number of the indicator, if there is such a one, and what the place is about."""
    if place.about is not None:
        return "", wording.texts(f"fills.{place.about.value}")
    if place.direction:
        return "", wording.texts.word("choice.Direction", place.direction)
    items = wording.told.report.items
    indicator = next((one.indicator for one in items if one.indicator.number == place.number), None)
    return ("", place.number) if indicator is None else (place.number, name_of(indicator, wording.told.texts))


def _detail(entry: Entry, wording: Wording, *, wholly: bool) -> str:
    """Of which part it is, `wholly` which value of it, and how much is known where that is too little."""
    place, texts = entry.place, wording.texts
    value = texts(f"fills.{place.value.value}") if wholly and place.about is None else ""
    part = "" if place.by is None else _part(place.by, place.key, wording)
    return "; ".join(
        filter(None, (", ".join(filter(None, (value, part))), known_of(entry.coverage, wording.told.texts)))
    )


def _part(by: Dimension, key: str, wording: Wording) -> str:
    return f"{wording.texts.word('dimension', by.value)}: {key_name(wording.told, by, key)}"
