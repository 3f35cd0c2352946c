from __future__ import annotations

import threading
from datetime import date

import pytest

from edge.errors import GiveUp
from edge.register.calendar import Term
from edge.register.contract import Conflict, Past, Put, Refused, Register, Remove, Stamp
from edge.register.lessons import Group, Partner, Program, Slot, Teacher
from edge.register.network import NetworkAgreement
from tests.edge.register.school import BELLS, GROUP, PROGRAM, SLOT, TEACHER, T, enter, put, school
from tests.waiting import becomes_true

AGREEMENT = NetworkAgreement(partner="tochka", number="4/2026 Ё", first_day=date(2026, 9, 1))


def test_a_new_register_is_empty(register: Register) -> None:
    assert register.version() == 0
    assert register.rows(Slot).value == ()
    assert register.row(Slot, "mon-2").value is None
    assert register.history(Slot, "mon-2").value == ()
    assert register.changed_since(0).value == ()
    assert register.verify() == ()


def test_a_change_set_makes_one_version_and_every_read_tells_it(register: Register) -> None:
    assert put(register, *school()) == 1
    stamp = Stamp(1, T, "ivanova", "начало года")
    row = register.row(Slot, "mon-2")
    assert (row.register_version, row.value and row.value.value, row.value and row.value.stamp) == (1, SLOT, stamp)
    assert [found.id for found in register.rows(Group).value] == ["pr-1"]
    assert register.snapshot().rows(Program)[0].value == PROGRAM
    assert register.snapshot().register_version == 1


def test_every_version_is_kept_with_who_when_and_why(register: Register) -> None:
    put(register, ("a", TEACHER))
    changed = Teacher(name="Петрова")
    register.apply([Put("a", changed, 1)], author="petrova", reason="замужество", at=T + 1)
    register.apply([Remove("teacher", "a", 2)], author="head", reason="уход", at=T + 2)
    history = register.history(Teacher, "a")
    assert history.register_version == 3
    assert [(past.version, past.value, past.stamp) for past in history.value] == [
        (1, TEACHER, Stamp(1, T, "ivanova", "начало года")),
        (2, changed, Stamp(2, T + 1, "petrova", "замужество")),
        (3, None, Stamp(3, T + 2, "head", "уход")),
    ]
    assert register.rows(Teacher).value == ()
    assert register.row(Teacher, "a").value is None


def test_a_stale_change_names_who_was_faster_and_changes_nothing(register: Register) -> None:
    put(register, ("a", TEACHER))
    register.apply([Put("a", Teacher(name="Петрова"), 1)], author="petrova", reason="замужество", at=T)
    with pytest.raises(Conflict, match=r"teacher a was changed by petrova at 2026-09-21T14:13:20Z \(замужество\)") as e:
        enter(register, Put("b", TEACHER), Put("a", TEACHER, 1))
    assert (e.value.current, e.value.seen, e.value.stamp and e.value.stamp.author) == (2, 1, "petrova")
    assert register.version() == 2
    assert register.row(Teacher, "b").value is None


def test_what_does_not_exist_cannot_be_changed_or_removed(register: Register) -> None:
    with pytest.raises(Conflict, match="does not exist"):
        enter(register, Put("a", TEACHER, 1))
    with pytest.raises(Conflict, match="does not exist"):
        enter(register, Remove("teacher", "a", 1))


def test_what_exists_cannot_be_made(register: Register) -> None:
    put(register, ("a", TEACHER))
    with pytest.raises(Conflict):
        put(register, ("a", Teacher(name="Петрова")))


def test_what_was_removed_can_be_made_again_and_goes_on_with_its_history(register: Register) -> None:
    put(register, ("a", TEACHER))
    enter(register, Remove("teacher", "a", 1))
    with pytest.raises(Conflict):
        enter(register, Remove("teacher", "a", 1))
    put(register, ("a", TEACHER))
    row = register.row(Teacher, "a").value
    assert row is not None
    assert row.version == 3
    enter(register, Remove("teacher", "a", 3))
    assert enter(register, Put("a", TEACHER, 4)) == 5


def test_a_change_that_changes_nothing_makes_no_version(register: Register) -> None:
    put(register, ("a", TEACHER))
    assert enter(register, Put("a", TEACHER, 1)) == 1
    assert len(register.history(Teacher, "a").value) == 1


def test_changes_since_a_version_are_the_last_of_each_entry(register: Register) -> None:
    put(register, ("a", TEACHER), ("b", TEACHER))
    put(register, ("c", TEACHER))
    enter(register, Remove("teacher", "a", 1))
    answer = register.changed_since(1)
    assert answer.register_version == 3
    assert [(past.id, past.version, past.value is None) for past in answer.value] == [("c", 1, False), ("a", 2, True)]
    assert [past.id for past in register.changed_since(0).value] == ["b", "c", "a"]
    assert all(isinstance(past, Past) for past in answer.value)


def test_what_an_entry_names_has_to_exist(register: Register) -> None:
    with pytest.raises(Refused, match="its group is the group pr-1, which does not exist") as e:
        put(register, ("mon-2", SLOT))
    assert [fault.place for fault in e.value.faults] == ["slot mon-2"] * 3
    assert register.version() == 0
    assert put(register, *reversed(school())) == 1


def test_what_is_named_cannot_be_removed_alone(register: Register) -> None:
    put(register, *school())
    with pytest.raises(Refused, match="still named by group pr-1, slot mon-2"):
        enter(register, Remove("program", "robotics", 1))
    enter(register, Remove("program", "robotics", 1), Remove("slot", "mon-2", 1), Put("pr-1", Group(name="ПР-1"), 1))
    assert register.rows(Program).value == ()
    assert register.verify() == ()


