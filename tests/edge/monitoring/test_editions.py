from __future__ import annotations

import hashlib
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from edge.monitoring import body as bodies
from edge.monitoring.contract import Edition, Period
from edge.monitoring.office import Office
from edge.monitoring.sets import shipped
from edge.monitoring.verification import faults_of
from edge.register.contract import Put, Refused, Remove
from edge.register.database import connect
from edge.register.events import Event, Participation
from edge.register.evidence import Attendance, SessionCorrection, Verdict
from edge.register.lessons import Cancellation, Slot, Substitution
from edge.register.network import Enrolment
from edge.register.quarters import PlannedWork, QuarterText, Target
from edge.register.verify import verify as register_faults
from telemetry.indicators.definition import Dimension
from telemetry.model import State
from tests.edge.monitoring.centre import AFTER, CENTRE, EQUIPMENT, MINUTE, NOW, Q3, Place, centre, machines, state, year

LATE_EVENT = Put("late", Event(name="Поздний", first_day=date(2026, 9, 8)))


def faults(place: Place, edition: Edition) -> list[str]:
    found = faults_of(edition, place.store, place.register, at=place.clock.now())
    return [f"{fault.place}: {fault.message}" for fault in found]


def enrolled(name: str, *learners: str, day: int = 2) -> Put:
    first = date(2026, 9, day)
    return Put(name, Enrolment(group="pr-1", learners=learners, count=len(learners), first_day=first))


# --- closing


def test_an_edition_holds_the_report_and_its_evidence(place: Place) -> None:
    report = place.office.report(Q3)
    edition = place.close()
    closed = place.office.closed_report(edition)
    assert (closed.items, closed.directions, closed.names) == (report.items, report.directions, report.names)
    for item in report.items:
        number = item.indicator.number
        assert place.office.closed_evidence(edition, number).rows == place.office.evidence(Q3, number).rows
        for part in item.components:
            found = place.office.closed_evidence(edition, number, by=part.by, key=part.key)
            assert (found.amount, found.resum) == (part.amount, part.amount)


def test_an_edition_is_bound_to_the_one_before_it_and_audited(place: Place) -> None:
    first = place.close()
    place.enter(LATE_EVENT)
    second = place.close()
    assert (first.number, second.number, first.previous, second.previous) == (1, 2, "", first.chain)
    assert first.sha256 == hashlib.sha256(first.body).hexdigest()
    assert place.office.editions() == (first, second)
    assert (place.office.edition(Q3), place.office.edition(Q3, 1)) == (second, first)
    assert place.office.edition(Period(2025, 1)) is None
    closings = [line for _n, line in place.register.audit(after=0, limit=100) if line.action == "close"]
    assert [(line.who, line.reason, line.at) for line in closings] == [("Иванова", "срок", AFTER)] * 2


def test_other_periods_stand_in_the_same_chain(place: Place) -> None:
    third, second = place.close(), place.close(Period(2026, 2))
    assert (second.number, second.previous) == (1, third.chain)


def test_nothing_is_closed_twice_unless_something_changed(place: Place) -> None:
    place.close()
    place.keep([state(AFTER, State.BUSY)])
    place.enter(Put("later", Event(name="В октябре", first_day=date(2026, 10, 8))))
    with pytest.raises(Refused, match="nothing has changed since its edition 1"):
        place.close()
    assert len(place.office.editions()) == 1


def test_a_quarter_that_has_not_ended_is_not_closed(tmp_path: Path) -> None:
    with centre(tmp_path, now=NOW) as place, pytest.raises(Refused, match="has not ended yet"):
        place.close()


@pytest.mark.parametrize(("author", "reason"), [("", "срок"), ("Иванова", " ")])
def test_who_closes_and_why_is_said(place: Place, author: str, reason: str) -> None:
    with pytest.raises(Refused, match="not who closes it"):
        place.office.close_period(Q3, author=author, reason=reason, at=AFTER)


def test_a_closed_edition_is_the_same_after_everything(place: Place, tmp_path: Path) -> None:
    edition = place.close()
    report = place.office.closed_report(edition)
    place.enter(LATE_EVENT, Remove("achievement", "won", 1), enrolled("e-7", "L-77"))
    place.keep([state(NOW - 30 * MINUTE, State.FAULT)])
    place.close()
    assert place.office.edition(Q3, 1) == edition
    place.journal.close()
    place.register.close()
    place.store.close()
    with centre(tmp_path) as again:
        found = again.office.edition(Q3, 1)
        assert found == edition
        assert again.office.closed_report(edition) == report


