from __future__ import annotations

from dataclasses import replace

import pytest

from edge.register.calendar import Term
from edge.register.contract import Register
from edge.register.imports.plan import Action
from edge.register.lessons import Cancellation, OneOff, Slot
from tests.edge.register.imports.files import OPTIONS, Cells, Spans, csv_of, done, plan, xls, xlsx
from tests.edge.register.school import put

# A week of dates, bells in cells, a room column beside each group: as colleges print it.
DATED: Cells = [
    ["Расписание на неделю", None, None, None, None, None],
    [None, None, "ПР-1", "ауд.", "ХБ-2", "ауд."],
    ["Понедельник 19.05.2025", "1 пара 09.25-10.45", "Робототехника Иванова А.П.", 34.0, None, None],
    [None, "2 пара 10.55-12.15", "Робототехника", "34.0", "Химия\nПетров И. И.", "Кабинет физики"],
    [None, None, None, None, None, None],
    ["Вторник 20.05.2025", "1 пара 09.25-10.45", None, None, "Биология", 12],
]
DATED_SPANS: Spans = [(0, 0, 0, 5), (2, 3, 0, 0)]

# Groups with columns of their own under a merged name; weeks I and II under one another; lessons merged over both.
TWO_WEEKS: Cells = [
    [None, None, None, None, None, "БСБО-10-21", None, None, None, "БСБО-11-21", None, None, None],
    ["День недели", "№ пары", "Начало занятий", "Окончание занятий", "Неделя"]
    + ["Предмет", "Вид занятий", "ФИО преподавателя", "№ ауд."] * 2,
    ["ПОНЕДЕЛЬНИК", 1, "9-00", "10-30", "I", "Физика", "лк", "Скляр А.Я.", "А-15", "Химия", "пр", None, 34.0],
    [None, None, None, None, "II", None, None, None, None, None, None, None, None],
    [None, 2, "10-40", "12-10", "I", None, None, None, None, "кр. 1 н. Физика", "лк", "Скляр А.Я.", "А-15"],
    [None, None, None, None, "II", "Право", "пр", "Лаут О.А.", "Б-2", "2,6 н. История", "лк", None, None],
    ["ВТОРНИК", 1, "9-00", "10-30", "I", "Черчение", None, None, 34.0, "Черчение", None, None, 34.0],
    [None, None, None, None, "II", "Черчение", None, None, 34.0, "Физика", None, None, 34.0],
]
TWO_WEEKS_SPANS: Spans = [
    (0, 0, 5, 8),
    (0, 0, 9, 12),
    (2, 5, 0, 0),
    *((row, row + 1, column, column) for row in (2, 4, 6) for column in (1, 2, 3)),
    (6, 7, 0, 0),
    *((2, 3, column, column) for column in range(5, 13)),
]

# Numerator above denominator without a word about it; one lecture for both groups.
HALVES: Cells = [
    ["", "", "10А", "10Б"],
    ["Пн", 1, "Математика, каб. 34", "Физика (Иванова А. П.) каб. № 12"],
    [None, None, "Алгебра, каб. 34", None],
    [None, 2, "Лекция, ауд. 100", None],
    ["Вт", 1, "чёт. Труд", "нечет Труд"],
]
HALVES_SPANS: Spans = [(1, 3, 0, 0), (1, 2, 1, 1), (1, 2, 3, 3), (3, 3, 2, 3)]

TERM = Term.model_validate({"name": "Семестр", "first_day": "2026-09-01", "last_day": "2026-10-25"})
"""Begins on a Tuesday: the Monday of its first week is not in it."""


def told(register: Register) -> set[tuple[str, int, str, str | None, str, str, str]]:
    rows = [row.value for row in register.rows(Slot).value]
    return {(s.group, s.weekday, s.week.value, s.start or str(s.lesson), s.program, s.teacher, s.room) for s in rows}


@pytest.mark.parametrize("made", [xlsx, xls])
def test_a_dated_week_with_bells_in_cells_becomes_one_offs(register: Register, made) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001 - one of two functions
    done(register, made(DATED, DATED_SPANS))
    rows = [row.value for row in register.rows(OneOff).value]
    assert {(o.day.isoformat(), o.start, o.end, o.group, o.program, o.teacher, o.room) for o in rows} == {
        ("2025-05-19", "09:25", "10:45", "pr-1", "robototekhnika", "ivanova-a-p", "34"),
        ("2025-05-19", "10:55", "12:15", "pr-1", "robototekhnika", "", "34"),
        ("2025-05-19", "10:55", "12:15", "khb-2", "khimiya", "petrov-i-i", "physics"),
        ("2025-05-20", "09:25", "10:45", "khb-2", "biologiya", "", "12"),
    }


