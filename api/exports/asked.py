"""What a request asks of a table: its format and the language of its headers, and the table as the answer.

The same question gives the same bytes, whoever asks.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated

from fastapi import Depends, Query, Request
from starlette.responses import Response

from api.deps import Parts, PartsIn
from api.exports.book import Book, book_of
from api.exports.delivery import delivered
from api.exports.formats import FORMATS, Format, bytes_of
from api.exports.words import words_of
from api.pages.texts import Language, Texts
from api.problem import Problem
from api.rendered import respond
from edge.register.exports.table import Table

FormatQuery = Annotated[
    Format, Query(alias="format", description="json; csv for programs; csv-excel, xlsx for people; parquet")
]
LanguageQuery = Annotated[
    Language | None, Query(alias="lang", description="Language of a file's headers; default: the centre's")
]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The format of an answer, and the words of its headers."""

    form: Format
    texts: Texts

    @property
    def is_json(self) -> bool:
        """Whether it is the list itself that is asked for, no file."""
        return self.form is Format.JSON


def sheet_of(parts: PartsIn, form: FormatQuery = Format.JSON, language: LanguageQuery = None) -> Sheet:
    """The format asked for; 406 for a page, which only a report can be."""
    if form is Format.HTML:
        raise Problem(
            HTTPStatus.NOT_ACCEPTABLE,
            f"{form.value} is not served here; json, csv, csv-excel, xlsx and parquet are",
            fix="Ask for ?format=json, csv, csv-excel, xlsx or parquet.",
        )
    return Sheet(form, texts_of(parts, language))


SheetIn = Annotated[Sheet, Depends(sheet_of)]


def texts_of(parts: Parts, language: Language | None) -> Texts:
    """The words of a file's language, by default the centre's."""
    centre = parts.settings.centre
    return words_of(language or centre.language, centre.timezone)


def book(parts: Parts, table: Table, texts: Texts) -> Book:
    """A book of one table in the centre's time zone."""
    return book_of(table, timezone=parts.settings.centre.timezone, about_title=texts("about.title"))


def tabled(request: Request, parts: Parts, sheet: Sheet, table: Table, *, file: str = "") -> Response:
    """A list as a file that is made for this request, called as the table is, or `file`."""
    return delivered(request, book(parts, table, sheet.texts), sheet.form, file=file)


def kept(
    request: Request,
    parts: Parts,
    sheet: Sheet,
    *,
    code: str,
    question: Hashable,
    made_of: object,
    table: Callable[[], Table],
) -> Response:
    """A list as a file that is kept until what it was made of changes; `question` tells it from others of its code."""
    kind = FORMATS[sheet.form]
    key = (code, question, sheet.form, sheet.texts.language)
    body = parts.rendered.body(
        key, made_of, lambda: bytes_of(book(parts, table(), sheet.texts), sheet.form), kind.media_type
    )
    return respond(request, body, file=f"{code}{kind.suffix}")
