"""A file with names of learners, or with what nobody sees: told with its row and column, or cleaned on the way in."""

from __future__ import annotations

import pytest

from api.pages.sayings import retold
from edge.register.contract import Put, Register
from edge.register.events import Event
from edge.register.imports.entries import plan_entries
from edge.register.imports.equipment import plan_equipment
from edge.register.imports.importing import plan_timetable
from edge.register.imports.unseen import CELLS_LIMIT
from edge.register.mentoring import MentoringModel, MentoringPair
from edge.register.projects import Project
from tests.edge.register.imports.files import OPTIONS, Cells, xls, xlsx
from tests.edge.register.imports.files import csv_of as csv_in
from tests.edge.register.school import put
from tests.edge.register.test_entries import VALID
from tests.edge.register.test_wording import UNSEEN


def csv_of(cells: Cells) -> bytes:
    return csv_in(cells, encoding="utf-8")


PAIRS: Cells = [
    ["Модель наставничества", "Название", "Количество", "Дата начала"],
    ["Ученик — ученик", "Пара 1", 2, "01.09.2026"],
    ["Ученик — ученик", "Иванов — Петров", 2, "01.09.2026"],
]


@pytest.fixture
def register(register: Register) -> Register:
    """A register with a model of mentoring."""
    put(register, ("peers", MentoringModel.model_validate(VALID["mentoring_model"])))
    return register


def test_a_pair_with_peoples_names_is_told_with_its_cell(register: Register) -> None:
    made = plan_entries(xlsx(PAIRS), MentoringPair, (), register.snapshot(), OPTIONS)
    (fault,) = made.faults
    assert (fault.place.cell, "tell the pair by a number" in fault.message) == ("B3", True)
    assert fault.fix


def test_a_project_called_after_its_learner_is_told_with_its_cell(register: Register) -> None:
    table: Cells = [["Название", "Количество", "Дата"], ["Иванов Пётр, 7А", 1, "20.11.2026"]]
    made = plan_entries(xlsx(table), Project, (), register.snapshot(), OPTIONS)
    assert [(fault.place.cell, "may be a learner" in fault.message) for fault in made.faults] == [("A2", True)]


def name_of(change: Put) -> str:
    assert isinstance(change.value, Event)
    return change.value.name


HIDDEN: Cells = [
    ["Наз\u00adвание", "Дата начала"],
    ["Ха\u200bка\u202eтон\u2069", "20.11.2026"],
    ["Квест", "21.11.2026"],
]


@pytest.mark.parametrize("data", [xlsx(HIDDEN), xls(HIDDEN), csv_of(HIDDEN)], ids=["xlsx", "xls", "csv"])
def test_what_nobody_sees_is_lost_on_the_way_in_and_told_with_its_cell(register: Register, data: bytes) -> None:
    made = plan_entries(data, Event, (), register.snapshot(), OPTIONS)
    assert made.faults == ()
    first, _second = made.changes
    assert isinstance(first, Put)
    assert first.value == Event.model_validate({"name": "Хакатон", "first_day": "2026-11-20"})
    assert [(note.place.cell, note.message) for note in made.notes] == [
        ("A1", "Characters that nobody sees are left out of it: U+00AD."),
        ("A2", "Characters that nobody sees are left out of it: U+200B, U+202E, U+2069."),
    ]
    assert all(note.fix for note in made.notes)
    assert made.ready


def test_spaces_of_every_kind_and_line_breaks_are_seen_and_not_told(register: Register) -> None:
    table: Cells = [["Название", "Дата начала"], ["День\u00a0открытых\u2009 дверей\n\tвторой", "20.11.2026"]]
    made = plan_entries(xlsx(table), Event, (), register.snapshot(), OPTIONS)
    (line,) = made.changes
    assert isinstance(line, Put)
    assert (name_of(line), made.notes) == ("День открытых дверей второй", ())


@pytest.mark.parametrize("character", UNSEEN)
def test_a_file_loses_and_tells_what_typed_texts_are_refused_for(register: Register, character: str) -> None:
    table = csv_of([["Название", "Дата начала"], [f"Ква{character}нт", "20.11.2026"]])
    made = plan_entries(table, Event, (), register.snapshot(), OPTIONS)
    (line,) = made.changes
    assert isinstance(line, Put)
    if character.isspace():
        assert (name_of(line), made.notes) == ("Ква нт", ())
    else:
        assert (name_of(line), [note.place.cell for note in made.notes]) == ("Квант", ["A2"])


def test_of_a_table_full_of_them_the_first_cells_are_told_and_how_many_more(register: Register) -> None:
    rows = [[f"Кве\u00adст {number}", f"{number:02}.11.2026"] for number in range(1, 26)]
    made = plan_entries(csv_of([["Название", "Дата начала"], *rows]), Event, (), register.snapshot(), OPTIONS)
    assert len(made.notes) == CELLS_LIMIT + 1
    assert made.notes[-1].place.cell == "A22"
    assert made.notes[-1].message == "Characters that nobody sees are left out of more cells from here on: 5."


def test_of_many_different_ones_the_first_are_named(register: Register) -> None:
    table = csv_of([["Название", "Дата начала"], ["\u200b\u200c\u200d\u200e\u200f\u2060Квест", "20.11.2026"]])
    (note,) = plan_entries(table, Event, (), register.snapshot(), OPTIONS).notes
    assert note.message.endswith(": U+200B, U+200C, U+200D, U+200E, U+200F, ….")


def test_a_pseudonym_is_not_repeated_by_what_is_told_of_its_cell(register: Register) -> None:
    table = csv_of([["Модель наставничества", "Название", "Количество", "Псевдонимы", "Дата начала"],
                    ["Ученик — ученик", "Пара 1", "2", "L-0\u200b17", "01.09.2026"]])  # fmt: skip
    made = plan_entries(table, MentoringPair, (), register.snapshot(), OPTIONS)
    assert [(note.place.cell, "L-0" in note.message) for note in made.notes] == [("D2", False)]


def test_a_timetable_a_calendar_and_a_list_of_equipment_tell_it_too(register: Register) -> None:
    lessons = csv_of([["День", "Время", "Группа", "Программа"], ["пн", "09:25-10:45", "ПР\u200b-1", "Роботы"]])
    assert [note.place.cell for note in plan_timetable(lessons, register.snapshot(), OPTIONS).notes][:1] == ["C2"]
    event = (
        "BEGIN:VEVENT\r\nUID:1\r\nSUMMARY:Ро\u200bбо\r\nDTSTART:20261120T090000\r\nDTEND:20261120T100000\r\nEND:VEVENT"
    )
    calendar = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{event}\r\nEND:VCALENDAR\r\n".encode()
    assert "U+200B" in plan_timetable(calendar, register.snapshot(), OPTIONS).notes[0].message
    tools = csv_of([["Код", "Название", "Вид"], ["laser-2", "Ла\u00adзер 2", "лазер"]])
    found = plan_equipment(tools, (), register.snapshot(), answers={}, rooms={})
    assert found.notes[0].place.cell == "B2"


def test_it_is_told_in_russian(register: Register) -> None:
    rows = [[f"Кве\u00adст {number}", f"{number:02}.11.2026"] for number in range(1, 26)]
    notes = plan_entries(csv_of([["Название", "Дата начала"], *rows]), Event, (), register.snapshot(), OPTIONS).notes
    assert retold(notes[0].message, "ru") == "Пропущены невидимые знаки: U+00AD."
    assert retold(notes[-1].message, "ru").endswith("начиная с этой: 5.")
    assert {retold(note.fix, "ru") for note in notes} == {"Если текст без них верный — ничего."}
