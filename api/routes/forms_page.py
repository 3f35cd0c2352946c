"""The page of a form's check: what would stay blank in the authority's form of a quarter, and the form to download.

It fills no form; a form is chosen by its name from the list, and no word of a request becomes a path.
"""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.deps import Parts, PartsIn
from api.exports.forms.listing import opened
from api.exports.quarterly import asked_of
from api.exports.question import Question
from api.exports.words import words_of
from api.pages.form_check import Wording, form_page
from api.pages.monitoring_words import quarter_name
from api.routes.exports import sources_of
from api.routes.forms import FormIn, filling_of
from api.routes.monitoring_page import AskedIn
from api.routes.register_page import shown, texts_of
from edge.monitoring.contract import Period

router = APIRouter(include_in_schema=False)


@router.get("/monitoring/forms/{form}")
def get_check(request: Request, parts: PartsIn, form: FormIn, wanted: AskedIn) -> Response:
    """Every blank of a form with its reason; links lead to what is behind each."""
    texts = texts_of(request, parts)
    edition = wanted.edition.number if wanted.edition else 0
    words = words_of(texts.language, parts.settings.centre.timezone)
    question = Question(texts=words, period=wanted.period, edition=edition)
    filling, _suffix = filling_of(parts, form, question)
    path = f"/monitoring/forms/{form.name}"
    wording = Wording(
        told=asked_of(question, sources_of(parts)).told,
        texts=texts,
        query=wanted.query,
        back=f"{path}?{wanted.query}",
        is_edition=bool(edition),
    )
    return shown(
        request,
        parts,
        "form_check.html",
        texts,
        model=form_page(filling, wording),
        title=opened(form)[0].title,
        heading=quarter_name(wanted.period, texts),
        edition=edition,
        closed=_closed(parts, wanted.period),
        period=wanted.period,
        query=wanted.query,
        path=path,
        download=f"/api/v1/exports/forms/{form.name}?{wanted.query}&lang={texts.language}",
    )


def _closed(parts: Parts, period: Period) -> int:
    """The newest edition of a quarter, 0 where it was never closed."""
    editions = parts.monitoring.editions() if parts.monitoring else ()
    return max((one.number for one in editions if one.period == period), default=0)
