from __future__ import annotations

import io
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import icalendar
import numpy as np
import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.exports.book import book_of
from api.exports.formats import Format, bytes_of
from edge.register.contract import Put, Register
from edge.register.database import MEMORY
from edge.register.entry import Entry
from edge.register.exports.timetable import HEADERS, Language, timetable_ics, timetable_table
from edge.register.imports.cells import plain
from edge.register.imports.headers import TIMETABLE, field_of
from edge.register.imports.importing import plan_timetable
from edge.register.imports.options import Options
from edge.register.imports.plan import Action, Scope, apply_plan
from edge.register.kinds import KINDS
from edge.register.lessons import Cancellation, Group, OneOff, Program, Slot
from edge.register.mappings import Subject
from edge.register.sqlite import SqliteRegister
from edge.register.timetable import timetable
from edge.zones import zone_of
from telemetry.columns import Inventory
from telemetry.lessons import lessons
from telemetry.timetable import Timetable
from tests.edge.register.imports.files import EQUIPMENT, OPTIONS, ROOMS
from tests.edge.register.school import T, enter, put, school

INVENTORY = Inventory((), (), (), (), np.zeros(0, np.int32))
CODES = st.from_regex(r"[a-z0-9](?:[a-z0-9-]{0,12}[a-z0-9])?", fullmatch=True)
NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]) | st.just(" "), min_size=1, max_size=30)
TIDY = NAMES.map(plain).filter(lambda name: name and plain(name) == name and not name.startswith("'"))
DAYS = st.dates(date(2000, 1, 1), date(2098, 12, 31))
TIMES = st.sampled_from([("09:00", "09:45"), ("10:00", "11:30"), ("23:00", "00:30")])


@st.composite
def people(draw: st.DrawFn) -> dict[str, dict[str, dict[str, str]]]:
    """Names of groups, programs, teachers and partners; some share a name, some look like codes or formulas."""
    odd = st.sampled_from(["34.0", "=1+1", "@x", "-", "Робот [g1]", "g1", "робот", "Робот", "+7"])
    names = st.dictionaries(CODES, TIDY | odd, max_size=4)
    return {kind: {code: {"name": name} for code, name in draw(names).items()} for kind in _KINDS}


_KINDS = ("group", "program", "teacher", "partner")


@st.composite
def planned(draw: st.DrawFn, named: dict[str, dict[str, Any]]) -> dict[str, Entry]:
    """Slots and one-offs with everything that they may have."""
    found: dict[str, Entry] = {}
    for entry in draw(st.sets(CODES, max_size=5)):
        start, end = draw(TIMES)
        dated = draw(st.booleans())
        told: dict[str, Any] = {kind: draw(st.sampled_from(["", *named[kind]])) for kind in _KINDS}
        told |= {
            "room": draw(st.sampled_from(["", "workshop", "physics", "34", "attic--2"])),
            "equipment": draw(st.sampled_from([(), ("mill-1",), ("laser-1", "mill-1")])),
            "form": draw(st.sampled_from(["in_person", "network", "remote"])),
            "learners": draw(st.integers(0, 2000)),
        }
        if dated:
            told |= {"day": draw(DAYS), "start": start, "end": end, "name": draw(st.just("") | TIDY)}
            told |= {"happening": draw(st.sampled_from(["lesson", "event"]))}
        else:
            by_number = {"lesson": draw(st.integers(0, 20))}
            told |= by_number if draw(st.booleans()) else {"start": start, "end": end}
            first, last = sorted(draw(st.tuples(DAYS, DAYS)))
            told |= draw(
                st.sampled_from([{}, {"first_day": first}, {"last_day": last}, {"first_day": first, "last_day": last}])
            )
            told |= {"weekday": draw(st.integers(1, 7)), "week": draw(st.sampled_from(["A", "B", "both"]))}
        found[entry] = KINDS["one_off" if dated else "slot"].model_validate(told)
    return found


def written(register: Register, way: str, language: Language) -> bytes:
    snapshot = register.snapshot()
    table = timetable_table(snapshot, OPTIONS, language=language)
    none = lessons(Timetable(), INVENTORY, zone_of("Europe/Moscow"), (T, T + 1)) if way == "ics" else None
    if none is not None:
        return timetable_ics(snapshot, OPTIONS, none, name="Расписание")
    return bytes_of(book_of(table), Format(way))


@pytest.mark.parametrize("way", ["csv-excel", "csv", "xlsx", "ics"])
@settings(deadline=None, max_examples=25)
@given(data=st.data(), language=st.sampled_from(["ru", "en"]))
def test_what_is_written_is_read_back_as_it_was(way: str, data: st.DataObject, language: Language) -> None:
    named = data.draw(people())
    register = SqliteRegister(MEMORY)
    entries = [(kind, code, KINDS[kind].model_validate(told)) for kind in _KINDS for code, told in named[kind].items()]
    lesson_entries = data.draw(planned(named))
    entered = [Put(code, value) for _kind, code, value in entries]
    entered += [Put(code, value) for code, value in lesson_entries.items()]
    if entered and lesson_entries:
        register.apply(entered, author="a", reason="r", at=T)
        file = written(register, way, language)
        plan = plan_timetable(file, register.snapshot(), replace(OPTIONS, scope=Scope.REPLACING))
        assert (plan.faults, plan.questions) == ((), ())
        assert {line.action for line in plan.lines} == {Action.SAME}
        assert plan.changes == ()
        # and into a register that knows the people, but none of the lessons
        empty = SqliteRegister(MEMORY)
        empty.apply([Put(code, value) for _kind, code, value in entries], author="a", reason="r", at=T)
        apply_plan(empty, plan_timetable(file, empty.snapshot(), OPTIONS), author="a", reason="r", at=T)
        for kind in (Slot, OneOff):
            assert [(r.id, r.value) for r in empty.rows(kind).value] == [
                (r.id, r.value) for r in register.rows(kind).value
            ]
        empty.close()
    register.close()