# --- made anew


def test_an_edition_made_anew_is_the_same_bytes(place: Place) -> None:
    edition = place.close()
    place.enter(LATE_EVENT, Remove("achievement", "won", 1), Put("off", Cancellation(lesson="mon-1:2026-09-21")))
    place.keep([state(NOW - 30 * MINUTE, State.FAULT), state(NOW - 35 * MINUTE, State.IDLE)])
    assert faults(place, edition) == []


@pytest.mark.parametrize("learner", ["L-1", "L-2", "L-3", "L-9", "P-1"])
def test_a_forgotten_learner_changes_neither_bytes_nor_values(place: Place, learner: str) -> None:
    place.enter(enrolled("e-8", "L-1", "L-2"), enrolled("e-9", "L-9", day=3))
    edition = place.close()
    values = [(item.indicator.number, item.year_to_date) for item in place.office.report(Q3).items]
    place.register.forget_learner(learner, author="Иванова", reason="просьба родителей", at=AFTER)
    assert faults(place, edition) == []
    assert [(item.indicator.number, item.year_to_date) for item in place.office.report(Q3).items] == values
    assert place.office.differences(edition) == ()
    with pytest.raises(Refused, match="nothing has changed"):
        place.close()


def test_no_learner_is_in_a_body(place: Place) -> None:
    body = place.close().body.decode()
    assert [learner for learner in ("L-1", "L-2", "L-3", "L-9", "P-1") if f'"{learner}"' in body] == []


def test_the_order_of_commits_does_not_matter_to_what_is_closed(tmp_path: Path) -> None:
    contents = set()
    for number, seed in enumerate((1, 2, 3)):
        folder = tmp_path / str(number)
        folder.mkdir()
        with centre(folder) as place:
            records = machines()
            random.Random(seed).shuffle(records)
            for record in records:
                place.keep([record])
            place.enter(*year())
            contents.add(bodies.content(json.loads(place.close().body)))
    assert len(contents) == 1


def test_what_it_was_made_of_has_to_be_there(place: Place, tmp_path: Path) -> None:
    edition = place.close()
    body = json.loads(edition.body)
    body["report"]["computed_from"]["offset"] += 1000
    later = replace(edition, body=json.dumps(body).encode())
    assert "made of the journal up to offset 10" in faults(place, later)[0]
    body = json.loads(edition.body)
    body["report"]["computed_from"]["register_version"] = 99
    assert "has no version 99" in faults(place, replace(edition, body=json.dumps(body).encode()))[0]
    other = tmp_path / "other"
    other.mkdir()
    with centre(other) as elsewhere:
        assert "another journal" in faults(elsewhere, edition)[0]


def test_a_body_of_another_form_is_left_to_the_labedge_that_wrote_it(place: Place) -> None:
    body = json.loads(place.close().body)
    body["form"] = 1
    edition = replace(place.office.editions()[0], body=json.dumps(body).encode())
    assert "written in form 1" in faults(place, edition)[0]


# --- tampering

CHANGED_VALUE = """
    UPDATE editions SET body = CAST(replace(CAST(body AS TEXT), '"numerator":5', '"numerator":6') AS BLOB) WHERE n = 1
"""


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        (CHANGED_VALUE, "2026-Q3/1: its body"),
        ("UPDATE editions SET author = 'Иванов' WHERE n = 2", "2026-Q3/2: its period, author"),
        ("UPDATE editions SET at = at + 1 WHERE n = 1", "2026-Q3/1: its period, author"),
        ("UPDATE editions SET reason = 'другая' WHERE n = 1", "2026-Q3/1: its period, author"),
        ("UPDATE editions SET previous = '' WHERE n = 2", "2026-Q3/2: it does not follow"),
        ("DELETE FROM editions WHERE n = 1", "2026-Q3/2: row 1 before it is missing"),
        ("DELETE FROM editions WHERE n = 2", "what the audit calls edition 2026-Q3/2"),
        ("UPDATE editions SET number = 7 WHERE n = 2", "edition 2 of its period is missing"),
    ],
)
def test_an_edition_that_was_changed_is_found(place: Place, statement: str, found: str) -> None:
    place.close()
    place.enter(LATE_EVENT)
    place.close()
    path = place.folder / "register.sqlite"
    assert register_faults(path) == ()
    with closing(sqlite3.connect(path)) as harmed:
        harmed.execute(statement)
        harmed.commit()
    assert any(found in f"{fault.place}: {fault.message}" for fault in register_faults(path))


