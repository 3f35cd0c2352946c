from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from edge.errors import GiveUp
from edge.register.contract import Put, Refused, Register
from edge.register.entry import Entry
from edge.register.events import Event, EventKind, Participation
from edge.register.exports.entries import entries_table
from edge.register.imports.columns import COLUMNS, words_of
from edge.register.imports.entries import plan_entries
from edge.register.imports.options import Options
from edge.register.imports.plan import Action, Plan, apply_plan
from edge.register.imports.words import RUSSIAN, member_of, word_of
from edge.register.kinds import KINDS
from edge.register.lessons import Group, Level, Partner, Program
from edge.register.mappings import ImportMapping, Subject
from edge.register.mentoring import MentoringModel, MentoringPair
from edge.register.network import Enrolment, NetworkAgreement
from edge.register.people import Category, Linked
from edge.register.projects import Achievement, Project
from edge.register.publicity import InformationChannel
from edge.register.quarters import ManualValue, PlannedWork, QuarterText
from tests.edge.register.imports.files import OPTIONS as LAB
from tests.edge.register.imports.files import Cells, csv_of, xls, xlsx
from tests.edge.register.school import T, enter, put
from tests.edge.register.test_entries import VALID

OPTIONS = replace(LAB, tracks={"hightech": "Хайтек", "robo": "ПромРобоКвантум"})
AGREEMENTS: Cells = [
    ["№ п/п", "Партнёр", "Номер договора", "Предмет договора", "Дата начала", "Дата окончания", "Документ"],
    [1, "Точка роста № 4", "4/2026", "Робототехника", date(2026, 9, 1), date(2027, 5, 31), "Скан 4"],
    [2, "точка роста № 5", "5", "", date(2026, 10, 1), None, ""],
]
NAMED: tuple[tuple[str, Entry], ...] = (
    ("tochka-4", Partner(name="Точка роста № 4")),
    ("tochka-5", Partner(name="Точка роста № 5")),
    ("robotics", Program(name="Робототехника", track="hightech")),
    ("pr-1", Group(name="ПР-1", program="robotics")),
    ("hackathon", Event(name="Хакатон", first_day=date(2026, 11, 20))),
    ("peers", MentoringModel(name="Ученик — ученик", first_day=date(2026, 9, 1))),
    ("site", InformationChannel(name="Сайт школы", first_day=date(2020, 9, 1))),
)


@pytest.fixture
def register(register: Register) -> Register:
    """A register that knows whatever files name."""
    put(register, *NAMED)
    return register


def plan(register: Register, kind: type[Entry], data: bytes, options: Options = OPTIONS) -> Plan:
    living: Any = register.rows(kind)
    if issubclass(kind, Linked):
        living = register.learners(kind, reader="завуч", reason="импорт", at=T)
    return plan_entries(data, kind, living.value, register.snapshot(), options)


def done(register: Register, kind: type[Entry], data: bytes, options: Options = OPTIONS) -> Plan:
    made = plan(register, kind, data, options)
    assert (made.faults, made.questions) == ((), ())
    apply_plan(register, made, author="завуч", reason="отчёт", at=T)
    return made


def faults(made: Plan) -> list[tuple[str, str]]:
    return [(fault.place.cell, fault.message) for fault in made.faults]


def living(register: Register, kind: type[Entry]) -> Mapping[str, Any]:
    return {row.id: row.value for row in register.rows(kind).value}


@pytest.mark.parametrize("data", [xlsx(AGREEMENTS), csv_of(AGREEMENTS), csv_of(AGREEMENTS, separator="\t")])
def test_agreements_come_in_from_any_file(register: Register, data: bytes) -> None:
    made = done(register, NetworkAgreement, data)
    assert living(register, NetworkAgreement) == {
        "tochka-4-4-2026": NetworkAgreement(
            partner="tochka-4",
            number="4/2026",
            subject="Робототехника",
            first_day=date(2026, 9, 1),
            last_day=date(2027, 5, 31),
            document="Скан 4",
        ),
        "tochka-5-5": NetworkAgreement(partner="tochka-5", number="5", first_day=date(2026, 10, 1)),
    }
    assert [line.label for line in made.lines] == ["Точка роста № 4 · 4/2026", "Точка роста № 5 · 5"]
    again = done(register, NetworkAgreement, data)
    assert ({line.action for line in again.lines}, again.changes) == ({Action.SAME}, ())


def test_an_old_workbook_is_read_too(register: Register) -> None:
    done(register, Event, xls([["Название", "Вид", "Дата"], ["Квест", "квест", "20.11.2026"]]))
    assert living(register, Event)["kvest-2026-11-20"].event_kind is EventKind.QUEST