@pytest.mark.parametrize("made", [xlsx, xls])
def test_weeks_under_one_another_and_merged_cells_are_understood(register: Register, made) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001 - one of two functions
    put(register, ("autumn", TERM))
    plan_made = done(register, made(TWO_WEEKS, TWO_WEEKS_SPANS))
    assert told(register) == {
        ("bsbo-10-21", 1, "both", "09:00", "fizika", "sklyar-a-ya", "a-15"),
        ("bsbo-11-21", 1, "both", "09:00", "khimiya", "", "34"),
        ("bsbo-11-21", 1, "A", "10:40", "fizika", "sklyar-a-ya", "a-15"),
        ("bsbo-10-21", 1, "B", "10:40", "pravo", "laut-o-a", "b-2"),
        ("bsbo-11-21", 1, "B", "10:40", "istoriya", "", ""),
        ("bsbo-10-21", 2, "both", "09:00", "cherchenie", "", "34"),
        ("bsbo-11-21", 2, "A", "09:00", "cherchenie", "", "34"),
        ("bsbo-11-21", 2, "B", "09:00", "fizika", "", "34"),
    }
    assert {row.id for row in register.rows(Cancellation).value} == {
        "bsbo-11-21-mon-10-40-b:2026-09-21",
        "bsbo-11-21-mon-10-40-b:2026-10-19",
    }
    assert plan_made.count(Action.SAME) == 0
    assert done(register, made(TWO_WEEKS, TWO_WEEKS_SPANS)).changes == ()


def test_week_numbers_without_a_term_are_a_fault_of_their_cell(register: Register) -> None:
    made = plan(register, xlsx(TWO_WEEKS, TWO_WEEKS_SPANS))
    assert [fault.place.cell for fault in made.faults] == ["J5", "J6"]
    assert all("term" in fault.message for fault in made.faults)


def test_halves_of_a_lesson_are_two_weeks_and_one_lecture_is_of_both_groups(register: Register) -> None:
    done(register, xlsx(HALVES, HALVES_SPANS))
    assert told(register) == {
        ("10a", 1, "A", "1", "matematika", "", "34"),
        ("10a", 1, "B", "1", "algebra", "", "34"),
        ("10b", 1, "both", "1", "fizika", "ivanova-a-p", "12"),
        ("10a", 1, "both", "2", "lektsiya", "", "100"),
        ("10b", 1, "both", "2", "lektsiya", "", "100"),
        ("10a", 2, "B", "1", "trud", "", ""),
        ("10b", 2, "A", "1", "trud", "", ""),
    }


def test_a_grid_saved_as_csv_is_read_without_its_merges(register: Register) -> None:
    done(
        register,
        csv_of(
            [["День", "Урок", "10А", "10Б"], ["Пн", "1", "Физика", ""], ["", "2", "", "Химия"], ["Вт", "1", "Труд", ""]]
        ),
    )
    assert {(group, day, when) for group, day, _week, when, *_rest in told(register)} == {
        ("10a", 1, "1"),
        ("10b", 1, "2"),
        ("10a", 2, "1"),
    }


def test_several_sheets_are_one_timetable(register: Register) -> None:
    import io  # noqa: PLC0415 - beside its only use

    import openpyxl  # noqa: PLC0415 - beside its only use

    workbook = openpyxl.load_workbook(io.BytesIO(xlsx(HALVES, HALVES_SPANS, title="10 классы")))
    second = workbook.create_sheet("11 классы")
    for row in [["День", "Урок", "11А"], ["Пн", 1, "Физика"], ["Ср", 1, "Химия"]]:
        second.append(row)
    workbook.create_sheet("Пустой")
    hidden = workbook.create_sheet("Старое")
    hidden.append(["День", "Урок", "Группа"])
    hidden.append(["Пн", 1, "9А"])
    hidden.sheet_state = "hidden"
    stream = io.BytesIO()
    workbook.save(stream)
    made = done(register, stream.getvalue())
    assert {place.sheet for line in made.lines if (place := line.place)} == {"10 классы", "11 классы"}
    assert {row.value.group for row in register.rows(Slot).value} == {"10a", "10b", "11a"}


