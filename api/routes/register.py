"""What people enter, entry by entry, with every version kept and nobody's change overwritten unseen.

Nothing here gives learners away; a change that does not name them leaves them as they are.
"""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Path, Query, Request
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.responses import Response

from api.answers import answer, dumped
from api.deps import LimitIn, Parts, PartsIn
from api.exports.asked import SheetIn, tabled
from api.exports.plain import plain_table
from api.instants import format_instant
from api.pages.texts import Texts
from api.problem import Problem
from api.register_views import EntryList, EntryView, History, entered_in, entry_view, past_views
from api.views import ProblemView
from edge.register.contract import Change, Past, Put, Remove, Row, Stamp
from edge.register.entry import Entry, Part, Person, Reason
from edge.register.exports.entries import entries_table
from edge.register.exports.table import Table
from edge.register.imports.columns import COLUMNS
from edge.register.imports.options import options_for
from edge.register.kinds import KINDS
from edge.register.people import Linked

router = APIRouter(tags=["register"])

_REFUSALS: dict[int | str, dict[str, Any]] = {code: {"model": ProblemView} for code in (404, 406, 409, 412, 422, 428)}

EntryPath = Annotated[str, Path(max_length=200, description="The entry's id")]
IfMatch = Annotated[str | None, Header(description="The ETag of the version that the change was made from")]


class EntryIn(Part):
    """An entry as it has to be, who says so and why; the author is given here until the gateway has users."""

    value: dict[str, Any]
    author: Person
    reason: Reason


class NewEntryIn(EntryIn):
    """A new entry and its id."""

    id: str


def known_kind(kind: Annotated[str, Path(max_length=64, description="What is entered: slot, term, …")]) -> type[Entry]:
    """The kind that a path names; 404 where there is none."""
    if kind not in KINDS:
        raise Problem(HTTPStatus.NOT_FOUND, f"there is no kind {kind!r}", fix=f"Take one of {', '.join(KINDS)}.")
    return KINDS[kind]


KindIn = Annotated[type[Entry], Depends(known_kind)]


@router.get("/register/{kind}", response_model=EntryList, responses=_REFUSALS)
def list_entries(
    request: Request,
    parts: PartsIn,
    kind: KindIn,
    sheet: SheetIn,
    after: Annotated[str, Query(max_length=200, description="The `next` of the page before")] = "",
    limit: LimitIn = 100,
) -> Response:
    """Every entry of a kind, by id; as a table all of them at once, which the import of the kind reads back."""
    if not sheet.is_json:
        return tabled(request, parts, sheet, _table(parts, kind, sheet.texts))
    found = parts.numbers.register.rows(kind)
    rest = [row for row in found.value if row.id > after]
    following = rest[limit - 1].id if len(rest) > limit else None
    version = found.register_version
    return answer(EntryList([entry_view(row) for row in rest[:limit]], following, version, entered_in(version)))


@router.post("/register/{kind}", response_model=EntryView, status_code=201, responses=_REFUSALS)
def post_entry(parts: PartsIn, kind: KindIn, body: NewEntryIn) -> Response:
    """Enter something new; 409 where its id is taken."""
    apply(parts, Put(body.id, checked(kind, body.value)), body.author, body.reason)
    return _entry(parts, kind, body.id, HTTPStatus.CREATED)


@router.get("/register/{kind}/{entry}", response_model=EntryView, responses=_REFUSALS)
def get_entry(parts: PartsIn, kind: KindIn, entry: EntryPath) -> Response:
    """One entry; its `ETag` is what a change has to name in `If-Match`."""
    return _entry(parts, kind, entry)


@router.put("/register/{kind}/{entry}", response_model=EntryView, responses=_REFUSALS)
def put_entry(parts: PartsIn, kind: KindIn, entry: EntryPath, body: EntryIn, if_match: IfMatch = None) -> Response:
    """Change an entry; 412 with who and when where somebody else has changed it since.

    A value without `learners` leaves those that are there, for nobody is shown them; an empty list takes them out.
    """
    seen = _seen(parts, kind, entry, if_match)
    value = {**_unseen(parts, kind, entry, body), **body.value}
    apply(parts, Put(entry, checked(kind, value), seen), body.author, body.reason)
    return _entry(parts, kind, entry)