def test_a_row_changes_what_is_entered_and_tells_what(register: Register) -> None:
    done(register, NetworkAgreement, xlsx(AGREEMENTS))
    rows = [list(row) for row in AGREEMENTS]
    rows[1][3] = "Химия"
    made = plan(register, NetworkAgreement, xlsx(rows))
    assert [(one.action.value, one.id) for one in made.lines] == [("change", "tochka-4-4-2026"), ("same", "tochka-5-5")]
    assert [(d.field, d.before, d.after) for d in made.lines[0].differences] == [("subject", "Робототехника", "Химия")]


def test_a_column_that_a_file_has_not_leaves_the_field_as_it_is(register: Register) -> None:
    work = PlannedWork.model_validate(VALID["planned_work"] | {"document": "План"})
    put(register, ("conf", work))
    done(register, PlannedWork, csv_of([["Код", "Дата выполнения", "Результат"], ["conf", "11.12.2026", "Проведена"]]))
    after = work.model_copy(update={"done_day": date(2026, 12, 11), "outcome": "Проведена"})
    assert living(register, PlannedWork) == {"conf": after}
    done(register, PlannedWork, csv_of([["Код", "Дата выполнения", "Результат"], ["conf", "", "Отложена"]]))
    assert living(register, PlannedWork) == {"conf": work.model_copy(update={"outcome": "Отложена"})}


def test_learners_stay_where_a_file_does_not_name_them_and_no_plan_tells_them(register: Register) -> None:
    put(register, ("e", Enrolment(group="pr-1", first_day=date(2026, 9, 1), count=12, learners=("L-001", "L-002"))))
    table = [["Код", "Количество"], ["e", "13"]]
    made = done(register, Enrolment, csv_of(table))
    assert [(d.field, d.after) for d in made.lines[0].differences] == [("count", "13")]
    table = [["Код", "Количество", "Псевдонимы"], ["e", "13", "L-001, L-003 L-004"]]
    told = done(register, Enrolment, csv_of(table)).lines[0].differences
    assert [(d.field, d.before, d.after) for d in told] == [("learners", "2", "3")]
    (row,) = register.learners(Enrolment, reader="завуч", reason="проверка", at=T).value
    assert (row.value.count, row.value.learners) == (13, ("L-001", "L-003", "L-004"))
    assert faults(plan(register, Enrolment, csv_of([["Код", "Количество"], ["e", "2"]]))) == [
        ("B2", "count: the count (2) is less than the learners listed (3)")
    ]


def test_days_may_have_their_weekdays_before_them(register: Register) -> None:
    rows = [["Название", "Вид", "Дата", "Дата окончания"], ["Квест", "квест", "Понедельник 07.09.2026", "ср, 9.9.2026"]]
    done(register, Event, csv_of(rows))
    event = living(register, Event)["kvest-2026-09-07"]
    assert (event.first_day, event.last_day) == (date(2026, 9, 7), date(2026, 9, 9))
    rows[1][2] = "Вторник 07.09.2026"
    assert faults(plan(register, Event, csv_of(rows))) == [("C2", "«Вторник 07.09.2026»: 2026-09-07 is no tuesday")]


def test_a_name_in_the_place_of_a_pseudonym_is_a_fault_that_does_not_repeat_it(register: Register) -> None:
    rows = [["Группа", "Дата начала", "Количество", "Псевдонимы"], ["ПР-1", "01.09.2026", "2", "Иванов Пётр"]]
    made = plan(register, Enrolment, csv_of(rows))
    assert [(fault.place.cell, fault.fix) for fault in made.faults] == [
        ("D2", "Write pseudonyms such as L-017 with spaces between them, never names.")
    ] * 2
    assert "Иванов" not in repr(made.faults)


BAD: Cells = [
    ["Название", "Вид", "Направление работы", "Уровень", "Квантум", "Партнёр", "Оборудование", "Практическое", "Дата",
     "Дата окончания"],
    ["", "квест", "", "", "", "", "", "", "20.11.2026", ""],
    ["А", "чаепитие", "", "", "", "", "", "", "31.02.2026", ""],
    ["Б", "", "спорт", "мировой", "Биоквантум", "Точка роста № 44", "Токарь; Лазер", "возможно", "завтра", ""],
    ["В", "", "", "", "", "", "", "", "20.11.2026", "19.11.2026"],
    ["Г", "", "", "", "", "", "", "", "", ""],
    ["Д" * 201, "", "", "", "", "", "", "", "01.01.1889", ""],
    ["Е", "", "", "", "", "", "", "", "20.11.2026", ""],
    ["е", "", "", "", "", "", "", "", "20.11.2026", ""],
]  # fmt: skip


