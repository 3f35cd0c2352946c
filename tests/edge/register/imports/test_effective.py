from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from edge.errors import GiveUp
from edge.register.calendar import Term
from edge.register.contract import Register
from edge.register.evidence import Attendance
from edge.register.imports.effective import local_day
from edge.register.imports.options import Options
from edge.register.imports.plan import Action, Plan, Scope
from edge.register.lessons import Cancellation, OneOff, Slot, Substitution
from tests.edge.register.imports.files import OPTIONS, Cells, csv_of, done, plan, xlsx
from tests.edge.register.school import put

Q1 = Term.model_validate({"name": "I", "first_day": "2026-09-01", "last_day": "2026-10-25"})
Q2 = Term.model_validate({"name": "II", "first_day": "2026-11-05", "last_day": "2026-12-28"})
TODAY = replace(OPTIONS, today=date(2026, 11, 22))
HEADERS = ["День", "Время", "Группа", "Программа", "Педагог", "Каб"]
ROW = ["вт", "15:00-16:30", "ПР-1", "Роботы", "Петрова А. А.", "34"]
MOVED = [*ROW[:5], "Мастерская"]


@pytest.fixture
def register(register: Register) -> Register:
    """With two terms of a year."""
    put(register, ("q1", Q1), ("q2", Q2))
    return register


def sheet(*rows: list[str], without: int = -1) -> bytes:
    lines: Cells = [[cell for n, cell in enumerate(row) if n != without] for row in (HEADERS, *rows)]
    return csv_of(lines)


def slots(register: Register) -> dict[str, tuple[str, str, str, str]]:
    return {
        row.id: (row.value.room, row.value.teacher, str(row.value.first_day or ""), str(row.value.last_day or ""))
        for row in register.rows(Slot).value
    }


def lines(made: Plan) -> list[tuple[str, str, dict[str, tuple[str, str]]]]:
    return [
        (line.action.value, line.id, {one.field: (one.before, one.after) for one in line.differences})
        for line in made.lines
        if line.kind == "slot"
    ]


OLD, NEW = "pr-1-tue-15-00", "pr-1-tue-15-00-20261122"


def test_a_changed_slot_ends_and_another_one_begins_so_that_held_lessons_stay(register: Register) -> None:
    done(register, sheet(ROW), TODAY)
    made = done(register, sheet(MOVED), TODAY)
    assert lines(made) == [
        ("change", OLD, {"last_day": ("", "2026-11-21")}),
        ("add", NEW, {"room": ("34", "workshop"), "first_day": ("", "2026-11-22")}),
    ]
    assert slots(register) == {
        OLD: ("34", "petrova-a-a", "", "2026-11-21"),
        NEW: ("workshop", "petrova-a-a", "2026-11-22", ""),
    }


@pytest.mark.parametrize("today", ["2026-11-22", "2026-11-23", "2026-11-25", "2026-12-30"])
def test_the_same_file_again_changes_nothing_on_any_later_day(register: Register, today: str) -> None:
    done(register, sheet(ROW), TODAY)
    done(register, sheet(MOVED), TODAY)
    again = done(register, sheet(MOVED), replace(OPTIONS, today=date.fromisoformat(today)))
    assert again.changes == ()
    assert {line.action for line in again.lines} == {Action.SAME}


def test_a_slot_that_was_never_held_is_changed_in_place(register: Register) -> None:
    early = replace(OPTIONS, today=date(2026, 9, 1))
    done(register, sheet(ROW), early)
    assert lines(done(register, sheet(MOVED), early)) == [("change", OLD, {"room": ("34", "workshop")})]


def test_the_first_day_may_be_named(register: Register) -> None:
    done(register, sheet(ROW), TODAY)
    made = done(register, sheet(MOVED), replace(TODAY, since=date(2026, 12, 7)))
    assert slots(register) == {
        OLD: ("34", "petrova-a-a", "", "2026-12-06"),
        f"{OLD}-20261207": ("workshop", "petrova-a-a", "2026-12-07", ""),
    }
    assert made.count(Action.REMOVE) == 0
    assert done(register, sheet(MOVED), replace(TODAY, since=date(2026, 12, 7))).changes == ()
    # A first day before all terms changes all of the slot, as was asked for.
    whole = done(register, sheet([*ROW[:5], "physics"]), replace(TODAY, since=date(2026, 9, 1)))
    assert [(action, told["room"]) for action, _id, told in lines(whole) if action == "change"] == [
        ("change", ("34", "physics"))
    ]


def test_what_a_file_has_no_column_for_stays_as_it_is(register: Register) -> None:
    done(register, sheet(ROW), TODAY)
    assert done(register, sheet(ROW, without=4), TODAY).changes == ()
    done(register, sheet(MOVED, without=4), TODAY)
    assert slots(register)[NEW] == ("workshop", "petrova-a-a", "2026-11-22", "")
    emptied = [*MOVED[:4], "", MOVED[5]]
    done(register, sheet(emptied), TODAY)
    assert slots(register)[NEW][1] == ""


