"""What the demo's centre has entered for the monitoring: a believable year and a half, the same for the same seed.

Pupils are pseudonyms of nobody; jobs of the demo's own machines prove its newest projects.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from edge.demo.months import GUESTS, POOL, WORDS, listed, month
from edge.register.contract import Put
from edge.register.events import AchievementLevel, Direction
from edge.register.lessons import Form, Group, Level, Partner, Program
from edge.register.mentoring import MentoringForm, MentoringModel
from edge.register.network import Enrolment, NetworkAgreement
from edge.register.people import Category
from edge.register.projects import Achievement, Result
from edge.register.publicity import ChannelKind, InformationChannel
from edge.register.quarters import PlannedWork, Target
from edge.store.contract import Job


@dataclass(frozen=True, slots=True)
class Batch:
    """What one person entered on one day, and why."""

    day: date
    author: str
    reason: str
    changes: tuple[Put, ...]


def batches(today: date, *, seed: int, jobs: Sequence[Job]) -> list[Batch]:
    """Everything that was entered until today, by day; the newest projects are proven by `jobs`."""
    since = date(today.year - 1, 1, 1)
    school_years = [year for year in (today.year - 2, today.year - 1, today.year) if date(year, 9, 5) <= today]
    found = [_batch(date(today.year - 2, 9, 3), "партнёры, программы и группы", _lasting(today.year - 2))]
    found += [_batch(date(year, 9, 5), "зачисление", _enrolled(year, today, seed)) for year in school_years]
    for year in (since.year, today.year):
        found.append(_batch(date(year, 1, 15), f"план на {year} год", _planned(year)))
    for number in range(24):
        of_year, of_month = since.year + number // 12, number % 12 + 1
        last = date(of_year, of_month, calendar.monthrange(of_year, of_month)[1])
        if last <= today:
            found.append(_batch(last, f"отчёт за {last:%m.%Y}", month(last, seed, jobs)))
    return sorted((one for one in found if one.day <= today), key=lambda one: one.day)


def late_correction(quarter_end: date) -> Batch:
    """A protocol that came after the closing of a quarter."""
    day = quarter_end - timedelta(days=9)
    value = Achievement(
        name="Областной смотр технического творчества",
        level=AchievementLevel.REGIONAL,
        result=Result.WINNER,
        track="hightech",
        learners=POOL[3:5],
        count=2,
        equipment=("printer-1",),
        day=day,
        document="протокол жюри, пришёл после закрытия квартала",
    )
    put = Put(f"late-{day}", value)
    return Batch(quarter_end, str(WORDS["author"]), "протокол жюри пришёл после закрытия", (put,))


def _batch(day: date, reason: str, changes: Iterator[Put]) -> Batch:
    author = WORDS["methodist"] if day.month % 2 else WORDS["author"]
    return Batch(day, str(author), reason, tuple(changes))


def _lasting(year: int) -> Iterator[Put]:
    """Partners and agreements, programs and groups, models, channels."""
    first = date(year, 9, 1)
    for number, one in enumerate(listed("partner")):
        yield Put(one["id"], Partner(name=one["name"]))
        # One agreement ends in the middle of a quarter.
        last = date(year + 2, 8, 15) if number == 3 else None
        agreement = NetworkAgreement(
            partner=one["id"], number=one["number"], first_day=first, last_day=last, document=f"договор {one['number']}"
        )
        yield Put(f"agreement-{one['id']}", agreement)
    for one in listed("program"):
        program = Program(
            name=one["name"],
            track=_track(one["room"]),
            level=Level(one["level"]),
            partner=one.get("partner", ""),
            form=Form.NETWORK if "partner" in one else Form.IN_PERSON,
            first_day=first,
        )
        yield Put(one["id"], program)
        group = Group(name=one["name"][:40], program=one["id"], partner=one.get("partner", ""), learners=16)
        yield Put(f"group-{one['id']}", group)
    for one in listed("model"):
        yield Put(one["id"], MentoringModel(name=one["name"], form=MentoringForm(one["form"]), first_day=first))
    for one in listed("channel"):
        value = InformationChannel(name=one["name"], channel_kind=ChannelKind(one["kind"]), first_day=first)
        yield Put(one["id"], value)


def _track(room: str) -> str:
    return "hightech" if room == "workshop" else room


def _groups() -> list[str]:
    rooms = ("chembio", "hightech", "it", "promrobo", "workshop")
    return [f"{room}-{number}" for room in rooms for number in (1, 2)] + [f"group-{p['id']}" for p in listed("program")]


def _enrolled(year: int, today: date, seed: int) -> Iterator[Put]:
    """The groups of a school year; a few leave before its end, and pupils of partners come by agreement."""
    rng = Random(f"{seed}:{year}:enrolment")
    first, last = date(year, 9, 1), date(year + 1, 5, 31)
    partners = {f"group-{one['id']}" for one in listed("program") if "partner" in one}
    for group in _groups():
        guests = group in partners
        learners = tuple(sorted(rng.sample(GUESTS if guests else POOL, 16)))
        category = (
            Category.PARTNER_LEARNER if guests else rng.choice((Category.LEARNER_BASIC, Category.LEARNER_PRIMARY))
        )
        document = f"приказ № {rng.randrange(100, 400)} от 01.09.{year}"
        leaves = last - timedelta(days=rng.randrange(30, 200))
        left = rng.randrange(2) if leaves <= today else 0
        kept = Enrolment(
            group=group, category=category, learners=learners[left:], count=16 - left, first_day=first, last_day=last,
            document=document,
        )  # fmt: skip
        yield Put(f"{group}-{year}", kept)
        if left:
            gone = kept.model_copy(
                update={"learners": learners[:left], "count": left, "last_day": leaves, "left_early": True}
            )
            yield Put(f"{group}-{year}-left", gone)


def _planned(year: int) -> Iterator[Put]:
    """Targets of a year, and the plan of work: something of each direction every quarter."""
    for indicator, target in (("1.1", 20), ("1.2", 400), ("1.3", 10), ("1.5", 35), ("1.6", 1000), ("1.8", 200)):
        yield Put(f"target-{indicator.replace('.', '-')}-{year}", Target(number=indicator, year=year, target=target))
    for quarter in range(1, 5):
        for number, one in enumerate(listed("work")):
            day = date(year, 3 * quarter, 5 + 2 * number)
            value = PlannedWork(
                direction=Direction(one["direction"]), name=f"{one['name']}, {quarter} кв.", planned_day=day
            )
            yield Put(f"plan-{year}-{quarter}-{one['direction'].replace('_', '-')}", value)