def test_a_fault_of_a_grid_names_its_cell(register: Register) -> None:
    rows: Cells = [
        ["День", "Урок", "10А", "10Б"],
        ["Пн", "1", "Физика", ""],
        ["Вт", "первый", "", "Химия"],
        ["Ср", "2", "Труд", ""],
        ["Ср", "3", "Труд", ""],
    ]
    made = plan(register, xlsx(rows))
    assert [(fault.place.cell, fault.message) for fault in made.faults] == [
        ("B3", "«первый» is no lesson's number and no time"),
    ]


Q2 = Term.model_validate({"name": "II четверть", "first_day": "2026-11-05", "last_day": "2026-12-28"})
"""Begins on a Thursday with a week A, and has nine weeks."""

CONTRADICTIONS: Cells = [
    ["День", "Урок", "Неделя", "10А"],
    ["Ср", 1, "I", "1 н. Химия"],
    [None, None, "II", "11 н. Химия"],
    ["Чт", 1, "I", "2 н. Физика"],
    [None, None, "II", "2,4 н. Физика"],
    ["Пт", 1, "I", "чёт. Труд"],
    [None, None, "II", "1-9 н. Право"],
]


@pytest.mark.parametrize("made", [xlsx, xls])
def test_weeks_that_contradict_their_row_or_the_term_are_faults_of_their_cells(register: Register, made) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001 - one of two functions
    put(register, ("q2", Q2))
    told_of = plan(register, made(CONTRADICTIONS), replace(OPTIONS, term="q2"))
    assert [(fault.place.cell, fault.message) for fault in told_of.faults] == [
        ("D6", "The cell says weeks B, and its row weeks A."),
        ("D3", "There is no week 11 in the term «II четверть», which has 9 weeks."),
        ("D4", "Week 2 of the term «II четверть» (2026-11-12) is a week B, and the lesson stands in weeks A only."),
    ]
    assert all(fault.fix for fault in told_of.faults)
    assert [(note.place.cell, note.message) for note in told_of.notes if note.place.cell == "D2"] == [
        ("D2", "Week 1 of the term «II четверть» has no such weekday, so that no lesson is held in it."),
        ("D2", "No lesson of it is ever held in the term, so that it is left out."),
    ]
    slots = {line.id for line in told_of.lines if line.kind == "slot"}
    assert slots == {"10a-thu-1-b", "10a-fri-1-b"}
    left_out = {line.id for line in told_of.lines if line.kind == "cancellation"}
    assert left_out == {"10a-thu-1-b:2026-12-10", "10a-thu-1-b:2026-12-24"}


# Short headers of the times, a word over the names of the groups: as universities print it.
SHORT: Cells = [
    ["Расписание", None, None, None, None, "Группы", None],
    ["День недели", "№ пары", "Нач.\nзанятий", "Оконч. занятий", "Неделя", "ИК-1", "ИК-2"],
    ["Пн", 1, "8-00", "8-45", "I", "Физика", None],
    [None, None, None, None, "II", None, "Химия"],
    ["Вт", 1, "8-00", "8-45", "I", None, "Право"],
]


@pytest.mark.parametrize("spans", [(), ((0, 0, 5, 6),)])
def test_short_headers_and_a_word_over_the_groups_are_known(register: Register, spans: Spans) -> None:
    done(register, xlsx(SHORT, spans))
    assert told(register) == {
        ("ik-1", 1, "A", "08:00", "fizika", "", ""),
        ("ik-2", 1, "B", "08:00", "khimiya", "", ""),
        ("ik-2", 2, "A", "08:00", "pravo", "", ""),
    }


def test_the_word_group_before_the_names_is_no_column_of_a_flat_table(register: Register) -> None:
    rows: Cells = [
        ["День недели", "Группа", None, None, "ИК-1", None],
        [None, "№ пары", "Нач. занятий", "Кон. занятий", "Предмет", "№ ауд."],
        ["Пн", 1, "8-00", "8-45", "Физика", 34],
        ["Вт", 1, "8-00", "8-45", "Химия", 35],
    ]
    done(register, xlsx(rows, [(0, 0, 1, 3), (0, 1, 0, 0), (0, 0, 4, 5)]))
    assert told(register) == {
        ("ik-1", 1, "both", "08:00", "fizika", "", "34"),
        ("ik-1", 2, "both", "08:00", "khimiya", "", "35"),
    }


