"""Indicators that count what a centre offers, agrees on, holds, finishes, wins and publishes."""

from __future__ import annotations

from dataclasses import replace

from telemetry.civil import LAST_DAY
from telemetry.indicators.definition import Dimension, How
from telemetry.indicators.world import (
    Achievement,
    Agreement,
    Group,
    InformationChannel,
    MentoringModel,
    MentoringPair,
    Participation,
    Publication,
    Volunteering,
    Work,
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
    project,
    value,
)

Q1 = ("2026-01-01", "2026-03-31")
Q2 = ("2026-04-01", "2026-06-30")
Q3 = ("2026-07-01", "2026-09-30")
HALF = ("2026-01-01", "2026-06-30")
YEAR = ("2026-01-01", "2026-12-31")


def test_a_program_counts_once_on_the_days_on_which_it_was_offered() -> None:
    world = replace(
        EMPTY,
        programs=(
            program("p1", last=day("2026-04-01")),
            program("p2", track="bio", first=day("2026-04-01")),
            program("p3", first=day("2026-10-01")),
        ),
        meetings=meetings(*(Meeting(str(m), day(f"2026-{m:02}-05"), program="p2") for m in range(1, 13))),
        today=day("2026-09-30"),
    )
    assert [value("programs", world, *window) for window in (Q1, Q2, Q3, HALF, YEAR)] == [1, 2, 1, 2, 2]
    assert parts("programs", world, *YEAR, Dimension.TRACK) == {"bio": 1, "it": 1}


def test_a_program_is_proven_by_the_best_of_its_lessons_in_the_window() -> None:
    world = replace(
        EMPTY,
        programs=(program("p1"),),
        meetings=meetings(
            Meeting("1", day("2026-02-01"), status="unconfirmed", held=False, by_telemetry=False, used=("scope",)),
            Meeting("2", day("2026-05-01"), status="confirmed_by_telemetry", used=("mill",)),
            Meeting("3", day("2026-08-01"), status="cancelled", held=False),
            Meeting("4", day("2026-08-02"), status="detected", held=False),
            Meeting("5", day("2026-11-02"), status="confirmed_manually", by_telemetry=False, used=("laser",)),
        ),
    )
    q4 = ("2026-10-01", "2026-12-31")
    assert [how("programs", world, *window) for window in (Q1, Q2, Q3, q4, HALF, YEAR)] == [
        How.TIMETABLE,
        How.TELEMETRY,
        How.REGISTER,
        How.TIMETABLE,
        How.TELEMETRY,
        How.TELEMETRY,
    ]
    assert parts("programs", world, *YEAR, Dimension.EQUIPMENT) == {"laser": 1, "mill": 1}
    assert parts("programs", world, *Q1, Dimension.EQUIPMENT) == {"": 1}


def test_lessons_without_a_program_prove_no_program() -> None:
    world = replace(EMPTY, programs=(program(""),), meetings=meetings(Meeting("1", day("2026-02-01"), program="")))
    assert how("programs", world, *Q1) is How.REGISTER


AGREEMENTS = (
    Agreement("a1", "school9", day("2026-01-15"), day("2026-05-10")),
    Agreement("a2", "lyceum", day("2026-05-10"), LAST_DAY),
)


def test_an_agreement_counts_once_on_the_days_on_which_it_is_in_force() -> None:
    lessons = (
        Meeting("1", day("2026-02-02"), partner="school9", used=("mill",)),
        Meeting("2", day("2026-05-02"), partner="school9", used=("laser",)),
    )
    world = replace(EMPTY, agreements=AGREEMENTS, meetings=meetings(*lessons))
    assert [value("agreements", world, *window) for window in (Q1, Q2, Q3, YEAR)] == [1, 2, 1, 2]
    assert parts("agreements", world, *YEAR, Dimension.EQUIPMENT) == {"": 1, "laser": 1, "mill": 1}
    assert parts("agreements", world, *YEAR, Dimension.PARTNER) == {"lyceum": 1, "school9": 1}
    assert how("agreements", world, *Q1) is How.REGISTER


