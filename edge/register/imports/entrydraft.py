"""The rows of a file as entries of one kind: matched with what is entered, checked, each fault told with its cell.

Changes nothing, and tells no learner.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from edge.register.contract import Row
from edge.register.entry import Entry
from edge.register.imports.amounts import Known
from edge.register.imports.cells import code_of, plain
from edge.register.imports.columns import COLUMNS, Column
from edge.register.imports.records import Reader, Record
from edge.register.imports.sheets import Place

_BLAMED = (
    (") before it begins", "last_day"),
    ("has a last day", "last_day"),
    ("than the learners listed", "count"),
    ("a learner stands twice", "learners"),
    ("more were content", "content"),
)
"""Whose cell it is where two fields do not go together."""


@dataclass(slots=True)
class Wanted:
    """One row as the entry that it has to be; `named` says that the row gives its id."""

    record: Record
    id: str
    value: Entry
    named: bool


class EntryDraft:
    """The rows of a file as entries of one kind."""

    def __init__(self, kind: type[Entry], living: Sequence[Row[Any]], known: Known, reader: Reader) -> None:
        self._kind = kind
        self._columns: Mapping[str, Column] = {column.field: column for column in COLUMNS[kind.kind]}
        self._natural = kind.natural or ("name",)
        self._living = {row.id: row.value for row in living}
        self._by_key = {self._key(row.value): row.id for row in reversed(living)}
        self._known = known
        self._reader = reader
        self._absent: set[str] = set()
        self._numbers: dict[str, int] = {}

    def wanted(self, records: Iterable[Record], header: Place) -> list[Wanted]:
        """Every entry once, with its id."""
        found = [one for record in records if (one := self._entry(record))]
        for name in (name for name in self._columns if name in self._absent):
            message = f"The table has no column «{self._columns[name].ru}»."
            self._reader.fault(header, message, fix="Add the column: without it nothing new can be entered.")
        self._tell_doubles(found)
        taken = {*self._living, *(one.id for one in found)}
        for one in found:
            one.id = one.id or self._new_id(one.value, taken)
            taken.add(one.id)
        return found

    def label(self, value: Entry) -> str:
        """The natural fields as a file writes them."""
        written = (self._columns[name].scribe.write(getattr(value, name), self._known, "ru") for name in self._natural)
        return " · ".join(str(cell) for cell in written if cell not in (None, ""))[:200]

    def _entry(self, record: Record) -> Wanted | None:
        told = self._reader.told
        values = {name: self._value(name, record) for name in record.texts}
        failed = {name for name, value in values.items() if value is None}
        named = str(values.pop("id", None) or "")
        entry = named or ("" if failed & set(self._natural) else self._matched(record, values))
        before = self._living.get(entry)
        fields = {name: getattr(before, name) for name in self._kind.model_fields} if before else {}
        for name in (name for name in record.places if name != "id"):
            fields.pop(name, None)
        kept = self._kept(record, before) if before else {}
        given = {name: value for name, value in values.items() if value is not None}
        value = self._checked(record, {**fields, **given, **kept}, failed)
        return Wanted(record, entry, value, bool(named)) if value and self._reader.told == told else None

    def _value(self, name: str, record: Record) -> Any:
        scribe = self._columns[name].scribe
        return self._reader.read(record, name, lambda text: scribe.read(text, self._known), fix=scribe.fix)

    def _matched(self, record: Record, values: Mapping[str, Any]) -> str:
        """The id of the living entry that is the same in the natural fields; empty for none."""
        told = {**{name: self._default(name) for name in self._natural}, **values}
        known = all(name in record.places or not self._kind.model_fields[name].is_required() for name in self._natural)
        return self._by_key.get(self._key(self._kind.model_construct(**told)), "") if known else ""

    def _default(self, name: str) -> Any:
        info = self._kind.model_fields[name]
        return "" if info.is_required() else info.get_default(call_default_factory=True)

    def _kept(self, record: Record, before: Entry) -> dict[str, Any]:
        """Fields whose cell says just what would be written: spaces that a file loses do not change an entry."""
        kept = {}
        for name, text in record.texts.items():
            value = getattr(before, name, None)
            cell = self._columns[name].scribe.write(value, self._known, "ru") if name != "id" else None
            if isinstance(cell, str) and plain(cell) == plain(text):
                kept[name] = value
        return kept

    def _checked(self, record: Record, fields: Mapping[str, Any], failed: set[str]) -> Entry | None:
        """The entry of its fields, or None where faults are told; of cells that were not understood no more is said."""
        try:
            return self._kind.model_validate(dict(fields))
        except ValidationError as error:
            for line in error.errors(include_url=False, include_input=False):
                message = line["msg"].removeprefix("Value error, ")
                name = str(line["loc"][0]) if line["loc"] else _blamed(message)
                if name not in failed:
                    self._tell(record, name, message, missing=line["type"] == "missing")
        return None

    def _tell(self, record: Record, name: str, message: str, *, missing: bool) -> None:
        if missing and name not in record.places:
            self._absent.add(name)
        elif missing:
            column = self._columns[name]
            self._reader.fault(record.place_of(name), f"«{column.ru}» is empty.", fix=column.scribe.fix)
        else:
            fix = self._columns[name].scribe.fix if name else "Mend the row, or leave it out."
            self._reader.fault(record.place_of(name), f"{name}: {message}" if name else message, fix=fix)

    def _tell_doubles(self, found: Sequence[Wanted]) -> None:
        """Rows that are one entry, and rows that are the same document as an entry with another id."""
        ids: dict[str, Place] = {}
        changed = {one.id for one in found}
        keys: dict[tuple[str, ...], Place] = {}
        for one in found:
            key = self._key(one.value)
            keyed = bool(self._kind.natural) or not one.named
            first = ids.setdefault(one.id, one.record.place) if one.id else one.record.place
            first = keys.setdefault(key, first) if keyed and first is one.record.place else first
            there = self._by_key.get(key, "") if self._kind.natural else ""
            if first is not one.record.place:
                message = f"It is the same as {first}: {self.label(one.value)}."
                self._reader.fault(one.record.place, message, fix="Leave one of the rows out, or tell the two apart.")
            elif there not in {"", one.id} and there not in changed:
                message = f"It is the same as {there}, which is entered already: {self.label(one.value)}."
                self._reader.fault(one.record.place, message, fix=f"Give it the code {there}, or tell the two apart.")

    def _key(self, value: Entry) -> tuple[str, ...]:
        return value.natural_key() or (" ".join(str(getattr(value, "name", "")).casefold().split()),)

    def _new_id(self, value: Entry, taken: set[str]) -> str:
        parts = (str(getattr(value, name)) for name in self._natural if getattr(value, name) not in (None, False, ""))
        wanted = code_of("-".join(parts)) or self._kind.kind.replace("_", "-")
        entry = wanted
        while entry in taken:
            self._numbers[wanted] = self._numbers.get(wanted, 1) + 1
            entry = f"{wanted}-{self._numbers[wanted]}"
        return entry


def _blamed(message: str) -> str:
    return next((name for words, name in _BLAMED if words in message), "")
