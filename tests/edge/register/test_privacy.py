from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest
from pydantic import ValidationError

from edge.register.contract import Put, Register, Remove
from edge.register.events import Event, Participation
from edge.register.evidence import Attendance
from edge.register.kinds import KINDS
from edge.register.mentoring import MentoringModel, MentoringPair, Volunteering
from edge.register.network import Enrolment
from edge.register.people import Linked
from edge.register.projects import Achievement, Project
from edge.register.sqlite import SqliteRegister
from tests.edge.register.school import ATTENDANCE, T, enter, put, school

DAY = date(2026, 11, 20)
BOTH = ("L-001", "L-002")
EVENT = Event(name="Хакатон", first_day=DAY)
MODEL = MentoringModel(name="Ученик — ученик", first_day=DAY)
LINKED: Mapping[str, Linked] = {
    "attendance": Attendance(session="x", count=2, learners=BOTH),
    "enrolment": Enrolment(group="pr-1", first_day=DAY, count=3, learners=BOTH),
    "participation": Participation(event="hackathon", count=2, learners=BOTH),
    "project": Project(name="Теплица", day=DAY, count=2, learners=BOTH),
    "achievement": Achievement.model_validate(
        {"name": "Шустрик", "level": "national", "result": "winner", "day": DAY, "learners": BOTH}
    ),
    "pair": MentoringPair(model="peers", first_day=DAY, count=2, learners=BOTH),
    "volunteering": Volunteering(name="Фестиваль", first_day=DAY, count=2, learners=BOTH),
}
LINKED_KINDS = tuple(kind for kind in KINDS.values() if issubclass(kind, Linked))


@pytest.mark.parametrize("name", ["Иванов", "Ivan Petrov", "ivanov", "L 001", "Л-001", "", "1" * 41, "a.1", "7\n"])
def test_what_looks_like_a_name_is_no_learner(name: str) -> None:
    with pytest.raises(ValidationError) as e:
        Attendance(session="mon-2:2026-11-23", count=1, learners=(name,))
    assert not name.strip() or name not in str(e.value)


def test_learners_are_counted_once_and_never_more_than_the_count() -> None:
    with pytest.raises(ValidationError, match="twice"):
        Attendance(session="s", count=3, learners=("L-1", "L-1"))
    with pytest.raises(ValidationError, match="less than"):
        Attendance(session="s", count=1, learners=("L-1", "L-2"))


def test_reads_come_without_learners(register: Register) -> None:
    put(register, ("mon-2:2026-11-23", ATTENDANCE))
    row = register.row(Attendance, "mon-2:2026-11-23").value
    assert row is not None
    shown = [row.value, register.rows(Attendance).value[0].value, register.snapshot().rows(Attendance)[0].value]
    shown += [past.value for past in register.history(Attendance, "mon-2:2026-11-23").value if past.value]
    shown += [past.value for past in register.changed_since(0).value if isinstance(past.value, Attendance)]
    assert [(value.count, value.learners) for value in shown] == [(3, ())] * 5
    assert register.audit(after=0, limit=10) == ()


def test_who_reads_learners_is_in_the_audit(register: Register) -> None:
    put(register, ("mon-2:2026-11-23", ATTENDANCE))
    answer = register.learners(Attendance, reader="head", reason="квартальный отчёт", at=T + 5)
    assert answer.value[0].value == ATTENDANCE
    ((number, line),) = register.audit(after=0, limit=10)
    assert (line.who, line.action, line.reason, line.at) == ("head", "read", "квартальный отчёт", T + 5)
    assert register.audit(after=number, limit=10) == ()