def test_an_agreement_is_at_work_where_a_lesson_was_held_or_an_event_took_place_while_it_was_in_force() -> None:
    lessons = (
        Meeting("early", day("2026-01-14"), partner="school9"),
        Meeting("idle", day("2026-02-01"), partner="school9", held=False, status="no_data"),
        Meeting("held", day("2026-04-30"), partner="school9"),
        Meeting("late", day("2026-05-11"), partner="school9"),
    )
    events = (
        event("before", "2026-05-01", "2026-05-09", partner="lyceum"),
        event("during", "2026-07-01", "2026-07-02", partner="lyceum", equipment=("robot",)),
        event("nobody's", "2026-09-01", "2026-09-01"),
    )
    world = replace(EMPTY, agreements=AGREEMENTS, meetings=meetings(*lessons), events=events)
    assert [value("agreements_at_work", world, *window) for window in (Q1, Q2, Q3, HALF, YEAR)] == [
        (0, 1),
        (1, 2),
        (1, 1),
        (1, 2),
        (2, 2),
    ]
    assert parts("agreements_at_work", world, *Q3, Dimension.EQUIPMENT) == {"robot": (1, 1)}
    assert [how("agreements_at_work", world, *window) for window in (Q1, Q3)] == [How.REGISTER, How.REGISTER]


def test_an_agreement_at_work_is_proven_by_the_best_that_was_done_under_it() -> None:
    lessons = (
        Meeting("1", day("2026-02-01"), partner="school9", status="confirmed_manually", by_telemetry=False),
        Meeting("2", day("2026-04-30"), partner="school9"),
    )
    events = (event("e", "2026-02-01", "2026-02-01", partner="school9"),)
    world = replace(EMPTY, agreements=AGREEMENTS[:1], meetings=meetings(*lessons), events=events)
    assert [how("agreements_at_work", world, *window) for window in (Q1, Q2, HALF)] == [
        How.TIMETABLE,
        How.TELEMETRY,
        How.TELEMETRY,
    ]


def test_an_event_counts_once_from_its_first_day_on() -> None:
    world = replace(
        EMPTY,
        events=(
            event("e1", "2026-03-31", "2026-04-02", practical=True, equipment=("mill", "laser"), software=("cad",)),
            event("e2", "2026-04-10", "2026-04-10", kind="tour"),
            event("ahead", "2026-04-11", "2026-04-11"),
        ),
        today=day("2026-04-10"),
    )
    assert [value("events", world, *window) for window in (Q1, Q2, HALF)] == [1, 2, 2]
    assert [value("practical_events", world, *window) for window in (Q1, Q2, Q3)] == [(1, 1), (1, 2), (0, 0)]
    assert parts("events", world, *Q2, Dimension.EQUIPMENT) == {"": 1, "laser": 1, "mill": 1}
    assert parts("events", world, *Q2, Dimension.SOFTWARE) == {"": 1, "cad": 1}
    assert parts("practical_events", world, *Q2, Dimension.KIND) == {"quest": (1, 1), "tour": (0, 1)}


def test_a_project_counts_on_the_day_on_which_it_was_finished() -> None:
    world = replace(
        EMPTY,
        projects=(
            project("1", "2026-03-31", practical=True),
            project("2", "2026-04-01", shown_outside=True, kind="applied_study"),
            project("3", "2026-04-02"),
        ),
    )
    assert [value("projects", world, *window) for window in (Q1, Q2, HALF)] == [1, 2, 3]
    assert [value("projects_with_outcome", world, *window) for window in (Q1, Q2, HALF)] == [(1, 1), (1, 2), (2, 3)]
    assert parts("projects", world, *HALF, Dimension.KIND) == {"applied_study": 1, "project": 2}


def test_runs_and_jobs_prove_a_project_and_name_its_equipment() -> None:
    world = replace(
        EMPTY,
        projects=(
            project("1", "2026-03-01", runs=("r1",), jobs=("mill/7", "mill/8"), equipment=("scope", "mill")),
            project("2", "2026-03-01", runs=("gone",), jobs=("gone",)),
        ),
        runs=(Work("r1", ("lab", "camera"), "done", day("2026-02-01")),),
        jobs=(Work("mill/7", ("mill",), "done", day("2026-02-02")),),
    )
    assert parts("projects", world, *Q1, Dimension.EQUIPMENT) == {"": 1, "camera": 1, "lab": 1, "mill": 1, "scope": 1}
    assert how("projects", world, *Q1) is How.REGISTER
    assert how("projects", replace(world, projects=world.projects[:1]), *Q1) is How.TELEMETRY