def test_subgroups_are_found_again_by_the_columns_that_a_file_has(register: Register) -> None:
    other = [*ROW[:4], "Сидоров С. С.", "Мастерская"]
    done(register, sheet(ROW, other), TODAY)
    assert done(register, sheet(other, ROW, without=4), TODAY).changes == ()
    assert done(register, sheet(other, ROW, without=5), TODAY).changes == ()


@pytest.mark.parametrize(
    ("options", "first", "last"),
    [
        (replace(TODAY, term="q2"), "2026-11-05", "2026-12-28"),
        (replace(TODAY, term="q2", since=date(2026, 11, 30)), "2026-11-30", "2026-12-28"),
        (replace(TODAY, since=date(2026, 11, 30)), "2026-11-30", ""),
        (TODAY, "", ""),
    ],
)
def test_new_slots_are_those_of_the_term_that_is_named(
    register: Register, options: Options, first: str, last: str
) -> None:
    grid: Cells = [["День", "Урок", "ПР-1"], ["Вт", 1, "Роботы"], ["Ср", 1, "Роботы"]]
    done(register, xlsx(grid), options)
    assert {told[2:] for told in slots(register).values()} == {(first, last)}
    assert done(register, xlsx(grid), options).changes == ()


def test_a_term_that_begins_later_is_not_entered_before_it(register: Register) -> None:
    done(register, sheet(ROW), replace(OPTIONS, today=date(2026, 10, 20)))
    done(register, sheet(MOVED), replace(OPTIONS, today=date(2026, 10, 20), term="q2"))
    assert slots(register) == {
        OLD: ("34", "petrova-a-a", "", "2026-11-04"),
        f"{OLD}-20261105": ("workshop", "petrova-a-a", "2026-11-05", ""),
    }


def test_a_term_that_is_not_there_is_told(register: Register) -> None:
    with pytest.raises(GiveUp, match="no term 'q3'") as told:
        plan(register, sheet(ROW), replace(TODAY, term="q3"))
    assert told.value.fix == "Take one of: q1, q2."
    with pytest.raises(GiveUp, match="1990"):
        plan(register, sheet(ROW), replace(TODAY, since=date.min))


def test_what_a_file_has_not_ends_and_what_was_held_stays(register: Register) -> None:
    tour = OneOff.model_validate({"day": "2026-11-10", "start": "12:00", "end": "13:00"})
    later = tour.model_copy(update={"day": date(2026, 12, 10)})
    unborn = Slot.model_validate({"weekday": 3, "lesson": 1, "first_day": "2026-12-01"})
    over = Slot.model_validate({"weekday": 4, "lesson": 1, "last_day": "2026-10-01"})
    done(register, sheet(ROW), TODAY)
    put(register, ("tour", tour), ("later", later), ("unborn", unborn), ("over", over))
    put(
        register,
        *(
            (f"sub-{day}", Substitution.model_validate({"slot": OLD, "day": day, "room": "physics"}))
            for day in ("2026-11-17", "2026-12-01")
        ),
    )
    one = ["23.11.2026", "15:00-16:30", "ПР-2", "Роботы", "", ""]
    rest = sheet(["ср", *ROW[1:]], one)
    done(register, rest, replace(TODAY, scope=Scope.REPLACING))
    assert slots(register)[OLD] == ("34", "petrova-a-a", "", "2026-11-21")
    assert set(slots(register)) == {OLD, "over", "pr-1-wed-15-00"}
    assert {row.id for row in register.rows(OneOff).value} == {"tour", "pr-2-2026-11-23-15-00"}
    assert {row.id for row in register.rows(Substitution).value} == {"sub-2026-11-17"}
    assert done(register, rest, replace(TODAY, scope=Scope.REPLACING)).changes == ()


def test_what_is_entered_of_later_lessons_goes_with_them(register: Register) -> None:
    done(register, sheet(ROW), TODAY)
    put(
        register,
        *(
            (f"{OLD}:{day}", Cancellation(lesson=f"{OLD}:{day}", reason="карантин"))
            for day in ("2026-11-17", "2026-11-24")
        ),
        ("sub", Substitution.model_validate({"slot": OLD, "day": "2026-12-01", "room": "physics"})),
    )
    done(register, sheet(MOVED), TODAY)
    assert {(row.id, row.value.lesson, row.value.reason) for row in register.rows(Cancellation).value} == {
        (f"{OLD}:2026-11-17", f"{OLD}:2026-11-17", "карантин"),
        (f"{NEW}:2026-11-24", f"{NEW}:2026-11-24", "карантин"),
    }
    assert [row.value.slot for row in register.rows(Substitution).value] == [NEW]
    assert done(register, sheet(MOVED), TODAY).changes == ()


