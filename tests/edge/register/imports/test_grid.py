from __future__ import annotations

import pytest

from edge.register.calendar import Term
from edge.register.contract import Register
from edge.register.imports.plan import Action
from edge.register.lessons import Cancellation, OneOff, Slot
from tests.edge.register.imports.files import Cells, Spans, csv_of, done, plan, xls, xlsx
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
    rows = [
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