def test_achievements_add_up_by_level_and_result() -> None:
    one = Achievement(
        "1", "regional", "winner", "learner", "it", "p1", ("ann",), 2, ("mill",), ("cad",), day("2026-03-31")
    )
    world = replace(
        EMPTY,
        achievements=(
            one,
            replace(one, id="2", level="municipal", result="prize_taker", count=3, day=day("2026-04-01")),
            replace(one, id="3", result="participant", count=10, day=day("2026-04-01")),
        ),
    )
    assert [value("achievements", world, *window) for window in (Q1, Q2, HALF)] == [2, 13, 15]
    assert parts("achievements", world, *HALF, Dimension.LEVEL) == {"municipal": 3, "regional": 12}
    assert parts("achievements", world, *HALF, Dimension.RESULT) == {"participant": 10, "prize_taker": 3, "winner": 2}


def test_models_and_channels_count_on_the_days_on_which_they_are_kept() -> None:
    world = replace(
        EMPTY,
        models=(MentoringModel("m1", "teacher_to_learner", day("2026-03-31"), day("2026-04-01")),),
        channels=(
            InformationChannel("c1", "site", day("2020-01-01"), LAST_DAY),
            InformationChannel("c2", "newspaper", day("2026-04-01"), day("2026-04-30")),
        ),
    )
    assert [value("mentoring_models", world, *window) for window in (Q1, Q2, Q3)] == [1, 1, 0]
    assert [value("information_channels", world, *window) for window in (Q1, Q2, Q3)] == [1, 2, 1]
    assert parts("information_channels", world, *Q2, Dimension.KIND) == {"newspaper": 1, "site": 1}


def test_publications_add_up_by_channel_and_direction() -> None:
    world = replace(
        EMPTY,
        channels=(InformationChannel("c1", "site", 0, LAST_DAY),),
        publications=(
            Publication("1", "c1", "campaigns", 4, day("2026-03-31")),
            Publication("2", "gone", "campaigns", 1, day("2026-04-01")),
        ),
    )
    assert [value("publications", world, *window) for window in (Q1, Q2, HALF)] == [4, 1, 5]
    assert parts("publications", world, *HALF, Dimension.KIND) == {"": 1, "site": 4}


def test_a_program_is_told_by_the_categories_of_those_enrolled_on_the_days_of_a_window() -> None:
    world = replace(
        EMPTY,
        programs=(program("p1"),),
        groups=(Group("g1", "p1", ""), Group("g2", "", "")),
        enrolments=(
            enrolment("e1", "2026-01-10", "2026-02-01"),
            enrolment("e2", "2026-01-20", "2026-05-31", category="teacher"),
            enrolment("e3", "2026-02-02", "2026-03-31"),
            enrolment("e4", "2026-01-01", "2026-12-31", group="g2", category="parent"),
        ),
    )
    told = [parts("programs", world, *window, Dimension.CATEGORY) for window in (Q1, Q2, Q3)]
    assert told == [{"learner": 1, "teacher": 1}, {"teacher": 1}, {"": 1}]
    assert [value("programs", world, *window) for window in (Q1, YEAR)] == [1, 1]


def test_an_agreement_is_told_by_all_that_names_its_partner_while_it_is_in_force() -> None:
    world = replace(
        EMPTY,
        agreements=(Agreement("a1", "s1", day("2026-01-01"), day("2026-06-30")),),
        programs=(program("p1", partner="s1", form="network", last=day("2026-03-31")), program("p2", track="bio")),
        groups=(Group("g1", "p1", ""), Group("g2", "p2", "s1"), Group("g3", "gone", "s1")),
        enrolments=(enrolment("e1", "2026-04-01", "2026-04-30", category="partner_learner"),),
        events=(event("v1", "2026-05-05", "2026-05-05", track="hi", partner="s2"),),
        participations=(
            Participation("c1", "v1", "teacher", "s1", (), 2),
            Participation("c2", "v1", "parent", "", (), 2),
            Participation("c3", "gone", "other", "s1", (), 2),
        ),
    )
    by = (Dimension.TRACK, Dimension.LEVEL, Dimension.FORM, Dimension.CATEGORY)
    assert [parts("agreements", world, *Q1, one) for one in by] == [
        {"bio": 1, "it": 1}, {"start": 1}, {"local": 1, "network": 1}, {"": 1},
    ]  # fmt: skip
    assert [parts("agreements", world, *Q2, one) for one in by] == [
        {"bio": 1, "hi": 1, "it": 1}, {"municipal": 1, "start": 1}, {"local": 1, "network": 1},
        {"partner_learner": 1, "teacher": 1},
    ]  # fmt: skip
    assert value("agreements", world, *YEAR) == 1


