from __future__ import annotations

import pytest

from edge.register.calendar import Holiday, MovedDay, OpeningHours, Term
from edge.register.contract import Put, Register
from edge.register.evidence import RuleSet
from edge.register.lessons import Cancellation, Form, Group, OneOff, Partner, Program, Slot, Substitution
from edge.register.timetable import labels, rules, timetable
from edge.register.upkeep import PlannedMaintenance
from edge.zones import zone_of
from telemetry import rules as core
from telemetry import timetable as words
from telemetry.civil import FIRST_DAY, LAST_DAY
from telemetry.model import EquipmentId
from tests.edge.register.school import SLOT, enter, put, school

MINUTE = 60 * 10**9
HOUR = 60 * MINUTE
DAY_2026_11_23 = 20_780


def test_every_kind_of_a_timetable_becomes_the_cores_words(register: Register) -> None:
    put(register, *school(), ("growth-1", Partner(name="Точка роста, с. Печерск")))
    other = SLOT.model_copy(update={"lesson": None, "start": "16:00", "end": "17:30", "equipment": ("mill-1",)})
    entries = {
        "thu": other,
        "q2": Term.model_validate({"name": "II четверть", "first_day": "2026-11-09", "last_day": "2026-12-27"}),
        "unity": Holiday.model_validate({"name": "4 ноября", "first_day": "2026-11-04", "last_day": "2026-11-04"}),
        "moved": MovedDay.model_validate({"day": "2026-11-28", "weekday": 1}),
        "open": OpeningHours(weekdays=(1, 7), start="08:00", end="00:00"),
        "whole": OpeningHours(weekdays=(6,), start="00:00", end="24:00"),
        "sub": Substitution.model_validate({"slot": "mon-2", "day": "2026-11-23", "room": "physics", "teacher": ""}),
        "can": Cancellation(lesson="mon-2:2026-11-30"),
        "tour": OneOff.model_validate(
            {"happening": "event", "day": "2026-11-23", "start": "12:00", "end": "13:00", "partner": "growth-1"}
        ),
        "fix": PlannedMaintenance.model_validate(
            {"room": "workshop", "start": "1990-01-02T10:00", "end": "1990-01-02T12:00"}
        ),
    }
    enter(register, *(Put(entry, value) for entry, value in entries.items()))
    made = timetable(register.snapshot())
    bound = words.Binding(room="workshop", group="pr-1", program="robotics", teacher="ivanova", learners=12)
    assert made.slots == (
        words.Slot(id="mon-2", weekday=0, when=words.LessonNumber(2), binding=bound),
        words.Slot(
            id="thu",
            weekday=0,
            when=words.Times(16 * HOUR, 17 * HOUR + 30 * MINUTE),
            binding=words.Binding(
                room="workshop",
                group="pr-1",
                program="robotics",
                teacher="ivanova",
                learners=12,
                equipment=frozenset({EquipmentId("mill-1")}),
            ),
        ),
    )
    assert made.substitutions == (
        words.Substitution(
            slot="mon-2",
            day=DAY_2026_11_23,
            when=words.LessonNumber(2),
            binding=words.Binding(room="physics", group="pr-1", program="robotics", learners=12),
        ),
    )
    assert made.cancellations == (words.Cancellation(lesson="mon-2:2026-11-30"),)
    assert made.one_offs == (
        words.OneOff(
            id="tour",
            day=DAY_2026_11_23,
            times=words.Times(12 * HOUR, 13 * HOUR),
            binding=words.Binding(partner="growth-1"),
            kind=words.LessonKind.EVENT,
        ),
    )
    assert made.terms == (words.Term(name="II четверть", first_day=DAY_2026_11_23 - 14, last_day=DAY_2026_11_23 + 34),)
    assert made.holidays == (
        words.Holiday(name="4 ноября", first_day=DAY_2026_11_23 - 19, last_day=DAY_2026_11_23 - 19),
    )
    assert made.moved_days == (words.MovedDay(day=DAY_2026_11_23 + 5, weekday=0),)
    assert made.opening_hours == (
        words.OpeningHours(
            weekdays=frozenset({0, 6}),
            times=words.Times(8 * HOUR, 24 * HOUR),
            first_day=FIRST_DAY,
            last_day=LAST_DAY,
        ),
        words.OpeningHours(
            weekdays=frozenset({5}), times=words.Times(0, 24 * HOUR), first_day=FIRST_DAY, last_day=LAST_DAY
        ),
    )
    day = 7306 * 24 * HOUR
    assert made.maintenance == (words.PlannedMaintenance(start=day + 10 * HOUR, end=day + 12 * HOUR, room="workshop"),)
    assert made.bell_schedules[0].bells[1] == (
        2,
        words.Times(9 * HOUR + 55 * MINUTE, 10 * HOUR + 40 * MINUTE),
    )
    assert made.bell_schedules[0].weekdays == frozenset(range(7))


def test_a_substitution_may_move_the_lesson(register: Register) -> None:
    later = Substitution.model_validate({"slot": "mon-2", "day": "2026-11-23", "start": "15:00", "end": "15:45"})
    put(register, *school(), ("sub", later))
    assert timetable(register.snapshot()).substitutions[0].when == words.Times(15 * HOUR, 15 * HOUR + 45 * MINUTE)


@pytest.mark.parametrize(
    ("said", "partner", "form"),
    [
        ({"group": "g"}, "of-group", words.Form.NETWORK),
        ({"program": "p"}, "of-program", words.Form.NETWORK),
        ({"group": "g", "partner": "own", "form": "remote"}, "own", words.Form.REMOTE),
        ({}, "", words.Form.IN_PERSON),
    ],
    ids=["group", "program", "own", "nothing"],
)
def test_what_a_lesson_leaves_open_it_has_from_its_group_then_from_its_program(
    register: Register, said: dict[str, str], partner: str, form: words.Form
) -> None:
    names = [(one, Partner(name=one)) for one in ("own", "of-group", "of-program")]
    program = Program(name="P", partner="of-program", form=Form.NETWORK)
    slot = Slot.model_validate({"weekday": 1, "lesson": 1, **said})
    put(register, *names, ("p", program), ("g", Group(name="G", program="p", partner="of-group")), ("s", slot))
    (made,) = timetable(register.snapshot()).slots
    assert (made.binding.partner, made.binding.form) == (partner, form)
    assert made.binding.program == ("p" if said.keys() & {"group", "program"} else "")


def test_codes_have_names(register: Register) -> None:
    put(register, *school())
    assert labels(register.snapshot()) == {
        "group": {"pr-1": "ПР-1"},
        "program": {"robotics": "Промробототехника"},
        "teacher": {"ivanova": "Иванова А. П."},
        "partner": {},
    }


def test_equal_snapshots_give_equal_timetables(register: Register) -> None:
    put(register, *school())
    assert timetable(register.snapshot()) == timetable(register.snapshot())


def test_rule_sets_come_into_force_at_local_midnight_in_their_order(register: Register) -> None:
    later = RuleSet.model_validate({"name": "2027", "effective_from": "2027-01-01", "least_busy_minutes": 7})
    first = RuleSet.model_validate({"name": "2026", "effective_from": "2026-09-01"})
    put(register, ("a", later), ("b", first))
    made = rules(register.snapshot(), zone_of("Asia/Kamchatka"))
    assert [(rule.version, rule.busy_min_ns) for rule in made] == [("b", 5 * MINUTE), ("a", 7 * MINUTE)]
    assert made[0] == core.RuleSet(version="b", effective_from=1_788_177_600 * 10**9)
