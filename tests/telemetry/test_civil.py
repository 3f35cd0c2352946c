"""Dates against Python's own calendar."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telemetry import civil

EPOCH = date(1970, 1, 1)


def test_two_centuries_of_days_are_those_of_datetime() -> None:
    days = np.arange(civil.FIRST_DAY, civil.LAST_DAY + 1)
    real = [EPOCH + timedelta(days=day) for day in days.tolist()]
    year, month, day = civil.dates(days)
    assert list(zip(year.tolist(), month.tolist(), day.tolist(), strict=True)) == [
        (d.year, d.month, d.day) for d in real
    ]
    assert (civil.days(year, month, day) == days).all()
    iso = [d.isocalendar() for d in real]
    assert civil.weekdays(days).tolist() == [i.weekday - 1 for i in iso]
    assert [column.tolist() for column in civil.iso_weeks(days)] == [[i.year for i in iso], [i.week for i in iso]]


@settings(deadline=None)
@given(st.dates(date(1697, 1, 1), date(2242, 12, 31)))
def test_a_date_is_read_as_it_is_written(day: date) -> None:
    assert civil.day_of(day.isoformat()) == (day - EPOCH).days
    assert civil.text_of((day - EPOCH).days) == day.isoformat()


@pytest.mark.parametrize(
    "text", ["", "2026-02-29", "2026-13-01", "2026-00-10", "20261122", "2026-1-2", "9999-01-01", "２０２６-11-22"]
)
def test_what_is_no_date_is_told(text: str) -> None:
    with pytest.raises(ValueError, match="is no date"):
        civil.day_of(text)