def test_every_header_is_known_to_the_imports() -> None:
    for field, names in HEADERS.items():
        assert {field_of(name, Subject.TIMETABLE) for name in names.values()} == {field}
    assert set(HEADERS) == set(TIMETABLE) - {"", "time"}


def test_excel_in_russia_opens_the_csv_as_a_table(register: Register) -> None:
    put(register, *school())
    put(register, ("danger", Group(name="=HYPERLINK(1)")))
    put(register, ("s", Slot.model_validate({"weekday": 5, "lesson": 1, "group": "danger", "first_day": "2026-09-01"})))
    data = bytes_of(book_of(timetable_table(register.snapshot(), OPTIONS)), Format.CSV_EXCEL)
    lines = data.decode("utf-8-sig").split("\r\n")
    assert data.startswith(b"\xef\xbb\xbf")
    assert lines[0].startswith('"Код";"Вид события";')
    assert '"ПР-1";"Промробототехника";"hightech"' in lines[1]
    assert '"\'=HYPERLINK(1)"' in lines[2]
    assert "01.09.2026" in lines[2]


def test_equal_registers_give_equal_files(register: Register) -> None:
    put(register, *school())
    for way in ("csv-excel", "csv", "xlsx", "ics"):
        assert written(register, way, "ru") == written(register, way, "ru")


def test_a_workbook_has_real_days_and_numbers_and_says_what_it_is(register: Register) -> None:
    put(register, *school())
    put(
        register,
        ("tour", OneOff.model_validate({"day": "2026-11-23", "start": "12:00", "end": "13:00", "learners": 7})),
    )
    workbook = openpyxl.load_workbook(
        io.BytesIO(bytes_of(book_of(timetable_table(register.snapshot(), OPTIONS)), Format.XLSX))
    )
    sheet = workbook["Расписание"]
    day, learners = list(HEADERS).index("day") + 1, list(HEADERS).index("learners") + 1
    cell = sheet.cell(3, day)
    assert cell.value == datetime(2026, 11, 23)  # noqa: DTZ001 - a day has no zone
    assert sheet.cell(3, learners).value == 7
    assert workbook["Метаданные"]["B1"].value == "2"


def test_a_calendar_has_each_lesson_as_an_event_that_phones_understand(register: Register) -> None:
    put(register, *school())
    term = KINDS["term"].model_validate({"name": "II", "first_day": "2026-11-09", "last_day": "2026-11-29"})
    cancelled = Cancellation(lesson="mon-2:2026-11-16")
    enter(register, Put("q2", term), Put("c", cancelled))
    put(
        register,
        ("tour", OneOff.model_validate({"day": "2026-11-10", "start": "12:00", "end": "13:00", "name": "Экскурсия"})),
    )
    snapshot = register.snapshot()
    window = (1_790_000_000_000_000_000, 1_799_000_000_000_000_000)
    held = lessons(timetable(snapshot), INVENTORY, zone_of("Europe/Moscow"), window)
    data = timetable_ics(snapshot, OPTIONS, held, name="Мастерская")
    events: list[Any] = icalendar.Calendar.from_ical(data).walk("VEVENT")
    told = [(str(e["UID"]), e["DTSTART"].dt.isoformat(), str(e["SUMMARY"]), str(e["STATUS"])) for e in events]
    assert told == [
        ("mon-2:2026-11-09@labedge", "2026-11-09T06:55:00+00:00", "ПР-1 · Промробототехника", "CONFIRMED"),
        ("tour@labedge", "2026-11-10T09:00:00+00:00", "Экскурсия", "CONFIRMED"),
        ("mon-2:2026-11-16@labedge", "2026-11-16T06:55:00+00:00", "ПР-1 · Промробототехника", "CANCELLED"),
        ("mon-2:2026-11-23@labedge", "2026-11-23T06:55:00+00:00", "ПР-1 · Промробототехника", "CONFIRMED"),
    ]
    assert str(events[0]["LOCATION"]) == "Мастерская"
    plan = plan_timetable(data, snapshot, replace(OPTIONS, scope=Scope.REPLACING))
    assert (plan.faults, plan.changes) == ((), ())


def test_an_empty_register_gives_its_people_back_by_name(register: Register) -> None:
    put(register, *school())
    file = bytes_of(book_of(timetable_table(register.snapshot(), OPTIONS)), Format.CSV)
    other = SqliteRegister(MEMORY)
    options = Options(rooms=ROOMS, equipment=EQUIPMENT)
    apply_plan(other, plan_timetable(file, other.snapshot(), options), author="a", reason="r", at=T)
    assert bytes_of(book_of(timetable_table(other.snapshot(), OPTIONS)), Format.CSV) == file
    assert [row.value.track for row in other.rows(Program).value] == ["hightech"]
    other.close()
