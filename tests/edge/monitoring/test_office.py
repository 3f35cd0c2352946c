from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from edge.monitoring.contract import Measured, Period, Report, UnknownIndicator
from edge.monitoring.reckoning import quarters_until
from edge.register.contract import Put
from edge.register.events import Event
from edge.register.lessons import Cancellation
from edge.register.quarters import Target
from edge.settings import CentreKind
from telemetry.indicators.definition import Dimension, How
from telemetry.indicators.facts import Amount
from telemetry.model import State
from tests.edge.monitoring.centre import AFTER, DAY, MINUTE, NOW, Q3, Place, centre, state, year

LATER = NOW + 90 * DAY
"""In the next quarter's last month."""


def called(report: Report, number: str) -> Measured:
    return next(one for one in report.items if one.indicator.number == number)


def numbers(report: Report) -> dict[str, int]:
    return {one.indicator.number: one.year_to_date.numerator for one in report.items}


def test_values_are_what_was_entered_and_done(place: Place) -> None:
    found = numbers(place.office.report(Q3))
    assert {
        number: found[number] for number in ("1.1", "1.2", "1.3", "1.4", "1.5", "1.6", "1.7", "1.8", "A.1", "A.8")
    } == {
        "1.1": 2,
        "1.2": 5,
        "1.3": 1,
        "1.4": 5,
        "1.5": 1,
        "1.6": 5,
        "1.7": 1,
        "1.8": 1,
        "A.1": 1,
        "A.8": 1,
    }


def test_each_value_says_how_it_came(place: Place) -> None:
    report = place.office.report(Q3)
    assert called(report, "A.1").how is How.TELEMETRY
    assert called(report, "1.7").how is How.TELEMETRY
    assert called(report, "1.5").how is How.REGISTER


def test_what_a_person_gave_stands_beside_the_derived_value(place: Place) -> None:
    volunteers = called(place.office.report(Q3), "1.11")
    assert volunteers.manual is not None
    assert (volunteers.year_to_date.numerator, volunteers.manual.hundredths) == (0, 900)
    assert volunteers.manual.stamp.author == "Иванова"
    assert called(place.office.report(Period(2026, 2)), "1.11").manual is None


def test_texts_and_targets_are_those_entered(place: Place) -> None:
    report = place.office.report(Q3)
    assert (called(report, "2.1").text, called(report, "1.2").target, called(report, "1.1").target) == (
        "Все остались.",
        50,
        20,
    )
    assert called(place.office.report(Period(2025, 4)), "1.2").target == 400


def test_what_was_done_after_the_quarter_is_not_done_yet(place: Place) -> None:
    mentoring = next(one for one in place.office.report(Q3).directions if one.code == "mentoring")
    assert (mentoring.planned, mentoring.done, mentoring.lines[0][3], mentoring.lines[0][4]) == (1, 0, None, "")
    place.clock.advance(LATER - AFTER)
    after = next(one for one in place.office.report(Period(2026, 4)).directions if one.code == "mentoring")
    assert (after.planned, after.done, after.lines[0][4]) == (0, 1, "позже")


def test_quarters_of_this_year_and_two_before_are_beside_one_another(place: Place) -> None:
    series = called(place.office.report(Q3), "1.5").series
    assert [one for one, _, _ in series] == list(quarters_until(Q3))
    assert (len(series), series[-1][1:], series[-2][1:]) == (11, (Amount(1), Amount(1)), (Amount(0), Amount(0)))


def test_an_agreement_that_ends_counts_no_participant_after_it(place: Place) -> None:
    place.clock.advance(LATER - AFTER)
    fourth = place.office.report(Period(2026, 4))
    assert (called(fourth, "1.3").quarter, called(fourth, "1.4").quarter) == (Amount(0), Amount(0))
    assert called(fourth, "1.4").year_to_date == Amount(5)


def test_the_report_is_the_same_object_until_something_that_it_read_changes(place: Place) -> None:
    first = place.office.report(Q3)
    place.keep([state(AFTER, State.BUSY)])
    place.clock.advance(DAY)
    assert place.office.report(Q3) is first
    place.enter(Put("late", Event(name="Поздний", first_day=date(2026, 9, 8))))
    second = place.office.report(Q3)
    assert (numbers(second)["1.5"], second.computed_from.register_version) == (2, 2)
    place.keep([state(NOW - 30 * MINUTE, State.IDLE)])
    assert place.office.report(Q3) is not second


