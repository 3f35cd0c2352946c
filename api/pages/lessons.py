"""What the pages of one lesson show: what it is, who changed it, and the forms of what may be done with it.

It words what it is handed; what an answer to a form does is entered elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from api.lesson_entry import Meant
from api.pages.board import room_name
from api.pages.lesson_forms import DIFFERENT, FORMS, ONE_OFF, SLOT, Field, Known, form_of, whole_faults
from api.pages.texts import Texts
from api.pages.week import Held, LessonCard, iso_of, lesson_card
from edge.register.contract import Conflict, Past
from edge.register.entry import Entry
from edge.register.imports.typed import FieldFault
from edge.register.lessons import Slot
from edge.settings import Centre
from telemetry.model import Instant

MAX_PAST = 20
"""Changes of a lesson that its page tells; the API has all of them."""


@dataclass(frozen=True, slots=True)
class NewPage:
    """The form of a new lesson."""

    kind: str
    on: str
    week: str
    fields: tuple[Field, ...]
    faults: tuple[str, ...]
    author: str
    reason: str


@dataclass(frozen=True, slots=True)
class Change:
    """One change of what is entered of a lesson."""

    what: str
    at: str
    author: str
    reason: str


@dataclass(frozen=True, slots=True)
class LessonPage:
    """One lesson; `card` is None where it is not held on its day as things are. `action` is the form that failed."""

    id: str
    version: int
    title: str
    date: str
    day: str
    week: str
    card: LessonCard | None
    room: str
    learners: int
    is_slot: bool
    is_cancelled: bool
    is_substituted: bool
    action: str
    different: tuple[Field, ...]
    changed: tuple[Field, ...]
    faults: tuple[str, ...]
    author: str
    reason: str
    history: tuple[Change, ...]


def lesson_page(  # noqa: PLR0913 - all that the page shows, each by its name
    meant: Meant,
    held: Held,
    known: Known,
    *,
    action: str,
    changed: tuple[Field, ...],
    differs: Mapping[str, str] | None,
    faults: Sequence[FieldFault],
    author: str,
    reason: str,
    now: Instant,
    history: Sequence[Past[Entry]],
    centre: Centre,
) -> LessonPage:
    """The page of a lesson of the week `held`; `differs` is what was typed of that day, where it was wrong."""
    texts = known.texts
    row = held.lessons.id.index(meant.id) if meant.id in held.lessons.id else None
    card = None if row is None else lesson_card(row, held, texts)
    is_slot = isinstance(meant.entry.value, Slot)
    shown = form_of(
        DIFFERENT,
        different_values(meant, known) if differs is None else differs,
        known,
        () if differs is None else faults,
    )
    form = DIFFERENT if action == "substitute" else SLOT if is_slot else ONE_OFF
    own = ("author", "reason") if action not in ("substitute", "change") else ()
    return LessonPage(
        id=meant.id,
        version=meant.entry.version,
        title=card.title if card else texts("lesson.not_held"),
        date=texts.weekday_and_day(meant.day),
        day=texts.day(meant.day),
        week=iso_of(meant.day),
        card=card,
        room=room_name(_code(held, row, "room"), centre, texts) if _code(held, row, "room") else "",
        learners=0 if row is None else int(held.lessons.learners[row]),
        is_slot=is_slot,
        is_cancelled=bool(meant.cancellations),
        is_substituted=meant.substitution is not None,
        action=action,
        different=shown if is_slot and row is not None else (),
        changed=changed,
        faults=whole_faults(form, [fault for fault in faults if not own or fault.field not in FORMS[form]], texts),
        author=author,
        reason=reason,
        history=tuple(_change(past, texts, now) for past in history[:MAX_PAST]),
    )


def conflict_told(conflict: Conflict, texts: Texts) -> str:
    """Who changed an entry since it was looked at, and when."""
    if conflict.stamp is None:
        return texts("lesson.conflict_gone")
    by, at = conflict.stamp.author, texts.time(conflict.stamp.at)
    return texts("lesson.conflict", author=by, time=at, reason=conflict.stamp.reason)


def shown_times(meant: Meant, texts: Texts) -> dict[str, str]:
    """When a lesson begins and ends on its day, as a form has it."""
    if meant.row is None:
        return {"start": "", "end": ""}
    start, end = int(meant.lessons.start[meant.row]), int(meant.lessons.end[meant.row])
    return {"start": texts.time(start), "end": texts.time(end)}


def different_values(meant: Meant, known: Known) -> dict[str, str]:
    """The lesson as it is on its day, as the fields of a form."""
    if meant.row is None:
        return {}
    lessons, row = meant.lessons, meant.row
    values = shown_times(meant, known.texts) | {"learners": str(int(lessons.learners[row]) or "")}
    for kind in ("room", "group", "program", "teacher", "partner"):
        code = int(getattr(lessons, kind)[row])
        values[kind] = known.value(kind, getattr(lessons, f"{kind}s")[code]) if code >= 0 else ""
    return values


def _code(held: Held, row: int | None, kind: str) -> str:
    if row is None:
        return ""
    code = int(getattr(held.lessons, kind)[row])
    return str(getattr(held.lessons, f"{kind}s")[code]) if code >= 0 else ""


def _change(past: Past[Entry], texts: Texts, now: Instant) -> Change:
    did = "removed" if past.value is None else "entered" if past.version == 1 else "changed"
    return Change(
        texts(f"past.{past.kind}_{did}"), texts.moment(past.stamp.at, now), past.stamp.author, past.stamp.reason
    )
