from __future__ import annotations

from dataclasses import replace

import pytest

from telemetry.indicators.definition import Aggregation
from telemetry.indicators.facts import Amount, Coverage
from telemetry.indicators.measures import amount
from telemetry.indicators.periods import merged, shared
from telemetry.indicators.table import COVERAGE, INDICATORS
from tests.telemetry.indicators.worlds import EMPTY, EquipmentDay, day, equipment_days

LEAST_PPM = 800_000
FIRST = day("2026-09-21")


@pytest.mark.parametrize(
    ("known", "whole", "part", "enough"),
    [(8, 10, 0.8, True), (7, 10, 0.7, False), (0, 10, 0.0, False), (0, 0, None, True)],
)
def test_a_ratio_is_sufficient_where_enough_of_its_base_is_known(
    known: int, whole: int, part: float | None, *, enough: bool
) -> None:
    coverage = Coverage(known, whole, LEAST_PPM)
    assert (coverage.part, coverage.is_enough) == (part, enough)
    assert Amount(1, 2, coverage).is_sufficient is enough


def test_what_has_no_coverage_is_sufficient_and_coverage_is_no_part_of_a_value() -> None:
    assert Amount(1, 2).is_sufficient
    assert Amount(1, 2) == Amount(1, 2, Coverage(0, 1, LEAST_PPM))


@pytest.mark.parametrize(
    ("name", "known", "whole"),
    [("utilisation_timetable", 4, 5), ("utilisation_scheduled", 7, 12), ("utilisation_calendar", 20, 24)],
)
def test_each_ratio_of_time_has_the_coverage_of_its_own_base(name: str, known: int, whole: int) -> None:
    one = EquipmentDay("mill", FIRST, 1, 24, (1, 6), (1, 4), 20, (7, 12), 5)
    nothing = replace(
        one, equipment="saw", timetable=(0, 0), known_ns=0, calendar_ns=0, scheduled_known=(0, 0), timetabled_ns=0
    )
    world = replace(EMPTY, days=equipment_days(one, nothing))
    facts = COVERAGE[name](world)
    assert len(facts) == 1
    assert amount(facts, Aggregation.SHARE, (FIRST, FIRST)) == Amount(known, whole)
    assert set(COVERAGE) <= set(INDICATORS)


def test_windows_that_overlap_or_touch_are_one_stretch() -> None:
    assert merged([(8, 9), (1, 3), (4, 5), (2, 2), (7, 6)]) == ((1, 5), (8, 9))
    assert list(shared((3, 8), [(1, 5), (8, 9), (20, 30)])) == [(3, 5), (8, 8)]