def test_a_quarter_that_runs_is_known_up_to_the_minute(tmp_path: Path) -> None:
    with centre(tmp_path, now=NOW) as place:
        place.enter(*year())
        place.keep([state(NOW - 40 * MINUTE, State.BUSY)])
        first = place.office.report(Q3)
        place.clock.advance(20 * MINUTE)
        place.keep([state(NOW + 10 * MINUTE, State.IDLE)])
        second = place.office.report(Q3)
        busy = [called(report, "A.6").year_to_date.numerator // MINUTE for report in (first, second)]
        assert busy == [40, 50]


def test_a_quarter_to_come_is_empty_and_no_error(place: Place) -> None:
    report = place.office.report(Period(2030, 1))
    assert numbers(report)["1.5"] == numbers(report)["A.2"] == 0


def test_late_data_change_only_what_they_touch(place: Place) -> None:
    place.clock.advance(LATER - AFTER)
    before = place.office.report(Period(2026, 2))
    place.keep([state(NOW - 30 * MINUTE, State.IDLE)])
    assert place.office.report(Period(2026, 2)) is before


def test_a_change_of_the_timetable_is_seen(place: Place) -> None:
    assert numbers(place.office.report(Q3))["A.1"] == 1
    place.enter(Put("off", Cancellation(lesson="mon-1:2026-09-21")))
    assert numbers(place.office.report(Q3))["A.1"] == 0


def test_evidence_adds_up_whole_and_under_every_key(place: Place) -> None:
    for item in place.office.report(Q3).items:
        number = item.indicator.number
        whole = place.office.evidence(Q3, number)
        assert (whole.amount, whole.resum) == (item.year_to_date, item.year_to_date), number
        own = place.office.evidence(Q3, number, quarter_only=True)
        assert (own.amount, own.resum) == (item.quarter, item.quarter), number
        for part in item.components:
            found = place.office.evidence(Q3, number, by=part.by, key=part.key)
            assert (found.amount, found.resum) == (part.amount, part.amount), (number, part)


def test_evidence_tells_names_and_documents_and_no_learner(place: Place) -> None:
    (row,) = place.office.evidence(Q3, "1.5").rows
    assert (row.name, row.document, row.labels[Dimension.KIND]) == ("Квест", "программа", ("other",))
    found = place.office.evidence(Q3, "1.2")
    assert {row.name for row in found.rows} == {"ПР-1"}
    assert "L-" not in repr(found)
    names = {
        row.name
        for number in ("1.1", "1.3", "1.4", "A.1", "A.4", "A.8")
        for row in place.office.evidence(Q3, number).rows
    }
    assert {"7/1, Школа № 7", "Моделирование", "Фрезер 1", "Фрезер 1, gear"} <= names


def test_nobody_knows_a_number_of_no_set(place: Place) -> None:
    with pytest.raises(UnknownIndicator, match=r"2026-Q3 has the number '9\.9'") as error:
        place.office.evidence(Q3, "9.9")
    assert "1.1, 1.2" in error.value.fix


def test_that_learners_are_read_is_in_the_audit_once_for_each_change(place: Place) -> None:
    place.office.report(Q3)
    place.enter(Put("target-2", Target(number="1.5", year=2026, target=9)))
    place.office.report(Q3)
    place.office.report(Period(2026, 2))
    reads = [line for _n, line in place.register.audit(after=0, limit=100) if line.action == "read"]
    assert [(line.who, line.reason) for line in reads] == [("labedge", "unique learners of the monitoring")]


@pytest.mark.parametrize("kind", [CentreKind.GROWTH_POINT, CentreKind.IT_CUBE])
def test_without_an_official_set_the_analytics_are_there(tmp_path: Path, kind: CentreKind) -> None:
    with centre(tmp_path, kind=kind) as place:
        report = place.office.report(Q3)
        assert (report.official.indicators, kind.value in report.official.source) == ((), True)
        assert {one.indicator.number[:2] for one in report.items} == {"A."}
