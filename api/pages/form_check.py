"""What the page of a form's check shows: each place that would stay blank, what it is for, why, and what to do.

It words a filled form; it fills none, and computes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from api.exports.forms.filling import Blank, Entry
from api.exports.forms.mapping import Place
from api.exports.forms.template import Filling
from api.exports.monitoring import Told, key_name, name_of
from api.pages.texts import Texts


@dataclass(frozen=True, slots=True)
class BlankLine:
    """One blank place: `number` is of an indicator that there is, else empty; with `hinders` no form is written."""

    at: str
    number: str
    what: str
    detail: str
    reason: str
    fix: str
    hinders: bool


@dataclass(frozen=True, slots=True)
class FormPage:
    """A form's check; `withheld` is whether a blank hides a small group."""

    places: int
    hindering: int
    withheld: bool
    lines: tuple[BlankLine, ...]


def form_page(filling: Filling, told: Told, texts: Texts) -> FormPage:
    """Every blank of a form, those that hinder it first; `told` has the words of files, `texts` those of pages."""
    lines = [_line(entry, entry.blank, told, texts) for entry in filling.entries if entry.blank is not None]
    return FormPage(
        places=len(filling.entries),
        hindering=sum(line.hinders for line in lines),
        withheld=any(entry.blank is Blank.WITHHELD for entry in filling.entries),
        lines=tuple(sorted(lines, key=lambda line: not line.hinders)),
    )


def _line(entry: Entry, blank: Blank, told: Told, texts: Texts) -> BlankLine:
    number, what = _meant(entry.place, told, texts)
    withheld = blank is Blank.WITHHELD
    return BlankLine(
        at=entry.place.at,
        number=number,
        what=what,
        detail=_detail(entry.place, told, texts),
        reason=told.texts(f"blank.{blank}"),
        fix=texts("forms.withheld_fix") if withheld else told.texts(f"blank_fix.{blank}"),
        hinders=blank.hinders,
    )


def _meant(place: Place, told: Told, texts: Texts) -> tuple[str, str]:
    """The number of the indicator, if there is such a one, and what the place is about."""
    if place.about is not None:
        return "", texts(f"fills.{place.about.value}")
    if place.direction:
        return "", texts.word("choice.Direction", place.direction)
    indicator = next((one.indicator for one in told.report.items if one.indicator.number == place.number), None)
    return ("", place.number) if indicator is None else (place.number, name_of(indicator, told.texts))


def _detail(place: Place, told: Told, texts: Texts) -> str:
    """Which value of it, and of which part."""
    if place.about is not None:
        return ""
    value = texts(f"fills.{place.value.value}")
    if place.by is None:
        return value
    return f"{value}, {texts.word('dimension', place.by.value)}: {key_name(told, place.by, place.key)}"
