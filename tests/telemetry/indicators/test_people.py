"""Indicators that count people: unions over groups, quarters and partners."""

from __future__ import annotations

from dataclasses import replace

from telemetry.civil import LAST_DAY
from telemetry.indicators.definition import Dimension, How
from telemetry.indicators.network import in_force_by_partner
from telemetry.indicators.world import (
    Agreement,
    Group,
    MentoringModel,
    MentoringPair,
    Participation,
    Survey,
    Volunteering,
    World,
)
from tests.telemetry.indicators.worlds import (
    EMPTY,
    Meeting,
    day,
    enrolment,
    event,
    how,
    meetings,
    parts,
    program,
    value,
)

Q1 = ("2026-01-01", "2026-03-31")
Q2 = ("2026-04-01", "2026-06-30")
Q3 = ("2026-07-01", "2026-09-30")
HALF = ("2026-01-01", "2026-06-30")
YEAR = ("2026-01-01", "2026-12-31")

CLUB = replace(
    EMPTY,
    programs=(program("p1"), program("p2", track="bio", partner="lyceum", form="network")),
    groups=(Group("g1", "p1", ""), Group("g2", "p2", ""), Group("g3", "p1", "school9")),
)


def with_enrolments(world: World, *rows: object) -> World:
    return replace(world, enrolments=rows)  # type: ignore[arg-type]  # enrolments


def test_a_learner_in_two_groups_and_two_quarters_is_one_learner() -> None:
    world = with_enrolments(
        CLUB,
        enrolment("1", "2025-09-01", "2026-02-15", learners=("ann", "bob")),
        enrolment("2", "2026-03-01", "2026-05-31", group="g2", learners=("ann", "eve")),
    )
    assert [value("learners", world, *window) for window in (Q1, Q2, HALF, YEAR, Q3)] == [3, 2, 3, 3, 0]
    assert parts("learners", world, *HALF, Dimension.TRACK) == {"bio": 2, "it": 2}


def test_who_has_no_pseudonym_counts_in_each_enrolment_once_a_window() -> None:
    lessons = [Meeting(month, day(f"2026-{month}-10"), used=("mill",)) for month in ("01", "04", "08", "11")]
    world = replace(
        with_enrolments(CLUB, enrolment("1", *YEAR, learners=("ann",), unlisted=7)), meetings=meetings(*lessons)
    )
    assert [value("learners", world, *window) for window in (Q1, HALF, YEAR)] == [8, 8, 8]


def test_learners_are_told_by_everything_known_of_their_group() -> None:
    world = with_enrolments(CLUB, enrolment("1", *YEAR, group="g2", category="learner_primary", learners=("ann",)))
    expected = {
        Dimension.TRACK: "bio",
        Dimension.LEVEL: "start",
        Dimension.PROGRAM: "p2",
        Dimension.GROUP: "g2",
        Dimension.PARTNER: "lyceum",
        Dimension.CATEGORY: "learner_primary",
        Dimension.FORM: "network",
        Dimension.EQUIPMENT: "",
    }
    assert {by: parts("learners", world, *Q1, by) for by in expected} == {by: {key: 1} for by, key in expected.items()}


def test_an_enrolment_in_a_group_that_nobody_knows_counts_without_keys() -> None:
    world = with_enrolments(EMPTY, enrolment("1", *YEAR, group="lost", learners=("ann",)))
    assert value("learners", world, *Q1) == 1
    assert parts("learners", world, *Q1, Dimension.TRACK) == {"": 1}


def test_a_groups_partner_goes_before_the_programs() -> None:
    world = replace(with_enrolments(CLUB, enrolment("1", *YEAR, learners=("ann",))), groups=(Group("g1", "p2", "own"),))
    assert parts("learners", world, *Q1, Dimension.PARTNER) == {"own": 1}


def test_equipment_of_learners_is_what_held_lessons_of_their_group_used_in_the_quarter() -> None:
    lessons = (
        Meeting("1", day("2026-01-20"), used=("mill", "laser")),
        Meeting("2", day("2026-04-20"), used=("printer",)),
        Meeting("3", day("2026-04-21"), used=("robot",), held=False, status="unconfirmed"),
        Meeting("4", day("2026-04-22"), used=("scope",), group="g2"),
    )
    world = with_enrolments(CLUB, enrolment("1", "2025-09-01", "2026-05-31", learners=("ann",), unlisted=1))
    world = replace(world, meetings=meetings(*lessons))
    assert parts("learners", world, *Q1, Dimension.EQUIPMENT) == {"laser": 2, "mill": 2}
    assert parts("learners", world, *Q2, Dimension.EQUIPMENT) == {"printer": 2}
    assert parts("learners", world, *HALF, Dimension.EQUIPMENT) == {"laser": 2, "mill": 2, "printer": 2}
    assert how("learners", world, *HALF) is How.REGISTER