def test_an_event_is_told_by_the_categories_of_its_participants() -> None:
    world = replace(
        EMPTY,
        events=(event("v1", "2026-02-10", "2026-02-10"), event("v2", "2026-02-11", "2026-02-11")),
        participations=(
            Participation("c1", "v1", "learner", "", ("a",), 0),
            Participation("c2", "v1", "teacher", "", (), 1),
        ),
    )
    assert parts("events", world, *Q1, Dimension.CATEGORY) == {"learner": 1, "teacher": 1, "": 1}


def test_projects_and_achievements_have_what_their_program_says() -> None:
    won = Achievement("w1", "regional", "winner", "learner", "it", "p1", ("a",), 2, (), (), day("2026-02-10"))
    world = replace(
        EMPTY,
        programs=(program("p1", partner="s1", form="network"),),
        projects=(project("r1", "2026-02-10"), project("r2", "2026-02-11", program="")),
        achievements=(won, replace(won, id="w2", program="", count=3)),
    )
    assert parts("projects", world, *Q1, Dimension.FORM) == {"network": 1, "": 1}
    assert parts("achievements", world, *Q1, Dimension.FORM) == {"network": 2, "": 3}
    assert parts("achievements", world, *Q1, Dimension.PARTNER) == {"s1": 2, "": 3}


def test_a_channel_is_told_by_what_was_published_in_it_while_it_was_kept() -> None:
    world = replace(
        EMPTY,
        channels=(InformationChannel("c1", "website", day("2026-01-01"), day("2026-06-30")),),
        publications=(
            Publication("n1", "c1", "campaigns", 2, day("2026-02-10"), ("mill",)),
            Publication("n2", "c1", "", 1, day("2026-05-10"), ("scope",)),
            Publication("n3", "c1", "mentoring", 1, day("2026-08-10"), ("laser",)),
            Publication("n4", "gone", "mentoring", 1, day("2026-02-10")),
        ),
    )
    told = [parts("information_channels", world, *window, Dimension.EQUIPMENT) for window in (Q1, Q2, YEAR)]
    assert told == [{"mill": 1}, {"scope": 1}, {"mill": 1, "scope": 1}]
    assert parts("information_channels", world, *YEAR, Dimension.DIRECTION) == {"campaigns": 1}
    assert parts("publications", world, *YEAR, Dimension.EQUIPMENT) == {"mill": 2, "scope": 1, "laser": 1, "": 1}


def test_a_model_of_mentoring_is_told_by_its_pairs_and_volunteers_by_what_they_used() -> None:
    pair = MentoringPair("m", "m1", "learner", "it", ("a",), 0, False, day("2026-01-10"), day("2026-05-01"), ("mill",))
    world = replace(
        EMPTY,
        models=(MentoringModel("m1", "other", day("2026-02-01"), day("2026-04-30")),),
        pairs=(pair, replace(pair, id="m2", model="gone"), replace(pair, id="m3", first=day("2026-05-01"), track="x")),
        volunteering=(
            Volunteering("v1", "learner", "campaigns", ("a", "b"), 1, day("2026-02-01"), day("2026-02-02"), ("mill",)),
        ),
    )
    for by, key in ((Dimension.TRACK, "it"), (Dimension.CATEGORY, "learner"), (Dimension.EQUIPMENT, "mill")):
        assert parts("mentoring_models", world, *YEAR, by) == {key: 1}
    assert parts("mentoring_participants", world, *Q1, Dimension.EQUIPMENT) == {"mill": 1}
    assert parts("volunteers", world, *Q1, Dimension.EQUIPMENT) == {"mill": 3}
