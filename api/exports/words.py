"""The words of exported tables and reports, beside those of the pages: headers, codes told to people, sentences.

Both languages have the same keys; nothing here knows a number.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from api.pages.texts import FORMS, Entry, Language, Texts, load
from edge.register.exports.table import Column, Rows, Table, Type

Shape = Mapping[str, Type | str]
"""The columns of a table by name, in order; of a code, the group of words that tells it to people."""


@cache
def own_words(language: Language) -> Mapping[str, Entry]:
    """The exports' own file of words: dotted keys to texts."""
    text = (Path(__file__).parent / f"words_{language}.toml").read_text("utf-8")
    return dict(_flat(tomllib.loads(text), ""))


def _flat(table: Mapping[str, object], prefix: str) -> list[tuple[str, Entry]]:
    rows: list[tuple[str, Entry]] = []
    for key, value in table.items():
        if isinstance(value, str) or (isinstance(value, dict) and set(value) <= FORMS):
            rows.append((prefix + key, value))
        elif isinstance(value, dict):
            rows.extend(_flat(value, f"{prefix}{key}."))
    return rows


@cache
def words_of(language: Language, timezone: str) -> Texts:
    """Words, numbers and times of a language and a zone, for whatever leaves as a file."""
    return Texts(language, ZoneInfo(timezone), {**load(language), **own_words(language)})


def told(texts: Texts, group: str) -> dict[str, str]:
    """Every code of a group and what people call it."""
    start = f"{group}."
    return {
        key.removeprefix(start): text
        for key, text in texts.table.items()
        if isinstance(text, str) and key.startswith(start)
    }


def header(texts: Texts, table: str, column: str) -> str:
    """What people call a column: of this table, else of any; its name where nobody named it."""
    for key in (f"column.{table}.{column}", f"column.{column}"):
        text = texts.table.get(key)
        if isinstance(text, str):
            return text
    return column


def table_of(code: str, shape: Shape, rows: Rows, texts: Texts, about: Mapping[str, str] | None = None) -> Table:
    """A table of a shape with headers in a language; its title is the text `table.<code>`, or the code."""
    columns = tuple(
        Column(name, kind) if isinstance(kind, Type) else Column(name, Type.WORD, told(texts, kind))
        for name, kind in shape.items()
    )
    headers = tuple(header(texts, code, name) for name in shape)
    title = texts.table.get(f"table.{code}", code)
    return Table(str(title), headers, rows, about or {}, columns, code)