def test_every_fault_is_told_at_once_with_its_cell_and_its_fix(register: Register) -> None:
    made = plan(register, Event, xlsx(BAD))
    assert faults(made) == [
        ("A2", "«Название» is empty."),
        ("B3", "«чаепитие» is not on the list"),
        ("I3", "«31.02.2026» is no day of the calendar"),
        ("C4", "«спорт» is not on the list"),
        ("D4", "«мировой» is not on the list"),
        ("E4", "there is no track «Биоквантум»"),
        ("F4", "there is no partner «Точка роста № 44»; the nearest is «Точка роста № 4»"),
        ("G4", "there is no equipment «Токарь»"),
        ("H4", "«возможно» is neither да nor нет"),
        ("I4", "«завтра» is no date"),
        ("J5", "last_day: the event ends (2026-11-19) before it begins (2026-11-20)"),
        ("I6", "«Дата начала» is empty."),
        ("A7", "name: String should have at most 200 characters"),
        ("I7", "first_day: the year 1889 is not between 1990 and 2099"),
        ("9", "It is the same as Расписание!8: е · 2026-11-20."),
    ]
    assert all(fault.fix for fault in made.faults)
    with pytest.raises(Refused, match="and 14 more"):
        apply_plan(register, made, author="a", reason="b", at=T)
    assert list(living(register, Event)) == ["hackathon"]


def test_of_thousands_of_faults_the_first_thousand_are_told_and_the_rest_is_counted(register: Register) -> None:
    rows: Cells = [["Название", "Дата", "Вид"], *(["Событие", "никогда", "чаепитие"] for _ in range(600))]
    made = plan(register, Event, csv_of(rows))
    assert (len(made.faults), made.faults_left_out) == (1000, 200)
    with pytest.raises(Refused, match="and 1199 more") as e:
        apply_plan(register, made, author="a", reason="b", at=T)
    assert (len(e.value.faults), e.value.rest) == (1000, 200)
    assert register.version() == 1


def test_a_column_that_new_entries_need_is_missed_once(register: Register) -> None:
    rows = [["Название", "Вид"], ["А", "квест"], ["Б", "квест"]]
    assert faults(plan(register, Event, csv_of(rows))) == [("1", "The table has no column «Дата начала».")]


def test_the_same_document_is_told_wherever_it_stands(register: Register) -> None:
    done(register, NetworkAgreement, csv_of(AGREEMENTS))
    head = ["Код", *AGREEMENTS[0][1:3], "Дата начала"]
    rows: Cells = [
        head,
        ["other", "Точка роста № 4", "4/2026", "01.09.2026"],
        ["x", "Точка роста № 5", "7", "01.09.2026"],
        ["x", "Точка роста № 5", "8", "01.09.2026"],
        ["", "Точка роста № 5", "9", "01.09.2026"],
        ["", "точка роста № 5", " 9 ", "02.09.2026"],
    ]
    assert faults(plan(register, NetworkAgreement, csv_of(rows))) == [
        ("2", "It is the same as tochka-4-4-2026, which is entered already: Точка роста № 4 · 4/2026."),
        ("4", "It is the same as 3: Точка роста № 5 · 8."),
        ("6", "It is the same as 5: Точка роста № 5 · 9."),
    ]


def test_codes_may_change_places_in_one_file(register: Register) -> None:
    done(register, NetworkAgreement, csv_of([["Код", "Партнёр", "Номер", "Дата начала"],
        ["a", "Точка роста № 4", "1", "01.09.2026"], ["b", "Точка роста № 4", "2", "01.09.2026"]]))  # fmt: skip
    done(register, NetworkAgreement, csv_of([["Код", "Партнёр", "Номер", "Дата начала"],
        ["a", "Точка роста № 4", "2", "01.09.2026"], ["b", "Точка роста № 4", "1", "01.09.2026"]]))  # fmt: skip
    assert {entry: value.number for entry, value in living(register, NetworkAgreement).items()} == {"a": "2", "b": "1"}


def test_two_people_of_one_name_need_codes(register: Register) -> None:
    rows = [["Код", "ФИО"], ["", "Иванова А. П."], ["", "иванова а. п."], ["ivanova-2", "Иванова А. П."]]
    made = plan(register, KINDS["teacher"], csv_of(rows))
    assert faults(made) == [("3", "It is the same as 2: иванова а. п..")]


