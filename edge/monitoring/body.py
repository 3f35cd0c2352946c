"""The body of an edition: a report, what it was made of and the facts behind it, as canonical JSON, and back.

A field is never renamed or given another meaning: what was closed has to be read for ever. A field that is added has a
default, which is not written, so that bodies of older editions come out the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, cast

import numpy as np
import orjson
from pydantic import TypeAdapter, ValidationError

from edge.errors import Damaged
from edge.monitoring.canonical import Plain, canonical
from edge.monitoring.contract import Report
from edge.monitoring.evidence import Title, Titles, shown
from edge.monitoring.inputs import Inputs
from edge.monitoring.reckoning import Reckoned, to_date
from telemetry.indicators.definition import Dimension
from telemetry.indicators.facts import Facts, Labels
from telemetry.indicators.lists import starts_of

FORM = 3
"""Of the body; another one when the same content is written in another way."""

_REPORT = TypeAdapter(Report)
_INPUTS = TypeAdapter(Inputs)


@dataclass(frozen=True, slots=True, eq=False)
class Body:
    """What a body says: `facts` by the line of `INDICATORS`, as `shown` gives them for the year to date."""

    form: int
    report: Report
    inputs: Inputs
    facts: Mapping[str, Facts]
    titles: Mapping[str, Title]
    plain: Mapping[str, Plain]

    def title(self, kind: str, name: str) -> Title:
        """See `Titles`."""
        return self.titles.get(f"{kind} {name}", (name, ""))


def written(reckoned: Reckoned, inputs: Inputs, titles: Titles) -> bytes:
    """The body of a report that was made of `inputs`."""
    window = to_date(reckoned.report.period)
    facts = {name: shown(one, window) for name, one in reckoned.facts.items()}
    named = sorted({(kind, one) for table in facts.values() for kind, one in zip(table.kind, table.id, strict=True)})
    told = ((kind, one, titles(kind, one)) for kind, one in named)
    return canonical(
        {
            "form": FORM,
            "report": _plain(_REPORT, reckoned.report),
            "inputs": _plain(_INPUTS, inputs),
            "facts": {name: _table(table) for name, table in facts.items()},
            "titles": {f"{kind} {one}": list(title) for kind, one, title in told if title != (one, "")},
        }
    )


def read(body: bytes, place: str) -> Body:
    """What a body says; raises `Damaged` naming `place` where it is none."""
    try:
        plain = cast("dict[str, Any]", orjson.loads(body))
        return Body(
            form=plain["form"],
            report=_REPORT.validate_python(plain["report"]),
            inputs=_INPUTS.validate_python(plain["inputs"]),
            facts={name: _facts(table) for name, table in plain["facts"].items()},
            titles={name: (words[0], words[1]) for name, words in plain["titles"].items()},
            plain=plain,
        )
    except (ValidationError, ValueError, KeyError, IndexError, TypeError) as error:
        raise Damaged(f"The {place} cannot be read: {error}.", fix="Run `labedge verify`.") from error


def content(body: Mapping[str, Plain]) -> bytes:
    """What a body says of the period, without what it was made of: equal where nothing has changed."""
    report = cast("dict[str, Plain]", body["report"])
    said = {name: one for name, one in report.items() if name != "computed_from"}
    return canonical({"report": said, "facts": body["facts"], "titles": body["titles"]})


def _plain(adapter: TypeAdapter[Any], value: object) -> Plain:
    return cast("Plain", adapter.dump_python(value, mode="json", exclude_defaults=True))


_COLUMNS = ("first", "last", "amount", "base", "how", "unlisted", "rank")


def _table(facts: Facts) -> Plain:
    """One row a fact: kind, id, the columns, then the members and the keys of each dimension as lists of numbers."""
    by = sorted(facts.labels)
    lists = [_lists(facts.member_start, facts.member), *(_lists(facts.labels[one].start, facts.labels[one].code)
                                                        for one in by)]  # fmt: skip
    columns = [getattr(facts, name).tolist() for name in _COLUMNS]
    kinds = sorted(set(facts.kind))
    code = [kinds.index(kind) for kind in facts.kind]
    rows = [list(row) for row in zip(code, facts.id, *columns, *lists, strict=True)]
    return {
        "columns": ["kind", "id", *_COLUMNS, "members", *(str(one) for one in by)],
        "kinds": list(kinds),
        "keys": {str(one): list(facts.labels[one].keys) for one in by},
        "rows": cast("list[Plain]", rows),
    }


def _lists(start: Iterable[int], items: Any) -> list[list[int]]:
    bounds, every = np.asarray(start).tolist(), items.tolist()
    return [every[first:last] for first, last in pairwise(bounds)]


def _facts(table: Mapping[str, Any]) -> Facts:
    by = [Dimension(one) for one in table["columns"][3 + len(_COLUMNS) :]]
    width = 3 + len(_COLUMNS) + len(by)
    columns = list(zip(*table["rows"], strict=True)) if table["rows"] else [()] * width
    number = {name: np.array(columns[2 + at], np.int64) for at, name in enumerate(_COLUMNS)}
    members = _column(columns[2 + len(_COLUMNS)], ())
    kinds, ids = tuple(table["kinds"][code] for code in columns[0]), tuple(columns[1])
    places = {name: place for place, name in enumerate(dict.fromkeys(zip(kinds, ids, strict=True)))}
    return Facts(
        kind=kinds,
        id=ids,
        first=number["first"],
        last=number["last"],
        amount=number["amount"],
        base=number["base"],
        how=number["how"].astype(np.int8),
        members=tuple(map(str, range(int(members.code.max(initial=-1)) + 1))),
        member_start=members.start,
        member=members.code,
        unlisted=number["unlisted"],
        labels={one: _column(columns[3 + len(_COLUMNS) + at], table["keys"][one.value]) for at, one in enumerate(by)},
        fact=np.array([places[name] for name in zip(kinds, ids, strict=True)], np.int64),
        rank=number["rank"],
    )


def _column(lists: Iterable[list[int]], keys: Iterable[str]) -> Labels:
    listed = list(lists)
    code = np.array([one for row in listed for one in row], np.int32)
    return Labels(tuple(keys), starts_of(np.array([len(row) for row in listed], np.int64)), code)
