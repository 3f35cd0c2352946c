"""What the forms of the register do: choices for their fields, and one change at a time with who made it and why.

A change made from what somebody else has changed since is refused, and nothing of either is lost.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from pydantic import ValidationError

from api.deps import Parts
from api.pages.entries import title_of
from api.pages.faulty import NONE, Faults, faults_of_model, faults_of_register
from api.pages.fields import KEEP, Lists, Option, Options
from api.pages.shapes import ENTERED
from api.pages.texts import Texts
from api.pages.typed import typed
from api.posted import Posted
from edge.monitoring.contract import Period
from edge.register.contract import Change, Conflict, Put, Refused, Remove, Row
from edge.register.entry import Entry
from edge.register.events import Direction
from edge.register.imports.cells import code_of
from edge.register.people import Linked
from edge.register.quarters import ManualValue, QuarterText, Target
from telemetry.indicators.definition import Indicator, Part

_OF_INDICATORS = (ManualValue, QuarterText, Target)
LONGEST_ID = 48
"""Characters of an id made from a name; it may have a number behind it."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a form: the id it was kept as, or what hinders it; `conflict` where somebody was quicker."""

    id: str
    faults: Faults = NONE
    conflict: Conflict | None = None

    @property
    def kept(self) -> bool:
        """Whether it was done."""
        return not self.faults and self.conflict is None


def period_now(parts: Parts, texts: Texts) -> Period:
    """The quarter of today."""
    today: datetime = texts.local(parts.clock.now())
    return Period(today.year, (today.month + 2) // 3)


def lists_of(parts: Parts, kind: type[Entry], texts: Texts) -> Lists:
    """Every choice that the form of a kind may offer, by name."""
    settings, register = parts.settings, parts.numbers.register
    equipment = sorted((one.name, one.id) for one in parts.numbers.desk.equipment())
    codes = {one.track for one in parts.numbers.desk.equipment() if one.track} | set(settings.centre.tracks)
    tracks = sorted((settings.centre.tracks.get(code, code), code) for code in codes)
    rooms = {one.room for one in parts.numbers.desk.equipment() if one.room} | set(settings.centre.rooms)
    named_rooms = sorted((settings.centre.rooms.get(code, code), code) for code in rooms)
    bare = Lists({}, _options(tracks), _options(equipment), _options(named_rooms))
    entries: dict[str, Options] = {}
    for referred in sorted(set(kind.refers.values())):
        rows = register.rows(ENTERED[referred]).value
        named = ((title_of(row.value, lists=bare, texts=texts) or row.id, row.id) for row in rows)
        entries[referred] = _options(sorted(named, key=lambda pair: pair[0].casefold()))
    sets, numbers = _indicators(parts, texts) if kind in _OF_INDICATORS else ((), ())
    directions = tuple(Option(one.value, texts.word("choice.Direction", one.value)) for one in Direction)
    return replace(bare, entries=entries, sets=sets, numbers=numbers, subjects=(*numbers, *directions))


def _options(pairs: Iterable[tuple[str, str]]) -> Options:
    return tuple(Option(value, text) for text, value in pairs)


def _indicators(parts: Parts, texts: Texts) -> tuple[Options, Options]:
    """The sets in force today and the numbers of the official one."""
    if parts.monitoring is None:
        return (), ()
    report = parts.monitoring.report(period_now(parts, texts))
    official = [one for one in report.official.indicators if one.part is not Part.ANALYTICS]
    return (
        tuple(Option(one.id, named(one.name_ru, one.name_en, texts)) for one in (report.official,)),
        tuple(Option(one.number, f"{one.number} {indicator_name(one, texts)}") for one in official),
    )


def named(russian: str, english: str, texts: Texts) -> str:
    """A name in the reader's language."""
    return russian if texts.language == "ru" else english


def indicator_name(indicator: Indicator, texts: Texts) -> str:
    """What an indicator is called."""
    return named(indicator.name_ru, indicator.name_en, texts)


def author_of(posted: Posted) -> str:
    """Who sends a form."""
    return posted.one("by_author")


def reason_of(posted: Posted) -> str:
    """Why; where the entry itself holds a reason, that is the one."""
    return posted.one("by_reason") or posted.one("reason")


def seen_of(posted: Posted) -> int:
    """The version that a form was made from; 0 for a new entry."""
    text = posted.one("by_seen")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


def enter(parts: Parts, kind: type[Entry], entry: str, posted: Posted, texts: Texts) -> Outcome:
    """Keep what a form says as `entry`, or as a new one where that is empty."""
    words = typed(kind, posted)
    if entry and issubclass(kind, Linked) and KEEP in posted:
        words["learners"] = _learners(parts, kind, entry, author_of(posted))
    unsigned = _unsigned(posted, texts)
    try:
        value = kind.model_validate(words)
    except ValidationError as error:
        told = faults_of_model(error, kind, texts)
        return Outcome(entry, Faults({**told.fields, **unsigned.fields}, told.whole))
    ident = entry or _new_id(parts, value)
    if unsigned:
        return Outcome(entry, unsigned)
    return _done(parts, Put(ident, value, seen_of(posted)), posted, texts)


def remove(parts: Parts, kind: type[Entry], entry: str, posted: Posted, texts: Texts) -> Outcome:
    """Remove an entry; its history stays."""
    unsigned = _unsigned(posted, texts)
    if unsigned:
        return Outcome(entry, unsigned)
    return _done(parts, Remove(kind.kind, entry, seen_of(posted)), posted, texts)


def _unsigned(posted: Posted, texts: Texts) -> Faults:
    """Who and why are needed for every change."""
    needed = {"by_author": (author_of(posted), 120), "by_reason": (reason_of(posted), 500)}
    missing = {name: (texts("fault.missing"),) for name, (said, _) in needed.items() if not said}
    long = {
        name: (texts("fault.string_too_long", limit=limit),)
        for name, (said, limit) in needed.items()
        if len(said) > limit
    }
    return Faults(missing | long)


def _done(parts: Parts, change: Change, posted: Posted, texts: Texts) -> Outcome:
    kind = ENTERED[change.kind]
    try:
        parts.numbers.register.apply(
            (change,), author=author_of(posted), reason=reason_of(posted), at=parts.clock.now()
        )
    except Conflict as error:
        return Outcome(change.id, conflict=error)
    except Refused as error:
        return Outcome(change.id, faults_of_register(error, kind, texts))
    return Outcome(change.id)


def _learners(parts: Parts, kind: type[Linked], entry: str, author: str) -> tuple[str, ...]:
    """The pseudonyms that an entry has and that nobody sees: who keeps them unseen is in the audit all the same."""
    register = parts.numbers.register
    found = register.learners(kind, reader=author or "?", reason="kept by a correction", at=parts.clock.now())
    return next((row.value.learners for row in found.value if row.id == entry), ())


def _new_id(parts: Parts, value: Entry) -> str:
    """An id that no entry has or had, from what the new one is called or what tells it from others."""
    kind = type(value)
    words = value.model_dump(mode="json")
    name = words.get("name") or words.get("title") or "-".join(value.natural_key())
    stem = code_of(str(name))[:LONGEST_ID].strip("-") or kind.kind.replace("_", "-")
    ident, number = stem, 1
    while parts.numbers.register.history(kind, ident).value:
        number += 1
        ident = f"{stem}-{number}"
    return ident


def row_of(parts: Parts, kind: type[Entry], entry: str) -> Row[Entry] | None:
    """An entry as it is now."""
    return parts.numbers.register.row(kind, entry).value