def test_a_name_of_several_is_asked_for_with_its_code(register: Register) -> None:
    put(register, ("again", Event(name="Хакатон", first_day=date(2026, 11, 27))))
    head = ["Мероприятие", "Количество"]
    assert faults(plan(register, Participation, csv_of([head, ["хакатон", "5"]]))) == [
        ("A2", "«хакатон» is the name of again, hackathon")
    ]
    done(register, Participation, csv_of([head, ["Хакатон [again]", "5"], ["[hackathon]", "7"]]))
    assert {value.event: value.count for value in living(register, Participation).values()} == {
        "again": 5,
        "hackathon": 7,
    }


def test_a_program_may_bring_a_new_track(register: Register) -> None:
    done(register, Program, csv_of([["Название", "Квантум", "Уровень"], ["Геном", "БиоКвантум", "базовый"]]))
    value = living(register, Program)["genom"]
    assert (value.track, value.level) == ("biokvantum", Level.BASE)
    done(register, Event, csv_of([["Название", "Квантум", "Дата"], ["День ДНК", "biokvantum", "20.11.2026"]]))
    assert faults(plan(register, Program, csv_of([["Название", "Квантум"], ["Геном", "«!»"]]))) == [
        ("B2", "there is no track ««!»»")
    ]


def test_an_unknown_header_is_asked_once_and_remembered_for_its_kind_alone(register: Register) -> None:
    rows = [["Название", "Когда", "Дата выполнения", "Вид"], ["Квест", "20.11.2026", "", ""]]
    asked = plan(register, Event, csv_of(rows))
    assert [(q.header, q.place.cell) for q in asked.questions] == [("Когда", "B1"), ("Дата выполнения", "C1")]
    assert "first_day" in asked.questions[0].fields
    done(register, Event, csv_of(rows), replace(OPTIONS, answers={"Когда": "first_day", "Дата выполнения": ""}))
    (row,) = register.rows(ImportMapping).value
    assert row.value.subject is Subject.EVENT
    assert done(register, Event, csv_of(rows)).changes == ()
    assert plan(register, PlannedWork, csv_of(rows)).questions[0].header == "Когда"


def test_headers_that_are_all_remembered_are_found_again(register: Register) -> None:
    rows = [["Название", "Когда", "Вид"], ["Квест", "20.11.2026", "квест"]]
    done(register, Event, csv_of(rows), replace(OPTIONS, answers={"Когда": "first_day"}))
    rows = [["Отчёт за год"], ["Имя", "Когда"], ["Поход", "21.11.2026"]]
    done(register, Event, csv_of(rows), replace(OPTIONS, answers={"Когда": "first_day"}))
    rows[2] = ["Слёт", "22.11.2026"]
    assert done(register, Event, csv_of(rows)).count(Action.ADD) == 1


@pytest.mark.parametrize(
    ("kind", "header"),
    [
        (Partner, "Партнёр"),
        (Program, "Программа"),
        (Group, "Группа"),
        (Event, "Мероприятие"),
        (Project, "Проект"),
        (InformationChannel, "Канал"),
        (MentoringModel, "Модель"),
        (MentoringPair, "Пара"),
    ],
)
def test_entries_may_be_headed_by_the_word_of_their_kind(register: Register, kind: type[Entry], header: str) -> None:
    made, usual = (plan(register, kind, csv_of([[head, "Код"], ["Первая", "first"]])) for head in (header, "Название"))
    assert made.questions == usual.questions == ()
    assert faults(made) == faults(usual)
    assert [line.label for line in made.lines] == [line.label for line in usual.lines]


def test_a_word_that_may_head_two_columns_is_asked(register: Register) -> None:
    made = plan(register, Event, csv_of([["Название", "Направление", "Дата"], ["Квест", "Хайтек", "20.11.2026"]]))
    assert [question.header for question in made.questions] == ["Направление"]


def test_lists_and_flags_are_read_as_people_write_them(register: Register) -> None:
    rows: Cells = [
        ["Название", "Оборудование", "ПО", "Практическое", "Дата", "Количество", "Задания", "Уровень", "Категория"],
        ["Теплица", "Фрезер 1, Лазер", 'Blender; "Компас; 3D"', "+", "20.11.2026", "3 чел.", "printer-1/a b.gcode",
         "всероссийский", "5–9 классы"],
    ]  # fmt: skip
    done(register, Project, xlsx(rows))
    (value,) = living(register, Project).values()
    assert (value.equipment, value.software) == (("mill-1", "laser-1"), ("Blender", "Компас; 3D"))
    assert (value.practical, value.count, value.jobs) == (True, 3, ("printer-1/a b.gcode",))
    assert (value.level.value, value.category) == ("national", Category.LEARNER_BASIC)
    rows = [["Название", "Дата", "Количество", "ПО"], ["Я", "20.11.2026", "1", '"b; c']]
    assert "cannot be cut into parts" in faults(plan(register, Project, xlsx(rows)))[0][1]


