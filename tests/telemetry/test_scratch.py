"""Memory that is written over again and again."""

from __future__ import annotations

import numpy as np

from telemetry.scratch import Scratch


def test_a_shorter_array_of_a_name_lies_in_the_memory_of_the_longer_one() -> None:
    scratch = Scratch()
    longer = scratch.int64s("sums", 4, 8)
    shorter = scratch.int64s("sums", 3, 5)
    assert (longer.shape, shorter.shape) == ((4, 8), (3, 5))
    assert np.shares_memory(longer, shorter)


def test_a_longer_array_and_another_name_have_memory_of_their_own() -> None:
    scratch = Scratch()
    first, second, longer = scratch.int64s("sums", 4), scratch.int64s("place", 4), scratch.int64s("sums", 5)
    assert not np.shares_memory(first, second)
    assert not np.shares_memory(first, longer)
