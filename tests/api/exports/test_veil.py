"""Nothing small can be had from what is told: by the numbers of a report, added and subtracted in any way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.exports.privacy import Shown, Withheld
from edge.monitoring.contract import Manual, Measured
from edge.register.contract import Stamp
from telemetry.indicators.definition import Aggregation, Dimension, Unit
from telemetry.indicators.measures import rows_of
from telemetry.indicators.periods import quarter_window, year_to_date_window
from tests.api.exports.people import PERIOD, Line, People, Told, made_of

Crowd = frozenset[tuple[str, ...]]
"""Who is counted in a number: learners by pseudonym, unlisted ones by their entry and place."""


def crowds(told: Told, item: Measured) -> Iterator[tuple[Crowd, bool]]:
    """Who is in each number of an indicator of this year, and whether it is told."""
    facts, curtain = told.facts[item.indicator.number], told.curtain

    def crowd(window: tuple[int, int], by: Dimension | None = None, key: str = "") -> Crowd:
        found: set[tuple[str, ...]] = set()
        for row in rows_of(facts, window, by=by, key=key).tolist():
            members = facts.member[facts.member_start[row] : facts.member_start[row + 1]].tolist()
            found |= {(facts.members[one],) for one in members}
            found |= {(facts.kind[row], facts.id[row], str(one)) for one in range(int(facts.unlisted[row]))}
        return frozenset(found)

    whole = year_to_date_window(PERIOD.year, PERIOD.quarter)
    for part, shown in curtain.parts(item):
        yield crowd(whole, part.by, part.key), not isinstance(shown, Withheld)
    for period, own, total in curtain.series(item):
        if period.year == PERIOD.year:
            yield crowd(quarter_window(period.year, period.quarter)), not isinstance(own, Withheld)
            yield crowd(year_to_date_window(period.year, period.quarter)), not isinstance(total, Withheld)


def derived(wanted: Crowd, told: Sequence[Crowd]) -> bool:
    """Whether a number of people is a sum and difference of told ones, by least squares over the people."""
    everybody = sorted(set().union(wanted, *told))
    cells = np.array([[one in crowd for crowd in told] for one in everybody], np.float64).reshape(len(everybody), -1)
    aim = np.array([one in wanted for one in everybody], np.float64)
    if not cells.size:
        return not aim.any()
    found = np.linalg.lstsq(cells, aim, rcond=None)[0]
    return bool(np.abs(cells @ found - aim).max() < 1e-6)


learners = st.lists(st.integers(0, 40), max_size=12, unique=True).map(tuple)
people = st.builds(
    People,
    learners=learners,
    unlisted=st.sampled_from((0, 0, 1, 2, 3, 7, 12)),
    quarter=st.integers(1, 3),
    keys=st.tuples(st.sampled_from(("", "a", "b", "c")), st.sampled_from(("x", "y", "z"))),
)
tables = st.lists(people, min_size=1, max_size=7).map(tuple)


@settings(deadline=None, max_examples=60)
@given(tables, st.sampled_from((3, 5)))
def test_no_small_number_is_a_sum_or_difference_of_told_ones(entries: tuple[People, ...], threshold: int) -> None:
    told = made_of(Line(entries), threshold=threshold)
    (item,) = told.report.items
    numbers = list(crowds(told, item))
    open_ones = [crowd for crowd, is_told in numbers if is_told]
    for crowd, is_told in numbers:
        if 0 < len(crowd) < threshold:
            assert not is_told
            assert not derived(crowd, open_ones)


@settings(deadline=None, max_examples=60)
@given(tables, st.sampled_from((3, 5)))
def test_nor_is_what_a_number_has_more_than_one_inside_of_it(entries: tuple[People, ...], threshold: int) -> None:
    told = made_of(Line(entries), threshold=threshold)
    numbers = list(crowds(told, told.report.items[0]))
    open_ones = [crowd for crowd, is_told in numbers if is_told]
    differences = {outer - inner for outer, _ in numbers for inner, _ in numbers if inner < outer}
    assert not any(derived(one, open_ones) for one in differences if 0 < len(one) < threshold)


@settings(deadline=None, max_examples=40)
@given(tables, st.sets(st.integers(0, 6)))
def test_nor_with_the_numbers_of_another_indicator_that_counts_the_same_entries(
    entries: tuple[People, ...], others: set[int]
) -> None:
    """As learners of programs and participants of network cooperation: the second has some entries of the first."""
    some = tuple(one if place in others else replace(one, year=2027) for place, one in enumerate(entries))
    told = made_of(Line(entries, facts="learners"), Line(some, facts="network_participants"))
    numbers = [one for item in told.report.items for one in crowds(told, item)]
    open_ones = [crowd for crowd, is_told in numbers if is_told]
    wholes = [max((crowd for crowd, _ in crowds(told, item)), key=len) for item in told.report.items]
    small = {crowd for crowd, _ in numbers if 0 < len(crowd) < 5 and not derived(crowd, wholes)}
    assert not any(derived(crowd, open_ones) for crowd in small)


@settings(deadline=None, max_examples=40)
@given(tables)
def test_rows_are_told_only_where_none_of_them_is_small(entries: tuple[People, ...]) -> None:
    told = made_of(Line(entries))
    (item,) = told.report.items
    if not told.curtain.covers_rows(item.indicator):
        assert not any(0 < len(one.learners) + one.unlisted < 5 for one in entries)
        assert all(is_told for _, is_told in crowds(told, item))


@settings(deadline=None, max_examples=40)
@given(people, people, tables, st.sampled_from(("a", "b", "c")))
def test_nor_where_what_an_entry_is_changes_in_time(
    one: People, other: People, more: tuple[People, ...], key: str
) -> None:
    """As the equipment that a group uses: of two rows of one entry the last stands for it, and both keys count it."""
    moved = [replace(each, entry=name) for name, each in (("m-1", one), ("m-2", other)) if each.quarter < 3]
    later = [replace(each, quarter=3, keys=(key, "y")) for each in moved]
    told = made_of(Line((*moved, *later, *more)))
    numbers = list(crowds(told, told.report.items[0]))
    open_ones = [crowd for crowd, is_told in numbers if is_told]
    assert not any(derived(crowd, open_ones) for crowd, _ in numbers if 0 < len(crowd) < 5)


def test_what_an_entry_was_before_is_told_by_its_own_evidence() -> None:
    crowd = tuple(range(20))
    rows = (
        People(crowd, keys=("laser", "x"), entry="m-1"),
        People(crowd, keys=("mill", "x"), quarter=3, entry="m-1"),
        People((30, 31), keys=("mill", "y"), quarter=3),
        People(tuple(range(40, 49)), keys=("lathe", "y"), quarter=3),
    )
    cells = shown(made_of(Line(rows)))
    assert [cells[f"category={one}"] for one in ("laser", "mill", "lathe")] == ["<5*", 22, 9]  # 22 - 20 = 2
    assert (cells["kind=x"], cells["2026-Q3"]) == ("<5*", 31)


def test_rows_beyond_any_school_are_not_judged_and_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    line = Line((People(tuple(range(10))), People(tuple(range(10, 30)), keys=("b", "y"))))
    monkeypatch.setattr("api.exports.veil.ROWS_LIMIT", 1)
    told = made_of(line)
    (item,) = told.report.items
    assert told.curtain.covers_rows(item.indicator)
    assert all(is_told for _, is_told in crowds(told, item))


@pytest.mark.parametrize("aggregation", [Aggregation.SUM, Aggregation.COUNT, Aggregation.LAST])
def test_people_counted_in_another_way_are_withheld_too(aggregation: Aggregation) -> None:
    line = Line(
        (People((), 30), People((), 2, keys=("b", "y")), People((), 0, keys=("b", "y"))), aggregation=aggregation
    )
    cells = shown(made_of(line))
    assert cells["category=b"] == "<5*"


def test_large_groups_are_told_with_their_rows() -> None:
    told = made_of(Line((People(tuple(range(10))), People(tuple(range(10, 30)), keys=("b", "y")))))
    (item,) = told.report.items
    assert all(is_told for _, is_told in crowds(told, item))
    assert not told.curtain.covers_rows(item.indicator)


def shown(told: Told, number: str = "1") -> dict[str, object]:
    item = next(one for one in told.report.items if one.indicator.number == number)
    cells: dict[str, Shown] = {f"{part.by}={part.key}": one for part, one in told.curtain.parts(item)}
    for period, own, total in told.curtain.series(item):
        cells |= {f"{period.label} own": own, period.label: total}
    return {name: one.label if isinstance(one, Withheld) else one.numerator for name, one in cells.items()}


def test_a_quarter_is_not_had_by_subtracting_the_years_to_date() -> None:
    told = made_of(
        Line((People(tuple(range(20))), People((30, 31, 32), quarter=2), People(tuple(range(9)), quarter=3)))
    )
    cells = shown(told)
    assert cells["2026-Q3"] == 23
    assert (cells["2026-Q1"], cells["2026-Q1 own"], cells["2026-Q2 own"]) == ("<5*", "<5*", "<5*")


def test_years_before_tell_their_last_number_alone_where_one_is_small() -> None:
    before = (People(tuple(range(20)), year=2025), People((30, 31), quarter=4, year=2025))
    cells = shown(made_of(Line((*before, People(tuple(range(40)))))))
    assert cells["2025-Q4"] == 22
    assert {cells[f"2025-Q{one}{own}"] for one in (1, 2, 3) for own in ("", " own")} == {"<5*"}
    assert cells["2026-Q3"] == 40


def test_a_small_whole_is_told_nowhere() -> None:
    told = made_of(Line((People((1, 2, 3), quarter=3),)))
    assert set(shown(told).values()) == {"<5", "<5*", 0}
    assert told.curtain.covers_rows(told.report.items[0].indicator)


def test_two_wholes_are_told_though_they_differ_by_few() -> None:
    entries = (People(tuple(range(20))), People((30, 31)))
    told = made_of(Line(entries, facts="learners"), Line(entries[:1], facts="network_participants"))
    assert (shown(told, "1")["2026-Q3"], shown(told, "2")["2026-Q3"]) == (22, 20)


def test_people_of_entries_that_overlap_otherwise_are_judged_by_their_own_indicator() -> None:
    first = Line((People((1, 2, 3, 4, 5, 6)),), facts="learners")
    second = Line((People((1, 2, 3, 4, 5, 6, 7)),), facts="volunteers")
    told = made_of(first, second)
    assert (shown(told, "1")["2026-Q3"], shown(told, "2")["2026-Q3"]) == (6, 7)


@pytest.mark.parametrize("left", [2, 28])
def test_a_share_is_not_told_where_it_is_true_of_nearly_all_or_of_nearly_none(left: int) -> None:
    line = Line(
        (People((), 30, left=left), People((), 40, keys=("b", "y"), left=20)),
        facts="retention",
        aggregation=Aggregation.SHARE,
        unit=Unit.SHARE,
    )
    cells = shown(made_of(line))
    assert (cells["category=a"], cells["category=b"]) == ("<5*", "<5*")
    assert cells["2026-Q3"] == 70 - left - 20


def test_a_share_is_withheld_of_whom_the_number_is_withheld() -> None:
    entries = (People((), 2), People((), 10, keys=("b", "x")), People((), 40, keys=("c", "x")))
    share = Line(entries[1:], facts="retention", aggregation=Aggregation.SHARE, unit=Unit.SHARE)
    told = made_of(Line(entries, facts="learners"), share)
    assert shown(told, "2")["category=b"] == "<5*"
    assert shown(told, "2")["category=c"] == 40


def hours(count: int) -> Told:
    held = tuple(People((), 1, quarter=3) for _ in range(count))
    lessons = Line(held, facts="practical_sessions", aggregation=Aggregation.COUNT, unit=Unit.ITEMS)
    return made_of(
        Line(
            tuple(People((), 12, quarter=3) for _ in held),
            facts="learner_hours",
            aggregation=Aggregation.SUM,
            unit=Unit.LEARNER_HOURS,
        ),
        lessons,
    )


def test_learner_hours_are_told_of_all_lessons_together_where_there_are_enough() -> None:
    few, enough = shown(hours(4)), shown(hours(5))
    assert (few["2026-Q3"], few["2026-Q3 own"], few["category=a"]) == ("<5*", "<5*", "<5*")
    assert (enough["2026-Q3"], enough["2026-Q3 own"], enough["category=a"]) == (60, 60, "<5*")


def test_learner_hours_are_not_told_where_nobody_counts_the_lessons() -> None:
    line = Line((People((), 400),), facts="learner_hours", aggregation=Aggregation.SUM, unit=Unit.LEARNER_HOURS)
    told = made_of(line)
    assert set(shown(told).values()) == {"<5*"}
    assert told.curtain.covers_rows(told.report.items[0].indicator)


def by_hand(hundredths: int) -> Manual:
    return Manual(hundredths, "счёт", "справка", Stamp(1, 0, "Иванова", "итоги"))


@pytest.mark.parametrize(("hundredths", "hidden"), [(300, True), (0, False), (500, False)])
def test_a_small_number_given_by_hand_is_withheld(hundredths: int, hidden: bool) -> None:  # noqa: FBT001 - a case
    told = made_of(Line((People(tuple(range(20))),), manual=by_hand(hundredths)))
    assert isinstance(told.curtain.manual(told.report.items[0]), Withheld) is hidden


def test_a_share_given_by_hand_is_withheld_with_the_share() -> None:
    line = Line(
        (People((), 3),), facts="retention", aggregation=Aggregation.SHARE, unit=Unit.SHARE, manual=by_hand(9000)
    )
    told = made_of(line)
    assert isinstance(told.curtain.manual(told.report.items[0]), Withheld)


def test_without_a_threshold_everything_is_told() -> None:
    told = made_of(Line((People((1, 2, 3)),)), threshold=0)
    told.curtain.decide()
    assert shown(told)["2026-Q3"] == 3
