from __future__ import annotations

from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest

from edge.faults import Faults
from edge.monitoring.set_file import FILE_LIMIT, read, schema, schema_text
from edge.monitoring.sets import SHIPPED, beside, chosen, load, shipped
from telemetry.civil import LAST_DAY, day_of
from telemetry.indicators.definition import Aggregation, Part, Unit
from telemetry.indicators.table import INDICATORS, SENSE

GOOD = """
id = "letter-7"
version = "1"
name_ru = "Письмо № 7"
name_en = "Letter No 7"
centre_kind = "growth_point"
source = "письмо № 7"
effective_from = 2026-01-01

[[indicator]]
number = "1.1"
name_ru = "Обучающиеся"
name_en = "Learners"
part = "quantitative"
unit = "learners"
facts = "learners"
aggregation = "unique"
how = ["register", "manual"]
"""


def folder_of(tmp_path: Path, *texts: str) -> Path:
    folder = tmp_path / "indicators.d"
    folder.mkdir()
    for number, text in enumerate(texts):
        (folder / f"{number}.toml").write_text(text, "utf-8")
    return folder


def faults_of(tmp_path: Path, *texts: str) -> list[str]:
    with pytest.raises(Faults) as error:
        load(folder_of(tmp_path, *texts))
    return [f"{Path(fault.file).name}:{fault.line}: {fault.message}" for fault in error.value.faults]


def test_the_shipped_sets_are_the_twenty_four_and_the_analytics() -> None:
    by_id = {one.id: one for one in shipped()}
    official = by_id["kvantorium-school"]
    parts = [one.part for one in official.indicators]
    assert (parts.count(Part.QUANTITATIVE), parts.count(Part.QUALITATIVE), len(parts)) == (12, 12, 24)
    assert {one.part for one in by_id["analytics"].indicators} == {Part.ANALYTICS}
    assert (official.official, by_id["analytics"].official, official.verified) == (True, False, False)
    numbers = [one.number for made in by_id.values() for one in made.indicators]
    assert len(set(numbers)) == len(numbers)


