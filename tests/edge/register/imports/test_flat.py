from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import date

import pytest

from edge.errors import GiveUp
from edge.register.calendar import Term
from edge.register.contract import Conflict, Put, Refused, Register
from edge.register.imports.plan import Action, Scope, apply_plan
from edge.register.lessons import Cancellation, Group, OneOff, Partner, Program, Slot, Substitution, Teacher
from edge.register.mappings import ImportMapping
from tests.edge.register.imports.files import OPTIONS, csv_of, done, plan, xls, xlsx
from tests.edge.register.school import BELLS, T, enter, put

HEADERS: list[object] = [
    "День недели",
    "№ урока",
    "Время",
    "Группа",
    "Программа",
    "Педагог",
    "Каб.",
    "Кол-во",
    "Неделя",
]
ROWS: list[list[object]] = [
    HEADERS,
    ["Понедельник", 2, None, "ПР-1", "Промробототехника", "Иванова А. П.", 34.0, 12.0, ""],
    [None] * 9,
    ["вт", "", "15.00-16.30", "ПР-2", "3D-печать", "Петров И. И.", "Мастерская", 10, "чёт."],
    ["Ср.", "3 урок", "", "ПР-2", "3D-печать", "Петров И. И.", "34.0", "10,0", "I"],
]
TITLE: list[list[object]] = [["МБОУ СШ № 40"], ["Расписание занятий"], []]


def slots(register: Register) -> list[Slot]:
    return [row.value for row in register.rows(Slot).value]


FORMATS = {
    "csv_cp1251": csv_of(ROWS),
    "csv_utf8_mark": csv_of(ROWS, encoding="utf-8-sig"),
    "csv_comma": csv_of([[str(c).replace(",", ".") if c is not None else "" for c in r] for r in ROWS], separator=","),
    "csv_tabs_utf16": csv_of(ROWS, separator="\t", encoding="utf-16"),
    "csv_sep": b"sep=;\r\n" + csv_of(ROWS),
    "xlsx": xlsx(ROWS),
    "xlsx_with_title": xlsx([*TITLE, *ROWS]),
    "xls": xls([*TITLE, *ROWS]),
}


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_gives_the_same_timetable(register: Register, name: str) -> None:
    done(register, FORMATS[name])
    names = {"34": "34", "Мастерская": "workshop"}
    assert {
        (s.weekday, s.week.value, s.lesson, s.start, s.end, s.room, s.group, s.learners) for s in slots(register)
    } == {
        (1, "both", 2, None, None, names["34"], "pr-1", 12),
        (2, "B", None, "15:00", "16:30", names["Мастерская"], "pr-2", 10),
        (3, "A", 3, None, None, names["34"], "pr-2", 10),
    }
    assert [row.value.name for row in register.rows(Group).value] == ["ПР-1", "ПР-2"]
    assert {row.value.name for row in register.rows(Program).value} == {"Промробототехника", "3D-печать"}
    assert {row.value.name for row in register.rows(Teacher).value} == {"Иванова А. П.", "Петров И. И."}
    assert register.verify() == ()


def test_a_second_import_of_the_same_file_changes_nothing(register: Register) -> None:
    done(register, FORMATS["xlsx"])
    again = done(register, FORMATS["xls"])
    assert again.changes == ()
    assert {line.action for line in again.lines} == {Action.SAME}
    assert register.version() == 1


def test_a_plan_tells_what_would_change_and_where_it_stands(register: Register) -> None:
    done(register, FORMATS["xlsx"])
    rows = [list(row) for row in ROWS]
    rows[1][6] = "Мастерская"
    rows.append(["Пт", "", "9:00-9:45", "ПР-1", "Промробототехника", "Иванова А. П.", "34", 12, ""])
    made = plan(register, xlsx(rows))
    changed = next(line for line in made.lines if line.action is Action.CHANGE)
    assert (changed.id, str(changed.place)) == ("pr-1-mon-2", "Расписание!2")
    assert [(d.field, d.before, d.after) for d in changed.differences] == [("room", "34", "workshop")]
    assert (made.count(Action.ADD), made.count(Action.CHANGE), made.count(Action.SAME)) == (1, 1, 2)
    assert register.version() == 1
    assert apply_plan(register, made, author="a", reason="b", at=T) == 2


