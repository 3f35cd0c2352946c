"""`$state` and `$link`: the words of this layout, and what they say of an equipment.

The words of `$state` are those of `telemetry.model.State`; a word that is none of them is `UNKNOWN`, never an error.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from drivers.labedge import instants
from drivers.labedge.protocol import VALUES_LIMIT, MalformedError, load
from drivers.labedge.readings import Faults
from telemetry.model import EquipmentId, Instant, State, StateSeen
from telemetry.quality import plausible_instant

STATES: Mapping[str, State] = {state.word: state for state in State}
"""Every word of `$state`."""

LINKS: Mapping[str, bool] = {"online": True, "offline": False}
"""Every word of `$link`, and whether the equipment is there."""

REASON_LIMIT = 200
"""Characters of a reason that are kept: a sentence, not a log."""

_BARE_WORD = re.compile(rb"\s*\"?([A-Za-z_]{1,32})\"?\s*")
_NO_WORDS = frozenset({"null", "true", "false", "nan"})
"""What a broken publisher writes where a word is missing."""


def message_of(payload: bytes) -> Mapping[str, Any]:
    """The message on a `$` topic, where a bare word stands for `{"v": word}`; raises `MalformedError`."""
    bare = _BARE_WORD.fullmatch(payload)
    message = {"v": bare[1].decode()} if bare else load(payload)
    if isinstance(message, str):
        message = {"v": message}
    if not isinstance(message, dict):
        raise MalformedError("neither a word nor an object")
    return message


def link_of(message: Mapping[str, Any]) -> bool:
    """Whether the equipment is there; its own time is not asked, since a last will was written long before."""
    word = message.get("v")
    if type(word) is not str or word.lower() not in LINKS:
        raise MalformedError("neither online nor offline")
    return LINKS[word.lower()]


def of_state(
    message: Mapping[str, Any], *, equipment: EquipmentId, at: Instant, valid_ns: int, faults: Faults
) -> tuple[StateSeen, ...]:
    """The states that a message tells, by time: one word, or a list of words with their times.

    Raises `MalformedError` where the message as a whole is wrong; what was left out of a list is added to `faults`.
    """
    value, reason = message.get("v"), message.get("reason", "")
    if type(reason) is not str:
        raise MalformedError("reason is no text")
    if type(value) is str:
        words, times = [value], [instants.single(message, at)]
    elif type(value) is list and 0 < len(value) <= VALUES_LIMIT:
        words, times = value, instants.many(message, len(value), at).tolist()
    else:
        raise MalformedError("v is no word of a state")
    seen = [
        StateSeen(equipment, t, at, STATES.get(word.lower(), State.UNKNOWN), valid_ns=valid_ns, word=word,
                  reason=reason[:REASON_LIMIT])
        for word, t in zip(words, times, strict=True)
        if is_word(word) and plausible_instant(t, at)
    ]  # fmt: skip
    if len(seen) < len(words):
        faults.append(f"{len(words) - len(seen)} of {len(words)} states have no word or an implausible time")
    return tuple(sorted(seen, key=lambda one: one.at))


def is_word(word: object) -> bool:
    """Whether `word` can be a word of a state, known or not."""
    return type(word) is str and 0 < len(word) <= 32 and word not in _NO_WORDS
