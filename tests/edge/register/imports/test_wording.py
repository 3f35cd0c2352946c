"""A file with names of learners, or with what nobody sees: told with its row and column, or cleaned on the way in."""

from __future__ import annotations

import pytest

from edge.register.contract import Put, Register
from edge.register.events import Event
from edge.register.imports.entries import plan_entries
from edge.register.mentoring import MentoringModel, MentoringPair
from edge.register.projects import Project
from tests.edge.register.imports.files import OPTIONS, Cells, xlsx
from tests.edge.register.school import put
from tests.edge.register.test_entries import VALID

PAIRS: Cells = [
    ["Модель наставничества", "Название", "Количество", "Дата начала"],
    ["Ученик — ученик", "Пара 1", 2, "01.09.2026"],
    ["Ученик — ученик", "Иванов — Петров", 2, "01.09.2026"],
]


@pytest.fixture
def register(register: Register) -> Register:
    """A register with a model of mentoring."""
    put(register, ("peers", MentoringModel.model_validate(VALID["mentoring_model"])))
    return register


def test_a_pair_with_peoples_names_is_told_with_its_cell(register: Register) -> None:
    made = plan_entries(xlsx(PAIRS), MentoringPair, (), register.snapshot(), OPTIONS)
    (fault,) = made.faults
    assert (fault.place.cell, "tell the pair by a number" in fault.message) == ("B3", True)
    assert fault.fix


def test_a_project_called_after_its_learner_is_told_with_its_cell(register: Register) -> None:
    table: Cells = [["Название", "Количество", "Дата"], ["Иванов Пётр, 7А", 1, "20.11.2026"]]
    made = plan_entries(xlsx(table), Project, (), register.snapshot(), OPTIONS)
    assert [(fault.place.cell, "may be a learner" in fault.message) for fault in made.faults] == [("A2", True)]


def test_what_nobody_sees_is_lost_on_the_way_in(register: Register) -> None:
    table: Cells = [["Название", "Дата начала"], ["Ха\u200bка\u202eтон\u2069", "20.11.2026"]]
    made = plan_entries(xlsx(table), Event, (), register.snapshot(), OPTIONS)
    assert made.faults == ()
    (line,) = made.changes
    assert isinstance(line, Put)
    assert line.value == Event.model_validate({"name": "Хакатон", "first_day": "2026-11-20"})
