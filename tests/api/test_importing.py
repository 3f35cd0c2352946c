from __future__ import annotations

import json
import shutil
import tomllib
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from api.command import MISUSED, OK, WRONG, app
from api.importing import Asked, answered, equipment, settings_of, timetable
from edge.clock import ManualClock
from edge.configuration import load
from edge.errors import GiveUp
from edge.main import REGISTER
from edge.register.calendar import Term
from edge.register.contract import Put
from edge.register.events import Event
from edge.register.lessons import Slot
from edge.register.mappings import Subject
from edge.register.sqlite import SqliteRegister
from tests.api.lab import NOW, settings
from tests.edge.register.imports.files import Cells, csv_of, xlsx

CONFIG = """
[centre]
rooms = { workshop = "Мастерская" }
[[equipment]]
id = "mill-1"
name = "Фрезер"
room = "workshop"
inventory_number = "0012"
driver = "grbl"
link = { simulator = true }
"""
ATTIC = """
[[equipment]]
id = "printer-1"
name = "Принтер"
room = "attic"
driver = "labedge"
"""
HEADERS = ["День", "Время", "Группа", "Программа", "Каб."]
LESSONS: Cells = [
    HEADERS,
    ["пн", "15:00-16:30", "ПР-1", "Робототехника", "Мастерская"],
    ["вт", "15:00-16:30", "ПР-2", "3D-печать", "Мастерская"],
]
FAULTY: Cells = [
    HEADERS,
    ["пн", "15:00-16:30", "ПР-1", "Робототехника", "Мастерская"],
    ["никогда", "15:00-16:30", "ПР-2", "3D-печать", "Мастерская"],
    ["ср", "потом", "ПР-2", "3D-печать", "Мастерская"],
]
ODD: Cells = [[*HEADERS[:4], "Где сидим"], *LESSONS[1:]]
EVENTS: Cells = [["Название", "Дата", "Вид"], ["Квест", date(2026, 11, 20), "квест"]]
LIST: Cells = [
    ["Наименование", "Инв. №", "Кабинет", "Тип", "Драйвер"],
    ["Станок", "0012", "Мастерская", "", ""],
    ["Лазер", "0013", "Мастерская", "лазер", ""],
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "labedge.toml").write_text(CONFIG, "utf-8")
    for name, content in {
        "lessons.csv": csv_of(LESSONS),
        "events.xlsx": xlsx(EVENTS),
        "fewer.csv": csv_of(LESSONS[:2]),
        "attic.csv": csv_of([HEADERS, ["пн", "9:00-9:45", "ПР-1", "Робототехника", "attic"]]),
        "faulty.xlsx": xlsx(FAULTY),
        "odd.xlsx": xlsx(ODD),
        "odder.csv": csv_of([*ODD, ["ср", "9:00-9:45", "ПР-1", "Робототехника", "Мастерская"]]),
        "list.csv": csv_of(LIST),
        "plug.csv": csv_of([LIST[0], ["Розетка", "0099", "Мастерская", "розетка", ""]]),
        "weeks.csv": csv_of([HEADERS, ["пн", "9:00-9:45", "ПР-1", "1-4 н. Робототехника", "Мастерская"]]),
        "wrong.csv": csv_of([*LIST, ["Штука", "0014", "Мастерская", "нечто", ""]]),
        "grbl.csv": csv_of([*LIST, ["Ещё", "0014", "Мастерская", "", "grbl"]]),
        "odd-list.csv": csv_of([[*LIST[0][:4], "Чем говорит"], *LIST[1:]]),
    }.items():
        (tmp_path / name).write_bytes(content)
    return tmp_path


def said(folder: Path, what: str, file: str, *words: str) -> Result:
    options = ["--config", str(folder / "labedge.toml"), "--data-dir", str(folder / "data"), *words]
    return CliRunner().invoke(app, ["import", what, str(folder / file), *options])


def entered(folder: Path, file: str, *words: str) -> Result:
    return said(folder, "timetable", file, "--apply", "--author", "завуч", *words)


def slots(folder: Path) -> list[str]:
    register = SqliteRegister(folder / "data" / REGISTER)
    found = [row.id for row in register.rows(Slot).value]
    register.close()
    return found