def test_what_a_person_entered_of_a_later_lesson_is_told(register: Register) -> None:
    done(register, sheet(ROW), TODAY)
    for day in ("2026-11-17", "2026-11-24"):
        put(register, (f"{OLD}:{day}", Attendance(session=f"{OLD}:{day}", count=9)))
    made = done(register, sheet(MOVED), TODAY)
    assert [note.message for note in made.notes if "person" in note.message] == [
        f"What a person entered of the lesson {OLD}:2026-11-24 does not go with it."
    ]


DATED = [*HEADERS, "Действует с", "Действует по"]


def dated(first: str, last: str, row: list[str] = ROW) -> bytes:
    return csv_of([DATED, [*row, first, last]])


@pytest.mark.parametrize(
    ("before", "after", "stays", "notes"),
    [
        (("", ""), ("", "20.12.2026"), ("", "2026-12-20"), 0),
        (("", ""), ("", "10.11.2026"), ("", "2026-11-21"), 1),
        (("", ""), ("01.10.2026", ""), ("", ""), 1),
        (("01.12.2026", ""), ("15.12.2026", ""), ("2026-12-15", ""), 0),
        (("01.12.2026", ""), ("01.09.2026", ""), ("2026-11-22", ""), 0),
        (("", "01.10.2026"), ("", "10.10.2026"), ("", "2026-10-01"), 1),
    ],
)
def test_other_days_of_a_slot_leave_what_was_held(
    register: Register, before: tuple[str, str], after: tuple[str, str], stays: tuple[str, str], notes: int
) -> None:
    done(register, csv_of([[*DATED, "Код"], [*ROW, *before, OLD]]), TODAY)
    made = done(register, csv_of([[*DATED, "Код"], [*ROW, *after, OLD]]), TODAY)
    assert [told[2:] for told in slots(register).values()] == [stays]
    assert len([note for note in made.notes if "stay as they were" in note.message]) == notes


def test_a_slot_that_had_ended_begins_anew(register: Register) -> None:
    done(register, csv_of([[*DATED, "Код"], [*ROW, "", "01.10.2026", OLD]]), TODAY)
    done(register, csv_of([[*DATED, "Код"], [*ROW, "", "", OLD]]), TODAY)
    assert {told[2:] for told in slots(register).values()} == {("", "2026-10-01"), ("2026-11-22", "")}


def test_days_that_contradict_those_that_stay_are_a_fault(register: Register) -> None:
    done(register, dated("01.12.2026", "20.12.2026"), TODAY)
    rows: Cells = [[*HEADERS, "Действует по"], [*ROW, "30.11.2026"]]
    assert ["ends (2026-11-30) before it begins" in fault.message for fault in plan(register, csv_of(rows)).faults] == [
        True
    ]


def test_what_is_over_before_the_first_day_is_left_out(register: Register) -> None:
    rows: Cells = [
        ["Дата", "Время", "Группа"],
        ["10.11.2026", "15:00-16:30", "ПР-1"],
        ["10.12.2026", "15:00-16:30", "ПР-1"],
    ]
    made = done(register, csv_of(rows), replace(TODAY, since=date(2026, 12, 1)))
    assert [note.place.cell for note in made.notes if "left out" in note.message] == ["2"]
    assert [str(row.value.day) for row in register.rows(OneOff).value] == ["2026-12-10"]


def test_other_week_numbers_hold_other_lessons_from_today_on(register: Register) -> None:
    grid: Cells = [["День", "Урок", "ПР-1"], ["Вт", 1, "2,4 н. Роботы"], ["Ср", 1, "Физика"]]
    done(register, xlsx(grid), TODAY)
    slot = next(entry for entry in slots(register) if "tue" in entry)
    cancelled = {row.id.rpartition(":")[2] for row in register.rows(Cancellation).value}
    assert cancelled == {"2026-12-08", "2026-12-22"}
    put_reason = Cancellation(lesson=f"{slot}:2026-11-24", reason="карантин")
    put(register, (f"{slot}:2026-11-24", put_reason))
    grid[1] = ["Вт", 1, "4,6 н. Роботы"]  # type: ignore[index]  # a list, though read as a sequence
    done(register, xlsx(grid), TODAY)
    days = {row.id.rpartition(":")[2] for row in register.rows(Cancellation).value}
    assert days == {"2026-11-24", "2026-12-22"}
    assert done(register, xlsx(grid), TODAY).changes == ()


def test_a_day_is_that_of_the_centres_own_clock() -> None:
    at = 1_795_348_800_000_000_000  # 2026-11-22 12:00 UTC
    assert local_day(at, "Europe/Moscow") != local_day(at, "Asia/Kamchatka")
