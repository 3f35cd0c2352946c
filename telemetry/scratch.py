"""Memory for the steps between, written over again and again.

A column of half a megabyte that is made anew for each step is new memory to the system, which clears every page of it
first: that took a third of the time of a year's utilisation. Nothing here outlives the question that it was made for,
and no two threads share one.
"""

from __future__ import annotations

import math

import numpy as np

from telemetry.columns import Int64s


class Scratch:
    """Arrays by name; each keeps its memory until a longer one of its name is asked for."""

    def __init__(self) -> None:
        """Without any memory yet."""
        self._kept: dict[str, Int64s] = {}

    def int64s(self, name: str, *shape: int) -> Int64s:
        """An array of that shape with anything in it; the one of this name that was given out before is gone."""
        n = math.prod(shape)
        if name not in self._kept or len(self._kept[name]) < n:
            self._kept[name] = np.empty(n, np.int64)
        return self._kept[name][:n].reshape(shape)
