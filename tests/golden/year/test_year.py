"""The golden year: what was worked out by hand, what the plain reference says, and what the product says, agree."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from edge.monitoring.contract import Measured, Period, Report
from edge.register.kinds import KINDS
from telemetry.indicators.definition import Dimension
from telemetry.indicators.facts import Amount
from tests.golden.year import reference
from tests.golden.year.files import PERIODS, Value, parts, value, values, year
from tests.golden.year.place import ENDED, Place, place
from tests.golden.year.reference import Reference

ZONES = ("Europe/Moscow", "Asia/Kamchatka")
WORDS = frozenset({"quarter", "year", "target", "how", "unit", "coverage"})
"""Of an expectation; all others are dimensions."""

EXPECT: Mapping[str, Mapping[str, str]] = year(ZONES[0]).told["expect"]


@pytest.fixture(scope="module", params=ZONES)
def lived(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """The year is over; nobody changes anything here."""
    with place(tmp_path_factory.mktemp("golden"), year(request.param)) as one:
        one.live()
        yield one


@cache
def by_reference(zone: str) -> Reference:
    told = year(zone)
    return Reference(told, entries=told.register, changes=told.changes, now=told.at(ENDED))


@cache
def rows(zone: str, facts: str, window: reference.Window) -> list[reference.Row]:
    return by_reference(zone).rows(facts, window)


def plain(amount: Amount) -> Value:
    return amount.numerator, amount.denominator


def called(report: Report, number: str) -> Measured:
    return next(one for one in report.items if one.indicator.number == number)


def reports(of: Place) -> list[Report]:
    return [of.monitoring.report(Period(*one)) for one in PERIODS]


def components(one: Measured) -> dict[str, dict[str, Value]]:
    found: dict[str, dict[str, Value]] = {}
    for part in one.components:
        found.setdefault(part.by.value, {})[part.key] = plain(part.amount)
    return found


def test_the_year_has_entries_of_every_kind_and_expectations_of_every_indicator(lived: Place) -> None:
    assert set(lived.year.register) == set(KINDS)
    assert set(EXPECT) == {one.indicator.number for one in reports(lived)[3].items}


@pytest.mark.parametrize("number", EXPECT)
def test_the_product_gives_what_was_worked_out_by_hand(lived: Place, number: str) -> None:
    told, wanted = [called(one, number) for one in reports(lived)], EXPECT[number]
    unit = wanted.get("unit", "")
    assert tuple(plain(one.quarter) for one in told) == values(wanted["quarter"], unit)
    assert tuple(plain(one.year_to_date) for one in told) == values(wanted["year"], unit)
    assert told[3].how.word == wanted["how"]
    assert str(told[3].target) == wanted.get("target", "None")
    found = components(told[3])
    for by in wanted.keys() - WORDS:
        assert found[by] == parts(wanted[by], unit), by


@pytest.mark.parametrize("number", EXPECT)
def test_the_reference_gives_what_was_worked_out_by_hand(lived: Place, number: str) -> None:
    wanted, zone = EXPECT[number], lived.year.zone
    indicator, unit = called(reports(lived)[3], number).indicator, wanted.get("unit", "")
    facts, aggregation = indicator.facts, indicator.aggregation.value
    for word, window in (("quarter", reference.quarter), ("year", reference.to_date)):
        found = tuple(reference.added(rows(zone, facts, window(*one)), aggregation) for one in PERIODS)
        assert found == values(wanted[word], unit), word
    whole = rows(zone, facts, reference.to_date(2026, 4))
    assert reference.how(whole) == wanted["how"]
    for by in wanted.keys() - WORDS:
        assert reference.split(whole, aggregation, by) == parts(wanted[by], unit), by


@pytest.mark.parametrize("number", EXPECT)
@pytest.mark.parametrize("period", PERIODS)
def test_product_and_reference_agree_in_every_component_of_every_quarter(
    lived: Place, number: str, period: tuple[int, int]
) -> None:
    told = called(lived.monitoring.report(Period(*period)), number)
    found, indicator = components(told), told.indicator
    whole = rows(lived.year.zone, indicator.facts, reference.to_date(*period))
    for by in indicator.breakdowns:
        wanted = reference.split(whole, indicator.aggregation.value, by.value)
        wanted = dict.fromkeys(unknown_keys(lived.year.zone, indicator.facts, period, by.value), (0, 0)) | wanted
        assert found.get(by.value, {}) == wanted, by
    assert told.how.word == reference.how(whole)


def unknown_keys(zone: str, facts: str, period: tuple[int, int], by: str) -> list[str]:
    """The keys of machines of a ratio of time, known or not."""
    if not facts.startswith("utilisation"):
        return []
    one = by_reference(zone)
    devices = one.coverage(facts, reference.to_date(*period))
    return [key for device in devices for key in one.device_keys(device)[by] or {""}]


@pytest.mark.parametrize("number", [number for number, wanted in EXPECT.items() if "coverage" in wanted])
def test_ratios_of_time_tell_how_much_of_it_is_known(lived: Place, number: str) -> None:
    told = [called(one, number) for one in reports(lived)]
    wanted = values(EXPECT[number]["coverage"], EXPECT[number]["unit"])
    for period, one, by_hand in zip(PERIODS, told, wanted, strict=True):
        known = by_reference(lived.year.zone).coverage(one.indicator.facts, reference.to_date(*period))
        sums = tuple(sum(each[place] for each in known.values()) for place in (0, 1))
        assert coverage_of(one.year_to_date) == by_hand == sums
        parts_of = {part.key: coverage_of(part.amount) for part in one.components if part.by is Dimension.EQUIPMENT}
        assert parts_of == known
        whole = one.year_to_date.coverage
        assert whole is not None
        assert whole.is_enough == one.year_to_date.is_sufficient == (by_hand[0] >= 0.8 * by_hand[1])


def coverage_of(amount: Amount) -> tuple[int, int]:
    assert amount.coverage is not None
    return amount.coverage.known, amount.coverage.whole


def test_series_run_from_the_year_before(lived: Place) -> None:
    report = reports(lived)[3]
    for number, text in lived.year.told["year_before"].items():
        before = {one: plain(amount) for one, amount, _ in called(report, number).series}
        assert before[Period(2025, 4)] == value(text), number


def test_what_people_say_stands_beside(lived: Place) -> None:
    first, second, _, last = reports(lived)
    manual = called(second, "1.11").manual
    assert manual is not None
    assert (manual.hundredths, manual.document, manual.stamp.author) == (1200, "приказ 5", "Иванова")
    assert called(first, "1.11").manual is None
    assert (called(last, "2.1").text, called(second, "2.1").text) == ("Один выбыл.", "")
    for code, text in lived.year.told["directions"].items():
        lines = [next(one for one in report.directions if one.code == code) for report in reports(lived)]
        assert " ".join(f"{one.planned}/{one.done}" for one in lines) == text, code


def test_what_lies_ahead_is_not_counted_yet(tmp_path: Path) -> None:
    told = year(ZONES[0])
    with place(tmp_path, told, now=told.at("2026-11-20T12:00")) as one:
        one.live()
        report = one.monitoring.report(Period(2026, 4))
        assert {number: str(called(report, number).quarter.numerator) for number in told.told["ahead"]} == (
            told.told["ahead"]
        )


def cells(report: Report) -> Iterator[tuple[str, Dimension | None, str, Amount]]:
    for one in report.items:
        yield one.indicator.number, None, "", one.year_to_date
        for part in one.components:
            yield one.indicator.number, part.by, part.key, part.amount


@pytest.mark.parametrize("period", PERIODS)
def test_evidence_of_every_cell_adds_up_to_it(lived: Place, period: tuple[int, int]) -> None:
    asked, n = Period(*period), 0
    for number, by, key, amount in cells(lived.monitoring.report(asked)):
        found = lived.monitoring.evidence(asked, number, by=by, key=key)
        assert (found.amount, found.resum) == (amount, amount), f"{number} {by} {key}"
        n += 1
    for one in lived.monitoring.report(asked).items:
        own = lived.monitoring.evidence(asked, one.indicator.number, quarter_only=True)
        assert (own.amount, own.resum) == (one.quarter, one.quarter), one.indicator.number
    assert n > 150


def test_over_http_it_is_the_same_year(lived: Place) -> None:
    for period, report in zip(PERIODS, reports(lived), strict=True):
        asked: dict[str, Any] = {"year": period[0], "quarter": period[1]}
        told = {one["number"]: one for one in lived.client.get("/api/v1/indicators", params=asked).json()["items"]}
        for one in report.items:
            view = told[one.indicator.number]
            assert (view["year_to_date"]["numerator"], view["year_to_date"]["denominator"]) == plain(one.year_to_date)
            assert (view["quarter"]["numerator"], view["quarter"]["denominator"]) == plain(one.quarter)
            path = f"/api/v1/indicators/{one.indicator.number}/evidence"
            evidence = lived.client.get(path, params=asked).json()
            assert evidence["value"] == evidence["resum"] == view["value"]
            assert evidence["amount"] == evidence["resum_amount"] == view["year_to_date"]


def test_the_indicators_are_the_shipped_ones(lived: Place) -> None:
    last = reports(lived)[3]
    assert (len(last.official.indicators), last.official.official, last.analytics.official) == (24, True, False)