def test_any_byte_of_a_body_that_is_changed_is_found(place: Place) -> None:
    edition = place.close()
    path, rng = place.folder / "register.sqlite", random.Random(4)
    for at in rng.sample(range(len(edition.body)), 20):
        body = bytearray(edition.body)
        body[at] ^= 1 << rng.randrange(8)
        with closing(sqlite3.connect(path)) as harmed:
            harmed.execute("UPDATE editions SET body = ?", (bytes(body),))
            harmed.commit()
        assert [fault.place for fault in register_faults(path)] == ["edition 2026-Q3/1"]


RAISED = """replace(words, '"count":4', '"count":5')"""


@pytest.mark.parametrize("tables", [("history",), ("entries", "history")], ids=" and ".join)
def test_a_history_that_was_changed_behind_an_edition_is_found_and_the_row_named(
    place: Place, tables: tuple[str, ...]
) -> None:
    edition = place.close()
    with closing(sqlite3.connect(place.folder / "register.sqlite")) as harmed:
        for table in tables:
            harmed.execute(f"UPDATE {table} SET words = {RAISED} WHERE id = 'e-1'")  # noqa: S608 fixed words
        harmed.commit()
    place_of_it = "history of enrolment e-1, version 1"
    assert any(fault.place == place_of_it for fault in register_faults(place.folder / "register.sqlite"))
    assert faults(place, edition) == [f"edition 2026-Q3/1: {place_of_it}: its checksum does not fit."]


def test_an_edition_is_made_anew_from_the_history_and_not_from_what_is_there_now(place: Place) -> None:
    edition = place.close()
    with closing(sqlite3.connect(place.folder / "register.sqlite")) as harmed:
        harmed.execute(f"UPDATE entries SET words = {RAISED} WHERE id = 'e-1'")  # noqa: S608 fixed words
        harmed.commit()
    assert faults(place, edition) == []
    with closing(connect(place.folder / "register.sqlite")) as forged:
        forged.execute(f"UPDATE history SET words = {RAISED} WHERE id = 'e-1'")  # noqa: S608 fixed words
        forged.execute("UPDATE history SET crc32 = crc32_of(kind, id, version, changed, words) WHERE id = 'e-1'")
        forged.commit()
    (found,) = faults(place, edition)
    assert "made anew it differs at body.facts" in found


def test_a_journal_that_was_changed_behind_an_edition_is_found(place: Place) -> None:
    edition = place.close()
    assert faults(place, edition) == []
    with closing(sqlite3.connect(place.folder / "journal.sqlite")) as harmed:
        harmed.execute("DELETE FROM log WHERE kind = 0 AND mark % 256 = ?", (int(State.BUSY),))
        harmed.commit()
    assert "made anew it differs at body." in faults(place, edition)[0]


# --- killed while closing


_CLOSES = """
import os
import sys
from pathlib import Path
from datetime import date
from edge.register.contract import Put
from edge.register.events import Event
from tests.edge.monitoring.centre import centre
with centre(Path(sys.argv[1])) as place:
    number = len(place.office.editions())
    while True:
        number += 1
        name = f"event-{os.getpid()}-{number}"
        place.enter(Put(name, Event(name=name, first_day=date(2026, 9, 8))))
        print(place.close().chain, flush=True)
"""


@pytest.mark.system
def test_killed_at_any_moment_it_keeps_every_edition_that_was_confirmed(tmp_path: Path) -> None:
    with centre(tmp_path) as place:
        place.enter(*year())
    rng, confirmed = random.Random(3), list[str]()
    for _kill in range(3):
        child = subprocess.Popen([sys.executable, "-c", _CLOSES, str(tmp_path)], stdout=subprocess.PIPE, text=True)
        assert child.stdout is not None
        confirmed += [child.stdout.readline().strip() for _ in range(rng.randrange(1, 3))]
        os.kill(child.pid, signal.SIGKILL)
        confirmed += [line.strip() for line in child.stdout if line.endswith("\n")]
        child.wait(20)
        child.stdout.close()
    assert register_faults(tmp_path / "register.sqlite") == ()
    with centre(tmp_path) as place:
        assert [chain for chain in confirmed if chain not in [one.chain for one in place.office.editions()]] == []
        assert faults(place, place.office.editions()[-1]) == []