def test_replacing_removes_what_the_file_has_not_and_its_substitutions(register: Register) -> None:
    done(register, FORMATS["xlsx"])
    put(register, ("sub", Substitution.model_validate({"slot": "pr-1-mon-2", "day": "2026-11-23", "room": "physics"})))
    one_off = OneOff.model_validate({"day": "2026-11-23", "start": "12:00", "end": "13:00"})
    put(register, ("tour", one_off))
    rest = csv_of([HEADERS, *ROWS[3:]])
    assert plan(register, rest).count(Action.REMOVE) == 0
    made = done(register, rest, replace(OPTIONS, scope=Scope.REPLACING))
    assert [(line.kind, line.id) for line in made.lines if line.action is Action.REMOVE] == [
        ("substitution", "sub"),
        ("slot", "pr-1-mon-2"),
    ]
    assert len(slots(register)) == 2
    assert [row.id for row in register.rows(OneOff).value] == ["tour"]


def test_each_fault_is_told_with_its_cell_and_its_fix_and_nothing_is_done(register: Register) -> None:
    rows: list[list[object]] = [
        HEADERS,
        ["Понедельниг", "2", "", "ПР-1", "x", "", "34", "двенадцать", ""],
        ["", "", "", "ПР-1", "x", "", "34", "", ""],
        ["Пн", "9 утра", "", "ПР-1", "x", "", "34", "", "третья"],
        ["Пн", "", "16:00-15:00", "ПР-1", "x", "", "34", 5000, ""],
        ["Пн", "2", "", "ПР-1", "x", "", "34", "", ""],
    ]
    made = plan(register, xlsx(rows))
    assert [(fault.place.cell, fault.message) for fault in made.faults] == [
        ("A2", "«Понедельниг» is no date"),
        ("H2", "«двенадцать» is no whole number"),
        ("A3", "It is not said on which day the lesson is."),
        ("C3", "It is not said at what time the lesson is."),
        ("B4", "«9 утра» is no lesson's number and no time"),
        ("I4", "«третья» is no week A or B"),
        ("H5", "learners: Input should be less than or equal to 2000"),
    ]
    assert all(fault.fix for fault in made.faults)
    assert not made.ready
    with pytest.raises(Refused, match="A2"):
        apply_plan(register, made, author="a", reason="b", at=T)
    assert register.version() == 0


def test_a_lesson_that_ends_before_it_begins_is_a_fault_of_its_cell(register: Register) -> None:
    made = plan(register, csv_of([["День", "Начало", "Конец", "Группа"], ["пн", "16:00", "15:00", "A"]]))
    assert [(f.place.cell, f.message) for f in made.faults] == [
        ("2", "time: the lesson would take 23 hours from 16:00 to 15:00")
    ]
    made = plan(register, csv_of([["День", "Начало", "Конец", "Группа"], ["пн", "16:00", "", "A"]]))
    assert [f.place.cell for f in made.faults] == ["C2"]


def test_an_unknown_header_is_asked_once_and_never_again(register: Register) -> None:
    rows = [["День", "Урок", "Кто занимается", "Каб"], ["пн", "2", "ПР-1", "34"]]
    asked = plan(register, csv_of(rows))
    assert [(q.header, q.place.cell) for q in asked.questions] == [("Кто занимается", "C1")]
    assert "group" in asked.questions[0].fields
    assert not asked.ready
    with pytest.raises(Refused, match="no known header"):
        apply_plan(register, asked, author="a", reason="b", at=T)
    done(register, csv_of(rows), replace(OPTIONS, answers={"Кто занимается": "group"}))
    mapping = register.rows(ImportMapping).value[0].value
    assert (mapping.fingerprint, mapping.columns) == (asked.fingerprint, {"Кто занимается": "group"})
    rows.append(["вт", "3", "ПР-2", "34"])
    assert done(register, xlsx(rows)).count(Action.ADD) == 2
    assert {s.group for s in slots(register)} == {"pr-1", "pr-2"}


def test_a_column_may_be_left_out_by_an_answer(register: Register) -> None:
    rows = [["День", "Урок", "Группа", "Цвет"], ["пн", "2", "ПР-1", "синий"]]
    done(register, csv_of(rows), replace(OPTIONS, answers={"Цвет": ""}))
    assert done(register, csv_of(rows)).changes == ()


