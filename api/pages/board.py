"""What the board shows: rooms with their cards, how many are in which state, and what is wrong with the gateway.

It orders and counts; it decides no state.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from api.pages.cards import Card, card_of
from api.pages.texts import Texts
from edge.health import Part
from edge.live import Snapshot
from edge.picture import Picture
from edge.settings import Centre
from telemetry.model import NS_PER_MS, EquipmentId, Instant

ORDER = ("busy", "idle", "paused", "setup", "fault", "maintenance", "offline", "unknown")
"""States as the summary lists them: what is in use, what is free, what needs somebody, what is not there."""

MAX_COLUMNS = 8
"""Cards side by side on a wall screen; more could not be read from five metres."""

SCREEN_RATIO = 1.9
"""A wall screen without its top line."""

CARD_RATIO = 1.4
"""A card's width in letters over its height in lines, so that both run out together."""

_NUMBERS = re.compile(r"(\d+)")


@dataclass(frozen=True, slots=True)
class Count:
    """How much equipment is in one state."""

    state: str
    text: str
    n: int


@dataclass(frozen=True, slots=True)
class Room:
    """One room; on a wall screen it is `columns` cards wide and `rows` high."""

    id: str
    name: str
    count_text: str
    cards: tuple[Card, ...]
    columns: int
    rows: int


@dataclass(frozen=True, slots=True)
class Trouble:
    """A part of the gateway that failed."""

    name: str
    message: str
    fix: str
    vital: bool


@dataclass(frozen=True, slots=True)
class Board:
    """The whole board; `columns` and `rows` fit all cards on one wall screen."""

    rooms: tuple[Room, ...]
    counts: tuple[Count, ...]
    troubles: tuple[Trouble, ...]
    columns: int
    rows: int
    now_ms: int
    clock: str

    @property
    def shape(self) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
        """What stands where: as long as it stays the same, cards can be replaced one by one."""
        return tuple((room.id, room.name, tuple(card.id for card in room.cards)) for room in self.rooms)

    @property
    def cards(self) -> dict[str, Card]:
        """Every card by id."""
        return {card.id: card for room in self.rooms for card in room.cards}


def board_of(snapshot: Snapshot, parts: Sequence[Part], *, centre: Centre, texts: Texts, now: Instant) -> Board:
    """The board at `now`."""
    by_room: dict[str, list[Picture]] = {}
    for picture in snapshot.equipment:
        by_room.setdefault(picture.room, []).append(picture)
    names = {room: room_name(room, centre, texts) for room in by_room}
    named = list(centre.rooms)
    order = sorted(by_room, key=lambda room: (_place(room, named), *natural(names[room])))
    columns, rows = fitted([len(by_room[room]) for room in order])
    return Board(
        rooms=tuple(
            _room(room, names[room], [card_of(one, texts, now) for one in by_room[room]], columns=columns, texts=texts)
            for room in order
        ),
        counts=_counts(snapshot, texts),
        troubles=_troubles(parts, {picture.id: picture.name for picture in snapshot.equipment}, texts),
        columns=columns,
        rows=rows,
        now_ms=now // NS_PER_MS,
        clock=texts.time(now),
    )


def room_name(room: str, centre: Centre, texts: Texts) -> str:
    """A room as people call it: from the settings, else its id."""
    return centre.rooms.get(room, room) if room else texts("board.no_room")


def _place(room: str, named: list[str]) -> int:
    """Rooms that the settings name come first, in their order; equipment without a room comes last."""
    return named.index(room) if room in named else len(named) + (room == "")


def _room(room: str, name: str, cards: list[Card], *, columns: int, texts: Texts) -> Room:
    cards.sort(key=lambda card: natural(card.name))
    wide = min(len(cards), columns)
    return Room(room, name, texts("board.count", len(cards)), tuple(cards), wide, -(-len(cards) // columns))


def _troubles(parts: Sequence[Part], names: Mapping[EquipmentId, str], texts: Texts) -> tuple[Trouble, ...]:
    """The failed parts; one of an equipment goes by the equipment's name."""
    failed = [part for part in parts if not part.ok]
    equipment = {part.name: names.get(EquipmentId(part.name.removeprefix("equipment:"))) for part in failed}
    return tuple(
        Trouble(
            name=equipment[part.name] or texts.word("part", part.name.removeprefix("equipment:")),
            message=texts.said(part.message),
            fix=texts.said(part.fix),
            vital=part.vital,
        )
        for part in failed
    )


def natural(name: str) -> tuple[tuple[int, int, str], ...]:
    """Sorts `Принтер 2` before `Принтер 10`."""
    parts = _NUMBERS.split(name.casefold())
    return tuple((1, int(part), "") if part.isdecimal() else (0, 0, part) for part in parts)


def _counts(snapshot: Snapshot, texts: Texts) -> tuple[Count, ...]:
    states = [picture.state.word for picture in snapshot.equipment]
    return tuple(Count(state, texts(f"state.{state}"), states.count(state)) for state in ORDER)


def fitted(rooms: Sequence[int]) -> tuple[int, int]:
    """Columns and rows that show rooms of these many cards on one wall screen with the largest cards."""
    choices = [(columns, _rows(rooms, columns)) for columns in range(1, MAX_COLUMNS + 1)]
    return min(choices, key=lambda choice: max(choice[0] * CARD_RATIO / SCREEN_RATIO, choice[1]))


def _rows(rooms: Sequence[int], columns: int) -> int:
    """Rows that a dense grid of `columns` needs: a room goes into the first gap of its width and height."""
    taken: list[int] = []
    for cards in rooms:
        wide, high = min(cards, columns), -(-cards // columns)
        top = 0
        while not _fits(taken, top, wide=wide, high=high, columns=columns):
            top += 1
        taken.extend([0] * (top + high - len(taken)))
        for row in range(top, top + high):
            taken[row] += wide
    return max(len(taken), 1)


def _fits(taken: list[int], top: int, *, wide: int, high: int, columns: int) -> bool:
    return all(row >= len(taken) or taken[row] + wide <= columns for row in range(top, top + high))