def test_times_under_an_unknown_header_are_asked_and_never_a_group(register: Register) -> None:
    rows: Cells = [
        ["День", "№", "От", "До", "10А"],
        ["Пн", 1, "8-00", "8-45", "Физика"],
        ["Вт", 1, "8.55", "9.40", "Химия"],
    ]
    asked = plan(register, xlsx(rows))
    assert [(q.header, q.place.cell, q.fields) for q in asked.questions] == [
        ("От", "C1", ("time", "start", "end")),
        ("До", "D1", ("time", "start", "end")),
    ]
    assert not asked.ready
    done(register, xlsx(rows), replace(OPTIONS, answers={"От": "start", "До": "end"}))
    assert {(group, when) for group, _day, _week, when, *_rest in told(register)} == {
        ("10a", "08:00"),
        ("10a", "08:55"),
    }
    assert done(register, xls(rows)).changes == ()


def test_times_without_any_header_are_a_start_and_an_end(register: Register) -> None:
    done(register, xlsx([["День", "", "", "10А"], ["Пн", "8-00", "8-45", "Физика"], ["Вт", "8.55", "9.40", "Химия"]]))
    assert {(row.value.start, row.value.end) for row in register.rows(Slot).value} == {
        ("08:00", "08:45"),
        ("08:55", "09:40"),
    }


def test_several_lessons_of_a_cell_are_told_apart(register: Register) -> None:
    put(register, ("q2", Q2))
    rows: Cells = [
        ["День", "Урок", "ИК-1", None, None],
        [None, None, "Предмет", "ФИО преподавателя", "№ ауд."],
        ["Пт", 1, "2,4 н. Робототехника\n6 н. Черчение", "Петрова А.А.\nСидоров С.С.", "34\nМастерская"],
        [None, 2, "I: Робототехника / II: Черчение", "Петрова А.А.", "34"],
        [None, 3, "II Робототехника", "Петрова\nА.А.", "34"],
        [None, 4, "Английский язык", "Петрова А.А.\nСидоров С.С.", "34\n35"],
        ["Сб", 1, "Основы\nробототехники", "Петрова А.А.", "34\n(вход 2)"],
        [None, 2, "—", "", ""],
    ]
    done(register, xlsx(rows, [(0, 0, 2, 4)]), replace(OPTIONS, term="q2"))
    rows_told = {
        (day, when, week, program, teacher, room) for _g, day, week, when, program, teacher, room in told(register)
    }
    assert rows_told == {
        (5, "1", "B", "robototekhnika", "petrova-a-a", "34"),
        (5, "1", "B", "cherchenie", "sidorov-s-s", "workshop"),
        (5, "2", "A", "robototekhnika", "petrova-a-a", "34"),
        (5, "2", "B", "cherchenie", "petrova-a-a", "34"),
        (5, "3", "B", "robototekhnika", "petrova-a-a", "34"),
        (5, "4", "both", "angliyskiy-yazyk", "petrova-a-a", "34"),
        (5, "4", "both", "angliyskiy-yazyk", "sidorov-s-s", "35"),
        (6, "1", "both", "osnovy-robototekhniki", "petrova-a-a", "34-vkhod-2"),
    }
    assert done(register, xls(rows, [(0, 0, 2, 4)]), replace(OPTIONS, term="q2")).changes == ()


@pytest.mark.parametrize(
    ("cells", "cell", "says"),
    [
        (["2 н. Химия\n4 н. Физика", "", "1\n2\n3"], "E3", "has 3 lines, and the lesson's cell has 2 lessons"),
        (["Химия\n6 н. Физика", "", "1"], "C3", "in which weeks «Химия» is"),
        (["2,4 н. Химия 6 н.", "", ""], "C3", "which lesson the weeks belong to"),
        (["Химия", "Петрова А.А., Сидоров С.С.", ""], "D3", "names several people"),
        (["Химия", "", "34\n35"], "E3", "has 2 lines"),
        (["Химия\nФизика", "", ""], "C3", "whether it is one lesson or 2"),
        (["Химия Петрова А.А., Сидоров С.С.", "", ""], "C3", "names several of its teachers"),
    ],
)
def test_lines_that_go_with_no_lesson_are_faults(register: Register, cells: list[str], cell: str, says: str) -> None:
    put(register, ("q2", Q2))
    head: Cells = [["День", "Урок", "ИК-1", None, None], [None, None, "Предмет", "ФИО преподавателя", "№ ауд."]]
    rows: Cells = [*head, ["Пт", 1, *cells], ["Сб", 1, "Право", "", ""]]
    made = plan(register, xlsx(rows, [(0, 0, 2, 4)]))
    assert [(fault.place.cell, says in fault.message) for fault in made.faults] == [(cell, True)]


