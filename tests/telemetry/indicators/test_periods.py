from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telemetry.civil import day_of
from telemetry.indicators.periods import quarter_of, quarter_window, year_to_date_window

years = st.integers(1971, 2240)
any_day = st.integers(-90_000, 90_000)


@pytest.mark.parametrize(
    ("quarter", "first", "last"),
    [
        (1, "2024-01-01", "2024-03-31"),
        (2, "2024-04-01", "2024-06-30"),
        (3, "2024-07-01", "2024-09-30"),
        (4, "2024-10-01", "2024-12-31"),
    ],
)
def test_a_quarter_has_its_three_months(quarter: int, first: str, last: str) -> None:
    assert quarter_window(2024, quarter) == (day_of(first), day_of(last))


@settings(deadline=None)
@given(years)
def test_quarters_follow_one_another_and_fill_the_year(year: int) -> None:
    windows = [quarter_window(year, quarter) for quarter in (1, 2, 3, 4)]
    assert [window[0] for window in windows[1:]] == [window[1] + 1 for window in windows[:-1]]
    assert (windows[0][0], windows[-1][1]) == year_to_date_window(year, 4)
    assert quarter_window(year + 1, 1)[0] == windows[-1][1] + 1


@settings(deadline=None)
@given(years, st.integers(1, 4))
def test_a_year_to_date_runs_from_new_year_to_the_end_of_its_quarter(year: int, quarter: int) -> None:
    first, last = year_to_date_window(year, quarter)
    assert first == (dt.date(year, 1, 1) - dt.date(1970, 1, 1)).days
    assert last == quarter_window(year, quarter)[1]


@settings(deadline=None)
@given(any_day)
def test_a_day_is_inside_its_quarter(day: int) -> None:
    first, last = quarter_window(*quarter_of(day))
    assert first <= day <= last


@pytest.mark.parametrize("quarter", [-1, 0, 5])
def test_a_fifth_quarter_is_refused_by_name(quarter: int) -> None:
    with pytest.raises(ValueError, match=f"{quarter} is no quarter of 2026"):
        quarter_window(2026, quarter)
