"""Parts of a window against Python's datetime, and a walk through every minute where the clock is set."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC as DATETIME_UTC
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.zones import zone_of
from telemetry.calendar import BUCKETS_LIMIT, Unit, buckets, in_order, term_buckets
from telemetry.civil import day_of
from telemetry.columns import Buckets
from telemetry.model import NS_PER_S
from telemetry.timetable import Term
from telemetry.zones import UTC, Zone

NAMES = ("Europe/Berlin", "America/New_York", "Europe/Moscow", "Europe/Kaliningrad", "Asia/Kamchatka", "UTC")
MINUTE = 60 * NS_PER_S
DAY = 86_400 * NS_PER_S


def utc_ns(*moment: int) -> int:
    return int(datetime(*moment, tzinfo=DATETIME_UTC).timestamp()) * NS_PER_S  # type: ignore[arg-type, misc]  # year, month, …


def _week(at: datetime) -> str:
    year, week, _ = at.isocalendar()
    return f"{year}-W{week:02}"


def _academic(at: datetime) -> str:
    first = at.year - (at.month < 9)
    return f"{first}/{first + 1}"


LABELS: dict[Unit, Callable[[datetime], str]] = {
    Unit.NONE: lambda _: "total",
    Unit.HOUR: lambda at: at.replace(minute=0, second=0, microsecond=0).isoformat(),
    Unit.DAY: lambda at: at.date().isoformat(),
    Unit.WEEK: _week,
    Unit.MONTH: lambda at: at.strftime("%Y-%m"),
    Unit.QUARTER: lambda at: f"{at.year}-Q{(at.month + 2) // 3}",
    Unit.YEAR: lambda at: str(at.year),
    Unit.ACADEMIC_YEAR: _academic,
}
LENGTHS_S = {Unit.HOUR: 86_400 * 20, Unit.DAY: 86_400 * 800}


def assert_tiles(parts: Buckets, start: int, end: int) -> None:
    assert [start, *parts.end.tolist()] == [*parts.start.tolist(), end]
    assert (parts.start < parts.end).all()
    assert len(parts.label) == len(set(parts.label)) == len(parts)


@settings(deadline=None)
@given(st.sampled_from(NAMES), st.sampled_from(Unit), st.data())
def test_every_part_is_what_datetime_calls_it(name: str, unit: Unit, data: st.DataObject) -> None:
    start = data.draw(st.integers(utc_ns(2005, 1, 1), utc_ns(2030, 1, 1)))
    end = start + data.draw(st.integers(1, LENGTHS_S.get(unit, 86_400 * 4000) * NS_PER_S))
    parts = buckets(unit, zone_of(name), start, end)
    assert_tiles(parts, start, end)
    instants = np.stack((parts.start, (parts.start + parts.end) // 2, parts.end - 1), axis=1) // NS_PER_S
    for label, seconds in zip(parts.label, instants.tolist(), strict=True):
        assert {LABELS[unit](datetime.fromtimestamp(s, ZoneInfo(name))) for s in seconds} == {label}


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("Europe/Berlin", "2026-03-29"),
        ("Europe/Berlin", "2026-10-25"),
        ("America/New_York", "2026-03-08"),
        ("America/New_York", "2026-11-01"),
        ("Europe/Moscow", "2011-03-27"),
        ("Europe/Moscow", "2014-10-26"),
        ("Europe/Kaliningrad", "2014-10-26"),
        ("Asia/Kamchatka", "2010-03-28"),
        ("Asia/Kamchatka", "2011-03-27"),
        ("Australia/Lord_Howe", "2026-04-05"),
        ("Australia/Lord_Howe", "2026-10-04"),
        ("Asia/Kolkata", "2026-10-04"),
    ],
)
def test_hours_are_those_of_a_walk_through_every_minute(name: str, day: str) -> None:
    start = day_of(day) * DAY - DAY
    expected, before = [], None
    for at in range(start, start + 3 * DAY, MINUTE):
        shown = datetime.fromtimestamp(at // NS_PER_S, ZoneInfo(name))
        if before is None or shown.minute == 0 or shown.utcoffset() != before:
            whole = shown if before is not None else shown.replace(minute=0)
            expected.append((at, whole.isoformat()))
        before = shown.utcoffset()
    parts = buckets(Unit.HOUR, zone_of(name), start, start + 3 * DAY)
    assert_tiles(parts, start, start + 3 * DAY)
    assert list(zip(parts.start.tolist(), parts.label, strict=True)) == expected


@pytest.mark.parametrize(
    ("name", "day", "hours"),
    [
        ("Europe/Berlin", "2026-03-29", 23),
        ("Europe/Berlin", "2026-10-25", 25),
        ("Europe/Moscow", "2011-03-27", 23),
        ("Europe/Moscow", "2014-10-26", 25),
        ("Asia/Kamchatka", "2010-03-28", 24),  # an hour to the west and to summer time at once
        ("Asia/Kamchatka", "2010-10-31", 25),
        ("Asia/Kamchatka", "2011-03-27", 23),
        ("Europe/Kaliningrad", "2026-10-25", 24),
    ],
)
def test_a_day_is_as_long_as_its_clock_makes_it(name: str, day: str, hours: int) -> None:
    start = day_of(day) * DAY
    parts = buckets(Unit.DAY, zone_of(name), start - DAY, start + 2 * DAY)
    at = parts.label.index(day)
    assert parts.end[at] - parts.start[at] == hours * 3600 * NS_PER_S


def test_a_day_that_the_zone_skips_is_no_part() -> None:
    labels = buckets(Unit.DAY, zone_of("Pacific/Apia"), utc_ns(2011, 12, 29), utc_ns(2012, 1, 1)).label
    assert labels == ("2011-12-28", "2011-12-29", "2011-12-31", "2012-01-01")


def test_a_day_once_begun_goes_on_where_the_clock_is_set_back_over_midnight() -> None:
    st_johns = zone_of("America/St_Johns")  # 2006-10-29 00:01 became 2006-10-28 23:01
    parts = buckets(Unit.DAY, st_johns, utc_ns(2006, 10, 28, 12), utc_ns(2006, 10, 29, 12))
    assert parts.label == ("2006-10-28", "2006-10-29")
    assert parts.start[1] == utc_ns(2006, 10, 29, 2, 30)


@settings(deadline=None)
@given(st.integers(-40, 40), st.integers(0, 30), st.sampled_from((Unit.NONE, Unit.HOUR, Unit.DAY)))
def test_parts_tile_whatever_the_clock_does(first: int, length: int, unit: Unit) -> None:
    wild = Zone("wild", np.array([-10, 0, 3, 9]) * 7 * NS_PER_S * 3600, np.array([5, -9, 11, 0]) * NS_PER_S * 3600)
    start, end = (hours * 3600 * NS_PER_S for hours in (first, first + length))
    parts = buckets(unit, wild, start, end)
    assert parts.start.tolist() == [start, *parts.end[:-1].tolist()][: len(parts)]
    assert (parts.end - parts.start).sum() == end - start


@pytest.mark.parametrize("unit", Unit)
def test_an_empty_window_has_no_part(unit: Unit) -> None:
    assert len(buckets(unit, UTC, 5, 5)) == len(term_buckets((), UTC, 5, 5)) == 0


def test_a_window_that_runs_backwards_or_is_cut_too_fine_is_an_error() -> None:
    with pytest.raises(ValueError, match="backwards"):
        buckets(Unit.DAY, UTC, 1, 0)
    with pytest.raises(ValueError, match="backwards"):
        term_buckets((), UTC, 1, 0)
    with pytest.raises(ValueError, match=f"more than {BUCKETS_LIMIT}"):
        buckets(Unit.HOUR, UTC, 0, (BUCKETS_LIMIT + 1) * 3600 * NS_PER_S)


def term(name: str, first: str, last: str) -> Term:
    return Term(name=name, first_day=day_of(first), last_day=day_of(last))


TERMS = (term("2", "2026-11-05", "2026-12-30"), term("1", "2026-09-01", "2026-10-27"))


def test_terms_and_what_lies_between_them_tile_the_window() -> None:
    start, end = utc_ns(2026, 9, 30, 21), utc_ns(2026, 12, 31, 21)
    parts = term_buckets(TERMS, zone_of("Europe/Moscow"), start, end)
    assert parts.label == ("1", "", "2", "")
    assert [start, *parts.end.tolist()] == [*parts.start.tolist(), end]
    assert parts.start[1:3].tolist() == [utc_ns(2026, 10, 27, 21), utc_ns(2026, 11, 4, 21)]


def test_terms_of_no_sense_are_errors() -> None:
    with pytest.raises(ValueError, match="overlap"):
        in_order((*TERMS, term("3", "2026-12-30", "2027-01-01")))
    with pytest.raises(ValueError, match="ends before"):
        in_order((term("3", "2026-12-30", "2026-12-29"),))
    assert in_order(TERMS + TERMS) == TERMS[::-1]


def test_words_of_units_are_those_of_the_api() -> None:
    assert [unit.word for unit in Unit] == [
        "none", "hour", "day", "week", "month", "quarter", "year", "academic_year"
    ]  # fmt: skip


def test_a_day_of_datetime_is_never_lost_over_a_year() -> None:
    parts = buckets(Unit.DAY, zone_of("Europe/Berlin"), utc_ns(2025, 12, 31, 23), utc_ns(2026, 12, 31, 23))
    first = datetime(2026, 1, 1, tzinfo=DATETIME_UTC)
    assert parts.label == tuple((first + timedelta(days=n)).date().isoformat() for n in range(365))