def test_lines_of_one_name_are_joined_and_that_is_told(register: Register) -> None:
    rows: Cells = [
        ["День", "Урок", "10А"],
        ["Пн", 1, "Внеурочная деятельность\nРобототехника, каб. 34"],
        ["Вт", 1, "Труд"],
    ]
    made = done(register, xlsx(rows))
    assert ("10a", 1, "both", "1", "vneurochnaya-deyatelnost-robototekhnika", "", "34") in told(register)
    assert [note.place.cell for note in made.notes if "name of one lesson" in note.message] == ["C2"]


def test_subgroups_beside_one_another_are_two_lessons(register: Register) -> None:
    rows: Cells = [
        ["День", "Урок", "10А", None, "10Б", None],
        ["Пн", 1, "Английский Петрова А.А.", "Английский Сидоров С.С.", "Химия", 34],
        [None, 2, "Физика", None, "Право", 35],
        ["Вт", 1, "Труд", None, "Химия", 12],
    ]
    done(register, xlsx(rows, [(0, 0, 2, 3), (0, 0, 4, 5), (2, 2, 2, 3), (3, 3, 2, 3)]))
    assert {(g, d, w, program, teacher, room) for g, d, _wk, w, program, teacher, room in told(register)} == {
        ("10a", 1, "1", "angliyskiy", "petrova-a-a", ""),
        ("10a", 1, "1", "angliyskiy", "sidorov-s-s", ""),
        ("10a", 1, "2", "fizika", "", ""),
        ("10a", 2, "1", "trud", "", ""),
        ("10b", 1, "1", "khimiya", "", "34"),
        ("10b", 1, "2", "pravo", "", "35"),
        ("10b", 2, "1", "khimiya", "", "12"),
    }


@pytest.mark.parametrize("merged", [True, False])
def test_subgroups_under_the_name_of_their_group_belong_to_it(register: Register, merged: bool) -> None:  # noqa: FBT001 - one of two files
    rows: Cells = [
        ["Расписание", None, None, None, None, None],
        ["День", "Урок", "10А", None, "10Б", None],
        [None, None, "1 подгр.", "2 подгр.", "1 подгр.", "2 подгр."],
        ["Пн", 1, "Химия", "Физика", "Право", None],
        ["Вт", 1, "Труд", None, None, "Химия"],
    ]
    spans: Spans = [(1, 1, 2, 3), (1, 1, 4, 5), (0, 0, 0, 5)] if merged else []
    done(register, xlsx(rows, spans))
    assert {(group, day, program) for group, day, _week, _when, program, *_rest in told(register)} == {
        ("10a", 1, "khimiya"),
        ("10a", 1, "fizika"),
        ("10b", 1, "pravo"),
        ("10a", 2, "trud"),
        ("10b", 2, "khimiya"),
    }


def test_a_column_of_a_group_under_an_unknown_word_is_no_lesson(register: Register) -> None:
    rows: Cells = [
        ["День", "Урок", "10А", None, "10Б", None],
        [None, None, "Предмет", "Ссылка", "Предмет", "Ссылка"],
        ["Пн", 1, "Химия", "где-то там", "Право", "там же"],
        ["Вт", 1, "Труд", None, None, None],
    ]
    done(register, xlsx(rows, [(0, 0, 2, 3), (0, 0, 4, 5)]))
    assert {program for *_when, program, _teacher, _room in told(register)} == {"khimiya", "pravo", "trud"}


def test_a_first_or_second_week_alone_is_told_with_its_days(register: Register) -> None:
    put(register, ("q2", Q2))
    rows: Cells = [["День", "Урок", "10А"], ["Пт", 1, "1 нед. Химия / 2 нед. Право"], ["Сб", 1, "Труд"]]
    made = done(register, xlsx(rows))
    days = [note.message[-16:-6] for note in made.notes if "whole term" in note.message]
    assert days == ["2026-11-06", "2026-11-13"]
