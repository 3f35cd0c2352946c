"""Retells in the reader's language what the gateway and its drivers say in English.

Names, numbers and paths inside a sentence stay; a sentence that is not in the table is shown as it was said.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

MAX_LENGTH = 600
"""Characters of a sentence that is looked up: ours have fewer than 300, and a longer one would be slow to match."""

MAX_DEPTH = 3
"""A reason inside a message inside a message; deeper is not ours."""

KEPT = 1024
"""Sentences remembered: each card and each trouble is worded anew at every change of the board."""

_PLACE = re.compile(r"\\\{([a-d])\\\}")


@lru_cache(KEPT)
def retold(text: str, language: str) -> str:
    """`text` in `language`, or as it is."""
    return text if len(text) > MAX_LENGTH else _told(text, language, MAX_DEPTH)


def _told(text: str, language: str, depth: int) -> str:
    table = sentences(language)
    if text in table or not depth:
        return table.get(text, text)
    for pattern, told in _patterns(language):
        if found := pattern.fullmatch(text):
            parts = {name: _told(part, language, depth - 1) for name, part in found.groupdict().items()}
            return told.format(**parts)
    return text


@lru_cache
def sentences(language: str) -> Mapping[str, str]:
    """English sentences and their words in `language`; none for English itself."""
    path = Path(__file__).parent / f"sayings_{language}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


@lru_cache
def _patterns(language: str) -> list[tuple[re.Pattern[str], str]]:
    """Sentences with places to fill, those with the most words of their own first."""
    open_ones = [(said, told) for said, told in sentences(language).items() if "{" in said]
    open_ones.sort(key=lambda pair: -len(pair[0]))
    return [(re.compile(_PLACE.sub(r"(?P<\1>.+?)", re.escape(said))), told) for said, told in open_ones]
