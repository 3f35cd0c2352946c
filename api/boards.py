"""The board as it is now, made once for all its readers of one language.

A shared board may be a little old; it says up to which offset it is true, so that its reader can look again.
"""

from __future__ import annotations

from dataclasses import dataclass

from api.pages.board import Board, board_of
from api.pages.render import Pages
from api.pages.texts import Language
from edge.clock import Clock
from edge.health import Health
from edge.live import Live
from edge.settings import Centre
from telemetry.model import NS_PER_S, Instant

SHARED_S = 0.04
"""How old a shared board may be: twenty open boards cost little more than one, and changes take under 200 ms."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A board, the last offset in it, and when it changes by itself; `made_at` is of the monotonic clock."""

    board: Board
    offset: int
    changes_at: Instant | None
    made_at: int


class Boards:
    """Makes boards; used on one event loop or from threads, where the worst is one made twice."""

    def __init__(self, live: Live, health: Health, clock: Clock, *, centre: Centre, pages: Pages) -> None:
        """Keep the parts that a board is made of."""
        self._live, self._health, self._clock = live, health, clock
        self._centre, self._pages = centre, pages
        self._shown: dict[Language, Shown] = {}

    def fresh(self, language: Language) -> Shown:
        """The board at this moment."""
        now, made_at = self._clock.now(), self._clock.monotonic()
        snapshot = self._live.snapshot(now)
        texts = self._pages.texts(language)
        board = board_of(snapshot, self._health.parts(), centre=self._centre, texts=texts, now=now)
        shown = self._shown[language] = Shown(board, snapshot.offset, snapshot.changes_at, made_at)
        return shown

    def shared(self, language: Language) -> Shown:
        """The board at this moment, or at most `SHARED_S` ago."""
        shown = self._shown.get(language)
        if shown is None or self._clock.monotonic() - shown.made_at >= SHARED_S * NS_PER_S:
            return self.fresh(language)
        return shown
