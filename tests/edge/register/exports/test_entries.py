from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from api.exports.book import book_of
from api.exports.formats import Format, bytes_of
from edge.register.contract import Put
from edge.register.database import MEMORY
from edge.register.entry import Entry
from edge.register.exports.entries import entries_table
from edge.register.imports import amounts, scribes
from edge.register.imports.cells import plain
from edge.register.imports.columns import COLUMNS, Column
from edge.register.imports.entries import plan_file
from edge.register.imports.plan import Action, apply_plan
from edge.register.imports.scribes import Name, Word
from edge.register.imports.words import Language
from edge.register.kinds import KINDS
from edge.register.people import Linked
from edge.register.sqlite import SqliteRegister
from tests.edge.register.imports.files import EQUIPMENT
from tests.edge.register.imports.files import OPTIONS as LAB
from tests.edge.register.school import T

OPTIONS = replace(LAB, tracks={"hightech": "Хайтек", "robo": ""})
CODES = st.from_regex(r"[a-z0-9](?:[a-z0-9-]{0,12}[a-z0-9])?", fullmatch=True)
TIDY = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]) | st.just(" "), min_size=1, max_size=20)
TEXTS = TIDY.map(plain).filter(lambda text: text and plain(text) == text and text[0] != "'")
ODD = st.sampled_from(["34.0", "=1+1", "@x", "-", "Робот [g1]", "нет", "a; b", 'a "b", c', '"a"', "робот", "+7", "1,2"])
DAYS = st.dates(date(2000, 1, 1), date(2098, 12, 31))
NAMED = ("partner", "program", "group", "event", "mentoring_model", "information_channel")
LISTED = st.lists(TEXTS | ODD, max_size=3, unique_by=lambda text: text.casefold()).map(tuple)

_OF_SCRIBE: Mapping[Any, st.SearchStrategy[Any]] = {
    scribes.TEXT: TEXTS | ODD,
    scribes.PROSE: st.lists(TEXTS, min_size=1, max_size=3).map("\n\n".join),
    scribes.LIST: LISTED,
    scribes.LEARNERS: st.lists(st.from_regex(r"L-[0-9]{3}", fullmatch=True), max_size=3, unique=True).map(tuple),
    scribes.EQUIPMENT: st.lists(st.sampled_from(sorted(EQUIPMENT)), unique=True).map(tuple),
    scribes.TRACK: st.sampled_from(["hightech", "robo", ""]),
    scribes.ANY_TRACK: st.sampled_from(["hightech", "robo", "bio-1", ""]),
    scribes.SUBJECT: st.sampled_from(["2.1", "A.3", "mentoring", "low_results_support"]),
    amounts.NUMBER: st.sampled_from(["1.1", "2.10", "3", "A.1"]),
    amounts.DAY: DAYS,
    amounts.WHOLE: st.integers(0, 2100),
    amounts.HUNDREDTHS: st.integers(0, 10**9),
    amounts.QUARTER: st.integers(1, 4),
    amounts.FLAG: st.booleans(),
}
_OF_FIELD = {
    "set": CODES,
    "jobs": LISTED.map(lambda names: tuple(f"mill-1/{name}" for name in names)),
    "year": st.integers(2000, 2099),
}


def value_of(column: Column, ids: Mapping[str, tuple[str, ...]]) -> st.SearchStrategy[Any]:
    if column.field in _OF_FIELD:
        return _OF_FIELD[column.field]
    if isinstance(column.scribe, Word):
        return st.sampled_from(list(column.scribe.members))
    if isinstance(column.scribe, Name) and column.scribe is not scribes.TRACK:
        return st.sampled_from(ids[column.scribe.of])
    return _OF_SCRIBE[column.scribe]


