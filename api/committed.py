"""Waits for the disk on behalf of a request.

Holds no thread meanwhile: a class of computers that send to a full disk must leave some for the pages.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import Future
from typing import TypeVar

from edge.errors import Full
from edge.ingest import COMMIT_TIMEOUT_S

_Told = TypeVar("_Told")


async def on_disk(promise: Future[_Told]) -> _Told:
    """What became of what was queued; raises `Full` where the disk does not take it in time."""
    try:
        return await asyncio.wait_for(asyncio.wrap_future(promise), COMMIT_TIMEOUT_S)
    except TimeoutError:
        raise Full(
            f"The journal did not commit within {COMMIT_TIMEOUT_S:g} s.",
            fix="Keep the batch and send it again; /ready tells what is wrong with the disk.",
        ) from None
