"""What a school Kvantorium has entered in a year: the timetable of the bench's centre, and who did what in it.

The same every time. Learners are pseudonyms; every number is near one school's yearly average.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta

from edge.register import calendar, lessons
from edge.register.contract import Put
from edge.register.events import AchievementLevel, Direction, Event, EventKind, Participation
from edge.register.lessons import Group, Level, Partner, Program
from edge.register.mentoring import MentoringModel, MentoringPair, Volunteering
from edge.register.network import Enrolment, NetworkAgreement, Survey
from edge.register.people import Category
from edge.register.projects import Achievement, Project, Result
from edge.register.publicity import ChannelKind, InformationChannel, Publication
from edge.register.quarters import PlannedWork, Target
from telemetry.timetable import Binding, OneOff, Slot, Times, Timetable

LEARNERS, GROUPS, PROGRAMS, PARTNERS = 400, 20, 20, 10
EVENTS, VISITORS, ACHIEVEMENTS, PROJECTS, PAIRS, PUBLICATIONS = 40, 1000, 220, 80, 60, 240

_FIRST = date(2025, 9, 1)
_DAYS = 365
_EPOCH = date(1970, 1, 1)
_TRACKS = ("it", "hightech", "aero", "robo", "bio")
_MIN_NS = 60_000_000_000


def entries(timetable: Timetable) -> list[Put]:
    """Every entry, in an order in which each may be made."""
    rng = random.Random(7)
    return [*_people(rng), *_timetable(timetable), *_done(rng), *_told(rng)]


def _day(rng: random.Random) -> date:
    return _FIRST + timedelta(days=rng.randrange(_DAYS))


def _on(day: int) -> date:
    return _EPOCH + timedelta(days=day)


def _people(rng: random.Random) -> Iterator[Put]:
    """Partners, programs, groups and the learners in them; every fourth learner is in two groups."""
    for number in range(PARTNERS):
        yield Put(f"partner-{number}", Partner(name=f"Школа № {number}"))
        yield Put(
            f"agreement-{number}",
            NetworkAgreement(partner=f"partner-{number}", number=f"{number}/25", first_day=_FIRST),
        )
    levels = tuple(Level)[1:]
    for number in range(PROGRAMS):
        partner = f"partner-{number % PARTNERS}" if number % 3 == 0 else ""
        yield Put(
            f"program-{number}",
            Program(name=f"Программа {number}", track=_TRACKS[number % 5], level=levels[number % 3], partner=partner,
                    first_day=_FIRST),
        )  # fmt: skip
    for number in range(GROUPS):
        yield Put(f"group-{number}", Group(name=f"Группа {number}", program=f"program-{number}", learners=20))
        members = [f"L-{one}" for one in range(number * 20, number * 20 + 20)]
        members += [f"L-{one}" for one in rng.sample(range(LEARNERS), 5) if f"L-{one}" not in members]
        yield Put(f"enrolled-{number}", Enrolment(group=f"group-{number}", learners=tuple(members),
                                                  count=len(members), first_day=_FIRST))  # fmt: skip
        yield Put(f"survey-{number}", Survey(program=f"program-{number}", asked=20, content=18, day=_day(rng)))


def _timetable(of: Timetable) -> Iterator[Put]:
    for term in of.terms:
        days = {"first_day": _on(term.first_day), "last_day": _on(term.last_day)}
        yield Put(f"term-{term.name.lower()}", calendar.Term(name=term.name, **days))
    for holiday in of.holidays:
        days = {"first_day": _on(holiday.first_day), "last_day": _on(holiday.last_day)}
        yield Put("unity-day", calendar.Holiday(name=holiday.name, **days))
    yield Put("open", calendar.OpeningHours(weekdays=(1, 2, 3, 4, 5, 6), start="08:00", end="20:00"))
    yield from map(_slot, of.slots)
    yield from map(_one_off, of.one_offs)


def _slot(slot: Slot) -> Put:
    start, end, room, group = _bound(slot.when, slot.binding)
    entry = lessons.Slot(weekday=slot.weekday + 1, start=start, end=end, room=room, group=group,
                         program=group.replace("group", "program"), learners=slot.binding.learners)  # fmt: skip
    return Put(f"slot-{slot.id}", entry)


def _one_off(one: OneOff) -> Put:
    start, end, room, group = _bound(one.times, one.binding)
    entry = lessons.OneOff(day=_on(one.day), start=start, end=end, room=room, group=group,
                           program=group.replace("group", "program"), learners=one.binding.learners)  # fmt: skip
    return Put(one.id, entry)


def _bound(when: object, binding: Binding) -> tuple[str, str, str, str]:
    if not isinstance(when, Times):
        raise TypeError("the bench's lessons have times of their own")
    return _clock(when.start_ns), _clock(when.end_ns), binding.room, binding.group


def _clock(ns: int) -> str:
    minutes = ns // _MIN_NS % 1440
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _done(rng: random.Random) -> Iterator[Put]:
    """Events and their visitors, projects, achievements, mentoring, volunteers."""
    kinds, levels = tuple(EventKind), tuple(AchievementLevel)
    for number in range(EVENTS):
        yield Put(
            f"event-{number}",
            Event(name=f"Событие {number}", event_kind=kinds[number % len(kinds)], level=levels[number % 6],
                  track=_TRACKS[number % 5], practical=number % 2 == 0, first_day=_day(rng),
                  equipment=(f"machine-{number % 25:02}",)),
        )  # fmt: skip
        visitors = tuple(f"V-{one}" for one in rng.sample(range(VISITORS), 60))
        yield Put(f"came-{number}", Participation(event=f"event-{number}", learners=visitors, count=70))
        sent = tuple(f"P-{one}" for one in rng.sample(range(VISITORS), 10))
        yield Put(
            f"sent-{number}",
            Participation(event=f"event-{number}", category=Category.PARTNER_LEARNER,
                          partner=f"partner-{number % PARTNERS}", learners=sent, count=12),
        )  # fmt: skip
    for number in range(PROJECTS):
        yield Put(f"project-{number}", Project(name=f"Проект {number}", program=f"program-{number % PROGRAMS}",
                                               track=_TRACKS[number % 5], learners=(f"L-{number}",), count=2,
                                               jobs=(f"machine-{number % 25:02}/job-{number}",),
                                               practical=number % 3 > 0, day=_day(rng)))  # fmt: skip
    results = tuple(Result)
    for number in range(ACHIEVEMENTS):
        yield Put(f"won-{number}", Achievement(name=f"Конкурс {number}", level=levels[number % 6],
                                               result=results[number % 3], learners=(f"L-{number}",),
                                               program=f"program-{number % PROGRAMS}", day=_day(rng)))  # fmt: skip
    yield Put("model", MentoringModel(name="Старший младшему", first_day=_FIRST))
    for number in range(PAIRS):
        pair = (f"L-{number}", f"L-{number + 100}")
        yield Put(f"pair-{number}", MentoringPair(model="model", name=f"Пара {number}", learners=pair, count=2,
                                                  completed=number % 2 == 0, first_day=_day(rng)))  # fmt: skip
        yield Put(f"helped-{number}", Volunteering(name=f"Акция {number}", learners=pair, count=5,
                                                   first_day=(day := _day(rng)), last_day=day))  # fmt: skip


def _told(rng: random.Random) -> Iterator[Put]:
    """Channels, publications, the plan of work, a target."""
    kinds = tuple(ChannelKind)
    for number in range(6):
        yield Put(f"channel-{number}", InformationChannel(name=f"Канал {number}", channel_kind=kinds[number],
                                                          first_day=_FIRST))  # fmt: skip
    for number in range(PUBLICATIONS):
        yield Put(f"told-{number}", Publication(channel=f"channel-{number % 6}", title=f"Заметка {number}",
                                                day=_day(rng)))  # fmt: skip
    directions = tuple(Direction)
    for number in range(60):
        planned = _day(rng)
        yield Put(f"plan-{number}", PlannedWork(direction=directions[number % 10], name=f"Дело {number}",
                                                planned_day=planned, done_day=planned))  # fmt: skip
    yield Put("target", Target(number="1.2", year=2026, target=420))
