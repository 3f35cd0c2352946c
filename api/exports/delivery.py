"""Books handed out: written to a file of its own first, so that an answer is whole or none, then sent in pieces.

Holds no more of a file in memory than one piece.
"""

from __future__ import annotations

import hashlib
import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from http import HTTPStatus
from typing import IO, BinaryIO
from urllib.parse import quote

from fastapi import Request
from starlette.responses import Response, StreamingResponse

from api.exports.book import Book
from api.exports.formats import FORMATS, Format
from api.rendered import has_it

PAGE_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""What a report that is looked at in a browser may do: nothing but look as its own style says."""

PIECE = 256 * 1024
"""Bytes of a file in memory at once."""


def delivered(request: Request, book: Book, form: Format, *, file: str = "", inline: bool = False) -> Response:
    """The book as a file to save, under its own name or `file`."""
    kind = FORMATS[form]
    name = (file or book.file_name) + kind.suffix
    response = sent(
        request, lambda target: kind.write(book, target), name=name, media_type=kind.media_type, inline=inline
    )
    if form is Format.HTML:
        response.headers["Content-Security-Policy"] = PAGE_POLICY
    return response


def sent(
    request: Request, write: Callable[[BinaryIO], None], *, name: str, media_type: str, inline: bool = False
) -> Response:
    """What `write` writes as a file called `name`, with its ETag; 304 where the asker has these bytes."""
    written = _written(write)
    etag = f'"{_digest(written)}"'
    headers = {"ETag": etag, "Cache-Control": "private, no-cache"}
    if has_it(request.headers.get("if-none-match", ""), etag):
        written.close()
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    headers["Content-Length"] = str(written.seek(0, 2))
    headers["Content-Disposition"] = disposition(name, inline=inline)
    return StreamingResponse(_pieces(written), headers=headers, media_type=media_type)


def disposition(name: str, *, inline: bool = False) -> str:
    """A header that names a file, also in letters that a header cannot have (RFC 6266)."""
    plain = re.sub(r"[^\w.-]+", "-", name, flags=re.ASCII).strip("-")
    told = f'{"inline" if inline else "attachment"}; filename="{plain}"'
    return told if plain == name else f"{told}; filename*=UTF-8''{quote(name)}"


def _written(write: Callable[[BinaryIO], None]) -> IO[bytes]:
    with ExitStack() as closing:
        file = closing.enter_context(tempfile.TemporaryFile(prefix="labedge-export-"))
        write(file)
        closing.pop_all()  # whoever sends it closes it
        return file


def _digest(file: IO[bytes]) -> str:
    digest = hashlib.blake2b(digest_size=16)
    file.seek(0)
    while piece := file.read(PIECE):
        digest.update(piece)
    return digest.hexdigest()


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        file.seek(0)
        while piece := file.read(PIECE):
            yield piece
