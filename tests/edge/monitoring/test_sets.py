from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from edge.faults import Faults
from edge.monitoring.set_file import FILE_LIMIT, schema_text
from edge.monitoring.sets import SHIPPED, beside, chosen, load, shipped
from telemetry.civil import LAST_DAY, day_of
from telemetry.indicators.definition import Part

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
    ],
)
def test_each_fault_is_named_with_its_line(tmp_path: Path, old: str, new: str, found: str) -> None:
    assert any(found in fault for fault in faults_of(tmp_path, GOOD.replace(old, new, 1)))


def test_all_faults_of_all_files_are_named_at_once(tmp_path: Path) -> None:
    twice = GOOD + GOOD[GOOD.index("[[indicator]]") :]
    worse = GOOD.replace("unique", "most").replace('facts = "learners"', 'facts = "luck"').replace('"1"', '"x"')
    assert len(faults_of(tmp_path, twice, worse)) == 4


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