def test_a_forgotten_learner_is_in_no_version_and_the_counts_stay(register: Register) -> None:
    put(register, ("a", ATTENDANCE), ("b", Attendance(session="b", count=1, learners=("L-009",))))
    enter(register, Put("a", ATTENDANCE.model_copy(update={"count": 5}), 1))
    put(register, ("c", ATTENDANCE))
    enter(register, Remove("attendance", "c", 1))
    assert register.forget_learner("L-002", author="head", reason="просьба родителей", at=T + 9) == 5
    by_id = {row.id: row.value for row in register.learners(Attendance, reader="head", reason="проверка", at=T).value}
    first, token, last = by_id["a"].learners
    assert (first, last) == ("L-001", "L-003")
    assert re.fullmatch(r"forgotten-[0-9a-f]{12}", token)
    assert by_id["a"].count == 5
    assert by_id["b"].learners == ("L-009",)
    assert [past.value and past.value.count for past in register.history(Attendance, "a").value] == [3, 5, 5]
    assert [past.version for past in register.history(Attendance, "b").value] == [1]
    assert register.verify() == ()
    lines = [line for _number, line in register.audit(after=0, limit=10)]
    assert (lines[0].action, lines[0].who, lines[0].reason) == ("forget", "head", "просьба родителей")
    assert "L-002" not in repr(lines)
    assert token not in repr(lines)


def test_a_union_keeps_its_size_when_a_learner_is_forgotten(register: Register) -> None:
    put(register, *school(), ("hackathon", EVENT), ("peers", MODEL))
    put(register, *LINKED.items())

    def seen(version: int) -> set[str]:
        snapshot = register.with_learners(version, reader="head", reason="отчёт", at=T)
        return {one for kind in LINKED_KINDS for row in snapshot.rows(kind) for one in row.value.learners}

    before = seen(2)
    register.forget_learner("L-002", author="head", reason="просьба", at=T)
    assert len(seen(2)) == len(seen(3)) == len(before)
    assert seen(2) == seen(3)
    (token,) = seen(3) - before
    for kind in LINKED_KINDS:
        (row,) = register.learners(kind, reader="head", reason="проверка", at=T).value
        assert row.value.learners == ("L-001", token)
    assert "L-002" not in repr([seen(2), seen(3)])


def test_every_kind_with_learners_is_read_as_a_count(register: Register) -> None:
    put(register, *school(), ("hackathon", EVENT), ("peers", MODEL))
    put(register, *LINKED.items())
    assert {type(value) for value in LINKED.values()} == set(LINKED_KINDS)
    for entry, value in LINKED.items():
        row = register.row(type(value), entry).value
        assert row is not None
        shown = [row.value, register.rows(type(value)).value[0].value]
        shown += [register.register_as_of(2).rows(type(value))[0].value]
        shown += [past.value for past in register.history(type(value), entry).value if past.value]
        assert [one.learners for one in shown] == [()] * 4
    assert register.audit(after=0, limit=10) == ()


def test_who_reads_every_learner_is_in_the_audit(register: Register) -> None:
    put(register, ("mon-2:2026-11-23", ATTENDANCE))
    snapshot = register.with_learners(1, reader="head", reason="отчёт", at=T)
    assert snapshot.rows(Attendance)[0].value == ATTENDANCE
    ((_number, line),) = register.audit(after=0, limit=10)
    assert (line.who, line.action, line.subject) == ("head", "read", "all learners as of version 1")


def test_forgetting_whom_nobody_knows_changes_nothing_but_the_audit(register: Register) -> None:
    put(register, ("a", ATTENDANCE))
    assert register.forget_learner("L-777", author="head", reason="просьба", at=T) == 1
    assert len(register.audit(after=0, limit=10)) == 1


def test_a_forgotten_learner_is_gone_from_the_files_too(tmp_path: Path) -> None:
    path = tmp_path / "register.sqlite"
    register = SqliteRegister(path)
    for number in range(20):
        put(register, (f"a{number}", Attendance(session="x", count=2, learners=("L-SECRET-7", f"L-{number}"))))
    enter(register, Remove("attendance", "a3", 1))
    assert any(b"L-SECRET-7" in file.read_bytes() for file in tmp_path.iterdir())
    register.forget_learner("L-SECRET-7", author="head", reason="просьба", at=T)
    assert not any(b"L-SECRET-7" in file.read_bytes() for file in tmp_path.iterdir())
    register.close()
    assert b"L-SECRET-7" not in path.read_bytes()