def test_the_published_schema_is_that_of_the_program() -> None:
    assert (SHIPPED / "schema.json").read_text("utf-8") == schema_text()


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ('aggregation = "unique"', 'aggregation = "uniqe"', "0.toml:17: indicator.0.aggregation: Input should be"),
        (
            'facts = "learners"',
            'facts = "lerners"',
            "0.toml:16: no facts are called 'lerners'; did you mean 'learners'?",
        ),
        ("effective_from = 2026-01-01", 'effective_from = "soon"', "0.toml:8: effective_from: "),
        (
            "effective_from = 2026-01-01",
            "effective_from = 2026-01-01\neffective_to = 2025-01-01",
            "is before effective_from",
        ),
        ('version = "1"', 'version = "one"', "0.toml:3: version: "),
        ('source = "письмо № 7"', 'sorce = "письмо № 7"', "0.toml:7: unknown setting 'sorce'; did you mean 'source'?"),
        ('unit = "learners"', 'unit = "learner"', "did you mean 'learners'?"),
        ('number = "1.1"', 'number = "1.1"\ncolour = "red"', "unknown setting 'indicator.0.colour'"),
        ('number = "1.1"', "number = 1.1", "0.toml:11: indicator.0.number: "),
        ('how = ["register", "manual"]', 'how = ["guess"]', "0.toml:18: indicator.0.how.0: "),
        ("[[indicator]]", "[[indicators]]", "0.toml:1: 'indicator' is missing"),
        ('name_en = "Learners"\n', "", "0.toml:10: 'indicator.0.name_en' is missing"),
        ("id =", "id", "is not TOML"),
        ('"unique"', '"unique"\nbreakdowns = ["room"]', "0.toml:18: the facts 'learners' know no 'room'"),
        ('"unique"', '"unique"\nbreakdowns = ["rom"]', "did you mean 'room'?"),
        ('facts = "learners"', "facts = 7", "0.toml:16: indicator.0.facts: "),
        ('facts = "learners"', 'facts = ["learners"]', "0.toml:16: indicator.0.facts: "),
        ('aggregation = "unique"', 'aggregation = ["unique"]', "0.toml:17: indicator.0.aggregation: "),
        ('how = ["register", "manual"]', "how = []", "0.toml:18: indicator.0.how: the list is empty"),
        ('how = ["register", "manual"]', 'how = ["manual", "manual"]', "0.toml:18: 'manual' stands twice in 'how'"),
        ('how = ["register", "manual"]', "how = 1", "0.toml:18: indicator.0.how: "),
        ('centre_kind = "growth_point"', 'centre_kind = "growth"', "0.toml:6: centre_kind: Input should be one of"),
        ('centre_kind = "growth_point"', 'centre_kind = "growth"', "; did you mean 'growth_point'?"),
        ("effective_from = 2026-01-01", "effective_from = 7", "0.toml:8: effective_from: it is a day such as"),
        (
            "effective_from = 2026-01-01",
            "effective_from = 2026-01-01T00:00:00",
            "0.toml:8: effective_from: it is a day",
        ),
        ('"unique"', '"unique"\nbreakdowns = ["track", "track"]', "0.toml:18: 'track' stands twice in 'breakdowns'"),
        ('"unique"', '"unique"\nbreakdowns = "track"', "0.toml:18: indicator.0.breakdowns: "),
        ('"unique"', '"unique"\nverified = "no"', "0.toml:18: indicator.0.verified: Input should be a valid boolean"),
        ('"unique"', '"unique"\nminimum = "20"', "0.toml:18: indicator.0.minimum: Input should be a valid integer"),
        ('"unique"', '"unique"\nminimum = 21\ntarget = 20', "0.toml:18: the minimum (21) is above the target (20)"),
        ('"quantitative"', '"analytics"', "0.toml:14: analytics are never official"),
        (
            "effective_from",
            "official = false\neffective_from",
            "0.toml:15: a set with official = false has analytics only",
        ),
        ("effective_from", "official = 0\neffective_from", "0.toml:8: official: Input should be a valid boolean"),
        ('facts = "learners"', 'facts = "programs"', "0.toml:17: the facts 'programs' cannot be added up by 'unique'"),
        ('facts = "learners"', 'facts = "programs"', "take one of: count"),
        (
            'unit = "learners"',
            'unit = "hours"',
            "0.toml:15: 'unique' of the facts 'learners' is not in 'hours'; take one of:",
        ),
        ("[[indicator]]", "indicator = 1\n[other]", "0.toml:10: indicator: "),
    ],
)
def test_each_fault_is_named_with_its_line(tmp_path: Path, old: str, new: str, found: str) -> None:
    assert any(found in fault for fault in faults_of(tmp_path, GOOD.replace(old, new, 1)))


def test_all_faults_of_all_files_are_named_at_once(tmp_path: Path) -> None:
    twice = GOOD + GOOD[GOOD.index("[[indicator]]") :]
    worse = GOOD.replace("unique", "most").replace('facts = "learners"', 'facts = "luck"').replace('"1"', '"x"')
    assert len(faults_of(tmp_path, twice, worse)) == 4


def test_what_makes_no_sense_is_named_beside_what_is_misspelt(tmp_path: Path) -> None:
    bad = (
        GOOD.replace('"unique"', '"sum"')
        .replace('how = ["register", "manual"]', 'how = []\nverified = "no"')
        .replace("effective_from = 2026-01-01", "effective_from = 2026-01-01\neffective_to = 2025-01-01")
        .replace('unit = "learners"', 'unit = "share"\ntarget = 101')
    )
    assert [fault.split(":")[1] for fault in faults_of(tmp_path, bad)] == ["9", "17", "19", "20", "21"]


def test_a_day_may_be_a_text(tmp_path: Path) -> None:
    (one,) = load(folder_of(tmp_path, GOOD.replace("2026-01-01", '"2026-01-01"')))
    assert one.effective_from == day_of("2026-01-01")