def test_a_dry_run_tells_what_would_be_and_leaves_no_trace(folder: Path) -> None:
    result = said(folder, "timetable", "lessons.csv")
    assert result.exit_code == OK, result.output
    assert "+ slot       pr-1-mon-15-00           2 " in result.output
    assert "nothing was changed: 6 add, 0 change, 0 remove, 0 same" in result.output
    assert "--apply" in result.output
    assert not (folder / "data").exists()


def test_a_timetable_is_entered_once_with_who_and_why(folder: Path) -> None:
    assert entered(folder, "lessons.csv", "--reason", "новый год").exit_code == OK
    assert len(slots(folder)) == 2
    register = SqliteRegister(folder / "data" / REGISTER)
    stamps = {(row.stamp.author, row.stamp.reason) for row in register.rows(Slot).value}
    register.close()
    assert stamps == {("завуч", "новый год")}
    again = entered(folder, "lessons.csv")
    assert "applied: 0 add, 0 change, 0 remove, 2 same" in again.output


def events(folder: Path) -> dict[str, str]:
    register = SqliteRegister(folder / "data" / REGISTER)
    found = {row.id: row.value.name for row in register.rows(Event).value}
    register.close()
    return found


def test_entries_of_a_kind_are_planned_and_entered(folder: Path) -> None:
    told = said(folder, "register", "events.xlsx", "--kind", "event")
    assert told.exit_code == OK, told.output
    assert "+ event" in told.output
    assert not (folder / "data").exists()
    done = said(folder, "register", "events.xlsx", "--kind", "event", "--apply", "--author", "завуч")
    assert done.exit_code == OK, done.output
    assert events(folder) == {"kvest-2026-11-20": "Квест"}
    again = said(folder, "register", "events.xlsx", "--kind", "event", "--apply", "--author", "завуч")
    assert "0 add, 0 change, 0 remove, 1 same" in again.output


def test_every_fault_of_a_file_of_entries_is_told_and_nothing_is_entered(folder: Path) -> None:
    (folder / "wrong.csv").write_bytes(csv_of([EVENTS[0], *(["Квест", "никогда", "нечто"] for _ in range(510))]))
    result = said(folder, "register", "wrong.csv", "--kind", "event", "--apply", "--author", "завуч")
    assert result.exit_code == WRONG
    lines = result.output.splitlines()
    assert "B2 (row 2, column B): «никогда» is no date. Write a date such as 01.09.2026." in lines
    assert "… and 20 more faults; mend these first" in lines
    assert events(folder) == {}


def test_who_compares_a_file_with_learners_is_in_the_audit(folder: Path) -> None:
    (folder / "enrolments.csv").write_bytes(csv_of([["Группа", "Количество", "Дата начала"], ["ПР-1", 1, "1.9.2026"]]))
    assert said(folder, "register", "enrolments.csv", "--kind", "enrolment", "--apply").exit_code != OK
    said(folder, "register", "enrolments.csv", "--kind", "enrolment", "--apply", "--author", "завуч")
    register = SqliteRegister(folder / "data" / REGISTER)
    ((_number, line),) = register.audit(after=0, limit=10)
    register.close()
    assert (line.who, line.action, line.subject) == ("завуч", "read", "0 of enrolment with learners")


@pytest.mark.parametrize("words", [(), ("--kind", "slot"), ("--kind", "event", "--replace")])
def test_a_file_of_entries_needs_a_kind_that_files_hold(folder: Path, words: tuple[str, ...]) -> None:
    result = said(folder, "register", "events.xlsx", *words)
    assert result.exit_code == MISUSED
    assert "no such import" in result.output
    assert "network_agreement" in result.output


def test_what_a_file_has_not_goes_only_when_that_is_said(folder: Path) -> None:
    entered(folder, "lessons.csv")
    assert entered(folder, "fewer.csv").exit_code == OK
    assert len(slots(folder)) == 2
    told = said(folder, "timetable", "fewer.csv", "--replace")
    assert "- slot" in told.output
    assert entered(folder, "fewer.csv", "--replace").exit_code == OK
    assert len(slots(folder)) == 1


def test_a_changed_timetable_holds_from_the_day_that_is_named(folder: Path) -> None:
    assert entered(folder, "lessons.csv", "--from", "2026-09-01").exit_code == OK
    told = said(folder, "timetable", "lessons.csv", "--from", "2026-09-01", "--json")
    assert json.loads(told.output)["counts"]["same"] == 2
    register = SqliteRegister(folder / "data" / REGISTER)
    assert {str(row.value.first_day) for row in register.rows(Slot).value} == {"2026-09-01"}
    register.close()