def test_lessons_outside_an_enrolment_prove_nothing_of_it() -> None:
    lessons = (Meeting("1", day("2026-01-09"), used=("mill",)), Meeting("2", day("2026-03-11"), used=("laser",)))
    world = with_enrolments(CLUB, enrolment("1", "2026-01-10", "2026-03-10", learners=("ann",)))
    assert parts("learners", replace(world, meetings=meetings(*lessons)), *Q1, Dimension.EQUIPMENT) == {"": 1}


def test_who_left_early_is_retained_in_the_windows_before() -> None:
    world = with_enrolments(
        CLUB,
        enrolment("1", "2026-01-12", "2026-05-31", learners=("ann", "bob"), unlisted=1),
        enrolment("2", "2026-01-12", "2026-04-10", learners=("eve",), unlisted=1, left_early=True),
    )
    assert [value("retention", world, *window) for window in (Q1, Q2, HALF, Q3)] == [(5, 5), (3, 5), (3, 5), (0, 0)]


def test_who_left_on_the_first_day_was_never_retained() -> None:
    world = with_enrolments(CLUB, enrolment("1", "2026-01-12", "2026-01-12", learners=("ann", "ann"), left_early=True))
    assert value("retention", world, *Q1) == (0, 1)


def test_the_content_are_a_share_of_those_asked() -> None:
    asked = (
        Survey("1", "p1", 20, 15, day("2026-03-31")),
        Survey("2", "p2", 10, 10, day("2026-04-01")),
        Survey("3", "gone", 4, 1, day("2026-04-01")),
    )
    world = replace(CLUB, surveys=asked)
    assert [value("satisfaction", world, *window) for window in (Q1, HALF)] == [(15, 20), (26, 34)]
    assert parts("satisfaction", world, *HALF, Dimension.TRACK) == {"": (1, 4), "it": (15, 20), "bio": (10, 10)}


AGREED = replace(CLUB, agreements=(Agreement("a1", "school9", day("2026-01-15"), day("2026-05-10")),))


def test_a_partners_learners_count_only_while_an_agreement_is_in_force() -> None:
    """The agreement ends in the middle of the second quarter."""
    world = with_enrolments(
        AGREED,
        enrolment("1", "2025-09-01", "2026-01-14", group="g3", learners=("before",)),
        enrolment("2", "2025-09-01", "2026-12-31", group="g3", learners=("during",)),
        enrolment("3", "2026-05-10", "2026-12-31", group="g3", learners=("last day",)),
        enrolment("4", "2026-05-11", "2026-12-31", group="g3", learners=("after",)),
        enrolment("5", "2026-01-01", "2026-12-31", group="g2", learners=("no agreement",)),
        enrolment("6", "2026-01-01", "2026-12-31", group="g1", learners=("no partner",)),
    )
    counted = [value("network_participants", world, *window) for window in (Q1, Q2, Q3, YEAR)]
    assert counted == [1, 2, 0, 2]


def test_lessons_after_an_agreement_ended_show_no_equipment_of_it() -> None:
    lessons = (
        Meeting("1", day("2026-05-10"), group="g3", used=("mill",)),
        Meeting("2", day("2026-05-11"), group="g3", used=("laser",)),
    )
    world = with_enrolments(AGREED, enrolment("1", *YEAR, group="g3", learners=("ann",), unlisted=2))
    world = replace(world, meetings=meetings(*lessons))
    assert parts("network_participants", world, *Q2, Dimension.EQUIPMENT) == {"mill": 3}


def test_two_agreements_with_a_pause_count_nobody_twice_and_nobody_in_the_pause() -> None:
    again = Agreement("a2", "school9", day("2026-08-01"), LAST_DAY)
    world = with_enrolments(AGREED, enrolment("1", *YEAR, group="g3", learners=("ann",), unlisted=2))
    world = replace(world, agreements=(again, *AGREED.agreements))
    pause = ("2026-05-11", "2026-07-31")
    assert [value("network_participants", world, *window) for window in (Q1, pause, Q3, YEAR)] == [3, 0, 3, 3]


def test_agreements_that_overlap_or_touch_are_in_force_as_one() -> None:
    agreements = (
        Agreement("1", "a", 50, 60),
        Agreement("2", "a", 10, 20),
        Agreement("3", "a", 21, 30),
        Agreement("4", "a", 12, 15),
        Agreement("5", "b", 1, 2),
        Agreement("6", "", 1, 2),
    )
    assert in_force_by_partner(agreements) == {"a": ((10, 30), (50, 60)), "b": ((1, 2),)}


