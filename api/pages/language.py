"""Which language a reader gets: what the address asks for, then the cookie, then the browser, then the settings.

It only chooses; the texts are in `api.pages.texts`.
"""

from __future__ import annotations

from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import HTMLResponse

from api.pages.render import Pages
from api.pages.texts import LANGUAGES, Language

COOKIE = "lang"
YEAR_S = 365 * 24 * 3600
MAX_HEADER = 256
"""Characters of Accept-Language that are looked at: browsers send fewer than a hundred."""


def language_of(request: Request, default: Language) -> Language:
    """The reader's language."""
    asked = (request.query_params.get("lang"), request.cookies.get(COOKIE))
    for word in (*asked, *_preferred(request.headers.get("accept-language", ""))):
        for language in LANGUAGES:
            if word == language:
                return language
    return default


def _preferred(header: str) -> list[str]:
    """The languages of an Accept-Language header without their regions, best first."""
    weighted = []
    for place, part in enumerate(header[:MAX_HEADER].split(",")):
        name, _, quality = part.strip().partition(";q=")
        weighted.append((-_number(quality), place, name.split("-")[0].lower()))
    return [name for _, _, name in sorted(weighted)]


def _number(quality: str) -> float:
    try:
        return float(quality or "1")
    except ValueError:
        return 0.0


def page(request: Request, text: str, language: Language, *, status: int = 200) -> HTMLResponse:
    """A page as a response; a language that the address asked for is remembered."""
    response = HTMLResponse(text, status, {"Content-Language": language, "Vary": "Cookie, Accept-Language"})
    if request.query_params.get("lang") == language:
        response.set_cookie(COOKIE, language, max_age=YEAR_S, samesite="lax", httponly=True)
    return response


def other(language: Language) -> Language:
    """The language that a reader may switch to."""
    return "en" if language == "ru" else "ru"


def error_page(request: Request, pages: Pages, status: int) -> HTMLResponse:
    """What a person sees when a page cannot be shown."""
    language = language_of(request, pages.default)
    texts = pages.texts(language)
    words = ("error.failed_title", "error.failed")
    if status == HTTPStatus.NOT_FOUND:
        words = ("error.not_found_title", "error.not_found")
    elif status < HTTPStatus.INTERNAL_SERVER_ERROR:
        words = ("error.refused_title", "error.refused")
    title, message = map(texts, words)
    text = pages.render("error.html", language, kiosk=False, title=title, message=message)
    return page(request, text, language, status=status)
