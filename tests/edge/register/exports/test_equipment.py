from __future__ import annotations

import tomllib
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.exports.book import book_of
from api.exports.formats import Format, bytes_of
from edge.errors import GiveUp
from edge.register.contract import Register
from edge.register.database import MEMORY
from edge.register.exports.equipment import HEADERS, drop_in, equipment_table
from edge.register.imports.cells import plain
from edge.register.imports.equipment import EquipmentPlan, plan_equipment
from edge.register.imports.headers import EQUIPMENT, field_of
from edge.register.imports.plan import Action
from edge.register.mappings import ImportMapping, Subject
from edge.register.sqlite import SqliteRegister
from edge.settings import Equipment, Kind
from tests.edge.register.imports.files import csv_of
from tests.edge.register.school import T

MILL = Equipment(
    id="mill-1", name="Фрезер 1", kind=Kind.CNC_MILL, room="workshop", inventory_number="0012", driver="grbl"
)
PRINTER = Equipment(id="p-1", name="Принтер", room="workshop", driver="marlin")
ROOMS = {"workshop": "Мастерская"}
NONE: Mapping[str, str] = {}

CODES = st.from_regex(r"[a-z0-9](?:[a-z0-9-]{0,12}[a-z0-9])?", fullmatch=True)
TIDY = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]) | st.just(" "), min_size=1, max_size=30)
NAMES = TIDY.map(plain).filter(lambda name: name and plain(name) == name and not name.startswith("'"))
EQUIPMENTS = st.builds(
    Equipment,
    id=CODES,
    name=NAMES,
    kind=st.sampled_from(Kind),
    track=st.sampled_from(["", "hightech", "it"]),
    room=CODES,
    stations=st.integers(0, 1000),
    inventory_number=st.sampled_from(["", "410134000123", "0012", "A-1/2", "=7"]),
    driver=st.sampled_from(["grbl", "marlin", "labedge"]),
    link=st.none(),
    validity_s=st.just(0.0),
    options=st.just({}),
)


def plan(
    register: Register, data: bytes, known: tuple[Equipment, ...] = (), answers: Mapping[str, str] = NONE
) -> EquipmentPlan:
    return plan_equipment(data, known, register.snapshot(), answers=answers, rooms=ROOMS)


@pytest.mark.parametrize("way", ["csv-excel", "csv", "xlsx"])
@settings(deadline=None, max_examples=30)
@given(
    known=st.lists(EQUIPMENTS, min_size=1, max_size=4, unique_by=lambda one: one.id),
    language=st.sampled_from(["ru", "en"]),
)
def test_what_is_written_is_read_back_as_it_was(way: str, known: list[Equipment], language: Any) -> None:
    register = SqliteRegister(MEMORY)
    table = equipment_table(known, language=language)
    data = bytes_of(book_of(table), Format(way))
    made = plan_equipment(data, known, register.snapshot(), answers={}, rooms={})
    assert (made.faults, made.questions) == ((), ())
    assert {line.action for line in made.lines} == {Action.SAME}
    new = plan_equipment(data, (), register.snapshot(), answers={}, rooms={})
    assert [one.model_dump() for one in new.equipment] == [
        one.model_dump() for one in sorted(known, key=lambda one: one.id)
    ]
    register.close()


@given(known=st.lists(EQUIPMENTS, max_size=4, unique_by=lambda one: one.id))
def test_a_drop_in_file_is_toml_that_says_the_same(known: list[Equipment]) -> None:
    told = tomllib.loads(drop_in(known)).get("equipment", [])
    assert [Equipment.model_validate(one).model_dump() for one in told] == [
        one.model_dump() for one in sorted(known, key=lambda one: one.id)
    ]


def test_every_header_is_known_to_the_imports() -> None:
    for field, names in HEADERS.items():
        assert {field_of(name, Subject.EQUIPMENT) for name in names.values()} == {field}
    assert set(HEADERS) == set(EQUIPMENT) - {""}


def test_the_bursars_list_finds_what_is_configured_by_number_and_by_name(register: Register) -> None:
    rows = [
        ["№ п/п", "Наименование", "Инв. №", "Кабинет", "Тип", "Кол-во мест"],
        ["1", "Станок фрезерный", "0012", "Мастерская", "фрезерный станок", ""],
        ["2", "принтер", "", "Мастерская", "", "2"],
        ["3", "Лазер", "0013", "Мастерская", "лазер", "1"],
    ]
    made = plan(register, csv_of(rows), (MILL, PRINTER), {"Кол-во мест": "stations"})
    assert [(line.action, line.id) for line in made.lines] == [
        (Action.CHANGE, "mill-1"),
        (Action.CHANGE, "p-1"),
        (Action.ADD, "lazer"),
    ]
    assert [(d.field, d.after) for d in made.lines[0].differences] == [("name", "Станок фрезерный")]
    assert (made.equipment[0].driver, made.equipment[2].driver, made.equipment[2].room) == (
        "grbl",
        "labedge",
        "workshop",
    )
    assert made.ready


def test_faults_name_their_cells(register: Register) -> None:
    rows = [
        ["Код", "Название", "Вид", "Кабинет", "Мест"],
        ["a", "Лазер", "чудо", "34", "много"],
        ["b", "", "", "", ""],
        ["b", "x", "", "34", ""],
    ]
    made = plan(register, csv_of(rows))
    assert [(f.place.cell, f.message) for f in made.faults] == [
        ("C2", "«чудо» is no kind of equipment"),
        ("E2", "«много» is no whole number"),
        ("B3", "name: Field required"),
        ("D3", "room: Field required"),
        ("4", "The equipment b already stands in 3."),
    ]
    assert not made.ready
    assert made.equipment == ()


def test_unknown_headers_are_asked_and_what_was_answered_once_is_known(register: Register) -> None:
    rows = [["Название", "Кабинет", "Хозяин"], ["Лазер", "34", "Иванова"]]
    asked = plan(register, csv_of(rows))
    assert [question.header for question in asked.questions] == ["Хозяин"]
    answered = plan(register, csv_of(rows), answers={"Хозяин": "", "Не отсюда": "name"})
    register.apply(answered.changes, author="a", reason="b", at=T)
    assert register.rows(ImportMapping).value[0].value.columns == {"Хозяин": ""}
    again = plan(register, csv_of(rows))
    assert (again.ready, again.changes) == (True, ())


def test_equal_names_get_ids_of_their_own(register: Register) -> None:
    rows = [["Название", "Кабинет"], ["Лазер", "34"], ["Лазер", "34"], ["★", "34"]]
    assert [one.id for one in plan(register, csv_of(rows, encoding="utf-8")).equipment] == [
        "lazer",
        "lazer-2",
        "equipment",
    ]


def test_what_is_no_list_is_told(register: Register) -> None:
    with pytest.raises(GiveUp, match="No row of headers"):
        plan(register, b"a;b\r\nc;d")