def test_numbers_of_indicators_values_and_texts_are_read(register: Register) -> None:
    head = ["Набор", "Показатель", "Год", "Квартал", "Значение", "Причина", "Документ"]
    rows: Cells = [
        head,
        ["kvantorium", "1.2", 2026, "III квартал", 412.5, "журнал", "Приказ 1"],
        ["kvantorium", "1.3", 2026, "3", "87,25 %", "журнал", "Приказ 1"],
        ["kvantorium", date(2026, 2, 1), 2026, "пятый", "много", "журнал", ""],
    ]
    made = plan(register, ManualValue, xlsx(rows))
    assert faults(made) == [
        ("B4", "«2026-02-01» is no number of an indicator"),
        ("D4", "«пятый» is no quarter of a year"),
        ("E4", "«много» is no number of at most two decimals"),
        ("G4", "«Документ» is empty."),
    ]
    done(register, ManualValue, xlsx(rows[:3]))
    found = {value.number: (value.quarter, value.hundredths) for value in living(register, ManualValue).values()}
    assert found == {"1.2": (3, 41_250), "1.3": (3, 8_725)}
    texts: Cells = [
        ["Раздел", "Год", "Квартал", "Текст"],
        ["Наставничество", 2026, 3, "Первая строка.\n\nВторая строка."],
        ["2.1", 2026, 3, "Слово " * 900],
    ]
    done(register, QuarterText, xlsx(texts))
    told = {value.subject: value.text for value in living(register, QuarterText).values()}
    assert told == {"mentoring": "Первая строка.\n\nВторая строка.", "2.1": ("Слово " * 900).strip()}


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (csv_of([["Погода", "Ветер"], ["ясно", "слабый"]]), "No row of headers"),
        (csv_of([["Название", "Дата"]]), "no row below"),
        (b"%PDF-1.7", "PDF"),
    ],
)
def test_what_is_no_table_of_the_kind_says_so(register: Register, data: bytes, says: str) -> None:
    with pytest.raises(GiveUp, match=says) as e:
        plan(register, Event, data)
    assert e.value.fix


def test_the_headers_that_are_proposed_are_those_of_the_kind(register: Register) -> None:
    with pytest.raises(GiveUp) as e:
        plan(register, Achievement, csv_of([["Погода", "Ветер"], ["ясно", "слабый"]]))
    assert "название, уровень, результат" in e.value.fix


def test_every_kind_that_files_hold_has_a_column_for_each_field() -> None:
    for kind, columns in COLUMNS.items():
        assert columns[0].field == "id"
        assert {column.field for column in columns} == {"id", *KINDS[kind].model_fields}
        headers = [header for column in columns for header in (column.ru, column.en)]
        assert len({header.casefold() for header in headers}) == len(headers)
        assert set(words_of(kind)) == {"", *(column.field for column in columns)}


@pytest.mark.parametrize("members", RUSSIAN, ids=lambda members: str(members.__name__))
def test_every_word_of_every_list_is_written_and_read(members: Any) -> None:
    assert set(RUSSIAN[members]) == set(members)
    for member in members:
        assert member_of(word_of(member, "ru"), members) is member
        assert member_of(word_of(member, "en"), members) is member
        assert all(member_of(word, members) is member for word in RUSSIAN[members][member])


def test_a_table_of_a_kind_has_no_pseudonyms(register: Register) -> None:
    put(register, ("e", Enrolment(group="pr-1", first_day=date(2026, 9, 1), count=12, learners=("L-001",))))
    table = entries_table(Enrolment, register.snapshot(), OPTIONS)
    assert "Псевдонимы обучающихся" not in table.headers
    assert list(table.rows) == [("e", "ПР-1", "обучающиеся", 12, date(2026, 9, 1), None, "нет", "")]
    enter(register, Put("e2", Enrolment(group="pr-1", first_day=date(2026, 9, 2), count=1)))


@pytest.mark.parametrize("text", ["двенадцать", "12,5", "-3", "1e3"])
def test_what_is_no_whole_number_is_told(register: Register, text: str) -> None:
    rows = [["Мероприятие", "Количество"], ["Хакатон", text]]
    assert faults(plan(register, Participation, csv_of(rows))) == [("B2", f"«{text}» is no whole number")]
