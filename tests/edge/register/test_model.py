"""The register beside a plain dictionary that keeps every version: whatever is done to both, they say the same."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from edge.register.contract import Change, Conflict, Put, Remove
from edge.register.database import MEMORY
from edge.register.lessons import Teacher
from edge.register.sqlite import SqliteRegister
from tests.edge.register.school import T

IDS = st.sampled_from(["a", "b", "c", "d"])
NAMES = st.sampled_from(["Иванова", "Петрова", "Сидорова"])


class Beside(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.register = SqliteRegister(MEMORY)
        self.versions: dict[str, list[str | None]] = {}
        self.sets = 0

    @rule(wanted=st.dictionaries(IDS, st.none() | NAMES, min_size=1), stale=st.booleans())
    def change(self, wanted: dict[str, str | None], *, stale: bool) -> None:
        changes: list[Change] = []
        for entry, name in wanted.items():
            seen = len(self.versions.get(entry, [])) + (1 if stale else 0)
            changes.append(Remove("teacher", entry, seen) if name is None else Put(entry, Teacher(name=name), seen))
        try:
            version = self.register.apply(changes, author="a", reason="r", at=T + self.sets)
        except Conflict:
            assert stale
            return
        assert not stale
        changed = {e: n for e, n in wanted.items() if (self.versions.get(e) or [None])[-1] != n}
        self.sets += 1 if changed else 0
        assert version == self.sets
        for entry, name in changed.items():
            self.versions.setdefault(entry, []).append(name)

    @precondition(lambda self: self.sets)
    @rule(data=st.data())
    def ask_what_changed(self, data: st.DataObject) -> None:
        version = data.draw(st.integers(0, self.sets))
        told = {past.id: past.version for past in self.register.changed_since(version).value}
        assert all(len(self.versions[entry]) == number for entry, number in told.items())
        assert set(told) == set(self.versions) if version == 0 else set(told) <= set(self.versions)

    @invariant()
    def they_say_the_same(self) -> None:
        living = {entry: names[-1] for entry, names in self.versions.items() if names[-1] is not None}
        answer = self.register.rows(Teacher)
        assert {row.id: row.value.name for row in answer.value} == living
        assert answer.register_version == self.sets
        for entry, names in self.versions.items():
            history = self.register.history(Teacher, entry).value
            assert [past.value.name if past.value else None for past in history] == names

    def teardown(self) -> None:
        assert self.register.verify() == ()
        self.register.close()


TestBeside = Beside.TestCase
TestBeside.settings = settings(deadline=None, max_examples=30, stateful_step_count=15)