def test_participants_whom_a_partner_sent_to_an_event_are_network_participants_too() -> None:
    world = replace(
        AGREED,
        events=(event("in", "2026-05-01", "2026-05-02"), event("out", "2026-06-01", "2026-06-02", partner="school9")),
        participations=(
            Participation("1", "in", "partner_learner", "school9", ("ann",), 4),
            Participation("2", "in", "learner", "", ("own",), 0),
            Participation("3", "out", "partner_learner", "school9", ("late",), 0),
            Participation("4", "nowhere", "partner_learner", "school9", ("lost",), 0),
        ),
        enrolments=(enrolment("e", *YEAR, group="g3", learners=("ann", "bob")),),
    )
    assert value("network_participants", world, *Q2) == 6
    assert parts("network_participants", world, *Q2, Dimension.CATEGORY) == {"learner": 2, "partner_learner": 5}


def test_a_participant_of_two_events_counts_once() -> None:
    world = replace(
        EMPTY,
        events=(
            event("a", "2026-03-30", "2026-04-02", partner="lyceum", equipment=("mill",)),
            event("b", "2026-06-01", "2026-06-01"),
        ),
        participations=(
            Participation("1", "a", "learner", "", ("ann",), 10),
            Participation("2", "b", "learner", "", ("ann", "bob"), 5),
            Participation("3", "a", "parent", "school9", (), 3),
            Participation("4", "nowhere", "learner", "", ("lost",), 0),
        ),
    )
    assert [value("event_participants", world, *window) for window in (Q1, Q2, HALF)] == [14, 20, 20]
    assert parts("event_participants", world, *Q1, Dimension.PARTNER) == {"lyceum": 11, "school9": 3}
    assert parts("event_participants", world, *Q1, Dimension.CATEGORY) == {"learner": 11, "parent": 3}
    assert parts("event_participants", world, *HALF, Dimension.EQUIPMENT) == {"": 7, "mill": 14}


PAIR = MentoringPair("1", "m1", "learner", "it", ("ann",), 1, completed=True, first=day("2026-02-01"), last=0)


def test_a_participant_of_mentoring_counts_once_in_however_many_pairs() -> None:
    world = replace(
        EMPTY,
        models=(MentoringModel("m1", "learner_to_learner", day("2026-01-01"), LAST_DAY),),
        pairs=(
            replace(PAIR, last=day("2026-04-01")),
            replace(PAIR, id="2", model="gone", category="teacher", learners=("ann", "bob"), last=day("2026-02-02")),
        ),
    )
    assert [value("mentoring_participants", world, *window) for window in (Q1, Q2, Q3)] == [4, 2, 0]
    assert parts("mentoring_participants", world, *Q1, Dimension.FORM) == {"": 3, "learner_to_learner": 2}
    assert parts("mentoring_participants", world, *Q1, Dimension.CATEGORY) == {"learner": 2, "teacher": 3}


def test_a_pair_is_completed_from_its_last_day_on() -> None:
    world = replace(EMPTY, pairs=(replace(PAIR, last=day("2026-05-31")),))
    assert [value("completed_pairs", world, *window) for window in (Q1, Q2, HALF, Q3)] == [
        (0, 1),
        (1, 1),
        (1, 1),
        (0, 0),
    ]


def test_a_pair_that_is_not_completed_stays_a_pair() -> None:
    open_pair = replace(PAIR, completed=False, last=day("2026-05-31"))
    endless = replace(PAIR, id="2", last=LAST_DAY)
    assert value("completed_pairs", replace(EMPTY, pairs=(open_pair, endless)), *Q2) == (1, 2)


def test_a_volunteer_counts_once_in_however_many_undertakings() -> None:
    world = replace(
        EMPTY,
        volunteering=(
            Volunteering("1", "learner", "campaigns", ("ann", "bob"), 1, day("2026-02-01"), day("2026-02-02")),
            Volunteering("2", "learner", "joint_events", ("ann",), 1, day("2026-03-31"), day("2026-04-01")),
        ),
    )
    assert [value("volunteers", world, *window) for window in (Q1, Q2, HALF)] == [4, 2, 4]
    assert parts("volunteers", world, *HALF, Dimension.DIRECTION) == {"campaigns": 3, "joint_events": 2}


def test_enrolments_that_lie_ahead_count_nowhere() -> None:
    world = with_enrolments(CLUB, enrolment("1", "2026-03-01", "2026-05-31", learners=("ann",)))
    assert value("learners", replace(world, today=day("2026-02-28")), *Q1) == 0
    assert value("learners", replace(world, today=day("2026-03-01")), *Q1) == 1