# --- what has changed since


def test_nothing_changed_is_no_difference(place: Place) -> None:
    assert place.office.differences(place.close()) == ()


def test_what_changed_is_told_by_how_much_and_why(place: Place) -> None:
    edition = place.close()
    place.enter(LATE_EVENT, Remove("achievement", "won", 1), author="Петров")
    found = {one.number: one for one in place.office.differences(edition) if one.by is None}
    assert {
        number: (one.was and one.was.numerator, one.now and one.now.numerator) for number, one in found.items()
    } == {
        "1.5": (1, 2),
        "1.8": (1, 0),
        "2.5": (1, 1),
        "2.8": (1, 0),
    }
    assert found["1.5"].why == ("Поздний: the event came, entered by Петров on 2026-10-11 (уточнение)",)
    assert found["1.8"].why == ("Смотр: the achievement went, entered by Петров on 2026-10-11 (уточнение)",)
    parts = {(one.by, one.key) for one in place.office.differences(edition) if one.number == "1.8"}
    assert (Dimension.LEVEL, "regional") in parts


def test_differences_are_the_same_object_until_something_changes(place: Place) -> None:
    first = place.close()
    place.enter(LATE_EVENT)
    found = place.office.differences(first)
    assert place.office.differences(first) is found
    second = place.close()
    assert place.office.differences(second) == ()
    assert place.office.differences(first) == found
    place.keep([state(NOW - 30 * MINUTE, State.IDLE)])
    assert place.office.differences(second) != ()
    assert len(place.office.differences(first)) > len(found)


def test_late_data_are_told_with_their_equipment_and_time(place: Place) -> None:
    edition = place.close()
    place.keep([state(NOW - 30 * MINUTE, State.IDLE)])
    found = {one.number: one for one in place.office.differences(edition) if one.by is None}
    assert set(found) >= {"A.4", "A.5", "A.6"}
    assert found["A.6"].why == (
        "Фрезер 1, 2026-09-21: the equipment_day changed: data of mill-1 from 2026-09-21 on came after the closing",
    )


def test_other_people_in_an_entry_are_a_difference_where_the_union_is_another(place: Place) -> None:
    edition = place.close()
    place.enter(
        Put("e-2", Enrolment(group="pr-1", learners=("L-9", "L-10"), count=2, first_day=date(2026, 8, 1)), 1),
        author="Петров",
    )
    found = {one.number: one for one in place.office.differences(edition) if one.by is None}
    assert [amount and amount.numerator for amount in (found["1.2"].was, found["1.2"].now)] == [5, 6]
    assert "entered by Петров" in found["1.2"].why[0]


def test_words_targets_and_plans_are_differences_too(place: Place) -> None:
    edition = place.close()
    place.enter(
        Put("text-1", QuarterText(subject="2.1", year=2026, quarter=3, text="Ушёл один."), 1),
        Put("target-1", Target(number="1.2", year=2026, target=60), 1),
        Remove("manual_value", "manual-1", 1),
        Put("plan-2", PlannedWork(direction="mentoring", name="Ещё", planned_day=date(2026, 9, 12))),
        Put("text-2", QuarterText(subject="mentoring", year=2026, quarter=3, text="Пары работают.")),
    )
    found = {one.number: one.why for one in place.office.differences(edition)}
    assert found == {
        "1.2": ("its target was 50 and is 60 now",),
        "1.11": ("the value given by hand was taken back",),
        "2.1": ("its text has changed",),
        "mentoring": ("its text has changed", "the plan of work or what was done has changed"),
    }


def test_many_reasons_are_counted(place: Place) -> None:
    edition = place.close()
    events = [Put(f"event-{n}", Event(name=f"Событие {n}", first_day=date(2026, 9, 8))) for n in range(25)]
    place.enter(*events, *(Put(f"came-{n}", Participation(event=f"event-{n}", count=1)) for n in range(3)))
    why = next(one.why for one in place.office.differences(edition) if one.number == "1.5")
    assert (len(why), why[-1]) == (21, "and 5 more")


