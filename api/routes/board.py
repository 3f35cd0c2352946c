"""The board, and the stream that keeps an open one true.

A board is complete without JavaScript; the stream only keeps it moving. Nothing here changes anything.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from starlette.responses import Response, StreamingResponse

from api import boards
from api.boards import Shown
from api.deps import Parts, PartsIn
from api.feed import Feed, seconds_until
from api.pages.language import language_of, other, page
from api.pages.stream import BoardStream
from api.pages.texts import Language

router = APIRouter(include_in_schema=False)

GATHER_S = 0.08
"""Changes of this long go out together: well within the 200 ms that a change may take, and calm to look at."""

LOOK_S = 2.0
"""How often a quiet board looks at the gateway's health, which rings no bell."""

SIGN_OF_LIFE_S = 5.0


@router.get("/")
@router.get("/board")
def get_board(
    request: Request,
    parts: PartsIn,
    kiosk: Annotated[str | None, Query(max_length=8)] = None,
    theme: Annotated[Literal["dark", "light"], Query()] = "dark",
) -> Response:
    """The board; `?kiosk` for a wall screen, dark unless `&theme=light`."""
    language = language_of(request, parts.settings.centre.language)
    text = parts.pages.render(
        "board.html",
        language,
        board=parts.boards.fresh(language).board,
        kiosk=kiosk is not None,
        theme=theme,
        other=other(language),
    )
    return page(request, text, language)


@router.get("/board/events")
async def get_events(request: Request, parts: PartsIn) -> Response:
    """Server-sent events: the whole board first, then what changes."""
    language = language_of(request, parts.settings.centre.language)
    feed = Feed(parts.live)
    stream = BoardStream(parts.pages, language, version=parts.pages.version)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(
        board_events(parts, feed, stream, language), headers=headers, media_type="text/event-stream"
    )


async def board_events(parts: Parts, feed: Feed, stream: BoardStream, language: Language) -> AsyncIterator[bytes]:
    """Tell the reader what changes until it leaves or the gateway stops; the feed ends with it."""
    try:
        alive_at = 0
        closed = False
        while not closed:
            shown = parts.boards.shared(language)
            told = stream.catch_up(shown.board)
            if parts.clock.monotonic() >= alive_at:
                alive_at = parts.clock.monotonic() + round(SIGN_OF_LIFE_S * 1e9)
                told += stream.now(shown.board)
            if told:
                yield told
                await asyncio.sleep(GATHER_S)
            closed = (await feed.next(_wait_s(parts, shown))).closed
    finally:
        parts.live.unsubscribe(feed.subscription)


def _wait_s(parts: Parts, shown: Shown) -> float:
    """How long what a reader has been shown may stay: but a moment, where something has been committed since."""
    if parts.live.offset() != shown.offset:
        return boards.SHARED_S
    return min(seconds_until(shown.changes_at, parts.clock.now()), LOOK_S)
