from __future__ import annotations

from dataclasses import replace

import pytest

from edge.errors import GiveUp
from edge.register.calendar import Term
from edge.register.contract import Register
from edge.register.lessons import Cancellation, Group, OneOff, Slot, Teacher
from tests.edge.register.imports.files import OPTIONS, done, plan
from tests.edge.register.school import put

WEEKLY = """
DTSTART;TZID=Europe/Moscow:20260907T150000
DTEND;TZID=Europe/Moscow:20260907T163000
RRULE:FREQ=WEEKLY;BYDAY=MO,WE;UNTIL=20261224T210000Z
EXDATE;TZID=Europe/Moscow:20261104T150000
EXDATE;TZID=Europe/Moscow:20261102T150000
SUMMARY:3D-печать
LOCATION:Мастерская
DESCRIPTION:Группа: ПР-2\\nПедагог: Петров И. И.
"""


def calendar(*events: str) -> bytes:
    made = "".join(f"BEGIN:VEVENT\nUID:{number}{event}END:VEVENT\n" for number, event in enumerate(events))
    text = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\n{made}END:VCALENDAR\n"
    return text.replace("\n", "\r\n").encode()


def test_weekly_events_are_slots_with_their_names_and_left_out_days(register: Register) -> None:
    done(register, calendar(WEEKLY))
    slots = [row.value for row in register.rows(Slot).value]
    assert [(s.weekday, s.start, s.end, s.room, s.group, s.teacher) for s in slots] == [
        (1, "15:00", "16:30", "workshop", "pr-2", "petrov-i-i"),
        (3, "15:00", "16:30", "workshop", "pr-2", "petrov-i-i"),
    ]
    assert {(str(s.first_day), str(s.last_day)) for s in slots} == {("2026-09-07", "2026-12-24")}
    assert [row.value.name for row in register.rows(Group).value] == ["ПР-2"]
    assert [row.value.name for row in register.rows(Teacher).value] == ["Петров И. И."]
    assert [row.value.lesson[-10:] for row in register.rows(Cancellation).value] == ["2026-11-02", "2026-11-04"]


def test_single_events_are_one_offs_on_the_centres_own_clock(register: Register) -> None:
    done(register, calendar("\nDTSTART:20260907T120000Z\nDURATION:PT90M\nSUMMARY:Экскурсия\n"))
    (one,) = (row.value for row in register.rows(OneOff).value)
    assert (str(one.day), one.start, one.end) == ("2026-09-07", "15:00", "16:30")


def test_every_other_week_counts_from_the_term(register: Register) -> None:
    rule = WEEKLY.replace("FREQ=WEEKLY;BYDAY=MO,WE;UNTIL=20261224T210000Z", "FREQ=WEEKLY;INTERVAL=2;COUNT=3")
    assert [f.message for f in plan(register, calendar(rule)).faults] == [
        "«3D-печать»: It repeats every other week, and no term says which weeks are A."
    ]
    term = Term.model_validate({"name": "I", "first_day": "2026-09-01", "last_day": "2026-10-25"})
    put(register, ("q1", term))
    done(register, calendar(rule))
    (slot,) = (row.value for row in register.rows(Slot).value)
    assert (slot.week.value, str(slot.last_day)) == ("B", "2026-10-05")


SERIES = """UID:lab
DTSTART;TZID=Asia/Kamchatka:20261208T160000
DTEND;TZID=Asia/Kamchatka:20261208T173000
RRULE:FREQ=WEEKLY;INTERVAL=2
SUMMARY:3D-печать
LOCATION:Мастерская
"""
MOVED = """UID:lab
RECURRENCE-ID;TZID=Asia/Kamchatka:20261222T160000
DTSTART;TZID=Asia/Kamchatka:20261222T170000
DTEND;TZID=Asia/Kamchatka:20261222T183000
SUMMARY:3D-печать
LOCATION:Мастерская
"""
KAMCHATKA = replace(OPTIONS, timezone="Asia/Kamchatka")


def events(*told: str) -> bytes:
    made = "".join(f"BEGIN:VEVENT\n{event}END:VEVENT\n" for event in told)
    return f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\n{made}END:VCALENDAR\n".replace("\n", "\r\n").encode()


