"""The authority's own forms, filled from the monitoring: which there are, each of them, and what is blank in it.

A form is chosen by its name from the list; no word of a request becomes a path.
"""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request
from starlette.responses import Response

from api.amount_views import MadeOfView, made_of_view
from api.answers import answer
from api.deps import MonitoringIn, PartsIn
from api.exports.asked import LanguageQuery, texts_of
from api.exports.delivery import sent
from api.exports.formats import FORMATS, Format
from api.exports.forms.listing import Listed, forms, opened
from api.exports.forms.mapping import read
from api.exports.forms.office import filled_form
from api.exports.forms.template import Filling, faults
from api.exports.question import Question
from api.pages.texts import Texts
from api.problem import Problem
from api.routes.exports import sources_of
from api.views import ProblemView
from edge.errors import GiveUp
from edge.monitoring.contract import Monitoring, Period
from edge.register.contract import Refused
from edge.register.entry import FIRST_YEAR, LAST_YEAR

router = APIRouter(tags=["exports"])

_REFUSALS: dict[int | str, dict[str, Any]] = {code: {"model": ProblemView} for code in (404, 422)}


@dataclass(frozen=True, slots=True)
class FormView:
    """One form; `kind` is the suffix of its file.

    Where its mapping is at fault, `kind` is empty, `title` is its name, and `fault` and `fix` say what is wrong.
    """

    name: str
    title: str
    kind: str
    fault: str = ""
    fix: str = ""


@dataclass(frozen=True, slots=True)
class FormList:
    """Every form, those that come with labedge first."""

    items: list[FormView]
    next: str | None


@dataclass(frozen=True, slots=True)
class BlankView:
    """A place that has no number: which, why, what to do; with one that `hinders` the form is not written."""

    at: str
    reason: str
    message: str
    fix: str
    hinders: bool


@dataclass(frozen=True, slots=True)
class CheckView:
    """What is blank in a form before it is sent; `ready` where the form can be written."""

    name: str
    places: int
    ready: bool
    blanks: list[BlankView]
    computed_from: MadeOfView


@router.get("/exports/forms", response_model=FormList)
def list_forms(parts: PartsIn) -> Response:
    """The forms that can be filled."""
    return answer(FormList([_form_view(listed) for listed in forms(parts.config).values()], None))


def _form_view(listed: Listed) -> FormView:
    try:
        mapping = read(listed.path)
    except (GiveUp, Refused) as error:
        return FormView(listed.name, listed.name, "", str(error), error.fix)
    return FormView(listed.name, mapping.title, mapping.template.rpartition(".")[2])


def known_form(
    parts: PartsIn, form: Annotated[str, Path(max_length=120, description="One of GET /api/v1/exports/forms")]
) -> Listed:
    """The form that a path names; 404 where there is none."""
    listed = forms(parts.config)
    if form not in listed:
        raise Problem(
            HTTPStatus.NOT_FOUND, f"there is no form {form!r}", fix=f"Take one of {', '.join(listed) or 'none'}."
        )
    return listed[form]


FormIn = Annotated[Listed, Depends(known_form)]


def asked(
    parts: PartsIn,
    year: Annotated[int, Query(ge=FIRST_YEAR, le=LAST_YEAR, description="The calendar year")],
    quarter: Annotated[int, Query(ge=1, le=4)],
    edition: Annotated[int | None, Query(ge=1, le=10_000, description="As closed; default: as of now")] = None,
    inside: Annotated[bool, Query(description="For the school itself: small groups are shown")] = False,  # noqa: FBT002 - FastAPI's way
    language: LanguageQuery = None,
) -> Question:
    """The report that a form is filled from."""
    texts = texts_of(parts, language)
    return Question(texts=texts, period=Period(year, quarter), edition=edition or 0, inside=inside)


AskedIn = Annotated[Question, Depends(asked)]


@router.get("/exports/forms/{form}", response_class=Response, responses=_REFUSALS)
def get_form(request: Request, parts: PartsIn, form: FormIn, question: AskedIn) -> Response:
    """A form filled; 422 with every place that does not fit its template or the indicators."""
    filling, suffix = filling_of(parts, form, question)
    kind = FORMATS[Format.XLSX if suffix == ".xlsx" else Format.CSV]
    name = f"{form.name}-{question.period.label}{suffix}"
    return sent(request, lambda file: filling.write(file, question.texts), name=name, media_type=kind.media_type)


@router.get("/exports/forms/{form}/check", response_model=CheckView, responses=_REFUSALS)
def check_form(parts: PartsIn, monitoring: MonitoringIn, form: FormIn, question: AskedIn) -> Response:
    """What would be blank in a form, each place with its reason."""
    filling, _ = filling_of(parts, form, question)
    blanks = _views(filling, question.texts)
    ready = not any(one.hinders for one in blanks)
    return answer(CheckView(form.name, len(filling.entries), ready, blanks, _made_of(monitoring, question)))


def _made_of(monitoring: Monitoring, question: Question) -> MadeOfView:
    edition = monitoring.edition(question.period, question.edition) if question.edition else None
    report = monitoring.report(question.period) if edition is None else monitoring.closed_report(edition)
    return made_of_view(report.computed_from)


def filling_of(parts: PartsIn, listed: Listed, question: Question) -> tuple[Filling, str]:
    """A form filled, and the suffix of its file; raises `GiveUp` or `Refused`."""
    mapping, path, content = opened(listed)
    return filled_form(question, sources_of(parts), mapping, (path.suffix, content)), path.suffix


def _views(filling: Filling, texts: Texts) -> list[BlankView]:
    told = zip(filling.blanks, faults(filling.blanks, texts), strict=True)
    return [
        BlankView(
            fault.place, str(entry.blank), fault.message, fault.fix, entry.blank is not None and entry.blank.hinders
        )
        for entry, fault in told
    ]
