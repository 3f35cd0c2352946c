"""A page in its frame: the reader's language, the way to the other one, and the clock above it.

It chooses no content.
"""

from __future__ import annotations

from http import HTTPStatus
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse

from api.deps import Parts
from api.pages.language import language_of, other, page


def framed(
    request: Request, parts: Parts, template: str, *, status: int = HTTPStatus.OK, **models: object
) -> HTMLResponse:
    """A page of one of the sections, or a part of one."""
    pages = parts.pages
    language = language_of(request, pages.default)
    kept = [(name, value) for name, value in request.query_params.multi_items() if name != "lang"]
    text = pages.render(
        template,
        language,
        kiosk=False,
        other=other(language),
        other_query=urlencode([*kept, ("lang", other(language))]),
        clock=pages.texts(language).time(parts.clock.now()),
        **models,
    )
    return page(request, text, language, status=status)
