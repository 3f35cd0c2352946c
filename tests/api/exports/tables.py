"""A table with every type of cell, and what its cells are when a file is read back."""

from __future__ import annotations

from datetime import date

from hypothesis import strategies as st

from api.exports.book import Book
from edge.register.exports.table import Cell, Column, Table, Type

WORDS = {"busy": "Работает", "=idle": "=Свободно"}
COLUMNS = (
    Column("text", Type.TEXT),
    Column("word", Type.WORD, WORDS),
    Column("whole", Type.WHOLE),
    Column("number", Type.NUMBER),
    Column("amount", Type.AMOUNT),
    Column("share", Type.SHARE),
    Column("hours_ns", Type.HOURS),
    Column("flag", Type.FLAG),
    Column("day", Type.DAY),
    Column("instant", Type.INSTANT),
    Column("any"),
)
HEADERS = tuple(f"Столбец {number}" for number, _ in enumerate(COLUMNS))

NASTY = st.sampled_from(
    [
        "=1+1",
        "+7",
        "-2",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "'=1",
        "''",
        "＝1",
        'a"b;c,d',
        "два\nслова",
        "<b>&",
        "_x0041_",
        " x",
    ]
)
PLAIN = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=12)
TEXTS = NASTY | PLAIN
NUMBERS = st.floats(-1e12, 1e12, allow_nan=False).map(lambda value: round(value, 6))
WHOLES = st.integers(-(10**14), 10**14)


def optional(cells: st.SearchStrategy[Cell]) -> st.SearchStrategy[Cell]:
    return st.none() | cells


ROWS: st.SearchStrategy[tuple[Cell, ...]] = st.tuples(
    optional(TEXTS),
    optional(st.sampled_from([*WORDS, "unheard"])),
    optional(WHOLES),
    optional(NUMBERS),
    optional(NUMBERS | WHOLES | st.just("<5*")),
    optional(st.floats(0, 1)),
    optional(st.integers(0, 10**15)),
    optional(st.booleans()),
    optional(st.dates(date(1900, 3, 1), date(2200, 1, 1))),
    optional(st.integers(0, 4_000_000_000).map(lambda second: second * 10**9)),
    optional(TEXTS | WHOLES | st.dates(date(1900, 3, 1), date(2200, 1, 1))),
)


def book(rows: list[tuple[Cell, ...]], timezone: str = "Europe/Moscow") -> Book:
    table = Table("Лист: [1]?", HEADERS, rows, {}, COLUMNS, "all")
    return Book("all", "Всё", (table,), timezone, {"Период": "=2026", "Хеш": "ab"})
