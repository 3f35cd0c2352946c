"""What an open board must be told: the difference between what it shows and what is true now.

It remembers what one reader has; it never waits and never sends.
"""

from __future__ import annotations

from dataclasses import dataclass

import orjson

from api.pages.board import Board
from api.pages.render import Pages
from api.pages.texts import Language


@dataclass(frozen=True, slots=True)
class BoardMessage:
    """The whole of the rooms, when something came, went or moved."""

    html: str
    shape: str


@dataclass(frozen=True, slots=True)
class PartMessage:
    """A part of the board as HTML."""

    html: str


@dataclass(frozen=True, slots=True)
class NowMessage:
    """The gateway's time, and which pages it serves: a board made by another version loads itself anew."""

    ms: int
    version: str


def event(name: str, message: BoardMessage | PartMessage | NowMessage) -> bytes:
    """One server-sent event; JSON has no line ends inside, so one data line holds it."""
    return b"event: %s\ndata: %s\n\n" % (name.encode("ascii"), orjson.dumps(message))


class BoardStream:
    """One reader's board."""

    def __init__(self, pages: Pages, language: Language, *, version: str) -> None:
        self._pages = pages
        self._language = language
        self._version = version
        self._shown: Board | None = None

    def now(self, board: Board) -> bytes:
        """The sign of life."""
        return event("now", NowMessage(board.now_ms, self._version))

    def catch_up(self, board: Board) -> bytes:
        """The events that turn what the reader shows into `board`; empty where nothing differs."""
        shown, self._shown = self._shown, board
        if shown is None or shown.shape != board.shape:
            return self._whole(board)
        known = shown.cards
        fresh = [card for ident, card in board.cards.items() if known[ident] != card]
        told = []
        if fresh:
            html = "".join(self._pages.card(card, self._language) for card in fresh)
            told.append(event("cards", PartMessage(html)))
        if shown.counts != board.counts:
            told.append(self._part("summary", board))
        if shown.troubles != board.troubles:
            told.append(self._part("troubles", board))
        return b"".join(told)

    def _whole(self, board: Board) -> bytes:
        shape = f"board cols-{board.columns} rows-{board.rows}"
        rooms = event("board", BoardMessage(self._pages.rooms(board, self._language), shape))
        return rooms + self._part("summary", board) + self._part("troubles", board)

    def _part(self, name: str, board: Board) -> bytes:
        return event(name, PartMessage(self._pages.render(f"{name}.html", self._language, board=board)))