@pytest.mark.parametrize("facts", INDICATORS)
def test_every_combination_is_read_or_refused_as_the_schema_says(tmp_path: Path, facts: str) -> None:
    (rule,) = (
        one["then"]
        for one in schema()["$defs"]["IndicatorFile"]["allOf"]
        if one["if"]["properties"].get("facts") == {"const": facts}
    )
    units = {
        one["if"]["properties"]["aggregation"]["const"]: one["then"]["properties"]["unit"]["enum"]
        for one in rule["allOf"]
    }
    assert sorted(units) == rule["properties"]["aggregation"]["enum"]
    for aggregation, unit in product(Aggregation, Unit):
        text = GOOD.replace('facts = "learners"', f'facts = "{facts}"').replace('"unique"', f'"{aggregation}"')
        path = tmp_path / "one.toml"
        path.write_text(text.replace('unit = "learners"', f'unit = "{unit}"'), "utf-8")
        assert _is_read(path) == (unit in units.get(aggregation, ())), (aggregation, unit)


def _is_read(path: Path) -> bool:
    try:
        read(path)
    except Faults as error:
        assert error.faults
        return False
    return True


def test_every_line_of_the_table_says_what_makes_sense_of_it() -> None:
    assert set(SENSE) == set(INDICATORS)
    for known in SENSE.values():
        for aggregation, units in known.items():
            assert (aggregation is Aggregation.SHARE) == (units == (Unit.SHARE,))


def test_two_files_of_one_version_are_refused(tmp_path: Path) -> None:
    (fault,) = faults_of(tmp_path, GOOD, GOOD)
    assert "version 1 of the set 'letter-7' is in" in fault


def test_what_cannot_be_read_is_told(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, GOOD)
    (folder / "latin.toml").write_bytes("id = 'ж'".encode("cp1251"))
    (folder / "great.toml").write_bytes(b"#" * (FILE_LIMIT + 1))
    (folder / "folder.toml").mkdir()
    with pytest.raises(Faults) as error:
        load(folder)
    assert [fault.message.split(":")[0][:24] for fault in error.value.faults] == [
        "cannot be read",
        "the file is larger than ",
        "is not UTF-8 at byte 6",
    ]


def test_sets_of_a_centre_stand_beside_the_shipped_ones(tmp_path: Path) -> None:
    folder_of(tmp_path, GOOD)
    assert [one.id for one in beside(tmp_path / "labedge.toml")] == ["analytics", "kvantorium-school", "letter-7"]
    assert beside(tmp_path / "elsewhere" / "labedge.toml") == shipped() == beside(None)


def test_the_set_is_that_of_the_kind_in_force_on_the_day_in_its_highest_version() -> None:
    first = next(one for one in shipped() if one.official)
    day = day_of("2026-09-30")
    tenth, second = replace(first, version="1.10"), replace(first, version="1.9")
    future = replace(first, version="9", effective_from=day + 1)
    past = replace(first, version="9", effective_to=day - 1)
    found = chosen((*shipped(), tenth, second, future, past), "kvantorium", day)
    assert (found.official.version, found.analytics.id) == ("1.10", "analytics")
    last = replace(first, effective_to=day)
    assert chosen((last,), "kvantorium", day).official is last
    assert chosen((last,), "kvantorium", day + 1).official.indicators == ()


def test_a_centres_own_file_goes_before_a_shipped_one_of_the_same_version() -> None:
    first = next(one for one in shipped() if one.official)
    own = replace(first, name_ru="Своё")
    assert chosen((first, own), "kvantorium", day_of("2026-09-30")).official is own


@pytest.mark.parametrize("kind", ["growth_point", "it_cube"])
def test_no_official_set_is_invented(kind: str) -> None:
    found = chosen(shipped(), kind, day_of("2026-09-30"))
    assert (found.official.indicators, found.analytics.id) == ((), "analytics")
    assert kind in found.official.source
    assert chosen((), kind, LAST_DAY).analytics.indicators == ()