def test_a_room_is_known_by_the_equipment_that_stands_in_it(folder: Path) -> None:
    assert "No equipment stands" in said(folder, "timetable", "attic.csv").output
    (folder / "labedge.toml").write_text(CONFIG + ATTIC, "utf-8")
    assert "No equipment stands" not in said(folder, "timetable", "attic.csv").output


@pytest.mark.parametrize("words", [(), ("--apply", "--author", "завуч")])
def test_every_fault_is_named_by_its_cell_and_nothing_is_entered(folder: Path, words: tuple[str, ...]) -> None:
    result = said(folder, "timetable", "faulty.xlsx", *words)
    assert result.exit_code == WRONG
    assert "Расписание!A3 (row 3, column A)" in result.output
    assert "Расписание!B4 (row 4, column B)" in result.output
    assert "Write the weekday" in result.output
    assert "nothing was changed" in result.output
    assert not words or slots(folder) == []


def test_the_faults_are_told_to_programs_too(folder: Path) -> None:
    told = json.loads(said(folder, "timetable", "faulty.xlsx", "--json").stdout)
    assert [(one["row"], one["column"]) for one in told["faults"]] == [(3, "A"), (4, "B")]
    assert (told["ready"], told["applied"]) == (False, False)


def test_an_unknown_header_is_asked_once_and_not_for_the_next_file_of_that_layout(folder: Path) -> None:
    asked = said(folder, "timetable", "odd.xlsx")
    assert asked.exit_code == WRONG
    assert "--answer 'Где сидим=MEANING'" in asked.output
    assert entered(folder, "odd.xlsx", "--answer", "Где сидим=room").exit_code == OK
    again = said(folder, "timetable", "odder.csv", "--json")
    assert again.exit_code == OK
    told = json.loads(again.stdout)
    assert told["questions"] == []
    assert (told["counts"]["add"], told["counts"]["same"]) == (1, 3)


def test_new_equipment_becomes_a_file_beside_the_configuration_that_is_read(folder: Path) -> None:
    dry = said(folder, "equipment", "list.csv")
    assert dry.exit_code == OK, dry.output
    assert not (folder / "equipment.d").exists()
    assert "name: Фрезер → Станок" in dry.output
    assert "mill-1 is configured already" in dry.output
    done = said(folder, "equipment", "list.csv", "--apply", "--json")
    assert done.exit_code == OK, done.output
    file = folder / "equipment.d" / "list.toml"
    assert json.loads(done.stdout)["file"] == str(file)
    assert json.loads(done.stdout)["drop_in"] == file.read_text("utf-8")
    assert [one["id"] for one in tomllib.loads(file.read_text("utf-8"))["equipment"]] == ["lazer"]
    assert {one.id for one in load(folder / "labedge.toml", environ={}).equipment} == {"mill-1", "lazer"}
    assert [path.name for path in file.parent.iterdir()] == ["list.toml"]
    again = said(folder, "equipment", "list.csv", "--apply")
    assert "applied: 0 add, 1 change, 0 remove, 1 same" in again.output


def test_the_other_files_of_the_folder_count(folder: Path) -> None:
    (folder / "equipment.d").mkdir()
    other = CONFIG[CONFIG.index("[[") :].replace("mill-1", "laser-7").replace("Фрезер", "Лазер").replace("0012", "0013")
    (folder / "equipment.d" / "other.toml").write_text(other, "utf-8")
    assert "laser-7 is configured already" in said(folder, "equipment", "list.csv").output
    done = said(folder, "equipment", "plug.csv", "--apply")
    assert done.exit_code == OK, done.output
    told = load(folder / "labedge.toml", environ={})
    assert {one.id for one in told.equipment} == {"mill-1", "laser-7", "rozetka"}


def test_week_numbers_count_in_the_term_that_is_named(folder: Path) -> None:
    register = SqliteRegister(folder / REGISTER)
    for entry, year in (("old", 2025), ("new", 2026)):
        value = Term(name=entry, first_day=date(year, 9, 1), last_day=date(year, 12, 28))
        register.apply((Put(entry, value),), author="завуч", reason="год", at=NOW)
    register.close()
    for words, year in (((), 2026), (("--term", "old"), 2025)):
        asked = ("--apply", "--author", "завуч", *words)
        data = folder / f"data-{year}"
        data.mkdir()
        shutil.copy(folder / REGISTER, data / REGISTER)
        assert said(folder, "timetable", "weeks.csv", *asked, "--data-dir", str(data)).exit_code == OK
        entered_now = SqliteRegister(data / REGISTER)
        (slot,) = [row.value for row in entered_now.rows(Slot).value]
        entered_now.close()
        assert slot.first_day == date(year, 9, 1)