def test_english_headers_are_known_too(register: Register) -> None:
    rows = [["weekday", "start", "end", "group", "subject", "teacher", "room", "week", "form", "partner", "equipment"]]
    rows.append(
        ["Mon", "09:00", "09:45", "G1", "Robots", "Ms Ivanova", "Workshop", "A", "network", "School 5", "mill-1"]
    )
    done(register, csv_of(rows, separator=",", encoding="utf-8"))
    slot = slots(register)[0]
    assert (slot.week.value, slot.form.value, slot.partner, slot.equipment) == ("A", "network", "school-5", ("mill-1",))
    assert register.rows(Partner).value[0].value.name == "School 5"


def test_equipment_that_nobody_configured_is_a_fault(register: Register) -> None:
    made = plan(register, csv_of([["День", "Урок", "Группа", "Оборудование"], ["пн", "2", "A", "Фрезер 1, Токарь"]]))
    assert [(f.place.cell, f.message) for f in made.faults] == [("D2", "There is no equipment «Токарь».")]


def test_a_group_that_is_named_as_a_person_is_a_fault_of_its_cell(register: Register) -> None:
    made = plan(register, csv_of([["День", "Урок", "Группа"], ["пн", "2", "Иванов Пётр, 7А"]]))
    assert [(f.place.cell, f.message.partition(":")[0]) for f in made.faults] == [("C2", "group")]


def test_several_lessons_of_a_flat_cell_are_told_apart_too(register: Register) -> None:
    rows = [["День", "Урок", "Группа", "Программа", "Каб"], ["пн", "2", "A", "I: Химия / II: Право", "34 / 35"]]
    done(register, csv_of(rows))
    assert {(s.week.value, s.program, s.room) for s in slots(register)} == {
        ("A", "khimiya", "34"),
        ("B", "pravo", "35"),
    }


def test_a_new_room_and_missing_bells_are_noted_and_hinder_nothing(register: Register) -> None:
    made = done(register, csv_of([["День", "Урок", "Группа", "Каб"], ["пн", "2", "A", "Актовый зал"]]))
    assert [(note.place.cell, note.message) for note in made.notes] == [
        ("B2", "No bell schedule has a lesson 2 on that weekday yet."),
        ("2", "There is no term yet, so that no slot is ever held."),
        ("D2", "No equipment stands in the room «Актовый зал» (aktovyy-zal)."),
    ]


def test_lessons_that_no_term_holds_are_noted_and_hinder_nothing(register: Register) -> None:
    put(register, ("everyday", BELLS), ("q1", Term(name="I", first_day=date(2026, 9, 1), last_day=date(2026, 10, 25))))
    rows = [
        ["День", "Урок", "Группа", "Действует с", "Действует по"],
        ["пн", "2", "A", "", ""],
        ["пн", "2", "B", "25.10.2026", "30.11.2026"],
        ["пн", "2", "C", "26.10.2026", ""],
        ["пн", "2", "D", "", "31.08.2026"],
    ]
    made = done(register, csv_of(rows))
    never = "It shares no day with any term, so that no lesson of it is ever held."
    assert [(note.place.cell, note.message) for note in made.notes] == [("4", never), ("5", never)]


def test_times_that_are_those_of_the_bells_become_the_lessons_number(register: Register) -> None:
    put(register, ("everyday", BELLS))
    rows = [["День", "Пара", "Группа"], ["пн", "2 пара 09.55-10.40", "A"], ["пн", "2 пара 09.50-10.40", "B"]]
    done(register, csv_of(rows))
    assert [(s.lesson, s.start) for s in slots(register)] == [(2, None), (None, "09:50")]


def test_dates_make_one_offs(register: Register) -> None:
    put(register, ("everyday", BELLS))
    rows = [
        ["Дата", "Урок", "Время", "Группа", "Мероприятие", "Вид события"],
        ["23.11.2026", "", "12:00-13:00", "A", "Экскурсия", "мероприятие"],
        ["Вторник 24.11.2026", "2", "", "A", "", ""],
    ]
    done(register, csv_of(rows))
    found = [row.value for row in register.rows(OneOff).value]
    assert [(o.day.isoformat(), o.start, o.end, o.happening.value, o.name) for o in found] == [
        ("2026-11-23", "12:00", "13:00", "event", "Экскурсия"),
        ("2026-11-24", "09:55", "10:40", "lesson", ""),
    ]
    made = plan(
        register, csv_of([["Дата", "Урок", "Группа"], ["Среда 24.11.2026", "2", "A"], ["24.11.2026", "7", "A"]])
    )
    assert [fault.place.cell for fault in made.faults] == ["A2", "B3"]


