"""The canonical form of what is closed, and its hashes: the same content gives the same bytes for ever.

It holds no floats, so that no program may round them otherwise, and knows nothing of what it is given.
"""

from __future__ import annotations

import hashlib
from typing import TypeAlias

import orjson

Plain: TypeAlias = "dict[str, Plain] | list[Plain] | str | int | bool | None"
"""What JSON can hold, without fractions."""


def canonical(value: Plain) -> bytes:
    """JSON in UTF-8: keys sorted, no spaces, whole numbers of at most 64 bits; raises `TypeError` for anything else."""
    _check(value)
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def sha256(content: bytes) -> str:
    """The hash of bytes, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def _check(value: object) -> None:
    if isinstance(value, dict):
        for key, one in value.items():
            if not isinstance(key, str):
                message = f"{key!r} is no key of the canonical form"
                raise TypeError(message)
            _check(one)
    elif isinstance(value, list):
        for one in value:
            _check(one)
    elif not (value is None or isinstance(value, str | int)):
        message = f"{value!r} has no canonical form"
        raise TypeError(message)
