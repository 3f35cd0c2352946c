"""Topic filters of MQTT 3.1.1 (section 4.7): which of many match a topic, and which one includes another.

Nothing here knows who listens or what a topic means.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Generic, TypeVar

T = TypeVar("T")

TOPIC_LEVELS = 128
"""Levels of a filter that are kept apart: no device needs ten, and a deeper tree would only cost memory."""


FILTER_BYTES = 65_535
"""The longest that the protocol can carry."""


@dataclass(slots=True)
class _Level(Generic[T]):
    """One level of the tree: the listeners whose filter ends here, and the levels below by their word."""

    listeners: list[T] = field(default_factory=list)
    below: dict[str, _Level[T]] = field(default_factory=dict)


class Filters(Generic[T]):
    """Listeners by filter; a topic finds all of its listeners without trying every filter."""

    def __init__(self) -> None:
        """Hold nothing."""
        self._root: _Level[T] = _Level()

    def add(self, topic_filter: str, listener: T) -> None:
        """Let `listener` hear whatever `topic_filter` matches."""
        level = self._root
        for word in _words(topic_filter):
            level = level.below.setdefault(word, _Level())
        level.listeners.append(listener)

    def remove(self, topic_filter: str, listener: T) -> None:
        """Undo one `add`; raises `ValueError` where there was none."""
        path = [self._root]
        words = _words(topic_filter)
        for word in words:
            path.append(path[-1].below.setdefault(word, _Level()))
        path[-1].listeners.remove(listener)
        for parent, word in zip(reversed(path[:-1]), reversed(words), strict=True):
            if parent.below[word].listeners or parent.below[word].below:
                break
            del parent.below[word]

    def match(self, topic: str) -> list[T]:
        """Every listener of `topic`; wildcards at the first level do not match a topic that begins with `$`."""
        levels = [self._root]
        found: list[T] = []
        hidden = topic.startswith("$")
        for word in topic.split("/"):
            wild = () if hidden else ("+",)
            if not hidden:
                found += [name for level in levels for name in _many(level)]
            levels = [level.below[key] for level in levels for key in (word, *wild) if key in level.below]
            hidden = False
        return found + [name for level in levels for name in (*level.listeners, *_many(level))]


def _many(level: _Level[T]) -> list[T]:
    return level.below["#"].listeners if "#" in level.below else []


def _words(topic_filter: str) -> list[str]:
    return topic_filter.split("/", TOPIC_LEVELS)


def is_filter(text: str) -> bool:
    """Whether a broker takes it: `+` and `#` stand alone in their level, `#` in the last one only."""
    words = text.split("/")
    well = all(word in ("+", "#") or not set(word) & set("+#") for word in words)
    return well and "#" not in words[:-1] and 0 < len(text.encode()) <= FILTER_BYTES and "\0" not in text


def includes(wider: str, narrower: str) -> bool:
    """Whether every topic that `narrower` matches is matched by `wider`."""
    wide, narrow = wider.split("/"), narrower.split("/")
    if narrow[0].startswith("$") and wide[0] in ("+", "#"):
        return False
    for place, word in enumerate(wide):
        if word == "#":
            return True
        if place >= len(narrow) or narrow[place] == "#" or word not in ("+", narrow[place]):
            return False
    return len(narrow) == len(wide)


def least(filters: Iterable[str]) -> frozenset[str]:
    """The fewest of `filters` that match what all match: a broker may send a message once per filter that matches."""
    every = set(filters)
    return frozenset(one for one in every if not any(includes(other, one) for other in _others(every, one)))


def _others(every: set[str], one: str) -> Iterator[str]:
    return (other for other in every if other != one)