def test_terms_share_no_day(register: Register) -> None:
    first = Term.model_validate({"name": "1", "first_day": "2026-09-01", "last_day": "2026-10-25"})
    second = Term.model_validate({"name": "2", "first_day": "2026-10-25", "last_day": "2026-12-27"})
    with pytest.raises(Refused, match="the term q1 ends on 2026-10-25"):
        put(register, ("q1", first), ("q2", second))


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ((Put("Слот", TEACHER),), "id is not lower-case"),
        ((Put("a:b", TEACHER),), "id is not lower-case"),
        ((Put("a", TEACHER), Put("a", GROUP)), "does not exist"),
        ((Put("a", TEACHER), Put("a", Teacher(name="x"))), "changed twice"),
        ((Remove("nonsense", "a", 1),), "no such kind"),
    ],
)
def test_a_malformed_change_set_is_refused_whole(
    register: Register, changes: tuple[Put | Remove, ...], says: str
) -> None:
    with pytest.raises(Refused, match=says):
        enter(register, *changes)
    assert register.version() == 0


@pytest.mark.parametrize(("author", "reason"), [("", "x"), ("x", " "), ("x" * 1001, "x")])
def test_nobody_changes_anything_without_name_and_reason(register: Register, author: str, reason: str) -> None:
    with pytest.raises(Refused):
        register.apply([Put("a", TEACHER)], author=author, reason=reason, at=T)


def test_a_closed_register_says_so(register: Register) -> None:
    register.close()
    register.close()
    with pytest.raises(GiveUp, match="closed"):
        register.version()
    with pytest.raises(GiveUp, match="closed"):
        put(register, ("a", TEACHER))
    with pytest.raises(GiveUp, match="closed"):
        register.verify()


def test_readers_see_whole_change_sets_while_another_thread_writes(register: Register) -> None:
    seen: list[int] = []
    stop = threading.Event()

    def read() -> None:
        while not stop.is_set():
            answer = register.rows(Teacher)
            seen.append(len(answer.value) - 3 * answer.register_version)

    reader = threading.Thread(target=read)
    reader.start()
    for number in range(30):
        put(register, *((f"{letter}{number}", TEACHER) for letter in "abc"))
    assert becomes_true(lambda: seen)
    stop.set()
    reader.join(60)
    assert set(seen) == {0}


def test_unchanged_kinds_are_not_read_again(register: Register) -> None:
    put(register, *school())
    before = register.snapshot()
    put(register, ("other", BELLS))
    after = register.snapshot()
    assert after.rows(Slot) is before.rows(Slot)
    assert len(after.rows(type(BELLS))) == 2


def test_the_register_is_told_as_it_was_at_each_version(register: Register) -> None:
    put(register, ("a", TEACHER), ("b", TEACHER))
    changed = Teacher(name="Петрова")
    register.apply([Put("a", changed, 1)], author="petrova", reason="замужество", at=T + 1)
    enter(register, Remove("teacher", "b", 1))
    put(register, ("b", Teacher(name="Гость")))
    told = [
        {row.id: (row.version, row.value.name) for row in register.register_as_of(version).rows(Teacher)}
        for version in range(5)
    ]
    first, second = "Иванова А. П.", "Петрова"
    assert told == [
        {},
        {"a": (1, first), "b": (1, first)},
        {"a": (2, second), "b": (1, first)},
        {"a": (2, second)},
        {"a": (2, second), "b": (3, "Гость")},
    ]
    assert register.register_as_of(1).register_version == 1
    assert register.register_as_of(2).rows(Teacher)[0].stamp == Stamp(2, T + 1, "petrova", "замужество")
    assert register.register_as_of(4).rows(Teacher) == register.snapshot().rows(Teacher)


@pytest.mark.parametrize("version", [-1, 1])
def test_no_version_that_never_was_is_told(register: Register, version: int) -> None:
    with pytest.raises(GiveUp, match=f"no version {version}"):
        register.register_as_of(version)
    with pytest.raises(GiveUp, match=f"no version {version}"):
        register.with_learners(version, reader="head", reason="отчёт", at=T)
    assert register.audit(after=0, limit=10) == ()


def test_the_same_document_twice_is_refused_however_it_is_written(register: Register) -> None:
    put(register, ("tochka", Partner(name="Точка роста")), ("first", AGREEMENT))
    again = AGREEMENT.model_copy(update={"number": " 4/2026  е", "subject": "Робототехника"})
    with pytest.raises(Refused, match="the same as the network_agreement first in partner, number") as e:
        put(register, ("second", again), ("third", again), ("fourth", AGREEMENT.model_copy(update={"number": "5"})))
    assert [fault.place for fault in e.value.faults] == ["network_agreement second", "network_agreement third"]
    assert register.version() == 1


def test_a_document_that_was_removed_may_be_entered_again(register: Register) -> None:
    put(register, ("tochka", Partner(name="Точка роста")), ("first", AGREEMENT))
    assert enter(register, Remove("network_agreement", "first", 1), Put("second", AGREEMENT)) == 2
    assert enter(register, Put("second", AGREEMENT.model_copy(update={"subject": "ИИ"}), 1)) == 3


def test_of_more_faults_than_anybody_mends_at_once_the_rest_is_counted(register: Register) -> None:
    nowhere = [(f"e-{number}", AGREEMENT.model_copy(update={"number": str(number)})) for number in range(1200)]
    with pytest.raises(Refused, match=r"and 1199 more") as e:
        put(register, *nowhere)
    assert (len(e.value.faults), e.value.rest) == (1000, 200)
    assert register.version() == 0
