"""What the demo's centre reports at the end of each month: events, projects, what was won, people, the press.

Pupils are pseudonyms of nobody.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

from edge.register.contract import Put
from edge.register.events import AchievementLevel, Direction, Event, EventKind, Participation
from edge.register.lessons import Form
from edge.register.mentoring import MentoringPair, Volunteering
from edge.register.network import Survey
from edge.register.people import Category
from edge.register.projects import Achievement, Project, ProjectKind, Result
from edge.register.publicity import Publication
from edge.register.quarters import ManualValue, PlannedWork, QuarterText
from edge.register.timetable import day_of
from edge.store.contract import Job
from telemetry.zones import NS_PER_DAY

WORDS = tomllib.loads(Path(__file__).with_name("year.toml").read_text("utf-8"))
POOL = tuple(f"L-{number:03}" for number in range(1, 431))
GUESTS = tuple(f"P-{number:03}" for number in range(1, 121))
"""Pseudonyms of the centre's own pupils and of partners' ones."""

EVENTS_A_MONTH = 3


def listed(name: str) -> list[dict[str, Any]]:
    """The tables of one name in the words of the year."""
    found: list[dict[str, Any]] = WORDS[name]
    return found


def month(last: date, seed: int, jobs: Sequence[Job]) -> Iterator[Put]:
    """What is reported at a month's end."""
    rng = Random(f"{seed}:{last}:month")
    summer = last.month in (7, 8)
    for number in range(1 if summer else EVENTS_A_MONTH):
        yield from _event(last, number, rng)
    if not summer:
        yield from _work_of_learners(last, rng, jobs)
    yield from _people(last, rng)
    for number, one in enumerate(listed("channel")[: rng.randint(1, 3)]):
        day = last - timedelta(days=3 + number)
        title = f"О делах центра, {last.month:02}.{last.year}"
        value = Publication(
            channel=one["id"], direction=Direction.CAMPAIGNS, title=title, count=rng.randint(1, 6), day=day
        )
        yield Put(f"news-{one['id']}-{last:%Y-%m}", value)
    if last.month % 3 == 0:
        yield from _quarter(last)


def _event(last: date, number: int, rng: Random) -> Iterator[Put]:
    one = listed("event")[(last.month * EVENTS_A_MONTH + number) % len(listed("event"))]
    day, name = last.replace(day=6 + 7 * number), f"event-{last:%Y-%m}-{number + 1}"
    value = Event(
        name=one["name"],
        event_kind=EventKind(one["kind"]),
        direction=Direction(one["direction"]),
        level=AchievementLevel(one["level"]),
        track=one.get("track", ""),
        partner=one.get("partner", ""),
        form=Form(one.get("form", "in_person")),
        equipment=tuple(one.get("equipment", ())),
        software=tuple(one.get("software", ())),
        practical=one.get("practical", False),
        first_day=day,
        document=f"программа мероприятия от {day:%d.%m.%Y}",
    )
    yield Put(name, value)
    learners = tuple(sorted(rng.sample(POOL, rng.randrange(12, 40))))
    own = Participation(event=name, learners=learners, count=len(learners), document="список участников")
    yield Put(f"{name}-own", own)
    guests = Participation(event=name, category=Category.PARENT, count=rng.randrange(3, 15))
    yield Put(f"{name}-parents", guests)
    if "partner" in one or number == 0:
        sent = tuple(sorted(rng.sample(GUESTS, rng.randrange(5, 15))))
        partner = one.get("partner", "school-7")
        came = Participation(
            event=name, category=Category.PARTNER_LEARNER, partner=partner, learners=sent, count=len(sent)
        )
        yield Put(f"{name}-guests", came)