@st.composite
def entries(draw: st.DrawFn, kind: str, ids: Mapping[str, tuple[str, ...]]) -> dict[str, Entry]:
    """Entries of a kind with everything that they may have, no two of them the same document."""
    found: dict[str, Entry] = {}
    for entry in draw(st.lists(CODES, min_size=1, max_size=4, unique=True)):
        fields = {}
        for column in COLUMNS[kind][1:]:
            required = KINDS[kind].model_fields[column.field].is_required()
            if required or draw(st.booleans()):
                fields[column.field] = draw(value_of(column, ids))
        try:
            found[entry] = KINDS[kind].model_validate(fields)
        except ValidationError:
            continue
    assume(found)
    by_key = {value.natural_key() or (entry,): entry for entry, value in found.items()}
    return {entry: found[entry] for entry in by_key.values()}


@st.composite
def named(draw: st.DrawFn) -> dict[str, dict[str, Entry]]:
    """What entries name; some share a name, some look like codes or formulas."""
    found: dict[str, dict[str, Entry]] = {}
    for kind in NAMED:
        fields = {} if kind in {"partner", "program", "group"} else {"first_day": date(2026, 9, 1)}
        names = draw(st.dictionaries(CODES, TEXTS | ODD, min_size=1, max_size=3))
        values = {code: KINDS[kind].model_validate({"name": name, **fields}) for code, name in names.items()}
        unlike = {value.natural_key() or (code,): code for code, value in values.items()}
        found[kind] = {code: values[code] for code in unlike.values()}
    return found


def without_learners(value: Entry) -> Entry:
    return value.model_copy(update={"learners": ()}) if isinstance(value, Linked) else value


@pytest.mark.parametrize("kind", COLUMNS)
@settings(deadline=None, max_examples=12)
@given(
    data=st.data(),
    way=st.sampled_from([Format.CSV_EXCEL, Format.CSV, Format.XLSX]),
    language=st.sampled_from(["ru", "en"]),
)
def test_what_is_written_is_read_back_as_it_was(
    kind: str, data: st.DataObject, way: Format, language: Language
) -> None:
    model = KINDS[kind]
    known = data.draw(named())
    others = [Put(code, value) for of, values in known.items() if of != kind for code, value in values.items()]
    mine = data.draw(entries(kind, {of: tuple(values) for of, values in known.items()}))
    register, empty = SqliteRegister(MEMORY), SqliteRegister(MEMORY)
    everything = [*others, *(Put(entry, value) for entry, value in mine.items())]
    register.apply(everything, author="a", reason="r", at=T)
    file = bytes_of(book_of(entries_table(model, register.snapshot(), OPTIONS, language=language)), way)
    plan = plan_file(file, model, register, OPTIONS, reader="a", at=T)
    assert (plan.faults, plan.questions) == ((), ())
    assert {line.action for line in plan.lines} == {Action.SAME}
    # and into a register that knows what is named, but none of the entries
    empty.apply(others, author="a", reason="r", at=T)
    apply_plan(empty, plan_file(file, model, empty, OPTIONS, reader="a", at=T), author="a", reason="r", at=T)
    read = {row.id: row.value for row in empty.rows(model).value}
    assert read == {entry: without_learners(value) for entry, value in mine.items()}
    again = bytes_of(book_of(entries_table(model, empty.snapshot(), OPTIONS, language=language)), way)
    assert way is Format.XLSX or again == file
    empty.close()
    register.close()


def test_pseudonyms_are_in_no_file() -> None:
    register = SqliteRegister(MEMORY)
    fields = {"name": "Фестиваль", "first_day": "2026-11-20", "count": 3, "learners": ["L-001"]}
    register.apply([Put("v", KINDS["volunteering"].model_validate(fields))], author="a", reason="r", at=T)
    for language in ("ru", "en"):
        table = entries_table(KINDS["volunteering"], register.snapshot(), OPTIONS, language=language)
        for way in (Format.CSV, Format.CSV_EXCEL, Format.JSON):
            assert not re.search(rb"L-001|learners|\xd0\x9f\xd1\x81\xd0\xb5\xd0\xb2", bytes_of(book_of(table), way))
    assert register.audit(after=0, limit=1) == ()
    register.close()