def test_a_file_that_is_there_is_never_overwritten(folder: Path) -> None:
    (folder / "equipment.d").mkdir()
    file = folder / "equipment.d" / "list.toml"
    file.write_text("# mine\n", "utf-8")
    result = said(folder, "equipment", "list.csv", "--apply")
    assert result.exit_code == WRONG
    assert "is not overwritten" in result.output
    assert file.read_text("utf-8") == "# mine\n"


@pytest.mark.parametrize(("file", "named"), [("wrong.csv", "D4 (row 4, column D)"), ("grbl.csv", "has no link")])
def test_a_list_with_a_fault_writes_nothing(folder: Path, file: str, named: str) -> None:
    result = said(folder, "equipment", file, "--apply")
    assert result.exit_code == WRONG
    assert named in result.output
    assert not (folder / "equipment.d").exists()


def test_what_was_said_of_a_list_is_remembered(folder: Path) -> None:
    assert said(folder, "equipment", "odd-list.csv").exit_code == WRONG
    words = ("--apply", "--answer", "Чем говорит=driver")
    assert said(folder, "equipment", "odd-list.csv", *words).exit_code == OK
    assert said(folder, "equipment", "odd-list.csv").exit_code == OK


def test_a_register_that_refuses_takes_the_file_back(folder: Path) -> None:
    words = ("--apply", "--author", "я" * 1001, "--answer", "Чем говорит=driver")
    assert said(folder, "equipment", "odd-list.csv", *words).exit_code != OK
    assert list((folder / "equipment.d").iterdir()) == []


def test_a_folder_that_cannot_be_made_is_told(folder: Path) -> None:
    (folder / "equipment.d").write_text("no folder", "utf-8")
    told = load(folder / "labedge.toml", environ={})
    asked = Asked(file=folder / "list.csv", folder=folder, settings=told, config=folder / "labedge.toml", apply=True)
    with pytest.raises(GiveUp, match="cannot be written"):
        equipment(asked, ManualClock(NOW))


def test_without_a_configuration_a_list_is_told_and_not_written(folder: Path) -> None:
    asked = Asked(file=folder / "list.csv", folder=folder, settings=settings_of(None, Subject.EQUIPMENT))
    *_, note = equipment(asked, ManualClock(NOW)).plan.notes
    assert "--config" in note.fix
    asked = Asked(file=asked.file, folder=folder, settings=asked.settings, apply=True)
    with pytest.raises(GiveUp, match="configuration") as error:
        equipment(asked, ManualClock(NOW))
    assert "--config" in error.value.fix


def test_without_a_configuration_a_timetable_is_the_demo_labs() -> None:
    assert settings_of(None, Subject.TIMETABLE).equipment


def test_nobody_enters_a_timetable_namelessly_and_no_file_is_told(folder: Path) -> None:
    asked = Asked(file=folder / "lessons.csv", folder=folder, settings=settings(), apply=True)
    with pytest.raises(GiveUp, match="who enters") as error:
        timetable(asked, ManualClock(NOW))
    assert "--author" in error.value.fix
    with pytest.raises(GiveUp, match="cannot be read"):
        timetable(Asked(file=folder / "none.csv", folder=folder, settings=settings()), ManualClock(NOW))


@pytest.mark.parametrize("word", ["room", "=room", "Где=nowhere"])
def test_an_answer_is_a_column_and_a_meaning(word: str) -> None:
    with pytest.raises(GiveUp, match="COLUMN=MEANING") as error:
        answered([word], Subject.TIMETABLE)
    assert "room" in error.value.fix
    assert answered(["A=B=room", "Прочее="], Subject.TIMETABLE) == {"A=B": "room", "Прочее": ""}


@pytest.mark.parametrize(
    "words",
    [("jobs", "list.csv"), ("equipment", "list.csv", "--replace"), ("equipment", "list.csv", "--from", "2026-09-01")],
)
def test_other_imports_are_told_with_those_there_are(folder: Path, words: tuple[str, ...]) -> None:
    result = said(folder, *words)
    assert result.exit_code == MISUSED
    assert "Take timetable" in result.output