def test_another_set_is_a_difference(place: Place) -> None:
    edition = place.close()
    (analytics, official) = place.office.sets()
    first, second, *others = official.indicators
    reworded, new = replace(second, name_ru="Иначе"), replace(first, number="1.99")
    sets = (analytics, replace(official, indicators=(reworded, *others, new)))
    office = Office(place.store, place.register, lambda: EQUIPMENT, centre=CENTRE, clock=place.clock, sets=sets)
    found = {one.number: one.why for one in office.differences(edition)}
    assert found == {
        "1.1": ("the set of indicators has it no longer",),
        "1.2": ("the set of indicators says something else of it",),
        "1.99": ("the set of indicators has it now",),
    }


def test_a_lesson_that_was_cancelled_later_is_told(place: Place) -> None:
    edition = place.close()
    place.enter(Put("off", Cancellation(lesson="mon-1:2026-09-21")))
    found = {one.number: one for one in place.office.differences(edition) if one.by is None}
    assert found["A.1"].why == (
        "ПР-1, 2026-09-21, 16:00: the session went, entered by Иванова on 2026-10-11 (уточнение)",
    )
    assert found["1.1"].why == (
        "Робототехника: its lessons no longer used mill-1, with the timetable or the corrections",
    )


WORD = SessionCorrection(
    session="mon-1:2026-09-21",
    status=Verdict.UNCONFIRMED,
    author="Петров",
    at=datetime(2026, 10, 11, 9, tzinfo=UTC),
    reason="болели",
)
SHORTER = Slot(weekday=1, start="15:00", end="16:00", room="workshop", group="pr-1", learners=1)


@pytest.mark.parametrize(
    "word",
    [
        Put("said", WORD),
        Put("were", Attendance(session="mon-1:2026-09-21", count=1)),
        Put("moved", Substitution(slot="mon-1", day=date(2026, 9, 21), learners=1)),
        Put("mon-1", SHORTER, 1),
    ],
    ids=["correction", "attendance", "substitution", "slot"],
)
def test_what_a_person_said_of_a_session_is_not_laid_to_late_data(place: Place, word: Put) -> None:
    edition = place.close()
    place.keep([state(NOW - 30 * MINUTE, State.IDLE)])
    place.enter(word, author="Петров")
    found = {one.number: one for one in place.office.differences(edition) if one.by is None}
    (why,) = (one for one in found["A.3"].why if one.startswith("ПР-1, 2026-09-21, 1"))
    assert why.endswith(", entered by Петров on 2026-10-11 (уточнение)")


def test_a_component_is_told_its_own_reasons_alone(place: Place) -> None:
    edition = place.close()
    place.enter(
        Put("near", Event(name="Ближний", level="municipal", first_day=date(2026, 9, 8))),
        Put("far", Event(name="Дальний", level="national", first_day=date(2026, 9, 8))),
    )
    found = {(one.by, one.key): one.why for one in place.office.differences(edition) if one.number == "1.5"}
    assert [why.partition(":")[0] for why in found[Dimension.LEVEL, "municipal"]] == ["Ближний"]
    assert [why.partition(":")[0] for why in found[Dimension.LEVEL, "national"]] == ["Дальний"]
    assert len(found[None, ""]) == 2


def test_another_journal_is_a_reason(place: Place) -> None:
    edition = place.close()
    folder = place.folder / "new"
    folder.mkdir()
    with centre(folder) as elsewhere:
        office = Office(
            elsewhere.store, place.register, lambda: EQUIPMENT, centre=CENTRE, clock=place.clock, sets=shipped()
        )
        found = {one.number: one.why for one in office.differences(edition) if one.by is None}
    assert found["A.7"] == ("Фрезер 1, 2026-09-21: the equipment_day went: the journal is another one",)


def test_two_who_close_at_once_make_one_edition(place: Place) -> None:
    def close() -> bool:
        try:
            place.close()
        except Refused:
            return False
        return True

    with ThreadPoolExecutor(4) as threads:
        done = [one.result(60) for one in [threads.submit(close) for _ in range(4)]]
    assert (sorted(done), len(place.office.editions())) == ([False, False, False, True], 1)


def test_who_asks_while_data_come_gets_whole_reports(place: Place) -> None:
    def ask(number: int) -> bool:
        place.keep([state(NOW - (30 + number) * MINUTE, State.IDLE)])
        found = place.office.evidence(Q3, "A.6")
        return found.amount == found.resum

    with ThreadPoolExecutor(4) as threads:
        assert all(one.result(60) for one in [threads.submit(ask, number) for number in range(12)])
    fresh = place.office.report(Q3)
    place.office._kept.clear()
    assert place.office.report(Q3).items == fresh.items