@router.delete("/register/{kind}/{entry}", status_code=204, response_class=Response, responses=_REFUSALS)
def delete_entry(
    parts: PartsIn,
    kind: KindIn,
    entry: EntryPath,
    author: Annotated[str, Query(min_length=1, max_length=120, description="Who removes it")],
    reason: Annotated[str, Query(min_length=1, max_length=500, description="Why")],
    if_match: IfMatch = None,
) -> Response:
    """Remove an entry; its history stays."""
    seen = _seen(parts, kind, entry, if_match)
    _row(parts, kind, entry)
    apply(parts, Remove(kind.kind, entry, seen), author, reason)
    return Response(status_code=HTTPStatus.NO_CONTENT)


@router.get("/register/{kind}/{entry}/history", response_model=History, responses=_REFUSALS)
def get_history(parts: PartsIn, kind: KindIn, entry: EntryPath) -> Response:
    """Every version that an entry had, with who, when and why."""
    found = parts.numbers.register.history(kind, entry)
    if not found.value:
        raise _no_such(kind, entry)
    version = found.register_version
    return answer(History(kind.kind, entry, past_views(found.value), None, version, entered_in(version)))


def apply(parts: Parts, change: Change, author: str, reason: str) -> None:
    """Make one change now."""
    parts.numbers.register.apply((change,), author=author, reason=reason, at=parts.clock.now())


def checked(kind: type[Entry], value: dict[str, Any], place: tuple[str, ...] = ("body", "value")) -> Entry:
    """An entry of a body; a problem with each field that is wrong."""
    try:
        return kind.model_validate(value)
    except ValidationError as error:
        faults = error.errors(include_input=False, include_url=False, include_context=False)
        raise RequestValidationError([fault | {"loc": (*place, *fault["loc"])} for fault in faults]) from error


def changed_problem(what: str, stamp: Stamp | None) -> Problem:
    """Somebody changed it since: who and when."""
    by = f" by {stamp.author} at {format_instant(stamp.at)} ({stamp.reason})" if stamp else ""
    return Problem(
        HTTPStatus.PRECONDITION_FAILED,
        f"{what} was changed{by} since it was looked at",
        fix="Look at it again, and make the change anew.",
    )


def version_named(if_match: str | None, what: str) -> int:
    """The version in `If-Match`; 428 where there is none."""
    found = re.fullmatch(r'\s*"(\d{1,18})"\s*', if_match or "")
    if found is None:
        raise Problem(
            HTTPStatus.PRECONDITION_REQUIRED,
            f"the change does not say from which version of {what} it was made",
            fix='Send the ETag of the GET as If-Match; what is not there yet is "0".',
        )
    return int(found[1])


def _table(parts: Parts, kind: type[Entry], texts: Texts) -> Table:
    """The table of a kind: the one that its import reads back, where it has an import."""
    register = parts.numbers.register
    if kind.kind not in COLUMNS:
        return plain_table(kind, register.rows(kind).value, texts)
    options = options_for(parts.settings.centre, parts.numbers.desk.equipment())
    return entries_table(kind, register.snapshot(), options, language=texts.language)


def _unseen(parts: Parts, kind: type[Entry], entry: str, body: EntryIn) -> dict[str, Any]:
    """The learners of an entry where the change does not name any; the read is in the audit."""
    if not issubclass(kind, Linked) or "learners" in body.value:
        return {}
    found = parts.numbers.register.learners(kind, reader=body.author, reason=body.reason, at=parts.clock.now())
    return next(({"learners": row.value.learners} for row in found.value if row.id == entry), {})


def _seen(parts: Parts, kind: type[Entry], entry: str, if_match: str | None) -> int:
    what = f"the {kind.kind} {entry}"
    seen = version_named(if_match, what)
    past = parts.numbers.register.history(kind, entry).value
    last = past[-1] if past else None
    if seen != _current(last):
        raise changed_problem(what, last.stamp if last else None)
    return seen


def _current(last: Past[Entry] | None) -> int:
    return last.version if last is not None and last.value is not None else 0


def _row(parts: Parts, kind: type[Entry], entry: str) -> Row[Entry]:
    row = parts.numbers.register.row(kind, entry).value
    if row is None:
        raise _no_such(kind, entry)
    return row


def _no_such(kind: type[Entry], entry: str) -> Problem:
    return Problem(
        HTTPStatus.NOT_FOUND,
        f"there is no {kind.kind} {entry!r}",
        fix=f"GET /api/v1/register/{kind.kind} lists those that are there.",
    )


def _entry(parts: Parts, kind: type[Entry], entry: str, status: HTTPStatus = HTTPStatus.OK) -> Response:
    view = entry_view(_row(parts, kind, entry))
    return Response(dumped(view), status, {"ETag": f'"{view.version}"'}, "application/json")
