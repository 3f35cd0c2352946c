"""The pages of the register: what there is, lists, forms to enter and correct, and every entry's history.

They are complete without JavaScript. No learner is on any of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request
from starlette.responses import RedirectResponse, Response

from api import entering
from api.deps import Parts, PartsIn
from api.entering import Outcome
from api.pages.entries import KindLine, changes_between, listing_of, stamped, title_of, versions_of
from api.pages.faulty import NONE, Faults
from api.pages.fields import KEEP, defaults_of, fields_of
from api.pages.language import language_of, other, page
from api.pages.shapes import ENTERED, GROUPS, shapes_of
from api.pages.texts import Texts
from api.pages.typed import typed
from api.posted import Posted, PostedIn, known_author, own_path, remembered
from api.problem import Problem
from edge.register.entry import Entry
from edge.register.imports.columns import COLUMNS
from edge.register.people import Linked

router = APIRouter(include_in_schema=False)

EntryPath = Annotated[str, Path(max_length=200)]
BackIn = Annotated[str, Query(max_length=500)]


def entered_kind(kind: Annotated[str, Path(max_length=64)]) -> type[Entry]:
    """The kind that a path names; 404 where it has no form."""
    if kind not in ENTERED:
        raise Problem(HTTPStatus.NOT_FOUND, f"there is no form for {kind!r}", fix="Look at /register.")
    return ENTERED[kind]


KindIn = Annotated[type[Entry], Depends(entered_kind)]


def texts_of(request: Request, parts: Parts) -> Texts:
    """The reader's words."""
    return parts.pages.texts(language_of(request, parts.settings.centre.language))


def shown(
    request: Request,
    parts: Parts,
    template: str,
    texts: Texts,
    *,
    status: int = HTTPStatus.OK,
    **models: object,
) -> Response:
    """A page of a template, with what every page has."""
    now = parts.clock.now()
    query = request.url.remove_query_params("lang").include_query_params(lang=other(texts.language)).query
    text = parts.pages.render(
        template,
        texts.language,
        kiosk=False,
        other=other(texts.language),
        other_query=query,
        now_ms=now // 1_000_000,
        clock=texts.time(now),
        **models,
    )
    return page(request, text, texts.language, status=status)


@router.get("/register")
def get_overview(request: Request, parts: PartsIn) -> Response:
    """Every kind that is entered by form."""
    texts, now = texts_of(request, parts), parts.clock.now()
    groups = {group: [_kind_line(parts, kind, texts, now) for kind in kinds] for group, kinds in GROUPS.items()}
    return shown(request, parts, "register.html", texts, groups=groups)


def _kind_line(parts: Parts, kind: str, texts: Texts, now: int) -> KindLine:
    rows = parts.numbers.register.rows(ENTERED[kind]).value
    last = max((row.stamp for row in rows), key=lambda stamp: stamp.register_version, default=None)
    changed = stamped(last, texts, now) if last else ""
    return KindLine(kind, texts(f"kinds.{kind}"), texts("register.count", len(rows)), changed)