def _work_of_learners(last: date, rng: Random, jobs: Sequence[Job]) -> Iterator[Put]:
    """A project, and what was won."""
    one, day = listed("project")[last.month % len(listed("project"))], last - timedelta(days=4)
    done = [f"{job.equipment}/{job.job}" for job in jobs if (job.ended or 0) // NS_PER_DAY <= day_of(day)]
    makes = one["kind"] == "project" and one["room"] in ("hightech", "workshop")
    team = tuple(sorted(rng.sample(POOL, 3)))
    project = Project(
        name=one["name"],
        project_kind=ProjectKind(one["kind"]),
        track=one["track"],
        level=AchievementLevel.MUNICIPAL,
        learners=team,
        count=3,
        equipment=("printer-1",) if makes else (),
        software=("FreeCAD",) if makes else (),
        jobs=tuple(done[-3:]),
        practical=True,
        shown_outside=rng.random() < 0.6,
        day=day,
        document=f"паспорт проекта {last:%m/%Y}",
    )
    yield Put(f"project-{last:%Y-%m}", project)
    for contest in rng.sample(listed("achievement"), 2):
        for result, count in ((Result.WINNER, 1), (Result.PRIZE_TAKER, 2), (Result.PARTICIPANT, rng.randrange(4, 12))):
            won = Achievement(
                name=contest["name"], level=AchievementLevel(contest["level"]), result=result, track=one["track"],
                learners=team[: min(3, count)], count=count, day=day, document="приказ об итогах",
            )  # fmt: skip
            yield Put(f"won-{last:%Y-%m}-{contest['level']}-{result.value.replace('_', '-')}", won)


def _people(last: date, rng: Random) -> Iterator[Put]:
    """Pairs of mentors in their months, volunteers, what pupils say of a program."""
    if last.month in (2, 10):
        for number, model in enumerate(listed("model")):
            learners = tuple(sorted(rng.sample(POOL, 2)))
            pair = MentoringPair(
                model=model["id"], name=f"Пара {number + 1}", learners=learners, count=2, completed=last.month == 2,
                first_day=last.replace(day=1), last_day=last + timedelta(days=60) if last.month == 2 else None,
            )  # fmt: skip
            yield Put(f"pair-{last:%Y-%m}-{number + 1}", pair)
    if last.month % 2:
        helpers = tuple(sorted(rng.sample(POOL, rng.randrange(4, 9))))
        value = Volunteering(
            name="Помощь на мастер-классах", direction=Direction.JOINT_EVENTS, learners=helpers, count=len(helpers),
            first_day=last.replace(day=1), last_day=last,
        )  # fmt: skip
        yield Put(f"volunteers-{last:%Y-%m}", value)
    if last.month in (5, 11):
        for one in listed("program")[::3]:
            asked = rng.randrange(12, 17)
            survey = Survey(program=one["id"], asked=asked, content=asked - rng.randrange(3), day=last)
            yield Put(f"survey-{one['id']}-{last:%Y-%m}", survey)


def _quarter(last: date) -> Iterator[Put]:
    """The texts of a quarter, what was done of its plan, and one value that a person gives."""
    quarter = last.month // 3
    for number, one in enumerate(listed("work")):
        planned = date(last.year, last.month, 5 + 2 * number)
        name = f"plan-{last.year}-{quarter}-{one['direction'].replace('_', '-')}"
        if number % 5 != 3:
            value = PlannedWork(
                direction=Direction(one["direction"]), name=f"{one['name']}, {quarter} кв.", planned_day=planned,
                done_day=planned + timedelta(days=1), outcome="проведено", document="справка",
            )  # fmt: skip
            yield Put(name, value)
        yield _text(last, quarter, one["direction"], one["text"])
    yield _text(last, quarter, "2.1", "Отчислений немного; свободные места заняты в течение месяца.")
    manual = ManualValue(
        set="kvantorium-school", number="1.11", year=last.year, quarter=quarter, hundredths=100 * (9 + 4 * quarter),
        reason="часть волонтёров записана на бумаге", document="журнал волонтёров",
    )  # fmt: skip
    yield Put(f"manual-1-11-{last.year}-{quarter}", manual)


def _text(last: date, quarter: int, subject: str, text: str) -> Put:
    code = subject.replace("_", "-").replace(".", "-")
    return Put(
        f"text-{code}-{last.year}-{quarter}", QuarterText(subject=subject, year=last.year, quarter=quarter, text=text)
    )
