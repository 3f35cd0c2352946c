"""The wall clock against zoneinfo, and small made-up zones against every single nanosecond."""

from __future__ import annotations

from datetime import UTC as DATETIME_UTC
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.zones import zone_of
from telemetry.model import NS_PER_S
from telemetry.zones import UTC, Zone, earliest, latest, occurrences, offset_at, wall_at

NAMES = (
    "Europe/Berlin", "America/New_York", "Europe/Moscow", "Europe/Kaliningrad", "Asia/Kamchatka", "Asia/Yekaterinburg",
    "Asia/Vladivostok", "Asia/Kolkata", "Australia/Lord_Howe", "Africa/Casablanca", "Pacific/Apia", "America/St_Johns",
    "Africa/Cairo", "Antarctica/Troll", "UTC",
)  # fmt: skip
FIRST_S, LAST_S = (int(datetime(year, 1, 1, tzinfo=DATETIME_UTC).timestamp()) for year in (1990, 2100))


def ns(*values: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.array(values, np.int64)


def utc_ns(*moment: int) -> int:
    return int(datetime(*moment, tzinfo=DATETIME_UTC).timestamp()) * NS_PER_S  # type: ignore[arg-type, misc]  # year, month, …


@settings(deadline=None)
@given(st.sampled_from(NAMES), st.lists(st.integers(FIRST_S, LAST_S - 1), min_size=1, max_size=50))
def test_the_wall_shows_what_zoneinfo_says(name: str, seconds: list[int]) -> None:
    rules = ZoneInfo(name)
    shown = [datetime.fromtimestamp(s, rules).replace(tzinfo=DATETIME_UTC).timestamp() for s in seconds]
    assert wall_at(zone_of(name), ns(*seconds) * NS_PER_S).tolist() == [int(s) * NS_PER_S for s in shown]


@pytest.mark.parametrize("name", NAMES)
def test_each_change_of_a_zone_is_a_change_of_zoneinfo_to_the_second(name: str) -> None:
    rules, zone = ZoneInfo(name), zone_of(name)
    for since, before, after in zip(
        zone.since[1:].tolist(), zone.offset_ns[:-1].tolist(), zone.offset_ns[1:].tolist(), strict=True
    ):
        told = [datetime.fromtimestamp(since // NS_PER_S + s, rules).utcoffset() for s in (-1, 0)]
        assert [int(t.total_seconds()) * NS_PER_S for t in told if t is not None] == [before, after]


@settings(deadline=None)
@given(st.sampled_from(NAMES), st.lists(st.integers(FIRST_S, LAST_S), min_size=1, max_size=50))
def test_wall_times_go_back_as_in_zoneinfo(name: str, walls: list[int]) -> None:
    rules, zone = ZoneInfo(name), zone_of(name)
    wall = ns(*walls) * NS_PER_S
    how_often = occurrences(zone, wall)
    for back, fold in ((earliest(zone, wall), 0), (latest(zone, wall), 1)):
        for w, found, often in zip(walls, back.tolist(), how_often.tolist(), strict=True):
            naive = datetime.fromtimestamp(w, DATETIME_UTC).replace(tzinfo=rules, fold=fold)
            told = int(naive.timestamp())
            exists = datetime.fromtimestamp(told, rules).replace(tzinfo=None) == naive.replace(tzinfo=None)
            assert exists == (often > 0)
            assert found == told * NS_PER_S if exists else found in zone.since.tolist()


@pytest.mark.parametrize(
    ("name", "moment", "hours"),
    [
        ("Europe/Moscow", (2011, 3, 26, 23), 4),
        ("Europe/Moscow", (2014, 10, 25, 22), 3),
        ("Europe/Kaliningrad", (2014, 10, 25, 23), 2),
        ("Europe/Kaliningrad", (2011, 3, 27, 0), 3),
        ("Asia/Kamchatka", (2010, 3, 27, 14), 12),
        ("Asia/Kamchatka", (2026, 11, 22, 0), 12),
        ("Europe/Berlin", (2026, 3, 29, 1), 2),
        ("America/New_York", (2026, 11, 1, 6), -5),
    ],
)
def test_known_changes_happened(name: str, moment: tuple[int, ...], hours: int) -> None:
    assert offset_at(zone_of(name), ns(utc_ns(*moment))).tolist() == [hours * 3600 * NS_PER_S]


def test_a_gap_closes_where_the_clock_was_set_and_a_fold_has_two_ends() -> None:
    berlin, hour = zone_of("Europe/Berlin"), 3600 * NS_PER_S
    gap, fold = utc_ns(2026, 3, 29, 2, 30), utc_ns(2026, 10, 25, 2, 30)
    assert occurrences(berlin, ns(gap, fold, gap + hour)).tolist() == [0, 2, 1]
    assert earliest(berlin, ns(gap, fold)).tolist() == [utc_ns(2026, 3, 29, 1), utc_ns(2026, 10, 25, 0, 30)]
    assert latest(berlin, ns(gap, fold)).tolist() == [utc_ns(2026, 3, 29, 1), utc_ns(2026, 10, 25, 1, 30)]


small_zones = st.lists(st.tuples(st.integers(-30, 30), st.integers(-12, 12)), min_size=1, max_size=6).map(
    lambda pairs: Zone("small", ns(*sorted({at for at, _ in pairs})), ns(*dict(sorted(pairs)).values()))
)


@settings(deadline=None)
@given(small_zones, st.integers(-40, 40))
def test_the_way_back_is_that_of_trying_every_instant(zone: Zone, wall: int) -> None:
    instants = np.arange(-90, 90)
    shown = wall_at(zone, instants)
    where = np.flatnonzero(shown == wall)
    assert occurrences(zone, ns(wall))[0] == len(where)
    assert earliest(zone, ns(wall))[0] == instants[shown >= wall][0]
    last = int(np.flatnonzero(shown <= wall)[-1])
    assert latest(zone, ns(wall))[0] == instants[last] + (shown[last] < wall)


@settings(deadline=None)
@given(small_zones)
def test_a_later_wall_time_is_never_earlier(zone: Zone) -> None:
    walls = np.arange(-60, 60)
    assert (np.diff(earliest(zone, walls)) >= 0).all()
    assert (np.diff(latest(zone, walls)) >= 0).all()


def test_utc_is_its_own_wall() -> None:
    assert wall_at(UTC, ns(-5, 0, 7)).tolist() == earliest(UTC, ns(-5, 0, 7)).tolist() == [-5, 0, 7]


@pytest.mark.parametrize(("since", "offset"), [((), ()), ((1, 1), (0, 0)), ((2, 1), (0, 0)), ((1,), (0, 0))])
def test_a_zone_wants_one_offset_for_each_rising_instant(since: tuple[int, ...], offset: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="rising instants"):
        Zone("broken", ns(*since), ns(*offset))


def test_a_zone_that_nobody_knows_is_told() -> None:
    with pytest.raises(ZoneInfoNotFoundError):
        zone_of("Europe/Nowhere")