@pytest.mark.parametrize(
    ("exception", "one_offs"),
    [
        (MOVED, [("2026-12-22", "17:00")]),
        (MOVED.replace("Asia/Kamchatka:20261222T170000", "Asia/Kamchatka:20261223T170000").replace(
            "20261222T183000", "20261223T183000"), [("2026-12-23", "17:00")]),
        (MOVED.replace(";TZID=Asia/Kamchatka:20261222T160000", ":20261222T040000Z"), [("2026-12-22", "17:00")]),
        (MOVED + "STATUS:CANCELLED\n", []),
    ],
)  # fmt: skip
@pytest.mark.parametrize("order", [1, -1])
def test_an_occurrence_that_is_moved_or_called_off_is_not_held_twice(
    register: Register, exception: str, one_offs: list[tuple[str, str]], order: int
) -> None:
    put(register, ("q2", Term.model_validate({"name": "II", "first_day": "2026-11-05", "last_day": "2026-12-28"})))
    data = events(*[SERIES, exception][::order])
    made = done(register, data, KAMCHATKA)
    assert made.notes == () or "No equipment" in made.notes[0].message
    slot = register.rows(Slot).value[0]
    assert [row.value.lesson for row in register.rows(Cancellation).value] == [f"{slot.id}:2026-12-22"]
    assert [(str(row.value.day), row.value.start) for row in register.rows(OneOff).value] == one_offs
    assert done(register, data, KAMCHATKA).changes == ()


def test_occurrences_that_cannot_be_told_apart_are_told(register: Register) -> None:
    later = MOVED.replace("RECURRENCE-ID;", "RECURRENCE-ID;RANGE=THISANDFUTURE;")
    put(register, ("q2", Term.model_validate({"name": "II", "first_day": "2026-11-05", "last_day": "2026-12-28"})))
    made = plan(register, events(SERIES, later), KAMCHATKA)
    assert [fault.message for fault in made.faults] == ["«3D-печать»: It changes an occurrence and all later ones."]
    alone = plan(register, events(MOVED), KAMCHATKA)
    assert [note.message for note in alone.notes if "series" in note.message] == [
        "It replaces one lesson of a series that the file has not."
    ]


def test_what_is_called_off_is_entered_as_such_or_left_out(register: Register) -> None:
    single = "UID:x\nDTSTART:20261207T120000Z\nDURATION:PT90M\nSUMMARY:Экскурсия\nSTATUS:CANCELLED\n"
    data = events(single, SERIES + "STATUS:CANCELLED\n")
    made = done(register, data)
    (one,) = register.rows(OneOff).value
    assert [row.id for row in register.rows(Cancellation).value] == [one.id]
    assert register.rows(Slot).value == ()
    assert [str(note.place) for note in made.notes if "called off" in note.message] == ["iCalendar!2"]
    assert done(register, data).changes == ()


@pytest.mark.parametrize(
    ("event", "says"),
    [
        (WEEKLY.replace("WEEKLY", "DAILY"), "does not repeat every week"),
        (WEEKLY.replace("BYDAY=MO,WE", "BYDAY=1MO"), "does not repeat every week"),
        (WEEKLY.replace("BYDAY=MO,WE", "INTERVAL=3"), "does not repeat every week"),
        ("\nSUMMARY:x\n", "time cannot be read"),
        ("\nX-LABEDGE-ROW:nonsense\n", "is no row"),
        (WEEKLY.replace("EXDATE;TZID=Europe/Moscow:20261104T150000", "EXDATE:soon"), "time cannot be read"),
        (WEEKLY + "RECURRENCE-ID:soon\n", "time cannot be read"),
    ],
)
def test_what_cannot_be_a_slot_is_a_fault(register: Register, event: str, says: str) -> None:
    made = plan(register, calendar(event))
    assert [says in fault.message for fault in made.faults] == [True]


def test_whole_days_are_noted(register: Register) -> None:
    made = plan(register, calendar(WEEKLY, "\nDTSTART;VALUE=DATE:20261104\nSUMMARY:Праздник\n"))
    assert [str(note.place) for note in made.notes if "whole days" in note.message] == ["iCalendar!2"]
    assert made.ready


def test_what_is_no_calendar_is_told(register: Register) -> None:
    with pytest.raises(GiveUp, match="no iCalendar"):
        plan(register, b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART:zzz\r\nEND")
