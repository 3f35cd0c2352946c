"""One number that a child process counts up and its parent reads, in a file that both map into memory."""

from __future__ import annotations

import mmap
import struct
from pathlib import Path

_NUMBER = struct.Struct("=Q")


class Counter:
    """The number in `path`; the file is made where there is none. One process writes."""

    def __init__(self, path: Path) -> None:
        if not path.exists():
            path.write_bytes(_NUMBER.pack(0))
        with path.open("r+b") as file:
            self._memory = mmap.mmap(file.fileno(), _NUMBER.size)
        (self._value,) = _NUMBER.unpack(self._memory[:])

    def add(self, by: int) -> None:
        """Count."""
        self._value += by
        _NUMBER.pack_into(self._memory, 0, self._value)

    def value(self) -> int:
        """What has been counted."""
        (value,) = _NUMBER.unpack(self._memory[:])
        return int(value)