def test_the_same_lesson_twice_is_noted_and_another_one_of_the_same_id_is_a_fault(register: Register) -> None:
    rows = [
        ["День", "Урок", "Группа", "id"],
        ["пн", "2", "A", ""],
        ["пн", "2", "A", ""],
        ["пн", "3", "A", "x"],
        ["пн", "4", "A", "x"],
    ]
    made = plan(register, csv_of(rows))
    assert [fault.place.cell for fault in made.faults] == ["5"]
    assert [note.place.cell for note in made.notes if "already" in note.message] == ["3"]
    assert [f.place.cell for f in plan(register, csv_of([*rows[:1], ["пн", "2", "A", "Икс"]])).faults] == ["D2"]


def test_subgroups_at_one_time_stay_two_lessons(register: Register) -> None:
    rows = [
        ["День", "Урок", "Группа", "Педагог", "Каб"],
        ["пн", "2", "A", "Иванова", "34"],
        ["пн", "2", "A", "Петров", "physics"],
    ]
    done(register, csv_of(rows))
    rows.reverse()
    rows.insert(0, rows.pop())
    assert done(register, csv_of(rows)).changes == ()
    rows[1][3] = "Сидорова"
    changed = [line for line in done(register, csv_of(rows)).lines if line.action is Action.CHANGE]
    assert [[d.before for d in line.differences] for line in changed] == [["petrov"]]


def test_left_out_days_are_cancelled_and_keep_their_reasons(register: Register) -> None:
    rows = [["День", "Урок", "Группа", "Кроме"], ["пн", "2", "A", "23.11.2026, 30.11.2026"]]
    done(register, csv_of(rows))
    assert [row.id for row in register.rows(Cancellation).value] == ["a-mon-2:2026-11-23", "a-mon-2:2026-11-30"]
    enter(register, Put("a-mon-2:2026-11-23", Cancellation(lesson="a-mon-2:2026-11-23", reason="карантин"), 1))
    assert done(register, csv_of(rows)).changes == ()


def test_a_plan_made_from_an_older_register_conflicts(register: Register) -> None:
    done(register, FORMATS["xlsx"])
    rows = [list(row) for row in ROWS]
    rows[1][6] = "Мастерская"
    made = plan(register, xlsx(rows))
    slot = register.row(Slot, "pr-1-mon-2").value
    assert slot is not None
    enter(register, Put("pr-1-mon-2", slot.value.model_copy(update={"learners": 3}), 1))
    with pytest.raises(Conflict, match="pr-1-mon-2"):
        apply_plan(register, made, author="a", reason="b", at=T)


def test_a_name_that_two_groups_have_is_told_apart_by_its_code(register: Register) -> None:
    put(register, ("g1", Group(name="Робот")), ("g2", Group(name="робот")))
    done(
        register,
        csv_of([["День", "Урок", "Группа"], ["пн", "1", "Робот [g2]"], ["вт", "1", "Робот"], ["ср", "1", "g2"]]),
    )
    assert {s.weekday: s.group for s in slots(register)} == {1: "g2", 2: "g1", 3: "g2"}


def test_names_without_a_letter_get_codes_too(register: Register) -> None:
    done(register, csv_of([["День", "Урок", "Группа"], ["пн", "1", "★"], ["вт", "1", "☆"]], encoding="utf-8"))
    assert [row.id for row in register.rows(Group).value] == ["group", "group-2"]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "no cell"),
        (b"\r\n;;;\r\n", "no cell"),
        (b"%PDF-1.7", "PDF"),
        (b"just a text", "No row of headers"),
        (b"x" * (16 * 2**20 + 1), "16 MiB"),
        (b"PK\x03\x04rest", "cannot be unpacked"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "cannot be read"),
        (b"a;b\r\n" * 50_001, "50000"),
        (csv_of([HEADERS]), "No lesson"),
        (b'day;group\r\n"' + b"x" * 200_000 + b'"', "no CSV"),
    ],
)
def test_what_is_no_timetable_is_told_with_what_to_do(register: Register, data: bytes, says: str) -> None:
    with pytest.raises(GiveUp, match=says) as e:
        plan(register, data)
    assert e.value.fix


def test_every_order_of_rows_gives_the_same_ids(register: Register) -> None:
    made = {
        frozenset((line.id, line.label) for line in plan(register, csv_of([HEADERS, *rows])).lines)
        for rows in itertools.permutations(ROWS[1:])
    }
    assert len(made) == 1
