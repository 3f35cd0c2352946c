"""The words of `telemetry.model` as equal-length arrays.

A column object only holds and checks its arrays; it computes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from telemetry.model import EquipmentId

Int64s = npt.NDArray[np.int64]
Int32s = npt.NDArray[np.int32]
Int8s = npt.NDArray[np.int8]
Float64s = npt.NDArray[np.float64]


class _Columns:
    """Equal lengths, checked once at the border."""

    __slots__ = ()

    def __len__(self) -> int:
        """The number of rows."""
        return len(next(iter(self._arrays().values())))

    def _arrays(self) -> dict[str, npt.NDArray[np.generic]]:
        named = ((f.name, getattr(self, f.name)) for f in fields(self))  # type: ignore[arg-type]
        return {name: value for name, value in named if isinstance(value, np.ndarray)}

    def __post_init__(self) -> None:
        """Raise `ValueError` where the arrays differ in length."""
        lengths = {name: len(array) for name, array in self._arrays().items()}
        if len(set(lengths.values())) > 1:
            message = f"columns differ in length: {lengths}"
            raise ValueError(message)


@dataclass(frozen=True, slots=True, eq=False)
class Readings(_Columns):
    """One channel: `t` int64[n] ns UTC, strictly rising; `v` float64[n] in the channel's unit."""

    t: Int64s
    v: Float64s


@dataclass(frozen=True, slots=True, eq=False)
class Envelope(_Columns):
    """A channel per pixel: parts [start, end), how many readings, least, greatest, mean (NaN where count is 0)."""

    start: Int64s
    end: Int64s
    count: Int64s
    minimum: Float64s
    maximum: Float64s
    mean: Float64s


@dataclass(frozen=True, slots=True, eq=False)
class Changes(_Columns):
    """Changes of state, any order: `equipment` int32[n] points into `ids`; `valid_ns` 0 holds until the next."""

    ids: tuple[EquipmentId, ...]
    equipment: Int32s
    at: Int64s
    state: Int8s
    source: Int8s
    valid_ns: Int64s


@dataclass(frozen=True, slots=True, eq=False)
class Intervals(_Columns):
    """Half-open intervals [start, end) ns UTC of one state each, by equipment then start; no holes, no overlaps."""

    ids: tuple[EquipmentId, ...]
    equipment: Int32s
    start: Int64s
    end: Int64s
    state: Int8s
    source: Int8s
