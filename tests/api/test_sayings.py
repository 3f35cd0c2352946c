from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

import pytest

from api.pages.sayings import MAX_LENGTH, retold, sentences
from edge.journal.faults import _FIXES as DISK
from edge.links.serial import FIXES as PORTS

ROOT = Path(__file__).parents[2]
SYSTEM = (
    "Connection refused",
    "No route to host",
    "Network is unreachable",
    "Permission denied",
    "No such file or directory",
    "No space left on device",
    "Address already in use",
    "database or disk is full",
    "disk I/O error",
    "attempt to write a readonly database",
    "processing",
    "paused for user",
    "paused for input",
    "it gave no reason",
    "ALARM:{a} {b}",
    "bed {a} °C",
    "tool0 {a} °C",
    "bed {a} °C, tool0 {b} °C",
    "bed {a} °C, tool0 {b} °C, tool1 {c} °C",
    "String should have at most {a} characters",
    "String should match pattern {a}",
    "Input should be less than or equal to {a}",
    "Input should be greater than or equal to {a}",
)
"""What the system, SQLite, pydantic and devices say, and what drivers put together."""


@lru_cache
def said_by_the_code() -> str:
    """All that stands in strings of the code, with every value that is filled in as `{}`."""
    files = [path for folder in ("edge", "drivers", "api") for path in sorted((ROOT / folder).rglob("*.py"))]
    code = "\n".join(path.read_text("utf-8") for path in files)
    joined = re.sub(r"[\"']\s*\n\s*f?[\"']", "", code)
    return re.sub(r"\{[^{}\n]*\}", "{}", joined).replace("PORT", "{}")


@pytest.mark.parametrize("sentence", sorted(set(sentences("ru")) - set(SYSTEM)))
def test_every_sentence_is_said_by_the_code(sentence: str) -> None:
    code = said_by_the_code()
    parts = [part for part in re.split(r"\{[a-d]\}", sentence) if re.search(r"\w{2}", part)]
    assert [part for part in parts if part.strip() not in code and part.strip().replace('"', '\\"') not in code] == []


@pytest.mark.parametrize("said", sorted({*DISK.values(), *(fix for _, _, fix in PORTS.values())}))
def test_what_to_do_about_disks_and_ports_is_told_in_russian(said: str) -> None:
    assert retold(said, "ru") != said


@pytest.mark.parametrize(("said", "told"), sorted(sentences("ru").items()))
def test_both_sides_have_the_same_places(said: str, told: str) -> None:
    assert sorted(re.findall(r"\{\w\}", said)) == sorted(re.findall(r"\{\w\}", told))


def test_a_sentence_inside_a_sentence_is_told_too() -> None:
    said = "10.0.0.6:8899 cannot be reached: Connection refused"
    assert retold(said, "ru") == "10.0.0.6:8899 недоступен: в соединении отказано"
    assert retold(said, "en") == said


@pytest.mark.parametrize("said", ["", "brand new words", "{a} {b}", "ALARM:1 " + "x" * MAX_LENGTH])
def test_what_nobody_translated_stays_as_it_was_said(said: str) -> None:
    assert retold(said, "ru") == said