@router.get("/register/{kind}")
def get_list(
    request: Request,
    parts: PartsIn,
    kind: KindIn,
    q: Annotated[str, Query(max_length=100)] = "",
    page_number: Annotated[int, Query(alias="page", ge=1, le=10_000)] = 1,
    done: Annotated[str, Query(max_length=16)] = "",
    entry: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    """The entries of a kind; `done` and `entry` say what has just been changed."""
    texts = texts_of(request, parts)
    lists = entering.lists_of(parts, kind, texts)
    rows = parts.numbers.register.rows(kind).value
    listing = listing_of(kind, rows, search=q, page=page_number, lists=lists, texts=texts, now=parts.clock.now())
    return shown(
        request,
        parts,
        "entries.html",
        texts,
        kind=kind.kind,
        tabled=kind.kind in COLUMNS,
        listing=listing,
        q=q,
        done=done,
        fresh=entry,
    )


@router.get("/register/{kind}/+new")
def get_new(request: Request, parts: PartsIn, kind: KindIn, back: BackIn = "") -> Response:
    """An empty form; the address may fill in fields."""
    names = {shape.name for shape in shapes_of(kind)}
    query = {name: (value,) for name, value in request.query_params.items() if name in names and len(value) < 500}
    asked = {name: value for name, value in typed(kind, Posted(query)).items() if name in query}
    now = entering.period_now(parts, texts_of(request, parts))
    quarter = {name: value for name, value in (("year", now.year), ("quarter", now.quarter)) if name in names}
    return _form(request, parts, kind, "", values={**defaults_of(kind), **quarter, **asked}, back=back)


@router.post("/register/{kind}/+new")
def post_new(request: Request, parts: PartsIn, kind: KindIn, posted: PostedIn) -> Response:
    """Enter something new, or show the form again with what is wrong."""
    return _answered(request, parts, kind, "", posted)


@router.get("/register/{kind}/{entry}")
def get_entry(request: Request, parts: PartsIn, kind: KindIn, entry: EntryPath, back: BackIn = "") -> Response:
    """An entry's form, and its history; what was removed has only that."""
    row = entering.row_of(parts, kind, entry)
    values = {} if row is None else row.value.model_dump(mode="json")
    if row is None and not parts.numbers.register.history(kind, entry).value:
        raise Problem(HTTPStatus.NOT_FOUND, f"there is no {kind.kind} {entry!r}", fix="Look at the list.")
    return _form(request, parts, kind, entry, values=values, back=back)


@router.post("/register/{kind}/{entry}")
def post_entry(request: Request, parts: PartsIn, kind: KindIn, entry: EntryPath, posted: PostedIn) -> Response:
    """Correct or remove an entry, or show the form again with what is wrong."""
    return _answered(request, parts, kind, entry, posted)


def _answered(request: Request, parts: Parts, kind: type[Entry], entry: str, posted: Posted) -> Response:
    texts = texts_of(request, parts)
    removing = bool(entry) and "by_removal" in posted
    doing = entering.remove if removing else entering.enter
    outcome = doing(parts, kind, entry, posted, texts)
    if not outcome.kept:
        return _again(request, parts, kind, entry, posted, outcome)
    back = own_path(
        posted.one("back"), f"/register/{kind.kind}?done={'removed' if removing else 'kept'}&entry={outcome.id}"
    )
    return remembered(RedirectResponse(back, HTTPStatus.SEE_OTHER), entering.author_of(posted))


def _again(request: Request, parts: Parts, kind: type[Entry], entry: str, posted: Posted, outcome: Outcome) -> Response:
    """The form as it was typed, with what hinders it; after somebody else's change it is made from that one."""
    removing = "by_removal" in posted
    row = entering.row_of(parts, kind, entry) if entry else None
    values = row.value.model_dump(mode="json") if removing and row else typed(kind, posted)
    return _form(request, parts, kind, entry, values=values, back=posted.one("back"), outcome=outcome, posted=posted)


def _form(  # noqa: PLR0913 - all that the form of an entry is made of
    request: Request,
    parts: Parts,
    kind: type[Entry],
    entry: str,
    *,
    values: Mapping[str, object],
    back: str,
    outcome: Outcome | None = None,
    posted: Posted | None = None,
) -> Response:
    texts, now = texts_of(request, parts), parts.clock.now()
    lists = entering.lists_of(parts, kind, texts)
    row = entering.row_of(parts, kind, entry) if entry else None
    history = parts.numbers.register.history(kind, entry).value if entry else ()
    faults: Faults = outcome.faults if outcome else NONE
    theirs = row.value.model_dump(mode="json") if row else {}
    conflict = outcome.conflict if outcome else None
    status = HTTPStatus.CONFLICT if conflict else HTTPStatus.UNPROCESSABLE_ENTITY if faults else HTTPStatus.OK
    return shown(
        request,
        parts,
        "entry.html",
        texts,
        status=status,
        kind=kind.kind,
        entry=entry,
        title=title_of(row.value, lists=lists, texts=texts) if row else "",
        fields=fields_of(kind, values, lists=lists, texts=texts, faults=faults.fields),
        faults=faults,
        seen=row.version if row else 0,
        gone=bool(entry) and row is None,
        stamp=stamped(row.stamp, texts, now) if row else "",
        own_reason=any(one.name == "reason" and one.required for one in shapes_of(kind)),
        keeps=bool(entry) and issubclass(kind, Linked) and (posted is None or KEEP in posted),
        linked=issubclass(kind, Linked),
        removing=posted is not None and "by_removal" in posted,
        signed=(entering.author_of(posted), posted.one("by_reason")) if posted else (known_author(request), ""),
        conflict=stamped(conflict.stamp, texts, now) if conflict and conflict.stamp else "",
        conflict_reason=conflict.stamp.reason if conflict and conflict.stamp else "",
        differences=changes_between(kind, theirs, {**theirs, **values}, lists=lists, texts=texts) if conflict else (),
        versions=versions_of(history, kind, lists=lists, texts=texts, now=now),
        back=own_path(back, ""),
    )
