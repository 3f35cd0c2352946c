"""The words and their columns hold and check, and compute nothing."""

from __future__ import annotations

import numpy as np
import pytest

from telemetry.columns import Changes, Readings
from telemetry.model import (
    RAW_LIMIT,
    Channel,
    EquipmentId,
    JobOutcome,
    JobPhase,
    ReadingBatch,
    RunPhase,
    Source,
    State,
    rejected,
)

MILL = EquipmentId("mill-1")


def batch(values: list[float], unit: str = "°C") -> ReadingBatch:
    return ReadingBatch(MILL, Channel("t"), np.arange(len(values)), np.array(values), 5, unit)


def test_columns_of_different_length_are_an_error() -> None:
    with pytest.raises(ValueError, match="differ in length"):
        Readings(np.arange(2), np.zeros(3))


def test_columns_are_as_long_as_their_arrays() -> None:
    one = np.zeros(1, np.int64)
    codes = np.zeros(1, np.int8)
    assert len(Changes((MILL, EquipmentId("mill-2")), np.zeros(1, np.int32), one, codes, codes, one)) == 1


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        (State.BUSY.word, "busy"),
        (Source.POWER_INFERRED.word, "power_inferred"),
        (JobPhase.ENDED.word, "ended"),
        (RunPhase.STOPPED.word, "stopped"),
        (JobOutcome.CANCELLED.word, "cancelled"),
    ],
)
def test_words_are_written_in_lower_case(word: str, expected: str) -> None:
    assert word == expected


def test_batches_are_equal_by_words_and_elements() -> None:
    assert batch([1.0, 2.0]) == batch([1.0, 2.0])
    assert hash(batch([1.0, 2.0])) == hash(batch([1.0, 2.0]))
    assert batch([1.0, 2.0]) != batch([1.0, 3.0])
    assert batch([1.0]) != batch([1.0], unit="K")
    assert batch([1.0]) != "batch"


def test_rejected_bytes_are_bounded_and_their_size_is_told() -> None:
    record = rejected(b"x" * (RAW_LIMIT + 1), "noise", equipment=MILL, at=7, origin="ttyUSB0")
    assert (len(record.raw), record.size, record.received_at) == (RAW_LIMIT, RAW_LIMIT + 1, 7)
